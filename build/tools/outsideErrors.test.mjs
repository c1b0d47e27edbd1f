import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

import { inASentence } from './outsideErrors.mjs';
import { fromRoot } from './paths.mjs';

describe('what goes wrong outside of tests', () => {
  // Below the packages, so that what is written there finds Vitest.
  const folder = mkdtempSync(fromRoot('node_modules', '.cache', 'outside-errors-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('is said in a sentence with its causes', () => {
    expect(inASentence(new Error('the pool stopped\nat once', { cause: new Error('a worker died') }))).toBe('the pool stopped ← a worker died');
    expect(inASentence({ message: 'nobody awaited it', VITEST_TEST_NAME: 'waits' })).toBe('nobody awaited it (in or after waits)');
    expect(inASentence('words')).toBe('words');
  });

  it('is told of a worker that dies in the middle of its file', () => {
    writeFileSync(join(folder, 'dies.test.mjs'), "import { test } from 'vitest';\ntest('stands', () => {});\ntest('dies', () => { process.kill(process.pid, 'SIGKILL'); return new Promise(() => {}); });\ntest('is never begun', () => {});\n");
    writeFileSync(join(folder, 'vitest.config.mjs'), `export default { root: ${JSON.stringify(folder)}, envDir: false, cacheDir: ${JSON.stringify(join(folder, 'cache'))}, test: { include: ['*.test.mjs'], pool: 'forks' } };\n`);
    const errors = join(folder, 'errors');
    const ended = spawnSync(process.execPath, [fromRoot('node_modules', 'vitest', 'vitest.mjs'), 'run', '--config', join(folder, 'vitest.config.mjs'), '--reporter=dot', `--reporter=${fromRoot('build', 'tools', 'outsideErrors.mjs')}`], {
      cwd: folder,
      env: { ...process.env, VITRINE_OUTSIDE_ERRORS: errors },
      encoding: 'utf8',
    });
    expect(ended.status, ended.stderr).toBe(1);
    expect(existsSync(errors), ended.stdout + ended.stderr).toBe(true);
    expect(JSON.parse(readFileSync(errors, 'utf8'))).toEqual([expect.stringMatching(/SIGKILL.*dies\.test\.mjs/u)]);
  });
});
