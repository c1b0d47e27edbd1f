/** Where the Python clients can't be had, their tests are named as skipped with the reason; where results count, that is a failure. */
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { root } from './paths.mjs';

/** A checkout of its own, in which no environment was made yet: the scripts as they are, and two files of tests that must never start. */
let checkout;

beforeAll(() => {
  checkout = mkdtempSync(join(tmpdir(), 'vitrine-clients-'));
  cpSync(join(root, 'build'), join(checkout, 'build'), { recursive: true });
  cpSync(join(root, 'e2e', 'clients', 'requirements'), join(checkout, 'e2e', 'clients', 'requirements'), { recursive: true });
  mkdirSync(join(checkout, 'node_modules'));
  for (const name of ['one.test.ts', 'two.test.ts']) writeFileSync(join(checkout, 'e2e', 'clients', name), 'throw new Error("started");\n');
  // What goes before: nothing is to be installed or compiled here.
  writeFileSync(join(checkout, 'build', 'prepare.mjs'), 'export const prepare = async () => undefined;\n');
  writeFileSync(join(checkout, 'build', 'compile.mjs'), '');
});
afterAll(() => rmSync(checkout, { recursive: true, force: true }));

/** The runner of the clients' tests, in that checkout. */
const run = (environment) => {
  const ran = spawnSync(process.execPath, [join(checkout, 'build', 'test.mjs'), 'clients'], { encoding: 'utf8', env: { ...process.env, CI: 'false', VITRINE_CLIENTS: '', ...environment } });
  return { code: ran.status, lines: ran.stdout.trim().split('\n').filter((line) => line !== ''), problems: ran.stderr };
};

const hasPython = spawnSync('python3', ['-c', 'import venv, ensurepip, sys; sys.exit(0 if sys.version_info >= (3, 10) else 1)']).status === 0;

describe.skipIf(!hasPython || process.platform === 'win32')('with Python and no PyPI', { timeout: 120_000 }, () => {
  // Nobody listens at port 9 of this machine.
  const noPyPi = { PIP_INDEX_URL: 'http://127.0.0.1:9/simple', PIP_EXTRA_INDEX_URL: '', PIP_NO_CACHE_DIR: '1', PIP_RETRIES: '0', PIP_CONFIG_FILE: '/dev/null', NO_PROXY: '*', no_proxy: '*' };

  test('each file is skipped by name with the reason', () => {
    const { code, lines, problems } = run(noPyPi);
    const reason = /the packages of the newest wandb client can't be had from PyPI: .+/u;
    expect(lines, problems).toEqual([expect.stringMatching(/^skipped: clients one\.test\.ts: /u), expect.stringMatching(/^skipped: clients two\.test\.ts: /u), '0 passed, 0 failed, 2 skipped']);
    expect([reason.test(lines[0]), reason.test(lines[1])]).toEqual([true, true]);
    // Nothing passed: an empty run is no success.
    expect(code).toBe(1);
  });

  test('with CI=true that is a failure', () => {
    const { code, lines } = run({ ...noPyPi, CI: 'true' });
    expect([code, lines.at(-1)]).toEqual([1, '0 passed, 2 failed, 0 skipped']);
  });
});

describe.skipIf(process.platform === 'win32')('without a Python that can make environments', { timeout: 60_000 }, () => {
  /** Programs that the runner finds first, and none that could install something. */
  const pathWith = (script) => {
    const folder = mkdtempSync(join(checkout, 'path-'));
    if (script !== null) {
      writeFileSync(join(folder, 'python3'), script);
      chmodSync(join(folder, 'python3'), 0o755);
    }
    symlinkSync('/bin/sh', join(folder, 'sh'));
    symlinkSync(process.execPath, join(folder, 'node'));
    return { PATH: [folder].join(delimiter) };
  };

  test('no python3 at all', () => {
    expect(run(pathWith(null)).lines[0]).toMatch(/^skipped: clients one\.test\.ts: there is no python3 \(3\.10 or newer is needed\)\./u);
  });

  test('one without the venv module', () => {
    const { lines } = run(pathWith('#!/bin/sh\ncase "$2" in *venv*) exit 1;; esac\necho 3.12.1\n'));
    expect(lines[0]).toMatch(/^skipped: clients one\.test\.ts: Python 3\.12\.1 has no venv module\./u);
  });

  test('one that is too old', () => {
    const { lines } = run(pathWith('#!/bin/sh\ncase "$2" in *venv*) exit 0;; esac\necho 3.8.2\nexit 1\n'));
    expect(lines[0]).toMatch(/^skipped: clients one\.test\.ts: Python 3\.8\.2 is older than 3\.10/u);
  });
});
