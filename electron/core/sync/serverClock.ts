/**
 * How far a server's clock is from ours, learned from the Date of its answers: whole seconds, so each answer gives a range, and several
 * together a narrow one. A range that fits none of the earlier ones means that somebody set a clock.
 */
export class ServerClock {
  #least = Number.NEGATIVE_INFINITY;
  #most = Number.POSITIVE_INFINITY;

  /** All in milliseconds: when the request went out and its answer began, by our clock, and what the server's said in between. */
  heard(sentAt: number, heardAt: number, date: number): void {
    const least = sentAt - (date + 999);
    const most = heardAt - date;
    if (least > this.#most || most < this.#least) {
      this.#least = least;
      this.#most = most;
      return;
    }
    this.#least = Math.max(this.#least, least);
    this.#most = Math.min(this.#most, most);
  }

  /** Ours less theirs, in milliseconds; 0 while nothing was heard, or while both may be the same. */
  get offset(): number {
    if (!Number.isFinite(this.#least) || !Number.isFinite(this.#most)) return 0;
    return this.#least <= 0 && this.#most >= 0 ? 0 : Math.round((this.#least + this.#most) / 2);
  }
}
