/** Automations and pipelines on the command line, beside a `vitrine serve` that runs them. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { startReceiver, type Receiver } from '../../electron/core/automations/receiver.ts';
import { serveVitrine, startVitrine, stopServing, temporaryFolder, vitrine, vitrineJson, writeFiles, type Ran, type Served } from './commandLine.ts';

const work = temporaryFolder('automations');
const data = join(work.path, 'catalog');
const run = (...args: readonly string[]): Promise<Ran> => vitrine(args, { data });
const program = join(process.env['VITRINE_APPLICATION'] ?? join(import.meta.dirname, '..', '..'), 'dist/core/cli.js');
let served: Served;
let receiver: Receiver;

beforeAll(async () => {
  receiver = await startReceiver();
  served = await serveVitrine(data);
  writeFiles(work.path, {
    'model/weights.bin': 'one', 'next/weights.bin': 'two',
    'automations.yaml': `version: 1
automations:
  - name: tell the team
    event: alias.moved
    scope: { kind: registry, name: Models }
    filter: { aliases: [{ kind: glob, text: "prod*" }] }
    actions:
      - kind: webhook
        url: ${receiver.url}/moved
        bearerSecret: TOKEN
        template: '{"alias": "\${alias}", "was": \${alias_previous_index}, "now": "\${artifact_version_string}"}'
`,
    'broken.yaml': 'automations:\n  - name: x\n    event: alias.moved\n    actions: [{ kind: webhook, url: "https://example.org/", template: "{\\"a\\": ${alais}}" }]\n',
  });
}, 240_000);
afterAll(async () => {
  await stopServing(served);
  await receiver.close();
  work.remove();
});

describe('automations', { timeout: 120_000 }, () => {
  test('come from a file, all or none, and run where core runs', async () => {
    const broken = await run('automation', 'import', join(work.path, 'broken.yaml'));
    expect([broken.code, broken.stderr]).toEqual([2, expect.stringContaining('alais')]);
    expect((await run('automation', 'import', join(work.path, 'automations.yaml'), '--dry-run')).stdout).toBe('tell the team: would be made.\nStill needed: secret TOKEN.\n');
    expect(await vitrineJson(['automation', 'list'], { data })).toEqual([]);
    expect((await run('automation', 'import', join(work.path, 'automations.yaml'))).code).toBe(0);
    const kept = spawnSync(process.execPath, [program, 'secret', 'set', 'TOKEN'], { input: 'hush\n', encoding: 'utf8', env: { ...process.env, VITRINE_DATA: data } });
    expect([kept.status, kept.stdout]).toEqual([0, 'TOKEN is kept.\n']);
    expect((await run('automation', 'allow', receiver.host)).stdout).toBe(`${receiver.host}\n`);
    await run('log', join(work.path, 'model'), '-n', 'gemma', '-p', 'train');
    await run('log', join(work.path, 'next'), '-n', 'gemma', '-p', 'train');
    await run('link', 'train/gemma:v0', 'Models/gemma', '-a', 'production');
    await run('link', 'train/gemma:v1', 'Models/gemma', '-a', 'production');
    await receiver.until(1);
    const [sent] = receiver.received;
    expect([JSON.parse(sent?.body ?? ''), sent?.headers['authorization']]).toEqual([{ alias: 'production', was: 0, now: 'gemma:v1' }, 'Bearer hush']);
    const shown = await run('automation', 'list');
    expect(shown.stdout).toContain('When an alias matching prod* moves in Models, POST to');
    expect((await run('automation', 'preview', 'tell the team')).stdout).toContain('It would have fired once');
    const exported = (await run('automation', 'export')).stdout;
    expect((parse(exported) as { automations: unknown[] }).automations).toHaveLength(1);
    expect(exported).not.toContain('hush');
    expect((await run('automation', 'disable', 'tell the team')).stdout).toBe('tell the team is off.\n');
    expect((await run('automation', 'enable', 'nobody')).code).toBe(3);
    // A copy is off: two that say the same would both speak.
    const copied = await run('automation', 'duplicate', 'tell the team');
    expect([copied.code, copied.stdout]).toEqual([0, expect.stringContaining('tell the team copy is made, off. When an alias matching prod* moves in Models, POST to')]);
    expect(await vitrineJson(['automation', 'duplicate', 'tell the team', 'tell others'], { data })).toMatchObject({ definition: { name: 'tell others', enabled: false } });
    const listed = await vitrineJson<readonly { readonly definition: { readonly name: string } }[]>(['automation', 'list'], { data });
    const [copy, others, original] = ['tell the team copy', 'tell others', 'tell the team'].map((name) => ({ ...listed.find(({ definition }) => definition.name === name)!.definition, name: '' }));
    expect([copy, others]).toEqual([original, original]);
    expect((await run('automation', 'duplicate', 'tell the team', 'tell others')).code).toBe(5);
    expect((await run('automation', 'duplicate', 'nobody')).code).toBe(3);
  });
});

describe('approvals', { timeout: 120_000 }, () => {
  test('stand before an alias until somebody else has agreed', async () => {
    writeFiles(work.path, { 'gates.yaml': '- alias: release*\n  approvals: 1\n', 'empty.yaml': '- alias: release\n  approvals: 0\n' });
    expect((await run('gate', 'set', 'Models', join(work.path, 'empty.yaml'))).code).toBe(2);
    expect((await run('gate', 'set', 'Models', join(work.path, 'gates.yaml'))).code).toBe(0);
    expect((await run('gate', 'show', 'Models')).stdout).toBe('release*: 1 approvals by admins\n');
    const refused = await run('alias', 'set', 'wandb-registry-Models/gemma:v0', 'release-1');
    expect([refused.code, refused.stderr]).toEqual([4, expect.stringContaining('approv')]);
    expect((await run('approval', 'request', 'wandb-registry-Models/gemma:v0', 'release-1', '-m', 'ready')).stdout).toContain('1: release-1 on Models/gemma:v0 is open, 1 of 1 approvals missing.');
    expect((await run('approval', 'grant', '1')).code).toBe(4);
    expect((await run('approval', 'list')).stdout).toContain('release-1');
    expect((await run('approval', 'list', '--for-me', '--json')).stdout).toBe('[]\n');
    expect((await run('approval', 'withdraw', '1')).stdout).toContain('withdrawn');
    await vitrineJson(['gate', 'show', 'Models'], { data });
  });
});

describe('pipelines', { timeout: 120_000 }, () => {
  test('find the HTTP interface described, by the command line as by the door', async () => {
    const printed = await run('openapi');
    expect(printed.code).toBe(0);
    expect(JSON.parse(printed.stdout)).toEqual(await (await fetch(`${served.url}/openapi.json`)).json());
    expect((await run('openapi', '--html', '-o', join(work.path, 'api.html'))).code).toBe(0);
    expect(readFileSync(join(work.path, 'api.html'), 'utf8')).toBe(await (await fetch(`${served.url}/api/docs`)).text());
    expect((await run('openapi', '-o', join(work.path, 'none', 'api.json'))).code).toBe(6);
  });

  test('wait until an alias stands, and say when it does not', async () => {
    const waiting = startVitrine(['wait', '--alias', 'staging', '--of', 'wandb-registry-Models/gemma', '--json'], { data });
    const vain = await run('wait', '--alias', 'staging', '--of', 'wandb-registry-Models/gemma', '--on', 'v0', '--timeout', '1');
    expect([vain.code, vain.stderr]).toEqual([8, 'staging did not come within 1 seconds.\n']);
    expect((await run('wait', '--alias', 'x', '--of', 'wandb-registry-Models/nothing', '--timeout', '60')).code).toBe(3);
    await run('alias', 'set', 'wandb-registry-Models/gemma:v0', 'staging');
    expect(JSON.parse((await waiting.ended).stdout)).toMatchObject({ alias: 'staging', label: 'Models/gemma:v0' });
    const moved = startVitrine(['wait', '--alias', 'staging', '--of', 'wandb-registry-Models/gemma', '--moved'], { data });
    const events = startVitrine(['events', '--follow', '--json', '--kind', 'alias.moved', '--limit', '1'], { data });
    // Whoever follows is connected once the door counts it; the move comes until both have seen one.
    let turn = 0;
    const flip = async (): Promise<void> => {
      await run('alias', 'set', `wandb-registry-Models/gemma:v${turn++ % 2 === 0 ? 1 : 0}`, 'staging');
    };
    let ended = 0;
    const both = Promise.all([moved.ended.then((ran) => (ended++, ran)), events.ended.then((ran) => (ended++, ran))]);
    while (ended < 2) await flip();
    const [one, two] = await both;
    expect(one.stdout).toMatch(/^Models\/gemma:v[01]\n$/u);
    expect(JSON.parse(two.stdout)).toMatchObject({ kind: 'alias.moved', after: { alias: 'staging' } });
  });

  test('are told when the server that they follow is gone, instead of ending as if all were well', async () => {
    const alone = join(work.path, 'lost');
    const own = await serveVitrine(alone);
    try {
      await vitrine(['log', join(work.path, 'model'), '-n', 'gemma', '-p', 'train'], { data: alone });
      const following = startVitrine(['events', '--follow', '--after', '0', '--json'], { data: alone });
      // What it prints came from the server: it is connected.
      expect(JSON.parse(await following.line())).toMatchObject({ kind: expect.any(String) as unknown });
      own.running.child.kill('SIGKILL');
      const ran = await following.ended;
      expect([ran.code, JSON.parse(ran.stderr)]).toEqual([7, { error: expect.objectContaining({ code: 'core_unavailable', title: 'The core can’t be reached' }) as unknown }]);
    } finally {
      own.running.child.kill('SIGKILL');
    }
  });

  test('promote after tests pass, by the script of the examples', async () => {
    const promote = (...check: readonly string[]) => spawnSync(join(import.meta.dirname, '..', 'pipelines', 'promote.sh'), ['train/gemma:v1', 'wandb-registry-Models/promoted', 'production', ...check], {
      encoding: 'utf8', env: { ...process.env, VITRINE_DATA: data, VITRINE: `${process.execPath} ${program}` },
    });
    const failed = promote('sh', '-c', 'test "$(cat "$MODEL_DIR/weights.bin")" = other');
    expect(failed.status).toBe(1);
    expect((await run('show', 'wandb-registry-Models/promoted')).code).toBe(3);
    const passed = promote('sh', '-c', 'test "$(cat "$MODEL_DIR/weights.bin")" = two');
    expect([passed.status, passed.stderr]).toEqual([0, '']);
    expect((await run('wait', '--alias', 'production', '--of', 'wandb-registry-Models/promoted', '--timeout', '60')).stdout).toBe('Models/promoted:v0\n');
  });
});
