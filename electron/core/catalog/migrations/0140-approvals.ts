/** Gates before aliases, requests to pass them, and what people said. */
import type { Migration } from './index.ts';

export const approvals: Migration = {
  number: 140,
  name: 'approvals',
  up(db) {
    db.script(`
-- JSON: what aliases need before they may be put.
ALTER TABLE registries ADD COLUMN gates TEXT NOT NULL DEFAULT '[]';

CREATE TABLE approvals (
  id INTEGER PRIMARY KEY,
  registry_id INTEGER NOT NULL REFERENCES registries (id),
  link_id INTEGER NOT NULL REFERENCES links (id),
  alias TEXT NOT NULL,
  from_index INTEGER,
  state TEXT NOT NULL CHECK (state IN ('open', 'granted', 'done', 'refused', 'withdrawn')),
  requested_by INTEGER NOT NULL REFERENCES users (id),
  requested_at INTEGER NOT NULL,
  message TEXT NOT NULL,
  -- JSON: ids of users; empty for everybody who may decide.
  reviewers TEXT NOT NULL,
  reminded_at INTEGER,
  closed_at INTEGER
) STRICT;
CREATE INDEX approvals_by_registry ON approvals (registry_id, id);
CREATE INDEX approvals_by_state ON approvals (state, id);
CREATE INDEX approvals_by_link ON approvals (link_id, alias, id);

CREATE TABLE approval_votes (
  id INTEGER PRIMARY KEY,
  approval_id INTEGER NOT NULL REFERENCES approvals (id),
  user_id INTEGER NOT NULL REFERENCES users (id),
  vote TEXT NOT NULL CHECK (vote IN ('grant', 'refuse', 'comment')),
  comment TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT;
CREATE INDEX approval_votes_by_approval ON approval_votes (approval_id, id);

-- When the bytes of a version were last read, and what came of it.
CREATE TABLE version_checks (
  version_id INTEGER PRIMARY KEY REFERENCES versions (id),
  passed INTEGER NOT NULL CHECK (passed IN (0, 1)),
  detail TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT;
`);
  },
};
