/** Why the bytes of a version that a remote has could not be had when they were asked for last. */
import type { Migration } from './index.ts';

export const whyBytesStay: Migration = {
  number: 350,
  name: 'why bytes stay',
  up(db) {
    db.script('ALTER TABLE remote_versions ADD COLUMN unfetchable TEXT;');
  },
};
