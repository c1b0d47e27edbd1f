/** Keeps compiled code between starts, in this thread and in those that it starts. */
import { enableCompileCache, flushCompileCache } from 'node:module';
import { join } from 'node:path';
import { getEnvironmentData, setEnvironmentData } from 'node:worker_threads';
import { keepScripts } from './compiledScripts.ts';

const key = 'vitrine:compiled-code';
/** Milliseconds after the start when what was compiled is written, if it was not there: the first list stands by then. */
const writtenAfter = 5000;

/** What loads the same at each start. */
type Role = 'core' | 'writer' | 'reader';

/**
 * @param folder made when it isn't there; null: nothing is kept. Only code that is loaded after this call is found there: what a start loads is kept as
 * it ran, what comes later as Node keeps it
 */
export function keepCompiledCode(folder: string | null, role: Role): void {
  if (folder === null) return;
  setEnvironmentData(key, folder);
  enableCompileCache(folder);
  const kept = keepScripts(import.meta.dirname, join(folder, `${role}.code`));
  const timer = setTimeout(() => {
    process.off('exit', kept.finish);
    kept.finish();
    flushCompileCache();
  }, writtenAfter);
  timer.unref();
  // A start that ends before counts, too; Node writes its own then by itself.
  process.once('exit', kept.finish);
}

/** The same folder, in a thread. */
export function keepCompiledCodeInThread(role: Role): void {
  const folder = getEnvironmentData(key);
  keepCompiledCode(typeof folder === 'string' ? folder : null, role);
}
