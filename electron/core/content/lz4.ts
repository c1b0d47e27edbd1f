/** LZ4 frames, read forwards block by block: no library for them is kept up, and the format is a page long. */
import { EndOfBytes, type ByteStream } from './byteStream.ts';

/** Thrown where the bytes are no LZ4 frame. */
export class BrokenFrame extends Error {}

const magic = 0x184d2204;
/** Matches reach this far back. */
const window = 64 * 1024;
const blockSizes: readonly (number | undefined)[] = [undefined, undefined, undefined, undefined, 64 * 1024, 256 * 1024, 1024 * 1024, 4 * 1024 * 1024];

/** Unpacks all frames one after the other; at most one block of 4 MiB is held. Checksums are not looked at. @throws BrokenFrame, EndOfBytes */
export async function* unpackLz4(stream: ByteStream): AsyncGenerator<Uint8Array> {
  for (;;) {
    const begin = await stream.peek(4);
    if (begin.length === 0) return;
    const sign = wordOf(begin);
    if (begin.length < 4 || (sign !== magic && (sign & 0xfffffff0) >>> 0 !== 0x184d2a50)) throw new BrokenFrame();
    await stream.take(4);
    if (sign !== magic) {
      // A frame that is to be skipped.
      await stream.skip(wordOf(await stream.take(4)));
      continue;
    }
    const [flags = 0, size = 0] = await stream.take(2);
    const largest = blockSizes[(size >> 4) & 7];
    if (flags >> 6 !== 1 || largest === undefined) throw new BrokenFrame();
    // The content's size, a dictionary's number, the header's checksum.
    await stream.skip((flags & 8 ? 8 : 0) + (flags & 1 ? 4 : 0) + 1);
    let before: Uint8Array = new Uint8Array(0);
    for (;;) {
      const word = wordOf(await stream.take(4));
      if (word === 0) break;
      const length = word & 0x7fffffff;
      if (length > largest) throw new BrokenFrame();
      const block = await stream.take(length);
      const plain = word >>> 31 === 1 ? block.slice() : blockOf(block, largest, before);
      if (flags & 16) await stream.skip(4);
      // Blocks that depend on each other look back into those before them.
      if ((flags & 32) === 0) before = Buffer.concat([before, plain]).subarray(-window);
      yield plain;
    }
    if (flags & 4) await stream.skip(4);
  }
}

function wordOf(bytes: Uint8Array): number {
  return (((bytes[0] ?? 0) | ((bytes[1] ?? 0) << 8) | ((bytes[2] ?? 0) << 16) | ((bytes[3] ?? 0) << 24)) >>> 0);
}

function blockOf(block: Uint8Array, largest: number, before: Uint8Array): Uint8Array {
  const out = new Uint8Array(before.length + largest);
  out.set(before);
  let to = before.length;
  let at = 0;
  const next = (): number => {
    const byte = block[at++];
    if (byte === undefined) throw new EndOfBytes();
    return byte;
  };
  const lengthOf = (short: number): number => {
    let length = short;
    if (short === 15) for (let more = 255; more === 255; length += more) more = next();
    return length;
  };
  while (at < block.length) {
    const token = next();
    const literals = lengthOf(token >> 4);
    if (at + literals > block.length || to + literals > out.length) throw new BrokenFrame();
    out.set(block.subarray(at, at + literals), to);
    at += literals;
    to += literals;
    // The last sequence is literals alone.
    if (at === block.length) break;
    const offset = next() | (next() << 8);
    const match = lengthOf(token & 15) + 4;
    if (offset === 0 || offset > to || to + match > out.length) throw new BrokenFrame();
    // What is copied may overlap what it makes.
    for (let each = 0; each < match; each++, to++) out[to] = out[to - offset] ?? 0;
  }
  return out.slice(before.length, to);
}
