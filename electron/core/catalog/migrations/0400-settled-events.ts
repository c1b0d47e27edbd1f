/** So that a single event is one row and not a page of each index: they take events in by the hundred (`settling.ts`). */
import type { Migration } from './index.ts';

export const settledEvents: Migration = {
  number: 400,
  name: 'settled events',
  up(db) {
    db.script(schema);
  },
};

const schema = `
-- 1 once the indexes hold the event; all that is older is.
ALTER TABLE events ADD COLUMN settled INTEGER NOT NULL DEFAULT 1;
-- The number up to which every event is settled.
INSERT INTO meta (key, value) SELECT 'events_settled', coalesce(max(id), 0) FROM events;
DROP INDEX events_by_act;
DROP INDEX events_by_actor;
DROP INDEX events_by_actor_kind;
DROP INDEX events_by_entrance;
DROP INDEX events_by_kind;
DROP INDEX events_by_time;
CREATE INDEX events_by_act ON events (act_id, id) WHERE act_id IS NOT NULL AND settled = 1;
CREATE INDEX events_by_actor ON events (actor_id, id) WHERE settled = 1;
CREATE INDEX events_by_actor_kind ON events (actor_id, kind, id) WHERE settled = 1;
CREATE INDEX events_by_entrance ON events (entrance, id) WHERE settled = 1;
CREATE INDEX events_by_kind ON events (kind, id) WHERE settled = 1;
CREATE INDEX events_by_time ON events (at, id) WHERE settled = 1;
-- An event becomes settled, once; nothing else of it ever changes.
DROP TRIGGER events_stay;
CREATE TRIGGER events_stay BEFORE UPDATE ON events WHEN NEW.settled IS NOT 1 OR NEW.id IS NOT OLD.id OR NEW.at IS NOT OLD.at OR NEW.actor_id IS NOT OLD.actor_id OR NEW.entrance IS NOT OLD.entrance
  OR NEW.kind IS NOT OLD.kind OR NEW.object_kind IS NOT OLD.object_kind OR NEW.object_id IS NOT OLD.object_id OR NEW.registry_id IS NOT OLD.registry_id OR NEW.label IS NOT OLD.label
  OR NEW.address IS NOT OLD.address OR NEW.before IS NOT OLD.before OR NEW.after IS NOT OLD.after OR NEW.message IS NOT OLD.message OR NEW.act_id IS NOT OLD.act_id
  OR NEW.previous_hash IS NOT OLD.previous_hash OR NEW.hash IS NOT OLD.hash
BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;
-- Few acts are kept, and the newest is asked for.
DROP INDEX undo_open;
`;
