// How large a page to ask for: halved when pages do not come whole or in time, doubled again after several good ones in a row. Pure, except for its state.

/** Pages in a row that must go well before a larger one is tried. */
const STREAK = 8;
const SMALLEST = 10;

/** How many calls a page asks for: halved after a page that failed, doubled again after several good ones. */
export class PageSize {
  readonly #most: number;
  #size: number;
  #streak = 0;

  /** @param most what was asked for; @param size where to begin */
  constructor(most: number, size: number) {
    this.#most = most;
    this.#size = Math.min(most, size);
  }

  get size(): number {
    return this.#size;
  }

  /** A page came whole. @returns true when a larger page should be asked for from now on */
  good(): boolean {
    if (this.#size >= this.#most) return false;
    this.#streak += 1;
    if (this.#streak < STREAK) return false;
    this.#streak = 0;
    this.#size = Math.min(this.#most, this.#size * 2);
    return true;
  }

  /** A page was cut off, too large or too slow. */
  bad(): void {
    this.#streak = 0;
    this.#size = Math.min(this.#size, Math.max(SMALLEST, Math.floor(this.#size / 2)));
  }
}
