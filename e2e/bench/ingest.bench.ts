import { execFile } from 'node:child_process';
import { randomFillSync } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startCore, type CoreProcess } from '../drivers/core.ts';
import { spread, timed, type Benchmark, type BenchmarkResult } from './harness.ts';

const run = promisify(execFile);
const mebibyte = 1024 * 1024;
const rounds = 3;

type Set = { readonly part: string; readonly folder: string; readonly bytes: number };

function makeLarge(folder: string): void {
  mkdirSync(folder, { recursive: true });
  const block = Buffer.alloc(64 * mebibyte);
  for (let file = 0; file < 4; file++) {
    const path = join(folder, `shard-${file}.bin`);
    writeFileSync(path, '');
    for (let part = 0; part < 8; part++) writeFileSync(path, randomFillSync(block), { flag: 'a' });
  }
}

function makeSmall(folder: string): void {
  const block = Buffer.alloc(16 * 1024);
  for (let file = 0; file < 20_000; file++) {
    const inside = join(folder, String(Math.floor(file / 500)));
    if (file % 500 === 0) mkdirSync(inside, { recursive: true });
    writeFileSync(join(inside, `row-${file}.bin`), randomFillSync(block));
  }
}

async function reference(context: { readonly scratch: string }, folder: string): Promise<number> {
  const target = join(context.scratch, 'copied');
  rmSync(target, { recursive: true, force: true });
  await run('sync', []);
  const milliseconds = await timed(async () => {
    await run('cp', ['-r', folder, target]);
    await run('sync', ['-f', target]);
    await run('sh', ['-c', 'find "$1" -type f -print0 | xargs -0 sha256sum > "$2"', 'sh', folder, join(context.scratch, 'sums')]);
  });
  rmSync(target, { recursive: true, force: true });
  return milliseconds;
}

async function log(core: CoreProcess, folder: string, artifact: string, paranoid = false): Promise<number> {
  return await timed(() => core.client.execute('versions.log', { paths: [folder], project: { name: 'bench' }, artifact, type: 'dataset', paranoid }));
}

/** Logging as a user does it: through core, hashed, copied, durable, with manifest and history, against copying and hashing by hand. */
export const benchmark: Benchmark = {
  name: 'ingest',
  workload: 'log 4 × 512 MiB, and 20,000 × 16 KiB, durable, into an empty catalog; then the same again',
  goal: '≥ 0.8 × the speed of cp -r (synced) plus sha256sum; again: ≤ 120 ms (small), ≤ 10 ms (large) at the store, no byte read',
  async run(context) {
    const sets: readonly Set[] = [
      { part: '4 × 512 MiB', folder: join(context.scratch, 'large'), bytes: 2048 * mebibyte },
      { part: '20,000 × 16 KiB', folder: join(context.scratch, 'small'), bytes: 20_000 * 16 * 1024 },
    ];
    context.log('making the files');
    makeLarge(sets[0]!.folder);
    makeSmall(sets[1]!.folder);
    const results: BenchmarkResult[] = [];
    for (const { part, folder, bytes } of sets) {
      const ours: number[] = [];
      const copies: number[] = [];
      const again: number[] = [];
      const reread: number[] = [];
      for (let round = 0; round < rounds; round++) {
        copies.push(await reference(context, folder));
        const directory = join(context.scratch, 'data');
        rmSync(directory, { recursive: true, force: true });
        const core = await startCore({ nodePath: context.nodePath, root: context.root, directory });
        await run('sync', []);
        ours.push(await log(core, folder, 'files'));
        again.push(await log(core, folder, 'files-again'));
        reread.push(await log(core, folder, 'files-reread', true));
        await core.stop();
        rmSync(directory, { recursive: true, force: true });
      }
      const speed = (milliseconds: number): number => bytes / mebibyte / (milliseconds / 1000);
      const [mine, theirs, second, third] = [spread(ours), spread(copies), spread(again), spread(reread)];
      results.push(
        { part, ours: speed(mine.median), reference: speed(theirs.median), referenceName: 'cp -r, sync, sha256sum', unit: 'MiB/s', ratio: theirs.median / mine.median, goalMet: theirs.median / mine.median >= 0.8, details: { milliseconds: mine, referenceMilliseconds: theirs } },
        { part: `${part}, again`, ours: second.median, reference: mine.median, referenceName: 'the first time', unit: 'ms', ratio: second.median / mine.median, goalMet: second.median <= (bytes > 1024 * mebibyte ? 10 : 120), details: { milliseconds: second } },
        { part: `${part}, again, every byte read`, ours: third.median, reference: theirs.median, referenceName: 'cp -r, sync, sha256sum', unit: 'ms', ratio: third.median / theirs.median, goalMet: third.median <= theirs.median, details: { milliseconds: third } },
      );
    }
    return results;
  },
};
