import { isVitrineError, VitrineError, type SerializedError } from '#shared/contract/errors.ts';
import { incidentId, type Log } from './log.ts';

/** Turns anything thrown into the form that crosses the wire; what was not foreseen is logged with its stack under an id. */
export function serializeFailure(thrown: unknown, name: string, log: Log): SerializedError {
  if (isVitrineError(thrown)) {
    if (thrown.code !== 'cancelled' && thrown.cause !== undefined) log('debug', 'operations', 'failed', { operation: name, code: thrown.code, cause: thrown.cause instanceof Error ? thrown.cause.message : typeof thrown.cause });
    return thrown.toJSON();
  }
  const id = incidentId();
  log('error', 'operations', 'unexpected failure', { operation: name, id, stack: thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown) });
  return new VitrineError('unexpected', { details: { operation: name, id } }).toJSON();
}
