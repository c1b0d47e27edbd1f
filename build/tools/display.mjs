/** A screen to draw on where there is none: our own Xvfb, on a number it chooses itself. Node 20, no dependencies. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { ask } from './run.mjs';

/** Whether this machine shows windows already (or needs no X server for that). */
export const hasDisplay = () =>
  process.platform !== 'linux' || (process.env['DISPLAY'] ?? '') !== '' || (process.env['WAYLAND_DISPLAY'] ?? '') !== '';

const hasVirtualDisplay = () => ask('sh', ['-c', 'command -v Xvfb']).ok;

/** An X authority file: one cookie, for any address and any display number. */
const authority = () => {
  const field = (bytes) => Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 0xff]), bytes]);
  const empty = Buffer.alloc(0);
  return Buffer.concat([Buffer.from([0xff, 0xff]), field(empty), field(empty), field(Buffer.from('MIT-MAGIC-COOKIE-1')), field(randomBytes(16))]);
};

/**
 * Starts an X server in memory that only we may draw on.
 * @param {{ size?: string }} [options] `size`: width x height in pixels
 * @returns {Promise<{ environment: Record<string, string | undefined>, stop: () => void }>}
 */
const startVirtualDisplay = async ({ size = '1600x1000' } = {}) => {
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-display-'));
  const authorityPath = join(folder, 'authority');
  writeFileSync(authorityPath, authority(), { mode: 0o600 });
  const server = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', `${size}x24`, '-nolisten', 'tcp', '-noreset', '-auth', authorityPath], {
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
  });
  const stop = () => {
    server.kill('SIGTERM');
    rmSync(folder, { recursive: true, force: true });
  };
  process.once('exit', stop);
  let problems = '';
  server.stderr.on('data', (chunk) => {
    problems += String(chunk);
  });
  const number = await new Promise((resolve, reject) => {
    let answer = '';
    server.stdio[3].on('data', (chunk) => {
      answer += String(chunk);
      if (answer.includes('\n')) resolve(answer.trim());
    });
    server.once('error', (error) => reject(new Error(`Xvfb can't be started: ${error.message}`)));
    server.once('exit', (code) => reject(new Error(`Xvfb ended with ${code}: ${problems.trim()}`)));
  });
  return {
    environment: { DISPLAY: `:${number}`, XAUTHORITY: authorityPath, WAYLAND_DISPLAY: undefined, XDG_SESSION_TYPE: 'x11' },
    stop: () => {
      process.removeListener('exit', stop);
      stop();
    },
  };
};

/**
 * Runs `work` with a screen: the machine's own, else a virtual one that ends with it.
 * @template T
 * @param {(environment: Record<string, string | undefined>) => Promise<T>} work gets what must be added to the environment of programs
 * @param {{ size?: string, always?: boolean }} [options] `always`: a virtual one even beside a real screen, where Xvfb is installed
 * @returns {Promise<T>}
 */
export const withDisplay = async (work, { size, always = false } = {}) => {
  if (process.platform !== 'linux' || (hasDisplay() && !(always && hasVirtualDisplay()))) return work({});
  const display = await startVirtualDisplay({ size });
  try {
    return await work(display.environment);
  } finally {
    display.stop();
  }
};
