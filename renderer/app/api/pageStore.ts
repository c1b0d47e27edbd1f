/**
 * The rows of one list, by row number: pages are fetched where the eye is, kept, and refreshed in place when the list changed.
 *
 * Nothing here knows React. A page that became stale keeps being shown until its successor arrives, so that a change somewhere in a list
 * never makes the list blink; a page that was asked for and scrolled past is called off.
 */
import type { VitrineError } from '#shared/contract/index.ts';

export type FetchedPage<Row> = { readonly items: readonly Row[]; readonly total: number };

/** Fetches `limit` rows from row `position` on. */
export type FetchPage<Row> = (position: number, limit: number, signal: AbortSignal) => Promise<FetchedPage<Row>>;

export type PageSnapshot = {
  /** Rows in the whole list; 0 until the first page came. */
  readonly rowCount: number;
  /** Whether any page came yet. */
  readonly loaded: boolean;
  /** What the last attempt failed with; null once one went well. */
  readonly error: VitrineError | null;
  /** Grows with every change of what `getRow` would answer. */
  readonly revision: number;
};

type Page<Row> = { readonly items: readonly Row[]; stale: boolean; usedAt: number };

type PageStoreOptions = {
  /** Rows per page. */
  readonly pageSize?: number;
  /** Pages kept; the least recently seen go first. */
  readonly keep?: number;
  /** Pages under way at once. */
  readonly atOnce?: number;
  /** Milliseconds between two times that everything is fetched again, at least: for lists of what changes all the time. */
  readonly pace?: number;
};

export class PageStore<Row> {
  readonly pageSize: number;
  readonly #fetch: FetchPage<Row>;
  readonly #keep: number;
  readonly #atOnce: number;
  readonly #pace: number;
  readonly #pages = new Map<number, Page<Row>>();
  readonly #underWay = new Map<number, AbortController>();
  readonly #listeners = new Set<() => void>();
  #wanted: readonly [first: number, last: number] = [0, 0];
  /** Pages to fetch next, in this order. */
  readonly #queue = new Set<number>([0]);
  #fillSoon = false;
  #watched = 0;
  #clock = 0;
  #generation = 0;
  #invalidatedAt = Number.NEGATIVE_INFINITY;
  #invalidateLater: ReturnType<typeof setTimeout> | null = null;
  #snapshot: PageSnapshot = { rowCount: 0, loaded: false, error: null, revision: 0 };

  constructor(fetch: FetchPage<Row>, options: PageStoreOptions = {}) {
    this.#fetch = fetch;
    this.pageSize = options.pageSize ?? 100;
    this.#keep = options.keep ?? 120;
    this.#atOnce = options.atOnce ?? 3;
    this.#pace = options.pace ?? 0;
  }

  /** Fits `useSyncExternalStore`. While someone listens, what is wanted is fetched and kept fresh. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    this.#watched += 1;
    this.#fill();
    return () => {
      this.#listeners.delete(listener);
      this.#watched -= 1;
      if (this.#watched === 0) {
        for (const number of this.#underWay.keys()) this.#queue.add(number);
        this.#callOff(() => true);
      }
    };
  };

  readonly snapshot = (): PageSnapshot => this.#snapshot;

  /** Asks for the first page before anyone listens: for whoever makes a list because it is about to be shown. */
  begin(): void {
    if (this.#snapshot.loaded || this.#underWay.size > 0 || !this.#queue.delete(0)) return;
    void this.#load(0);
  }

  /** The row, or undefined while it is not there yet. Reading a stale row has its page fetched again: what is on show is what is read. */
  row(index: number): Row | undefined {
    const number = Math.floor(index / this.pageSize);
    const page = this.#pages.get(number);
    if (page === undefined) return undefined;
    if (page.stale && !this.#underWay.has(number) && !this.#queue.has(number)) {
      this.#queue.add(number);
      this.#scheduleFill();
    }
    return page.items[index % this.pageSize];
  }

  /** Says which rows are looked at: `first` included, `last` not. Cheap: called while scrolling. */
  need(first: number, last: number): void {
    const wanted: readonly [number, number] = [Math.max(0, Math.floor(first / this.pageSize)), Math.max(0, Math.floor(Math.max(first, last - 1) / this.pageSize))];
    this.#wanted = wanted;
    this.#queue.clear();
    for (let number = wanted[0]; number <= wanted[1]; number += 1) {
      const page = this.#pages.get(number);
      if (page !== undefined) page.usedAt = ++this.#clock;
      if ((page === undefined || page.stale) && !this.#underWay.has(number)) this.#queue.add(number);
    }
    this.#callOff((number) => !this.#pages.has(number) && (number < wanted[0] - 1 || number > wanted[1] + 1));
    this.#fill();
  }

  /** Everything held may be wrong: it stays on show and is fetched again where it is looked at. */
  invalidate(): void {
    if (this.#invalidateLater !== null) return;
    const wait = this.#invalidatedAt + this.#pace - performance.now();
    if (wait > 0) {
      this.#invalidateLater = setTimeout(() => {
        this.#invalidateLater = null;
        this.invalidate();
      }, wait);
      return;
    }
    this.#invalidatedAt = performance.now();
    this.#generation += 1;
    for (const page of this.#pages.values()) page.stale = true;
    if (this.#pages.size === 0) this.#queue.add(this.#wanted[0]);
    // No row of an empty list is ever read, so its first page is asked for in any case: something may be there now.
    else if (this.#snapshot.rowCount === 0) this.#queue.add(0);
    // Whoever shows rows reads them again, and by reading says which pages to fetch.
    this.#change({ error: null });
    this.#fill();
  }

  /** After a failure: asks again. */
  retry(): void {
    this.need(this.#wanted[0] * this.pageSize, (this.#wanted[1] + 1) * this.pageSize);
    this.#change({ error: null });
    this.#fill();
  }

  /** The rows held now, with their numbers: for selections that name rows. */
  *heldRows(): Generator<readonly [index: number, row: Row]> {
    for (const [number, page] of this.#pages) for (const [offset, row] of page.items.entries()) yield [number * this.pageSize + offset, row];
  }

  #scheduleFill(): void {
    if (this.#fillSoon) return;
    this.#fillSoon = true;
    queueMicrotask(() => {
      this.#fillSoon = false;
      this.#fill();
    });
  }

  #fill(): void {
    if (this.#watched === 0 || this.#snapshot.error !== null) return;
    for (const number of this.#queue) {
      if (this.#underWay.size >= this.#atOnce) return;
      this.#queue.delete(number);
      if (this.#underWay.has(number)) continue;
      // Past the end of what is there; the first page is always worth asking for.
      if (this.#snapshot.loaded && number > 0 && number * this.pageSize >= this.#snapshot.rowCount) continue;
      void this.#load(number);
    }
  }

  async #load(number: number): Promise<void> {
    const abort = new AbortController();
    this.#underWay.set(number, abort);
    const generation = this.#generation;
    try {
      const fetched = await this.#fetch(number * this.pageSize, this.pageSize, abort.signal);
      if (abort.signal.aborted) return;
      this.#underWay.delete(number);
      // Changed while it was under way: shown all the same, and fetched once more.
      this.#pages.set(number, { items: fetched.items, stale: generation !== this.#generation, usedAt: ++this.#clock });
      if (fetched.total === 0 && generation !== this.#generation) this.#queue.add(0);
      this.#forget(fetched.total);
      this.#change({ rowCount: fetched.total, loaded: true, error: null });
    } catch (thrown) {
      if (abort.signal.aborted) return;
      this.#underWay.delete(number);
      this.#queue.add(number);
      this.#change({ error: thrown as VitrineError });
    }
    this.#fill();
  }

  #callOff(which: (page: number) => boolean): void {
    for (const [number, abort] of this.#underWay) {
      if (!which(number)) continue;
      this.#underWay.delete(number);
      abort.abort();
    }
  }

  #forget(total: number): void {
    for (const number of this.#pages.keys()) if (number > 0 && number * this.pageSize >= total) this.#pages.delete(number);
    if (this.#pages.size <= this.#keep) return;
    const [first, last] = this.#wanted;
    const oldest = [...this.#pages].filter(([number]) => number < first || number > last).sort(([, left], [, right]) => left.usedAt - right.usedAt);
    for (const [number] of oldest.slice(0, this.#pages.size - this.#keep)) this.#pages.delete(number);
  }

  #change(part: Partial<PageSnapshot>): void {
    this.#snapshot = { ...this.#snapshot, ...part, revision: this.#snapshot.revision + 1 };
    for (const listener of this.#listeners) listener();
  }
}
