/**
 * One connection: takes requests, checks their input, runs them, answers. The only place where what a peer says becomes a call.
 */
import { z } from 'zod';
import {
  ClientMessage, defaultDeadlineMilliseconds, findOperation, VitrineError, type ChangeNotice, type CoreMessage, type Progress, type Transport,
} from '#shared/contract/index.ts';
import type { Caller, OperationContext, OperationResult } from '../operations/context.ts';
import { badInput } from '../operations/badInput.ts';
import type { Log } from './log.ts';
import { serializeFailure } from './serializeFailure.ts';

export type Dispatch = {
  run(name: string, input: unknown, context: OperationContext): Promise<OperationResult>;
  onChanges(listener: (notice: ChangeNotice) => void): () => void;
  rev(): number;
  readOnly(): boolean;
  readonly log: Log;
  /** Also checks every answer against the contract; for tests and development. */
  readonly checkOutput: boolean;
};

/** Progress is told at most this often, in milliseconds. */
const progressInterval = 50;
/** A peer that asks more than this at once is broken. */
const maximumPending = 10_000;

/** Runs one operation from unchecked input: the same path for every entrance. Throws `VitrineError`. */
export async function runChecked(dispatch: Dispatch, name: string, rawInput: unknown, context: OperationContext): Promise<OperationResult> {
  const operation = findOperation(name);
  if (operation === undefined) throw new VitrineError('unknown_operation', { details: { operation: name.slice(0, 100) } });
  const parsed = operation.input.safeParse(rawInput ?? {});
  if (!parsed.success) throw badInput(name, parsed.error, rawInput);
  const result = await dispatch.run(name, parsed.data, context);
  if (dispatch.checkOutput) {
    const checked = operation.output.safeParse(result.output);
    if (!checked.success) {
      throw new Error(`The answer of ${name} breaks its contract: ${z.prettifyError(checked.error)}`);
    }
  }
  return result;
}

/** Serves a transport until it closes. */
export function serveConnection(dispatch: Dispatch, transport: Transport, caller: Caller): void {
  const running = new Map<number, AbortController>();
  let unsubscribe: (() => void) | null = null;
  let open = true;

  function post(message: CoreMessage): void {
    if (open) transport.post(message);
  }

  async function handle(id: number, name: string, input: unknown, deadline: number | undefined, message: string | undefined, viewAs: number | undefined): Promise<void> {
    const controller = new AbortController();
    running.set(id, controller);
    const limit = deadline ?? (findOperation(name)?.long === true ? undefined : defaultDeadlineMilliseconds);
    let late = false;
    const timer = limit === undefined ? undefined : setTimeout(() => {
      late = true;
      controller.abort();
    }, Math.min(limit, 2_147_483_647));
    let lastProgress = 0;
    const report = (progress: Progress): void => {
      const now = performance.now();
      if (now - lastProgress < progressInterval && progress.done !== progress.total) return;
      lastProgress = now;
      post({ t: 'progress', id, progress });
    };
    try {
      const result = await runChecked(dispatch, name, input, { ...caller, message: message ?? null, signal: controller.signal, report, ...(viewAs === undefined ? {} : { viewAs }) });
      // An answer that came in spite of a late cancel is still the truth of what happened.
      post({ t: 'ok', id, output: result.output, undo: result.undo, rev: result.rev ?? dispatch.rev() });
    } catch (thrown) {
      if (late) post({ t: 'error', id, error: new VitrineError('deadline_exceeded', { details: { operation: name, milliseconds: limit } }).toJSON() });
      else post({ t: 'error', id, error: serializeFailure(thrown, name, dispatch.log) });
    } finally {
      clearTimeout(timer);
      running.delete(id);
    }
  }

  transport.onMessage((raw) => {
    const parsed = ClientMessage.safeParse(raw);
    if (!parsed.success) {
      const id = typeof raw === 'object' && raw !== null && 'id' in raw && typeof raw.id === 'number' ? raw.id : -1;
      if (id >= 0) post({ t: 'error', id, error: new VitrineError('bad_input', { details: { explanation: 'The message is not one of the contract’s.' } }).toJSON() });
      return;
    }
    const message = parsed.data;
    switch (message.t) {
      case 'request':
        if (running.has(message.id) || running.size >= maximumPending) {
          post({ t: 'error', id: message.id, error: new VitrineError('bad_input', { details: { explanation: 'The request’s id is in use, or too many are under way.' } }).toJSON() });
          return;
        }
        void handle(message.id, message.operation, message.input, message.deadline, message.message, message.viewAs);
        return;
      case 'cancel':
        running.get(message.id)?.abort();
        return;
      case 'subscribe':
        unsubscribe ??= dispatch.onChanges((notice) => post({ t: 'changes', notice }));
        post({ t: 'hello', protocol: 1, rev: dispatch.rev(), readOnly: dispatch.readOnly() });
        return;
    }
  });
  transport.onClose(() => {
    open = false;
    unsubscribe?.();
    for (const controller of running.values()) controller.abort();
  });
}
