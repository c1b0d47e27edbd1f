/** The door itself: TLS, names, metrics, an end in order. */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request as plainRequest, type RequestOptions } from 'node:http';
import { request as tlsRequest } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { OutputOf } from '#shared/contract/index.ts';
import { openCore, type Core } from '../host/core.ts';

/** For `localhost`, signed by itself, for tests alone. */
const certificate = `-----BEGIN CERTIFICATE-----
MIIBnDCCAUGgAwIBAgIUfswFc4H+bsiTP2wENhmcLQzWn9swCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyNjAyMzExMloYDzIxMjYxMTAy
MDIzMTEyWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAAQ2Q+Sj6osT90o20FI7xIbMzdBA5DpxWJGzpm7dfqIzEc1PtlsFzpDf
Iyns+cf0mC8+I9jf5U8PZunZbNKW6NClo28wbTAdBgNVHQ4EFgQU7Il8beovzRxn
5/cGfm+DrZCgr8owHwYDVR0jBBgwFoAU7Il8beovzRxn5/cGfm+DrZCgr8owDwYD
VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
zj0EAwIDSQAwRgIhANOdVhqWDQjFaMk7FgJndrNEWwlKYqVafd+tRUKbuLJEAiEA
6WOQ20h4MGlgZp++28qFSrXCgJffQnvBt6OWO9ZzPj0=
-----END CERTIFICATE-----
`;
const certificateKey = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgVMfQKcccD7gVLj84
xsnUsJ5kjmoQ+3Y9qAen66u0PtihRANCAAQ2Q+Sj6osT90o20FI7xIbMzdBA5Dpx
WJGzpm7dfqIzEc1PtlsFzpDfIyns+cf0mC8+I9jf5U8PZunZbNKW6NCl
-----END PRIVATE KEY-----
`;

let directory: string;
let core: Core;
let key: string;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'vitrine-door-'));
  writeFileSync(join(directory, 'cert.pem'), certificate);
  writeFileSync(join(directory, 'key.pem'), certificateKey);
  core = await openCore({ dataDirectory: join(directory, 'data'), applicationVersion: '0', log: () => undefined, listen: false });
  key = ((await core.run('keys.create', { name: 'test' }, {})).output as OutputOf<'keys.create'>).key;
});
afterEach(() => core.door.stop());
afterAll(async () => {
  await core.close();
  rmSync(directory, { recursive: true, force: true });
});

type Reply = { readonly status: number; readonly body: string };

function send(method: string, url: string, options: RequestOptions & { readonly body?: string } = {}): Promise<Reply> {
  const { body, ...rest } = options;
  return new Promise((resolve, reject) => {
    const begin = url.startsWith('https:') ? tlsRequest : plainRequest;
    const outgoing = begin(url, { method, agent: false, ca: certificate, ...rest } as RequestOptions, (incoming) => {
      let text = '';
      incoming.setEncoding('utf8');
      incoming.on('data', (part: string) => (text += part));
      incoming.on('end', () => resolve({ status: incoming.statusCode ?? 0, body: text }));
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

const graphql = async (url: string, query: string, variables: unknown = {}): Promise<Record<string, unknown>> => {
  const reply = await send('POST', `${url}/graphql`, { headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' }, body: JSON.stringify({ query, variables }) });
  expect([reply.status, reply.body]).toEqual([200, expect.stringContaining('data')]);
  return (JSON.parse(reply.body) as { data: Record<string, unknown> }).data;
};

test('serves over TLS, and the addresses that it gives are https', async () => {
  const { url } = await core.door.start({ tls: { certFile: join(directory, 'cert.pem'), keyFile: join(directory, 'key.pem') }, allowedHosts: ['localhost'] });
  expect(url).toMatch(/^https:\/\/localhost:\d+$/u);
  expect((await send('GET', `${url}/healthz`)).status).toBe(200);
  await graphql(url, 'mutation($input: UpsertBucketInput!){upsertBucket(input:$input){inserted}}', { input: { name: 'tls', modelName: 'tls' } });
  const made = await graphql(url, 'mutation($input: CreateRunFilesInput!){createRunFiles(input:$input){files{uploadUrl}}}', { input: { entityName: '', projectName: 'tls', runName: 'tls', files: ['a.txt'] } });
  const [file] = (made['createRunFiles'] as { files: { uploadUrl: string }[] }).files;
  expect(file?.uploadUrl.startsWith(`${url}/`)).toBe(true);
  expect((await send('PUT', file!.uploadUrl, { body: 'hello' })).status).toBe(200);
  expect(await send('GET', `${url}/files/${encodeURIComponent(await teamName())}/tls/tls/a.txt`, { headers: { authorization: `Bearer ${key}` } })).toEqual({ status: 200, body: 'hello' });
});

const teamName = async (): Promise<string> => ((await core.run('catalog.status', {}, {})).output as OutputOf<'catalog.status'>).team.name;

test('says which file of a certificate it can’t use', async () => {
  await expect(core.door.start({ tls: { certFile: join(directory, 'none.pem'), keyFile: join(directory, 'key.pem') } })).rejects.toMatchObject({ code: 'file_unreadable' });
  await expect(core.door.start({ tls: { certFile: join(directory, 'key.pem'), keyFile: join(directory, 'key.pem') } })).rejects.toMatchObject({ code: 'bad_input' });
});

test('answers to the names that were allowed, on this machine and elsewhere', async () => {
  const { port } = await core.door.start({ allowedHosts: ['models.example.org'] });
  const asked = async (host: string) => (await send('GET', `http://127.0.0.1:${port}/healthz`, { headers: { host } })).status;
  expect([await asked('models.example.org'), await asked('127.0.0.1'), await asked('evil.example')]).toEqual([200, 200, 421]);
});

test('tells what it has done, in Prometheus’ form, without names that came from outside', async () => {
  const { url } = await core.door.start();
  await graphql(url, 'query Known{viewer{id}}');
  await send('POST', `${url}/graphql`, { headers: { authorization: `Bearer ${key}` }, body: '{"query":"query Ünknown{viewer{id}}"}' });
  const { status, body } = await send('GET', `${url}/metrics`);
  expect(status).toBe(200);
  expect(body).toMatch(/^vitrine_http_requests_total\{method="POST",route="\/graphql",status="200"\} 1$/mu);
  expect(body).toMatch(/^vitrine_graphql_seconds_count\{operation="Known"\} 1$/mu);
  expect(body).not.toContain('nknown');
  for (const line of body.trim().split('\n')) expect(line).toMatch(/^(?:# (?:HELP|TYPE) \w+ .+|\w+(?:\{[^}]*\})? -?[\d.e+-]+)$/u);
});

test('answers an ordinary request as it does one that goes the way of its router and hooks', async () => {
  const { url, port } = await core.door.start();
  const heard = (method: string, address: string, headers: Readonly<Record<string, string>>, body: string) =>
    new Promise<object>((resolve, reject) => {
      const outgoing = plainRequest(address, { method, agent: false, headers: { 'content-length': Buffer.byteLength(body), ...headers } }, (incoming) => {
        let text = '';
        incoming.setEncoding('utf8');
        incoming.on('data', (part: string) => (text += part));
        const { date: _date, ...rest } = incoming.headers;
        incoming.on('end', () => resolve({ status: incoming.statusCode, headers: rest, body: text }));
      });
      outgoing.on('error', reject);
      outgoing.end(body);
    });
  const authorization = `Bearer ${key}`;
  const asked = JSON.stringify({ query: 'query Twice{viewer{username}}' });
  const questions: readonly (readonly [Readonly<Record<string, string>>, string, number])[] = [
    [{ authorization }, asked, 200], [{}, asked, 401], [{ authorization: 'Bearer wrong' }, asked, 401], [{ authorization }, '{"query":', 400], [{ authorization }, '{"query":"{nothing}"}', 400], [{ authorization }, '[]', 400],
    [{ authorization }, JSON.stringify({ query: '{viewer{username}}', variables: [], operationName: 5 }), 400], [{ authorization, host: 'evil.example' }, asked, 421], [{ authorization, origin: 'https://evil.example' }, asked, 403],
  ];
  for (const [headers, body, status] of questions) {
    const ordinary = await heard('POST', `${url}/graphql`, { ...headers, 'content-type': 'application/json' }, body);
    expect(ordinary).toMatchObject({ status, headers: { 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' } });
    expect(ordinary).toEqual(await heard('POST', `${url}/graphql`, { ...headers, 'content-type': 'application/json; charset=utf-8' }, body));
  }
  const refused = await heard('PUT', `http://127.0.0.1:${port}/api/wandb/uploads/forged.seal/a.txt`, {}, 'bytes');
  expect(refused).toMatchObject({ status: 403 });
  expect(refused).toEqual(await heard('PUT', `http://127.0.0.1:${port}/api/wandb/uploads/forged.seal/a.txt?`, {}, 'bytes'));
  const { body } = await send('GET', `${url}/metrics`);
  expect(body).toMatch(/^vitrine_http_requests_total\{method="POST",route="\/graphql",status="401"\} 4$/mu);
  expect(body).toMatch(/^vitrine_http_requests_total\{method="PUT",route="\/api\/wandb\/uploads\/:token\/:name",status="403"\} 2$/mu);
  expect(body).toMatch(/^vitrine_graphql_seconds_count\{operation="Twice"\} 2$/mu);
  // The last of them may not be let go of yet when it is asked for the first time.
  await expect.poll(async () => /under_way (\d+)/u.exec((await send('GET', `${url}/metrics`)).body)?.[1]).toBe('1');
});

test('closes in order: an upload under way arrives, nobody new comes in; who takes too long is cut off', async () => {
  const { url, port } = await core.door.start();
  await graphql(url, 'mutation($input: UpsertBucketInput!){upsertBucket(input:$input){inserted}}', { input: { name: 'end', modelName: 'end' } });
  const address = async (name: string): Promise<string> => {
    const made = await graphql(url, 'mutation($input: CreateRunFilesInput!){createRunFiles(input:$input){files{uploadUrl}}}', { input: { entityName: '', projectName: 'end', runName: 'end', files: [name] } });
    return (made['createRunFiles'] as { files: { uploadUrl: string }[] }).files[0]!.uploadUrl;
  };
  const content = 'x'.repeat(100_000);
  const begin = async (name: string) => {
    let answered!: (status: number | 'cut off') => void;
    const done = new Promise<number | 'cut off'>((resolve) => (answered = resolve));
    const outgoing = plainRequest(await address(name), { method: 'PUT', agent: false, headers: { 'content-length': content.length } }, (incoming) => {
      incoming.resume();
      incoming.on('end', () => answered(incoming.statusCode ?? 0));
    });
    outgoing.on('error', () => answered('cut off'));
    await new Promise<void>((resolve) => outgoing.write(content.slice(0, 50_000), () => resolve()));
    return { outgoing, done };
  };
  const finishing = await begin('finishing');
  const hanging = await begin('hanging');
  // Asked again and again until it has begun: what it counts are requests under way, this one among them.
  await expect.poll(async () => /under_way (\d+)/u.exec((await send('GET', `${url}/metrics`)).body)?.[1]).toBe('3');
  const stopped = core.door.stop({ grace: 1500 });
  await expect(send('GET', `http://127.0.0.1:${port}/healthz`)).rejects.toThrow(/ECONNRE(?:FUSED|SET)/u);
  finishing.outgoing.end(content.slice(50_000));
  expect(await finishing.done).toBe(200);
  expect(await hanging.done).toBe('cut off');
  await stopped;
  const { output } = await core.run('runs.get', { entity: await teamName(), project: 'end', runId: 'end' }, {});
  const files = (await core.run('runs.files', { id: (output as OutputOf<'runs.get'>).id }, {})).output as OutputOf<'runs.files'>;
  expect(files.items.map((file) => [file.name, file.size, file.md5])).toEqual([['finishing', content.length, createHash('md5').update(content).digest('hex')]]);
});
