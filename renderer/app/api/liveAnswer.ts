/** One answer that is asked again whenever it became stale, at a pace that it can keep. */
import type { QueryName, VitrineError } from '#shared/contract/index.ts';
import { asVitrineError } from './notify.ts';

export type LiveSnapshot<Output> = { readonly data: Output | undefined; readonly error: VitrineError | null };

/** Milliseconds between the end of one asking and the begin of the next, at least. */
const leastPause = 250;

/** Milliseconds between two renewals, whatever their question: a change makes a dozen charts stale at once, and drawn in one frame they would hold it up. */
const turn = 12;
let nextTurn = Number.NEGATIVE_INFINITY;

export class LiveAnswer<Output> {
  readonly name: QueryName;
  readonly #ask: (before: Output | undefined) => Promise<Output>;
  readonly #listeners = new Set<() => void>();
  #snapshot: LiveSnapshot<Output> = { data: undefined, error: null };
  #asking = false;
  #stale = true;
  #worthless = false;
  #endedAt = Number.NEGATIVE_INFINITY;
  #timer: ReturnType<typeof setTimeout> | null = null;

  /** `ask` is given the answer before, to go on from; the same one in return says that nothing is new. */
  constructor(name: QueryName, ask: (before: Output | undefined) => Promise<Output>) {
    this.name = name;
    this.#ask = ask;
  }

  get watched(): boolean {
    return this.#listeners.size > 0;
  }

  readonly snapshot = (): LiveSnapshot<Output> => this.#snapshot;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    this.#schedule();
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0 && this.#timer !== null) {
        clearTimeout(this.#timer);
        this.#timer = null;
      }
    };
  };

  /** It is stale: asked again soon if anybody looks, else when somebody does. `worthless`: there is nothing to go on from. */
  renew(worthless = false): void {
    this.#stale = true;
    this.#worthless ||= worthless;
    this.#schedule();
  }

  #schedule(): void {
    if (!this.#stale || !this.watched || this.#asking || this.#timer !== null) return;
    const now = performance.now();
    let wait = Math.max(0, this.#endedAt + leastPause - now);
    // What nobody knows yet is asked at once.
    if (this.#snapshot.data !== undefined) {
      wait = Math.max(wait, nextTurn - now);
      nextTurn = now + wait + turn;
    }
    this.#timer = setTimeout(() => {
      this.#timer = null;
      void this.#fetch();
    }, wait);
  }

  async #fetch(): Promise<void> {
    this.#asking = true;
    this.#stale = false;
    const before = this.#worthless ? undefined : this.#snapshot.data;
    this.#worthless = false;
    let news = true;
    try {
      const data = await this.#ask(before);
      news = data !== this.#snapshot.data || this.#snapshot.error !== null;
      if (news) this.#snapshot = { data, error: null };
    } catch (thrown) {
      // What was known stays known; a chart does not vanish because core restarts.
      this.#snapshot = { data: this.#snapshot.data, error: asVitrineError(thrown) };
    }
    this.#asking = false;
    this.#endedAt = performance.now();
    if (news) for (const listener of this.#listeners) listener();
    this.#schedule();
  }
}
