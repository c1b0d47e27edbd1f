/** The catalog: SQLite behind one writing and a few reading threads. Nothing above this folder writes SQL. */
import { existsSync } from 'node:fs';
import { userInfo } from 'node:os';
import { catalogFiles, prepareFolder } from './files.ts';
import { CatalogThread, ThreadedPool, type CatalogPool } from './pool.ts';
import type { Founding, Telling } from './protocol.ts';

export type { CatalogPool, SlowNotice } from './pool.ts';
export type { UndoStep } from './undo.ts';
export type { CatalogStatus, CommandContext, Founding, QueryContext, WriteResult } from './protocol.ts';
export { ownerOf } from './owner.ts';
export { catalogFiles, type CatalogFiles } from './files.ts';

export type CatalogOptions = {
  readonly directory: string;
  /** The thread's entry; a bundle gives its own. */
  readonly workerUrl?: URL;
  /** Opens to look only, without taking the folder. */
  readonly readOnly?: boolean;
  /**
   * Whether questions are answered before the writing thread stands, where the file needs nothing of it: for windows, whose first list is waited for.
   * The thread is then started by the first who needs it, or once the list stands.
   */
  readonly answerFirst?: boolean;
  /** How many reading threads there may be: none at first, one when more is asked than a start asks, more when questions have to wait. */
  readonly readers?: number;
  /** What a new catalog is made with; what is left out comes from the system's user. */
  readonly founding?: Partial<Founding>;
  /** Queries and commands that take longer are told to `onSlow`. */
  readonly slowMilliseconds?: number;
};

/**
 * Opens the catalog of a folder, making it when there is none.
 *
 * Throws `catalog_newer` (nothing is touched), `catalog_locked` (another process has it) and `catalog_read_only` (no catalog and no right
 * to make one). A damaged file is no failure: see `status().recovery`. A folder that can't be written opens read-only.
 */
export async function openCatalog(options: CatalogOptions): Promise<CatalogPool> {
  const files = catalogFiles(options.directory);
  const { writable } = options.readOnly === true && existsSync(files.catalog) ? { writable: false } : prepareFolder(files);
  const workerUrl = options.workerUrl ?? new URL('./worker.ts', import.meta.url);
  const slowMilliseconds = options.slowMilliseconds ?? 40;
  const held: Telling[] = [];
  let pool: ThreadedPool | null = null;
  const hear = (telling: Telling) => {
    if (pool === null) held.push(telling);
    else pool.hear(telling);
  };
  const makeWriter = (owned: boolean) => new CatalogThread(workerUrl, { role: 'writer', directory: options.directory, readOnly: !writable, owned, founding: { ...systemFounding(), ...options.founding }, slowMilliseconds }, hear);
  const makeReader = () => new CatalogThread(workerUrl, { role: 'reader', slowMilliseconds }, hear);
  const more = { most: Math.max(1, options.readers ?? 2), start: async (file: string) => await openOn(makeReader(), file), slowMilliseconds };
  // Where open files can't change their names, a damaged one couldn't be put aside while it is read.
  if (options.answerFirst === true && writable && process.platform !== 'win32') {
    const look = (await import('./firstLook.ts')).lookFirst(files);
    if (look !== null) {
      pool = new ThreadedPool(look.status, { start: () => makeWriter(true), ownership: look.ownership }, look.near, more);
      return pool;
    }
  }
  const writer = makeWriter(false);
  // While the writer opens the file, what answers the first questions is loaded.
  const nearby = import('./nearReader.ts');
  try {
    const [status, { openNearReader }] = await Promise.all([writer.ready, nearby]);
    if (status === null) throw new Error('The catalog writer gave no status');
    pool = new ThreadedPool(status, { thread: writer }, openNearReader(status.file), more);
    for (const telling of held) pool.hear(telling);
    return pool;
  } catch (error) {
    await writer.close();
    throw error;
  }
}

async function openOn(reader: CatalogThread, file: string): Promise<CatalogThread> {
  try {
    await reader.ready;
    await reader.ask({ t: 'open', file });
    return reader;
  } catch (error) {
    await reader.close();
    throw error;
  }
}

function systemFounding(): Founding {
  let username = 'user';
  try {
    username = userInfo().username || username;
  } catch {
    // An account without a name, as some containers have it.
  }
  return { username, displayName: username, organization: username, team: username };
}
