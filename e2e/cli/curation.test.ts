/** Curating through real processes: promotion, states, reasons, tables, the past, and what commands end with. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder, vitrine, vitrineJson, writeFiles, type Ran } from './commandLine.ts';

const work = temporaryFolder('curation');
const data = join(work.path, 'catalog');
const run = (...args: readonly string[]): Promise<Ran> => vitrine(args, { data });
const code = async (...args: readonly string[]): Promise<number | null> => (await run(...args)).code;
let before = '';

beforeAll(async () => {
  for (const [index, accuracy] of [0.8, 0.9].entries()) {
    writeFiles(work.path, { [`model-${index}.bin`]: `weights ${index}` });
    await run('log', join(work.path, `model-${index}.bin`), '-n', 'gemma', '-p', 'vision', '--metadata', JSON.stringify({ accuracy }));
    await run('link', `vision/gemma:v${index}`, 'Models/staging', '-a', 'candidate');
  }
  await run('registry', 'create', 'Released', '--type', 'model');
  before = new Date().toISOString();
}, 300_000);
afterAll(work.remove);

describe('curating', { timeout: 180_000 }, () => {
  test('a promotion is previewed, refused where it is stale, done, and taken back', async () => {
    const preview = await run('promote', 'wandb-registry-Models/staging:v1', 'Released/gemma', '-a', 'production', '--carry', '--dry-run');
    expect([preview.code, preview.stdout]).toEqual([0, expect.stringContaining('Would be v0.') as unknown]);
    expect((await run('promote', 'wandb-registry-Models/staging:v1', 'Released/gemma', '-a', 'production', '--carry', '-m', 'accuracy 0.9')).stdout).toContain('Promoted as v0.');
    expect(await code('promote', 'wandb-registry-Models/staging:v0', 'Released/gemma', '-a', 'production', '--expect', 'none')).toBe(5);
    expect((await run('board', 'Released')).stdout).toMatch(/Released\/gemma +v0 +v0/u);
    const events = await vitrineJson<readonly { readonly id: number; readonly actId: number; readonly kind: string; readonly message: string }[]>(['history', 'wandb-registry-Released/gemma'], { data });
    const promoted = events.find((event) => event.kind === 'link.promoted');
    expect(promoted?.message).toBe('accuracy 0.9');
    expect((await run('revert', String(promoted?.actId), '--act', '--dry-run')).stdout).toContain('Unlink Released/gemma:v0');
    expect(await code('revert', String(promoted?.actId), '--act')).toBe(0);
    expect(await code('show', 'wandb-registry-Released/gemma:v0')).toBe(3);
  });

  test('an approval that is needed is said beforehand, and nothing is done', async () => {
    writeFileSync(join(work.path, 'gates.yaml'), '- alias: gold\n  approvals: 1\n');
    expect(await code('gate', 'set', 'Models', join(work.path, 'gates.yaml'))).toBe(0);
    const asked = await run('alias', 'set', 'wandb-registry-Models/staging:v0', 'gold', 'silver', '--dry-run');
    expect(asked).toMatchObject({ code: 4, stdout: expect.stringMatching(/^gold: put on v0\.\nsilver: put on v0\.\nNeeds approval: “gold” may stand on Models\/staging:v0 only once that is approved: .*“vitrine approval request”\.\n$/u) as unknown });
    expect(await run('alias', 'set', 'wandb-registry-Models/staging:v0', 'candidate', '--dry-run')).toMatchObject({ code: 0, stdout: 'candidate: v1 → v0.\n' });
    expect(await run('link', 'vision/gemma:v1', 'Models/another', '-a', 'gold', '--dry-run')).toMatchObject({ code: 4, stdout: expect.stringContaining('Needs approval: “gold” may stand on Models/another:v0') as unknown });
    expect(await code('show', 'wandb-registry-Models/staging:silver')).toBe(3);
    expect(await code('show', 'wandb-registry-Models/another')).toBe(3);
    expect(await code('alias', 'set', 'wandb-registry-Models/staging:v0', 'gold')).toBe(4);
  });

  test('states, and what stands against changing them', async () => {
    expect(await code('state', 'set', 'candidate', 'wandb-registry-Models/staging:v0')).toBe(5);
    expect((await run('lifecycle', 'set', 'Models', '--standard')).stdout).toBe('4 states; 2 links stand in them.\n');
    expect((await run('state', 'set', 'candidate', 'wandb-registry-Models/staging:v0', '--expect', 'draft')).stdout).toBe('draft → candidate.\n');
    expect(await code('state', 'set', 'candidate', 'wandb-registry-Models/staging:v0', '--expect', 'draft')).toBe(5);
    expect((await run('state', 'show', 'wandb-registry-Models/staging:v0')).stdout).toContain('may become draft, approved, retired');
    expect(await code('lifecycle', 'set', 'Models', '--none', '--dry-run')).toBe(5);
    writeFileSync(join(work.path, 'broken.json'), '{"states": []}');
    expect(await code('lifecycle', 'set', 'Models', '--file', join(work.path, 'broken.json'))).toBe(2);
    expect((await run('search', 'state:candidate')).stdout).toContain('gemma:v0');
  });

  test('what a state is in MLflow and in W&B is said, and shown', async () => {
    await run('registry', 'create', 'Mapped');
    await run('lifecycle', 'set', 'Mapped', '--standard');
    expect((await run('lifecycle', 'map', 'Mapped', 'candidate', '--stage', 'Production', '--alias', 'blessed')).stdout).toBe('candidate: Production in MLflow, “blessed” in W&B.\n');
    expect((await run('lifecycle', 'map', 'Mapped', 'approved', '--alias', 'none')).stdout).toBe('approved: Production in MLflow, no alias in W&B.\n');
    const { states } = await vitrineJson<{ readonly states: readonly unknown[] }>(['lifecycle', 'show', 'Mapped'], { data });
    expect(states).toMatchObject([{ name: 'draft' }, { name: 'candidate', stage: 'Production', alias: 'blessed' }, { name: 'approved', alias: null }, { name: 'retired' }]);
    expect((await run('lifecycle', 'show', 'Mapped')).stdout).toMatch(/candidate +Production +blessed/u);
    expect((await run('lifecycle', 'map', 'Mapped', 'candidate', '--stage', 'usual', '--alias', 'usual')).stdout).toBe('candidate: Staging in MLflow, “staging” in W&B.\n');
    expect(await run('lifecycle', 'map', 'Mapped', 'gone', '--stage', 'Staging')).toMatchObject({ code: 2, stderr: expect.stringContaining('there are draft, candidate, approved, retired') as unknown });
    expect(await code('lifecycle', 'map', 'Mapped', 'draft', '--stage', 'production')).toBe(2);
    expect(await code('lifecycle', 'map', 'Mapped', 'draft', '--alias', 'v3')).toBe(2);
  });

  test('a reason is asked for where the registry asks; types and visibility say what stands against them', async () => {
    expect((await run('registry', 'update', 'Models', '--reason', 'all', '--protect', 'prod-*')).stdout).toContain('protected: prod-*, reasons: all');
    expect(await code('alias', 'set', 'wandb-registry-Models/staging:v0', 'staging')).toBe(2);
    expect(await code('alias', 'set', 'wandb-registry-Models/staging:v0', 'staging', '-m', 'fits')).toBe(0);
    expect(await code('unlink', 'wandb-registry-Models/staging:v0', '--dry-run')).toBe(0);
    expect(await code('unlink', 'wandb-registry-Models/staging:v0')).toBe(2);
    expect(await code('registry', 'update', 'Models', '--type', 'dataset', '--dry-run')).toBe(5);
    expect(await code('registry', 'update', 'Models', '--reason', 'sometimes')).toBe(2);
  });

  test('the table, the card, the past and access', async () => {
    const table = await run('table', 'wandb-registry-Models/staging', '-c', 'metadata.accuracy', '--sort', 'metadata.accuracy');
    expect(table.stdout).toMatch(/v1 .*0\.9\nv0 .*0\.8\n/u);
    expect((await run('table', 'wandb-registry-Models/staging', '-c', 'metadata.accuracy', '--csv')).stdout.split('\r\n')[0]).toBe('version,aliases,state,source,size,linked_at,linked_by,note,metadata.accuracy');
    expect(await code('table', 'wandb-registry-Models/staging', '-c', 'accuracy')).toBe(2);
    expect(await code('card', 'wandb-registry-Models/staging')).toBe(5);
    expect((await run('as-of', 'wandb-registry-Models/staging', before)).stdout).toMatch(/v1 +latest candidate/u);
    expect((await run('as-of', 'wandb-registry-Models', '2001-01-01')).stdout).toBe('It was not there then.\n');
    await run('user', 'create', 'vera', '--role', 'viewer');
    expect(await code('access', 'wandb-registry-Models', '--user', 'vera', '--action', 'alias.change')).toBe(4);
    expect((await run('--as', 'vera', 'ls')).stdout).toMatch(/Models .*viewer/u);
    expect(await code('--as', 'vera', 'state', 'set', 'draft', 'wandb-registry-Models/staging:v0')).toBe(4);
  });
});
