/** So that a history of millions of events is filtered, counted and paged without walking it. */
import type { Migration } from './index.ts';

export const historyAtScale: Migration = {
  number: 110,
  name: 'history at scale',
  up(db) {
    db.script(schema);
  },
};

const schema = `
-- Sums from which the length of a list is known without counting events.
CREATE TABLE event_sums (
  kind TEXT NOT NULL,
  actor_id INTEGER NOT NULL,
  entrance TEXT NOT NULL,
  events INTEGER NOT NULL,
  PRIMARY KEY (kind, actor_id, entrance)
) STRICT, WITHOUT ROWID;
INSERT INTO event_sums SELECT kind, actor_id, entrance, count(*) FROM events GROUP BY 1, 2, 3;
-- By whole day in UTC since 1970, with the numbers of the events between which all of a day's lie.
CREATE TABLE event_days (
  day INTEGER PRIMARY KEY,
  events INTEGER NOT NULL,
  first_id INTEGER NOT NULL,
  last_id INTEGER NOT NULL
) STRICT;
INSERT INTO event_days SELECT at / 86400000, count(*), min(id), max(id) FROM events GROUP BY 1;
-- Everything of one person and kind, or through one entrance, newest first.
CREATE INDEX events_by_actor_kind ON events (actor_id, kind, id);
CREATE INDEX events_by_entrance ON events (entrance, id);
`;
