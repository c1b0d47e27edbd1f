/**
 * The tests: prepares, compiles, runs every runner, ends with one line that sums them all.
 *
 *   node build/test.mjs [unit] [journeys] [clients] [remotes] [packaged] [-- arguments for the one runner named]
 */
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { prepare } from './prepare.mjs';
import { electronPath } from './runtime.mjs';
import { prepareClients, prepareRemotes } from './tools/clients.mjs';
import { withDisplay } from './tools/display.mjs';
import { runNode } from './tools/node.mjs';
import { fromRoot } from './tools/paths.mjs';
import { say } from './tools/run.mjs';
import { fromPlaywright, fromVitest, inWords, sum, withExitCode } from './tools/tally.mjs';
import { unpassedByPlaywright, unpassedByVitest } from './tools/unpassed.mjs';

const vitest = fromRoot('node_modules', 'vitest', 'vitest.mjs');
const playwright = fromRoot('node_modules', '@playwright', 'test', 'cli.js');

const outsideErrorsOf = (report) => `${report}.outside`;

const vitestRun = async (report, args, environment) =>
  runNode(vitest, ['run', '--config', 'build/vitest.config.mjs', '--reporter=default', '--reporter=json', '--reporter=build/tools/outsideErrors.mjs', `--outputFile.json=${report}`, ...args], {
    folder: fromRoot(),
    environment: { ...environment, VITRINE_OUTSIDE_ERRORS: outsideErrorsOf(report) },
  });

const playwrightRun = (project) => (report, args, needed) =>
  withDisplay(
    (environment) =>
      runNode(playwright, ['test', '--config', 'e2e/playwright.config.ts', `--project=${project}`, ...args], {
        folder: fromRoot(),
        environment: { ...environment, ...needed, VITRINE_E2E_REPORT: report, VITRINE_ELECTRON: electronPath() },
      }),
    { always: true },
  );

/** Files of the tests that need a real Python package. @param {string} room */
const testsOf = (room) => () => {
  const folder = fromRoot('e2e', room);
  return existsSync(folder) ? readdirSync(folder, { recursive: true }).filter((name) => String(name).endsWith('.test.ts')) : [];
};

/** Clients and servers where they can be had; else the reason, for the journey that needs one. */
const clientsOrReason = async () => {
  const clients = await prepareClients();
  const remotes = await prepareRemotes();
  return {
    environment: {
      ...('obstacle' in clients ? { VITRINE_NO_CLIENTS: clients.obstacle } : clients.environment),
      ...('obstacle' in remotes ? { VITRINE_NO_REMOTES: remotes.obstacle } : remotes.environment),
    },
  };
};

/** Servers, and the clients that people use beside them. */
const remotesOrObstacle = async () => {
  const remotes = await prepareRemotes();
  if ('obstacle' in remotes) return remotes;
  const clients = await prepareClients();
  return 'obstacle' in clients ? clients : { environment: { ...remotes.environment, ...clients.environment } };
};

/**
 * @typedef {object} Reading how its report is read
 * @property {(report: any) => import('./tools/tally.mjs').Tally} tally
 * @property {(report: any) => readonly string[]} unpassed a line for each test that didn't pass
 */

/** @type {Reading} */
const byVitest = { tally: fromVitest, unpassed: (report) => unpassedByVitest(report, fromRoot()) };
/** @type {Reading} */
const byPlaywright = { tally: fromPlaywright, unpassed: unpassedByPlaywright };

/**
 * @typedef {object} Runner
 * @property {string} name
 * @property {boolean} [onlyWhenNamed]
 * @property {() => readonly string[]} [parts] what it consists of, where it may not exist at all
 * @property {() => Promise<{ environment: Record<string, string> } | { obstacle: string }>} [ready] what it needs in its environment, or why it
 *   can't run on this machine
 * @property {(report: string, args: readonly string[], environment: Record<string, string>) => Promise<number>} run writes its report there, gives its exit code
 * @property {Reading} read
 */

/** @type {readonly Runner[]} */
const runners = [
  { name: 'unit', run: vitestRun, read: byVitest },
  // Only one of them needs a Python client: it says for itself why it can't run.
  { name: 'journeys', ready: clientsOrReason, run: playwrightRun('journeys'), read: byPlaywright },
  {
    name: 'clients',
    parts: testsOf('clients'),
    ready: prepareClients,
    run: (report, args, environment) => vitestRun(report, args.some((one) => one.startsWith('e2e/clients')) ? args : ['e2e/clients', ...args], args.length === 0 ? { ...environment, VITRINE_ALL_CLIENT_TESTS: '1' } : environment),
    read: byVitest,
  },
  {
    name: 'remotes',
    parts: testsOf('remotes'),
    ready: remotesOrObstacle,
    run: (report, args, environment) => vitestRun(report, args.some((one) => one.startsWith('e2e/remotes')) ? args : ['e2e/remotes', ...args], { ...environment, VITRINE_REMOTES: '1' }),
    read: byVitest,
  },
  // Drives what `npm run package` made, so it runs only when it is named.
  { name: 'packaged', onlyWhenNamed: true, run: playwrightRun('packaged'), read: byPlaywright },
];

/**
 * @typedef {object} Outcome
 * @property {import('./tools/tally.mjs').Tally} tally
 * @property {readonly string[]} unpassed
 */

/** @param {Runner} runner @param {readonly string[]} args @param {string} folder @returns {Promise<Outcome | undefined>} undefined: there is no such part of the tests here */
const runOne = async (runner, args, folder) => {
  const parts = runner.parts?.();
  if (parts?.length === 0) return undefined;
  const ready = (await runner.ready?.()) ?? { environment: {} };
  if ('obstacle' in ready) {
    const unpassed = (parts ?? [runner.name]).map((part) => `skipped: ${runner.name} ${part}: ${ready.obstacle}`);
    // What can't run on a developer's machine must run where the result counts.
    return { unpassed, tally: process.env['CI'] === 'true' ? { passed: 0, failed: unpassed.length, skipped: 0 } : { passed: 0, failed: 0, skipped: unpassed.length } };
  }
  const file = join(folder, `${runner.name}.json`);
  const exitCode = await runner.run(file, args, ready.environment);
  const report = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
  const tally = withExitCode(report === undefined ? undefined : runner.read.tally(report), exitCode);
  process.stdout.write(`\n${runner.name}: ${inWords(tally)}\n\n`);
  const outside = existsSync(outsideErrorsOf(file)) ? JSON.parse(readFileSync(outsideErrorsOf(file), 'utf8')) : [];
  const unpassed = [...(report === undefined ? [] : runner.read.unpassed(report)), ...outside.map((error) => `failed: outside of tests: ${error}`)];
  return { tally, unpassed: tally.failed > 0 && !unpassed.some((line) => line.startsWith('failed: ')) ? [...unpassed, `failed: ${runner.name} ended with ${exitCode}, without a failed test`] : unpassed };
};

const main = async () => {
  const [own, passed] = splitArguments(process.argv.slice(2));
  const unknown = own.filter((name) => !runners.some((runner) => runner.name === name));
  if (unknown.length > 0) throw new Error(`No such tests: ${unknown.join(', ')}. There are ${runners.map((runner) => runner.name).join(', ')}.`);
  const chosen = own.length === 0 ? runners.filter((runner) => runner.onlyWhenNamed !== true) : runners.filter((runner) => own.includes(runner.name));
  await prepare();
  const compiled = await runNode(fromRoot('build', 'compile.mjs'), []);
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-test-'));
  try {
    /** @type {Outcome[]} */
    const outcomes = compiled === 0 ? [] : [{ tally: { passed: 0, failed: 1, skipped: 0 }, unpassed: ["failed: the sources don't compile"] }];
    for (const runner of chosen) {
      const outcome = await runOne(runner, passed, folder);
      if (outcome !== undefined) outcomes.push(outcome);
    }
    const total = sum(outcomes.map(({ tally }) => tally));
    for (const line of outcomes.flatMap(({ unpassed }) => unpassed)) process.stdout.write(`${line}\n`);
    process.stdout.write(`${inWords(total)}\n`);
    process.exitCode = total.failed === 0 && total.passed > 0 ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

/** Ours before `--`, the runner's after it. */
const splitArguments = (args) => {
  const at = args.indexOf('--');
  return at === -1 ? [args, []] : [args.slice(0, at), args.slice(at + 1)];
};

try {
  await main();
} catch (error) {
  say(error.message);
  process.stdout.write(`${inWords({ passed: 0, failed: 1, skipped: 0 })}\n`);
  process.exitCode = 1;
}
