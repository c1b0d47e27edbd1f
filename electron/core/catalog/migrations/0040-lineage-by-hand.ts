/** Why an edge was drawn by hand. */
import type { Migration } from './index.ts';

export const lineageByHand: Migration = {
  number: 40,
  name: 'lineage-by-hand',
  up(db) {
    db.script("ALTER TABLE manual_edges ADD COLUMN reason TEXT NOT NULL DEFAULT ''");
  },
};
