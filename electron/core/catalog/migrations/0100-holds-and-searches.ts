/** What is kept from deletion, what lapses by itself, and searches that were kept. */
import type { Migration } from './index.ts';

export const holdsAndSearches: Migration = {
  number: 100,
  name: 'holds and searches',
  up(db) {
    db.script(schema);
  },
};

const schema = `
CREATE TABLE holds (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('version', 'artifact')),
  object_id INTEGER NOT NULL,
  reason TEXT NOT NULL,
  placed_by INTEGER NOT NULL REFERENCES users (id),
  placed_at INTEGER NOT NULL,
  released_by INTEGER REFERENCES users (id),
  released_at INTEGER,
  release_reason TEXT
) STRICT;
CREATE INDEX holds_standing ON holds (kind, object_id) WHERE released_at IS NULL;
CREATE INDEX holds_by_object ON holds (kind, object_id, id);

-- Whose time can run out. The day has 86,400,000 milliseconds.
CREATE INDEX versions_lapsing ON versions (created_at + ttl_days * 86400000, id) WHERE ttl_days > 0 AND state = 'committed' AND link_count = 0;
CREATE INDEX artifacts_lapsing ON artifacts (id) WHERE ttl_days > 0 AND deleted_at IS NULL;
CREATE INDEX projects_lapsing ON projects (id) WHERE ttl_days > 0 AND deleted_at IS NULL;
-- How long a version was linked, for the time that links pause; standing links are found through links_standing.
CREATE INDEX links_past ON links (version_id) WHERE removed_at IS NOT NULL;
CREATE INDEX trash_by_object ON trash (kind, object_id) WHERE restored_at IS NULL AND purged_at IS NULL;
CREATE INDEX versions_in_trash ON versions (artifact_id) WHERE state = 'deleted';

CREATE TABLE saved_searches (
  id INTEGER PRIMARY KEY,
  user_id INTEGER NOT NULL REFERENCES users (id),
  name TEXT NOT NULL,
  name_key TEXT NOT NULL,
  text TEXT NOT NULL,
  -- JSON list; null is every kind.
  kinds TEXT,
  shared INTEGER NOT NULL DEFAULT 0 CHECK (shared IN (0, 1)),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX saved_searches_by_name ON saved_searches (user_id, name_key);
CREATE INDEX saved_searches_shared ON saved_searches (shared, name_key);
`;
