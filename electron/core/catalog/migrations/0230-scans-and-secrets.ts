/** What safety scans found: once per content, and put together per version. And where secrets of automations were kept. */
import type { Migration } from './index.ts';

export const scansAndSecrets: Migration = {
  number: 230,
  name: 'scans and secrets',
  up(db) {
    db.script(`
CREATE TABLE content_scans (
  sha256 BLOB NOT NULL,
  -- How the file is called counts where its content alone doesn't say what it is.
  suffix TEXT NOT NULL,
  scanner INTEGER NOT NULL,
  format TEXT,
  imports INTEGER NOT NULL,
  findings TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (sha256, suffix)
) STRICT, WITHOUT ROWID;

CREATE TABLE version_scans (
  version_id INTEGER PRIMARY KEY REFERENCES versions (id),
  scanner INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('clean', 'caution', 'danger')),
  files INTEGER NOT NULL,
  loadable INTEGER NOT NULL,
  imports INTEGER NOT NULL,
  findings TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT;

-- The keychain of the app with a window, and the file of a core of its own, don't know each other's.
ALTER TABLE automation_secrets ADD COLUMN kept_in TEXT NOT NULL DEFAULT 'file' CHECK (kept_in IN ('keychain', 'file'));
`);
  },
};
