/**
 * What did not pass, by name, out of the reports of test runners: said once more at the end, since thousands of lines of passed tests stand between
 * a failure and the sum. Node 20, no dependencies.
 */

/** Terminal colours in messages, which a log doesn't show. */
// eslint-disable-next-line no-control-regex -- the escape character is what they begin with
const colours = /\u001B\[[\d;]*m/gu;

/** The first line of a message that says something, cut. @param {string | undefined} message */
const firstLine = (message) => {
  const line = (message ?? '').replaceAll(colours, '').split('\n').find((one) => one.trim() !== '')?.trim() ?? '';
  return line.length > 300 ? `${line.slice(0, 299)}…` : line;
};

/** @param {'failed' | 'skipped'} what @param {string} name @param {string} [reason] */
const inALine = (what, name, reason) => `${what}: ${name}${reason === undefined || reason === '' ? '' : `: ${reason}`}`;

/** @param {string} path @param {string} folder */
const below = (path, folder) => (path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : path);

/** Vitest's JSON report. @param {any} report @param {string} folder names of files are given below it @returns {readonly string[]} */
export const unpassedByVitest = (report, folder) =>
  report.testResults.flatMap((file) => {
    const name = below(file.name ?? '', folder);
    const tests = file.assertionResults
      .filter((test) => test.status !== 'passed')
      .map((test) => inALine(test.status === 'failed' ? 'failed' : 'skipped', `${name} › ${test.fullName}`, firstLine(test.failureMessages?.[0])));
    const failsAsAWhole = file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed');
    return failsAsAWhole ? [inALine('failed', name, firstLine(file.message)), ...tests] : tests;
  });

/** @param {any} suite @returns {readonly any[]} */
const specsOf = (suite) => [...(suite.specs ?? []), ...(suite.suites ?? []).flatMap(specsOf)];

/** Playwright's JSON report. @param {any} report @returns {readonly string[]} */
export const unpassedByPlaywright = (report) => [
  ...(report.suites ?? []).flatMap(specsOf).flatMap((spec) =>
    spec.tests
      .filter((test) => test.status !== 'expected')
      .map((test) =>
        test.status === 'skipped'
          ? inALine('skipped', `${spec.file} › ${spec.title}`, firstLine(test.annotations?.find((one) => one.type === 'skip')?.description ?? 'one before it failed'))
          : inALine('failed', `${spec.file} › ${spec.title}`, firstLine(test.results.find((result) => result.error !== undefined)?.error.message)),
      ),
  ),
  ...(report.errors ?? []).map((error) => inALine('failed', 'outside of tests', firstLine(error.message))),
];
