/** Holds what comes or goes to so many bytes a second. */
import { VitrineError } from '#shared/contract/errors.ts';

/** How much may run ahead of the rate: less than this takes no pause. */
const burstMilliseconds = 100;

export type Clock = { now(): number; wait(milliseconds: number, signal: AbortSignal): Promise<void> };

export const systemClock: Clock = {
  now: () => performance.now(),
  wait: (milliseconds, signal) =>
    new Promise((resolve, reject) => {
      const stop = (): void => {
        clearTimeout(timer);
        reject(new VitrineError('cancelled', { details: { operation: 'sync' } }));
      };
      const timer = setTimeout(() => {
        signal.removeEventListener('abort', stop);
        resolve();
      }, milliseconds);
      signal.addEventListener('abort', stop, { once: true });
      if (signal.aborted) stop();
    }),
};

/** Shared by all that goes over one remote at once, so that they are held to the rate together. */
export class Pace {
  readonly #clock: Clock;
  /** Milliseconds at which all that was let through would have come at the rate. */
  #due = 0;
  /** Bytes a second; null: as fast as it goes. */
  rate: number | null;

  constructor(rate: number | null, clock: Clock = systemClock) {
    this.rate = rate;
    this.#clock = clock;
  }

  async take(bytes: number, signal: AbortSignal): Promise<void> {
    if (this.rate === null) return;
    const now = this.#clock.now();
    this.#due = Math.max(this.#due, now) + (bytes / this.rate) * 1000;
    const ahead = this.#due - now;
    if (ahead > burstMilliseconds) await this.#clock.wait(ahead, signal);
  }

  async *hold(content: AsyncIterable<Uint8Array>, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    for await (const piece of content) {
      await this.take(piece.length, signal);
      yield piece;
    }
  }
}
