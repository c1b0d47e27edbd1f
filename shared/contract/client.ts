/**
 * The one client: used by the window, the command line, tests and benchmarks over any transport.
 */
import { type ChangeNotice } from './changes.ts';
import { VitrineError } from './errors.ts';
import { defaultDeadlineMilliseconds, operationFacts } from './facts.ts';
import type { CommandName, InputOf, OperationName, OutputOf, QueryName } from './operations/index.ts';
import type { Progress } from './operation.ts';
import type { CoreMessage, Transport, UndoOffer } from './transport.ts';

/** The part of an `AbortSignal` that is needed; `shared` knows neither Node's nor the window's type of it. */
export type CancelSignal = {
  readonly aborted: boolean;
  addEventListener(type: 'abort', listener: () => void, options?: { readonly once?: boolean }): void;
  removeEventListener(type: 'abort', listener: () => void): void;
};

export type CallOptions = {
  readonly signal?: CancelSignal;
  /** After a cancel, wait for what core says became of it, which may be that it is done, or half of it (`storage.collect`, imports). */
  readonly outcomeOfCancel?: boolean;
  /** Milliseconds; absent: 30 s, none for long operations. */
  readonly deadline?: number;
  readonly onProgress?: (progress: Progress) => void;
  /** Why, kept with the audit event. */
  readonly message?: string;
  /** A query’s answer as another user would have it: for admins of the organization. Commands are refused with it. */
  readonly viewAs?: number;
};

export type CommandResult<Output> = { readonly output: Output; readonly undo: UndoOffer | null; readonly rev: number };

export type ConnectionState = 'connecting' | 'connected' | 'disconnected';

export type CoreClient = {
  /** Asks; throws `VitrineError`. A query cut off by a restart of core is asked once more by itself. */
  query<Name extends QueryName>(name: Name, input: InputOf<Name>, options?: CallOptions): Promise<OutputOf<Name>>;
  /** Acts; throws `VitrineError`. Never repeated by itself: after `core_restarted` look before acting again. */
  execute<Name extends CommandName>(name: Name, input: InputOf<Name>, options?: CallOptions): Promise<CommandResult<OutputOf<Name>>>;
  /** Tells of every change from now on; `null` means that steps may have been missed: forget everything. */
  onChanges(listener: (notice: ChangeNotice | null) => void): () => void;
  onState(listener: (state: ConnectionState) => void): () => void;
  readonly state: ConnectionState;
  /** Puts a new transport under the client, after core was restarted. */
  attach(transport: Transport): void;
  close(): void;
};

type Pending = {
  readonly name: OperationName;
  readonly input: unknown;
  readonly kind: 'query' | 'command';
  readonly options: CallOptions;
  readonly resolve: (result: CommandResult<unknown>) => void;
  readonly reject: (error: VitrineError) => void;
  readonly cleanUp: () => void;
  retried: boolean;
};

/**
 * Makes a client, with a transport or waiting for one: calls made meanwhile are sent once it is attached.
 */
export function createClient(first: Transport | null = null): CoreClient {
  let transport: Transport | null = null;
  let state: ConnectionState = 'connecting';
  let nextId = 1;
  let lastRev: number | null = null;
  let closed = false;
  const pending = new Map<number, Pending>();
  const changeListeners = new Set<(notice: ChangeNotice | null) => void>();
  const stateListeners = new Set<(state: ConnectionState) => void>();

  function setState(next: ConnectionState): void {
    if (state === next) return;
    state = next;
    for (const listener of stateListeners) listener(next);
  }

  function tellChanges(notice: ChangeNotice | null): void {
    for (const listener of changeListeners) listener(notice);
  }

  function send(id: number, call: Pending): void {
    transport?.post({
      t: 'request', id, operation: call.name, input: call.input,
      ...(call.options.deadline === undefined ? {} : { deadline: call.options.deadline }),
      ...(call.options.message === undefined ? {} : { message: call.options.message }),
      ...(call.options.viewAs === undefined ? {} : { viewAs: call.options.viewAs }),
    });
  }

  function settle(id: number): Pending | undefined {
    const call = pending.get(id);
    if (call !== undefined) {
      pending.delete(id);
      call.cleanUp();
    }
    return call;
  }

  function receive(raw: unknown): void {
    const message = raw as CoreMessage;
    switch (message.t) {
      case 'hello':
        setState('connected');
        // What happened while nobody listened is unknown: after a reconnection everything held is suspect.
        if (lastRev !== null && lastRev !== message.rev) tellChanges(null);
        lastRev = message.rev;
        return;
      case 'ok':
        settle(message.id)?.resolve({ output: message.output, undo: message.undo, rev: message.rev });
        return;
      case 'error':
        settle(message.id)?.reject(VitrineError.from(message.error));
        return;
      case 'progress':
        pending.get(message.id)?.options.onProgress?.(message.progress);
        return;
      case 'changes':
        if (lastRev !== null && message.notice.previous > lastRev) tellChanges(null);
        else tellChanges(message.notice);
        lastRev = message.notice.rev;
        return;
      default:
        // A newer core may say things this client does not know; they are not for it.
        return;
    }
  }

  function lost(): void {
    transport = null;
    setState('disconnected');
    for (const [id, call] of pending) {
      if (call.kind === 'query' && !call.retried && !closed) {
        // Asked again by `attach`, once: a query that fells core twice must not fell it for ever.
        call.retried = true;
        continue;
      }
      settle(id);
      call.reject(new VitrineError(closed ? 'core_unavailable' : 'core_restarted', { details: { operation: call.name } }));
    }
  }

  function attach(next: Transport): void {
    transport = next;
    next.onMessage(receive);
    next.onClose(() => {
      if (transport === next) lost();
    });
    next.post({ t: 'subscribe' });
    for (const [id, call] of pending) send(id, call);
  }

  function call(name: OperationName, input: unknown, options: CallOptions): Promise<CommandResult<unknown>> {
    const operation = Object.hasOwn(operationFacts, name) ? operationFacts[name] : undefined;
    if (operation === undefined) return Promise.reject(new VitrineError('unknown_operation', { details: { operation: name } }));
    if (closed) return Promise.reject(new VitrineError('core_unavailable', { details: { operation: name } }));
    if (options.signal?.aborted === true) return Promise.reject(new VitrineError('cancelled', { details: { operation: name } }));
    return new Promise((resolve, reject) => {
      const id = nextId++;
      const deadline = options.deadline ?? (operation.long ? undefined : defaultDeadlineMilliseconds);
      const onAbort = (): void => {
        if (options.outcomeOfCancel === true && transport !== null) {
          transport.post({ t: 'cancel', id });
          return;
        }
        if (settle(id) === undefined) return;
        transport?.post({ t: 'cancel', id });
        reject(new VitrineError('cancelled', { details: { operation: name } }));
      };
      const timer = deadline === undefined ? undefined : setTimer(() => {
        if (settle(id) === undefined) return;
        transport?.post({ t: 'cancel', id });
        reject(new VitrineError('deadline_exceeded', { details: { operation: name, milliseconds: deadline } }));
      }, deadline + 1000);
      options.signal?.addEventListener('abort', onAbort, { once: true });
      const entry: Pending = {
        name, input, kind: operation.kind, options, resolve, reject, retried: false,
        cleanUp: () => {
          options.signal?.removeEventListener('abort', onAbort);
          if (timer !== undefined) clearTimer(timer);
        },
      };
      pending.set(id, entry);
      if (transport !== null) send(id, entry);
    });
  }

  if (first !== null) attach(first);

  return {
    async query(name, input, options = {}) {
      return (await call(name, input, options)).output as never;
    },
    async execute(name, input, options = {}) {
      return (await call(name, input, options)) as never;
    },
    onChanges(listener) {
      changeListeners.add(listener);
      return () => changeListeners.delete(listener);
    },
    onState(listener) {
      stateListeners.add(listener);
      return () => stateListeners.delete(listener);
    },
    get state() {
      return state;
    },
    attach,
    close() {
      closed = true;
      const open = transport;
      lost();
      open?.close();
    },
  };
}

// `shared` knows neither Node's nor the window's timers by type; both have these two.
type Timers = { setTimeout(callback: () => void, milliseconds: number): unknown; clearTimeout(timer: unknown): void };
const timers = globalThis as unknown as Timers;
const setTimer = (callback: () => void, milliseconds: number): unknown => timers.setTimeout(callback, milliseconds);
const clearTimer = (timer: unknown): void => timers.clearTimeout(timer);
