/** How many versions a remote has is asked at every change: counted along an index, not over all that is remembered of each. */
import type { Migration } from './index.ts';

export const remoteVersionsStanding: Migration = {
  number: 340,
  name: 'remote versions standing',
  up(db) {
    db.script('CREATE INDEX remote_versions_standing ON remote_versions (remote_id) WHERE gone_at IS NULL;');
  },
};
