// Which numbers a list has named already, in little memory: 12 bytes a slot, at most four slots of five in use.

const FIRST_CAPACITY = 4096;
const FULLEST = 0.8;
const GROWTH = 1.5;

/** Remembers where each number was first seen: a hash table with open addressing, because a Map takes several times as much. */
export class FirstSeen {
  #numbers = new Float64Array(FIRST_CAPACITY);
  #positions = new Uint32Array(FIRST_CAPACITY);
  #count = 0;

  /**
   * Notes a number.
   * @param number above 0
   * @param position where it stands, below 2^32
   * @returns where it stood before, undefined when it is new
   */
  note(number: number, position: number): number | undefined {
    if (this.#count >= this.#numbers.length * FULLEST) this.#grow();
    const slot = slotOf(this.#numbers, number);
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
      const slot = slotOf(numbers, number);
      numbers[slot] = number;
      positions[slot] = this.#positions[old] ?? 0;
    }
    this.#numbers = numbers;
    this.#positions = positions;
  }
}

/** The slot of a number, or the free one where it belongs. */
function slotOf(numbers: Float64Array, number: number): number {
  // Numbers of one exchange follow each other; multiplying spreads them (the constants are those of MurmurHash3's finalizer).
  let hash = Math.imul((number % 4_294_967_296) ^ Math.floor(number / 4_294_967_296), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  let slot = Math.floor((((hash ^ (hash >>> 16)) >>> 0) / 4_294_967_296) * numbers.length);
  while (numbers[slot] !== 0 && numbers[slot] !== number) slot = slot + 1 === numbers.length ? 0 : slot + 1;
  return slot;
}
