/**
 * Commands that are answered before the disk has them, where nothing else is in their group: what they note means nothing to anybody until
 * a commit makes a version of it, and that one waits for the disk with all that came before. A power cut in between leaves a draft that lacks
 * something, which its commit names.
 */
import { lengthOf } from './inputLength.ts';

/** Things told of together that are few enough to be noted in the asking thread. */
const fewThings = 64;

const always = (): boolean => true;
const never = (): boolean => false;

/** Each with whether it takes no longer than a few rows do. */
const provisional: ReadonlyMap<string, (input: unknown) => boolean> = new Map<string, (input: unknown) => boolean>([
  ['drafts.addManifest', always],
  ['drafts.updateManifest', always],
  // Marks a key as used, which the writing thread remembers of those who ask.
  ['internal.authenticateKey', never],
  ['internal.createDraft', always],
  ['internal.noteUpload', always],
  ['internal.noteUploads', (input) => lengthOf(input, 'uploads') <= fewThings],
  ['internal.planFiles', (input) => lengthOf(input, 'files') <= fewThings],
]);

export function isProvisional(name: string): boolean {
  return provisional.has(name);
}

/** Whether it may be noted by the thread that asks (`nearWriter.ts`). */
export function isShortNote(name: string, input: unknown): boolean {
  return provisional.get(name)?.(input) ?? false;
}
