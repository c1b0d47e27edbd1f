/** A server that lies: nothing comes of it but words, and the credential goes nowhere else. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { isVitrineError, type RemoteId } from '#shared/contract/index.ts';
import { RemoteHttp } from './http.ts';
import { openReplica, type OpenReplica } from '../operations/testing/replica.ts';

type Lie = (request: IncomingMessage, response: ServerResponse, path: string) => void;

let replica: OpenReplica;
let server: Server;
let url: string;
let lie: Lie = () => undefined;
const elsewhere: string[] = [];
let other: Server;
let otherUrl: string;
let remoteId: RemoteId;

const listening = async (one: Server): Promise<string> => {
  await new Promise<void>((resolve) => one.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(one.address() as AddressInfo).port}`;
};
const json = (response: ServerResponse, value: unknown): void => void response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
const model = (name: string, more: object = {}): object => ({ name, creation_timestamp: 1000, last_updated_timestamp: 2000, description: '', ...more });

beforeAll(async () => {
  replica = await openReplica('ada');
  server = createServer((request, response) => lie(request, response, (request.url ?? '').split('?')[0] ?? ''));
  other = createServer((request, response) => {
    elsewhere.push(JSON.stringify(request.headers));
    response.end('{}');
  });
  [url, otherUrl] = await Promise.all([listening(server), listening(other)]);
  remoteId = (await replica.run('remotes.add', { kind: 'mlflow', name: 'liar', url, registry: 'Liar', credential: { kind: 'token', token: 'secret-token' } })).id;
});
afterAll(async () => {
  await replica.close();
  for (const one of [server, other]) one.closeAllConnections();
  await Promise.all([server, other].map((one) => new Promise((resolve) => one.close(resolve))));
});
beforeEach(() => {
  elsewhere.length = 0;
});

/** What a round says, as code and words. */
async function told(next: Lie, everything = true): Promise<{ readonly code: string; readonly words: string }> {
  lie = next;
  try {
    await replica.run('sync.run', { remoteId, everything });
    return { code: 'none', words: '' };
  } catch (thrown) {
    if (!isVitrineError(thrown)) throw thrown;
    return { code: thrown.code, words: typeof thrown.details['explanation'] === 'string' ? thrown.details['explanation'] : '' };
  }
}
const collections = async (): Promise<number> => (await replica.run('registries.list', {})).items.find((one) => one.name === 'Liar')?.collectionCount ?? -1;

describe('a server that', () => {
  test('leads on to another host gets nothing sent there', async () => {
    const { code, words } = await told((_, response) => void response.writeHead(307, { location: `${otherUrl}/steal` }).end());
    expect(code).toBe('remote_failed');
    expect(words).toContain(otherUrl);
    expect(elsewhere).toEqual([]);
  });

  test('has pages without an end is left: empty ones, ones in a circle', async () => {
    let asked = 0;
    expect(await told((_, response) => json(response, { registered_models: [], next_page_token: `t${asked++}` }))).toMatchObject({ code: 'remote_failed', words: expect.stringContaining('empty pages') as unknown });
    expect(asked).toBeLessThan(60);
    asked = 0;
    expect(await told((_, response) => {
      asked += 1;
      json(response, { registered_models: [model('round')], next_page_token: 'the same' });
    })).toMatchObject({ code: 'remote_failed' });
    expect(asked).toBeLessThan(60);
    expect(await collections()).toBe(0);
  });

  test('answers with a gigabyte is heard for its beginning alone, announced or not', async () => {
    const piece = Buffer.alloc(1024 * 1024, 'x');
    let sent = 0;
    const before = process.memoryUsage().rss;
    const flood = (response: ServerResponse): void => {
      const more = (): void => {
        while (sent < 1024 && !response.destroyed) {
          sent += 1;
          if (!response.write(piece)) {
            response.once('drain', more);
            return;
          }
        }
        response.end();
      };
      more();
    };
    expect(await told((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      flood(response);
    })).toMatchObject({ code: 'remote_failed', words: expect.stringContaining('as one answer') as unknown });
    expect(sent).toBeLessThan(200);
    expect(process.memoryUsage().rss - before).toBeLessThan(600 * 1024 * 1024);
    expect(await told((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': String(1024 ** 3) });
      response.write(piece);
    })).toMatchObject({ code: 'remote_failed' });
  });

  test.each([
    ['no list', { registered_models: 'all of them' }],
    ['rows that are none', { registered_models: [null, 7] }],
    ['a name that is none', { registered_models: [model('x'.repeat(100_000))] }],
    ['a time that is none', { registered_models: [model('a', { creation_timestamp: 'yesterday' })] }],
    ['tags that are none', { registered_models: [model('a', { tags: { a: 1 } })] }],
    ['a version that is none', { registered_models: [model('a', { latest_versions: [{ version: '../../1' }] })] }],
    ['a list instead of an answer', []],
    ['a word', 'ok'],
  ])('answers with %s is told so, and nothing comes in', async (_, answer) => {
    const { code } = await told((_request, response) => json(response, answer));
    expect(code).toBe('remote_failed');
    expect(await collections()).toBe(0);
  });

  test('nests without an end does no harm', async () => {
    const { code } = await told((_, response) => void response.writeHead(200, { 'content-type': 'application/json' }).end('['.repeat(5_000_000)));
    expect(code).toBe('remote_failed');
  });

  test('says that all is gone takes nothing away here while it still gives each by name', async () => {
    const list = (rows: readonly object[]): Lie => (_, response, path) => {
      if (path.endsWith('registered-models/search')) json(response, { registered_models: rows });
      else if (path.endsWith('registered-models/get')) json(response, { registered_model: model('kept') });
      else json(response, { model_versions: [{ name: 'kept', version: '1', creation_timestamp: 1, last_updated_timestamp: 1, status: 'READY', source: 'x' }] });
    };
    expect((await told(list([model('kept')]))).code).toBe('none');
    expect(await collections()).toBe(1);
    expect((await told(list([]))).code).toBe('none');
    const links = await replica.run('links.list', { collectionId: (await replica.run('collections.get', { registry: 'Liar', name: 'kept' })).id });
    expect(links.items).toHaveLength(1);
  });

  test('lists files outside of their folder, or other sizes than it sends, brings nothing here', async () => {
    const [link] = (await replica.run('links.list', { collectionId: (await replica.run('collections.get', { registry: 'Liar', name: 'kept' })).id })).items;
    const fetchFrom = async (files: readonly object[], body: string): Promise<string> => {
      lie = (_, response, path) => {
        if (path.endsWith('get-download-uri')) json(response, { artifact_uri: 'mlflow-artifacts:/1/run/artifacts/model' });
        else if (path.endsWith('/artifacts')) json(response, { files });
        else response.writeHead(200).end(body);
      };
      return replica.run('sync.fetch', { versionIds: [link!.version.id] }).then(() => 'none', (thrown: unknown) => (isVitrineError(thrown) ? thrown.code : String(thrown)));
    };
    expect(await fetchFrom([{ path: '../../../etc/passwd', file_size: 3 }], 'abc')).toBe('path_invalid');
    expect(await fetchFrom([{ path: 'a', file_size: 3 }, { path: 'A', file_size: 3 }, { path: 'a/b', file_size: 3 }], 'abc')).toBe('path_invalid');
    expect(await fetchFrom([{ path: 'w.bin', file_size: 3 }], 'abcdef')).toBe('remote_failed');
    expect(await fetchFrom([{ path: 'w.bin', file_size: 30 }], 'abcdef')).toBe('remote_failed');
    expect((await replica.run('versions.manifest', { id: link!.version.id, limit: 10 })).items.map(({ reference }) => reference !== null)).toEqual([true]);
    expect(await fetchFrom([{ path: 'w.bin', file_size: 6 }], 'abcdef')).toBe('none');
  });
});

test('an answer and a file that drip are left after the time, however lively they are', async () => {
  const timers = new Set<NodeJS.Timeout>();
  lie = (_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    const timer = setInterval(() => response.write(' '), 20);
    timers.add(timer);
    response.once('close', () => clearInterval(timer));
  };
  const http = new RemoteHttp({ name: 'liar', base: url, credential: { kind: 'none' }, traffic: { requests: 0, bytesIn: 0, bytesOut: 0 }, patience: 300 });
  const signal = new AbortController().signal;
  await expect(http.json('/x', { signal })).rejects.toMatchObject({ code: 'remote_unreachable' });
  await expect((async () => {
    for await (const piece of http.read('/file', 1_000_000, signal)) expect(piece.length).toBeGreaterThan(0);
  })()).rejects.toMatchObject({ code: 'remote_unreachable' });
  for (const timer of timers) clearInterval(timer);
});
