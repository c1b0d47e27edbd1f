/** `vitrine serve`: core without a window, until told to stop. Beside an open window, the window's own core opens its door instead. */
import { createLog } from '../host/log.ts';
import { openCore, type Core } from '../host/core.ts';
import { isVitrineError, VitrineError, type OutputOf } from '#shared/contract/index.ts';
import { interruption } from './interruption.ts';
import { connectToRunning } from './session.ts';

export type ServeOptions = {
  readonly dataDirectory: string;
  readonly host: string;
  readonly port: number;
  readonly json: boolean;
  readonly sample: boolean;
  readonly applicationVersion: string;
  /** Names beside the machine's own under which the door may be called. */
  readonly allowedHosts: readonly string[];
  readonly tls: { readonly certFile: string; readonly keyFile: string } | null;
  /** Milliseconds for requests under way, uploads above all, once told to stop. */
  readonly grace: number;
};

/** Resolves when it has stopped, after SIGTERM or SIGINT. Throws `catalog_locked` when another process owns the folder and opens no door. */
export async function serve(options: ServeOptions): Promise<void> {
  // Asked to stop before it stands, it must still end in order.
  const stopAsked = new Promise<void>((resolve) => {
    if (interruption.aborted) resolve();
    else interruption.addEventListener('abort', () => resolve(), { once: true });
  });
  let core: Core | null = null;
  const until = performance.now() + patience;
  while (core === null) {
    try {
      core = await openCore({ dataDirectory: options.dataDirectory, applicationVersion: options.applicationVersion, log: createLog((line) => process.stderr.write(line)), listen: true });
    } catch (thrown) {
      if (!isVitrineError(thrown) || thrown.code !== 'catalog_locked') throw thrown;
      if ((await serveThroughRunning(options, stopAsked)) === 'served') return;
      // A command at work on the catalog opens no door for us; it is soon done.
      if (performance.now() >= until) throw thrown;
      if ((await Promise.race([stopAsked.then(() => 'stop' as const), new Promise((resolve) => setTimeout(resolve, interval))])) === 'stop') return;
    }
  }
  try {
    if (options.sample) {
      const { output } = await core.run('catalog.status', {}, {});
      if ((output as OutputOf<'catalog.status'>).empty) await core.run('catalog.addSample', {}, {});
    }
    const made = core.readOnly || hasUsableKey((await core.run('keys.list', {}, {})).output as OutputOf<'keys.list'>) ? null : ((await core.run('keys.create', { name: keyName }, {})).output as OutputOf<'keys.create'>);
    const { url } = await core.door.start({ host: options.host, port: options.port, allowedHosts: options.allowedHosts, ...(options.tls === null ? {} : { tls: options.tls }) });
    announce(options, core.dataDirectory, url, made?.key ?? null);
    await stopAsked;
    // Before anything is cut off: what is being uploaded may still arrive.
    await core.door.stop({ grace: options.grace });
  } finally {
    await core.close();
  }
}

const keyName = 'serve';
/** Milliseconds to wait for an owner that can't open a door, and between two looks. */
const patience = 60_000;
const interval = 50;

function hasUsableKey(keys: OutputOf<'keys.list'>): boolean {
  const now = Date.now();
  return keys.items.some((key) => key.revokedAt === null && (key.expiresAt === null || Date.parse(key.expiresAt) > now));
}

function announce(options: ServeOptions, directory: string, url: string, key: string | null): void {
  if (options.json) {
    process.stdout.write(`${JSON.stringify({ url, apiKey: key })}\n`);
    return;
  }
  process.stdout.write(`Serving ${directory} at ${url}\n`);
  process.stdout.write(key === null ? 'Use a key you have, or make one with: vitrine key create NAME\n' : `API key (shown this once): ${key}\n`);
}

/** The owner of the folder opens its door for us, and closes it when we are told to stop, unless it was open before. */
async function serveThroughRunning(options: ServeOptions, stopAsked: Promise<void>): Promise<'served' | 'no door'> {
  const session = await connectToRunning(options.dataDirectory);
  if (session === null) return 'no door';
  try {
    const { client } = session;
    if (options.host !== '127.0.0.1') throw new VitrineError('blocked', { details: { explanation: 'A Vitrine with this catalog is open; beside it the server listens on 127.0.0.1 only. Close it to serve on another address.' } });
    if (options.tls !== null || options.allowedHosts.length > 0) throw new VitrineError('blocked', { details: { explanation: 'A Vitrine with this catalog is open; beside it the server runs without TLS and under this machine’s own names. Close it to serve otherwise.' } });
    if (options.sample && (await client.query('catalog.status', {})).empty) await client.execute('catalog.addSample', {});
    let before: string | null;
    try {
      before = (await client.query('door.status', {})).url;
    } catch (thrown) {
      if (isVitrineError(thrown) && thrown.code === 'core_unavailable') return 'no door';
      throw thrown;
    }
    const { output } = await client.execute('door.start', { port: options.port });
    const made = hasUsableKey(await client.query('keys.list', {})) ? null : (await client.execute('keys.create', { name: keyName })).output.key;
    announce(options, options.dataDirectory, output.url, made);
    const ended = new Promise<void>((resolve) => client.onState((state) => {
      if (state === 'disconnected') resolve();
    }));
    await Promise.race([stopAsked, ended]);
    if (before === null && client.state === 'connected') await client.execute('door.stop', {});
    return 'served';
  } finally {
    await session.close();
  }
}
