/** The supervisor over real threads and real ports: a worker stands where Electron's utility process stands in the app. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MessageChannel, Worker, type MessagePort } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { StartupFacts } from '#shared/contract/bridge.ts';
import { createClient } from '#shared/contract/client.ts';
import { transportOverPort } from '#shared/contract/corePorts.ts';
import type { CoreHostMessage, HostMessage } from '#shared/contract/hostProtocol.ts';
import { createCoreSupervisor, type CoreProcess, type CoreSupervisor } from './coreSupervisor.ts';
import { openJournal } from './journal.ts';

/** A core that keeps the host protocol; `behaviour` says how it misbehaves. */
const program = `
const { parentPort, workerData } = require('node:worker_threads');
const say = (message) => parentPort.postMessage(message);
parentPort.on('message', ({ message, ports }) => {
  if (message.t === 'start') {
    process.stderr.write('started on ' + message.dataDirectory + '\\n');
    if (workerData === 'falls') process.exit(9);
    if (workerData === 'newer') {
      say({ t: 'fatal', error: { code: 'catalog_newer', details: { found: 90 }, retryable: false } });
      setTimeout(() => process.exit(1), 20);
      return;
    }
    say({ t: 'progress', step: 'migrating', done: 1, total: 3 });
    say({ t: 'secret', id: 1, action: 'seal', name: 'remote', text: 'hush' });
    say({ t: 'notify', title: 'moved', text: '', address: null });
    say({ t: 'something-new' });
    say({ t: 'ready', dataDirectory: message.dataDirectory, readOnly: false, rev: 7 });
  }
  if (message.t === 'connect') {
    const [port] = ports;
    port.on('message', (request) => {
      if (request.t !== 'request') return;
      if (request.input.fall) process.exit(3);
      port.postMessage({ t: 'ok', id: request.id, output: { thread: require('node:worker_threads').threadId }, undo: null, rev: 7 });
    });
    port.postMessage({ t: 'hello', protocol: 1, rev: 7, readOnly: false });
  }
  if (message.t === 'stop' && workerData !== 'deaf') {
    say({ t: 'stopped' });
    process.exit(0);
  }
});
`;

function launchWorker(behaviour: string): CoreProcess<MessagePort> {
  const worker = new Worker(program, { eval: true, workerData: behaviour, stderr: true });
  return {
    post: (message: HostMessage, ports = []) => worker.postMessage({ message, ports: [...ports] }, [...ports]),
    onMessage: (listener) => void worker.on('message', (message: CoreHostMessage) => listener(message)),
    onExit: (listener) => void worker.once('exit', listener),
    onOutput: (listener) => void worker.stderr.on('data', (text: Buffer) => listener(String(text))),
    kill: () => void worker.terminate(),
  };
}

let folder: string;
let supervisor: CoreSupervisor<MessagePort> | undefined;
let facts: StartupFacts[];
let secrets: unknown[];
let notified: unknown[];
let behaviours: string[];
let waiting: (() => void)[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vitrine-supervisor-'));
  facts = [];
  secrets = [];
  notified = [];
  behaviours = [];
  waiting = [];
});
afterEach(async () => {
  await supervisor?.stop();
  supervisor = undefined;
  rmSync(folder, { recursive: true });
});

function supervise(onLaunched: () => void = () => {}, stopTimeout?: number): CoreSupervisor<MessagePort> {
  supervisor = createCoreSupervisor<MessagePort>({
    launch: () => launchWorker(behaviours.shift() ?? 'well'),
    dataDirectory: folder,
    sample: false,
    applicationVersion: '0.0.0',
    journal: openJournal(join(folder, 'logs'), { testMode: false }),
    onNotify: (notification) => { notified.push(notification); },
    secrets: { answer: (request) => { secrets.push(request); return null; } },
    onFacts: (next) => {
      facts.push(next);
      waiting.forEach((look) => look());
    },
    onLaunched,
    ...(stopTimeout === undefined ? {} : { stopTimeout }),
  });
  return supervisor;
}

function phase(name: StartupFacts['phase'], times = 1): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (facts.filter((each) => each.phase === name).length < times) return;
      waiting = waiting.filter((each) => each !== look);
      resolve();
    };
    waiting.push(look);
    look();
  });
}

describe('the supervisor', () => {
  test('starts core, tells of its progress, keeps its output and its secrets, shows its notifications', async () => {
    supervise().start();
    await phase('ready');
    expect(facts).toEqual([{ phase: 'starting', step: 'migrating', done: 1, total: 3 }, { phase: 'ready', dataDirectory: folder, readOnly: false }]);
    expect(secrets).toEqual([{ t: 'secret', id: 1, action: 'seal', name: 'remote', text: 'hush' }]);
    expect(notified).toEqual([{ t: 'notify', title: 'moved', text: '', address: null }]);
    await supervisor?.stop();
    expect(readFileSync(join(folder, 'logs', 'core.log'), 'utf8')).toBe(`started on ${folder}\n`);
    expect(readFileSync(join(folder, 'logs', 'main.log'), 'utf8')).not.toContain('hush');
  });

  test('gives windows a new port after a fall; a query asked meanwhile is answered, a command is not repeated', async () => {
    const client = createClient();
    const held: { close(): void }[] = [];
    supervise(() => {
      for (const each of held.splice(0)) each.close();
      const { port1, port2 } = new MessageChannel();
      expect(supervisor?.connect(port1)).toBe(true);
      const transport = transportOverPort(port2);
      held.push(transport);
      client.attach(transport);
    }).start();
    const ask = (input: object) => client.query('catalog.status', input as never) as Promise<unknown> as Promise<{ readonly thread: number }>;
    const before = await ask({});
    const command = client.execute('catalog.backup', { fall: true } as never);
    const query = ask({});
    await expect(command).rejects.toMatchObject({ code: 'core_restarted' });
    expect((await query).thread).not.toBe(before.thread);
    expect(facts.map((each) => each.phase)).toEqual(['starting', 'ready', 'restarting', 'starting', 'ready']);
    client.close();
  });

  test('leaves core down after too many falls, until a person asks', async () => {
    behaviours = Array<string>(6).fill('falls');
    supervise().start();
    await phase('failed');
    expect(facts.map((each) => each.phase)).toEqual([...Array<string>(5).fill('restarting'), 'failed']);
    expect(facts.at(-1)).toMatchObject({ error: { code: 'core_unavailable', details: { exitCode: 9 } }, dataDirectory: folder });
    expect(supervisor?.connect(new MessageChannel().port1)).toBe(false);
    supervisor?.retry();
    await phase('ready');
    expect(supervisor?.facts.phase).toBe('ready');
  });

  test('does not start core again on a catalog that it can not work with, until a person asks', async () => {
    behaviours = ['newer'];
    let launched = 0;
    supervise(() => { launched += 1; }).start();
    await phase('failed');
    expect(facts.at(-1)).toEqual({ phase: 'failed', dataDirectory: folder, error: { code: 'catalog_newer', details: { found: 90 }, retryable: false } });
    // Asked while the old one is still on its way out.
    supervisor?.retry();
    await phase('ready');
    expect(launched).toBe(2);
  });

  test('kills a core that does not end', async () => {
    behaviours = ['deaf'];
    supervise(undefined, 50).start();
    await phase('ready');
    await supervisor?.stop();
    expect(readFileSync(join(folder, 'logs', 'main.log'), 'utf8')).toContain('did not end in time');
  });

  test('stays down once stopped', async () => {
    supervise().start();
    await phase('ready');
    await supervisor?.stop();
    supervisor?.start();
    supervisor?.retry();
    expect(supervisor?.connect(new MessageChannel().port1)).toBe(false);
  });
});
