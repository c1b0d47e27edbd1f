/** Safety scans of versions: kept per content and version, asked for by gates. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { InputOf, OperationName, OutputOf } from '#shared/contract/index.ts';
import { openCore, type Core } from '../host/core.ts';

let directory: string;
let core: Core;
beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'vitrine-scans-'));
  core = await openCore({ dataDirectory: path.join(directory, 'data'), applicationVersion: '0', listen: false, checkOutput: true, log: () => undefined });
});
afterEach(async () => {
  await core.close();
  await rm(directory, { recursive: true, force: true });
});

async function run<Name extends OperationName>(name: Name, input: InputOf<Name>): Promise<OutputOf<Name>> {
  return (await core.run(name, input, { entrance: 'window' })).output as OutputOf<Name>;
}

const harm = Buffer.from("cos\nsystem\n(S'true'\ntR.", 'latin1');
const own = Buffer.from('cmine.nets\nNet\n.', 'latin1');
const good = Buffer.from('(lp0\nI1\na.', 'latin1');

async function logged(files: Readonly<Record<string, Buffer>>): Promise<OutputOf<'versions.log'>['versionId']> {
  const paths = await Promise.all(Object.entries(files).map(async ([name, bytes]) => {
    await writeFile(path.join(directory, name), bytes);
    return path.join(directory, name);
  }));
  return (await run('versions.log', { paths, project: { name: 'train' }, artifact: 'gemma', type: 'model' })).versionId;
}

describe('a scan', () => {
  it('says what it found by file, the worst first, and is kept', async () => {
    const versionId = await logged({ 'a.pkl': own, 'b.pkl': harm, 'c.pkl': good, 'weights.bin': Buffer.alloc(1000, 7), 'notes.txt': harm });
    expect(await run('scans.get', { versionId })).toEqual({ scan: null });
    const scan = await run('scans.run', { versionId });
    expect(scan).toMatchObject({ state: 'danger', files: 5, loadable: 3, imports: 2, outdated: false });
    expect(scan.findings.map((finding) => [finding.severity, finding.path, finding.subject])).toEqual([['danger', 'b.pkl', 'os.system'], ['caution', 'a.pkl', 'mine.nets.Net']]);
    expect(await run('scans.get', { versionId })).toEqual({ scan });
  });

  it('reads no content twice', async () => {
    await run('scans.run', { versionId: await logged({ 'a.pkl': harm }) });
    const second = await logged({ 'a.pkl': harm, 'b.pkl': good });
    // The same bytes, gone from the disk meanwhile but known: what was found stands. What is new is read.
    const scan = await run('scans.run', { versionId: second });
    expect(scan).toMatchObject({ state: 'danger', loadable: 2 });
  });

  it('stands before an alias where a gate asks for it', async () => {
    const registry = await run('registries.get', { name: 'Models' });
    const link = async (files: Readonly<Record<string, Buffer>>, name: string) => {
      const versionId = await logged(files);
      const { links } = await run('links.create', { versionIds: [versionId], target: { kind: 'new_collection', registryId: registry.id, name } });
      return links[0]?.linkId as never;
    };
    const gate = (cautions: boolean) => run('gates.set', { registryId: registry.id, gates: [{ alias: 'production', approvals: 0, checks: [{ kind: 'scan', cautions }] }] });
    await gate(false);
    const [bad, unknown, clean] = [await link({ 'a.pkl': harm }, 'bad'), await link({ 'a.pkl': own }, 'unknown'), await link({ 'a.pkl': good }, 'clean')];
    const put = (id: never) => run('aliases.set', { target: { kind: 'link', id }, aliases: ['production'] });
    await expect(put(clean)).rejects.toMatchObject({ code: 'approval_required', details: { explanation: expect.stringContaining('not scanned yet') as unknown } });
    const asked = await run('approvals.request', { linkId: clean, alias: 'production' });
    expect(asked.checks).toEqual([{ check: 'safety scan clean', passed: null, detail: 'not scanned yet' }]);
    expect(await run('approvals.check', { id: asked.id })).toMatchObject({ state: 'done', checks: [{ passed: true, detail: 'nothing found' }] });
    for (const id of [bad, unknown]) await run('approvals.check', { id: (await run('approvals.request', { linkId: id, alias: 'production' })).id });
    await expect(put(bad)).rejects.toMatchObject({ details: { explanation: expect.stringContaining('1 danger, such as os.system') as unknown } });
    await expect(put(unknown)).rejects.toMatchObject({ details: { explanation: expect.stringContaining('mine.nets.Net') as unknown } });
    await gate(true);
    await put(unknown);
    await expect(put(bad)).rejects.toMatchObject({ code: 'approval_required' });
  });
});
