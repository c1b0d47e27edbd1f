/**
 * Keeps what Node makes of the TypeScript that the tests' threads start from. Each thread would strip the types by itself, with a compiler in WebAssembly
 * of its own: half of what starting a thread costs. And V8 can bring the whole process down (nodejs/node#64500) where WebAssembly of several threads comes
 * and goes: after a thousand calls out of one (of `fetch`'s parser, say) it replaces and frees code that all of them share. A thread that finds
 * everything kept has no WebAssembly, as core's have none in the product.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { fromRoot } from './paths.mjs';
import { run } from './run.mjs';

/** What a process needs in its environment so that its threads use what is kept. It may be set while the process runs. */
export const keptThreads = { NODE_COMPILE_CACHE: fromRoot('node_modules', '.cache', 'threads') };

/** Starts each kind of thread once and ends it, before several processes do so at once. Vitest calls it before all tests. */
export const setup = async () => {
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-threads-'));
  try {
    const program = fromRoot('electron', 'core', 'host', 'testing', 'startThreads.ts');
    const code = await run(process.execPath, [program, folder], { env: { ...process.env, ...keptThreads } });
    if (code !== 0) throw new Error(`The threads of core don't start: ${code}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};
