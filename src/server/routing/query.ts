// Fields that many routes share: page sizes, cursors, lists and switches in the query, time spans.

import { z } from "zod";
import { dayOr } from "../../kernel/index.ts";
import { ServerError } from "../error.ts";

/** Items in a page. */
export const limit = z.coerce.number().int().min(1).max(1000).default(50).describe("Items in a page, 1 to 1000");

/** `true` or `false`; false when absent. */
export const flag = z
  .enum(["true", "false"])
  .default("false")
  .transform((text) => text === "true");

/** Whether NDJSON gets a last line by which its reader knows that it was not cut off. */
export const end = flag.describe(
  "true adds a last line `{end: {lines}}` to NDJSON, with the number of lines before it; a failure after the first lines is told there in any case, as `{end: {lines, problem}}`",
);

/** A field that may be given several times. */
export const list = z
  .union([z.string(), z.array(z.string())])
  .default([])
  .transform((given) => (typeof given === "string" ? [given] : given));

/** PostgreSQL accepts no NUL in a text. */
export const NO_NUL = /^[^\0]*$/;

/** An id that the tenant gave. */
export const vendorId = z.string().min(1).max(200);

/** A telephone number; a longer text names none at any door. */
export const phoneText = z.string().max(200).describe("E.164, or as people write it");

/** Words of a person that say something: not only blanks and invisible characters. */
export const words = z
  .string()
  .max(2000)
  .regex(/[^\p{White_Space}\p{Cf}\p{Cc}]/u, "must hold words, not only blanks or invisible characters");

/** Years that outdial accepts. Times beyond them are not written with four-digit years, and calculations with them fail. */
const FIRST_TIME = Date.UTC(1900, 0, 1);
const LAST_TIME = Date.UTC(2200, 0, 1);

/** An instant with its offset, in the years 1900 to 2199, as ms since the epoch. */
export const instant = z.iso
  .datetime({ offset: true, error: dayOr("a time in ISO 8601 with its offset is needed, such as 2026-06-16T15:00:00Z") })
  .transform((text) => Date.parse(text))
  .refine((at) => at >= FIRST_TIME && at < LAST_TIME, "a time of the years 1900 to 2199 is needed");

/** Hours, with fractions, as whole milliseconds. */
export const hours = (most: number) =>
  z
    .number()
    .positive()
    .max(most)
    .transform((given) => Math.max(1, Math.round(given * 3_600_000)));

/** Minutes, with fractions, as whole milliseconds. */
export const minutes = (least: number, most: number) =>
  z
    .number()
    .min(least)
    .max(most)
    .transform((given) => Math.round(given * 60_000));

/** The `next` of the previous page. */
export const cursor = z.string().max(2000).regex(NO_NUL).optional().describe("`next` of the page before");

/** A cursor that holds a number, at most `most`. Throws ServerError `invalid_request`. */
export function numberCursor(text: string | undefined, most = Number.MAX_SAFE_INTEGER): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 0 && value <= most) return value;
  throw new ServerError("invalid_request", "query.cursor is not the `next` of a page");
}

/** A cursor that holds several values, as written by `tellCursor`. Throws ServerError `invalid_request`. */
export function toldCursor<Told>(schema: z.ZodType<Told>, text: string | undefined): Told | undefined {
  if (text === undefined) return undefined;
  const told = schema.safeParse(jsonOf(Buffer.from(text, "base64url").toString("utf8")));
  if (told.success) return told.data;
  throw new ServerError("invalid_request", "query.cursor is not the `next` of a page");
}

export function tellCursor(told: unknown): string {
  return Buffer.from(JSON.stringify(told)).toString("base64url");
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A page of a list. @param read gives so many items at most @param place the field of the last item, or what is made of it, behind which the next page begins */
export async function pageOfItems<Item extends object>(
  size: number,
  read: (most: number) => Promise<readonly Item[]>,
  place: keyof Item | ((last: Item) => string),
): Promise<{ items: Item[]; next: string | null }> {
  const found = await read(size + 1);
  const items = found.slice(0, size);
  const last = items.at(-1);
  if (found.length <= size || last === undefined) return { items, next: null };
  return { items, next: String(typeof place === "function" ? place(last) : last[place]) };
}
