/**
 * What time alone makes true: runs that fell silent, versions whose client is gone, versions whose time to live is over, trash that can no longer be restored, lines
 * that belong to no run any more.
 */
import { defaultTrashDays } from '#shared/domain/index.ts';
import type { CatalogPool, CatalogStatus } from '../catalog/index.ts';
import type { Store } from '../store/index.ts';
import type { Log } from './log.ts';

export type Upkeep = { stop(): void };

export type UpkeepTimes = {
  /** A run that reported and hasn't for this long has crashed. The client reports every 30 seconds. */
  readonly silence: number;
  /** A version under way that nobody has touched for this long is given up. */
  readonly abandonment: number;
  /** Lines of runs that the catalog has not known for this long are forgotten. */
  readonly lostLines: number;
  /** How often it is looked. */
  readonly interval: number;
};

const minute = 60_000;
const hour = 60 * minute;

export const upkeepTimes: UpkeepTimes = { silence: 5 * minute, abandonment: 24 * hour, lostLines: defaultTrashDays * 24 * hour, interval: minute };

/** Looks at regular intervals until it is stopped; all times are milliseconds. Does nothing on a catalog that can't be written. */
export function startUpkeep(catalog: CatalogPool, store: Pick<Store, 'assemblies' | 'removeAssembly'>, log: Log, times: UpkeepTimes = upkeepTimes): Upkeep {
  if (catalog.status().readOnly) return { stop: () => undefined };
  const begun = Date.now();
  let stopped = false;
  const context = { actorId: catalog.status().defaultUserId, entrance: 'system', message: null } as const;
  const look = async (): Promise<void> => {
    const now = Date.now();
    try {
      // While core was away nobody could report: each run gets its time anew.
      if (now - begun >= times.silence) await catalog.write('internal.sweepRuns', { silentSince: now - times.silence }, context);
      await catalog.write('internal.sweepDrafts', { untouchedSince: now - times.abandonment }, context);
      // Looked for in a reading thread: most times there is nothing, and looking through many versions must hold up no write.
      const lapsing = (await catalog.read('internal.lapsingCount', {}, context)) as number;
      if (lapsing > 0) await catalog.write('ttl.sweep', { simulate: false }, context);
      await catalog.write('internal.purgeTrash', {}, context);
      await dropArrivals(catalog, store, context);
      // By steps, so that no command waits long behind it.
      let more = (await catalog.read('internal.runLogUntidy', { lostFor: times.lostLines, now }, context)) as boolean;
      while (more && !stopped) {
        const { output } = await catalog.write('internal.sweepRunLog', { lostFor: times.lostLines }, context);
        ({ more } = output as { readonly more: boolean });
      }
    } catch (thrown) {
      log('warning', 'upkeep', 'put off', { reason: thrown instanceof Error ? thrown.message : String(thrown) });
    }
  };
  let looking: Promise<void> | null = null;
  const timer = setInterval(() => {
    looking ??= look().finally(() => (looking = null));
  }, times.interval);
  timer.unref();
  return {
    stop: () => {
      stopped = true;
      clearInterval(timer);
    },
  };
}

/** Parts of what nobody goes on with. Looked for in the store first: what begins meanwhile is known to the catalog before it is there. */
async function dropArrivals(catalog: CatalogPool, store: Pick<Store, 'assemblies' | 'removeAssembly'>, context: { readonly actorId: CatalogStatus['defaultUserId'] }): Promise<void> {
  const there = await store.assemblies();
  if (there.length === 0) return;
  const arriving = new Set((await catalog.read('internal.arrivals', {}, context)) as readonly string[]);
  for (const name of there) if (!arriving.has(name)) await store.removeAssembly(name);
}
