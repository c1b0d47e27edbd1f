import { Worker } from 'node:worker_threads';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';

import { fromRoot } from './paths.mjs';

/** Loads modules in a thread as core's threads do; says whether Node's compiler for TypeScript came along. @param {readonly string[]} modules @param {Record<string, string | undefined>} env */
const compilesInThread = async (modules, env) => {
  const program = `const { parentPort, workerData } = require('node:worker_threads');
    Promise.all(workerData.modules.map((url) => import(url))).then(() => parentPort.postMessage(process.moduleLoadList.some((name) => name.includes('amaro'))));`;
  const worker = new Worker(program, { eval: true, env, workerData: { modules: modules.map((path) => pathToFileURL(fromRoot(path)).href) } });
  try {
    return await new Promise((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
    });
  } finally {
    await worker.terminate();
  }
};

const ofThreads = ['electron/core/catalog/writer.ts', 'electron/core/catalog/reader.ts', 'electron/core/store/objectTable.ts', 'electron/core/store/ingestSmall.ts'];

test('the threads of core find what Node made of their sources, and need no compiler in WebAssembly', async () => {
  expect(await compilesInThread(ofThreads, process.env)).toBe(false);
  const { NODE_COMPILE_CACHE: _, ...without } = process.env;
  expect(await compilesInThread(ofThreads, without), 'without it they do').toBe(true);
});
