/** Automations, what they queued, what became of it, and what they may reach. */
import type { Migration } from './index.ts';

export const automations: Migration = {
  number: 130,
  name: 'automations',
  up(db) {
    db.script(`
CREATE TABLE automations (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  enabled INTEGER NOT NULL CHECK (enabled IN (0, 1)),
  event TEXT NOT NULL,
  scope_kind TEXT NOT NULL CHECK (scope_kind IN ('organization', 'registry', 'collection', 'project')),
  scope_id INTEGER,
  definition TEXT NOT NULL,
  -- It hears what comes after this event.
  since_event INTEGER NOT NULL,
  created_by INTEGER NOT NULL REFERENCES users (id),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  removed_at INTEGER
) STRICT;
CREATE UNIQUE INDEX automations_by_name ON automations (name, id) WHERE removed_at IS NULL;

CREATE TABLE deliveries (
  id INTEGER PRIMARY KEY,
  -- Travels with every attempt: a receiver that hears it twice can do it once.
  key TEXT NOT NULL UNIQUE,
  automation_id INTEGER NOT NULL REFERENCES automations (id),
  event_id INTEGER NOT NULL REFERENCES events (id),
  action_index INTEGER NOT NULL,
  -- As it stood when the event came.
  action TEXT NOT NULL,
  target TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'sending', 'done', 'dead', 'discarded', 'stopped')),
  -- Waits until this one is done.
  after_id INTEGER REFERENCES deliveries (id),
  attempts INTEGER NOT NULL DEFAULT 0,
  next_at INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  done_at INTEGER,
  problem TEXT,
  maybe_twice INTEGER NOT NULL DEFAULT 0 CHECK (maybe_twice IN (0, 1)),
  replay_of INTEGER REFERENCES deliveries (id),
  -- Asked for by a person: a replay, a test.
  by_hand INTEGER NOT NULL DEFAULT 0 CHECK (by_hand IN (0, 1))
) STRICT;
CREATE UNIQUE INDEX deliveries_once ON deliveries (automation_id, event_id, action_index) WHERE by_hand = 0;
CREATE INDEX deliveries_by_automation ON deliveries (automation_id, id);
CREATE INDEX deliveries_by_state ON deliveries (state, id);
CREATE INDEX deliveries_by_event ON deliveries (event_id, id);

CREATE TABLE delivery_attempts (
  id INTEGER PRIMARY KEY,
  delivery_id INTEGER NOT NULL REFERENCES deliveries (id),
  at INTEGER NOT NULL,
  milliseconds REAL,
  status INTEGER,
  request TEXT NOT NULL,
  response TEXT NOT NULL,
  problem TEXT
) STRICT;
CREATE INDEX attempts_by_delivery ON delivery_attempts (delivery_id, id);

-- Events that an automation's own action made: the way back along them finds loops.
CREATE TABLE event_causes (
  event_id INTEGER PRIMARY KEY REFERENCES events (id),
  delivery_id INTEGER NOT NULL REFERENCES deliveries (id)
) STRICT;

-- Names only: what they stand for is in the vault.
CREATE TABLE automation_secrets (
  name TEXT PRIMARY KEY,
  created_by INTEGER NOT NULL REFERENCES users (id),
  updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE local_jobs (
  name TEXT PRIMARY KEY,
  command TEXT NOT NULL,
  folder TEXT NOT NULL,
  timeout INTEGER NOT NULL,
  -- Over the command and the program file's bytes, as they were approved.
  hash TEXT NOT NULL,
  approved_by INTEGER NOT NULL REFERENCES users (id),
  approved_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE allowed_hosts (host TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
`);
  },
};
