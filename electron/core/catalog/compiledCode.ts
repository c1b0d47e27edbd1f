/** Keeps compiled code between starts, in this thread and in those that it starts. */
import { enableCompileCache, flushCompileCache } from 'node:module';
import { getEnvironmentData, setEnvironmentData } from 'node:worker_threads';

const key = 'vitrine:compiled-code';
/** Milliseconds after the start when what was compiled is written, if it was not there: the first list stands by then. */
const writtenAfter = 5000;

/** @param folder made when it isn't there; null: nothing is kept. Only code that is loaded after this call is found there. */
export function keepCompiledCode(folder: string | null): void {
  if (folder === null) return;
  setEnvironmentData(key, folder);
  enableCompileCache(folder);
  setTimeout(flushCompileCache, writtenAfter).unref();
}

/** The same folder, in a thread. */
export function keepCompiledCodeInThread(): void {
  const folder = getEnvironmentData(key);
  keepCompiledCode(typeof folder === 'string' ? folder : null);
}
