/** A reading thread: one query at a time, each in one read transaction, so that all its statements see the same moment. */
import type { MessagePort } from 'node:worker_threads';
import { VitrineError } from '#shared/contract/errors.ts';
import { openReader, type Connection } from './connection.ts';
import { attachRunLogToRead } from './runlog/file.ts';
import { named } from './failures.ts';
import { toFailure } from './failure.ts';
import { checkIntegrity } from './integrity.ts';
import type { FromWorker, QueryContext, Request, WorkerData } from './protocol.ts';
import { runQuery } from './runQuery.ts';

export function runReader(port: MessagePort, data: WorkerData & { readonly role: 'reader' }): void {
  let connection: Connection | null = null;
  let file = '';
  const tell = (message: FromWorker) => port.postMessage(message);

  port.on('message', (requests: readonly Request[]) => requests.forEach(received));
  tell({ t: 'ready', status: null });

  function received(request: Request): void {
    try {
      tell({ id: request.id, ok: true, value: answer(request) });
    } catch (error) {
      tell({ id: request.id, ok: false, failure: toFailure(named(error, file)) });
    }
    if (request.t === 'close') port.close();
  }

  function answer(request: Request): unknown {
    switch (request.t) {
      case 'open':
        connection?.close();
        file = request.file;
        connection = openReader(file);
        attachRunLogToRead(connection, file);
        return null;
      case 'detach':
      case 'close':
        connection?.close();
        connection = null;
        return null;
      case 'call':
        return timed(opened(), request.name, request.input, request.context);
      case 'integrity':
        return checkIntegrity(opened(), request.deep);
      default:
        throw new Error(`A reader does not ${request.t}`);
    }
  }

  function opened(): Connection {
    if (connection === null) throw new VitrineError('core_unavailable', { details: { reason: 'the catalog is closed' } });
    return connection;
  }

  function timed(db: Connection, name: string, input: unknown, context: QueryContext): unknown {
    const begun = performance.now();
    try {
      return runQuery(db, name, input, context);
    } finally {
      const milliseconds = performance.now() - begun;
      if (milliseconds > data.slowMilliseconds) tell({ t: 'slow', role: 'reader', name, slow: { milliseconds, text: name } });
    }
  }
}
