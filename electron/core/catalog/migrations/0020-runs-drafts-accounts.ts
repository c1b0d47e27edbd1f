/**
 * What scripts need that log through the HTTP door: runs as they stream, versions under way, people and scoped keys.
 *
 * Lines and metrics of runs are not here but in the file beside (`runlog.ts`): they are many, and the backups of this one must stay small.
 */
import type { Migration } from './index.ts';

export const runsDraftsAccounts: Migration = {
  number: 20,
  name: 'runs, drafts, accounts',
  up(db) {
    db.script(schema);
  },
};

const schema = `
-- Who ---------------------------------------------------------------------------------------------------------------

ALTER TABLE users ADD COLUMN email TEXT;
-- Somebody who was removed: in no organization and no team, but named by what they did.
ALTER TABLE users ADD COLUMN removed_at INTEGER;

ALTER TABLE api_keys ADD COLUMN expires_at INTEGER;
-- What counts at most through this key: a role, and lists of ids (JSON); null is no limit.
ALTER TABLE api_keys ADD COLUMN role_cap TEXT CHECK (role_cap IN ('restricted_viewer', 'viewer', 'member', 'admin'));
ALTER TABLE api_keys ADD COLUMN registry_ids TEXT;
ALTER TABLE api_keys ADD COLUMN project_ids TEXT;
CREATE INDEX api_keys_by_user ON api_keys (user_id, id);

-- Runs --------------------------------------------------------------------------------------------------------------

-- Under which name its lines stand in the run log: never given twice, not even after a backup was restored.
ALTER TABLE runs ADD COLUMN uid BLOB;
UPDATE runs SET uid = randomblob(16);
ALTER TABLE runs ADD COLUMN host TEXT;
ALTER TABLE runs ADD COLUMN program TEXT;
ALTER TABLE runs ADD COLUMN commit_hash TEXT;
ALTER TABLE runs ADD COLUMN exit_code INTEGER;
-- Set for runs whose script reports: those that fall silent are crashed.
ALTER TABLE runs ADD COLUMN heartbeat_at INTEGER;
ALTER TABLE runs ADD COLUMN stop_requested_at INTEGER;
ALTER TABLE runs ADD COLUMN api_key_id INTEGER REFERENCES api_keys (id);
-- The config as the script wrote it; null where it wasn't a script.
ALTER TABLE runs ADD COLUMN wire_config TEXT;
DROP INDEX runs_by_run_id;
CREATE UNIQUE INDEX runs_by_run_id ON runs (project_id, run_id) WHERE deleted_at IS NULL;
CREATE INDEX runs_by_creation_anywhere ON runs (created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX runs_alive ON runs (heartbeat_at) WHERE state = 'running' AND heartbeat_at IS NOT NULL AND deleted_at IS NULL;
CREATE INDEX runs_by_key ON runs (api_key_id, id) WHERE api_key_id IS NOT NULL;

CREATE TABLE run_files (
  run_id INTEGER NOT NULL REFERENCES runs (id),
  name TEXT NOT NULL,
  size INTEGER NOT NULL,
  sha256 BLOB NOT NULL,
  md5 BLOB NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (run_id, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX run_files_by_content ON run_files (sha256);

-- Source side -------------------------------------------------------------------------------------------------------

-- Days to live of the versions: null says nothing (the setting above counts), 0 is for good. The same in versions.ttl_days.
ALTER TABLE projects ADD COLUMN ttl_days INTEGER;
ALTER TABLE artifacts ADD COLUMN ttl_days INTEGER;
CREATE TABLE artifact_tags (
  artifact_id INTEGER NOT NULL REFERENCES artifacts (id),
  tag_id INTEGER NOT NULL REFERENCES tags (id),
  PRIMARY KEY (artifact_id, tag_id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX artifact_tags_by_tag ON artifact_tags (tag_id, artifact_id);

ALTER TABLE versions ADD COLUMN history_step INTEGER;
-- The object with the manifest as the client wrote it; null where it was made from the entries.
ALTER TABLE versions ADD COLUMN client_manifest BLOB;
CREATE INDEX versions_by_client_manifest ON versions (client_manifest) WHERE client_manifest IS NOT NULL;
CREATE INDEX versions_by_wandb_digest ON versions (artifact_id, wandb_digest) WHERE state = 'committed';
CREATE INDEX manifest_entries_by_md5 ON manifest_entries (md5) WHERE sha256 IS NOT NULL;

-- Versions under way: in a table of their own, so that no list can show one. Ids come from the sequence of versions.id.
CREATE TABLE drafts (
  id INTEGER PRIMARY KEY,
  state TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'committed', 'abandoned')),
  -- What it became: itself, or an equal version.
  version_id INTEGER REFERENCES versions (id),
  team_id INTEGER NOT NULL REFERENCES teams (id),
  project TEXT NOT NULL,
  artifact TEXT NOT NULL,
  type TEXT NOT NULL,
  run_id INTEGER REFERENCES runs (id),
  wandb_digest TEXT NOT NULL,
  aliases TEXT NOT NULL DEFAULT '[]',
  tags TEXT NOT NULL DEFAULT '[]',
  ttl_days INTEGER,
  history_step INTEGER,
  client_id TEXT,
  sequence_client_id TEXT,
  distributed_id TEXT,
  reserved_names INTEGER NOT NULL DEFAULT 0 CHECK (reserved_names IN (0, 1)),
  created_by INTEGER NOT NULL REFERENCES users (id),
  created_at INTEGER NOT NULL,
  touched_at INTEGER NOT NULL,
  description TEXT NOT NULL DEFAULT '',
  metadata TEXT NOT NULL DEFAULT '{}'
) STRICT;
CREATE UNIQUE INDEX drafts_by_client_id ON drafts (client_id) WHERE client_id IS NOT NULL AND state = 'open';
CREATE UNIQUE INDEX drafts_by_distributed_id ON drafts (team_id, project, artifact, distributed_id) WHERE distributed_id IS NOT NULL AND state = 'open';
CREATE INDEX drafts_open ON drafts (touched_at) WHERE state = 'open';

CREATE TABLE draft_manifests (
  id INTEGER PRIMARY KEY,
  draft_id INTEGER NOT NULL REFERENCES drafts (id),
  kind TEXT NOT NULL CHECK (kind IN ('full', 'patch', 'incremental')),
  name TEXT NOT NULL,
  base_version_id INTEGER REFERENCES versions (id)
) STRICT;
CREATE INDEX draft_manifests_by_draft ON draft_manifests (draft_id, id);

-- A place where the bytes of one file of a draft, or of one of its manifests, may go.
CREATE TABLE uploads (
  id INTEGER PRIMARY KEY,
  draft_id INTEGER NOT NULL REFERENCES drafts (id),
  -- Set where the bytes are a manifest.
  manifest_id INTEGER REFERENCES draft_manifests (id),
  path TEXT NOT NULL,
  md5 BLOB NOT NULL,
  -- Bytes as announced; null where they weren't.
  size INTEGER,
  in_parts INTEGER NOT NULL DEFAULT 0 CHECK (in_parts IN (0, 1)),
  sha256 BLOB,
  received_size INTEGER,
  received_at INTEGER
) STRICT;
CREATE INDEX uploads_by_draft ON uploads (draft_id, md5);
CREATE UNIQUE INDEX uploads_by_manifest ON uploads (manifest_id) WHERE manifest_id IS NOT NULL;
CREATE INDEX uploads_by_content ON uploads (sha256) WHERE sha256 IS NOT NULL;

CREATE TABLE upload_parts (
  upload_id INTEGER NOT NULL REFERENCES uploads (id),
  number INTEGER NOT NULL,
  md5 BLOB NOT NULL,
  sha256 BLOB,
  size INTEGER,
  PRIMARY KEY (upload_id, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX upload_parts_by_content ON upload_parts (sha256) WHERE sha256 IS NOT NULL;

-- Ids that clients gave: of a version (a draft at first), or of an artifact once it has a version.
CREATE TABLE client_ids (
  client_id TEXT PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('version', 'artifact')),
  object_id INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
`;
