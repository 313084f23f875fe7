// A queue of numbers, first in first out, from which any member may leave. The links are in one array and form a ring with an end
// mark, so that joining and leaving have no special cases (a branch on the first or last member would be mispredicted half of the
// time).

/**
 * Members are whole numbers from 0. Member m has its links at 2 (m + 1): the member before and the member after. 0 is the end
 * mark.
 */
export class Line {
  #links: Int32Array;

  constructor(members: number) {
    this.#links = new Int32Array(2 * (members + 1));
  }

  /** The member that has waited longest, or -1. */
  get first(): number {
    return this.#links[1]! - 1;
  }

  /** The member behind a member, or -1. */
  after(member: number): number {
    return this.#links[2 * member + 3]! - 1;
  }

  /** Adds a member at the end. It must not be in the queue. */
  join(member: number): void {
    const links = this.#links;
    const node = member + 1;
    const last = links[0]!;
    links[2 * node] = last;
    links[2 * node + 1] = 0;
    links[2 * last + 1] = node;
    links[0] = node;
  }

  leave(member: number): void {
    const links = this.#links;
    const before = links[2 * member + 2]!;
    const after = links[2 * member + 3]!;
    links[2 * before + 1] = after;
    links[2 * after] = before;
  }

  grow(members: number): void {
    const links = new Int32Array(2 * (members + 1));
    links.set(this.#links);
    this.#links = links;
  }

  /** All members in order. */
  members(): number[] {
    const members: number[] = [];
    for (let member = this.first; member >= 0; member = this.after(member)) members.push(member);
    return members;
  }

  clear(): void {
    this.#links.fill(0, 0, 2);
  }
}
