/** Large things, once, with the newest client: a file that is sent in parts, and twenty thousand of them; and what they cost core in memory. */
import { readFileSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunningClient } from '../drivers/pythonClient.ts';
import type { Recorder } from '../drivers/recorder.ts';
import { openWorkbench, type Workbench } from './workbench.ts';

const disk = statfsSync(tmpdir());
const room = disk.bavail * disk.bsize;
/** What core may need at most: a small part of what passes through it, and no more for larger files. Measured: 390 MB; with 20,000 files behind it 580 MB. */
const memoryLimitBytes = { file: 450 * 1024 * 1024, all: 700 * 1024 * 1024 };

let bench: Workbench;
let recorder: Recorder;
let program: RunningClient;
beforeAll(async () => {
  bench = await openWorkbench();
  recorder = await bench.record();
  program = bench.program('newest', 'large.py', { url: recorder.url, parameters: { project: 'large' }, timeout: 700_000 });
}, 240_000);
afterAll(async () => bench.close(), 120_000);

describe.skipIf(room < 12e9)('large artifacts (12 GB of room in the temporary folder)', { timeout: 700_000 }, () => {
  /** The most memory that core ever had, in bytes; 0 where the system doesn't tell. */
  const peak = (): number => (process.platform === 'linux' ? Number(/^VmHWM:\s*(\d+) kB$/m.exec(readFileSync(`/proc/${bench.pid()}/status`, 'utf8'))?.[1]) * 1024 : 0);
  const manifest = async (name: string) => (await bench.ask('versions.manifest', { id: (await bench.version(`${bench.team}/large/${name}:v0`)).id })).items;

  test('3 GB are sent in parts, stand as one file, and come back the same', async () => {
    const facts = await program.told('three_gigabytes');
    expect(peak()).toBeLessThan(memoryLimitBytes.file);
    expect(await manifest('three')).toEqual([expect.objectContaining({ path: 'three.bin', size: 3_000_000_000, md5: facts['md5'] })]);
    expect(facts['back']).toBe(facts['md5']);
    expect(recorder.operations()).toContain('CompleteMultipartUploadArtifact');
    // 100 MiB each, as the client cuts them, and the manifest beside.
    expect(recorder.requests.filter((request) => request.method === 'PUT' && request.path.startsWith('/api/wandb/uploads/') && request.status === 200).length).toBeGreaterThanOrEqual(Math.ceil(3_000_000_000 / (100 * 1024 ** 2)));
  });

  test('20,000 files', async () => {
    const facts = await program.told('twenty_thousand');
    expect(facts).toMatchObject({ version: 'v0', count: 20_000, downloaded: 500, listed: 20_000 });
    expect(await bench.version(`${bench.team}/large/many:v0`)).toMatchObject({ fileCount: 20_000, wandbDigest: facts['digest'] });
    expect((await program.ended).code).toBe(0);
    expect(peak()).toBeLessThan(memoryLimitBytes.all);
  });
});
