/** What is needed to forget old deliveries without reading all of them: by their end, and by what refers to them. */
import type { Migration } from './index.ts';

export const sweptDeliveries: Migration = {
  number: 270,
  name: 'swept deliveries',
  up(db) {
    db.script(`
CREATE INDEX deliveries_by_end ON deliveries (done_at) WHERE state IN ('done', 'discarded');
CREATE INDEX deliveries_by_before ON deliveries (after_id) WHERE after_id IS NOT NULL;
CREATE INDEX deliveries_by_replayed ON deliveries (replay_of) WHERE replay_of IS NOT NULL;
CREATE INDEX causes_by_delivery ON event_causes (delivery_id);
`);
  },
};
