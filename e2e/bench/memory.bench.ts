import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { emptyApplication, openWindow, untilMarked } from './fixtures/window.ts';
import { largeCatalog } from './fixtures/largeCatalog.ts';
import { median, type Benchmark } from './harness.ts';

const versions = 1_000_000;
const rounds = 3;
const mebibyte = 1024 * 1024;

/** Reads the memory until two readings a moment apart agree: garbage of the start is gone then. */
async function settled(read: () => number): Promise<number> {
  let before = read();
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, 500));
    const now = read();
    if (Math.abs(now - before) < mebibyte) return now;
    before = now;
  }
}

export const benchmark: Benchmark = {
  name: 'memory',
  workload: `proportional set size of all processes with a catalog of ${versions.toLocaleString('en')} versions open at a list, median of ${rounds}`,
  goal: '≤ 100 MiB above an empty window of the same runtime',
  async run(context) {
    const { directory } = await largeCatalog(context, versions);
    const data = join(context.scratch, 'data');
    cpSync(directory, data, { recursive: true });
    const empty = emptyApplication(join(context.scratch, 'empty'));
    const ours: number[] = [];
    const floor: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const plain = await openWindow(context, empty, [`--user-data-dir=${join(context.scratch, 'empty-profile')}`]);
      await plain.evaluate(untilMarked('usable'));
      floor.push(await settled(() => plain.memory()));
      await plain.close();
      const window = await openWindow(context, context.root, ['--data', data, 'vitrine://projects']);
      await window.evaluate(untilMarked('vitrine:rows'));
      ours.push(await settled(() => window.memory()));
      await window.close();
    }
    const [mine, theirs] = [median(ours) / mebibyte, median(floor) / mebibyte];
    return { ours: mine, reference: theirs, referenceName: 'empty window', unit: 'MiB', ratio: mine / theirs, goalMet: mine - theirs <= 100, details: { above: mine - theirs, ours: ours.map((bytes) => bytes / mebibyte), reference: floor.map((bytes) => bytes / mebibyte) } };
  },
};
