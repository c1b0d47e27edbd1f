import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { emptyApplication, openWindow, untilMarked } from './fixtures/window.ts';
import { largeCatalog } from './fixtures/largeCatalog.ts';
import { spread, type Benchmark, type BenchmarkContext } from './harness.ts';

const versions = 50_000;
const rounds = 7;

async function timeToMark(context: BenchmarkContext, application: string, args: readonly string[], mark: string): Promise<number> {
  const window = await openWindow(context, application, args);
  try {
    return (await window.evaluate<number>(untilMarked(mark))) - window.startedAt;
  } finally {
    await window.close();
  }
}

/** From asking for the process until rows are painted, against an empty sandboxed window until its first paint. */
export const benchmark: Benchmark = {
  name: 'launch',
  workload: `launch until the rows of a list are painted, catalog of ${versions.toLocaleString('en')} versions, warm, median of ${rounds}`,
  goal: '≤ 1.6 × an empty window of the same runtime',
  async run(context) {
    const { directory } = await largeCatalog(context, versions);
    const data = join(context.scratch, 'data');
    cpSync(directory, data, { recursive: true });
    const empty = emptyApplication(join(context.scratch, 'empty'));
    const ours: number[] = [];
    const floor: number[] = [];
    // The first start of each fills the caches of code and pages; it does not count.
    for (let round = 0; round <= rounds; round++) {
      const floorTime = await timeToMark(context, empty, [`--user-data-dir=${join(context.scratch, 'empty-profile')}`], 'usable');
      const ourTime = await timeToMark(context, context.root, ['--data', data, 'vitrine://projects'], 'vitrine:rows');
      if (round > 0) {
        ours.push(ourTime);
        floor.push(floorTime);
      }
    }
    rmSync(data, { recursive: true, force: true });
    const [mine, theirs] = [spread(ours), spread(floor)];
    return { ours: mine.median, reference: theirs.median, referenceName: 'empty window until painted', unit: 'ms', ratio: mine.median / theirs.median, goalMet: mine.median / theirs.median <= 1.6, details: { ours: mine, reference: theirs } };
  },
};
