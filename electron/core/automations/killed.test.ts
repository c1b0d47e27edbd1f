/** Core is killed again and again while deliveries go out: each event arrives at least once, each attempt is in the log. */
import { fork, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, expect, it } from 'vitest';
import type { OutputOf } from '#shared/contract/index.ts';
import { openCore, type Core } from '../host/core.ts';
import { startReceiver } from './receiver.ts';

const root = path.join(import.meta.dirname, '../../..');
const events = Number(process.env['VITRINE_DELIVERIES'] ?? 10_000);
const tagsPerVersion = 50;
let directory: string | undefined;
const running: ChildProcess[] = [];
afterEach(async () => {
  for (const child of running) child.kill('SIGKILL');
  if (directory !== undefined) await rm(directory, { recursive: true, force: true });
});

it(`loses none of ${events} events over kill -9, and says what may have come twice`, { timeout: Math.max(180_000, events * 60) }, async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'vitrine-killed-'));
  const data = path.join(directory, 'data');
  const receiver = await startReceiver();
  const open = (): Promise<Core> => openCore({ dataDirectory: data, applicationVersion: '0', listen: false, log: () => undefined });
  const prepare = await open();
  const run = async (core: Core, name: string, input: unknown): Promise<unknown> => (await core.run(name, input, { entrance: 'window' })).output;
  // Tags over many versions: what is told of an event names its version's tags, and nobody has ten thousand of them on one.
  const versionIds: number[] = [];
  for (let each = 0; each < Math.ceil(events / tagsPerVersion); each++) {
    const file = path.join(directory, 'model.bin');
    await writeFile(file, String(each));
    const { versionId } = (await run(prepare, 'versions.log', { paths: [file], project: { name: 'train' }, artifact: 'gemma', type: 'model' })) as OutputOf<'versions.log'>;
    versionIds.push(versionId);
  }
  await run(prepare, 'allowedHosts.set', { hosts: [receiver.host] });
  await run(prepare, 'automations.create', { definition: { name: 'tell', event: 'tag.added', actions: [{ kind: 'webhook', url: receiver.url, template: '{"tag": "${tag}"}' }] } });
  await prepare.close();

  // Events in four parts, the core that takes them killed after each while it delivers.
  for (let done = 0; done < events; ) {
    const child = fork(path.join(root, 'dist/core/node.js'), [], { execPath: process.execPath, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    running.push(child);
    await new Promise<void>((resolve) => child.once('message', () => resolve()) && child.send({ directory: data }));
    const batch = Math.min(events - done, Math.ceil(events / 4));
    await new Promise<void>((resolve) => {
      let left = batch;
      child.on('message', (message: { core?: { readonly t: string } }) => {
        if (message.core?.t === 'ok') left -= 1;
        if (left === 0) resolve();
      });
      for (let each = 0; each < batch; each++) child.send({ core: { t: 'request', id: done + each + 1, operation: 'tags.edit', input: { target: { kind: 'version', id: versionIds[Math.floor((done + each) / tagsPerVersion)] }, add: [`tag ${done + each}`], remove: [] } } });
    });
    done += batch;
    const seen = receiver.received.length;
    await receiver.until(Math.min(events, seen + 5));
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
  }

  const core = await open();
  try {
    // First arrivals, in their order.
    const arrived = new Set<string>();
    let looked = 0;
    for (;;) {
      for (; looked < receiver.received.length; looked++) arrived.add((JSON.parse(receiver.received[looked]?.body ?? '') as { tag: string }).tag);
      if (arrived.size === events) break;
      await receiver.until(looked + 1);
    }
    let waiting: OutputOf<'deliveries.list'>;
    do waiting = (await run(core, 'deliveries.list', { states: ['waiting', 'sending'], limit: 1 })) as OutputOf<'deliveries.list'>;
    while (waiting.total > 0);
    const done: OutputOf<'deliveries.list'>['items'] = [];
    for (let cursor: string | null = null; ; ) {
      const page = (await run(core, 'deliveries.list', { states: ['done'], limit: 1000, ...(cursor === null ? {} : { cursor }) })) as OutputOf<'deliveries.list'>;
      done.push(...page.items);
      cursor = page.nextCursor;
      if (cursor === null) break;
    }
    expect(done).toHaveLength(events);
    const times = new Map<string, number>();
    for (const one of receiver.received) times.set(String(one.headers['idempotency-key']), (times.get(String(one.headers['idempotency-key'])) ?? 0) + 1);
    expect(times.size).toBe(events);
    // Nothing left unlogged: an attempt for every arrival, and what came more than once says that it may have.
    const inLog = await Promise.all(done.filter((one) => one.maybeTwice).map(async ({ id }) => (await run(core, 'deliveries.get', { id })) as OutputOf<'deliveries.get'>));
    const more = [...times.values()].filter((count) => count > 1).length;
    expect(inLog.length).toBeGreaterThanOrEqual(more);
    expect(receiver.received.length).toBeLessThanOrEqual(done.reduce((sum, one) => sum + one.attempts, 0));
    for (const { attempts } of inLog) expect(attempts.some((attempt) => attempt.problem === 'Vitrine ended during this attempt: it may have arrived.')).toBe(true);
    const order = [...arrived].map((tag) => Number(tag.slice(4)));
    expect(order).toEqual(order.toSorted((left, right) => left - right));
  } finally {
    await core.close();
    await receiver.close();
  }
});
