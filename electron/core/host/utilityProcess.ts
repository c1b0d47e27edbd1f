/** Core as Electron's utility process: the parent speaks the host protocol and hands over the windows' ports. */
import { hostProtocolVersion, type CoreHostMessage, type HostMessage } from '#shared/contract/hostProtocol.ts';
import { VitrineError } from '#shared/contract/errors.ts';
import { serializeFailure } from './serializeFailure.ts';
import { openCore, type Core } from './core.ts';
import { createLog } from './log.ts';
import { transportOverPort, type PortLike } from './messagePort.ts';
import { parentVault } from './vault.ts';

/** Electron's addition to `process` in a utility process; core does not import `electron`, so its shape is stated here. */
type ParentPort = {
  on(event: 'message', listener: (event: { readonly data: HostMessage; readonly ports: readonly PortLike[] }) => void): void;
  postMessage(message: CoreHostMessage): void;
};
const parent = (process as unknown as { readonly parentPort: ParentPort }).parentPort;
const log = createLog((line) => process.stderr.write(line), process.env['VITRINE_DEBUG'] === '1' ? 'debug' : 'info');

const secrets = parentVault((message) => parent.postMessage(message));

let core: Core | null = null;
let starting = false;
const waitingPorts: PortLike[] = [];

function serve(port: PortLike): void {
  if (core === null) {
    waitingPorts.push(port);
    return;
  }
  core.connect(transportOverPort(port, (event) => (event as { readonly data: unknown }).data), 'window');
}

async function start(message: Extract<HostMessage, { readonly t: 'start' }>): Promise<void> {
  if (starting) return;
  starting = true;
  try {
    if (message.protocol !== hostProtocolVersion) throw new VitrineError('unexpected', { details: { explanation: 'The two halves of the application are of different versions.' } });
    const opened = await openCore({
      dataDirectory: message.dataDirectory,
      applicationVersion: message.applicationVersion,
      log,
      vault: secrets.vault,
      listen: true,
      answerFirst: true,
      notify: (notification) => parent.postMessage({ t: 'notify', ...notification }),
      // A command line that is at work on the catalog is done in a moment, and lets go of it then.
      waitForOwner: 15_000,
      checkOutput: process.env['VITRINE_TEST'] === '1',
      onStep: (step, done, total) => parent.postMessage({ t: 'progress', step, done, total }),
    });
    if (message.sample && !opened.readOnly) {
      const { output } = await opened.run('catalog.status', {}, {});
      if ((output as { readonly empty: boolean }).empty) {
        parent.postMessage({ t: 'progress', step: 'sampling', done: null, total: null });
        await opened.run('catalog.addSample', {}, { report: (progress) => parent.postMessage({ t: 'progress', step: 'sampling', done: progress.done, total: progress.total }) });
      }
    }
    core = opened;
    parent.postMessage({ t: 'ready', dataDirectory: opened.dataDirectory, readOnly: opened.readOnly, rev: opened.rev() });
    for (const port of waitingPorts.splice(0)) serve(port);
  } catch (thrown) {
    parent.postMessage({ t: 'fatal', error: serializeFailure(thrown, 'start', log) });
    // The message must leave before the process does; nothing else holds it.
    setTimeout(() => process.exit(1), 200);
  }
}

async function stop(): Promise<void> {
  await core?.close();
  parent.postMessage({ t: 'stopped' });
  setTimeout(() => process.exit(0), 50);
}

parent.on('message', ({ data, ports }) => {
  switch (data.t) {
    case 'start':
      void start(data);
      return;
    case 'connect': {
      const port = ports[0];
      if (port !== undefined) serve(port);
      return;
    }
    case 'stop':
      void stop();
      return;
    case 'secret':
      secrets.answered(data);
      return;
  }
});

// A Ctrl-C or an end of the session reaches every process of the app at once; core ends when its parent says so, in order, and with it.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);

process.on('unhandledRejection', (reason) => {
  serializeFailure(reason, 'unhandledRejection', log);
});
