/** Starting other programs and passing their end on. Node 20, no dependencies. */
import { spawn, spawnSync } from 'node:child_process';

const PASSED_ON = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * Runs a program with our own standard streams and waits for its end. Signals sent to us reach it.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {import('node:child_process').SpawnOptions} [options]
 * @returns {Promise<number>} its exit code; 128 + n when signal n ended it
 */
export const run = (command, args, options = {}) =>
  new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: 'inherit', ...options });
    const passOn = (signal) => child.kill(signal);
    for (const signal of PASSED_ON) process.on(signal, passOn);
    const stopPassing = () => {
      for (const signal of PASSED_ON) process.removeListener(signal, passOn);
    };
    child.once('error', (error) => {
      stopPassing();
      reject(error);
    });
    child.once('exit', (code, signal) => {
      stopPassing();
      resolve(signal === null ? (code ?? 1) : 128 + (SIGNAL_NUMBERS[signal] ?? 0));
    });
  });

const SIGNAL_NUMBERS = { SIGHUP: 1, SIGINT: 2, SIGQUIT: 3, SIGABRT: 6, SIGKILL: 9, SIGSEGV: 11, SIGPIPE: 13, SIGTERM: 15 };

/**
 * Asks a program a short question.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {import('node:child_process').SpawnSyncOptions} [options]
 * @returns {{ ok: boolean, output: string, problem: string }}
 */
export const ask = (command, args, options = {}) => {
  const result = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024, ...options });
  return {
    ok: result.error === undefined && result.status === 0,
    output: String(result.stdout ?? ''),
    problem: result.error?.message ?? String(result.stderr ?? ''),
  };
};

/** How npm is started here: through the npm that started us, else the one on the path. */
export const npm = (args) => {
  const script = process.env['npm_execpath'];
  if (script !== undefined && script.endsWith('npm-cli.js')) return { command: process.execPath, args: [script, ...args], shell: false };
  return process.platform === 'win32'
    ? { command: 'npm.cmd', args, shell: true }
    : { command: 'npm', args, shell: false };
};

/** One line of ours among the output of others. @param {string} text */
export const say = (text) => process.stderr.write(`vitrine: ${text}\n`);
