/** Files on their way into a real store, from a real server that gives parts, or not, or cuts them off. */
import { createHash, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Progress } from '#shared/contract/index.ts';
import type { FetchedFile } from '../../catalog/queries/bytes.ts';
import { Workspace } from '../../store/testing/workspace.ts';
import type { Store } from '../../store/index.ts';
import { RemoteHttp } from '../http.ts';
import type { RemoteBytes } from '../remotes/connector.ts';
import { fetchFiles, type Fetching } from './fetching.ts';
import { Pace, type Clock } from './pace.ts';

const partSize = 64 * 1024;
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

let server: Server;
let http: RemoteHttp;
let workspace: Workspace;
let store: Store;
const contents = new Map<string, Buffer>();
/** Ranges that were asked for, as `path start`; whole files as `path`. */
const asked: string[] = [];
let behave: (path: string, start: number | null, answer: ServerResponse) => 'done' | 'go on' = () => 'go on';
let etag = '"1"';

function serve(incoming: IncomingMessage, answer: ServerResponse): void {
  const path = decodeURIComponent((incoming.url ?? '/').slice(1));
  const bytes = contents.get(path);
  const range = /^bytes=(\d+)-(\d+)$/.exec(incoming.headers.range ?? '');
  const start = range === null ? null : Number(range[1]);
  asked.push(start === null ? path : `${path} ${start}`);
  if (behave(path, start, answer) === 'done') return;
  if (bytes === undefined) return void answer.writeHead(404).end('no');
  if (range === null || start === null) return void answer.writeHead(200).end(bytes);
  const end = Math.min(bytes.length, Number(range[2]) + 1);
  answer.writeHead(206, { 'content-range': `bytes ${start}-${end - 1}/${bytes.length}`, etag }).end(bytes.subarray(start, end));
}

beforeEach(async () => {
  server = createServer(serve);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  http = new RemoteHttp({ name: 'there', base: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, credential: { kind: 'none' }, traffic: { requests: 0, bytesIn: 0, bytesOut: 0 } });
  workspace = new Workspace();
  store = await workspace.open();
  contents.clear();
  asked.length = 0;
  behave = () => 'go on';
  etag = '"1"';
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await workspace[Symbol.asyncDispose]();
});

const fileOf = (path: string, more: Partial<RemoteBytes> = {}): RemoteBytes => {
  const bytes = contents.get(path) ?? Buffer.alloc(0);
  return { path, size: bytes.length, open: (signal) => http.read(`/${encodeURIComponent(path)}`, bytes.length, signal), range: (start, end, signal) => http.range(`/${encodeURIComponent(path)}`, undefined, start, end, signal), ...more };
};

/** What is remembered between two fetches, as the catalog does. */
const kept = new Map<string, FetchedFile>();
beforeEach(() => kept.clear());

function fetching(more: Partial<Fetching> = {}): Fetching {
  return {
    store, pace: new Pace(null), signal: new AbortController().signal, report: () => undefined, before: new Map(kept), partSize, ...more,
    keep: async (files) => {
      for (const file of files) kept.set(file.path, structuredClone(file));
    },
  };
}

async function read(digest: string): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of await store.openReader(digest)) pieces.push(piece);
  return Buffer.concat(pieces);
}

describe('files on their way here', () => {
  test('come whole, small ones and large ones, with their digests, and say how far they are', async () => {
    contents.set('large.bin', randomBytes(partSize * 5 + 123));
    contents.set('empty', Buffer.alloc(0));
    for (let number = 0; number < 30; number++) contents.set(`small/${number}.txt`, randomBytes(100 + number));
    const told: Progress[] = [];
    const files = [...contents.keys()].map((path) => fileOf(path));
    const entries = await fetchFiles(files, fetching({ report: (progress) => told.push(progress) }));
    for (const [path, bytes] of contents) {
      expect(entries.find((entry) => entry.path === path)).toEqual({ path, size: bytes.length, sha256: sha256(bytes), md5: createHash('md5').update(bytes).digest('hex'), reference: null });
      expect((await read(sha256(bytes))).equals(bytes)).toBe(true);
    }
    const total = files.reduce((sum, { size }) => sum + size, 0);
    expect(told.at(-1)).toEqual({ phase: 'fetch', done: total, total, unit: 'bytes', files: { done: files.length, total: files.length }, current: null });
    expect(await store.assemblies()).toEqual([]);
  });

  test('go on where they were cut off, also in another process of the store', async () => {
    const bytes = randomBytes(partSize * 8);
    contents.set('large.bin', bytes);
    contents.set('small.txt', Buffer.from('small'));
    const stop = new AbortController();
    let given = 0;
    behave = (path, start) => {
      if (path === 'large.bin' && start !== null && start > 0) given += 1;
      if (given === 4) stop.abort();
      return 'go on';
    };
    await expect(fetchFiles([fileOf('small.txt'), fileOf('large.bin')], fetching({ signal: stop.signal }))).rejects.toMatchObject({ code: 'cancelled' });
    const counted = kept.get('large.bin')?.parts.map(([start]) => start) ?? [];
    expect(kept.get('large.bin')).toMatchObject({ sha256: null, arrival: expect.any(String) as unknown });
    expect(counted.length).toBeGreaterThan(0);
    expect(counted.length).toBeLessThan(8);
    store = await workspace.reopen(store);
    behave = () => 'go on';
    asked.length = 0;
    const entries = await fetchFiles([fileOf('small.txt'), fileOf('large.bin')], fetching());
    expect(entries.map((entry) => entry.sha256)).toEqual([sha256(Buffer.from('small')), sha256(bytes)]);
    expect(asked.filter((one) => counted.some((start) => one === `large.bin ${start}`)), 'no part twice').toEqual([]);
    expect(asked).not.toContain('small.txt');
    expect(await store.assemblies()).toEqual([]);
  });

  test('begin anew where the file is another one than before', async () => {
    const first = randomBytes(partSize * 4);
    contents.set('large.bin', first);
    const stop = new AbortController();
    behave = (_, start) => {
      if (start === partSize * 3) stop.abort();
      return 'go on';
    };
    await expect(fetchFiles([fileOf('large.bin')], fetching({ signal: stop.signal }))).rejects.toMatchObject({ code: 'cancelled' });
    const second = randomBytes(partSize * 4);
    contents.set('large.bin', second);
    etag = '"2"';
    behave = () => 'go on';
    const [entry] = await fetchFiles([fileOf('large.bin')], fetching());
    expect(entry?.sha256).toBe(sha256(second));
  });

  test('come as a whole where the place gives no parts', async () => {
    const bytes = randomBytes(partSize * 3 + 1);
    contents.set('large.bin', bytes);
    const [entry] = await fetchFiles([fileOf('large.bin', { range: () => Promise.resolve(null) })], fetching());
    expect(entry?.sha256).toBe(sha256(bytes));
    expect(asked).toEqual(['large.bin']);
  });

  test('survive cut connections and servers out of breath within one fetch', async () => {
    const bytes = randomBytes(partSize * 4);
    contents.set('large.bin', bytes);
    contents.set('small.txt', Buffer.from('small'));
    const failed = new Set<string>();
    behave = (path, start, answer) => {
      const one = `${path} ${start}`;
      // The first look at the parts is not one of them: what fails there fails the try.
      if (failed.has(one) || start === 0) return 'go on';
      failed.add(one);
      if (start === partSize) answer.writeHead(206, { 'content-range': `bytes ${start}-${start + partSize - 1}/${bytes.length}`, etag, 'content-length': String(partSize) }).write(bytes.subarray(start, start + 1000), () => answer.destroy());
      else answer.writeHead(503).end('later');
      return 'done';
    };
    const entries = await fetchFiles([fileOf('small.txt'), fileOf('large.bin')], fetching());
    expect(entries.map((entry) => entry.sha256)).toEqual([sha256(Buffer.from('small')), sha256(bytes)]);
    expect(failed.size).toBe(4);
  }, 240_000);

  test('are refused where their bytes are others than were known, and nothing is left of the large one', async () => {
    contents.set('large.bin', randomBytes(partSize * 2 + 5));
    contents.set('small.txt', Buffer.from('small'));
    await expect(fetchFiles([fileOf('large.bin', { sha256: '0'.repeat(64) })], fetching())).rejects.toMatchObject({ code: 'object_damaged', details: { path: 'large.bin', expected: '0'.repeat(64) } });
    await expect(fetchFiles([fileOf('small.txt', { md5: '0'.repeat(32) })], fetching())).rejects.toMatchObject({ code: 'object_damaged' });
    expect(kept.get('large.bin')).toMatchObject({ arrival: null, parts: [] });
    expect(await store.assemblies()).toEqual([]);
  });

  test('are refused where there are more or fewer of them than were listed', async () => {
    contents.set('short', Buffer.from('short'));
    await expect(fetchFiles([fileOf('short', { size: 7, open: (signal) => http.read('/short', 7, signal) })], fetching())).rejects.toMatchObject({ code: 'remote_failed' });
    await expect(fetchFiles([fileOf('short', { size: 2, open: (signal) => http.read('/short', null, signal) })], fetching())).rejects.toMatchObject({ code: 'remote_failed' });
  }, 240_000);
});

describe('a rate', () => {
  test('holds together what comes by several ways', async () => {
    let now = 0;
    const waits: number[] = [];
    const clock: Clock = {
      now: () => now,
      wait: (milliseconds) => {
        waits.push(milliseconds);
        now += milliseconds;
        return Promise.resolve();
      },
    };
    const pace = new Pace(1000, clock);
    const { signal } = new AbortController();
    for (let count = 0; count < 10; count++) await pace.take(500, signal);
    expect(now).toBe(5000);
    expect(waits.every((wait) => wait > 0)).toBe(true);
    pace.rate = null;
    await pace.take(1e12, signal);
    expect(now).toBe(5000);
  });

  test('ends its wait when the work is given up', async () => {
    const stop = new AbortController();
    const waiting = new Pace(1).take(1_000_000, stop.signal);
    stop.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'cancelled' });
  });
});
