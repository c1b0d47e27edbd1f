/** Bytes from `start` up to but not including `end`. */
export type ByteRange = { readonly start: number; readonly end: number };

/**
 * Reads a `Range` header (RFC 9110) against a size in bytes: null for the whole (none asked, several asked, or not readable, which the
 * standard lets a server ignore), `unsatisfiable` when it lies outside.
 */
export function parseByteRange(header: string | undefined, size: number): ByteRange | null | 'unsatisfiable' {
  const match = header === undefined ? null : /^bytes=(\d*)-(\d*)$/.exec(header.trim());
  if (match === null) return null;
  const [, first = '', last = ''] = match;
  if (first === '' && last === '') return null;
  if (first === '') {
    const length = Math.min(Number(last), size);
    return length === 0 ? 'unsatisfiable' : { start: size - length, end: size };
  }
  const start = Number(first);
  const end = last === '' ? size : Math.min(Number(last) + 1, size);
  if (last !== '' && Number(last) < start) return null;
  return start >= size ? 'unsatisfiable' : { start, end };
}
