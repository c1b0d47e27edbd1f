/**
 * Keeps core running: starts it, hands it the windows' ports, starts it again when it falls, and ends it in order. Main is not in the way
 * of data: once a port is handed over, window and core speak directly.
 */
import type { SerializedError } from '#shared/contract/errors.ts';
import type { StartupFacts } from '#shared/contract/bridge.ts';
import { hostProtocolVersion, type CoreHostMessage, type HostMessage } from '#shared/contract/hostProtocol.ts';
import type { Journal, LogFile } from './journal.ts';
import { createRestartPolicy } from './restartPolicy.ts';
import type { Secrets } from './secrets.ts';

/** A running core as the supervisor sees it: Electron's utility process, or in tests a worker thread. */
export type CoreProcess<Port> = {
  post(message: HostMessage, ports?: readonly Port[]): void;
  onMessage(listener: (message: CoreHostMessage) => void): void;
  /** Called once, when it is gone; `code` as the platform gives it. */
  onExit(listener: (code: number) => void): void;
  onOutput(listener: (text: string) => void): void;
  kill(): void;
};

export type SupervisorOptions<Port> = {
  readonly launch: () => CoreProcess<Port>;
  readonly dataDirectory: string;
  readonly sample: boolean;
  readonly applicationVersion: string;
  readonly journal: Journal;
  readonly secrets: Secrets;
  /** Core asks for a notification of the system. */
  readonly onNotify: (notification: Extract<CoreHostMessage, { readonly t: 'notify' }>) => void;
  /** Told of every change of the facts. */
  readonly onFacts: (facts: StartupFacts) => void;
  /** Core was started (for the first time or again): every window needs a port of it. */
  readonly onLaunched: () => void;
  /** Milliseconds that an orderly end may take. */
  readonly stopTimeout?: number;
};

export type CoreSupervisor<Port> = {
  readonly facts: StartupFacts;
  start(): void;
  /** Hands over a window's port; false when there is no core that could take it (the window gets one when there is). */
  connect(port: Port): boolean;
  /** Starts core once more after it failed. */
  retry(): void;
  /** Ends core in order, or by force when it does not answer in time. Resolves when it is gone. */
  stop(): Promise<void>;
};

export function createCoreSupervisor<Port>(options: SupervisorOptions<Port>): CoreSupervisor<Port> {
  const { journal, dataDirectory } = options;
  const log: LogFile = journal.file('core.log');
  const policy = createRestartPolicy();
  let facts: StartupFacts = { phase: 'starting', step: null, done: null, total: null };
  let process: CoreProcess<Port> | null = null;
  let fatal: SerializedError | null = null;
  let connections = 0;
  let stopping = false;
  let restartTimer: NodeJS.Timeout | null = null;
  const waitingForEnd: (() => void)[] = [];

  function tell(next: StartupFacts): void {
    facts = next;
    options.onFacts(next);
  }

  function launch(): void {
    restartTimer = null;
    fatal = null;
    let launched: CoreProcess<Port>;
    try {
      launched = options.launch();
    } catch (thrown) {
      journal.error('core can not be started', { error: String(thrown) });
      tell({ phase: 'failed', dataDirectory, error: { code: 'core_unavailable', details: { explanation: 'The part that keeps the catalog can’t be started.' }, retryable: true } });
      return;
    }
    process = launched;
    launched.onOutput((text) => log.write(text));
    launched.onMessage((message) => {
      if (process === launched) receive(launched, message);
    });
    launched.onExit((code) => {
      if (process === launched) ended(code);
    });
    launched.post({ t: 'start', protocol: hostProtocolVersion, dataDirectory, sample: options.sample, applicationVersion: options.applicationVersion });
    options.onLaunched();
  }

  function receive(from: CoreProcess<Port>, message: CoreHostMessage): void {
    switch (message.t) {
      case 'progress':
        tell({ phase: 'starting', step: message.step, done: message.done, total: message.total });
        return;
      case 'ready':
        journal.info('core is ready', { readOnly: message.readOnly, rev: message.rev });
        journal.fact('core-ready', { dataDirectory: message.dataDirectory, readOnly: message.readOnly });
        tell({ phase: 'ready', dataDirectory: message.dataDirectory, readOnly: message.readOnly });
        return;
      case 'fatal':
        fatal = message.error;
        journal.error('core can not work with this catalog', { code: message.error.code, details: message.error.details });
        journal.fact('core-failed', { code: message.error.code });
        tell({ phase: 'failed', dataDirectory, error: message.error });
        return;
      case 'secret': {
        const text = options.secrets.answer(message);
        from.post({ t: 'secret', id: message.id, text });
        return;
      }
      case 'notify':
        options.onNotify(message);
        return;
      case 'stopped':
        return;
      default:
        // The other half is newer than this one: what it says beyond the agreement is not for us.
        return;
    }
  }

  function ended(code: number): void {
    process = null;
    journal.info('core ended', { code });
    journal.fact('core-exited', { code });
    // Before those who waited are called: one of them may start the next.
    const foreseen = stopping || fatal !== null;
    for (const resolve of waitingForEnd.splice(0)) resolve();
    if (foreseen) return;
    const delay = policy.next(Date.now());
    if (delay === null) {
      journal.error('core fell too often and stays down', { falls: policy.attempt });
      journal.fact('core-failed', { code: 'core_unavailable' });
      tell({ phase: 'failed', dataDirectory, error: { code: 'core_unavailable', details: { explanation: `It fell ${policy.attempt} times within a minute.`, exitCode: code }, retryable: true } });
      return;
    }
    tell({ phase: 'restarting', attempt: policy.attempt });
    restartTimer = setTimeout(launch, delay);
  }

  return {
    get facts() {
      return facts;
    },
    start() {
      if (process === null && restartTimer === null && !stopping) launch();
    },
    connect(port) {
      if (process === null || fatal !== null) return false;
      connections += 1;
      process.post({ t: 'connect', connection: connections, entrance: 'window' }, [port]);
      return true;
    },
    retry() {
      if (facts.phase !== 'failed' || stopping) return;
      policy.reset();
      tell({ phase: 'starting', step: null, done: null, total: null });
      // After `fatal` the old one may still be on its way out; its folder must be free first.
      if (process === null) launch();
      else waitingForEnd.push(launch);
    },
    stop() {
      stopping = true;
      if (restartTimer !== null) clearTimeout(restartTimer);
      waitingForEnd.length = 0;
      const running = process;
      if (running === null) return Promise.resolve();
      return new Promise((resolve) => {
        const timer = setTimeout(() => {
          journal.warn('core did not end in time and is killed');
          running.kill();
        }, options.stopTimeout ?? 8_000);
        waitingForEnd.push(() => {
          clearTimeout(timer);
          resolve();
        });
        running.post({ t: 'stop' });
      });
    },
  };
}
