// Values that no handler can use, anywhere in a request: texts that the database cannot store, values beyond every bound. Checked
// once, before every handler.

import type { Problem } from "../../kernel/index.ts";
import { ServerError } from "../error.ts";
import { PROBLEMS } from "./problem.ts";

/** Longest value in the address, characters: ids, cursors, names. */
export const LONGEST_VALUE = 2000;
/** Deepest nesting of a body. */
export const DEEPEST_BODY = 64;
/** Values in a body, those within others included. */
export const MOST_VALUES = 100_000;
/** Most problems listed in an answer. */
const MOST_PROBLEMS = 20;

/** A value with the way to it; names are put together only for those that are wrong. */
interface Place {
  readonly value: unknown;
  readonly name: string | number;
  readonly in: Place | undefined;
  readonly depth: number;
}

/** The parts of a request that come from its sender. */
export interface GivenParts {
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string | readonly string[]>>;
  readonly body: unknown;
}

/**
 * Throws ServerError `invalid_request` that names each field of path, query or body with
 * a NUL or half of a surrogate pair (in a name of a field as well), a number beyond all numbers, a value that is too long or nested too deeply.
 */
export function refuseUnusable({ params, query, body }: GivenParts): void {
  const problems = [
    ...problemsIn(params, "path", LONGEST_VALUE),
    ...problemsIn(query, "query", LONGEST_VALUE),
    ...problemsIn(body, "body", Number.POSITIVE_INFINITY),
  ].slice(0, MOST_PROBLEMS);
  if (problems.length === 0) return;
  const text = problems.map(({ path, message }) => `${path}: ${message}`).join("; ");
  throw new ServerError("invalid_request", text, { details: { [PROBLEMS]: problems } });
}

function problemsIn(root: unknown, name: string, longest: number): Problem[] {
  const found: Problem[] = [];
  // Not by recursion: how deep a body is nested is its sender's choice.
  const open: Place[] = [{ value: root, name, in: undefined, depth: 0 }];
  let seen = 0;
  for (let place = open.pop(); place !== undefined && found.length < MOST_PROBLEMS; place = open.pop()) {
    const { value, depth } = place;
    if (++seen + open.length > MOST_VALUES) return [{ path: name, message: `holds more than ${MOST_VALUES} values` }];
    const problem = problemOfValue(place, longest);
    if (problem !== undefined) found.push({ path: pathOf(place), message: problem });
    else if (Array.isArray(value))
      for (const [i, item] of value.entries()) open.push({ value: item, name: i, in: place, depth: depth + 1 });
    else if (typeof value === "object" && value !== null)
      for (const [key, member] of Object.entries(value)) open.push({ value: member, name: key, in: place, depth: depth + 1 });
  }
  return found;
}

function problemOfValue({ value, name, depth }: Place, longest: number): string | undefined {
  const ofName = typeof name === "string" ? problemOfText(name, longest) : undefined;
  if (ofName !== undefined) return `the name of this field ${ofName}`;
  if (typeof value === "string") return problemOfText(value, longest);
  if (typeof value === "number" && !Number.isFinite(value)) return "is a number beyond all that can be kept";
  if (depth >= DEEPEST_BODY && typeof value === "object" && value !== null)
    return `is nested more than ${DEEPEST_BODY} levels deep`;
  return undefined;
}

function problemOfText(text: string, longest: number): string | undefined {
  if (text.length > longest) return `is longer than ${longest} characters`;
  if (text.includes("\0")) return "holds the character NUL (U+0000)";
  return text.isWellFormed() ? undefined : "holds half of a surrogate pair, which is no character";
}

/** `body.contacts[3].name`; what cannot be shown in a name is replaced. */
function pathOf(place: Place): string {
  const parts: string[] = [];
  for (let at: Place | undefined = place; at !== undefined; at = at.in)
    parts.unshift(typeof at.name === "number" ? `[${at.name}]` : `${at.in === undefined ? "" : "."}${shownName(at.name)}`);
  return parts.length > 12 ? `${parts.slice(0, 12).join("")}…` : parts.join("");
}

const shownName = (name: string): string => name.slice(0, 60).replaceAll("\0", "\u{fffd}").toWellFormed();
