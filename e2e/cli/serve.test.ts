/** `vitrine serve`: one line once it answers, keys, who is let in, how it ends, what it is beside other processes. */
import { mkdirSync, readFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { serveVitrine, startVitrine, stopServing, temporaryFolder, vitrine, vitrineJson, writeFiles, type Served } from './commandLine.ts';

const work = temporaryFolder('serve');
const serving: Served[] = [];
afterEach(async () => {
  for (const each of serving.splice(0)) await stopServing(each);
});
afterAll(work.remove);

let count = 0;
const folder = (): string => {
  const path = join(work.path, String(count++));
  mkdirSync(path);
  return path;
};
const serve = async (data: string, more: readonly string[] = []): Promise<Served> => {
  const served = await serveVitrine(data, more);
  serving.push(served);
  return served;
};

type Reply = { readonly status: number; readonly headers: Readonly<Record<string, unknown>>; readonly body: string };

/** A request with exactly these headers: `fetch` would not let us lie about the host. */
const send = (url: string, { method = 'POST', headers = {}, body = '{}' }: { readonly method?: string; readonly headers?: Readonly<Record<string, string>>; readonly body?: string } = {}): Promise<Reply> =>
  new Promise((resolve, reject) => {
    const outgoing = request(url, { method, headers: { 'content-type': 'application/json', ...headers } }, (incoming) => {
      const parts: Buffer[] = [];
      incoming.on('data', (part: Buffer) => parts.push(part));
      incoming.on('end', () => resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: Buffer.concat(parts).toString('utf8') }));
      incoming.on('error', reject);
    });
    outgoing.on('error', reject);
    outgoing.end(method === 'GET' ? undefined : body);
  });

const bearer = (key: string | null): Readonly<Record<string, string>> => ({ authorization: `Bearer ${key}` });

describe('vitrine serve', { timeout: 120_000 }, () => {
  test('prints one line once it answers; the key works; SIGTERM ends it with 0 and frees the folder', async () => {
    const data = folder();
    const served = await serve(data);
    expect(served.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/u);
    expect(served.apiKey).toMatch(/^local-[0-9a-f]{40}$/u);
    const status = await send(`${served.url}/api/operations/catalog.status`, { headers: bearer(served.apiKey) });
    expect([status.status, (JSON.parse(status.body) as { output: { directory: string; empty: boolean } }).output]).toEqual([200, expect.objectContaining({ directory: data, empty: true })]);
    expect((await send(`${served.url}/healthz`, { method: 'GET' })).status).toBe(200);
    serving.length = 0;
    const ran = await stopServing(served);
    expect([ran.code, ran.signal]).toEqual([0, null]);
    expect(ran.stdout.trim().split('\n')).toHaveLength(1);
    await expect(send(`${served.url}/healthz`, { method: 'GET' })).rejects.toThrow('ECONNREFUSED');
    expect(await vitrineJson(['ls', 'projects'], { data })).toEqual([]);
  });

  test('SIGINT ends it, too, and an end that comes before it stands is one in order', async () => {
    const data = folder();
    const served = await serveVitrine(data);
    served.running.child.kill('SIGINT');
    expect(await served.running.ended).toMatchObject({ code: 0, signal: null });
    // A process that was only just begun can't know of signals yet: it says when it does, which is long before it stands.
    const tells = 'process.on("newListener",(name)=>name==="SIGTERM"&&queueMicrotask(()=>process.stderr.write("listens")))';
    const early = startVitrine(['serve', '--port', '0', '--json'], { data: folder(), environment: { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(tells)}` } });
    const listens = new Promise<void>((resolve) => early.child.stderr?.on('data', (chunk: Buffer) => chunk.includes('listens') && resolve()));
    await listens;
    early.child.kill('SIGTERM');
    expect(await early.ended).toMatchObject({ code: 0, signal: null });
    const again = await serve(data);
    // A key that is there is not made again, and can't be shown again.
    expect(again.apiKey).toBeNull();
  });

  test('without the key nothing is told; a wrong one is 401; many wrong ones are slowed down', async () => {
    const { url, apiKey } = await serve(folder());
    for (const headers of [{}, bearer('local-0000000000000000000000000000000000000000'), { authorization: 'Bearer' }, { authorization: `Basic ${Buffer.from('api:wrong').toString('base64')}` }, { authorization: 'x'.repeat(3000) }]) {
      const reply = await send(`${url}/api/operations/catalog.status`, { headers });
      expect([reply.status, JSON.parse(reply.body)]).toEqual([401, { error: expect.objectContaining({ code: 'not_signed_in' }) as unknown }]);
      expect(reply.headers['www-authenticate']).toContain('Bearer');
    }
    expect((await send(`${url}/api/operations/catalog.status`, { headers: { authorization: `Basic ${Buffer.from(`api:${apiKey}`).toString('base64')}` } })).status).toBe(200);
    expect((await send(`${url}/api/versions/1/files/x`, { method: 'GET' })).status).toBe(401);
  });

  test('a browser’s page gets nothing: no origin, no other name of this machine', async () => {
    const { url, apiKey } = await serve(folder());
    const port = new URL(url).port;
    const ask = (headers: Readonly<Record<string, string>>) => send(`${url}/api/operations/catalog.status`, { headers: { ...bearer(apiKey), ...headers } });
    for (const origin of ['https://example.org', 'null', url, 'app://vitrine']) {
      const reply = await ask({ origin });
      expect(reply.status).toBe(403);
      expect(reply.headers['access-control-allow-origin']).toBeUndefined();
    }
    for (const host of ['example.org', `attacker.example:${port}`, `127.0.0.1.nip.io:${port}`, `localhost.example:${port}`]) expect((await ask({ host })).status).toBe(421);
    for (const host of [`localhost:${port}`, `127.0.0.1:${port}`]) expect((await ask({ host })).status).toBe(200);
    expect((await send(`${url}/api/operations/catalog.status`, { method: 'OPTIONS', headers: { origin: 'https://example.org', 'access-control-request-method': 'POST' } })).headers['access-control-allow-origin']).toBeUndefined();
  });

  test('what can’t be read is said, and nothing is done', async () => {
    const { url, apiKey } = await serve(folder());
    const headers = bearer(apiKey);
    expect((await send(`${url}/api/operations/catalog.status`, { headers, body: '{' })).status).toBe(400);
    expect((await send(`${url}/api/operations/no.such`, { headers })).status).toBe(404);
    expect((await send(`${url}/api/operations/projects.list`, { headers, body: '{"limit":"many"}' })).status).toBe(400);
    expect((await send(`${url}/elsewhere`, { method: 'GET', headers })).status).toBe(404);
    expect((await send(`${url}/api/operations/catalog.status`, { headers, body: JSON.stringify({ x: 'y'.repeat(33 * 1024 * 1024) }) }).catch(() => ({ status: 413 }))).status).toBe(413);
  });

  test('the example of a systemd unit starts it with what it takes: all that is missing is the certificate', async () => {
    const unit = readFileSync(new URL('../../build/packaging/vitrine.service', import.meta.url), 'utf8');
    const [program, ...words] = /^ExecStart=(.*)$/mu.exec(unit)?.[1]?.split(' ') ?? [];
    expect(program).toBe('/usr/bin/vitrine');
    expect(words).toContain('--grace');
    const certificate = join(work.path, 'no-such.pem');
    const ran = await vitrine(words.map((word) => (word.endsWith('.pem') ? certificate : word === '7777' ? '0' : word)), { data: folder() });
    expect(ran.code).not.toBe(0);
    expect(ran.stderr).toContain(certificate);
    const nonsense = await vitrine([...words, '--no-such-option'], { data: folder() });
    expect(nonsense.stderr).toContain('--no-such-option');
  });

  test('beside a command that is at work it waits; a taken port is said', async () => {
    const data = folder();
    const files = writeFiles(folder(), { 'a.txt': 'a' });
    const logging = vitrine(['log', files, '-n', 'a', '-p', 'lab', '--json'], { data });
    const served = await serve(data);
    expect((await logging).code).toBe(0);
    expect((await send(`${served.url}/healthz`, { method: 'GET' })).status).toBe(200);

    const taken = await vitrine(['serve', '--port', new URL(served.url).port, '--json'], { data: folder() });
    expect(taken.code).toBe(5);
    expect(JSON.parse(taken.stderr)).toMatchObject({ error: { code: 'blocked' } });
    expect(taken.stdout).toBe('');
  });

  test('commands beside it go through it, and a second serve opens the very same door', async () => {
    const data = folder();
    const first = await serve(data, ['--sample']);
    expect((await vitrineJson<readonly unknown[]>(['ls'], { data })).length).toBe(3);
    const second = await serve(data);
    expect(second.url).toBe(first.url);
    serving.splice(serving.indexOf(second), 1);
    expect((await stopServing(second)).code).toBe(0);
    // It was open before: it stays open.
    expect((await send(`${first.url}/healthz`, { method: 'GET' })).status).toBe(200);
  });

  test('bytes come whole, in ranges, and with their digest as tag', async () => {
    const data = folder();
    const bytes = Buffer.from(Array.from({ length: 100_000 }, (_, index) => (index * 7) % 251));
    const { url, apiKey } = await serve(data);
    const files = folder();
    writeFiles(files, { 'sub folder/weights#1.bin': bytes });
    const { versionId } = await vitrineJson<{ versionId: number }>(['log', files, '-n', 'w', '-p', 'lab'], { data });
    const address = `${url}/api/versions/${versionId}/files/${encodeURIComponent('sub folder')}/${encodeURIComponent('weights#1.bin')}`;
    const whole = await fetch(address, { headers: bearer(apiKey) });
    expect(Buffer.from(await whole.arrayBuffer()).equals(bytes)).toBe(true);
    const part = await fetch(address, { headers: { ...bearer(apiKey), range: 'bytes=10-19' } });
    expect([part.status, part.headers.get('content-range'), Buffer.from(await part.arrayBuffer()).equals(bytes.subarray(10, 20))]).toEqual([206, 'bytes 10-19/100000', true]);
    expect((await fetch(address, { headers: { ...bearer(apiKey), range: 'bytes=200000-' } })).status).toBe(416);
    for (const path of ['../catalog.db', '%2e%2e/catalog.db', 'no', 'sub%20folder']) expect((await fetch(`${url}/api/versions/${versionId}/files/${path}`, { headers: bearer(apiKey) })).status).toBeGreaterThanOrEqual(400);
  });
});
