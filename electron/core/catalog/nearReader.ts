/**
 * Short questions answered in the thread that asks. A request of a training script asks a dozen of them one after the other, each of a few rows
 * found by key: carrying one to a reading thread and back costs several times the look-up. Nothing that lists, searches or counts is answered
 * here, so that the asking thread is never held for longer than a few rows take.
 */
import { openReader, type Connection } from './connection.ts';
import { schemaOf } from './migrations/index.ts';
import { nearAnswersOf, type NearAnswers } from './nearAnswers.ts';
import { nearAskersOf, type NearAskers } from './nearAskers.ts';
import type { CatalogStatus } from './protocol.ts';
import { attachRunLogToRead } from './runlog/file.ts';
import { newestRev, statusOf } from './status.ts';

export type NearReader = NearAnswers & {
  /** The catalog as this connection finds it, taken for one that can be written. */
  status(): CatalogStatus;
  readonly committed: NearAskers['committed'];
  close(): void;
};

export function openNearReader(file: string): NearReader {
  const connection: Connection = openReader(file);
  attachRunLogToRead(connection, file);
  const askers = nearAskersOf(connection);
  return {
    ...nearAnswersOf(connection, file, askers),
    status: () => statusOf(connection, { rev: newestRev(connection), readOnly: false, recovery: null, file, schema: schemaOf(connection) }),
    committed: (changes) => askers.committed(changes),
    close: () => connection.close(),
  };
}
