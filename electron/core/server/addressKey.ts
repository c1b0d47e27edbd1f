/** The secret that seals the addresses for bytes. It lies in the catalog's folder, so that an upload under way outlives a restart. */
import { randomBytes } from 'node:crypto';
import { link, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const keyBytes = 32;

/** 32 bytes; made at the first opening, for its user's eyes only. Where nothing can be kept, it holds for this process. */
export async function addressKey(directory: string): Promise<Uint8Array> {
  const file = join(directory, 'door.key');
  const kept = await readKey(file);
  if (kept !== null) return kept;
  const made = randomBytes(keyBytes);
  const fresh = join(directory, `door.key.${randomBytes(4).toString('hex')}`);
  try {
    await writeFile(fresh, made.toString('base64'), { mode: 0o600, flag: 'wx', flush: true });
    // One that cannot be read is no key: another takes its place. One that somebody else made in between is.
    if ((await readFile(file).catch(() => null)) !== null && (await readKey(file)) === null) await rm(file, { force: true });
    await link(fresh, file).catch(() => undefined);
    return (await readKey(file)) ?? made;
  } catch {
    return made;
  } finally {
    await rm(fresh, { force: true }).catch(() => undefined);
  }
}

async function readKey(file: string): Promise<Uint8Array | null> {
  const text = await readFile(file, 'utf8').catch(() => '');
  const bytes = Buffer.from(text.trim(), 'base64');
  return bytes.length === keyBytes ? bytes : null;
}
