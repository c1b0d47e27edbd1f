/** A lock between processes, so that two starts at the same moment don't install or compile twice. Node 20, no dependencies. */
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { cache } from './paths.mjs';

const LOCKS_BESIDE_PACKAGES = join(cache, 'vitrine-locks');

/** @param {number} processId */
const isAlive = (processId) => {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
};

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/**
 * Runs `work` while no other process holds the lock of this name. A lock left behind by a process that died is taken over.
 * @template T
 * @param {string} name letters and dashes
 * @param {() => Promise<T>} work
 * @param {{ folder?: string, onWait?: () => void }} [options] `folder`: where the lock lies; it must survive the work
 * @returns {Promise<T>}
 */
export const withLock = async (name, work, { folder = LOCKS_BESIDE_PACKAGES, onWait } = {}) => {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${name}.lock`);
  let waited = false;
  for (;;) {
    try {
      writeFileSync(path, String(process.pid), { flag: 'wx' });
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    const owner = Number(readOrEmpty(path));
    if (owner > 0 ? !isAlive(owner) : isOld(path)) {
      rmSync(path, { force: true });
      continue;
    }
    if (!waited) onWait?.();
    waited = true;
    await pause(150);
  }
  const release = () => rmSync(path, { force: true });
  process.once('exit', release);
  try {
    return await work();
  } finally {
    process.removeListener('exit', release);
    release();
  }
};

/** A lock without an owner's number: its process ended between making and writing it. */
const isOld = (path) => {
  const made = statSync(path, { throwIfNoEntry: false })?.mtimeMs;
  return made !== undefined && Date.now() - made > 10_000;
};

const readOrEmpty = (path) => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
};
