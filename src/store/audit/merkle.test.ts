// The tree against the published example of RFC 6962 / certificate-transparency (eight leaves) and against its own definition.

import { hash } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Bytes } from "../plain-types.ts";
import {
  consistencyRanges,
  Frontier,
  hashLeaf,
  hashNode,
  inclusionRanges,
  isConsistent,
  type LeafRange,
  perfectSubtrees,
  rootFromInclusion,
  splitPoint,
} from "./merkle.ts";

const LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"].map((hex) =>
  hashLeaf(Buffer.from(hex, "hex")),
);
const ROOTS = [
  "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
  "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
  "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
  "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
  "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
  "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
  "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
  "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

/** RFC 6962 §2.1 written down as it stands. */
function definition(leaves: readonly Bytes[]): Bytes {
  const [only] = leaves;
  if (only === undefined) return hash("sha256", Buffer.alloc(0), "buffer");
  if (leaves.length === 1) return only;
  const k = splitPoint(leaves.length);
  return hashNode(definition(leaves.slice(0, k)), definition(leaves.slice(k)));
}

const hashesOf = (leaves: readonly Bytes[], ranges: readonly LeafRange[]) =>
  ranges.map(({ from, to }) => definition(leaves.slice(from, to)));

function frontierOf(leaves: readonly Bytes[]): Frontier {
  const frontier = Frontier.empty();
  for (const leaf of leaves) frontier.append(leaf);
  return frontier;
}

test("the roots of the published example, size 0 to 8", () => {
  for (const [size, root] of ROOTS.entries()) expect(frontierOf(LEAVES.slice(0, size)).root().toString("hex")).toBe(root);
});

test("the published inclusion and consistency proofs", () => {
  const hex = (hashes: Bytes[]) => hashes.map((h) => h.toString("hex"));
  expect(hex(hashesOf(LEAVES, inclusionRanges(0, 8)))).toEqual([
    "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
    "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
    "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
  ]);
  expect(hex(hashesOf(LEAVES, consistencyRanges(6, 8)))).toEqual([
    "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
    "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
  ]);
  expect(inclusionRanges(2, 3)).toEqual([{ from: 0, to: 2 }]);
});

const many = Array.from({ length: 300 }, (_, i) => hashLeaf(Buffer.from(`leaf ${i}`)));

test("the compact state equals the definition, survives being stored, and names every completed subtree", () => {
  fc.assert(
    fc.property(fc.nat(200), fc.nat(99), (before, added) => {
      const start = frontierOf(many.slice(0, before));
      const frontier = Frontier.from(before, start.toBytes());
      for (const leaf of many.slice(before, before + added)) {
        frontier.append(leaf, (level, index, subtree) => {
          const width = 2 ** level;
          expect(subtree.equals(definition(many.slice(index * width, (index + 1) * width)))).toBe(true);
        });
      }
      expect(frontier.size).toBe(before + added);
      expect(frontier.root().equals(definition(many.slice(0, before + added)))).toBe(true);
    }),
    { numRuns: 60 },
  );
  expect(() => Frontier.from(3, Buffer.alloc(32))).toThrow(RangeError);
});

test("a tree built from leaves and perfect subtrees in the place of others is the same tree", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 300 }), fc.uniqueArray(fc.nat(299), { maxLength: 12 }), (size, chosen) => {
      const frontier = Frontier.empty();
      const skip = (to: number) => {
        for (const { level, index } of perfectSubtrees({ from: frontier.size, to }))
          frontier.appendSubtree(level, definition(many.slice(index * 2 ** level, (index + 1) * 2 ** level)));
      };
      for (const one of chosen.filter((place) => place < size).sort((a, b) => a - b)) {
        skip(one);
        frontier.append(many[one] ?? Buffer.alloc(0));
      }
      skip(size);
      expect(frontier.root().equals(definition(many.slice(0, size)))).toBe(true);
    }),
    { numRuns: 60 },
  );
  const odd = Frontier.empty();
  odd.append(many[0] ?? Buffer.alloc(32));
  expect(() => odd.appendSubtree(1, many[1] ?? Buffer.alloc(32))).toThrow(RangeError);
});

test("every inclusion proof leads to the root; a changed one, another leaf or another place does not", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 300 }), fc.nat(), fc.nat(), (size, a, b) => {
      const index = a % size;
      const leaves = many.slice(0, size);
      const root = definition(leaves);
      const path = hashesOf(leaves, inclusionRanges(index, size));
      const leaf = leaves[index] ?? Buffer.alloc(0);
      expect(rootFromInclusion(index, size, leaf, path)?.equals(root)).toBe(true);
      const elsewhere = b % size;
      if (elsewhere !== index) expect(rootFromInclusion(elsewhere, size, leaf, path)?.equals(root) ?? false).toBe(false);
      expect(rootFromInclusion(index, size, hashLeaf(leaf), path)?.equals(root)).not.toBe(true);
      expect(rootFromInclusion(index, size, leaf, [...path, root])).toBeUndefined();
    }),
    { numRuns: 200 },
  );
});

test("every consistency proof holds, and none between different histories", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 300 }), fc.nat(), fc.nat(), (second, a, b) => {
      const first = 1 + (a % second);
      const leaves = many.slice(0, second);
      const path = hashesOf(leaves, consistencyRanges(first, second));
      const [firstRoot, secondRoot] = [definition(leaves.slice(0, first)), definition(leaves)];
      expect(isConsistent(first, second, firstRoot, secondRoot, path)).toBe(true);
      const rewritten = [...leaves];
      rewritten[b % first] = hashLeaf(Buffer.from("rewritten"));
      expect(isConsistent(first, second, definition(rewritten.slice(0, first)), secondRoot, path)).toBe(false);
      expect(isConsistent(first, second, firstRoot, definition(rewritten), path)).toBe(false);
      if (path.length > 0) expect(isConsistent(first, second, firstRoot, secondRoot, path.slice(1))).toBe(false);
    }),
    { numRuns: 200 },
  );
});
