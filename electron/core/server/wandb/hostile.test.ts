/** The door over real HTTP, asked by those who mean harm or are broken: nothing of theirs may be kept, and each gets a clear answer. */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { OutputOf } from '#shared/contract/index.ts';
import { openCore, type Core } from '../../host/core.ts';
import { globalId } from './ids.ts';

let directory: string;
let core: Core;
let url: string;
let port: number;
let key: string;
let otherKey: string;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'vitrine-door-'));
  core = await openCore({ dataDirectory: directory, applicationVersion: '0', log: () => undefined, listen: false, checkOutput: true });
  key = ((await core.run('keys.create', { name: 'test' }, {})).output as OutputOf<'keys.create'>).key;
  const { id } = (await core.run('users.create', { username: 'eve' }, {})).output as OutputOf<'users.create'>;
  otherKey = ((await core.run('keys.create', { name: 'eve', userId: id }, {})).output as OutputOf<'keys.create'>).key;
  ({ url, port } = await core.door.start({ slowClientPatience: 1500 }));
});
afterAll(async () => {
  await core.close();
  rmSync(directory, { recursive: true, force: true });
});

const basic = (secret: string) => ({ authorization: `Basic ${Buffer.from(`api:${secret}`).toString('base64')}` });
type Reply = { readonly status: number; readonly headers: Readonly<Record<string, unknown>>; readonly body: string };

/** Nothing is put right on the way: neither the path nor the headers. */
function send(method: string, path: string, options: { readonly headers?: Readonly<Record<string, string | number>>; readonly body?: string | Buffer } = {}): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest({ host: '127.0.0.1', port, method, path, headers: options.headers ?? {}, agent: false }, (incoming) => {
      const parts: Buffer[] = [];
      incoming.on('data', (part: Buffer) => parts.push(part));
      incoming.on('end', () => resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: Buffer.concat(parts).toString('utf8') }));
      incoming.on('error', reject);
    });
    outgoing.on('error', reject);
    outgoing.end(options.body);
  });
}

const graphql = (query: string, variables: unknown = {}, secret = key) => send('POST', '/graphql', { headers: { ...basic(secret), 'content-type': 'application/json' }, body: JSON.stringify({ query, variables }) });
async function data<T>(query: string, variables: unknown = {}, secret = key): Promise<T> {
  const reply = await graphql(query, variables, secret);
  expect([reply.status, reply.body.slice(0, 300)]).toEqual([200, expect.stringContaining('"data":')]);
  return (JSON.parse(reply.body) as { data: T }).data;
}
const messageOf = (reply: Reply): string => (JSON.parse(reply.body) as { errors: { message: string }[] }).errors[0]?.message ?? '';
const pathOf = (address: string): string => address.slice(url.length);
const md5 = (bytes: string | Buffer) => createHash('md5').update(bytes).digest();

const createArtifact = 'mutation($input: CreateArtifactInput!){createArtifact(input:$input){artifact{id state}}}';
const createManifest = 'mutation($input: CreateArtifactManifestInput!){createArtifactManifest(input:$input){artifactManifest{id file{uploadUrl}}}}';
const createFiles = 'mutation($input: CreateArtifactFilesInput!){createArtifactFiles(input:$input){files{edges{node{uploadUrl}}}}}';
const commit = 'mutation($input: CommitArtifactInput!){commitArtifact(input:$input){artifact{id state versionIndex}}}';

let count = 0;
/** A client's way up to the commit: a draft of one file. Answers the addresses at which its bytes are awaited. */
async function draft(path: string, content: string, options: { readonly name?: string; readonly listed?: Readonly<Record<string, string>>; readonly secret?: string } = {}) {
  const secret = options.secret ?? key;
  const name = options.name ?? `artifact-${(count += 1)}`;
  const entries = { [path]: content, ...options.listed };
  const digest = createHash('md5').update(`wandb-artifact-manifest-v1\n${Object.keys(entries).sort().map((each) => `${each}:${md5(entries[each]!).toString('base64')}\n`).join('')}`).digest('hex');
  const made = await data<{ createArtifact: { artifact: { id: string } } }>(createArtifact, { input: { entityName: '', projectName: 'hostile', artifactTypeName: 'model', artifactCollectionName: name, digest, digestAlgorithm: 'MANIFEST_MD5', aliases: [{ artifactCollectionName: name, alias: 'latest' }], enableDigestDeduplication: false, cloudRegionID: null } }, secret);
  const id = made.createArtifact.artifact.id;
  const manifest = JSON.stringify({ version: 1, storagePolicy: 'wandb-storage-policy-v1', storagePolicyConfig: { storageLayout: 'V2' }, contents: Object.fromEntries(Object.entries(entries).map(([each, text]) => [each, { digest: md5(text).toString('base64'), size: Buffer.byteLength(text), birthArtifactID: id }])) });
  const announced = await data<{ createArtifactManifest: { artifactManifest: { file: { uploadUrl: string } } } }>(createManifest, { input: { artifactID: id, name: 'wandb_manifest.json', digest: md5(manifest).toString('base64'), entityName: '', projectName: 'hostile', type: 'FULL' } }, secret);
  const planned = await data<{ createArtifactFiles: { files: { edges: { node: { uploadUrl: string | null } }[] } } }>(createFiles, { input: { artifactFiles: [{ artifactID: id, name: path, md5: md5(content).toString('base64') }], storageLayout: 'V2' } }, secret);
  return { id, name, manifest, manifestUrl: announced.createArtifactManifest.artifactManifest.file.uploadUrl, fileUrl: planned.createArtifactFiles.files.edges[0]?.node.uploadUrl ?? null };
}
const put = (address: string, body: string | Buffer, headers: Readonly<Record<string, string | number>> = {}) => send('PUT', pathOf(address), { headers: { 'content-length': Buffer.byteLength(body), ...headers }, body });

describe('keys', () => {
  test('missing, wrong, revoked and past their time are 401 with words, before any body is read', async () => {
    const headers = { 'content-type': 'application/json', 'content-length': 1_000_000_000 };
    const started = await send('POST', '/graphql', { headers: { 'content-type': 'application/json' }, body: '{"query":"{viewer{id}}"}' });
    expect([started.status, messageOf(started)]).toEqual([401, expect.stringContaining('no API key')]);
    expect((await graphql('{viewer{id}}', {}, `local-${'0'.repeat(40)}`)).status).toBe(401);
    const made = (await core.run('keys.create', { name: 'short' }, {})).output as OutputOf<'keys.create'>;
    await data('{viewer{id}}', {}, made.key);
    await core.run('keys.revoke', { id: made.summary.id }, {});
    expect((await graphql('{viewer{id}}', {}, made.key)).status).toBe(401);
    // A gigabyte is announced, none of it sent: the answer comes all the same.
    const early = await new Promise<number>((resolve, reject) => {
      const outgoing = httpRequest({ host: '127.0.0.1', port, method: 'POST', path: '/graphql', headers, agent: false }, (incoming) => {
        resolve(incoming.statusCode ?? 0);
        outgoing.destroy();
      });
      outgoing.on('error', reject);
      outgoing.flushHeaders();
    });
    expect(early).toBe(401);
  });
  test('telemetry is turned away before any key', async () => {
    for (const path of ['/sdk/otel/v1/metrics', '/sdk/otel/v1/logs']) expect((await send('POST', path)).status).toBe(404);
  });
});

describe('who is called how', () => {
  test('a foreign name and a foreign origin get nothing', async () => {
    expect((await send('POST', '/graphql', { headers: { ...basic(key), host: 'evil.example' } })).status).toBe(421);
    expect((await send('POST', '/graphql', { headers: { ...basic(key), origin: 'https://evil.example' } })).status).toBe(403);
    expect((await send('GET', '/team/project', { headers: { host: 'evil.example' } })).status).toBe(421);
  });
});

describe('GraphQL', () => {
  test('that can’t be read is 400 with words', async () => {
    for (const body of ['', '{', '[]', 'null', '7', '{"query":7}', '{"query":"{"}', '{"query":"query A{viewer{id}} query B{viewer{id}}"}', '{"query":"{viewer{nope}}"}', '{"query":"subscription{viewer{id}}"}', '{"query":"{viewer{id}}","variables":[]}', '{"query":"{viewer{id}}","operationName":"Z"}', `{"query":"${'{a'.repeat(3000)}"}`, JSON.stringify({ query: `{viewer${'{teams{edges{node'.repeat(300)}` })]) {
      const reply = await send('POST', '/graphql', { headers: { ...basic(key), 'content-type': 'application/json' }, body });
      expect([body.slice(0, 60), reply.status, messageOf(reply).length > 10]).toEqual([body.slice(0, 60), 400, true]);
    }
  });
  test('bombs of depth, of names, of fragments, of introspection and of rows are refused at once', async () => {
    const types = Array.from({ length: 12 }, () => 'fields{type').join('{');
    const bombs = [
      `{viewer{${Array.from({ length: 500 }, (_, index) => `a${index}: projects{edges{node{id}}}`).join(' ')}}}`,
      `{${Array.from({ length: 100 }, (_, index) => `a${index}: viewer{id}`).join(' ')}}`,
      `{entity(name:"a")${'{organization{orgEntity'.repeat(60)}{name}${'}}'.repeat(60)}}`,
      `{viewer{...f0}} ${Array.from({ length: 25 }, (_, index) => `fragment f${index} on User{...f${index + 1} ...f${index + 1}}`).join(' ')} fragment f25 on User{id}`,
      `{viewer{...a}} fragment a on User{...b} fragment b on User{...a}`,
      `{__schema{types{${types}{name}${'}}'.repeat(12)}}}`,
      '{models(first:10000){edges{node{artifactCollections(first:10000){edges{node{name}}}}}}}',
    ];
    for (const bomb of bombs) {
      // The quickest of three: whether it is soon refused is no question of what else the machine does.
      const times: number[] = [];
      for (let time = 0; time < 3 && (times.at(-1) ?? Infinity) >= 2000; time++) {
        const begun = performance.now();
        expect([bomb.slice(0, 40), (await graphql(bomb)).status]).toEqual([bomb.slice(0, 40), 400]);
        times.push(performance.now() - begun);
      }
      expect([bomb.slice(0, 40), Math.min(...times) < 2000]).toEqual([bomb.slice(0, 40), true]);
    }
  });
  test('old clients may ask what a type has', async () => {
    const answer = await data<{ known: { fields: unknown[] }; unknown: null }>('{known: __type(name:"Artifact"){fields{name}} unknown: __type(name:"PushToRunQueueInput"){name}}');
    expect([answer.known.fields.length > 10, answer.unknown]).toEqual([true, null]);
  });
  test('unknown input fields and undeclared variables pass', async () => {
    await data('mutation($input: UpsertBucketInput!){upsertBucket(input:$input){inserted}}', { input: { name: 'abc', modelName: 'hostile', entityName: null, newerThanUs: { a: 1 } }, undeclared: null });
  });
});

describe('bodies', () => {
  test('larger than the limit are 413, packed ones too', async () => {
    const headers = { ...basic(key), 'content-type': 'application/json' };
    expect((await send('POST', '/graphql', { headers: { ...headers, 'content-length': 1024 ** 3 } }).catch(() => ({ status: 413 }))).status).toBe(413);
    const packed = await send('POST', '/graphql', { headers: { ...headers, 'content-encoding': 'gzip' }, body: gzipSync(Buffer.alloc(64 * 1024 * 1024, 0x20)) });
    expect(packed.status).toBe(413);
    expect((await send('POST', '/graphql', { headers: { ...headers, 'content-encoding': 'gzip' }, body: 'not packed' })).status).toBe(400);
    const fine = await send('POST', '/graphql', { headers: { ...headers, 'content-encoding': 'gzip' }, body: gzipSync('{"query":"{viewer{username}}"}') });
    expect(fine.status).toBe(200);
  });
  test('that never come are cut off', async () => {
    const ended = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => socket.write(`POST /graphql HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAuthorization: ${basic(key).authorization}\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{`));
      socket.on('close', () => resolve(true));
      socket.on('error', () => undefined);
    });
    expect(ended).toBe(true);
  });
});

describe('uploads', () => {
  test('bytes come in at their address without a key, once committed they can be fetched, ranges and HEAD too', async () => {
    const made = await draft('a/model.bin', 'weights1');
    expect((await put(made.fileUrl!, 'weights1', { 'content-type': '' })).status).toBe(200);
    expect((await put(made.manifestUrl, made.manifest, { 'content-type': 'no type/at all' })).status).toBe(200);
    const done = await data<{ commitArtifact: { artifact: { state: string; versionIndex: number } } }>(commit, { input: { artifactID: made.id } });
    expect(done.commitArtifact.artifact).toMatchObject({ state: 'COMMITTED', versionIndex: 0 });
    const files = await data<{ artifact: { files: { edges: { node: { name: string; directUrl: string } }[] } } }>('query($id: ID!){artifact(id:$id){files{edges{node{name directUrl}}}}}', { id: made.id });
    const [file] = files.artifact.files.edges;
    const whole = await send('GET', pathOf(file!.node.directUrl));
    expect([whole.status, whole.body, whole.headers['content-disposition']]).toEqual([200, 'weights1', 'attachment']);
    const part = await send('GET', pathOf(file!.node.directUrl), { headers: { range: 'bytes=2-4' } });
    expect([part.status, part.body, part.headers['content-range']]).toEqual([206, 'igh', 'bytes 2-4/8']);
    expect((await send('GET', pathOf(file!.node.directUrl), { headers: { range: 'bytes=9-' } })).status).toBe(416);
    const head = await send('HEAD', pathOf(file!.node.directUrl));
    expect([head.status, head.body, head.headers['content-length']]).toEqual([200, '', '8']);
    // Once it is committed, its upload address is of no use any more, and no address fits another purpose.
    expect((await put(made.fileUrl!, 'weights1')).status).toBeGreaterThanOrEqual(400);
    expect((await send('GET', pathOf(file!.node.directUrl).replace('/files/', '/manifests/'))).status).toBe(403);
    expect((await put(`${url}${pathOf(file!.node.directUrl).replace('/files/', '/uploads/')}`, 'x')).status).toBe(403);
  });
  test('with another content than was declared are 400, and the version can’t be made of them', async () => {
    const made = await draft('model.bin', 'what was meant');
    const wrong = await put(made.fileUrl!, 'something else');
    expect([wrong.status, messageOf(wrong)]).toEqual([400, expect.stringContaining('MD5')]);
    expect((await put(made.manifestUrl, made.manifest)).status).toBe(200);
    const refused = await graphql(commit, { input: { artifactID: made.id } });
    expect([refused.status >= 400, refused.status < 500]).toEqual([true, true]);
    expect((await put(made.fileUrl!, 'what was meant')).status).toBe(200);
    await data(commit, { input: { artifactID: made.id } });
  });
  test('addresses used again take the same bytes and no others, and are of no use to another draft', async () => {
    const made = await draft('model.bin', 'the first ones');
    const other = await draft('model.bin', 'of the other!!');
    expect((await put(made.fileUrl!, 'the first ones')).status).toBe(200);
    // The client sends again what it had no answer for.
    expect((await put(made.fileUrl!, 'the first ones')).status).toBe(200);
    const wrong = await put(made.fileUrl!, 'of the other!!');
    expect([wrong.status, messageOf(wrong)]).toEqual([400, expect.stringContaining('MD5')]);
    await put(made.manifestUrl, made.manifest);
    // Its manifest is awaited at its own address: another one's does not come in there.
    expect((await put(made.manifestUrl, other.manifest)).status).toBe(400);
    expect((await put(other.manifestUrl, other.manifest)).status).toBe(200);
    const refused = await graphql(commit, { input: { artifactID: other.id } });
    expect([refused.status >= 400 && refused.status < 500, messageOf(refused)]).toEqual([true, expect.stringContaining('model.bin')]);
    await data(commit, { input: { artifactID: made.id } });
    const files = await data<{ artifact: { files: { edges: { node: { directUrl: string } }[] } } }>('query($id: ID!){artifact(id:$id){files{edges{node{directUrl}}}}}', { id: made.id });
    expect((await send('GET', pathOf(files.artifact.files.edges[0]!.node.directUrl))).body).toBe('the first ones');
  });
  test('forged and changed addresses are 403', async () => {
    const made = await draft('model.bin', 'forged');
    const token = pathOf(made.fileUrl!).split('/')[4]!;
    const body = Buffer.from(token.split('.')[0]!, 'base64url').toString('utf8');
    const claims = Buffer.from(body.replace(/"uploadId":\d+/u, '"uploadId":1')).toString('base64url');
    for (const forged of [`${claims}.${token.split('.')[1]}`, `${token.split('.')[0]}.`, 'x', `${token}x`, '..%2f..%2fetc', 'a'.repeat(5000)]) expect([forged.slice(0, 20), (await put(`${url}/api/wandb/uploads/${forged}/x`, 'forged')).status]).toEqual([forged.slice(0, 20), 403]);
    expect(body).not.toContain(key);
  });
  test('a manifest that lists what never came makes no version', async () => {
    const made = await draft('here.bin', 'here', { listed: { 'ghost.bin': 'never sent' } });
    await put(made.fileUrl!, 'here');
    expect((await put(made.manifestUrl, made.manifest)).status).toBe(200);
    const refused = await graphql(commit, { input: { artifactID: made.id } });
    expect([refused.status >= 400 && refused.status < 500, messageOf(refused)]).toEqual([true, expect.stringContaining('ghost.bin')]);
    const found = await data<{ project: { artifactCollectionMembership: null } | null }>('query($n:String!){project(name:"hostile",entityName:""){artifactCollectionMembership(name:$n){id}}}', { n: `${made.name}:latest` });
    expect(found.project?.artifactCollectionMembership ?? null).toBeNull();
  });
  test('a client that dies in the middle leaves nothing that can be seen', async () => {
    const made = await draft('model.bin', 'x'.repeat(100_000));
    await new Promise<void>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => {
        socket.write(`PUT ${pathOf(made.fileUrl!)} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nContent-Length: 100000\r\n\r\n${'x'.repeat(5000)}`, () => socket.destroy());
      });
      socket.on('close', () => resolve());
      socket.on('error', () => undefined);
    });
    await put(made.manifestUrl, made.manifest);
    expect((await graphql(commit, { input: { artifactID: made.id } })).status).toBeGreaterThanOrEqual(400);
    const found = await data<{ project: { artifactCollection: null } | null }>('query($n:String!){project(name:"hostile",entityName:""){artifactCollection(name:$n){id}}}', { n: made.name });
    expect(found.project?.artifactCollection ?? null).toBeNull();
    // And it can go on where it stopped.
    expect((await put(made.fileUrl!, 'x'.repeat(100_000))).status).toBe(200);
    await data(commit, { input: { artifactID: made.id } });
  });
  test('two clients that commit the same version get one', async () => {
    const made = await draft('model.bin', 'committed twice');
    await put(made.fileUrl!, 'committed twice');
    await put(made.manifestUrl, made.manifest);
    const answers = await Promise.all([1, 2, 3].map(() => data<{ commitArtifact: { artifact: { id: string; versionIndex: number } } }>(commit, { input: { artifactID: made.id } })));
    expect(new Set(answers.map((answer) => JSON.stringify(answer.commitArtifact.artifact))).size).toBe(1);
  });
  test('somebody else’s draft is none of one’s own', async () => {
    const made = await draft('model.bin', 'mine');
    await put(made.fileUrl!, 'mine');
    await put(made.manifestUrl, made.manifest);
    expect((await graphql(commit, { input: { artifactID: made.id } }, otherKey)).status).toBe(404);
  });
  test('an address for bytes outlives a restart; with another key in the folder it is 403', async () => {
    const made = await draft('model.bin', 'outlives');
    const upload = pathOf(made.fileUrl!);
    const reopen = async (): Promise<void> => {
      await core.close();
      core = await openCore({ dataDirectory: directory, applicationVersion: '0', log: () => undefined, listen: false, checkOutput: true });
      ({ url, port } = await core.door.start({ slowClientPatience: 1500 }));
    };
    await reopen();
    expect((await put(`${url}${upload}`, 'outlives')).status).toBe(200);
    if (process.platform !== 'win32') expect(statSync(join(directory, 'door.key')).mode & 0o777).toBe(0o600);
    await put(`${url}${pathOf(made.manifestUrl.replace(/^http:\/\/[^/]+/u, url))}`, made.manifest);
    await data(commit, { input: { artifactID: made.id } });
    const other = await draft('model.bin', 'sealed with the key before');
    writeFileSync(join(directory, 'door.key'), 'no key at all');
    await reopen();
    expect((await put(`${url}${new URL(other.fileUrl!).pathname}`, 'sealed with the key before')).status).toBe(403);
    const fresh = await draft('model.bin', 'sealed with the new key');
    expect((await put(fresh.fileUrl!, 'sealed with the new key')).status).toBe(200);
  });
  test('answer without a body: clients never let go of one, and would hold a connection per file', async () => {
    const made = await draft('model.bin', 'no body');
    const reply = await put(made.fileUrl!, 'no body');
    expect([reply.status, reply.body, reply.headers['content-length']]).toEqual([200, '', '0']);
  });
  test('a length that isn’t kept, and an encoding, are refused', async () => {
    const made = await draft('model.bin', 'length');
    expect((await put(made.fileUrl!, 'length', { 'content-encoding': 'gzip' })).status).toBe(400);
    expect((await put(made.fileUrl!, 'length')).status).toBe(200);
  });
});

describe('paths', () => {
  const hostile = ['../up', '..', 'a/../../b', '/etc/passwd', 'a//b', 'a/./b', 'C:\\x', 'a\\b', 'nul\0byte', './x', ''];
  test('inside of artifacts can’t leave their folder', async () => {
    for (const path of hostile) {
      const made = await data<{ createArtifact: { artifact: { id: string } } }>(createArtifact, { input: { entityName: '', projectName: 'hostile', artifactTypeName: 'model', artifactCollectionName: `path-${(count += 1)}`, digest: 'x', digestAlgorithm: 'MANIFEST_MD5' } });
      const reply = await graphql(createFiles, { input: { artifactFiles: [{ artifactID: made.createArtifact.artifact.id, name: path, md5: md5('x').toString('base64') }] } });
      expect([path, reply.status]).toEqual([path, 400]);
    }
  });
  test('that a manifest smuggles in make no version', async () => {
    for (const path of ['../up', '/etc/passwd', 'a/../../b', 'a\\b', 'nul\0byte', 'a//b', '.']) {
      const made = await draft('here.bin', 'here', { listed: { [path]: 'here' } });
      await put(made.fileUrl!, 'here');
      expect((await put(made.manifestUrl, made.manifest)).status).toBe(200);
      const refused = await graphql(commit, { input: { artifactID: made.id } });
      expect([path, refused.status, refused.body.includes('"data":null')]).toEqual([path, 400, true]);
    }
  });
  test('that hide steps in an encoding are refused, other percents are taken as they are', async () => {
    const id = (await draft('model.bin', 'for encodings')).id;
    for (const path of ['%2e%2e%2fup', '..%2f..%2fetc%2fpasswd', '%252e%252e/x', '%c0%ae%c0%ae/x', '．．/fullwidth', '..%5cx', '%00/../x']) {
      const reply = await graphql(createFiles, { input: { artifactFiles: [{ artifactID: id, name: path, md5: md5('x').toString('base64') }] } });
      expect([path, reply.status]).toEqual([path, 400]);
    }
    for (const path of ['a%20b/100%.txt', '%41/%2b', 'c#d?e=f&g.txt', 'é/日本 語.txt']) {
      const made = await draft(path, `content of ${path}`);
      expect([path, (await put(made.fileUrl!, `content of ${path}`)).status]).toEqual([path, 200]);
      await put(made.manifestUrl, made.manifest);
      await data(commit, { input: { artifactID: made.id } });
      const files = await data<{ artifact: { files: { edges: { node: { name: string; directUrl: string } }[] } } }>('query($id: ID!){artifact(id:$id){files{edges{node{name directUrl}}}}}', { id: made.id });
      const [file] = files.artifact.files.edges;
      expect(file?.node.name).toBe(path);
      expect((await send('GET', pathOf(file!.node.directUrl))).body).toBe(`content of ${path}`);
    }
  });
  test('digests that are none are refused by name', async () => {
    const made = await draft('model.bin', 'digests');
    for (const digest of ['', 'x', '../../etc/passwd', '='.repeat(24), Buffer.alloc(15).toString('base64'), Buffer.alloc(17).toString('base64'), Buffer.alloc(16).toString('hex')]) {
      const reply = await graphql(createFiles, { input: { artifactFiles: [{ artifactID: made.id, name: 'other.bin', md5: digest }] } });
      expect([digest, reply.status, messageOf(reply)]).toEqual([digest, 400, expect.stringContaining('other.bin')]);
    }
    const parts = (numbers: readonly number[], hexMD5: string) => graphql(createFiles, { input: { artifactFiles: [{ artifactID: made.id, name: 'parts.bin', md5: md5('parts').toString('base64'), uploadPartsInput: numbers.map((partNumber) => ({ partNumber, hexMD5 })) }] } });
    for (const [numbers, hex] of [[[0], md5('x').toString('hex')], [[-1], md5('x').toString('hex')], [[10_001], md5('x').toString('hex')], [[1], 'no digest'], [[1], '../x']] as const) expect([numbers, hex, (await parts(numbers, hex)).status]).toEqual([numbers, hex, 400]);
  });
  test('names that are paths are no artifacts', async () => {
    for (const name of ['../x', 'a/b', 'a:b', '..', '%2e%2e', 'a\0b', 'x'.repeat(200)]) {
      const reply = await graphql(createArtifact, { input: { entityName: '', projectName: 'hostile', artifactTypeName: 'model', artifactCollectionName: name, digest: 'x', digestAlgorithm: 'MANIFEST_MD5' } });
      expect([name.slice(0, 20), reply.status]).toEqual([name.slice(0, 20), 400]);
    }
  });
  test('of files of runs are looked up by name, in no folder', async () => {
    await data('mutation($input: UpsertBucketInput!){upsertBucket(input:$input){inserted}}', { input: { name: 'paths', modelName: 'hostile' } });
    const root = (await data<{ viewer: { entity: string } }>('{viewer{entity}}')).viewer.entity;
    for (const path of ['../../../../etc/passwd', '..%2f..%2fetc%2fpasswd', '%2e%2e/%2e%2e/etc/passwd', '..%5c..%5cx', '%00', '....//....//etc/passwd']) {
      const reply = await send('GET', `/files/${encodeURIComponent(root)}/hostile/paths/${path}`, { headers: basic(key) });
      expect([path, [400, 404].includes(reply.status)]).toEqual([path, true]);
    }
    const files = await graphql('mutation($input: CreateRunFilesInput!){createRunFiles(input:$input){files{uploadUrl}}}', { input: { entityName: root, projectName: 'hostile', runName: 'paths', files: ['../../evil'] } });
    const address = (JSON.parse(files.body) as { data: { createRunFiles: { files: { uploadUrl: string }[] } } | null }).data?.createRunFiles.files[0]?.uploadUrl;
    if (address !== undefined) expect((await put(address, 'evil')).status).toBe(400);
  });
  test('of /artifactsV2 are digests and ids, nothing else', async () => {
    for (const path of ['/artifactsV2/default/a/b/c/x/y/z', `/artifactsV2/default/root/hostile/c/${encodeURIComponent(globalId('Artifact', 1))}/${'0'.repeat(32)}/f`, `/artifactsV2/default/..%2f/b/c/${encodeURIComponent(globalId('Artifact', 999_999))}/${'f'.repeat(32)}/..%2f..%2fx`]) {
      expect([path, (await send('GET', path, { headers: basic(key) })).status]).toEqual([path, 404]);
      expect([path, (await send('GET', path)).status]).toEqual([path, 401]);
    }
  });
});
