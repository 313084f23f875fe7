// What a schema found wrong, in words for people. Messages that a schema gives are kept; messages of the validator are replaced.
// Pure.

import type { z } from "zod";

type Issue = z.core.$ZodIssue;

/** How the validator's own messages begin. A message that begins otherwise was written in the schema. */
const OF_THE_VALIDATOR =
  /^(?:Unrecognized key|Invalid (?:input|option|string|number|key|element|discriminator|[A-Z]|email|base64|cuid|ulid|phone|emoji|date)|Too (?:big|small))/;

const KINDS: Readonly<Record<string, string>> = {
  string: "text",
  number: "a number",
  int: "a whole number",
  bigint: "a whole number",
  boolean: "true or false",
  object: "an object",
  record: "an object",
  array: "a list",
  tuple: "a list",
  null: "null",
  date: "a date",
};

const FORMATS: Readonly<Record<string, string>> = {
  url: "a web address is needed, such as https://example.com",
  datetime: "a time in ISO 8601 with its offset is needed, such as 2026-06-16T15:00:00Z",
  date: "a day is needed, such as 2026-06-16",
  time: "a time of day is needed, such as 15:00:00",
  email: "an e-mail address is needed",
  uuid: "a UUID is needed",
};

/** A JSON type in words, with its article. */
export const kindOf = (kind: string): string => KINDS[kind] ?? (/^[aeio]/.test(kind) ? `an ${kind}` : `a ${kind}`);

/** What is wrong, without the path. */
export function issueText(issue: Issue | undefined): string {
  if (issue === undefined) return "not as promised";
  if (!OF_THE_VALIDATOR.test(issue.message)) return issue.message;
  switch (issue.code) {
    case "invalid_type": {
      const found = /received (\w+)$/.exec(issue.message)?.[1] ?? "";
      if (found === "undefined") return `missing; ${kindOf(issue.expected)} is needed`;
      // A fraction is a number too: "a whole number is needed, not a number" would mislead.
      const isNumber = found === "NaN" || (found === "number" && issue.expected === "int");
      return found === "" || isNumber
        ? `${kindOf(issue.expected)} is needed`
        : `${kindOf(issue.expected)} is needed, not ${kindOf(found)}`;
    }
    case "too_small":
      return bound(
        issue.origin,
        issue.exact === true ? "exactly" : issue.inclusive === false ? "more than" : "at least",
        Number(issue.minimum),
      );
    case "too_big":
      return bound(
        issue.origin,
        issue.exact === true ? "exactly" : issue.inclusive === false ? "less than" : "at most",
        Number(issue.maximum),
      );
    case "not_multiple_of":
      return `a multiple of ${issue.divisor} is needed`;
    case "invalid_value":
      return `${issue.values.map((value) => JSON.stringify(value)).join(" or ")} is needed`;
    case "unrecognized_keys":
      return `unknown ${issue.keys.length === 1 ? "field" : "fields"} ${issue.keys.join(", ")}`;
    case "invalid_format":
      return formatText(issue);
    default:
      return "it is of none of the forms that are allowed";
  }
}

function formatText(issue: z.core.$ZodIssueInvalidStringFormat): string {
  if ("prefix" in issue) return `it must begin with ${JSON.stringify(issue.prefix)}`;
  if ("suffix" in issue) return `it must end with ${JSON.stringify(issue.suffix)}`;
  if ("includes" in issue) return `it must contain ${JSON.stringify(issue.includes)}`;
  const known = FORMATS[issue.format];
  if (known !== undefined) return known;
  return issue.format === "regex" && issue.pattern !== undefined
    ? `it must be of the form ${issue.pattern}`
    : "it is not of the form that is needed";
}

function bound(origin: string, how: string, limit: number): string {
  const counted = origin === "string" ? "characters" : ["array", "set", "map", "object"].includes(origin) ? "entries" : undefined;
  if (Math.abs(limit) === Number.MAX_SAFE_INTEGER) return limit > 0 ? "it is too large" : "it is too small";
  if (counted === undefined) return `it must be ${how} ${limit}`;
  if (limit === 1 && how === "at least") return "it must not be empty";
  return `it must have ${how} ${limit} ${limit === 1 ? counted.replace(/ies$|s$/, (end) => (end === "ies" ? "y" : "")) : counted}`;
}
