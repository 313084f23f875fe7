// Files as people have them: each is read rightly, or refused in a plain sentence that says where.

import { expect, test } from "vitest";
import { readCorrections } from "../interactions/row.ts";
import { readTagRows } from "../tagging/read-rows.ts";
import { type RecordFormat, readRecords } from "./records.ts";

type Text = string | readonly string[] | Uint8Array;
async function* bytesOf(text: Text) {
  yield text instanceof Uint8Array ? text : Buffer.from(typeof text === "string" ? text : `${text.join("\n")}\n`);
}

const FORMAT: RecordFormat<"number" | "id"> = {
  fields: [
    { field: "number", names: ["number", "phone"], required: true },
    { field: "id", names: ["id"] },
  ],
};

/** What is read from a file by both readers of rows: the one of facts, and the one of tags. */
async function facts(text: Text) {
  const found: unknown[] = [];
  const parse = (cells: { text(field: "number" | "id"): string }) => `${cells.text("number")} ${cells.text("id")}`;
  for await (const one of readRecords(bytesOf(text), FORMAT, parse))
    found.push("record" in one ? [one.line, one.record] : [one.line, one.field, one.reason]);
  return found;
}
async function tags(text: Text) {
  const found: unknown[] = [];
  for await (const one of readTagRows(bytesOf(text)))
    found.push("row" in one ? [one.row.line, one.row.callId] : [one.line, one.problem.field, one.problem.message]);
  return found;
}

test.each(["sep=;", "SEP=;", '"sep=;"', "\ufeffsep=;"])(
  "a first line %j names the separator, and lines keep their numbers",
  async (first) => {
    expect(await facts([first, "id;number", "a,b;12125550123"])).toEqual([[3, "12125550123 a,b"]]);
    expect(await tags([first, "call_id;disposition_code_id", "call_1;D1"])).toEqual([[3, "call_1"]]);
    await expect(facts([first, "id;name", "a;b"])).rejects.toThrow(/^line 2: there is no column number/);
  },
);

test("a title above the header is refused, with the line of the header", async () => {
  const above = ["Export of 2026-11-20,,", ",,"];
  await expect(facts([...above, "number,id", "1,2"])).rejects.toMatchObject({
    message: expect.stringMatching(/^line 1: there is no column number/),
    advice: expect.stringMatching(/^Line 3 looks like the header: remove what stands above it\./),
  });
  await expect(tags([...above, "call_id,disposition_code_id,notes", "c,D,x"])).rejects.toMatchObject({
    advice: expect.stringMatching(/^Line 3 looks like the header/),
  });
});

test("a column that is there twice, in other letters, is refused and both are named", async () => {
  await expect(facts(["number,Number ,id", "1,2,3"])).rejects.toThrow(
    'line 1: the header has one column twice: "number" and "Number"',
  );
  await expect(tags(["call_id,disposition_code_id,Disposition_Code_Id", "c,D1,D2"])).rejects.toThrow(
    'line 1: the header has one column twice: "disposition_code_id" and "Disposition_Code_Id"',
  );
  // What no field uses may be there as often as it likes.
  expect(await facts(["number,x,X", "1,2,3"])).toEqual([[2, "1 "]]);
  expect(await facts(['{"number":"1","NUMBER":"2"}'])).toEqual([[1, undefined, "the line has a member twice, in other letters"]]);
});

test("a quote that is never closed is refused with the line on which it is opened", async () => {
  const rows = Array.from({ length: 5 }, (_, n) => `${n},x`);
  await expect(facts(["number,id", ...rows, '9,"never closed', ...rows])).rejects.toThrow(
    /^line 7: a quoted field is opened here or below and never closed/,
  );
  await expect(tags(["call_id,disposition_code_id,notes", 'c,D,"never closed', "d,D,ok"])).rejects.toThrow(
    /^line 2: a quoted field/,
  );
  await expect(facts(["sep=,", "number,id", "1,2", '9,"never closed'])).rejects.toThrow(/^line 4: /);
});

test.each(["utf16le", "utf16be"])("UTF-16 without its mark is refused: %s", async (encoding) => {
  const little = Buffer.from("number,id\n12125550123,1\n", "utf16le");
  const text = encoding === "utf16le" ? little : little.swap16();
  for (const read of [facts, tags]) await expect(read(text)).rejects.toThrow(/^the file is UTF-16 without its mark/);
});

test("a JSON number of more digits than it keeps is refused, one with an exponent is read as it is written", async () => {
  const cut = /is a number that was cut before it was read/;
  expect(await facts(['{"number":700000000001234567890}', '{"number":12125550123}', '{"number":2.12555E+09}'])).toEqual([
    [1, "number", expect.stringMatching(cut)],
    [2, "12125550123 "],
    [3, "2.12555E+09 "],
  ]);
  expect(
    await tags(['{"call_id":700000000001234567890,"disposition_code_id":"D"}', '{"call_id":7,"disposition_code_id":"D"}']),
  ).toEqual([
    [1, "call_id", expect.stringMatching(cut)],
    [2, "7"],
  ]);
});

test("a number in two columns without a header is one number, two numbers stay two", async () => {
  const bare: RecordFormat<"number"> = {
    fields: [{ field: "number", names: ["number"], required: true }],
    headless: { field: "number", looksLikeData: () => true },
  };
  const found: string[] = [];
  for await (const one of readRecords(bytesOf(["212,5550123", "2125550123;3125550124"]), bare, (cells) => cells.text("number")))
    if ("record" in one) found.push(one.record);
  expect(found).toEqual(["212,5550123", "2125550123;3125550124"]);
});

test("rows that a quote swallowed are refused, each with its line and id, and none is read with another one's cells", async () => {
  const SWALLOWED = expect.stringContaining("closed too late") as string;
  const lost = (...lines: number[]) => lines.map((line) => [line, undefined, SWALLOWED]);
  const head = "call_id,notes,disposition_code_id";
  expect(await tags([head, "call_1,ok,D1", 'call_2,"two,D2', "call_3,three,D3", 'call_4,"four",D4', "call_5,ok,D5"])).toEqual([
    [2, "call_1"],
    ...lost(3, 4, 5),
    [6, "call_5"],
  ]);
  const last = ["call_id,disposition_code_id,notes", 'call_1,D1,"one', "call_2,D2,two", 'call_3,D3,three"', "call_4,D4,"];
  expect(await tags(last)).toEqual([...lost(2, 3, 4), [5, "call_4"]]);
  const first = ["notes,call_id,disposition_code_id", '"one,call_1,D1', '"two",call_2,D2'];
  expect(await tags(first)).toEqual(lost(2, 3));
  // Also where the row that is made of them has cells too many.
  expect(await tags([head, 'call_1,"one,D1', 'call_2,"two",D2,x'])).toEqual(lost(2, 3));
  // A text of several lines is one.
  for (const text of ["one,\nyes, he said, 2", "2,3\n4,5", "call_2\ncall_3", 'a ""quote""\n,,'])
    expect(await tags([head, `call_1,"${text}",D1`, "call_2,,D2"])).toEqual([
      [2, "call_1"],
      [text.split("\n").length + 2, "call_2"],
    ]);

  const corrections = async (rows: readonly string[]) => {
    const found: unknown[] = [];
    for await (const one of readCorrections(bytesOf(["interaction_id,description,code,agent_id", ...rows]), {}))
      found.push("record" in one ? [one.line, one.record.interactionId] : [one.line, one.field, one.reason]);
    return found;
  };
  const [a, b, c] = ["a1b2c3d4-e5f6-7890-abcd-ef1234567890", "b7", "c8"].map((id) => id.padEnd(3, "9"));
  expect(await corrections([`${b},"x,1,agent`, `${c},"y",2,agent`, `${a},"p\nq, r",3,agent`])).toEqual([...lost(2, 3), [4, a]]);
});

test("a column for a field that there is not is refused by both readers, not passed over", async () => {
  const mapping = { note: "remark" };
  const first = async (rows: AsyncGenerator) => (await rows.next()).value;
  await expect(first(readTagRows(bytesOf(["call_id,remark", "c,x"]), { mapping }))).rejects.toThrow(
    "there is no field note; fields are call_id, disposition_code_id, reason_code_id, notes, tags; did you mean notes?",
  );
  await expect(first(readRecords(bytesOf(["number,remark", "1,x"]), FORMAT, () => 1, { mapping }))).rejects.toThrow(
    "there is no field note; fields are number, id",
  );
});
