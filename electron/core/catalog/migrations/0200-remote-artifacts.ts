/** Where a remote has ids of its own for what it keeps: by them one version is known again that stands in several of its collections. */
import type { Migration } from './index.ts';

export const remoteArtifacts: Migration = {
  number: 200,
  name: 'remote artifacts',
  up(db) {
    db.script(`
ALTER TABLE remote_versions ADD COLUMN artifact TEXT;
CREATE INDEX remote_versions_by_artifact ON remote_versions (artifact, remote_id) WHERE artifact IS NOT NULL;
`);
  },
};
