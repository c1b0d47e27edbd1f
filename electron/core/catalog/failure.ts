/** Failures on their way between threads. */
import { isVitrineError, VitrineError } from '#shared/contract/errors.ts';
import type { Failure } from './protocol.ts';

export function toFailure(error: unknown): Failure {
  if (isVitrineError(error)) return { coded: error.toJSON() };
  if (error instanceof Error) return { bug: { message: error.message, stack: error.stack ?? error.message } };
  return { bug: { message: String(error), stack: String(error) } };
}

export function fromFailure(failure: Failure): Error {
  if ('coded' in failure) return VitrineError.from(failure.coded);
  const error = new Error(failure.bug.message);
  error.stack = failure.bug.stack;
  return error;
}
