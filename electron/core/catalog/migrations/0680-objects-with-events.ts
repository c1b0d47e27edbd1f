/** So that a single event is one row, and not a page for each object that it is about: they, too, are taken in by the hundred (`settling.ts`). */
import type { Migration } from './index.ts';

export const objectsWithEvents: Migration = {
  number: 680,
  name: 'objects with events',
  up(db) {
    db.script(schema);
  },
};

const schema = `
-- What the event is about, as a list of kinds and ids, until it is settled; null from then on, when it lies in event_objects.
ALTER TABLE events ADD COLUMN objects TEXT;
DROP TRIGGER events_stay;
UPDATE events SET objects = (SELECT json_group_array(json_array(o.kind, o.object_id)) FROM event_objects o WHERE o.event_id = events.id)
  WHERE id > (SELECT value FROM meta WHERE key = 'events_settled') AND settled = 0;
DELETE FROM event_objects WHERE event_id IN (SELECT id FROM events WHERE id > (SELECT value FROM meta WHERE key = 'events_settled') AND settled = 0);
-- An event becomes settled, once, and its objects go to their place; nothing else of it ever changes.
CREATE TRIGGER events_stay BEFORE UPDATE ON events WHEN NEW.settled IS NOT 1 OR NEW.objects IS NOT NULL OR NEW.id IS NOT OLD.id OR NEW.at IS NOT OLD.at OR NEW.actor_id IS NOT OLD.actor_id OR NEW.entrance IS NOT OLD.entrance
  OR NEW.kind IS NOT OLD.kind OR NEW.object_kind IS NOT OLD.object_kind OR NEW.object_id IS NOT OLD.object_id OR NEW.registry_id IS NOT OLD.registry_id OR NEW.label IS NOT OLD.label
  OR NEW.address IS NOT OLD.address OR NEW.before IS NOT OLD.before OR NEW.after IS NOT OLD.after OR NEW.message IS NOT OLD.message OR NEW.act_id IS NOT OLD.act_id
  OR NEW.previous_hash IS NOT OLD.previous_hash OR NEW.hash IS NOT OLD.hash
BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;
`;
