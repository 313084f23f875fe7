// Checks the entries of evidence without a store: the tree built from left to right must have the signed root. Pure.

import type { Bytes } from "../plain-types.ts";
import { type AuditEntry, leafOfEntry } from "./entry.ts";
import { Frontier, HASH_BYTES, perfectSubtrees } from "./merkle.ts";
import { openCheckpoint, readVerifier } from "./note.ts";

/** The tree of a log, built from some of its entries, with the roots of subtrees in place of the others. */
export class EvidenceTree {
  readonly #tree = Frontier.empty();
  #skipped = false;

  /** The position of the next entry. */
  get size(): number {
    return this.#tree.size;
  }

  /** Whether entries were left out between the first and the last entry added. */
  get hasGaps(): boolean {
    return this.#gaps;
  }

  #gaps = false;
  #entries = 0;
  #first = 0;
  #last = -1;

  /** Whether the entries begin with the log's first one. */
  get isFromBeginning(): boolean {
    return this.#first === 0;
  }

  /** Whether they end with the log's last one, when all was added. */
  get isToEnd(): boolean {
    return this.#last === this.size - 1;
  }

  /** @returns what is wrong; undefined when nothing is */
  entry(entry: AuditEntry): string | undefined {
    return this.#add(entry.seq, leafOfEntry(entry));
  }

  /** An entry that was erased, by its hash. @returns what is wrong; undefined when nothing is */
  erased(seq: number, hash: string): string | undefined {
    const leaf = Buffer.from(hash, "base64");
    return leaf.length === HASH_BYTES ? this.#add(seq, leaf) : `the hash of entry ${seq} is none`;
  }

  #add(seq: number, leaf: Bytes): string | undefined {
    const { size } = this.#tree;
    if (seq !== size) return `entry ${seq} stands where entry ${size} belongs`;
    this.#tree.append(leaf);
    if (this.#skipped && this.#entries > 0) this.#gaps = true;
    this.#skipped = false;
    if (this.#entries === 0) this.#first = seq;
    this.#last = seq;
    this.#entries += 1;
    return undefined;
  }

  /** @returns what is wrong; undefined when nothing is */
  skip(to: number, hashes: readonly string[]): string | undefined {
    const subtrees = [...perfectSubtrees({ from: this.#tree.size, to })];
    if (subtrees.length === 0 || subtrees.length !== hashes.length)
      return `${hashes.length} hashes cannot stand for entries ${this.#tree.size} to ${to - 1}`;
    for (const [i, { level }] of subtrees.entries()) {
      const root = Buffer.from(hashes[i] ?? "", "base64");
      if (root.length !== HASH_BYTES) return `a hash before entry ${to} is none`;
      this.#tree.appendSubtree(level, root);
    }
    this.#skipped = true;
    return undefined;
  }

  /**
   * Checks that the tree is the signed one. Throws StoreError `audit_key` for a malformed key.
   * @param checkpoint the signed checkpoint; empty for an empty log
   * @returns what is wrong; undefined when nothing is
   */
  end(checkpoint: string, vkey: string): string | undefined {
    const verifier = readVerifier(vkey);
    if (checkpoint === "") return this.#tree.size === 0 ? undefined : "there are entries and no signed checkpoint";
    const signed = openCheckpoint(checkpoint, verifier);
    if (signed === undefined) return "the checkpoint is not signed by this key";
    if (signed.size !== this.#tree.size) return `the checkpoint is of ${signed.size} entries, the pack of ${this.#tree.size}`;
    return signed.root.equals(this.#tree.root()) ? undefined : "the entries are not those that were signed";
  }
}
