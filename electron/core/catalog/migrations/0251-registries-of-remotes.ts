/** Registries that follow a remote beside its first one, and how each is called there. */
import type { Migration } from './index.ts';

export const registriesOfRemotes: Migration = {
  number: 251,
  name: 'registries of remotes',
  up(db) {
    db.script(`
CREATE TABLE remote_registries (
  remote_id INTEGER NOT NULL REFERENCES remotes (id),
  registry_id INTEGER NOT NULL REFERENCES registries (id),
  -- Its name there; null where the remote has no registries of its own.
  there TEXT,
  PRIMARY KEY (remote_id, registry_id)
) STRICT, WITHOUT ROWID;
`);
  },
};
