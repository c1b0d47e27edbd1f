/** What an event is about, by the event: automations and reverts ask it of one event, and would otherwise read all that was ever about anything. */
import type { Migration } from './index.ts';

export const objectsOfEvents: Migration = {
  number: 370,
  name: 'objects of events',
  up(db) {
    db.script('CREATE INDEX event_objects_by_event ON event_objects (event_id);');
  },
};
