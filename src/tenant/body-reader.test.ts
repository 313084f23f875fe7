// Bodies put together from pieces: whole, within their limit, and without holding on to what was copied.

import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { BodyReader, BodyTooLarge } from "./body-reader.ts";

/** A piece that is all of its memory. */
const pieceOf = (text: string) => new Uint8Array(new TextEncoder().encode(text));

test("pieces come together, whether they are the reader's own or not, announced or not, packed or not", () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: "grapheme", minLength: 1, maxLength: 40 }), { maxLength: 8 }),
      fc.boolean(),
      fc.option(fc.nat(400), { nil: undefined }),
      fc.boolean(),
      (texts, ownsPieces, announced, packed) => {
        const text = texts.join("");
        const body = packed ? new Uint8Array(gzipSync(text)) : pieceOf(text);
        const reader = () => {
          const made = new BodyReader({ limit: 10_000, announced, ownsPieces });
          for (let at = 0; at < body.length; at += 7) made.push(body.slice(at, at + 7));
          return made;
        };
        const encoding = packed && body.length > 0 ? "gzip" : undefined;
        expect(reader().text(encoding)).toBe(text);
        expect(new TextDecoder("utf-8", { ignoreBOM: true }).decode(reader().bytes(encoding))).toBe(text);
      },
    ),
  );
});

describe("memory", () => {
  test("own pieces are freed as soon as the next one has come", () => {
    const pieces = ["one ", "two ", "three ", "four"].map(pieceOf);
    const reader = new BodyReader({ limit: 100, ownsPieces: true });
    const freed = pieces.map((piece) => {
      reader.push(piece);
      return pieces.map(({ buffer }) => buffer.detached);
    });
    // The first is the body until a second comes; whoever gave the last one may still look at it.
    expect(freed).toEqual([
      [false, false, false, false],
      [true, false, false, false],
      [true, true, false, false],
      [true, true, true, false],
    ]);
    expect(reader.text(undefined)).toBe("one two three four");
  });

  test("parts of something larger, and pieces of others, are left alone", () => {
    const shared = pieceOf("one two three");
    const parts = new BodyReader({ limit: 100, ownsPieces: true });
    for (const [from, to] of [
      [0, 4],
      [4, 8],
      [8, 13],
    ] as const)
      parts.push(shared.subarray(from, to));
    expect(parts.text(undefined)).toBe("one two three");
    const others = new BodyReader({ limit: 100 });
    const pieces = ["one ", "two ", "three"].map(pieceOf);
    for (const piece of pieces) others.push(piece);
    expect(others.text(undefined)).toBe("one two three");
    expect([shared, ...pieces].map(({ buffer }) => buffer.detached)).toEqual([false, false, false, false]);
  });
});

test("what is larger than the limit is refused where it passes it, also when it unfolds", () => {
  const reader = new BodyReader({ limit: 8 });
  reader.push(pieceOf("12345678"));
  expect(() => reader.push(pieceOf("9"))).toThrow(BodyTooLarge);
  const packed = new BodyReader({ limit: 100 });
  packed.push(new Uint8Array(gzipSync("0".repeat(1000))));
  expect(() => packed.text("gzip")).toThrow(BodyTooLarge);
});
