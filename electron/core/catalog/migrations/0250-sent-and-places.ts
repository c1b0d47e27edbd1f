/**
 * What each push changed at a remote, with what stood there before: the ground on which a push is taken back. And the registries that follow a
 * remote beside its first one, with how each is called there.
 */
import type { Migration } from './index.ts';

export const sentAndPlaces: Migration = {
  number: 250,
  name: 'what was sent, and registries of remotes',
  up(db) {
    db.script(`
CREATE TABLE sync_sent (
  id INTEGER PRIMARY KEY,
  remote_id INTEGER NOT NULL REFERENCES remotes (id),
  -- Null until the round that it was sent in is over.
  round_id INTEGER,
  touch TEXT NOT NULL,
  kind TEXT NOT NULL,
  label TEXT NOT NULL,
  model TEXT NOT NULL,
  version TEXT,
  -- In the remote's words; null: nothing stood there.
  before TEXT,
  after TEXT,
  at INTEGER NOT NULL,
  undone_at INTEGER
) STRICT;
CREATE INDEX sync_sent_by_round ON sync_sent (remote_id, round_id);

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
