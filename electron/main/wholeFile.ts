/** Files that stand whole or not at all. */
import { rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

const reasons: Readonly<Record<string, string>> = {
  ENOSPC: 'there is no room left on that disk',
  EDQUOT: 'there is no room left for you on that disk',
  EACCES: 'you may not write there',
  EPERM: 'you may not write there',
  EROFS: 'that disk is read-only',
  ENOENT: 'the folder is no longer there',
  EISDIR: 'a folder has that name',
};

/** Writes beside the goal and puts it in its place: a failure leaves what stood there. Throws a sentence for the person who chose the place. */
export async function writeWholeFile(path: string, content: string | Uint8Array): Promise<void> {
  const beside = join(dirname(path), `.${basename(path).slice(0, 100)}.${crypto.randomUUID().slice(0, 8)}.part`);
  try {
    await writeFile(beside, content, { flag: 'wx' });
    await rename(beside, path);
  } catch (thrown) {
    await rm(beside, { force: true }).catch(() => undefined);
    const code = (thrown as NodeJS.ErrnoException).code ?? '';
    throw new Error(`${basename(path)} could not be written: ${reasons[code] ?? (thrown instanceof Error ? thrown.message : String(thrown))}.`, { cause: thrown });
  }
}
