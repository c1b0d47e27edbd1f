/** Parts of a large upload lie at their places in one file, instead of each in an object of its own. */
import type { Migration } from './index.ts';

export const partsInPlace: Migration = {
  number: 70,
  name: 'parts in place',
  up(db) {
    db.script(schema);
  },
};

const schema = `
-- Bytes of every part but the last, and the name of the store's file that they go to; null until the first of them came.
ALTER TABLE uploads ADD COLUMN part_size INTEGER;
ALTER TABLE uploads ADD COLUMN arrival TEXT;
CREATE INDEX uploads_arriving ON uploads (arrival) WHERE arrival IS NOT NULL;
`;
