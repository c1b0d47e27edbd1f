/** Runs and keys on the command line, through real processes. */
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { temporaryFolder, vitrine, vitrineJson } from './commandLine.ts';

const work = temporaryFolder();
const data = join(work.path, 'catalog');
afterAll(work.remove);

const codes = async (...args: readonly string[]): Promise<number | null> => (await vitrine(args, { data })).code;

describe('keys', { timeout: 120_000 }, () => {
  test('are made for service accounts, with an end and a scope, listed and revoked', async () => {
    await vitrineJson(['user', 'create', 'bot', '--service'], { data });
    type Made = { readonly key: string; readonly summary: { readonly id: number; readonly scope: unknown; readonly expiresAt: string | null; readonly user: { readonly username: string } } };
    const made = await vitrineJson<Made>(['key', 'create', 'ci', '--user', 'bot', '--days', '30', '--scope', 'read', '--registry', 'Models'], { data });
    expect(made.key).toMatch(/^local-[0-9a-f]{40}$/);
    expect(made.summary).toMatchObject({ user: { username: 'bot' }, scope: { role: 'viewer', registryIds: [1], projectIds: [] } });
    expect(Date.parse(made.summary.expiresAt ?? '')).toBeGreaterThan(Date.now() + 29 * 86_400_000);
    const listed = (await vitrine(['key', 'list', '--user', 'bot'], { data })).stdout;
    expect(listed).toContain('read, 1 registry');
    expect(listed).not.toContain(made.key);
    expect(await codes('key', 'create', 'x', '--scope', 'everything')).toBe(2);
    expect(await codes('key', 'create', 'x', '--days', '0')).toBe(2);
    expect(await codes('key', 'create', 'x', '--user', 'nobody')).toBe(3);
    expect(await codes('key', 'revoke', 'x')).toBe(2);
    expect((await vitrine(['key', 'revoke', String(made.summary.id)], { data })).stdout).toBe('Revoked ci.\n');
  });
});

describe('runs', { timeout: 120_000 }, () => {
  test('of the sample are listed with values, filtered, shown, deleted', async () => {
    await vitrineJson(['sample'], { data });
    type Run = { readonly entity: string; readonly project: string; readonly runId: string; readonly state: string };
    const all = await vitrineJson<readonly Run[]>(['run', 'ls', '--limit', '1000'], { data });
    expect(all.length).toBeGreaterThan(0);
    const [first] = all;
    const address = `${first!.entity}/${first!.project}/${first!.runId}`;
    const finished = await vitrineJson<readonly Run[]>(['run', 'ls', `${first!.entity}/${first!.project}`, '--filter', '{"state": "finished"}', '--sort', 'name', '--ascending'], { data });
    expect(finished.every((run) => run.state === 'finished' && run.project === first!.project)).toBe(true);
    expect(await vitrineJson<{ runId: string }>(['run', 'show', address], { data })).toMatchObject({ runId: first!.runId });
    expect((await vitrine(['run', 'show', address], { data })).stdout).toContain(`run:      ${address}`);
    expect((await vitrine(['run', 'log', address], { data })).code).toBe(0);
    expect(await codes('run', 'ls', '--filter', '{"nosuch": 1}')).toBe(2);
    expect(await codes('run', 'ls', '--filter', '{')).toBe(2);
    expect(await codes('run', 'show', 'nowhere')).toBe(2);
    expect(await codes('run', 'show', 'a/b/c')).toBe(3);
    await vitrineJson(['run', 'delete', address], { data });
    expect(await codes('run', 'show', address)).toBe(3);
  });
});
