/** The safety scan against models that PyTorch saved, as their authors publish them. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeFiles } from '../cli/commandLine.ts';
import { openWorkbench, type Workbench } from './workbench.ts';

let bench: Workbench;
let files: readonly string[];
beforeAll(async () => {
  const list = 'import importlib.metadata as m, json; print(json.dumps([str(f.locate()) for name in ("facenet-pytorch", "lpips") for f in m.files(name) if f.suffix in (".pt", ".pth")]))';
  // Named by `build/test.mjs`, as those of the wandb clients.
  files = JSON.parse(execFileSync(process.env['VITRINE_PYTHON_TORCH'] ?? 'python3', ['-c', list], { encoding: 'utf8' })) as string[];
  bench = await openWorkbench();
}, 240_000);
afterAll(async () => bench.close());

const nameOf = (file: string): string => `${basename(dirname(file))}-${basename(file)}`;

test('finds nothing in them, in either form', { timeout: 120_000 }, async () => {
  expect(files.map((file) => basename(file)).sort()).toEqual(['alex.pth', 'alex.pth', 'onet.pt', 'pnet.pt', 'rnet.pt', 'squeeze.pth', 'squeeze.pth', 'vgg.pth', 'vgg.pth']);
  const folder = writeFiles(join(bench.folder, 'models'), Object.fromEntries(files.map((file) => [nameOf(file), readFileSync(file)])));
  const { versionId } = await bench.ask('versions.log', { paths: [folder], project: { name: 'vision' }, artifact: 'losses', type: 'model' });
  const scan = await bench.ask('scans.run', { versionId });
  expect(scan).toMatchObject({ state: 'clean', files: 9, loadable: 9, findings: [] });
  // They were read, and not passed over: each of them imports what rebuilds its tensors.
  expect(scan.imports).toBeGreaterThanOrEqual(2);
});

test('finds a command that somebody put into one of them', { timeout: 120_000 }, async () => {
  const original = readFileSync(files.find((file) => file.endsWith('alex.pth')) ?? '').toString('latin1');
  const rebuild = /ctorch\._utils\n_rebuild_tensor(?:_v2)?\n/u;
  expect(rebuild.test(original)).toBe(true);
  const folder = writeFiles(join(bench.folder, 'changed'), { 'alex.pth': Buffer.from(original.replace(rebuild, 'cos\nsystem\n'), 'latin1') });
  const { versionId } = await bench.ask('versions.log', { paths: [folder], project: { name: 'vision' }, artifact: 'changed', type: 'model' });
  const scan = await bench.ask('scans.run', { versionId });
  expect([scan.state, scan.findings.map(({ severity, path, subject }) => [severity, basename(path), subject])]).toEqual(['danger', [['danger', 'alex.pth', 'os.system']]]);
});
