/** At each end of a run it is asked whether that went to a remote, of which there may be many more. */
import type { Migration } from './index.ts';

export const remoteRunsByRun: Migration = {
  number: 580,
  name: 'remote runs by run',
  up(db) {
    db.script('CREATE INDEX remote_runs_by_run ON remote_runs (run_id, remote_id) WHERE run_id IS NOT NULL;');
  },
};
