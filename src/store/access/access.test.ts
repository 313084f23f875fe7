// One statement at a time for all who ask, and no answer older than its question.

import fc from "fast-check";
import { expect, test } from "vitest";
import { looksLike, nameTrouble, SharedLookup } from "./access.ts";

/** A table that answers when it is told to. */
function table() {
  const asked: { keys: readonly string[]; answer(values: Record<string, number>): void; fail(): void }[] = [];
  const lookup = new SharedLookup<number>((keys) => {
    const { promise, resolve, reject } = Promise.withResolvers<ReadonlyMap<string, number>>();
    asked.push({ keys, answer: (values) => resolve(new Map(Object.entries(values))), fail: () => reject(new Error("away")) });
    return promise;
  });
  return { asked, lookup };
}

test("who asks while a statement is under way is in the next one, even for the same key", async () => {
  const { asked, lookup } = table();
  const early = lookup.get("a");
  const late = Promise.all([lookup.get("a"), lookup.get("a"), lookup.get("b")]);
  expect(asked.map(({ keys }) => keys)).toEqual([["a"]]);
  asked[0]?.answer({ a: 1 });
  expect(await early).toBe(1);
  await expect.poll(() => asked.length).toBe(2);
  expect(asked[1]?.keys).toEqual(["a", "b"]);
  asked[1]?.answer({ a: 2 });
  expect(await late).toEqual([2, 2, undefined]);
});

test("a statement that fails fails those who are in it, and the next one is sent all the same", async () => {
  const { asked, lookup } = table();
  const first = lookup.get("a");
  const second = lookup.get("a");
  asked[0]?.fail();
  await expect(first).rejects.toThrow("away");
  await expect.poll(() => asked.length).toBe(2);
  asked[1]?.answer({ a: 3 });
  expect(await second).toBe(3);
  const third = lookup.get("c");
  await expect.poll(() => asked.length).toBe(3);
  asked[2]?.answer({});
  expect(await third).toBeUndefined();
});

test.each([
  ["ann"],
  ["Ann's laptop"],
  ["ci-bot_2 (nightly)"],
  ["Zoë Müller"],
  ["Łukasz"],
  ["Nguyễn Thị Hồng"],
  ["Ольга"],
  ["Ελένη"],
  ["田中 ユーコ Tanaka"],
  ["김민준"],
  ["नेहा"],
  ["محمد"],
])("%s is a name", (name) => {
  expect(nameTrouble(name)).toBeUndefined();
});

test.each([
  ["an n ", "begins or ends with a blank"],
  ["", "is empty"],
  ["a  b", "two blanks"],
  ["ann\u200b", "has a character that cannot be seen (U+200B)"],
  ["a\u00adnn", "U+00AD"],
  ["ann\u00a0b", "U+00A0"],
  ["ann\u202e", "U+202E"],
  ["a\u115fnn", "U+115F"],
  ["a\u034fnn", "U+034F"],
  ["ann\n", "begins or ends"],
  ["a\nnn", "U+000A"],
  ["ａnn", 'write "ann"'],
  ["ﬁnn", 'write "finn"'],
  ["e\u0301va", 'write "éva"'],
  ["аnn", 'mixes letters of two scripts: "а" (U+0430) is Cyrillic, "n" (U+006E) is Latin'],
  ["аннa", "mixes letters of two scripts"],
  ["ɑnn", "can be taken for another letter"],
  ["ᴀnn", "can be taken for another letter"],
  ["Ꭺnn", "can be taken for another letter"],
  ["ann٣", "U+0663"],
  ["ann–b", "signs of a plain keyboard"],
  ["ann\ud800", "not text"],
])("%j is no name: %s", (name, says) => {
  expect(nameTrouble(name)).toContain(says);
});

test.each([
  ["coco", "сосо"],
  ["ann", "ANN"],
  ["rené", "rene"],
  ["Ivan", "lvan"],
  ["ivan", "IVAN"],
  ["ops1", "opsl"],
  ["b0b", "bob"],
  ["barn", "bam"],
  ["dan", "clan"],
  ["walt", "uualt"],
  ["nick", "nlck"],
  ["mike", "m1ke"],
  ["leo", "l30"],
  ["ben", "8en"],
  ["aeon", "æon"],
  ["strasse", "straße"],
  ["Καρ", "Кар"],
])("%s and %s can be taken for each other", (one, other) => {
  expect(looksLike(one, other)).toBe(true);
  expect(looksLike(other, one)).toBe(true);
});

test("names that differ to the eye are different", () => {
  for (const [one, other] of [
    ["ann", "bob"],
    ["olga", "oscar"],
    ["ann", "anna"],
    ["Ольга", "Олег"],
    ["ci-bot", "ci-bot-2"],
  ] as const)
    expect(looksLike(one, other)).toBe(false);
});

/** From Unicode's confusables.txt: letter, and what is drawn like it. */
const DRAWN_ALIKE: Readonly<Record<string, readonly string[]>> = {
  a: ["а", "α", "ɑ", "ａ", "𝐚", "⍺"],
  c: ["с", "ϲ", "ⅽ", "ｃ", "ᴄ"],
  d: ["ԁ", "ⅾ", "Ꮷ"],
  e: ["е", "ҽ", "ℯ", "ｅ", "℮"],
  h: ["һ", "հ", "Ꮒ"],
  i: ["і", "ι", "ı", "ⅰ", "ɩ", "ꭵ"],
  j: ["ј", "ϳ", "ｊ"],
  l: ["ӏ", "1", "|", "Ⅰ", "ⅼ", "ǀ", "I"],
  m: ["ｍ", "rn", "ⅿ"],
  n: ["ո", "ռ"],
  o: ["о", "ο", "0", "օ", "σ", "ℴ", "ס", "०", "٥"],
  p: ["р", "ρ", "ｐ", "⍴"],
  q: ["ԛ", "գ"],
  r: ["г", "ᴦ", "ꮁ"],
  s: ["ѕ", "ꜱ", "ｓ"],
  u: ["υ", "ս", "ᴜ"],
  v: ["ν", "ѵ", "ⅴ", "ᴠ"],
  w: ["ԝ", "ա", "ѡ", "vv"],
  x: ["х", "×", "ⅹ"],
  y: ["у", "γ", "ү", "ｙ"],
};

test("letters that two others make together are found wherever they begin", () => {
  expect(looksLike("vw", "vvv")).toBe(true);
  expect(looksLike("wv", "vw")).toBe(true);
  expect(looksLike("rnm", "mrn")).toBe(true);
  expect(looksLike("vw", "vv")).toBe(false);
});

test("a name that is drawn like another one is refused, or is taken for it", () => {
  const name = fc.string({ unit: fc.constantFrom(...Object.keys(DRAWN_ALIKE)), minLength: 1, maxLength: 8 });
  const unseen = fc.constantFrom("\u200b", "\u200d", "\u2060", "\ufeff", "\u00ad", "\u180e", "\u3164", "\ufe0f", "\u{e0041}");
  const change = fc.oneof(
    fc.record({ how: fc.constant("letter" as const), at: fc.nat(), which: fc.nat(), text: fc.constant("") }),
    fc.record({ how: fc.constant("unseen" as const), at: fc.nat(), which: fc.nat(), text: unseen }),
    fc.record({ how: fc.constant("capital" as const), at: fc.nat(), which: fc.nat(), text: fc.constant("") }),
  );
  fc.assert(
    fc.property(name, fc.array(change, { minLength: 1, maxLength: 10 }), (own, changes) => {
      const letters = Array.from(own);
      for (const { how, at, which, text } of changes) {
        const place = at % letters.length;
        const letter = letters[place] ?? "";
        const alike = DRAWN_ALIKE[letter];
        if (how === "unseen") letters[place] = letter + text;
        else if (how === "capital" && letter !== "i") letters[place] = letter.toUpperCase();
        else if (how === "letter" && alike !== undefined) letters[place] = alike[which % alike.length] ?? "";
      }
      const other = letters.join("");
      expect({ other, found: nameTrouble(other) !== undefined || looksLike(own, other) }).toEqual({ other, found: true });
    }),
    { numRuns: 2000 },
  );
});
