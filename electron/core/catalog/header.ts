/** The first bytes of an SQLite file, read without SQLite. */
import { closeSync, existsSync, openSync, readSync } from 'node:fs';

const headerBytes = 100;
const userVersionOffset = 60;

/** null when there is no file, or not a whole header. */
export function readHeader(file: string): { readonly userVersion: number } | null {
  if (!existsSync(file)) return null;
  const descriptor = openSync(file, 'r');
  try {
    const header = Buffer.alloc(headerBytes);
    if (readSync(descriptor, header, 0, headerBytes, 0) < headerBytes || header.toString('latin1', 0, 15) !== 'SQLite format 3') return null;
    return { userVersion: header.readInt32BE(userVersionOffset) };
  } finally {
    closeSync(descriptor);
  }
}
