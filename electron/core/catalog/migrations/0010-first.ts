/**
 * The catalog's first shape.
 *
 * Rows that people can delete are marked, never removed: their ids are not given again, lineage keeps its tombstones, and the trash can
 * bring them back. What is looked up while alive has an index over the living alone. Times are milliseconds since 1970 UTC, digests bytes.
 */
import type { Migration } from './index.ts';

export const first: Migration = {
  number: 10,
  name: 'first',
  up(db) {
    db.script(schema);
  },
};

const schema = `
CREATE TABLE meta (
  key TEXT PRIMARY KEY,
  value ANY NOT NULL
) STRICT, WITHOUT ROWID;

-- Who ---------------------------------------------------------------------------------------------------------------

CREATE TABLE organizations (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  name_key TEXT NOT NULL UNIQUE,
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE users (
  id INTEGER PRIMARY KEY,
  username TEXT NOT NULL UNIQUE,
  display_name TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('person', 'service')),
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE organization_members (
  organization_id INTEGER NOT NULL REFERENCES organizations (id),
  user_id INTEGER NOT NULL REFERENCES users (id),
  role TEXT NOT NULL CHECK (role IN ('restricted_viewer', 'viewer', 'member', 'admin')),
  PRIMARY KEY (user_id, organization_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE teams (
  id INTEGER PRIMARY KEY,
  organization_id INTEGER NOT NULL REFERENCES organizations (id),
  name TEXT NOT NULL,
  name_key TEXT NOT NULL UNIQUE,
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE team_members (
  team_id INTEGER NOT NULL REFERENCES teams (id),
  user_id INTEGER NOT NULL REFERENCES users (id),
  role TEXT NOT NULL CHECK (role IN ('restricted_viewer', 'viewer', 'member', 'admin')),
  PRIMARY KEY (user_id, team_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE api_keys (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  user_id INTEGER NOT NULL REFERENCES users (id),
  hash BLOB NOT NULL UNIQUE,
  hint TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  last_used_at INTEGER,
  revoked_at INTEGER
) STRICT;

-- Source side -------------------------------------------------------------------------------------------------------

CREATE TABLE projects (
  id INTEGER PRIMARY KEY,
  team_id INTEGER NOT NULL REFERENCES teams (id),
  name TEXT NOT NULL,
  name_key TEXT NOT NULL,
  artifact_count INTEGER NOT NULL DEFAULT 0,
  version_count INTEGER NOT NULL DEFAULT 0,
  run_count INTEGER NOT NULL DEFAULT 0,
  created_by INTEGER NOT NULL REFERENCES users (id),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  deleted_at INTEGER,
  description TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE UNIQUE INDEX projects_by_name ON projects (team_id, name_key) WHERE deleted_at IS NULL;
CREATE INDEX projects_by_update ON projects (updated_at, id) WHERE deleted_at IS NULL;

CREATE TABLE runs (
  id INTEGER PRIMARY KEY,
  project_id INTEGER NOT NULL REFERENCES projects (id),
  run_id TEXT NOT NULL,
  display_name TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('running', 'finished', 'failed', 'crashed', 'killed')),
  job_type TEXT,
  run_group TEXT,
  tags TEXT NOT NULL DEFAULT '[]',
  created_by INTEGER NOT NULL REFERENCES users (id),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  finished_at INTEGER,
  deleted_at INTEGER,
  notes TEXT NOT NULL DEFAULT '',
  config TEXT NOT NULL DEFAULT '{}',
  summary TEXT NOT NULL DEFAULT '{}'
) STRICT;
CREATE UNIQUE INDEX runs_by_run_id ON runs (project_id, run_id);
CREATE INDEX runs_by_creation ON runs (project_id, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX runs_by_state ON runs (project_id, state, created_at, id) WHERE deleted_at IS NULL;

CREATE TABLE artifacts (
  id INTEGER PRIMARY KEY,
  project_id INTEGER NOT NULL REFERENCES projects (id),
  name TEXT NOT NULL,
  type TEXT NOT NULL,
  -- The number to give next: only ever grows.
  next_index INTEGER NOT NULL DEFAULT 0,
  version_count INTEGER NOT NULL DEFAULT 0,
  latest_version_id INTEGER,
  created_by INTEGER NOT NULL REFERENCES users (id),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  deleted_at INTEGER,
  trash_id INTEGER,
  description TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE UNIQUE INDEX artifacts_by_name ON artifacts (project_id, name) WHERE deleted_at IS NULL;
CREATE INDEX artifacts_by_name_anywhere ON artifacts (name, id) WHERE deleted_at IS NULL;
CREATE INDEX artifacts_by_update ON artifacts (updated_at, id) WHERE deleted_at IS NULL;
CREATE INDEX artifacts_by_project_update ON artifacts (project_id, updated_at, id) WHERE deleted_at IS NULL;
CREATE INDEX artifacts_by_type ON artifacts (type, updated_at, id) WHERE deleted_at IS NULL;

-- What a version holds. Equal contents share one manifest.
CREATE TABLE manifests (
  id INTEGER PRIMARY KEY,
  digest BLOB NOT NULL UNIQUE,
  wandb_digest BLOB NOT NULL,
  size INTEGER NOT NULL,
  file_count INTEGER NOT NULL
) STRICT;

CREATE TABLE manifest_entries (
  manifest_id INTEGER NOT NULL REFERENCES manifests (id),
  path TEXT NOT NULL,
  size INTEGER NOT NULL,
  sha256 BLOB,
  -- Bytes of an md5, or the text of the checksum that a reference carries.
  md5 ANY,
  reference TEXT,
  PRIMARY KEY (manifest_id, path)
) STRICT, WITHOUT ROWID;
CREATE INDEX manifest_entries_by_content ON manifest_entries (sha256, size) WHERE sha256 IS NOT NULL;

-- The long columns stand last, so that a list doesn't read them.
CREATE TABLE versions (
  id INTEGER PRIMARY KEY,
  artifact_id INTEGER NOT NULL REFERENCES artifacts (id),
  project_id INTEGER NOT NULL REFERENCES projects (id),
  type TEXT NOT NULL,
  idx INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('pending', 'committed', 'deleted')),
  size INTEGER NOT NULL,
  file_count INTEGER NOT NULL,
  link_count INTEGER NOT NULL DEFAULT 0,
  manifest_id INTEGER NOT NULL REFERENCES manifests (id),
  digest BLOB NOT NULL,
  wandb_digest BLOB NOT NULL,
  run_id INTEGER REFERENCES runs (id),
  ttl_days INTEGER,
  created_by INTEGER NOT NULL REFERENCES users (id),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  deleted_at INTEGER,
  trash_id INTEGER,
  description TEXT NOT NULL DEFAULT '',
  metadata TEXT NOT NULL DEFAULT '{}'
) STRICT;
CREATE UNIQUE INDEX versions_by_index ON versions (artifact_id, idx);
CREATE INDEX versions_by_update ON versions (updated_at, id) WHERE state = 'committed';
CREATE INDEX versions_by_creation ON versions (created_at, id) WHERE state = 'committed';
CREATE INDEX versions_by_size ON versions (size, id) WHERE state = 'committed';
CREATE INDEX versions_by_project_update ON versions (project_id, updated_at, id) WHERE state = 'committed';
CREATE INDEX versions_by_type_update ON versions (type, updated_at, id) WHERE state = 'committed';
CREATE INDEX versions_by_manifest ON versions (manifest_id);
CREATE INDEX versions_by_run ON versions (run_id) WHERE run_id IS NOT NULL;

-- Metadata as typed values, by the path of keys to each: accuracy, or config.optimizer.lr.
CREATE TABLE metadata_keys (
  id INTEGER PRIMARY KEY,
  key TEXT NOT NULL UNIQUE
) STRICT;
CREATE TABLE metadata_numbers (
  key_id INTEGER NOT NULL REFERENCES metadata_keys (id),
  number REAL NOT NULL,
  version_id INTEGER NOT NULL REFERENCES versions (id),
  PRIMARY KEY (key_id, number, version_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE metadata_texts (
  key_id INTEGER NOT NULL REFERENCES metadata_keys (id),
  text TEXT NOT NULL,
  version_id INTEGER NOT NULL REFERENCES versions (id),
  PRIMARY KEY (key_id, text, version_id)
) STRICT, WITHOUT ROWID;

-- Curated side ------------------------------------------------------------------------------------------------------

CREATE TABLE registries (
  id INTEGER PRIMARY KEY,
  organization_id INTEGER NOT NULL REFERENCES organizations (id),
  name TEXT NOT NULL,
  name_key TEXT NOT NULL,
  visibility TEXT NOT NULL CHECK (visibility IN ('organization', 'restricted')),
  -- The type that a core registry was made for; null in a custom one.
  core_type TEXT,
  -- JSON; null accepts every type.
  accepted_types TEXT,
  protected_aliases TEXT NOT NULL DEFAULT '[]',
  glyph TEXT NOT NULL,
  hue INTEGER NOT NULL CHECK (hue BETWEEN 0 AND 11),
  collection_count INTEGER NOT NULL DEFAULT 0,
  link_count INTEGER NOT NULL DEFAULT 0,
  created_by INTEGER NOT NULL REFERENCES users (id),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  deleted_at INTEGER,
  trash_id INTEGER,
  description TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE UNIQUE INDEX registries_by_name ON registries (organization_id, name_key) WHERE deleted_at IS NULL;

CREATE TABLE registry_members (
  registry_id INTEGER NOT NULL REFERENCES registries (id),
  holder_kind TEXT NOT NULL CHECK (holder_kind IN ('user', 'service account', 'team')),
  holder_id INTEGER NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('restricted_viewer', 'viewer', 'member', 'admin')),
  PRIMARY KEY (registry_id, holder_kind, holder_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE collections (
  id INTEGER PRIMARY KEY,
  registry_id INTEGER NOT NULL REFERENCES registries (id),
  name TEXT NOT NULL,
  name_key TEXT NOT NULL,
  type TEXT NOT NULL,
  next_index INTEGER NOT NULL DEFAULT 0,
  link_count INTEGER NOT NULL DEFAULT 0,
  latest_link_id INTEGER,
  created_by INTEGER NOT NULL REFERENCES users (id),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  deleted_at INTEGER,
  trash_id INTEGER,
  description TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE UNIQUE INDEX collections_by_name ON collections (registry_id, name_key) WHERE deleted_at IS NULL;
CREATE INDEX collections_by_update ON collections (updated_at, id) WHERE deleted_at IS NULL;
CREATE INDEX collections_by_registry_update ON collections (registry_id, updated_at, id) WHERE deleted_at IS NULL;
CREATE INDEX collections_by_name_anywhere ON collections (name_key, id) WHERE deleted_at IS NULL;

CREATE TABLE links (
  id INTEGER PRIMARY KEY,
  collection_id INTEGER NOT NULL REFERENCES collections (id),
  version_id INTEGER NOT NULL REFERENCES versions (id),
  idx INTEGER NOT NULL,
  linked_by INTEGER NOT NULL REFERENCES users (id),
  linked_at INTEGER NOT NULL,
  removed_at INTEGER,
  trash_id INTEGER,
  state TEXT NOT NULL DEFAULT '',
  note TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE UNIQUE INDEX links_by_index ON links (collection_id, idx);
CREATE UNIQUE INDEX links_standing ON links (version_id, collection_id) WHERE removed_at IS NULL;
CREATE INDEX links_by_collection ON links (collection_id, idx) WHERE removed_at IS NULL;
CREATE INDEX links_by_time ON links (collection_id, linked_at, id) WHERE removed_at IS NULL;
CREATE INDEX links_by_trash ON links (trash_id) WHERE trash_id IS NOT NULL;

-- What is asked for by name on either side --------------------------------------------------------------------------

-- An alias stands once in its holder: on a version of an artifact, on a link of a collection.
CREATE TABLE aliases (
  holder_kind TEXT NOT NULL CHECK (holder_kind IN ('artifact', 'collection')),
  holder_id INTEGER NOT NULL,
  alias TEXT NOT NULL,
  target_id INTEGER NOT NULL,
  PRIMARY KEY (holder_kind, holder_id, alias)
) STRICT, WITHOUT ROWID;
CREATE INDEX aliases_by_target ON aliases (holder_kind, target_id, alias);
CREATE INDEX aliases_by_alias ON aliases (alias, holder_kind, target_id);

CREATE TABLE alias_moves (
  holder_kind TEXT NOT NULL CHECK (holder_kind IN ('artifact', 'collection')),
  holder_id INTEGER NOT NULL,
  event_id INTEGER NOT NULL REFERENCES events (id),
  alias TEXT NOT NULL,
  from_index INTEGER,
  to_index INTEGER,
  PRIMARY KEY (holder_kind, holder_id, event_id, alias)
) STRICT, WITHOUT ROWID;
CREATE INDEX alias_moves_by_alias ON alias_moves (holder_kind, holder_id, alias, event_id);

CREATE TABLE tags (
  id INTEGER PRIMARY KEY,
  tag TEXT NOT NULL UNIQUE,
  use_count INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE version_tags (
  version_id INTEGER NOT NULL REFERENCES versions (id),
  tag_id INTEGER NOT NULL REFERENCES tags (id),
  PRIMARY KEY (version_id, tag_id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX version_tags_by_tag ON version_tags (tag_id, version_id);
CREATE TABLE collection_tags (
  collection_id INTEGER NOT NULL REFERENCES collections (id),
  tag_id INTEGER NOT NULL REFERENCES tags (id),
  PRIMARY KEY (collection_id, tag_id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX collection_tags_by_tag ON collection_tags (tag_id, collection_id);

-- Where a thing was found before it was renamed.
CREATE TABLE redirects (
  kind TEXT NOT NULL CHECK (kind IN ('registry', 'collection', 'artifact')),
  scope_id INTEGER NOT NULL,
  name_key TEXT NOT NULL,
  object_id INTEGER NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (kind, scope_id, name_key)
) STRICT, WITHOUT ROWID;

-- Per person --------------------------------------------------------------------------------------------------------

CREATE TABLE stars (
  user_id INTEGER NOT NULL REFERENCES users (id),
  kind TEXT NOT NULL,
  object_id INTEGER NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (user_id, kind, object_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE recents (
  user_id INTEGER NOT NULL REFERENCES users (id),
  kind TEXT NOT NULL,
  object_id INTEGER NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (user_id, kind, object_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX recents_by_time ON recents (user_id, at);
CREATE TABLE settings (
  user_id INTEGER NOT NULL REFERENCES users (id),
  key TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (user_id, key)
) STRICT, WITHOUT ROWID;

-- Lineage -----------------------------------------------------------------------------------------------------------

CREATE TABLE run_inputs (
  run_id INTEGER NOT NULL REFERENCES runs (id),
  version_id INTEGER NOT NULL REFERENCES versions (id),
  used_as TEXT,
  provenance TEXT NOT NULL CHECK (provenance IN ('sdk', 'sync', 'manual')),
  at INTEGER NOT NULL,
  PRIMARY KEY (run_id, version_id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX run_inputs_by_version ON run_inputs (version_id, run_id);
CREATE TABLE run_outputs (
  run_id INTEGER NOT NULL REFERENCES runs (id),
  version_id INTEGER NOT NULL REFERENCES versions (id),
  provenance TEXT NOT NULL CHECK (provenance IN ('sdk', 'sync', 'manual')),
  at INTEGER NOT NULL,
  PRIMARY KEY (run_id, version_id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX run_outputs_by_version ON run_outputs (version_id, run_id);
CREATE TABLE manual_edges (
  from_kind TEXT NOT NULL CHECK (from_kind IN ('version', 'run')),
  from_id INTEGER NOT NULL,
  to_kind TEXT NOT NULL CHECK (to_kind IN ('version', 'run')),
  to_id INTEGER NOT NULL,
  created_by INTEGER NOT NULL REFERENCES users (id),
  at INTEGER NOT NULL,
  PRIMARY KEY (from_kind, from_id, to_kind, to_id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX manual_edges_by_end ON manual_edges (to_kind, to_id, from_kind, from_id);

-- History -----------------------------------------------------------------------------------------------------------

-- Append-only. Each hash covers the event and the hash before it.
CREATE TABLE events (
  id INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  actor_id INTEGER NOT NULL REFERENCES users (id),
  entrance TEXT NOT NULL,
  kind TEXT NOT NULL,
  object_kind TEXT NOT NULL,
  object_id INTEGER NOT NULL,
  registry_id INTEGER,
  label TEXT NOT NULL,
  address TEXT,
  before TEXT NOT NULL,
  after TEXT NOT NULL,
  message TEXT,
  previous_hash BLOB NOT NULL,
  hash BLOB NOT NULL
) STRICT;
CREATE INDEX events_by_kind ON events (kind, id);
CREATE INDEX events_by_actor ON events (actor_id, id);
CREATE INDEX events_by_time ON events (at, id);
CREATE TRIGGER events_stay BEFORE UPDATE ON events BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;
CREATE TRIGGER events_are_kept BEFORE DELETE ON events BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;

-- Every object that an event speaks of, so that a collection's history has its links and aliases.
CREATE TABLE event_objects (
  kind TEXT NOT NULL,
  object_id INTEGER NOT NULL,
  event_id INTEGER NOT NULL REFERENCES events (id),
  PRIMARY KEY (kind, object_id, event_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE feed (
  rev INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  changes TEXT NOT NULL
) STRICT;

CREATE TABLE undo (
  id INTEGER PRIMARY KEY,
  actor_id INTEGER NOT NULL REFERENCES users (id),
  label TEXT NOT NULL,
  steps TEXT NOT NULL,
  at INTEGER NOT NULL,
  applied_at INTEGER
) STRICT;
CREATE INDEX undo_open ON undo (actor_id, id) WHERE applied_at IS NULL;

CREATE TABLE trash (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('link', 'collection', 'registry', 'version', 'artifact')),
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
CREATE INDEX trash_open ON trash (deleted_at, id) WHERE restored_at IS NULL AND purged_at IS NULL;
CREATE INDEX trash_by_expiry ON trash (expires_at) WHERE restored_at IS NULL AND purged_at IS NULL;

-- Remotes -----------------------------------------------------------------------------------------------------------

CREATE TABLE remotes (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,
  name TEXT NOT NULL UNIQUE,
  settings TEXT NOT NULL DEFAULT '{}',
  -- Whether changes made here are to be pushed.
  follows INTEGER NOT NULL DEFAULT 1 CHECK (follows IN (0, 1)),
  created_at INTEGER NOT NULL
) STRICT;
CREATE TABLE cursors (
  remote_id INTEGER NOT NULL REFERENCES remotes (id),
  stream TEXT NOT NULL,
  value TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (remote_id, stream)
) STRICT, WITHOUT ROWID;
CREATE TABLE outbox (
  seq INTEGER PRIMARY KEY,
  mutation_id TEXT NOT NULL UNIQUE,
  remote_id INTEGER NOT NULL REFERENCES remotes (id),
  operation TEXT NOT NULL,
  payload TEXT NOT NULL,
  base TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0,
  next_attempt_at INTEGER,
  last_error TEXT,
  state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'sent', 'conflict', 'dead'))
) STRICT;
CREATE INDEX outbox_waiting ON outbox (remote_id, seq) WHERE state = 'waiting';

-- Search ------------------------------------------------------------------------------------------------------------

-- Versions whose row in the word index is behind. Marked in the transaction of the change, worked off right after it.
CREATE TABLE search_dirty (
  version_id INTEGER PRIMARY KEY
) STRICT;
CREATE VIRTUAL TABLE versions_fts USING fts5 (
  name, description, metadata, tags, aliases,
  content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 2'
);
-- By manifest, so that versions with equal contents share it and an edit of a version doesn't read its paths again.
CREATE VIRTUAL TABLE paths_fts USING fts5 (
  paths,
  content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 2'
);
-- Parts of names. The row number is eight times the object's id plus the place of its kind in records/names.ts.
CREATE VIRTUAL TABLE names_fts USING fts5 (
  name,
  content = '', contentless_delete = 1, tokenize = 'trigram case_sensitive 0'
);
`;
