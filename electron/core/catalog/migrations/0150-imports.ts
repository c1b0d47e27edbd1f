/** Where things stood in the world that they were brought from. */
import type { Migration } from './index.ts';

export const imports: Migration = {
  number: 150,
  name: 'imports',
  up(db) {
    db.script(schema);
  },
};

const schema = `
-- Addresses of W&B's legacy model registry, <team>/model-registry/<name>, and the collection that each leads to now.
CREATE TABLE legacy_addresses (
  team_id INTEGER NOT NULL REFERENCES teams (id),
  name_key TEXT NOT NULL,
  collection_id INTEGER NOT NULL REFERENCES collections (id),
  PRIMARY KEY (team_id, name_key)
) STRICT, WITHOUT ROWID;

-- What was brought in, by where it came from and what it was called there: an import that is done again, or goes on, brings only the rest.
CREATE TABLE imported (
  origin TEXT NOT NULL,
  key TEXT NOT NULL,
  kind TEXT NOT NULL,
  object_id INTEGER NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (origin, key)
) STRICT, WITHOUT ROWID;
`;
