import { describe, expect, it } from 'vitest';

import { fromClosingLine, fromPlaywright, fromVitest, inWords, sum, withExitCode } from './tally.mjs';

describe('the sum over test runners', () => {
  it('counts a file that fails before its first test as a failure', () => {
    const report = {
      testResults: [
        { status: 'failed', assertionResults: [{ status: 'failed' }, { status: 'passed' }, { status: 'todo' }] },
        { status: 'failed', assertionResults: [] },
        { status: 'passed', assertionResults: [{ status: 'passed' }, { status: 'skipped' }] },
      ],
    };
    expect(fromVitest(report)).toEqual({ passed: 2, failed: 2, skipped: 2 });
  });

  it('counts a file that is cut off in its middle as a failure, and what it did not come to as skipped', () => {
    const report = { testResults: [{ status: 'failed', assertionResults: [{ status: 'passed' }, { status: 'pending' }, { status: 'skipped' }] }] };
    expect(fromVitest(report)).toEqual({ passed: 1, failed: 1, skipped: 2 });
  });

  it('counts flaky journeys and errors outside tests as failures', () => {
    expect(fromPlaywright({ stats: { expected: 3, unexpected: 1, flaky: 1, skipped: 2 }, errors: [{}] })).toEqual({ passed: 3, failed: 2, skipped: 2 });
    expect(fromPlaywright({ stats: { expected: 3, unexpected: 0, flaky: 0, skipped: 0 }, errors: [{}] })).toEqual({ passed: 3, failed: 1, skipped: 0 });
  });

  it('never lets a bad end pass as a success', () => {
    expect(withExitCode({ passed: 3, failed: 0, skipped: 0 }, 0).failed).toBe(0);
    expect(withExitCode({ passed: 3, failed: 0, skipped: 0 }, 1).failed).toBe(1);
    expect(withExitCode({ passed: 3, failed: 2, skipped: 0 }, 1).failed).toBe(2);
    expect(withExitCode(undefined, 0).failed).toBe(1);
  });

  it('reads back the line it writes, the last one', () => {
    const tally = sum([{ passed: 1, failed: 2, skipped: 3 }, { passed: 10, failed: 20, skipped: 30 }]);
    expect(fromClosingLine(`1 passed, 0 failed, 0 skipped\n${inWords(tally)}\n`)).toEqual({ passed: 11, failed: 22, skipped: 33 });
    expect(fromClosingLine('nothing ran')).toBeUndefined();
  });
});
