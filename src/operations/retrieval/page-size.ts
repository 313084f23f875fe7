// How large the next page should be: halved when pages are incomplete or too slow, doubled again after several good ones in a
// row. Pure, except for its state.

/** Number of good pages in a row before a larger one is tried. */
const STREAK = 8;
const SMALLEST = 10;

/** How many calls to request per page: halved after a failed page, doubled again after several good ones. */
export class PageSize {
  readonly #most: number;
  #size: number;
  #streak = 0;

  /** @param most the size from the request; @param size the size to begin with */
  constructor(most: number, size: number) {
    this.#most = most;
    this.#size = Math.min(most, size);
  }

  get size(): number {
    return this.#size;
  }

  /** A page was complete. @returns true when a larger page should be requested from now on */
  good(): boolean {
    if (this.#size >= this.#most) return false;
    this.#streak += 1;
    if (this.#streak < STREAK) return false;
    this.#streak = 0;
    this.#size = Math.min(this.#most, this.#size * 2);
    return true;
  }

  /** A page was incomplete, too large or too slow. */
  bad(): void {
    this.#streak = 0;
    this.#size = Math.min(this.#size, Math.max(SMALLEST, Math.floor(this.#size / 2)));
  }
}
