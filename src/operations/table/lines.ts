// NDJSON as a stream of lines, each an object or the reason why it is not one.

import { isNestedDeeper, jsonTrouble, repeatedMember } from "../../kernel/index.ts";
import { MAX_ROW_BYTES } from "./csv.ts";

/** A line of NDJSON. */
type NdjsonLine =
  | { readonly line: number; readonly members: ReadonlyMap<string, unknown> }
  | {
      readonly line: number;
      readonly problem: string;
      /** The line; empty when it is too long to be kept. */
      readonly text: string;
    };

/** What is wrong with an integer of more digits than a JSON number keeps. */
export const CUT = "is a number that was cut before it was read: JSON numbers keep 15 digits; write it as a string";

/** Deepest nesting; the same as in the body of a request. */
const DEEPEST = 64;

/** Reads objects in constant memory; blank lines are skipped. */
export async function* ndjsonLines(source: AsyncIterable<Uint8Array>): AsyncGenerator<NdjsonLine> {
  let line = 0;
  for await (const text of lines(source)) {
    line += 1;
    if (text === undefined) yield { line, problem: `the line is longer than ${MAX_ROW_BYTES} bytes`, text: "" };
    else if (text.trim() !== "") yield { line, text, ...parseObject(text) };
  }
}

/** A large number with an exponent: a spreadsheet or a program may have dropped its last digits. */
const SHORTENED = /\de\+?\d/i;

/** Keeps such a number as it is written, so that whoever reads it as a number of digits sees that some are lost. */
function shortenedAsText(_: string, value: unknown, context?: { readonly source?: string }): unknown {
  const isLarge = typeof value === "number" && Math.abs(value) >= 1e6 && Math.abs(value) <= Number.MAX_SAFE_INTEGER;
  return isLarge && /e/i.test(context?.source ?? "") ? context?.source : value;
}

function parseObject(text: string): { members: ReadonlyMap<string, unknown> } | { problem: string } {
  let value: unknown;
  try {
    value = SHORTENED.test(text) ? JSON.parse(text, shortenedAsText) : JSON.parse(text);
  } catch (thrown) {
    return { problem: `the line is not JSON: ${jsonTrouble(thrown).slice(0, 200)}` };
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return { problem: "the line is not a JSON object" };
  if (isNestedDeeper(value, DEEPEST)) return { problem: `the line is nested more than ${DEEPEST} levels deep` };
  const twice = repeatedMember(text, value);
  if (twice !== undefined) return { problem: `the line has ${JSON.stringify(twice)} twice` };
  return { members: new Map<string, unknown>(Object.entries(value)) };
}

/** Lines of a stream of bytes; undefined stands for a line that is too long to be kept. */
async function* lines(source: AsyncIterable<Uint8Array>): AsyncGenerator<string | undefined> {
  const decoder = new TextDecoder();
  let pending: Uint8Array[] = [];
  let size = 0;
  const take = (tail: Uint8Array): string | undefined => {
    const whole =
      size + tail.byteLength > MAX_ROW_BYTES
        ? undefined
        : decoder.decode(pending.length === 0 ? tail : Buffer.concat([...pending, tail]));
    pending = [];
    size = 0;
    return whole?.replace(/\r$/, "");
  };
  for await (const chunk of source) {
    let start = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
      yield take(chunk.subarray(start, end));
      start = end + 1;
    }
    const tail = chunk.subarray(start);
    size += tail.byteLength;
    if (size <= MAX_ROW_BYTES) pending.push(tail);
  }
  if (size > 0) yield take(new Uint8Array());
}
