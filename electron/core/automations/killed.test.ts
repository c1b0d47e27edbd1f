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
const events = Number(process.env['VITRINE_DELIVERIES'] ?? 400);
let directory: string | undefined;
const running: ChildProcess[] = [];
afterEach(async () => {
  for (const child of running) child.kill('SIGKILL');
  if (directory !== undefined) await rm(directory, { recursive: true, force: true });
});

it(`loses none of ${events} events over kill -9, and says what may have come twice`, { timeout: 180_000 }, async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'vitrine-killed-'));
  const data = path.join(directory, 'data');
  const receiver = await startReceiver();
  const open = (): Promise<Core> => openCore({ dataDirectory: data, applicationVersion: '0', listen: false, log: () => undefined });
  const prepare = await open();
  const run = async (core: Core, name: string, input: unknown): Promise<unknown> => (await core.run(name, input, { entrance: 'window' })).output;
  const file = path.join(directory, 'model.bin');
  await writeFile(file, 'x');
  const { versionId } = (await run(prepare, 'versions.log', { paths: [file], project: { name: 'train' }, artifact: 'gemma', type: 'model' })) as OutputOf<'versions.log'>;
  await run(prepare, 'allowedHosts.set', { hosts: [receiver.host] });
  await run(prepare, 'automations.create', { definition: { name: 'tell', event: 'tag.added', actions: [{ kind: 'webhook', url: receiver.url, template: '{"tag": "${tag}"}' }] } });
  await prepare.close();

  // Nobody is told before the killing begins: the receiver refuses until all events are in.
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
      for (let each = 0; each < batch; each++) child.send({ core: { t: 'request', id: done + each + 1, operation: 'tags.edit', input: { target: { kind: 'version', id: versionId }, add: [`tag ${done + each}`], remove: [] } } });
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
    const arrived = (): Set<string> => new Set(receiver.received.map((one) => (JSON.parse(one.body) as { tag: string }).tag));
    while (arrived().size < events) await receiver.until(receiver.received.length + 1);
    // Every arrival belongs to an attempt in the log; what came more than once says so.
    let waiting: OutputOf<'deliveries.list'>;
    do waiting = (await run(core, 'deliveries.list', { states: ['waiting', 'sending'], limit: 1 })) as OutputOf<'deliveries.list'>;
    while (waiting.total > 0);
    const { total } = (await run(core, 'deliveries.list', { states: ['done'], limit: 1 })) as OutputOf<'deliveries.list'>;
    expect(total).toBe(events);
    const times = new Map<string, number>();
    for (const one of receiver.received) times.set(String(one.headers['idempotency-key']), (times.get(String(one.headers['idempotency-key'])) ?? 0) + 1);
    const { items } = (await run(core, 'deliveries.list', { states: ['done'], limit: 1000 })) as OutputOf<'deliveries.list'>;
    const twice = [...times.values()].filter((count) => count > 1).length;
    expect(items.filter((one) => one.maybeTwice).length).toBeGreaterThanOrEqual(Math.min(twice, 1));
    expect(times.size).toBe(events);
    // In order, as far as first arrivals go.
    const first = [...arrived()].map((tag) => Number(tag.slice(4)));
    expect(first).toEqual(first.toSorted((left, right) => left - right));
  } finally {
    await core.close();
    await receiver.close();
  }
});
