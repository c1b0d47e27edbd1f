/** Runs that are deleted lie in the trash, too. SQLite can't widen a check in place, so that the table is written anew. */
import type { Migration } from './index.ts';

export const runsInTrash: Migration = {
  number: 480,
  name: 'runs in the trash',
  up(db) {
    db.script(`
CREATE TABLE trash_with_runs (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('link', 'collection', 'registry', 'version', 'artifact', 'run')),
  object_id INTEGER NOT NULL,
  -- The registry that decides who may see and restore it; null on the source side.
  registry_id INTEGER,
  label TEXT NOT NULL,
  address TEXT,
  -- JSON: what restoring needs beyond the marked rows.
  payload TEXT NOT NULL,
  deleted_by INTEGER NOT NULL REFERENCES users (id),
  deleted_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  restored_at INTEGER,
  purged_at INTEGER
) STRICT;
INSERT INTO trash_with_runs SELECT id, kind, object_id, registry_id, label, address, payload, deleted_by, deleted_at, expires_at, restored_at, purged_at FROM trash;
DROP TABLE trash;
ALTER TABLE trash_with_runs RENAME TO trash;
CREATE INDEX trash_open ON trash (deleted_at, id) WHERE restored_at IS NULL AND purged_at IS NULL;
CREATE INDEX trash_by_expiry ON trash (expires_at) WHERE restored_at IS NULL AND purged_at IS NULL;
CREATE INDEX trash_by_object ON trash (kind, object_id) WHERE restored_at IS NULL AND purged_at IS NULL;
`);
  },
};
