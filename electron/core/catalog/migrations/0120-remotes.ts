/**
 * What is known of remotes: how they are connected, what stands there (as it was last seen, to compare with), which object here is which
 * object there, what conflicts, and how rounds went. Secrets are not here: they lie in the keychain.
 */
import type { Migration } from './index.ts';

export const remotes: Migration = {
  number: 120,
  name: 'remotes',
  up(db) {
    db.script(schema);
  },
};

const schema = `
-- The registry that its models are collections of; null where everything follows.
ALTER TABLE remotes ADD COLUMN registry_id INTEGER REFERENCES registries (id);
-- Whether what waits may be sent: only once the plan was looked at.
ALTER TABLE remotes ADD COLUMN pushes INTEGER NOT NULL DEFAULT 0 CHECK (pushes IN (0, 1));
ALTER TABLE remotes ADD COLUMN paused INTEGER NOT NULL DEFAULT 0 CHECK (paused IN (0, 1));
ALTER TABLE remotes ADD COLUMN removed_at INTEGER;

-- What a change is about, such as "alias 12 staging": changes of the same are sent once, as they stand then.
ALTER TABLE outbox ADD COLUMN touch TEXT NOT NULL DEFAULT '';
CREATE INDEX outbox_open ON outbox (remote_id, touch) WHERE state <> 'sent';

-- A model there and its collection here. "seen" is what the remote said last, the base of every comparison.
CREATE TABLE remote_models (
  remote_id INTEGER NOT NULL REFERENCES remotes (id),
  name TEXT NOT NULL,
  collection_id INTEGER REFERENCES collections (id),
  -- When it was made there: with the name its identity, since there is no other.
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  hash TEXT NOT NULL,
  seen TEXT NOT NULL,
  seen_at INTEGER NOT NULL,
  versions_at INTEGER,
  gone_at INTEGER,
  -- Why it has no collection here; null where it has one.
  skipped TEXT,
  PRIMARY KEY (remote_id, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX remote_models_by_collection ON remote_models (collection_id, remote_id) WHERE collection_id IS NOT NULL;
CREATE INDEX remote_models_by_audit ON remote_models (remote_id, versions_at, name) WHERE gone_at IS NULL;

CREATE TABLE remote_versions (
  remote_id INTEGER NOT NULL REFERENCES remotes (id),
  model TEXT NOT NULL,
  version TEXT NOT NULL,
  link_id INTEGER REFERENCES links (id),
  version_id INTEGER REFERENCES versions (id),
  run TEXT,
  seen TEXT NOT NULL,
  -- When its bytes came here; null while they are only there.
  fetched_at INTEGER,
  gone_at INTEGER,
  PRIMARY KEY (remote_id, model, version)
) STRICT, WITHOUT ROWID;
CREATE INDEX remote_versions_by_link ON remote_versions (link_id, remote_id) WHERE link_id IS NOT NULL;
CREATE INDEX remote_versions_by_version ON remote_versions (version_id, remote_id) WHERE version_id IS NOT NULL;
CREATE INDEX remote_versions_by_run ON remote_versions (remote_id, run) WHERE run IS NOT NULL;

CREATE TABLE remote_runs (
  remote_id INTEGER NOT NULL REFERENCES remotes (id),
  run TEXT NOT NULL,
  run_id INTEGER REFERENCES runs (id),
  ended INTEGER NOT NULL CHECK (ended IN (0, 1)),
  PRIMARY KEY (remote_id, run)
) STRICT, WITHOUT ROWID;

CREATE TABLE sync_conflicts (
  id INTEGER PRIMARY KEY,
  remote_id INTEGER NOT NULL REFERENCES remotes (id),
  collection_id INTEGER NOT NULL REFERENCES collections (id),
  touch TEXT NOT NULL,
  what TEXT NOT NULL CHECK (what IN ('alias', 'description', 'tag')),
  field TEXT NOT NULL,
  base TEXT NOT NULL,
  mine TEXT NOT NULL,
  theirs TEXT NOT NULL,
  at INTEGER NOT NULL,
  resolved_at INTEGER,
  choice TEXT
) STRICT;
CREATE UNIQUE INDEX sync_conflicts_open ON sync_conflicts (remote_id, touch) WHERE resolved_at IS NULL;

CREATE TABLE sync_rounds (
  id INTEGER PRIMARY KEY,
  remote_id INTEGER NOT NULL REFERENCES remotes (id),
  started_at INTEGER NOT NULL,
  milliseconds REAL NOT NULL,
  pulled INTEGER NOT NULL,
  pushed INTEGER NOT NULL,
  conflicts INTEGER NOT NULL,
  requests INTEGER NOT NULL,
  bytes_in INTEGER NOT NULL,
  bytes_out INTEGER NOT NULL,
  failure TEXT
) STRICT;
CREATE INDEX sync_rounds_by_remote ON sync_rounds (remote_id, id);
`;
