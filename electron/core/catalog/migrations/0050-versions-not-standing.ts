/** So that a search can leave out what doesn't stand without reading the row of every version that does. */
import type { Migration } from './index.ts';

export const versionsNotStanding: Migration = {
  number: 50,
  name: 'versions not standing',
  up(db) {
    db.script("CREATE INDEX versions_not_standing ON versions (id) WHERE state <> 'committed'");
  },
};
