/**
 * The container of a bundle: a plain tar (POSIX ustar), so that any tool can look inside. Only what Vitrine writes is read: regular files,
 * whose names the caller knows; links, folders, devices and extensions are refused, so nothing in it can lead anywhere.
 */
import { VitrineError } from '#shared/contract/index.ts';

const blockBytes = 512;

/** Sizes beyond eight octal gigabytes are written as GNU tar does, in base 256. */
export function tarHeader(name: string, size: number): Buffer {
  const header = Buffer.alloc(blockBytes);
  header.write(name, 0, 100, 'ascii');
  header.write('0000644\0' + '0000000\0' + '0000000\0', 100, 'ascii');
  if (size < 8 ** 11) header.write(`${size.toString(8).padStart(11, '0')}\0`, 124, 'ascii');
  else {
    header[124] = 0x80;
    header.writeBigUInt64BE(BigInt(size), 128);
  }
  header.write('00000000000\0', 136, 'ascii');
  header.write('        0', 148, 'ascii');
  header.write('ustar\u000000', 257, 'ascii');
  header.write(`${sumOf(header).toString(8).padStart(6, '0')}\0 `, 148, 'ascii');
  return header;
}

export function tarPadding(size: number): Buffer {
  return Buffer.alloc((blockBytes - (size % blockBytes)) % blockBytes);
}

export const tarEnd: Buffer = Buffer.alloc(2 * blockBytes);

function sumOf(header: Buffer): number {
  let sum = 0;
  for (let at = 0; at < blockBytes; at++) sum += at >= 148 && at < 156 ? 0x20 : header[at]!;
  return sum;
}

export type TarMember = {
  readonly name: string;
  readonly size: number;
  /** Its bytes, once; what is left of them is passed over when the next member is asked for. */
  readonly content: AsyncIterable<Uint8Array>;
};

function broken(explanation: string): VitrineError {
  return new VitrineError('bad_input', { details: { explanation: `This is no bundle that Vitrine wrote, or it is damaged: ${explanation}` } });
}

/** Reads member by member. Throws `bad_input` for what is no such tar, or ends too soon. */
export async function* readTar(source: AsyncIterable<Uint8Array>): AsyncGenerator<TarMember> {
  const pieces = source[Symbol.asyncIterator]();
  let held: Buffer = Buffer.alloc(0);

  async function more(): Promise<boolean> {
    const next = await pieces.next();
    if (next.done === true) return false;
    held = held.length === 0 ? Buffer.from(next.value) : Buffer.concat([held, next.value]);
    return true;
  }
  async function block(): Promise<Buffer> {
    while (held.length < blockBytes) if (!(await more())) throw broken('it ends in the middle.');
    const taken = held.subarray(0, blockBytes);
    held = held.subarray(blockBytes);
    return taken;
  }

  for (;;) {
    const header = await block();
    if (header.every((byte) => byte === 0)) return;
    const { name, size } = readHeader(header);
    let left = size + tarPadding(size).length;
    let unread = size;
    const take = async (): Promise<Buffer | null> => {
      if (left === 0) return null;
      if (held.length === 0 && !(await more())) throw broken(`“${name}” ends in the middle.`);
      const taken = held.subarray(0, Math.min(held.length, left));
      held = held.subarray(taken.length);
      left -= taken.length;
      const content = taken.subarray(0, Math.min(taken.length, unread));
      unread -= content.length;
      return content;
    };
    yield {
      name, size,
      content: (async function* () {
        for (let piece = await take(); piece !== null; piece = await take()) if (piece.length > 0) yield piece;
      })(),
    };
    while ((await take()) !== null);
  }
}

function readHeader(header: Buffer): { readonly name: string; readonly size: number } {
  const text = (from: number, length: number): string => header.toString('latin1', from, from + length).split('\0')[0] ?? '';
  if (text(257, 5) !== 'ustar') throw broken('it is no tar.');
  if (Number.parseInt(text(148, 8).trim(), 8) !== sumOf(header)) throw broken('the checksum of a header is wrong.');
  const kind = String.fromCharCode(header[156]!);
  const name = text(0, 100);
  if (kind !== '0' || text(157, 100) !== '' || text(345, 155) !== '') throw broken(`“${name}” is no plain file.`);
  const big = header[124] === 0x80;
  const size = big ? Number(header.readBigUInt64BE(128)) : /^[0-7]{1,11}$/.test(text(124, 12).trim()) ? Number.parseInt(text(124, 12), 8) : -1;
  if (!Number.isSafeInteger(size) || size < 0) throw broken(`“${name}” has no size.`);
  return { name, size };
}
