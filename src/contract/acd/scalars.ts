// Scalars of the ACD API on the wire: older versions send numbers and booleans as text ("187", "False"), and unset values as ""
// or null. The schemas yield JSON types. Source of each form: published reference, seen in public clients.

import { z } from "zod";
import { isDay, parseInstant } from "../../kernel/index.ts";

/** One scalar, read in one step instead of by a chain of schemas, since records come by ten thousands. */
function wire<T>(type: string | readonly string[], expected: string, read: (value: unknown) => T | undefined) {
  return z
    .unknown()
    .transform((value, context): T => {
      const found = read(value);
      if (found !== undefined) return found;
      context.addIssue({ code: "custom", message: expected, input: value });
      return z.NEVER;
    })
    .meta({ type });
}

/** The same where the value may be missing: null and "" count as missing. */
function maybe<T>(type: readonly string[], expected: string, read: (value: unknown) => T | undefined) {
  return z
    .unknown()
    .transform((value, context): T | undefined => {
      if (value === undefined || value === null || value === "") return undefined;
      const found = read(value);
      if (found === undefined) context.addIssue({ code: "custom", message: expected, input: value });
      return found;
    })
    .meta({ type: [...type, "null"] })
    .optional();
}

const NUMBER = /^-?\d+(?:\.\d+)?$/;
const INTEGER = /^-?\d+$/;

function booleanOf(value: unknown): boolean | undefined {
  if (typeof value === "boolean") return value;
  if (typeof value !== "string") return value === 1 ? true : value === 0 ? false : undefined;
  const text = value.toLowerCase();
  return text === "true" || text === "1" ? true : text === "false" || text === "0" ? false : undefined;
}
function integerOf(value: unknown): number | undefined {
  if (typeof value === "number") return Number.isInteger(value) ? value : undefined;
  return typeof value === "string" && INTEGER.test(value) ? Number(value) : undefined;
}
function numberOf(value: unknown): number | undefined {
  if (typeof value === "number") return value;
  return typeof value === "string" && NUMBER.test(value) ? Number(value) : undefined;
}
function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : typeof value === "number" || typeof value === "boolean" ? String(value) : undefined;
}
const idOf = (value: unknown): string | undefined => {
  if (typeof value === "number") return Number.isInteger(value) ? String(value) : undefined;
  return typeof value === "string" && value !== "" ? value : undefined;
};

/** An identifier: a number or text on the wire, opaque text here. Ids of contacts exceed 32 bits. */
export const wireId = wire(["string", "integer"], "an id", idOf);
/** A whole number, or its text. */
export const wireInteger = wire(["integer", "string"], "a whole number, maybe as text", integerOf);
/** A boolean, or its text such as "False". */
export const wireBoolean = wire(["boolean", "string"], 'true or false, maybe as text such as "False"', booleanOf);

/** An id as text; undefined when unset. */
export const maybeId = maybe(["string", "integer"], "an id", idOf);
/** A whole number, or its text; undefined when unset. */
export const maybeInteger = maybe(["integer", "string"], "a whole number, maybe as text", integerOf);
/** A number, or its text; undefined when unset. */
export const maybeNumber = maybe(["number", "string"], "a number, maybe as text", numberOf);
/** A boolean, or its text; undefined when unset. */
export const maybeBoolean = maybe(["boolean", "string"], 'true or false, maybe as text such as "False"', booleanOf);
/** Text; undefined when unset. Times are text as well: their forms differ between resources. */
export const maybeText = maybe(["string"], "text", textOf);

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,3})?Z$/;

/** An instant as outdial sends it: UTC with a literal Z. Some resources refuse offsets. */
export const sentInstant = z
  .string()
  .refine((text) => INSTANT.test(text) && parseInstant(text) !== undefined, "a UTC time such as 2026-01-31T08:00:00Z")
  .meta({ format: "date-time" });

/** A day, or an instant. */
export const sentDay = z
  .string()
  .refine((text) => isDay(text) || (INSTANT.test(text) && parseInstant(text) !== undefined), "a day such as 2026-01-31");

/** An id as outdial sends it in a body: digits, sent as a number where the resource wants one. */
export const sentId = z.union([z.string().regex(/^\d+$/, "an id of digits"), z.int().min(0)]);
