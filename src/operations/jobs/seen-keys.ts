// Detects repeated ids of a file in constant memory: a hash table of numbers instead of a map of strings.

/** 64 bits of hash of a text, as two unsigned 32-bit words (two mixed multiplicative hashes, finished as in MurmurHash3). */
function hash64(text: string): [number, number] {
  let a = 0xdeadbeef;
  let b = 0x41c6ce57;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    a = Math.imul(a ^ unit, 2654435761);
    b = Math.imul(b ^ unit, 1597334677);
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
  return [a >>> 0, b >>> 0];
}

const SLOT = 5;
const INITIAL_SLOTS = 2 ** 21;

/**
 * Remembers, for each id, the line that first named it and a hash of that line's request. A slot takes 20 bytes; the first table
 * holds 1.4 million ids (40 MiB), then it doubles. Ids are compared by 64-bit hashes: the chance that two of a million different
 * ids collide is below 3 in 100 million, and such a collision refuses both rows with a message.
 */
export class SeenKeys {
  #slots: number;
  #table: Uint32Array;
  #used = 0;

  /** @param slots size of the first table, a power of two */
  constructor(slots = INITIAL_SLOTS) {
    this.#slots = slots;
    this.#table = new Uint32Array(slots * SLOT);
  }

  /** A table that serves this many rows before it grows. */
  static for(rows: number): SeenKeys {
    return new SeenKeys(2 ** Math.ceil(Math.log2(Math.max(16, rows / 0.7))));
  }

  /**
   * Records that `line` (from 1) requests `key` for an id.
   * @returns undefined when the id is new; otherwise the line that first named it and whether its request was the same
   */
  note(id: string, key: string, line: number): { firstLine: number; same: boolean } | undefined {
    const [idHigh, idLow] = hash64(id);
    const [keyHigh, keyLow] = hash64(key);
    const at = this.#find(idHigh, idLow);
    const firstLine = this.#table[at + 4] ?? 0;
    if (firstLine !== 0) return { firstLine, same: this.#table[at + 2] === keyHigh && this.#table[at + 3] === keyLow };
    // One by one: an array for `set` would cost as much as the look-up.
    this.#table[at] = idHigh;
    this.#table[at + 1] = idLow;
    this.#table[at + 2] = keyHigh;
    this.#table[at + 3] = keyLow;
    this.#table[at + 4] = line;
    this.#used += 1;
    if (this.#used > this.#slots * 0.7) this.#grow();
    return undefined;
  }

  /** Offset of the slot that holds this hash, or of the empty one where it belongs (linear probing). */
  #find(high: number, low: number): number {
    const mask = this.#slots - 1;
    for (let slot = low & mask; ; slot = (slot + 1) & mask) {
      const at = slot * SLOT;
      if (this.#table[at + 4] === 0 || (this.#table[at] === high && this.#table[at + 1] === low)) return at;
    }
  }

  #grow(): void {
    const old = this.#table;
    this.#slots *= 2;
    this.#table = new Uint32Array(this.#slots * SLOT);
    for (let at = 0; at < old.length; at += SLOT) {
      if (old[at + 4] !== 0) this.#table.set(old.subarray(at, at + SLOT), this.#find(old[at] ?? 0, old[at + 1] ?? 0));
    }
  }
}
