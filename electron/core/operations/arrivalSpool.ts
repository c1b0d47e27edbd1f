/**
 * Small bodies that were answered and are not yet in the store, in a file beside the catalog: whoever is killed finds them again. It is written and not
 * synced, so a power cut may take it; what is in it belongs to drafts, which promise nothing.
 */
import { createHash } from 'node:crypto';
import { closeSync, constants, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** What is known of a body; the rest is the body itself. */
export type Spooled<Facts> = { readonly facts: Facts; readonly bytes: Uint8Array };

export type ArrivalSpool<Facts> = {
  /** Keeps one more; false where there is no room for it. */
  keep(facts: Facts, bytes: Uint8Array): boolean;
  /** Forgets all. */
  clear(): void;
  close(): void;
};

const fileName = 'arrivals.spool';
/** Beyond it whoever sends waits for the store. */
const largestSpool = 4 * 1024 * 1024;
/** Lengths of the facts and of the body, and the MD5 of both. */
const headBytes = 4 + 4 + 16;

const md5Of = (facts: Uint8Array, bytes: Uint8Array): Buffer => createHash('md5').update(facts).update(bytes).digest();

/** Opens the spool of a folder, with what an earlier process left in it. That stays until `clear`. Where the folder can't be written, it has room for nothing. */
export function openArrivalSpool<Facts>(directory: string): { readonly spool: ArrivalSpool<Facts>; readonly left: readonly Spooled<Facts>[] } {
  const path = join(directory, fileName);
  let descriptor: number;
  let found: readonly Spooled<Facts>[];
  let length: number;
  try {
    // Not to append: what is opened so can't be made shorter everywhere.
    descriptor = openSync(path, constants.O_RDWR | constants.O_CREAT, 0o600);
    const before = readFileSync(path);
    ({ found, length } = spooledIn<Facts>(before));
    // What comes next stands behind whole records, and is found there again.
    if (length < before.length) ftruncateSync(descriptor, length);
  } catch {
    return { left: [], spool: { keep: () => false, clear: () => undefined, close: () => undefined } };
  }
  return {
    left: found,
    spool: {
      keep(facts, bytes) {
        const text = Buffer.from(JSON.stringify(facts), 'utf8');
        if (length + headBytes + text.length + bytes.length > largestSpool) return false;
        const head = Buffer.alloc(headBytes);
        head.writeUInt32LE(text.length, 0);
        head.writeUInt32LE(bytes.length, 4);
        head.set(md5Of(text, bytes), 8);
        const record = Buffer.concat([head, text, bytes]);
        try {
          if (writeSync(descriptor, record, 0, record.length, length) === record.length) {
            length += record.length;
            return true;
          }
        } catch {
          // A full disk: the store says so, in the words for it.
        }
        // What is half there must not stand before a whole one.
        ftruncateSync(descriptor, length);
        return false;
      },
      clear() {
        if (length === 0) return;
        ftruncateSync(descriptor, 0);
        length = 0;
      },
      close: () => closeSync(descriptor),
    },
  };
}

/** The whole records, and where they end; one that was cut off was never answered. */
function spooledIn<Facts>(content: Buffer): { readonly found: readonly Spooled<Facts>[]; readonly length: number } {
  const found: Spooled<Facts>[] = [];
  let at = 0;
  while (at + headBytes <= content.length) {
    const begin = at + headBytes;
    const middle = begin + content.readUInt32LE(at);
    const end = middle + content.readUInt32LE(at + 4);
    const facts = content.subarray(begin, middle);
    const bytes = content.subarray(middle, end);
    if (end > content.length || !md5Of(facts, bytes).equals(content.subarray(at + 8, begin))) break;
    found.push({ facts: JSON.parse(facts.toString('utf8')) as Facts, bytes });
    at = end;
  }
  return { found, length: at };
}
