// What a page may weigh: how much memory its JSON can become, told from the bytes before any of them is parsed. Pure.
//
// Running out of memory in the middle of parsing may end the whole process, whatever bound its thread was given, so that a page that could has to
// be refused before. Figures measured with Node 24 over JSON made to weigh much: empty objects, nested lists, ever new or numeric member names.

/** Bytes of memory that one byte of JSON becomes at most. */
const HEAVIEST = 26;
/** Two windows, and of each the page that is written down and the one that was fetched meanwhile. */
const USUALLY_HELD = 4;
/** At most, bytes of memory: an object or a list, a member of an object, an item of a list; and each byte of text, as names and values. */
const NODE = 64;
const MEMBER = 144;
const ITEM = 24;
const TEXT = 2;

const BRACE = 0x7b;
const BRACKET = 0x5b;
const COLON = 0x3a;
const COMMA = 0x2c;

/** Counts what the pages that are held may weigh. */
export class PageWeights {
  readonly #most: number;
  readonly #held = new Map<number, number>();

  /** @param most bytes of memory, of all pages together */
  constructor(most: number) {
    this.#most = most;
  }

  /** True when the page may be parsed beside those that are held; it is held from then on. */
  take(page: number, json: Uint8Array): boolean {
    let free = this.#most;
    for (const weight of this.#held.values()) free -= weight;
    const most = json.byteLength * HEAVIEST;
    // Pages of the usual size need not be looked at: as many as are held at a time fit in whatever they are.
    const weight = most <= Math.min(free, this.#most / USUALLY_HELD) ? most : Math.min(most, weightOf(json));
    if (weight > free) return false;
    this.#held.set(page, weight);
    return true;
  }

  drop(page: number): void {
    this.#held.delete(page);
  }
}

/** The memory that JSON may take at most, in bytes. Marks within texts count as well, which only makes it more. */
function weightOf(json: Uint8Array): number {
  let [nodes, members, items] = [0, 0, 0];
  for (let at = 0; at < json.length; at++) {
    const byte = json[at];
    if (byte === COMMA) items += 1;
    else if (byte === COLON) members += 1;
    else if (byte === BRACE || byte === BRACKET) nodes += 1;
  }
  return nodes * NODE + members * MEMBER + items * ITEM + json.byteLength * TEXT;
}
