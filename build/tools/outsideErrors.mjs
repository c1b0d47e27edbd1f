/**
 * A reporter of Vitest's for what went wrong outside of any test: a worker that ended in the middle of a file, an exception that nobody awaited. Its JSON
 * report leaves them out, and thousands of lines of passed tests stand between where they are printed and the sum.
 * Writes to the file that `VITRINE_OUTSIDE_ERRORS` names, where there are any: a JSON array of sentences.
 */
import { writeFileSync } from 'node:fs';

/**
 * An error with what caused it, in a sentence. @param {any} error @returns {string}
 */
export const inASentence = (error) => {
  const said = [];
  for (let one = error; one !== undefined && one !== null && said.length < 5; one = one.cause) {
    const message = typeof one === 'object' ? (one.message ?? one.name ?? '') : String(one);
    said.push(String(message).split('\n').find((line) => line.trim() !== '')?.trim() ?? 'without words');
  }
  const where = error?.VITEST_TEST_NAME ?? error?.VITEST_TEST_PATH;
  return `${said.join(' ← ')}${where === undefined ? '' : ` (in or after ${where})`}`;
};

// eslint-disable-next-line import/no-default-export -- Vitest takes a reporter's default export only
export default class OutsideErrors {
  /** @param {readonly unknown[]} _modules @param {readonly any[]} errors */
  onTestRunEnd(_modules, errors) {
    const file = process.env['VITRINE_OUTSIDE_ERRORS'];
    if (file !== undefined && errors.length > 0) writeFileSync(file, JSON.stringify(errors.map(inASentence)));
  }
}
