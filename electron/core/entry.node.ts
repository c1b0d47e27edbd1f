/**
 * Core as a child of another Node process, over its IPC channel: for tests and benchmarks that want the real process without a window.
 * The parent sends `{ directory }`, gets `{ ready }` or `{ fatal }`, then speaks `ClientMessage`/`CoreMessage` wrapped as `{ core }`.
 */
import type { Transport } from '#shared/contract/index.ts';
import { openCore, type Core } from './host/core.ts';
import { serializeFailure } from './host/serializeFailure.ts';
import { createLog } from './host/log.ts';

const log = createLog((line) => process.stderr.write(line));
let core: Core | null = null;
let deliver: ((message: unknown) => void) | null = null;
let ended: (() => void) | null = null;

type FromParent = { readonly directory: string; readonly listen?: boolean } | { readonly core: unknown } | { readonly stop: true };

const transport: Transport = {
  post: (message) => process.send?.({ core: message }),
  onMessage: (listener) => {
    deliver = listener;
  },
  onClose: (listener) => {
    ended = listener;
  },
  close: () => undefined,
};

process.on('message', (message: FromParent) => {
  if ('core' in message) deliver?.(message.core);
  else if ('stop' in message) void stop();
  else void start(message);
});
process.on('disconnect', () => {
  ended?.();
  void stop();
});

async function start(message: { readonly directory: string; readonly listen?: boolean }): Promise<void> {
  try {
    core = await openCore({ dataDirectory: message.directory, applicationVersion: '0.0.0-test', log, listen: message.listen ?? false, checkOutput: process.env['VITRINE_TEST'] === '1' });
    core.connect(transport, 'window');
    process.send?.({ ready: { rev: core.rev(), readOnly: core.readOnly } });
  } catch (thrown) {
    process.send?.({ fatal: serializeFailure(thrown, 'start', log) });
    process.disconnect();
  }
}

async function stop(): Promise<void> {
  await core?.close();
  process.exit(0);
}
