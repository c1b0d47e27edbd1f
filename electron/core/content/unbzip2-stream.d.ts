/** The decoder of `unbzip2-stream`, block by block: the package's own stream unpacks everything that it holds at once, which a bomb would use. */
declare module 'unbzip2-stream/lib/bit_iterator.js' {
  export type Bits = ((count: number | null) => number) & { readonly bytesRead: number };
  /** Throws what `nextBuffer` throws. */
  export default function bitIterator(nextBuffer: () => Uint8Array): Bits;
}

declare module 'unbzip2-stream/lib/bzip2.js' {
  import type { Bits } from 'unbzip2-stream/lib/bit_iterator.js';
  const bzip2: {
    /** Hundreds of thousands of bytes in a block, 1 to 9. Throws where no archive begins. */
    header(bits: Bits): number;
    /** One block, byte by byte; the sum so far, or null behind the last. Throws where a sum is wrong. */
    decompress(bits: Bits, put: (byte: number) => void, buffer: Int32Array, size: number, sum: number): number | null;
  };
  export default bzip2;
}
