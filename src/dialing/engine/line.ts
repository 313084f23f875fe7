// A line of waiting numbers, first in first out, from which any may step out: links in one array, closed to a ring by an end mark, so that neither
// joining nor leaving has a case of its own (a branch on who is first or last is one that a processor guesses wrong every other time).

/** Members are whole numbers from 0; member m has its links at 2 (m + 1): the one before, the one after. 0 stands for the end mark. */
export class Line {
  #links: Int32Array;

  constructor(members: number) {
    this.#links = new Int32Array(2 * (members + 1));
  }

  /** The member who has waited longest, or -1. */
  get first(): number {
    return this.#links[1]! - 1;
  }

  /** The one who came after a member, or -1. */
  after(member: number): number {
    return this.#links[2 * member + 3]! - 1;
  }

  /** Takes a place at the end. The member must not be in the line. */
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

  /** All members, the first first. */
  members(): number[] {
    const members: number[] = [];
    for (let member = this.first; member >= 0; member = this.after(member)) members.push(member);
    return members;
  }

  clear(): void {
    this.#links.fill(0, 0, 2);
  }
}
