/**
 * The real Python clients and servers: one virtual environment per file of e2e/clients/requirements and e2e/remotes/requirements, kept in
 * node_modules/.cache under a name made of the file's content and the Python's version. Node 20, no dependencies.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { withLock } from './lock.mjs';
import { cache, fromRoot } from './paths.mjs';
import { ask, run, say } from './run.mjs';
import { preparePostgres, prepareS3 } from './servers.mjs';
import { asRoot, which } from './system.mjs';

/** What the newest client needs. */
const OLDEST_PYTHON = '3.10';

const requirementsFolder = fromRoot('e2e', 'clients', 'requirements');

/** Names of the clients: `newest` and `older` are wandb's, `openlineage` is that of OpenLineage; `torch` is no client, but files that PyTorch wrote. */
export const clientNames = () =>
  readdirSync(requirementsFolder)
    .filter((name) => name.endsWith('.txt'))
    .map((name) => name.slice(0, -'.txt'.length))
    .sort();

/** `VITRINE_PYTHON_NEWEST` and its like: the Python that has the client. @param {string} client */
export const clientVariable = (client) => `VITRINE_PYTHON_${client.toUpperCase()}`;

/** @param {{ ok: boolean, output: string, problem: string }} answer */
const lastLine = (answer) => (answer.problem.trim() || answer.output.trim()).split('\n').at(-1) ?? '';

/** Python 3 with what makes an environment, or why there is none. @returns {Promise<{ version: string } | { obstacle: string }>} */
const findPython = async () => {
  const version = () => ask('python3', ['-c', `import sys; print(sys.version.split()[0]); sys.exit(0 if sys.version_info >= (${OLDEST_PYTHON.replace('.', ', ')}) else 1)`]);
  const canMakeEnvironments = () => ask('python3', ['-c', 'import venv, ensurepip']).ok;
  if (!version().ok || !canMakeEnvironments()) await installPython();
  const found = version();
  if (!found.ok) return { obstacle: found.output.trim() === '' ? `there is no python3 (${OLDEST_PYTHON} or newer is needed). ${advice()}` : `Python ${found.output.trim()} is older than ${OLDEST_PYTHON}` };
  if (!canMakeEnvironments()) return { obstacle: `Python ${found.output.trim()} has no venv module. ${advice()}` };
  return { version: found.output.trim() };
};

/** Debian and its children keep the venv module in a package of its own. */
const installLine = () => {
  if (which('apt-get') !== undefined) return 'apt-get update && apt-get install -y --no-install-recommends python3 python3-venv';
  return which('dnf') !== undefined ? 'dnf install -y python3' : undefined;
};

const advice = () => {
  const line = installLine();
  return line === undefined ? 'Install Python 3 with its venv module.' : `Run: sudo sh -c '${line}'`;
};

const installPython = async () => {
  const line = installLine();
  const rights = asRoot();
  if (line === undefined || rights === undefined) return;
  await withLock('system', async () => {
    say('the system lacks Python 3 with its venv module: installing…');
    const [first, ...rest] = [...rights, 'sh', '-c', line];
    await run(first, rest, { stdio: ['ignore', 2, 2], env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } });
  });
};

/**
 * One Python; makes the environment when it lacks.
 * @param {{ name: string, requirements: string, module: string, words: string, alone?: boolean }} wanted `module` is what it must be able to import; `alone`: without what its packages ask for
 * @param {string} pythonVersion
 * @returns {Promise<{ python: string } | { obstacle: string }>}
 */
const prepareEnvironment = async ({ name: client, requirements, module, words, alone = false }, pythonVersion) => {
  const key = createHash('sha256').update(pythonVersion).update(readFileSync(requirements)).digest('hex').slice(0, 12);
  const folder = join(cache, 'clients', `${client}-${key}`);
  const python = join(folder, 'bin', 'python');
  const complete = join(folder, 'complete');
  return withLock(
    `client-${client}`,
    async () => {
      if (existsSync(complete) && ask(python, ['-c', `import ${module}`]).ok) return { python };
      say(`getting ${words}…`);
      rmSync(folder, { recursive: true, force: true });
      mkdirSync(join(cache, 'clients'), { recursive: true });
      const made = ask('python3', ['-m', 'venv', folder]);
      if (!made.ok) return { obstacle: `python3 -m venv failed: ${lastLine(made)}` };
      const installed = ask(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--only-binary', ':all:', ...(alone ? ['--no-deps'] : []), '--requirement', requirements], { cwd: folder });
      if (!installed.ok) return { obstacle: `the packages of ${words} can't be had from PyPI: ${lastLine(installed)}` };
      const started = ask(python, ['-c', `import ${module}`]);
      if (!started.ok) return { obstacle: `${words} doesn't start: ${lastLine(started)}` };
      writeFileSync(complete, `${new Date().toISOString()}\n`);
      return { python };
    },
    { onWait: () => say(`waiting for another start that gets ${words}…`) },
  );
};

/** Those that are not wandb's. @type {Record<string, { module: string, words: string, alone?: boolean }>} */
const others = {
  openlineage: { module: 'openlineage.client', words: 'the OpenLineage client' },
  torch: { module: 'importlib.metadata', words: 'the files of PyTorch models', alone: true },
};

/**
 * Every client, ready to run.
 * @returns {Promise<{ environment: Record<string, string> } | { obstacle: string }>} what tests must find in their environment, or why they can't run
 */
export const prepareClients = async () => {
  const python = await findPython();
  if ('obstacle' in python) return python;
  /** @type {Record<string, string>} */
  const environment = { VITRINE_CLIENTS: '1' };
  for (const client of clientNames()) {
    const prepared = await prepareEnvironment({ name: client, requirements: join(requirementsFolder, `${client}.txt`), ...(others[client] ?? { module: 'wandb', words: `the ${client} wandb client` }) }, python.version);
    if ('obstacle' in prepared) return prepared;
    environment[clientVariable(client)] = prepared.python;
  }
  return { environment };
};

/**
 * The servers that remotes are tried with, ready to run.
 * @returns {Promise<{ environment: Record<string, string> } | { obstacle: string }>}
 */
export const prepareRemotes = async () => {
  const python = await findPython();
  if ('obstacle' in python) return python;
  const prepared = await prepareEnvironment({ name: 'mlflow', requirements: fromRoot('e2e', 'remotes', 'requirements', 'mlflow.txt'), module: 'mlflow', words: 'the MLflow server' }, python.version);
  if ('obstacle' in prepared) return prepared;
  // Those that need one of these say for themselves why they can't run.
  const s3 = await prepareS3();
  const postgres = await preparePostgres();
  return {
    environment: {
      VITRINE_PYTHON_MLFLOW: prepared.python,
      ...('obstacle' in s3 ? { VITRINE_NO_S3: s3.obstacle } : { VITRINE_S3: s3.path }),
      ...('obstacle' in postgres ? { VITRINE_NO_POSTGRES: postgres.obstacle } : { VITRINE_POSTGRES: postgres.folder }),
    },
  };
};
