// A table as a PDF: what stands on its pages, and that no name breaks it.

import { inflateSync } from "node:zlib";
import fc from "fast-check";
import { expect, it } from "vitest";
import { csvLine } from "../../kernel/index.ts";
import { columnSets, linesOf, MOST_PDF_ROWS, tablePdfOf } from "./pdf.ts";

const head = {
  title: "Jobs",
  zone: "UTC",
  madeAt: "2026-03-02T15:00:00.000Z",
  madeBy: "ana",
  filters: "Status: failed",
  period: "from a to b",
};
async function* csv(rows: readonly (readonly unknown[])[]) {
  yield Buffer.from(rows.map((row) => `${csvLine(row)}\r\n`).join(""));
}
/** The text of each page, as the strings that are drawn. */
function pagesOf(pdf: Uint8Array): string[] {
  const texts = streamsOf(pdf).map((stream) =>
    [...stream.matchAll(/\[([^\]]*)\] TJ/g)]
      .map(([, parts = ""]) =>
        [...parts.matchAll(/<([0-9a-f]*)>/g)].map(([, hex = ""]) => Buffer.from(hex, "hex").toString("latin1")).join(""),
      )
      .join("\n"),
  );
  return texts.filter((text) => text.includes("Page "));
}

function streamsOf(pdf: Uint8Array): string[] {
  const file = Buffer.from(pdf).toString("latin1");
  return [...file.matchAll(/\/Length (\d+)\n\/Filter \/FlateDecode\n>>\nstream\n/g)].map(({ 0: start, 1: length, index }) =>
    inflateSync(Buffer.from(pdf).subarray(index + start.length, index + start.length + Number(length))).toString("latin1"),
  );
}

/** The letters that the fonts in a file stand for, and the names of these fonts. */
function lettersOf(pdf: Uint8Array): { readonly drawn: string; readonly fonts: readonly string[] } {
  const file = Buffer.from(pdf).toString("latin1");
  const maps = streamsOf(pdf).filter((stream) => stream.includes("beginbfrange"));
  const drawn = maps
    .flatMap((map) =>
      [...map.matchAll(/<([0-9a-f]{4})>(?=[ \]])/g)].map(([, hex = ""]) => String.fromCharCode(Number.parseInt(hex, 16))),
    )
    .join("");
  const fonts = [...file.matchAll(/\/FontName \/[A-Z]+\+(\S+)/g)].map(([, name = ""]) => name);
  return { drawn, fonts: [...new Set(fonts)] };
}

it("has title, period, zone, filters, when and by whom, the head of the columns on each page, and page numbers", async () => {
  const rows = Array.from({ length: 120 }, (_, i) => [`job ${i}`, i, "failed"]);
  const pages = pagesOf(await tablePdfOf(head, csv([["name", "count", "status"], ...rows])));
  expect(pages.length).toBeGreaterThan(2);
  expect(pages[0]).toMatch(
    /Jobs\nPeriod: from a to b\nFilters: Status: failed\nMade 2026-03-02 15:00:00 by ana; time zone UTC; 120 rows\./,
  );
  for (const [i, page] of pages.entries()) {
    expect(page).toContain(`Page ${i + 1} of ${pages.length}`);
    expect(page).toContain("name\ncount\nstatus");
  }
  expect(pages.join("\n")).not.toContain("written as codes");
  expect(pages.join("\n").match(/^job \d+$/gm)).toHaveLength(120);
});

it("is not broken by odd names, and says what it leaves out", async () => {
  const odd = ["مرحبا بالعالم", "😀😀", "<b>x</b>\u0000", "x".repeat(300), "=1+1", 'a"b\nc'];
  const pages = pagesOf(await tablePdfOf(head, csv([["name", "empty"], ...odd.map((name) => [name, ""])]), 9000));
  const text = pages.join("\n");
  for (const one of ["\\u{1f600}", "<b>x</b>\\u{0}", "=1+1", "the first 6 of 9000 rows"]) expect(text).toContain(one);
  expect(text).not.toContain("empty");
  // Said on the first page, in plain words.
  expect(pages[0]?.replaceAll("\n", " ")).toContain(
    "Letters that this PDF cannot draw, such as Arabic ones and emoji, are written as codes like \\u{1f600}; the CSV has them as they are.",
  );
  const drawn = pagesOf(await tablePdfOf(head, csv([["name"], ["5 – 9 €"], ["œuvre"]])));
  expect(drawn.join("\n")).not.toContain("\\u{");
  await expect(tablePdfOf(head, csv([]))).rejects.toMatchObject({ code: "invalid_input" });
  expect(MOST_PDF_ROWS).toBe(2000);
});

it("draws Latin, Greek and Cyrillic letters, accents that stand apart, and ligatures, with fonts of its own", async () => {
  const names = ["Żółć łąkź", "Čeněk Řehoř", "Ștefan Țiriac", "Gu\u0308nther e\u0328", "ﬁne", "Жанна", "Ελένη"];
  const pdf = await tablePdfOf({ ...head, title: "Łódź" }, csv([["name"], ...names.map((name) => [name])]));
  const { drawn, fonts } = lettersOf(pdf);
  expect(fonts).toEqual(["Roboto-Bold", "Roboto-Regular"]);
  for (const letter of names.join("").normalize("NFKC").replaceAll(" ", "")) expect(drawn).toContain(letter);
  expect(drawn).not.toContain("{");
  // Without such letters no font is in the file.
  expect(lettersOf(await tablePdfOf(head, csv([["name"], ["Günther"]]))).fonts).toEqual([]);
});

it("says how many columns are not drawn, and draws cells that the header has no name for", async () => {
  const wide = Array.from({ length: 70 }, (_, at) => `c${at}`);
  const text = pagesOf(await tablePdfOf(head, csv([wide, wide]))).join("\n");
  expect(text.replaceAll("\n", " ")).toContain("1 row, of each the first 60 of 70 columns.");
  expect(text).not.toMatch(/^c60$/m);
  const ragged = pagesOf(await tablePdfOf(head, csv([["a", "b"], ["1", "2", "surplus"], ["3"]]))).join("\n");
  expect(ragged).toContain("surplus");
  expect(ragged.replaceAll("\n", " ")).toContain("column 3, without a name");
});

it("is stamped in the zone that it names", async () => {
  const [page = ""] = pagesOf(await tablePdfOf({ ...head, zone: "Asia/Kathmandu" }, csv([["name"], ["x"]])));
  expect(page.replaceAll("\n", " ")).toContain("Made 2026-03-02 20:45:00 by ana; time zone Asia/Kathmandu");
});

it("never draws beyond a column or a page", () => {
  const measure = (text: string) => text.length * 4;
  fc.assert(
    fc.property(fc.string({ maxLength: 400, unit: "binary" }), fc.integer({ min: 34, max: 190 }), (text, width) => {
      const lines = linesOf(text, width, measure);
      expect(lines.length).toBeLessThanOrEqual(8);
      for (const line of lines) expect(measure(line)).toBeLessThanOrEqual(width);
    }),
  );
  fc.assert(
    fc.property(fc.array(fc.string({ minLength: 1, maxLength: 60 }), { minLength: 1, maxLength: 70 }), (header) => {
      const sets = columnSets(header, [header], 770, measure);
      for (const set of sets) expect(set.reduce((sum, { width }) => sum + width + 6, -6)).toBeLessThanOrEqual(770);
      const drawn = new Set(sets.flatMap((set) => set.map(({ at }) => at)));
      expect(drawn.size).toBe(Math.min(60, header.length));
    }),
  );
});
