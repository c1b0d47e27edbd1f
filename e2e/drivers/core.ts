/** A real core process without a window, spoken to over its IPC channel. */
import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { createInbox } from '../../electron/core/host/inbox.ts';
import { createClient, VitrineError, type CoreClient, type SerializedError, type Transport } from '#shared/contract/index.ts';

export type CoreProcess = {
  readonly client: CoreClient;
  readonly process: ChildProcess;
  /** Ends it in order. */
  stop(): Promise<void>;
  /** Ends it at once, as a crash does. */
  kill(): Promise<void>;
};

export type CoreProcessOptions = {
  readonly nodePath: string;
  readonly root: string;
  readonly directory: string;
  /** Whether every answer is held against the contract. Off for benchmarks. */
  readonly checkOutput?: boolean;
  /** Whether other processes may come in through the local socket. */
  readonly listen?: boolean;
};

type FromCore = { readonly core: unknown } | { readonly ready: unknown } | { readonly fatal: SerializedError };

/** Starts `dist/core/node.js` on a folder. Throws what core says when it can't open it. */
export async function startCore(options: CoreProcessOptions): Promise<CoreProcess> {
  const child = fork(join(options.root, 'dist/core/node.js'), [], {
    execPath: options.nodePath,
    execArgv: [],
    serialization: 'advanced',
    env: { ...process.env, ELECTRON_RUN_AS_NODE: '1', VITRINE_TEST: options.checkOutput === true ? '1' : '0' },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const inbox = createInbox();
  const transport: Transport = {
    post: (message) => void child.send({ core: message }),
    onMessage: inbox.onMessage,
    onClose: (listener) => void child.once('exit', listener),
    close: () => undefined,
  };
  await new Promise<void>((resolve, reject) => {
    child.on('message', (message: FromCore) => {
      if ('core' in message) inbox.deliver(message.core);
      else if ('ready' in message) resolve();
      else reject(VitrineError.from(message.fatal));
    });
    child.once('exit', (code, signal) => reject(new Error(`Core ended before it was ready (${signal ?? code})`)));
    child.once('error', reject);
    child.send({ directory: options.directory, listen: options.listen ?? false });
  });
  const client = createClient(transport);
  return {
    client,
    process: child,
    async stop() {
      if (child.connected) child.send({ stop: true });
      await exited;
    },
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
