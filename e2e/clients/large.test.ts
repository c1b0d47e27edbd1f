/** A file above the size at which the client offers to send parts, once, with the newest client. */
import { statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunningClient } from '../drivers/pythonClient.ts';
import type { Recorder } from '../drivers/recorder.ts';
import { openWorkbench, type Workbench } from './workbench.ts';

const disk = statfsSync(tmpdir());
const room = disk.bavail * disk.bsize;

let bench: Workbench;
let recorder: Recorder;
let program: RunningClient;
beforeAll(async () => {
  bench = await openWorkbench();
  recorder = await bench.record();
  program = bench.program('newest', 'large.py', { url: recorder.url, parameters: { project: 'large', only: ['above_threshold'] }, timeout: 700_000 });
}, 60_000);
afterAll(async () => bench.close(), 120_000);

describe.skipIf(room < 16e9)('large artifacts (16 GB of room in the temporary folder)', { timeout: 700_000 }, () => {
  const manifest = async (name: string) => (await bench.ask('versions.manifest', { id: (await bench.version(`${bench.team}/large/${name}:v0`)).id })).items;

  test('above the size at which the client offers parts, the file arrives whole', async () => {
    const facts = await program.told('above_threshold');
    expect(facts).toMatchObject({ size: 2 * 1024 ** 3 + 5, version: 'v0' });
    expect(await manifest('above')).toEqual([expect.objectContaining({ path: 'above.bin', size: 2 * 1024 ** 3 + 5, md5: facts['md5'] })]);
    // The door takes it in one piece: no parts, nothing to join.
    expect(recorder.operations()).not.toContain('CompleteMultipartUploadArtifact');
    expect((await program.ended).code).toBe(0);
  });
});
