/** Which questions are answered from a few rows found by key, whatever the size of the catalog. */
import { lengthOf } from './inputLength.ts';

/** Things asked for together, at most. */
const fewThings = 4;
const fewContents = 64;

const always = (): boolean => true;
const fewIds = (input: unknown): boolean => lengthOf(input, 'ids') <= fewThings;

const short: ReadonlyMap<string, (input: unknown) => boolean> = new Map([
  ['addresses.resolve', always],
  ['collections.get', always],
  ['collections.details', fewIds],
  ['links.get', always],
  ['projects.get', always],
  ['registries.get', always],
  ['runs.get', always],
  ['runs.details', fewIds],
  ['versions.details', fewIds],
  ['versions.get', always],
  ['internal.authenticateKey', always],
  ['internal.checkRunFile', always],
  ['internal.clientManifest', always],
  ['internal.draftToCommit', always],
  ['internal.entry', always],
  ['internal.linkTarget', always],
  ['internal.resolveContents', (input) => lengthOf(input, 'contents') <= fewContents && lengthOf(input, 'baseVersionIds') <= fewThings],
  ['internal.runFile', always],
  ['internal.runId', always],
  ['internal.uploadFacts', always],
]);

export function isShortQuestion(name: string, input: unknown): boolean {
  return short.get(name)?.(input) ?? false;
}

/** Whether a short question is about the lines of runs, too, which lie in a file of their own. */
export function asksRunLog(name: string): boolean {
  return name === 'runs.get' || name === 'runs.details';
}

/** What a window asks before anything else, whatever it opens at: lists among them, but of one page. */
const opening: ReadonlySet<string> = new Set([
  'artifacts.list', 'catalog.status', 'collections.list', 'home.get', 'internal.alertNotices', 'internal.anyAutomation', 'internal.approvalNotices', 'internal.keptSecrets', 'internal.remoteCounts', 'links.list', 'projects.list', 'registries.list', 'searches.list', 'settings.get', 'undo.latest', 'users.get', 'versions.list',
]);

/** Whether a question, though not short, belongs to what a window opens with. */
export function isOpeningQuestion(name: string): boolean {
  return opening.has(name);
}
