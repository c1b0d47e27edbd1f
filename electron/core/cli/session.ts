/** The command line's way to a catalog: through the core that owns it when one runs, else as its owner for as long as the command lasts. */
import { homedir } from 'node:os';
import path from 'node:path';
import { createClient, defaultDataFolder, isVitrineError, type CoreClient, type Transport } from '#shared/contract/index.ts';
import { openCore, type Core } from '../host/core.ts';
import { createLog } from '../host/log.ts';
import { createTransportPair } from '../host/pair.ts';
import { connectToSocket } from '../host/socket.ts';

export type Session = { readonly client: CoreClient; close(): Promise<void> };

export function dataDirectoryOf(option: string | undefined): string {
  return path.resolve(option ?? defaultDataFolder({ platform: process.platform, environment: process.env, home: homedir() }));
}

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
  return {
    client,
    close: () => {
      client.close();
      return Promise.resolve();
    },
  };
}

export async function openSession(directory: string, applicationVersion: string): Promise<Session> {
  const running = await connectToRunning(directory);
  if (running !== null) return running;
  let core: Core;
  try {
    // Only failures are worth a line here; what the command itself has to say goes to standard output.
    core = await openCore({ dataDirectory: directory, applicationVersion, listen: true, log: createLog((line) => process.stderr.write(line), 'error') });
  } catch (thrown) {
    // Another one may have become the owner between the two looks.
    if (isVitrineError(thrown) && thrown.code === 'catalog_locked') {
      const second = await connectToRunning(directory);
      if (second !== null) return second;
    }
    throw thrown;
  }
  const [ours, theirs] = createTransportPair();
  core.connect(theirs, 'cli');
  const client = createClient(ours);
  return {
    client,
    async close() {
      client.close();
      await core.close();
    },
  };
}
