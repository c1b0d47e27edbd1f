/** Sums what different test runners report. Node 20, no dependencies. */

/** @typedef {{ passed: number, failed: number, skipped: number }} Tally */

/** @type {Tally} */
export const nothing = { passed: 0, failed: 0, skipped: 0 };

/** @param {readonly Tally[]} tallies @returns {Tally} */
export const sum = (tallies) =>
  tallies.reduce((all, one) => ({ passed: all.passed + one.passed, failed: all.failed + one.failed, skipped: all.skipped + one.skipped }), nothing);

/** @param {Tally} tally */
export const inWords = ({ passed, failed, skipped }) => `${passed} passed, ${failed} failed, ${skipped} skipped`;

/** The line that a script of ours ends with, read back. @param {string} output @returns {Tally | undefined} */
export const fromClosingLine = (output) => {
  const found = [...output.matchAll(/^(\d+) passed, (\d+) failed, (\d+) skipped$/gmu)].at(-1);
  return found === undefined ? undefined : { passed: Number(found[1]), failed: Number(found[2]), skipped: Number(found[3]) };
};

/**
 * A runner that ended badly without naming a failed test has failed once all the same; so has one that ran nothing.
 * @param {Tally | undefined} tally undefined: it left no report
 * @param {number} exitCode
 * @returns {Tally}
 */
export const withExitCode = (tally, exitCode) => {
  const told = tally ?? nothing;
  const ranNothing = told.passed + told.failed + told.skipped === 0;
  return (exitCode !== 0 || ranNothing) && told.failed === 0 ? { ...told, failed: 1 } : told;
};

/**
 * Vitest's JSON report. A file that fails outside of its tests counts as one failure, and the tests that it did not come to as skipped (the report's own
 * sums leave them out).
 * @returns {Tally}
 */
export const fromVitest = (report) => {
  const brokenFiles = report.testResults.filter((file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'));
  const statuses = report.testResults.flatMap((file) => file.assertionResults.map((test) => test.status));
  const count = (status) => statuses.filter((one) => one === status).length;
  return { passed: count('passed'), failed: count('failed') + brokenFiles.length, skipped: statuses.length - count('passed') - count('failed') };
};

/** Playwright's JSON report. A flaky test (passed at a later try) is a failure here. @returns {Tally} */
export const fromPlaywright = ({ stats, errors }) => ({
  passed: stats.expected,
  failed: stats.unexpected + stats.flaky + (stats.unexpected === 0 ? errors.length : 0),
  skipped: stats.skipped,
});
