/** What waits for a remote is grouped by what it is about, and counted: after weeks without a network that is many. */
import type { Migration } from './index.ts';

export const outboxByTouch: Migration = {
  number: 220,
  name: 'outbox by touch',
  up(db) {
    db.script(`
CREATE INDEX outbox_counted ON outbox (remote_id, state, touch, seq, attempts) WHERE state <> 'sent';
`);
  },
};
