/** The examples for CI systems, as they stand in their files, from the candidate to what is deployed, beside a `vitrine serve`. */
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { serveVitrine, stopServing, temporaryFolder, vitrine, writeFiles, type Ran, type Served } from '../cli/commandLine.ts';
import { readWorkflow, runWorkflow } from './workflow.ts';

const program = join(process.env['VITRINE_APPLICATION'] ?? join(import.meta.dirname, '..', '..'), 'dist/core/cli.js');
const example = (name: string): string => join(import.meta.dirname, name);

type Place = { readonly path: string; readonly data: string; /** With the team's own tests and what deploys. */ readonly repository: string; /** Of a machine that has `vitrine` and `python` on its path, and nothing else of ours. */ readonly environment: Readonly<Record<string, string>>; readonly deployed: string; readonly run: (...args: readonly string[]) => Promise<Ran> };

const endings: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

/** A catalog with one candidate that passes the tests and one that doesn't. */
async function place(): Promise<Place> {
  const folder = temporaryFolder('pipelines');
  endings.push(folder.remove);
  const data = join(folder.path, 'catalog');
  const served: Served = await serveVitrine(data);
  endings.push(() => stopServing(served));
  const run = (...args: readonly string[]): Promise<Ran> => vitrine(args, { data });
  const deployed = join(folder.path, 'deployed');
  const repository = writeFiles(join(folder.path, 'repository'), {
    'tests/evaluate.py': 'import os, sys\nsys.exit(0 if open(os.path.join(os.environ["MODEL_DIR"], "weights.bin")).read() == "good" else "worse than what stands")\n',
    'deploy.sh': `#!/bin/sh\nexec vitrine get wandb-registry-Models/gemma:production '${deployed}'\n`,
  });
  copyFileSync(example('promote.sh'), join(repository, 'promote.sh'));
  const tools = writeFiles(join(folder.path, 'tools'), {
    vitrine: `#!/bin/sh\nexec '${process.execPath}' '${program}' "$@"\n`,
    python: '#!/bin/sh\nexec python3 "$@"\n',
    // GitLab's runner copies the repository for containers, of which there are none.
    rsync: '#!/bin/sh\n',
  });
  for (const name of ['vitrine', 'python', 'rsync']) chmodSync(join(tools, name), 0o755);
  for (const name of ['promote.sh', 'deploy.sh']) chmodSync(join(repository, name), 0o755);
  for (const weights of ['bad', 'good']) {
    const files = writeFiles(join(folder.path, weights), { 'weights.bin': weights });
    expect(await run('log', files, '-n', 'gemma', '-p', 'train')).toMatchObject({ code: 0 });
  }
  mkdirSync(join(folder.path, 'home'));
  return { path: folder.path, data, repository, environment: { PATH: `${tools}:/usr/bin:/bin`, HOME: join(folder.path, 'home'), LANG: 'C.UTF-8' }, deployed, run };
}

async function expectPromoted({ run, deployed }: Place): Promise<void> {
  expect((await run('wait', '--alias', 'production', '--of', 'wandb-registry-Models/gemma', '--timeout', '60')).stdout).toBe('Models/gemma:v0\n');
  expect(readFileSync(join(deployed, 'weights.bin'), 'utf8')).toBe('good');
}

describe('the example for GitHub Actions', { timeout: 180_000 }, () => {
  test('promotes and deploys what passes its tests, and nothing else', async () => {
    const here = await place();
    const start = (work: string, inputs: Readonly<Record<string, string>>) => {
      mkdirSync(join(here.path, work));
      return runWorkflow(example('github-actions.yml'), { inputs, vars: { VITRINE_DATA: here.data }, environment: here.environment, repository: here.repository, work: join(here.path, work) });
    };
    const failed = await start('first', { candidate: 'train/gemma:v0' });
    expect(failed).toEqual([{ job: 'promote', outcome: 'failed', output: expect.stringContaining('worse than what stands') as unknown }, { job: 'deploy', outcome: 'skipped', output: '' }]);
    expect([existsSync(here.deployed), (await here.run('show', 'wandb-registry-Models/gemma')).code]).toEqual([false, 3]);
    // What is typed in is a name, and never a command.
    const odd = await start('second', { candidate: `$(touch '${join(here.path, 'hacked')}')"; touch '${join(here.path, 'hacked')}'; "` });
    expect([odd[0]?.outcome, existsSync(join(here.path, 'hacked'))]).toEqual(['failed', false]);
    await expect(start('third', {})).rejects.toThrow('candidate is required');
    expect((await start('fourth', { candidate: 'train/gemma:v1' })).map(({ job, outcome }) => [job, outcome])).toEqual([['promote', 'passed'], ['deploy', 'passed']]);
    await expectPromoted(here);
  });

  test('is held to what a workflow can hold', async () => {
    const folder = temporaryFolder('workflow');
    endings.push(folder.remove);
    const wrong = join(folder.path, 'wrong.yml');
    const text = readFileSync(example('github-actions.yml'), 'utf8');
    for (const [find, put, told] of [['runs-on:', 'run-on:', /run-on/u], ['vars.VITRINE_DATA', 'variables.VITRINE_DATA', /variables/u], ['needs: promote', 'needs: promotion', /promotion/u]] as const) {
      writeFileSync(wrong, text.replaceAll(find, put));
      await expect(readWorkflow(wrong), put).rejects.toThrow(told);
    }
  });
});

describe('the example for GitLab', { timeout: 180_000 }, () => {
  /** By the runner that people run their pipelines with at home; it holds the file to GitLab's schema first. */
  const runner = createRequire(import.meta.url).resolve('gitlab-ci-local');

  async function start({ repository, data, environment }: Place, variables: Readonly<Record<string, string>>): Promise<{ readonly code: number | null; readonly output: string }> {
    const child = spawn(process.execPath, [runner, '--no-color', ...Object.entries({ VITRINE_DATA: data, ...variables }).flatMap(([name, value]) => ['--variable', `${name}=${value}`])], { cwd: repository, env: { ...environment }, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')));
    return new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => resolve({ code, output }));
    });
  }

  async function placeWithGit(): Promise<Place> {
    const here = await place();
    copyFileSync(example('gitlab-ci.yml'), join(here.repository, '.gitlab-ci.yml'));
    for (const args of [['init', '-q'], ['add', '-A'], ['-c', 'user.name=ada', '-c', 'user.email=ada@example.org', 'commit', '-q', '-m', 'Promote models']]) expect(spawnSync('git', args, { cwd: here.repository, env: { ...here.environment } })).toMatchObject({ status: 0 });
    return here;
  }

  test('promotes and deploys what passes its tests, and nothing else', async () => {
    const here = await placeWithGit();
    const failed = await start(here, { CANDIDATE: 'train/gemma:v0' });
    expect([failed.code, failed.output]).toEqual([1, expect.stringMatching(/worse than what stands[\s\S]*FAIL +promote/u)]);
    expect(failed.output).not.toContain('./deploy.sh');
    expect([existsSync(here.deployed), (await here.run('show', 'wandb-registry-Models/gemma')).code]).toEqual([false, 3]);
    const passed = await start(here, { CANDIDATE: 'train/gemma:v1' });
    expect([passed.code, passed.output]).toEqual([0, expect.stringMatching(/PASS +promote[\s\S]*PASS +deploy/u)]);
    await expectPromoted(here);
  });

  test('does nothing without a candidate, and is held to GitLab’s schema', async () => {
    const here = await placeWithGit();
    expect((await start(here, {})).output).not.toContain('promote.sh');
    writeFileSync(join(here.repository, '.gitlab-ci.yml'), readFileSync(example('gitlab-ci.yml'), 'utf8').replaceAll('tags:', 'tag:'));
    const wrong = await start(here, { CANDIDATE: 'train/gemma:v1' });
    expect([wrong.code, wrong.output]).toEqual([1, expect.stringContaining('Invalid .gitlab-ci.yml')]);
    expect(existsSync(here.deployed)).toBe(false);
  });
});
