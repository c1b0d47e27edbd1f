/** Trash, holds, times to live, the history's heads and files, bundles: through real processes. */
import { generateKeyPairSync } from 'node:crypto';
import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder, vitrine, vitrineJson, writeFiles, type Ran } from './commandLine.ts';

const work = temporaryFolder('keeping');
const data = join(work.path, 'catalog');
const run = (...args: readonly string[]): Promise<Ran> => vitrine(args, { data });
const code = async (...args: readonly string[]): Promise<number | null> => (await run(...args)).code;

beforeAll(async () => {
  writeFiles(work.path, { 'one.bin': 'weights one', 'two.bin': 'weights two' });
  await run('log', join(work.path, 'one.bin'), '-n', 'gemma', '-p', 'vision', '-m', '=HYPERLINK("x")');
  await run('log', join(work.path, 'two.bin'), '-n', 'gemma', '-p', 'vision');
  await run('link', 'vision/gemma:v0', 'Models/kept', '-a', 'staging');
}, 300_000);
afterAll(work.remove);

describe('keeping and letting go', { timeout: 240_000 }, () => {
  test('times to live and holds', async () => {
    expect((await run('ttl', 'set', 'vision/gemma', '30')).stdout).toContain('What counts: 30 days, set on the artifact.');
    expect((await run('ttl', 'vision/gemma:v0')).stdout).toContain('paused by a link');
    expect((await run('ttl', 'ls', '--within', '40')).stdout).toContain('vision/gemma:v1');
    expect(await code('hold', 'add', 'vision/gemma:v1', 'audit of May')).toBe(0);
    expect((await run('hold')).stdout).toContain('audit of May');
    expect((await run('ttl', 'ls', '--within', '40')).stdout).not.toContain('vision/gemma:v1');
    expect((await run('ttl', 'sweep', '--dry-run')).stdout).toContain('Would move 0 of 0');
    expect(await code('hold', 'release', '1', 'settled')).toBe(0);
    expect(await code('ttl', 'set', 'vision/gemma', 'often')).toBe(2);
  });

  test('the trash, and what is freed', async () => {
    expect((await run('trash')).stdout.split('\n')).toHaveLength(2);
    expect((await run('trash', 'purge', '--all', '--dry-run')).stdout).toContain('Would purge 0');
    expect((await run('gc', '--dry-run')).stdout).toContain('Would free');
    expect((await run('trash', 'days')).stdout).toContain('7 days');
    expect((await run('trash', 'days', '30')).stdout).toContain('It is now 30 days');
    expect(await code('trash', 'restore', '99')).toBe(3);
    expect(await code('trash', 'restore')).toBe(2);
  });

  test('stored bytes are read again, and a damaged object is named', async () => {
    const { objects } = await vitrineJson<{ readonly objects: number }>(['verify'], { data });
    expect(await run('verify')).toMatchObject({ code: 0, stdout: expect.stringMatching(new RegExp(`^Read ${objects} objects, .*: all well\\.\n$`, 'u')) as unknown });
    expect(await code('verify', '--share', '0')).toBe(2);
    expect(await code('verify', '--share', 'all')).toBe(2);
    const apart = join(work.path, 'apart');
    writeFiles(work.path, { 'large.bin': Buffer.alloc(3_000_000, 7) });
    await vitrine(['log', join(work.path, 'large.bin'), '-n', 'large', '-p', 'vision'], { data: apart });
    const object = readdirSync(join(apart, 'store'), { recursive: true, encoding: 'utf8' }).map((name) => join(apart, 'store', name)).find((name) => statSync(name).size === 3_000_000);
    chmodSync(object!, 0o644);
    const bytes = readFileSync(object!);
    bytes[1000] = 8;
    writeFileSync(object!, bytes);
    const found = await vitrine(['verify'], { data: apart });
    expect([found.code, found.stdout]).toEqual([6, expect.stringMatching(/1 damaged and put aside\..*\n[0-9a-f]{64}\n$/u)]);
  });

  test('a head that was copied, and one that was signed, find out a history that was written anew', async () => {
    const line = (await run('audit', 'head')).stdout.trim();
    expect(line).toMatch(/^vitrine-head 1 /u);
    const key = join(work.path, 'key.pem');
    writeFileSync(key, generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' }));
    const signed = (await run('audit', 'sign', '--key', key)).stdout.trim();
    expect(JSON.parse(signed)).toMatchObject({ signature: expect.any(String) as string });
    expect(await code('audit', 'sign')).toBe(0);
    expect((await run('audit', 'heads')).stdout.trim().split('\n')).toHaveLength(3);
    const heads = join(work.path, 'heads.txt');
    writeFileSync(heads, `${line}\n${signed}\n`);
    expect((await run('audit', 'verify', '--heads', heads)).stdout).toContain('4 of 4 noted heads agree.');
    expect(await code('audit', 'verify', '--head', 'nonsense')).toBe(2);
    const db = new Database(join(data, 'catalog.db'));
    db.pragma('foreign_keys = OFF');
    db.exec('DROP TRIGGER events_stay; DROP TRIGGER events_are_kept; DELETE FROM events WHERE id > (SELECT max(id) - 2 FROM events)');
    const alone = await vitrineJson<{ readonly fault: { readonly kind: string } | null }>(['audit', 'verify'], { data }).catch(() => null);
    // The heads beside the catalog are enough.
    const verdict = await run('audit', 'verify');
    expect([verdict.code, verdict.stdout, alone?.fault?.kind ?? 'truncated']).toEqual([5, expect.stringContaining('Not intact (truncated)') as unknown, 'truncated']);
    db.close();
  });

  test('the history as a file: filtered, and no cell of it runs in a spreadsheet', async () => {
    const csv = join(work.path, 'history.csv');
    expect((await run('audit', 'export', csv, '--format', 'csv')).stdout).toMatch(/^Wrote \d+ events/u);
    const text = readFileSync(csv, 'utf8');
    expect(text.split('\r\n')[0]).toBe('number,at,who,through,what,object,object_id,on,address,before,after,why');
    expect(text).toContain(`"'=HYPERLINK(""x"")"`);
    expect(await code('audit', 'export', csv, '--format', 'csv')).toBe(6);
    const lines = join(work.path, 'history.jsonl');
    expect(await code('audit', 'export', lines, '--kind', 'version.created', '--of', 'vision/gemma')).toBe(0);
    expect(readFileSync(lines, 'utf8').trim().split('\n').map((line) => (JSON.parse(line) as { readonly kind: string }).kind)).toEqual(['version.created', 'version.created']);
    expect(await code('audit', 'export', join(work.path, 'x'), '--kind', 'no.such')).toBe(2);
  });

  test('a bundle out and in, and where a search can’t be read', async () => {
    const bundle = join(work.path, 'kept.vitrine');
    expect((await run('export', bundle, 'wandb-registry-Models/kept')).stdout).toContain('Wrote 1 version, 1 link,');
    const other = join(work.path, 'other');
    expect((await vitrine(['import', 'bundle', bundle, '--dry-run'], { data: other })).stdout).toContain('Would take');
    expect((await vitrine(['import', 'bundle', bundle], { data: other })).code).toBe(0);
    expect((await vitrine(['show', 'wandb-registry-Models/kept:staging'], { data: other })).stdout).toContain('gemma');
    const wrong = await run('search', 'type:model size>1XB');
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('type:model size>1XB\n                ^^^') as unknown]);
  });
});
