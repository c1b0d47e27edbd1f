/** The command line's way to a catalog: through the core that owns it when one runs, else as its owner for as long as the command lasts. */
import { homedir } from 'node:os';
import path from 'node:path';
import { chooseDataDirectory } from '#shared/contract/dataDirectory.ts';
import { createClient, isVitrineError, type CoreClient, type Transport } from '#shared/contract/index.ts';
import { openCore, type Core } from '../host/core.ts';
import { createLog } from '../host/log.ts';
import { createTransportPair } from '../host/pair.ts';
import { connectToSocket } from '../host/socket.ts';

export type Session = { readonly client: CoreClient; close(): Promise<void> };

export function dataDirectoryOf(option: string | undefined): string {
  return path.resolve(chooseDataDirectory(option, { platform: process.platform, environment: process.env, homeDirectory: homedir() }));
}

/** Milliseconds that a command waits for an owner who is neither gone nor reachable, such as one that is just ending. */
const patience = 30_000;
const interval = 50;
/** Milliseconds within which an owner that is alive greets. */
const greetingPatience = 10_000;

/** A session with the core that owns the folder; null when none answers. */
export async function connectToRunning(directory: string): Promise<Session | null> {
  let transport: Transport;
  try {
    transport = await connectToSocket(directory);
  } catch (thrown) {
    if (isVitrineError(thrown) && thrown.code === 'core_unavailable') return null;
    throw thrown;
  }
  const client = createClient(transport);
  // An owner that is ending may accept and drop us again: only one that greets is there for us.
  const greeted = await new Promise<boolean>((resolve) => {
    const timer = setTimeout(() => resolve(false), greetingPatience);
    client.onState((state) => {
      clearTimeout(timer);
      resolve(state === 'connected');
    });
  });
  if (!greeted) {
    client.close();
    return null;
  }
  // Nobody connects anew: what waits for an answer or for news would wait for ever, and the process end as if all were done. First each call is told what became of it.
  client.onState((state) => {
    if (state === 'disconnected') queueMicrotask(() => client.close());
  });
  return {
    client,
    close: () => {
      client.close();
      return Promise.resolve();
    },
  };
}

/** A session for one command. While it is the owner, other commands may come in through it, and it stays until they are done. */
export async function openSession(directory: string, applicationVersion: string): Promise<Session> {
  const until = performance.now() + patience;
  for (;;) {
    const running = await connectToRunning(directory);
    if (running !== null) return running;
    try {
      // Only failures are worth a line here; what the command itself has to say goes to standard output.
      return sessionOf(await openCore({ dataDirectory: directory, applicationVersion, listen: true, passing: true, log: createLog((line) => process.stderr.write(line), 'error') }));
    } catch (thrown) {
      // Another one became the owner between the two looks, or is about to end.
      if (!isVitrineError(thrown) || thrown.code !== 'catalog_locked' || performance.now() >= until) throw thrown;
      await new Promise((resolve) => setTimeout(resolve, interval));
    }
  }
}

function sessionOf(core: Core): Session {
  if (core.recovery !== null) {
    const { damagedFile, backup } = core.recovery;
    process.stderr.write(`The catalog file was damaged. It is kept as ${damagedFile}, and an empty catalog was begun. ${backup === null ? 'There is no backup.' : 'The newest backup is put in its place by: vitrine restore'}\n`);
  }
  const [ours, theirs] = createTransportPair();
  core.connect(theirs, 'cli');
  const client = createClient(ours);
  return {
    client,
    async close() {
      client.close();
      if (core.guests > 0 && process.stderr.isTTY) process.stderr.write('Done; other commands that use the catalog through this one are still at work.\n');
      await core.untilGuestsLeft();
      await core.close();
    },
  };
}
