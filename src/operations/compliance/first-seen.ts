// Detects repeated numbers of a list with little memory: a hash table with open addressing, 12 bytes per slot, filled to at most
// four fifths; a Map needs ten times as much. It is divided into segments that grow one at a time, so that growing never keeps
// everything twice.

const SEGMENTS = 1024;
const FIRST_CAPACITY = 16;
const FULLEST = 0.8;
const GROWTH = 1.5;
const WORD = 4_294_967_296;

/** Remembers the first position of each number. */
export class FirstSeen {
  readonly #segments: readonly Segment[] = Array.from({ length: SEGMENTS }, () => new Segment());

  /**
   * Records a number.
   * @param number above 0
   * @param position below 2^32
   * @returns its earlier position, undefined when it is new
   */
  note(number: number, position: number): number | undefined {
    const hash = hashOf(number);
    const segment = this.#segments[hash % SEGMENTS];
    return segment?.note(number, position, Math.floor(hash / SEGMENTS));
  }
}

class Segment {
  #numbers = new Float64Array(FIRST_CAPACITY);
  #positions = new Uint32Array(FIRST_CAPACITY);
  #count = 0;

  note(number: number, position: number, hash: number): number | undefined {
    if (this.#count >= this.#numbers.length * FULLEST) this.#grow();
    const slot = slotOf(this.#numbers, number, hash);
    if (this.#numbers[slot] === number) return this.#positions[slot];
    this.#numbers[slot] = number;
    this.#positions[slot] = position;
    this.#count += 1;
    return undefined;
  }

  #grow(): void {
    const capacity = Math.ceil(this.#numbers.length * GROWTH);
    const numbers = new Float64Array(capacity);
    const positions = new Uint32Array(capacity);
    for (const [old, number] of this.#numbers.entries()) {
      if (number === 0) continue;
      const slot = slotOf(numbers, number, Math.floor(hashOf(number) / SEGMENTS));
      numbers[slot] = number;
      positions[slot] = this.#positions[old] ?? 0;
    }
    this.#numbers = numbers;
    this.#positions = positions;
  }
}

/** The slot of a number, or the free one for it. */
function slotOf(numbers: Float64Array, number: number, hash: number): number {
  let slot = hash % numbers.length;
  while (numbers[slot] !== 0 && numbers[slot] !== number) slot = slot + 1 === numbers.length ? 0 : slot + 1;
  return slot;
}

/** 32 bits that distribute consecutive numbers evenly (MurmurHash3's finalizer). */
function hashOf(number: number): number {
  let hash = (number % WORD) ^ Math.imul(Math.floor(number / WORD), 0x9e3779b1);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
