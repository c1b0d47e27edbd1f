/** Cursors of lists that are sorted by one text. They come back from anywhere, so they are read as hostile input. */
import { VitrineError } from '#shared/contract/errors.ts';

export function textCursor(text: string, position: number): string {
  return Buffer.from(JSON.stringify([text, position])).toString('base64url');
}

export function readTextCursor(cursor: string): { readonly text: string; readonly position: number } {
  try {
    const read: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (Array.isArray(read) && read.length === 2) {
      const [text, position] = read as unknown[];
      if (typeof text === 'string' && typeof position === 'number' && Number.isSafeInteger(position) && position >= 0) return { text, position };
    }
  } catch {
    // Not one of ours.
  }
  throw new VitrineError('bad_input', { details: { explanation: 'The cursor can’t be read.' } });
}
