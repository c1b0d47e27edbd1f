/** What is packed, unpacked while it is read: by Node where it can, by kept libraries where it can't. Nothing is ever held whole. */
import { Readable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { createGunzip, createInflate, createZstdDecompress } from 'node:zlib';
import bitIterator from 'unbzip2-stream/lib/bit_iterator.js';
import bzip2 from 'unbzip2-stream/lib/bzip2.js';
import xz from 'xz-decompress';
import type { ByteStream } from './byteStream.ts';
import { unpackLz4 } from './lz4.ts';

export type Packing = 'gzip' | 'zlib' | 'zstd' | 'bzip2' | 'lz4' | 'xz';

const magics: readonly (readonly [Packing, readonly number[]])[] = [
  ['gzip', [0x1f, 0x8b, 8]], ['zstd', [0x28, 0xb5, 0x2f, 0xfd]], ['bzip2', [0x42, 0x5a, 0x68]], ['lz4', [4, 0x22, 0x4d, 0x18]], ['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0]],
];

/** How the bytes that begin like this are packed; null where they aren't. Of zlib two bytes are all there is: many a text begins like it. */
export function packingOf(head: Uint8Array): Packing | null {
  const found = magics.find(([, magic]) => magic.every((byte, at) => head[at] === byte));
  if (found !== undefined) return found[0];
  const [first = 0, second = 0] = head;
  return first === 0x78 && ((first << 8) | second) % 31 === 0 ? 'zlib' : null;
}

/** Whether the beginning alone says it for certain. */
export const isCertain = (packing: Packing): boolean => packing !== 'zlib';

/** Throws whatever the unpacker throws where the bytes are broken. */
export async function* unpack(stream: ByteStream, packing: Packing): AsyncGenerator<Uint8Array> {
  switch (packing) {
    case 'gzip':
    case 'zlib':
    case 'zstd': {
      const unpacker = packing === 'gzip' ? createGunzip() : packing === 'zlib' ? createInflate() : createZstdDecompress();
      let given = 0;
      const source = Readable.from(counted(stream, (length) => (given += length)));
      source.on('error', (error) => unpacker.destroy(error));
      source.pipe(unpacker);
      try {
        yield* unpacker as AsyncIterable<Uint8Array>;
        // Node reads the first of several frames and passes over the rest, which others would read.
        if (packing === 'zstd' && given > unpacker.bytesWritten) throw new Error('More lies behind the first frame.');
      } finally {
        source.destroy();
        unpacker.destroy();
      }
      return;
    }
    case 'bzip2':
      yield* unpackBzip2(stream);
      return;
    case 'lz4':
      yield* unpackLz4(stream);
      return;
    case 'xz':
      yield* unpackXz(stream);
  }
}

async function* counted(stream: ByteStream, count: (length: number) => void): AsyncGenerator<Uint8Array> {
  for await (const piece of piecesOf(stream)) {
    count(piece.length);
    yield piece;
  }
}

export async function* piecesOf(stream: ByteStream): AsyncGenerator<Uint8Array> {
  for (let piece = await stream.piece(); piece !== null; piece = await stream.piece()) yield piece;
}

/** A block has at most 900,000 bytes packed and unpacked, but for runs, which make it up to fifty times as long. */
async function* unpackBzip2(stream: ByteStream): AsyncGenerator<Uint8Array> {
  const waiting: Uint8Array[] = [];
  let came = 0;
  let ended = false;
  let read = (): number => 0;
  /** Bytes that came and were not read, up to `count` of them where there are so many. */
  const hold = async (count: number): Promise<number> => {
    while (!ended && came - read() < count) {
      const piece = await stream.piece();
      if (piece === null) ended = true;
      else if (piece.length > 0) {
        waiting.push(piece);
        came += piece.length;
      }
    }
    return came - read();
  };
  if ((await hold(1)) === 0) return;
  const bits = bitIterator(() => {
    const next = waiting.shift();
    if (next === undefined) throw new Error('It ends in the middle of a block.');
    return next;
  });
  read = () => bits.bytesRead;
  // Several may lie behind one another.
  while ((await hold(4)) > 0) {
    const size = 100_000 * bzip2.header(bits);
    for (let sum: number | null = 0; ; ) {
      // The decoder can't wait: a whole block has to be there, with its tables.
      await hold(size + 25_000);
      let out = Buffer.allocUnsafe(size);
      let length = 0;
      sum = bzip2.decompress(bits, (byte) => {
        if (length === out.length) out = Buffer.concat([out], out.length * 2);
        out[length++] = byte;
      }, new Int32Array(size), size, sum);
      if (sum === null) break;
      yield out.subarray(0, length);
      // A block takes a while, and others want their turn.
      await nextTurn();
    }
  }
}

/**
 * In WebAssembly, with 64 MiB of dictionary at most: what wants more is refused. The library works at one stream at a time; whoever opens a second
 * before the first is closed waits. Several streams behind one another are read as one.
 */
async function* unpackXz(stream: ByteStream): AsyncGenerator<Uint8Array> {
  const packed = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const piece = await stream.piece();
      if (piece === null) controller.close();
      else controller.enqueue(piece);
    },
  });
  const reader = new xz.XzReadableStream(packed).getReader();
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}
