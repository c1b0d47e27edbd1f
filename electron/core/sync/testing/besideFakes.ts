/** One Vitrine beside fake MLflow servers, for the tests of a file. */
import { openReplica, type OpenReplica } from '../../operations/testing/replica.ts';
import type { SyncTimes } from '../engine.ts';
import { startFakeMlflows, type FakeMlflow } from './fakeMlflow.ts';

export type BesideFakes = {
  readonly vitrine: OpenReplica;
  /** A server of its own, and a name for the registry that is to follow it. */
  readonly fresh: () => { readonly server: FakeMlflow; readonly registry: string };
  readonly close: () => Promise<void>;
};

export async function openBesideFakes(times?: SyncTimes): Promise<BesideFakes> {
  const fakes = await startFakeMlflows();
  const vitrine = await openReplica('ada', times);
  let names = 0;
  return {
    vitrine,
    fresh: () => ({ server: fakes.make(), registry: `R${names++}` }),
    async close() {
      await vitrine.close();
      await fakes.close();
    },
  };
}
