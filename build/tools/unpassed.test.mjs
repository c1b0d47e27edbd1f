import { describe, expect, it } from 'vitest';

import { unpassedByPlaywright, unpassedByVitest } from './unpassed.mjs';

describe('what did not pass', () => {
  it('is named with its file and the first line of its message, by Vitest', () => {
    const report = {
      testResults: [
        {
          name: '/here/shared/a.test.ts',
          status: 'failed',
          assertionResults: [
            { status: 'passed', fullName: 'a holds' },
            { status: 'failed', fullName: 'a breaks', failureMessages: ['\n\u001B[31mexpected 1 to be 2\u001B[39m\n    at a.test.ts:3'] },
            { status: 'skipped', fullName: 'a waits', failureMessages: [] },
          ],
        },
        { name: '/here/shared/b.test.ts', status: 'failed', message: 'Cannot find module', assertionResults: [] },
        { name: '/here/shared/c.test.ts', status: 'passed', assertionResults: [{ status: 'passed', fullName: 'c holds' }] },
      ],
    };
    expect(unpassedByVitest(report, '/here')).toEqual([
      'failed: shared/a.test.ts › a breaks: expected 1 to be 2',
      'skipped: shared/a.test.ts › a waits',
      'failed: shared/b.test.ts: Cannot find module',
    ]);
  });

  it('is named with its reason, by Playwright, whatever it lies in', () => {
    const spec = (title, status, more) => ({ title, file: 'journeys/main.spec.ts', tests: [{ status, annotations: [], results: [], ...more }] });
    const report = {
      suites: [
        {
          specs: [spec('opens', 'expected')],
          suites: [
            {
              specs: [
                spec('links', 'unexpected', { results: [{ error: { message: 'Error: expected visible\nCall log:' } }] }),
                spec('restarts', 'skipped'),
                spec('syncs', 'skipped', { annotations: [{ type: 'skip', description: 'no server' }] }),
              ],
            },
          ],
        },
      ],
      errors: [{ message: 'no tests found' }],
    };
    expect(unpassedByPlaywright(report)).toEqual([
      'failed: journeys/main.spec.ts › links: Error: expected visible',
      'skipped: journeys/main.spec.ts › restarts: one before it failed',
      'skipped: journeys/main.spec.ts › syncs: no server',
      'failed: outside of tests: no tests found',
    ]);
  });
});
