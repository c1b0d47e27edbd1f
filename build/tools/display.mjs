/** A screen to draw on where there is none: our own Xvfb, on a number it chooses itself. Node 20, no dependencies. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { ask } from './run.mjs';

/** Whether this machine shows windows already (or needs no X server for that). */
export const hasDisplay = () =>
  process.platform !== 'linux' || (process.env['DISPLAY'] ?? '') !== '' || (process.env['WAYLAND_DISPLAY'] ?? '') !== '';

const hasVirtualDisplay = () => ask('sh', ['-c', 'command -v Xvfb']).ok;

const authorityName = Buffer.from('MIT-MAGIC-COOKIE-1');

/** An X authority file: one cookie, for any address and any display number. */
const authority = (cookie) => {
  const field = (bytes) => Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 0xff]), bytes]);
  const empty = Buffer.alloc(0);
  return Buffer.concat([Buffer.from([0xff, 0xff]), field(empty), field(empty), field(authorityName), field(cookie)]);
};

/**
 * Puts the X server's own pointer into the corner. It begins in the middle of the screen, where the windows are: each time another test's window comes or
 * goes there, the one below would be told that the pointer entered it, beside the pointer that its own test moves.
 */
const parkPointer = (number, cookie, [width, height]) =>
  new Promise((resolve, reject) => {
    const socket = connect(`/tmp/.X11-unix/X${number}`);
    const words = (...values) => Buffer.from(new Uint16Array(values).buffer);
    const padded = (bytes) => Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);
    let answer = Buffer.alloc(0);
    // Where the server has no such socket, tests run as well, only less calmly.
    socket.once('error', () => resolve(undefined));
    // Little-endian, protocol 11.0, with the cookie.
    socket.write(Buffer.concat([words(0x6c, 11, 0, authorityName.length, cookie.length, 0), padded(authorityName), padded(cookie)]));
    socket.on('data', (chunk) => {
      answer = Buffer.concat([answer, chunk]);
      if (answer.length < 8 || answer.length < 8 + 4 * answer.readUInt16LE(6)) return;
      if (answer[0] !== 1) {
        reject(new Error('Xvfb does not take its own cookie.'));
        return;
      }
      // The first screen's root window stands behind the vendor's name and the formats.
      const root = answer.readUInt32LE(40 + 4 * Math.ceil(answer.readUInt16LE(24) / 4) + 8 * answer[29]);
      const warp = Buffer.alloc(24);
      warp[0] = 41;
      warp.writeUInt16LE(6, 2);
      warp.writeUInt32LE(root, 8);
      warp.writeInt16LE(width - 1, 20);
      warp.writeInt16LE(height - 1, 22);
      socket.end(warp);
    });
    socket.once('close', resolve);
  });

/**
 * Starts an X server in memory that only we may draw on.
 * @param {{ size?: string }} [options] `size`: width x height in pixels
 * @returns {Promise<{ environment: Record<string, string | undefined>, stop: () => void }>}
 */
const startVirtualDisplay = async ({ size = '1600x1000' } = {}) => {
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-display-'));
  const authorityPath = join(folder, 'authority');
  const cookie = randomBytes(16);
  writeFileSync(authorityPath, authority(cookie), { mode: 0o600 });
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
  await parkPointer(number, cookie, size.split('x').map(Number));
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
