// The Merkle tree of RFC 6962 §2 (as RFC 9162 §2 keeps it): hashes, the compact state that appends, proofs and their verification. Pure.

import { hash } from "node:crypto";
import type { Bytes } from "../plain-types.ts";

/** Bytes of a SHA-256 hash. */
export const HASH_BYTES = 32;

const EMPTY_ROOT = sha256(Buffer.alloc(0));

/** SHA-256. The detour over a text with one character per byte takes half the time of making a buffer for each hash. */
export function sha256(data: Uint8Array): Bytes {
  return Buffer.from(hash("sha256", data, "binary"), "latin1");
}

/** Hash of a leaf: SHA-256(0x00 ‖ data). The prefixes prevent a leaf from being taken for a node. */
export function hashLeaf(data: Uint8Array): Bytes {
  const input = Buffer.allocUnsafe(data.length + 1);
  input[0] = 0;
  input.set(data, 1);
  return sha256(input);
}

/** Hash of a leaf whose data is the UTF-8 of a text. */
export function hashLeafText(text: string): Bytes {
  return sha256(Buffer.from(`\0${text}`));
}

/** Hash of an inner node: SHA-256(0x01 ‖ left ‖ right). */
export function hashNode(left: Uint8Array, right: Uint8Array): Bytes {
  const input = Buffer.allocUnsafe(1 + 2 * HASH_BYTES);
  input[0] = 1;
  input.set(left, 1);
  input.set(right, 1 + HASH_BYTES);
  return sha256(input);
}

/**
 * The right edge of a tree: the roots of the perfect subtrees it consists of, largest first, one for each bit set in the size.
 * Enough for appending and for the root; grows with the logarithm of the size.
 */
export class Frontier {
  readonly #hashes: Bytes[];
  #size: number;

  private constructor(size: number, hashes: Bytes[]) {
    this.#size = size;
    this.#hashes = hashes;
  }

  /** The empty tree. */
  static empty(): Frontier {
    return new Frontier(0, []);
  }

  /** Reads the bytes of `toBytes`. Throws RangeError when the number of hashes does not fit the size. */
  static from(size: number, bytes: Uint8Array): Frontier {
    const count = bitsSet(size);
    if (bytes.length !== count * HASH_BYTES)
      throw new RangeError(`a tree of ${size} leaves has ${count} subtrees, not ${bytes.length / HASH_BYTES}`);
    const copy = Buffer.from(bytes);
    return new Frontier(
      size,
      Array.from({ length: count }, (_, i) => copy.subarray(i * HASH_BYTES, (i + 1) * HASH_BYTES)),
    );
  }

  get size(): number {
    return this.#size;
  }

  /**
   * Appends a leaf hash. `onSubtree` is called for each perfect subtree that it completes: level 1 has two leaves; `index` counts
   * the subtrees of a level from the left.
   */
  append(leaf: Bytes, onSubtree?: (level: number, index: number, hash: Bytes) => void): void {
    let node = leaf;
    let index = this.#size;
    for (let level = 1; index % 2 === 1; level++) {
      const left = this.#hashes.pop();
      if (left === undefined) throw new RangeError("the frontier does not fit its size");
      node = hashNode(left, node);
      index = (index - 1) / 2;
      onSubtree?.(level, index, node);
    }
    this.#hashes.push(node);
    this.#size += 1;
  }

  /** Appends a perfect subtree of 2 ** level leaves by its root. Throws RangeError where no subtree of this size can begin. */
  appendSubtree(level: number, root: Bytes): void {
    const width = 2 ** level;
    if (this.#size % width !== 0) throw new RangeError(`no subtree of ${width} leaves begins at leaf ${this.#size}`);
    let node = root;
    for (let index = this.#size / width; index % 2 === 1; index = (index - 1) / 2) {
      const left = this.#hashes.pop();
      if (left === undefined) throw new RangeError("the frontier does not fit its size");
      node = hashNode(left, node);
    }
    this.#hashes.push(node);
    this.#size += width;
  }

  /** The root hash; for an empty tree the SHA-256 of the empty text. */
  root(): Bytes {
    let root: Bytes | undefined;
    for (let i = this.#hashes.length - 1; i >= 0; i--) {
      const left = this.#hashes[i];
      if (left) root = root === undefined ? left : hashNode(left, root);
    }
    return root ?? EMPTY_ROOT;
  }

  toBytes(): Bytes {
    return Buffer.concat(this.#hashes);
  }
}

function bitsSet(size: number): number {
  let count = 0;
  for (let rest = size; rest > 0; rest = Math.floor(rest / 2)) count += rest % 2;
  return count;
}

/** A run of leaves `[from, to)` whose subtree hash a proof needs. */
export interface LeafRange {
  readonly from: number;
  readonly to: number;
}

/** A perfect subtree: 2 ** level leaves from leaf index * 2 ** level on. */
export interface Subtree {
  readonly level: number;
  readonly index: number;
}

/** The perfect subtrees that a range of leaves consists of, from left to right. */
export function* perfectSubtrees({ from, to }: LeafRange): Generator<Subtree> {
  for (let at = from; at < to; ) {
    let level = 0;
    while (at % 2 ** (level + 1) === 0 && at + 2 ** (level + 1) <= to) level += 1;
    yield { level, index: at / 2 ** level };
    at += 2 ** level;
  }
}

/** The largest power of two below `n` (n > 1): where a tree of `n` leaves splits. */
export function splitPoint(n: number): number {
  let k = 1;
  while (k * 2 < n) k *= 2;
  return k;
}

/** The subtrees of the inclusion proof of leaf `index` in the tree of `size` leaves, nearest first (RFC 9162 §2.1.3.1). */
export function inclusionRanges(index: number, size: number): LeafRange[] {
  if (!(index >= 0 && index < size)) throw new RangeError(`leaf ${index} is not in a tree of ${size}`);
  const ranges: LeafRange[] = [];
  let [from, to] = [0, size];
  while (to - from > 1) {
    const middle = from + splitPoint(to - from);
    if (index < middle) {
      ranges.push({ from: middle, to });
      to = middle;
    } else {
      ranges.push({ from, to: middle });
      from = middle;
    }
  }
  return ranges.reverse();
}

/** The subtrees of the consistency proof between the trees of `first` and `second` leaves, nearest first (RFC 9162 §2.1.4.1). */
export function consistencyRanges(first: number, second: number): LeafRange[] {
  if (!(first > 0 && first <= second)) throw new RangeError(`no consistency proof from ${first} to ${second} leaves`);
  const ranges: LeafRange[] = [];
  let [from, to] = [0, second];
  let whole = true;
  while (first !== to) {
    const middle = from + splitPoint(to - from);
    if (first <= middle) {
      ranges.push({ from: middle, to });
      to = middle;
    } else {
      ranges.push({ from, to: middle });
      from = middle;
      whole = false;
    }
  }
  if (!whole) ranges.push({ from, to });
  return ranges.reverse();
}

/** The root that an inclusion proof gives, or undefined when the proof has the wrong length (RFC 9162 §2.1.3.2). */
export function rootFromInclusion(index: number, size: number, leaf: Uint8Array, path: readonly Uint8Array[]): Bytes | undefined {
  if (!Number.isSafeInteger(index) || !Number.isSafeInteger(size) || index < 0 || index >= size) return undefined;
  let [node, last] = [index, size - 1];
  let root: Bytes = Buffer.from(leaf);
  for (const sibling of path) {
    if (last === 0) return undefined;
    if (node % 2 === 1 || node === last) {
      root = hashNode(sibling, root);
      while (node % 2 === 0 && node !== 0) [node, last] = [node / 2, Math.floor(last / 2)];
    } else {
      root = hashNode(root, sibling);
    }
    [node, last] = [Math.floor(node / 2), Math.floor(last / 2)];
  }
  return last === 0 ? root : undefined;
}

/** Whether the tree with root `secondRoot` begins with the tree with root `firstRoot` (RFC 9162 §2.1.4.2). */
export function isConsistent(
  first: number,
  second: number,
  firstRoot: Uint8Array,
  secondRoot: Uint8Array,
  path: readonly Uint8Array[],
): boolean {
  if (!Number.isSafeInteger(first) || !Number.isSafeInteger(second) || first < 1 || first > second) return false;
  if (first === second) return path.length === 0 && same(firstRoot, secondRoot);
  const powerOfTwo = bitsSet(first) === 1;
  const [seed, ...rest] = powerOfTwo ? [firstRoot, ...path] : path;
  if (seed === undefined) return false;
  let [node, last] = [first - 1, second - 1];
  while (node % 2 === 1) [node, last] = [Math.floor(node / 2), Math.floor(last / 2)];
  let [old, current]: [Uint8Array, Uint8Array] = [seed, seed];
  for (const sibling of rest) {
    if (last === 0) return false;
    if (node % 2 === 1 || node === last) {
      old = hashNode(sibling, old);
      current = hashNode(sibling, current);
      while (node % 2 === 0 && node !== 0) [node, last] = [node / 2, Math.floor(last / 2)];
    } else {
      current = hashNode(current, sibling);
    }
    [node, last] = [Math.floor(node / 2), Math.floor(last / 2)];
  }
  return last === 0 && same(old, firstRoot) && same(current, secondRoot);
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}
