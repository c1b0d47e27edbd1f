/** Every command of the command line, its JSON and its exit codes, through real processes. */
import { createHash } from 'node:crypto';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { manifestChunks } from '#shared/domain/digest.ts';
import { startVitrine, temporaryFolder, vitrine, vitrineJson, writeFiles } from './commandLine.ts';

const work = temporaryFolder();
const data = join(work.path, 'catalog');
const model = join(work.path, 'gemma');
const files = { 'weights/model.bin': Buffer.from(Array.from({ length: 70_000 }, (_, index) => (index * 31) % 256)), 'config.json': '{"layers": 2}', 'größe ñ.txt': 'naïve' };

const sha256 = (bytes: string | Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const codes = async (...args: readonly string[]): Promise<number | null> => (await vitrine(args, { data })).code;

type Logged = { readonly index: number; readonly digest: string; readonly created: boolean; readonly fileCount: number; readonly newBytes: number; readonly size: number };
type Move = { readonly alias: string; readonly from: number | null; readonly to: number | null };

beforeAll(() => {
  writeFiles(model, files);
});
afterAll(work.remove);

describe('the life of a version', { timeout: 120_000 }, () => {
  test('log takes files and folders, and the digest is that of the manifest', async () => {
    const logged = await vitrineJson<Logged>(['log', model, '--name', 'gemma', '--project', 'lab', '--alias', 'candidate', '--tag', 'release', '--metadata', '{"acc": 0.93}', '--description', '# Gemma', '-m', 'first light'], { data });
    const entries = [['config.json', files['config.json']], ['größe ñ.txt', files['größe ñ.txt']], ['weights/model.bin', files['weights/model.bin']]] as const;
    const manifest = [...manifestChunks(entries.map(([path, content]) => ({ kind: 'file' as const, path, size: Buffer.from(content).length, sha256: sha256(content) })))].join('');
    expect(logged).toMatchObject({ index: 0, created: true, fileCount: 3, digest: sha256(manifest) });
    const bytes = Object.values(files).reduce((sum, content) => sum + Buffer.from(content).length, 0);
    expect([logged.size, logged.newBytes]).toEqual([bytes, bytes]);
  });

  test('the same bytes make no new version; other bytes do, and only they are stored', async () => {
    expect(await vitrineJson<Logged>(['log', model, '-n', 'gemma', '-p', 'lab'], { data })).toMatchObject({ index: 0, created: false, newBytes: 0 });
    writeFiles(model, { 'config.json': '{"layers": 3}' });
    expect(await vitrineJson<Logged>(['log', model, '-n', 'gemma', '-p', 'lab'], { data })).toMatchObject({ index: 1, created: true, newBytes: 13 });
    expect((await vitrine(['log', model, '-n', 'gemma', '-p', 'lab'], { data })).stdout).toBe('The same bytes as gemma:v1: no new version.\n');
  });

  test('link makes the collection, gives numbers, and stands when asked again', async () => {
    type Linked = { readonly links: readonly { readonly index: number; readonly standing: boolean }[]; readonly moves: readonly Move[] };
    const first = await vitrineJson<Linked>(['link', 'lab/gemma:v0', 'Models/Gemma', '-a', 'production', '--note', 'small'], { data });
    expect(first).toMatchObject({ links: [{ index: 0, standing: false }], moves: [{ alias: 'latest', from: null, to: 0 }, { alias: 'production', from: null, to: 0 }] });
    expect(await vitrineJson<Linked>(['link', 'lab/gemma:v1', 'wandb-registry-Models/Gemma'], { data })).toMatchObject({ links: [{ index: 1, standing: false }], moves: [{ alias: 'latest', from: 0, to: 1 }] });
    expect(await vitrineJson<Linked>(['link', 'wandb-registry-Models/Gemma:v1', 'Models/Gemma'], { data })).toMatchObject({ links: [{ index: 1, standing: true }], moves: [] });
  });

  test('alias set moves, refuses when it stands elsewhere than expected, and history tells', async () => {
    expect(await vitrineJson<{ moves: readonly Move[] }>(['alias', 'set', 'wandb-registry-Models/Gemma:v1', 'production', 'staging', '-m', 'better on long texts'], { data })).toMatchObject({
      moves: [{ alias: 'production', from: 0, to: 1 }, { alias: 'staging', from: null, to: 1 }],
    });
    const refused = await vitrine(['alias', 'set', 'wandb-registry-Models/Gemma:v0', 'production', '--expect', 'v0', '--json'], { data });
    expect(refused.code).toBe(5);
    expect(JSON.parse(refused.stderr)).toMatchObject({ error: { code: 'alias_conflict' } });
    expect(await codes('alias', 'set', 'wandb-registry-Models/Gemma:v0', 'production', '--expect', 'v1')).toBe(0);
    expect(await vitrineJson(['alias', 'remove', 'wandb-registry-Models/Gemma:v1', 'staging'], { data })).toMatchObject({ moves: [{ alias: 'staging', from: 1, to: null }] });
    const told = await vitrineJson<readonly (Move & { readonly message: string | null })[]>(['alias', 'history', 'wandb-registry-Models/Gemma', 'production'], { data });
    expect(told.map(({ from, to, message }) => [from, to, message])).toEqual([[1, 0, null], [0, 1, 'better on long texts'], [null, 0, null]]);
  });

  test('tag adds and takes away', async () => {
    expect(await vitrineJson(['tag', 'lab/gemma:v0', 'frozen', 'edge device', '--remove', 'release'], { data })).toEqual({ tags: ['edge device', 'frozen'] });
    expect(await vitrineJson(['tag', 'wandb-registry-Models/Gemma', 'text'], { data })).toEqual({ tags: ['text'] });
    expect(await codes('tag', 'lab/gemma', 'frozen')).toBe(2);
  });

  test('ls goes from registries down to files', async () => {
    expect((await vitrineJson<readonly { name: string }[]>(['ls'], { data })).map((each) => each.name).sort()).toEqual(['Datasets', 'Models']);
    expect(await vitrineJson(['ls', 'projects'], { data })).toMatchObject([{ name: 'lab', versionCount: 2 }]);
    expect(await vitrineJson(['ls', 'wandb-registry-Models'], { data })).toMatchObject([{ name: 'Gemma', linkCount: 2 }]);
    expect(await vitrineJson(['ls', 'wandb-registry-Models/Gemma'], { data })).toMatchObject([{ index: 1 }, { index: 0, aliases: [{ name: 'production' }] }]);
    expect(await vitrineJson(['ls', 'lab/gemma'], { data })).toMatchObject([{ index: 1 }, { index: 0, tags: ['edge device', 'frozen'] }]);
    expect((await vitrineJson<readonly { path: string; sha256: string }[]>(['ls', 'lab/gemma:v0'], { data })).map((each) => [each.path, each.sha256])).toEqual([
      ['config.json', sha256(files['config.json'])], ['größe ñ.txt', sha256(files['größe ñ.txt'])], ['weights/model.bin', sha256(files['weights/model.bin'])],
    ]);
    expect((await vitrine(['ls'], { data })).stdout.split('\n')[0]).toMatch(/^REGISTRY +COLLECTIONS +LINKS +TYPES +ROLE$/u);
  });

  test('show tells of each kind of thing', async () => {
    expect(await vitrineJson(['show', 'wandb-registry-Models/Gemma:production'], { data })).toMatchObject({ artifact: 'gemma', index: 0, description: '# Gemma', metadata: { acc: 0.93 }, link: { index: 0, note: 'small' } });
    expect(await vitrineJson(['show', 'vitrine://registry/Models/Gemma'], { data })).toMatchObject({ name: 'Gemma', type: 'model', tags: ['text'] });
    expect(await vitrineJson(['show', 'wandb-registry-Models'], { data })).toMatchObject({ name: 'Models', acceptedTypes: ['model'] });
    expect(await vitrineJson(['show', 'lab/gemma'], { data })).toMatchObject({ name: 'gemma', versionCount: 2 });
    expect(await codes('show', 'lab/nothing:v0')).toBe(3);
  });

  test('get writes the very bytes, a part of them, and overwrites only when told', async () => {
    const out = join(work.path, 'out');
    expect(await vitrineJson(['get', 'wandb-registry-Models/Gemma:production', out], { data })).toMatchObject({ files: 3 });
    for (const [path, content] of Object.entries(files)) expect(readFileSync(join(out, path)).equals(Buffer.from(content))).toBe(true);
    expect(await codes('get', 'wandb-registry-Models/Gemma:v1', out)).toBe(6);
    expect(readFileSync(join(out, 'config.json'), 'utf8')).toBe('{"layers": 2}');
    expect(await codes('get', 'wandb-registry-Models/Gemma:v1', out, '--overwrite')).toBe(0);
    expect(readFileSync(join(out, 'config.json'), 'utf8')).toBe('{"layers": 3}');
    const part = join(work.path, 'part');
    expect(await vitrineJson(['get', 'lab/gemma:v0', part, '--path', 'weights'], { data })).toMatchObject({ files: 1 });
    expect(readdirSync(part, { recursive: true }).map(String).sort()).toEqual(['weights', 'weights/model.bin']);
  });

  test('search finds by words and fields, and says where a query breaks', async () => {
    type Found = { readonly total: number; readonly items: readonly { readonly kind: string }[] };
    expect((await vitrineJson<Found>(['search', 'type:model', 'metadata.acc>0.9'], { data })).items.map((hit) => hit.kind)).toContain('version');
    expect((await vitrineJson<Found>(['search', 'tag:nowhere'], { data })).total).toBe(0);
    const refused = await vitrine(['search', 'size>>', '--json'], { data });
    expect(refused.code).toBe(2);
    expect(JSON.parse(refused.stderr)).toMatchObject({ error: { code: 'query_invalid' } });
  });

  test('unlink takes out, and the number is not given again', async () => {
    expect(await vitrineJson(['unlink', 'wandb-registry-Models/Gemma:v1'], { data })).toMatchObject({ removed: 1, moves: [{ alias: 'latest', from: 1, to: 0 }] });
    expect(await codes('unlink', 'wandb-registry-Models/Gemma:v1')).toBe(3);
    expect(await codes('unlink', 'lab/gemma:v0')).toBe(2);
    expect(await vitrineJson(['link', 'lab/gemma:v1', 'Models/Gemma'], { data })).toMatchObject({ links: [{ index: 2, standing: false }] });
  });

  test('types that don’t fit stand against a link', async () => {
    const refused = await vitrine(['link', 'lab/gemma:v0', 'Datasets/Texts'], { data });
    expect(refused.code).toBe(5);
    expect(refused.stderr).toContain('“Datasets” accepts “dataset”, not “model”');
    expect(await vitrineJson(['ls', 'wandb-registry-Datasets'], { data })).toEqual([]);
  });

  test('people, service accounts and teams come, get roles, become members of registries, and go', async () => {
    expect(await vitrineJson(['user', 'create', 'grace', '--name', 'Grace', '--role', 'viewer'], { data })).toMatchObject({ username: 'grace', kind: 'person', role: 'viewer' });
    expect(await vitrineJson(['user', 'create', 'ci', '--service'], { data })).toMatchObject({ kind: 'service', role: 'member' });
    expect(await vitrineJson(['user', 'update', 'grace', '--role', 'member', '-m', 'joins the team'], { data })).toMatchObject({ role: 'member' });
    await vitrineJson(['team', 'create', 'research'], { data });
    expect(await vitrineJson(['team', 'set', 'research', 'grace', 'admin'], { data })).toMatchObject({ name: 'research' });
    const named = async (...words: string[]) => (await vitrineJson<{ holder: { user?: { username: string }; name?: string }; role: string; through: string }[]>(['member', ...words], { data }))
      .filter((member) => member.through === 'registry').map((member) => `${member.holder.user?.username ?? member.holder.name} ${member.role}`);
    expect(await named('set', 'Models', 'grace', 'viewer')).toEqual(['grace viewer']);
    expect(await named('set', 'Models', 'grace', 'admin')).toEqual(['grace admin']);
    expect(await named('set', 'wandb-registry-Models', 'research', 'member', '--team')).toEqual(['grace admin', 'research member']);
    expect(await named('set', 'Models', 'grace', 'none')).toEqual(['research member']);
    expect(await codes('user', 'create', 'grace')).toBe(5);
    expect(await codes('user', 'create', 'x', '--role', 'boss')).toBe(2);
    expect(await codes('member', 'set', 'Models', 'nobody', 'viewer')).toBe(3);
    expect(await vitrineJson(['user', 'remove', 'grace'], { data })).toEqual({ revokedKeys: 0 });
    const listed = await vitrine(['user', 'list'], { data });
    expect(listed.stdout).toContain('ci');
    expect(listed.stdout).not.toContain('grace');
  });

  test('keys are shown once, listed without themselves, and revoked', async () => {
    const made = await vitrineJson<{ key: string; summary: { id: number } }>(['key', 'create', 'ci'], { data });
    expect(made.key).toMatch(/^local-[0-9a-f]{40}$/u);
    const listed = await vitrine(['key', 'list', '--json'], { data });
    expect(listed.stdout).not.toContain(made.key);
    expect(await vitrineJson(['key', 'revoke', String(made.summary.id)], { data })).toMatchObject({ name: 'ci' });
    expect(await vitrineJson(['key', 'list'], { data })).toMatchObject([{ name: 'ci', revokedAt: expect.any(String) as unknown }]);
    expect(await codes('key', 'revoke', '9999')).toBe(3);
  });

  test('doctor finds it well and the history is whole', async () => {
    const { findings } = await vitrineJson<{ findings: readonly { check: string; verdict: string }[] }>(['doctor', '--deep'], { data });
    expect(findings.map((finding) => finding.verdict)).toEqual(findings.map(() => 'well'));
    expect(findings.map((finding) => finding.check)).toEqual(expect.arrayContaining(['folder', 'catalog.pages', 'store']));
    expect(await vitrineJson(['audit', 'verify'], { data })).toMatchObject({ intact: true, firstBroken: null });
    const events = await vitrineJson<readonly { entrance: string; message: string | null }[]>(['history', '--limit', '1000'], { data });
    expect(new Set(events.map((event) => event.entrance))).toEqual(new Set(['cli', 'system']));
    expect(events.map((event) => event.message)).toContain('first light');
  });
});

describe('around the commands', { timeout: 120_000 }, () => {
  test('help tells the exit codes; what can’t be read ends with 2', async () => {
    const help = await vitrine(['--help'], { data });
    expect(help.code).toBe(0);
    for (const word of ['serve', 'log', 'link', 'unlink', 'alias', 'tag', 'ls', 'show', 'get', 'search', 'doctor', '130  cancelled']) expect(help.stdout).toContain(word);
    expect(await codes('promote')).toBe(2);
    expect(await codes('log', model)).toBe(2);
    expect(await codes('ls', '--limit', 'many')).toBe(2);
    expect(await codes('ls', '--no-such-option')).toBe(2);
    expect(await codes('show', 'lab/gemma:v0:v1')).toBe(2);
  });

  test('names with control characters never reach the terminal as such', async () => {
    const folder = writeFiles(join(work.path, 'plain'), { 'a.txt': 'a' });
    expect((await vitrine(['log', folder, '-n', 'plain', '-p', 'lab', '--alias', 'red\u001b[31m'], { data })).stderr).not.toContain('\u001b');
  });

  test('--data wins over VITRINE_DATA, before the command or after it', async () => {
    const other = join(work.path, 'other');
    expect(await vitrineJson(['--data', other, 'ls', 'projects'], { data })).toEqual([]);
    expect(await vitrineJson(['ls', 'projects', '--data', other], { data })).toEqual([]);
    expect(await vitrineJson(['alias', '--data', data, 'history', 'lab/gemma'], { data: other })).not.toEqual([]);
  });

  test('many at once wait for each other; none is lost', async () => {
    const folders = Array.from({ length: 6 }, (_, index) => writeFiles(join(work.path, `many-${index}`), { 'a.txt': `many ${index}` }));
    const ran = await Promise.all(folders.map((folder) => vitrine(['log', folder, '-n', 'many', '-p', 'crowd', '--json'], { data })));
    expect(ran.map((each) => [each.code, each.stderr])).toEqual(folders.map(() => [0, '']));
    expect(ran.map((each) => (JSON.parse(each.stdout) as Logged).index).toSorted((left, right) => left - right)).toEqual([0, 1, 2, 3, 4, 5]);
  });

  test('a reader that goes away is no failure', () => {
    const piped = spawnSync('sh', ['-c', `"${process.execPath}" "${join(process.env['VITRINE_APPLICATION'] ?? join(import.meta.dirname, '..', '..'), 'dist/core/cli.js')}" history --limit 1000 --json | head -c 10; echo "\${PIPESTATUS:-}"`], { encoding: 'utf8', env: { ...process.env, VITRINE_DATA: data } });
    expect(piped.status).toBe(0);
    expect(piped.stderr).toBe('');
  });

  test('from a checkout it is `npx vitrine`', async () => {
    const child = spawn(process.execPath, [join(import.meta.dirname, '..', '..', 'build', 'vitrine.mjs'), 'ls', 'projects', '--json'], { env: { ...process.env, VITRINE_DATA: data }, stdio: ['ignore', 'pipe', 'inherit'] });
    let printed = '';
    child.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString('utf8')));
    const code = await new Promise((resolve) => child.once('close', resolve));
    expect(code).toBe(0);
    expect(JSON.parse(printed)).toMatchObject(expect.arrayContaining([expect.objectContaining({ name: 'lab' }) as unknown]));
  });
});

describe('stopped with Ctrl-C', { timeout: 120_000 }, () => {
  test('a log under way ends with 130 and leaves nothing half-written', async () => {
    const stopped = join(work.path, 'stopped');
    const big = join(work.path, 'big');
    writeFiles(big, { 'small.txt': 'small' });
    // Large enough that it is still being read when it is told to stop.
    const stream = createWriteStream(join(big, 'weights.bin'));
    const block = Buffer.alloc(8 * 1024 * 1024);
    for (let index = 0; index < 96; index++) {
      block.writeUInt32LE(index, 0);
      if (!stream.write(block)) await once(stream, 'drain');
    }
    stream.end();
    await finished(stream);
    expect(await vitrineJson(['ls', 'projects'], { data: stopped })).toEqual([]);

    const running = startVitrine(['log', big, '-n', 'big', '-p', 'lab', '--json'], { data: stopped });
    await new Promise<void>((resolve, reject) => {
      // Bytes on their way into the store: then it is in the middle of it.
      const look = setInterval(() => {
        if (bytesBelow(stopped) < 4 * 1024 * 1024) return;
        clearInterval(look);
        resolve();
      }, 5);
      void running.ended.then((ran) => {
        clearInterval(look);
        reject(new Error(`It was done before it could be stopped: ${JSON.stringify(ran)}`));
      });
    });
    running.child.kill('SIGINT');
    const ran = await running.ended;
    expect(ran.code).toBe(130);
    expect(JSON.parse(ran.stderr)).toMatchObject({ error: { code: 'cancelled' } });
    expect(ran.stdout).toBe('');

    expect(await vitrineJson(['ls', 'projects'], { data: stopped })).toEqual([]);
    const { findings } = await vitrineJson<{ findings: readonly { verdict: string }[] }>(['doctor', '--deep'], { data: stopped });
    expect(findings.map((finding) => finding.verdict)).toEqual(findings.map(() => 'well'));
    expect(bytesBelow(stopped)).toBeLessThan(4 * 1024 * 1024);
    expect(await vitrineJson(['log', big, '-n', 'big', '-p', 'lab'], { data: stopped })).toMatchObject({ index: 0, created: true });
  });
});

function bytesBelow(folder: string): number {
  if (!existsSync(folder)) return 0;
  let bytes = 0;
  for (const name of readdirSync(folder, { recursive: true })) {
    try {
      const facts = statSync(join(folder, String(name)));
      if (facts.isFile()) bytes += facts.blocks * 512;
    } catch {
      // Gone meanwhile.
    }
  }
  return bytes;
}
