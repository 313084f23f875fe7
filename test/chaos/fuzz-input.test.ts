// Mutated tagging files: whatever the bytes, reading ends, every line is accounted for, and what cannot be read says so.

import { expect, test } from "vitest";
import type { RandomStream } from "../../src/kernel/index.ts";
import { indexMatrix, OperationError, validateTagging } from "../../src/operations/index.ts";
import { scaled, seeded } from "../support/scale.ts";

const INPUTS = scaled(90_000, 1500);
const matrix = indexMatrix("camp_1", {
  dispositionCodes: [
    { id: "DISP_001", reasonCodes: [{ id: "REASON_001" }] },
    { id: "DISP_002", reasonCodes: [] },
  ],
});
const SEEDS = [
  'call_id,disposition_code_id,reason_code_id,notes,tags\ncall_1,DISP_001,REASON_001,"a, note",a|b\ncall_2,DISP_002,,,\ncall_1,DISP_002,,,\n',
  '{"call_id":"call_1","disposition_code_id":"DISP_001","tags":["a","b"]}\n{"call_id":"call_2","disposition_code_id":"DISP_002","notes":"x"}\n\n{"call_id":3,"disposition_code_id":"DISP_001"}\n',
  "call_id;disposition_code_id;tags\r\ncall_1;DISP_001;a|b\r\ncall_2;DISP_009;c\r\n",
].map((text) => Buffer.from(text));
const SPICES = [
  '"',
  '""',
  ",",
  ";",
  "\n",
  "\r",
  "\r\n",
  "\t",
  "\0",
  "\uFEFF",
  "\u2028",
  "{",
  "}",
  "[",
  "null",
  "1e999",
  "\\u0000",
  "\\",
  "é",
  "😀",
  " ",
].map((text) => Buffer.from(text));

function mutate(random: RandomStream): Buffer {
  let bytes = Buffer.from(SEEDS[random.int(SEEDS.length)] ?? "");
  for (let n = 1 + random.int(6); n > 0; n--) {
    const at = random.int(bytes.length + 1);
    const spice = SPICES[random.int(SPICES.length)] ?? Buffer.alloc(0);
    switch (random.int(6)) {
      case 0:
        bytes = Buffer.concat([bytes.subarray(0, at), spice, bytes.subarray(at)]);
        break;
      case 1:
        bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + random.int(8))]);
        break;
      case 2:
        if (at < bytes.length) bytes[at] = random.int(256);
        break;
      case 3:
        bytes = bytes.subarray(0, at);
        break;
      case 4:
        bytes = Buffer.concat([bytes, bytes.subarray(at)]);
        break;
      default:
        bytes = Buffer.concat([bytes.subarray(0, at), spice, spice, spice, bytes.subarray(at)]);
    }
  }
  return bytes;
}

/** How many rows a file without quotes holds: its lines that are not empty, less the header of a CSV file. */
function rowsWithoutQuotes(bytes: Buffer): number | undefined {
  const text = bytes.toString("utf8").replace(/^\uFEFF/, "");
  if (/^\s*\{/.test(text)) return text.split("\n").filter((line) => line.trim() !== "").length;
  if (text.includes('"')) return undefined;
  return text.split(/\r\n|\n|\r/).filter((line) => line !== "").length - 1;
}

test(`${INPUTS} mutated files end in a report or a clear refusal, and no line is skipped`, async () => {
  const random = seeded("fuzz-input");
  let refused = 0;
  for (let n = 0; n < INPUTS; n++) {
    const bytes = mutate(random);
    const cut = random.int(bytes.length + 1);
    async function* chunks() {
      yield bytes.subarray(0, cut);
      yield bytes.subarray(cut);
    }
    try {
      const report = await validateTagging({ name: "fuzz", bytes: chunks, rereadable: true, read: {} }, matrix, {}, 16);
      expect(report.toSend + report.refused + report.duplicates).toBe(report.rows);
      const wanted = rowsWithoutQuotes(bytes);
      if (wanted !== undefined && report.rows !== wanted)
        throw new Error(`${JSON.stringify(bytes.toString("latin1"))}: ${report.rows} rows instead of ${wanted}`);
    } catch (thrown) {
      if (!(thrown instanceof OperationError)) throw thrown;
      expect(thrown.code).toBe("invalid_input");
      expect(thrown.message.length).toBeGreaterThan(10);
      refused += 1;
    }
  }
  // Both ends are reached often: most mutated files can be read in part, and some cannot be read at all.
  expect(refused).toBeGreaterThan(INPUTS / 100);
  expect(refused).toBeLessThan(INPUTS * 0.9);
});
