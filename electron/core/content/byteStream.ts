/** Bytes that come in pieces, read forwards: what the scanners work on, whatever they come from. */

/** Thrown where the bytes end in the middle of something. */
export class EndOfBytes extends Error {}

export type ByteStream = {
  /** Bytes given out or passed over so far. */
  readonly offset: number;
  /** So many bytes, which must be few enough to hold. @throws EndOfBytes */
  take(count: number): Promise<Uint8Array>;
  /** One byte without waiting while there are some; -1 at the end. */
  byte(): number | Promise<number>;
  /** Up to `count` of the bytes that come next, without passing them. */
  peek(count: number): Promise<Uint8Array>;
  /** @throws EndOfBytes */
  skip(count: number): Promise<void>;
  /** Up to a line feed, without it. @throws EndOfBytes where none comes within `most` bytes */
  line(most: number): Promise<Uint8Array>;
  /** The next piece as it comes; null at the end. */
  piece(): Promise<Uint8Array | null>;
  /** Lets go of what it reads from, wherever it stands. */
  close(): Promise<void>;
};

const noBytes = new Uint8Array(0);

export function byteStream(source: AsyncIterable<Uint8Array>): ByteStream {
  const pieces = source[Symbol.asyncIterator]();
  let held: Uint8Array = noBytes;
  let at = 0;
  let passed = 0;
  let ended = false;

  async function more(): Promise<boolean> {
    if (ended) return false;
    const next = await pieces.next();
    if (next.done === true) {
      ended = true;
      return false;
    }
    if (at === held.length) held = next.value;
    else {
      const joined = new Uint8Array(held.length - at + next.value.length);
      joined.set(held.subarray(at));
      joined.set(next.value, held.length - at);
      held = joined;
    }
    at = 0;
    return true;
  }

  function pass(count: number): void {
    at += count;
    passed += count;
  }

  return {
    get offset() {
      return passed;
    },
    async take(count) {
      while (held.length - at < count) if (!(await more())) throw new EndOfBytes();
      const taken = held.subarray(at, at + count);
      pass(count);
      return taken;
    },
    byte() {
      if (at < held.length) {
        passed += 1;
        return held[at++] ?? -1;
      }
      return (async () => {
        // A piece may be empty.
        while (at === held.length) if (!(await more())) return -1;
        passed += 1;
        return held[at++] ?? -1;
      })();
    },
    async peek(count) {
      while (held.length - at < count && (await more()));
      return held.subarray(at, Math.min(held.length, at + count));
    },
    async skip(count) {
      let left = count;
      for (;;) {
        const here = Math.min(left, held.length - at);
        pass(here);
        left -= here;
        if (left === 0) return;
        if (!(await more())) throw new EndOfBytes();
      }
    },
    async line(most) {
      for (let looked = 0; ; ) {
        const found = held.indexOf(10, at + looked);
        if (found !== -1 && found - at <= most) {
          const taken = held.subarray(at, found);
          pass(found - at + 1);
          return taken;
        }
        looked = held.length - at;
        if (looked > most || !(await more())) throw new EndOfBytes();
      }
    },
    async piece() {
      while (at === held.length) if (!(await more())) return null;
      const taken = held.subarray(at);
      pass(taken.length);
      return taken;
    },
    async close() {
      ended = true;
      await pieces.return?.();
    },
  };
}
