// A priority queue of timers, ordered by (time, sequence): a binary heap. Cancelled entries are skipped, and removed in bulk.

import type { Instant } from "../kernel/index.ts";

interface Entry<T> {
  readonly at: Instant;
  readonly sequence: number;
  value: T | undefined;
}

export class TimerQueue<T extends object> {
  #heap: Entry<T>[] = [];
  #sequence = 0;
  #cancelled = 0;

  /** Adds a value due at `at`; equal times come out in the order of adding. Returns a function that cancels it. */
  add(at: Instant, value: T): () => void {
    const entry: Entry<T> = { at, sequence: this.#sequence++, value };
    this.#heap.push(entry);
    this.#up(this.#heap.length - 1);
    return () => this.#cancel(entry);
  }

  /** The earliest time, or undefined when the queue is empty. */
  peek(): Instant | undefined {
    while (this.#heap[0] !== undefined && this.#heap[0].value === undefined) this.#removeTop();
    return this.#heap[0]?.at;
  }

  /** Takes the earliest entry that is due at `now` or before. */
  takeDue(now: Instant): { at: Instant; value: T } | undefined {
    const at = this.peek();
    const top = this.#heap[0];
    if (at === undefined || at > now || top?.value === undefined) return undefined;
    const { value } = top;
    top.value = undefined;
    this.#removeTop();
    return { at, value };
  }

  clear(): void {
    for (const entry of this.#heap) entry.value = undefined;
    this.#heap = [];
    this.#cancelled = 0;
  }

  #cancel(entry: Entry<T>): void {
    if (entry.value === undefined) return;
    entry.value = undefined;
    this.#cancelled += 1;
    if (this.#cancelled < 64 || this.#cancelled < this.#heap.length / 2) return;
    this.#heap = this.#heap.filter((kept) => kept.value !== undefined).sort((a, b) => (before(a, b) ? -1 : 1));
    this.#cancelled = 0;
  }

  #removeTop(): void {
    if (this.#heap[0]?.value === undefined && this.#cancelled > 0) this.#cancelled -= 1;
    const last = this.#heap.pop();
    if (last === undefined || this.#heap.length === 0) return;
    this.#heap[0] = last;
    this.#down(0);
  }

  #up(from: number): void {
    for (let child = from; child > 0; ) {
      const parent = (child - 1) >> 1;
      if (!this.#swapIfBefore(child, parent)) return;
      child = parent;
    }
  }

  #down(from: number): void {
    for (let parent = from; ; ) {
      const left = 2 * parent + 1;
      const right = left + 1;
      const [a, b] = [this.#heap[left], this.#heap[right]];
      if (a === undefined) return;
      const child = b !== undefined && before(b, a) ? right : left;
      if (!this.#swapIfBefore(child, parent)) return;
      parent = child;
    }
  }

  #swapIfBefore(child: number, parent: number): boolean {
    const [lower, upper] = [this.#heap[child], this.#heap[parent]];
    if (lower === undefined || upper === undefined || !before(lower, upper)) return false;
    this.#heap[child] = upper;
    this.#heap[parent] = lower;
    return true;
  }
}

function before<T>(a: Entry<T>, b: Entry<T>): boolean {
  return a.at < b.at || (a.at === b.at && a.sequence < b.sequence);
}
