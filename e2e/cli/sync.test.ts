/** Remotes on the command line, against a server that speaks MLflow: what follows, which fields go over, what a push sent and how it is taken back. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startFakeMlflows, type FakeMlflow, type FakeMlflows } from '../../electron/core/sync/testing/fakeMlflow.ts';
import type { Remote, SentItem, SyncRound } from '#shared/contract/index.ts';
import { temporaryFolder, vitrine, vitrineJson, writeFiles, type Ran } from './commandLine.ts';

const work = temporaryFolder('sync');
const data = join(work.path, 'catalog');
const run = (...args: readonly string[]): Promise<Ran> => vitrine(args, { data });
const well = async (...args: readonly string[]): Promise<string> => {
  const ran = await run(...args);
  expect(ran.stderr).toBe('');
  expect(ran.code).toBe(0);
  return ran.stdout;
};
let fakes: FakeMlflows;
let server: FakeMlflow;

beforeAll(async () => {
  fakes = await startFakeMlflows();
  server = fakes.make();
  writeFiles(work.path, { 'model/weights.bin': 'one' });
  await well('registry', 'create', 'Team', '--type', 'model');
  await well('registry', 'create', 'Lab', '--type', 'model');
  await well('log', join(work.path, 'model'), '-p', 'lab', '-n', 'made', '-t', 'model');
  for (const registry of ['Team', 'Lab']) await well('link', 'lab/made:v0', `${registry}/Model ${registry}`, '-a', 'staging');
}, 240_000);
afterAll(async () => {
  await fakes.close();
  work.remove();
});

describe('sync', { timeout: 120_000 }, () => {
  test('set says what follows and which fields go over, and refuses what is neither', async () => {
    await well('sync', 'add', 'server', server.url, '--registry', 'Team');
    const remote = async (): Promise<Remote> => (await vitrineJson<readonly Remote[]>(['sync', 'ls'], { data }))[0] as Remote;
    expect(await well('sync', 'set', 'server', '--off', 'tags,runs', '--follow', 'everything')).toBe('With server go over: aliases, descriptions, names, removals, registries.\nEvery registry here follows it.\n');
    expect(await remote()).toMatchObject({ fields: { aliases: true, tags: false, runs: false }, follow: { kind: 'organization' } });
    expect(await well('sync', 'set', 'server', '--on', 'tags', '--follow', 'registries:Lab')).toContain('Every collection of Team, Lab follows it.');
    expect(await remote()).toMatchObject({ fields: { tags: true, runs: false }, registries: [{ name: 'Team' }, { name: 'Lab' }] });
    expect(await well('sync', 'set', 'server', '--follow', 'Model Team,Lab/Model Lab')).toContain('2 collections follow it.');
    expect(await well('sync', 'set', 'server', '--follow', 'registry')).toContain('Every collection of Team follows it.');
    for (const [args, words] of [[['--off', 'colours'], '“colours” is no field'], [['--follow', 'Model Nowhere'], 'Model Nowhere'], [['--follow', 'registries:Nowhere'], 'Nowhere']] as const) {
      const refused = await run('sync', 'set', 'server', ...args);
      expect([refused.code === 0, refused.stderr]).toEqual([false, expect.stringContaining(words)]);
    }
    expect(await remote()).toMatchObject({ follow: { kind: 'registry' } });
    expect(await well('sync', 'set', 'server', '--on', 'deletions')).toContain('deletions');
    expect(await remote()).toMatchObject({ fields: { deletions: true } });
    await well('sync', 'set', 'server', '--off', 'deletions');
    // MLflow's registry has no members: that is said.
    const members = await run('sync', 'members', 'server');
    expect([members.code === 0, members.stderr]).toEqual([false, expect.stringContaining('no members')]);
  });

  test('undo takes back what a round sent, after it was looked at', async () => {
    await well('sync', 'push', 'server', 'on');
    await well('sync', 'run', 'server');
    expect([...server.models.keys()]).toEqual(['Model Team']);
    await well('alias', 'set', 'wandb-registry-Team/Model Team:v0', 'production');
    await well('sync', 'run', 'server');
    const [round] = await vitrineJson<readonly SyncRound[]>(['sync', 'rounds', 'server'], { data });
    expect(round).toMatchObject({ pushed: 1, revocable: 1 });
    const items = await vitrineJson<readonly SentItem[]>(['sync', 'undo', 'server', String(round!.id), '--dry-run'], { data });
    expect(items).toMatchObject([{ what: 'alias', field: 'production', from: null, to: 'v0', verdict: 'take_back' }]);
    expect(server.models.get('Model Team')?.aliases.get('production')).toBe(1);
    server.act('client', 'registered-models/alias', { name: 'Model Team', alias: 'other', version: '1' });
    const stranger = await run('sync', 'undo', 'server', String(round!.id), '--item', '999');
    expect([stranger.code === 0, stranger.stderr]).toEqual([false, expect.stringContaining('sent nothing with the id 999')]);
    expect(await well('sync', 'undo', 'server', String(round!.id))).toBe('Took back 1 of 1; it goes there with the next round.\n');
    await well('sync', 'run', 'server');
    expect([...(server.models.get('Model Team')?.aliases.keys() ?? [])].toSorted()).toEqual(['other', 'staging']);
    const again = await run('sync', 'undo', 'server', String(round!.id));
    expect([again.code === 0, again.stderr]).toEqual([false, expect.stringContaining('can be taken back any more')]);
  });
});
