// Parses query parameters like the tenant: unknown names are ignored, wrong values are refused with their place and what is
// allowed.

import { nearest } from "../kernel/index.ts";
import { badRequest } from "./wire.ts";

/** A whole number within bounds; the default when the parameter is absent. Throws a 400 refusal. */
export function wholeNumber(
  query: URLSearchParams,
  name: string,
  allowed: { readonly default: number; readonly min: number; readonly max: number },
): number {
  const text = query.get(name);
  if (text === null || text === "") return allowed.default;
  const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= allowed.min && value <= allowed.max) return value;
  throw badRequest(`Query parameter ${name} must be a whole number from ${allowed.min} to ${allowed.max}.`, [
    { path: name, message: `${name}=${text.slice(0, 40)}` },
  ]);
}

/** A text; an empty one counts as absent. */
export function textOf(query: URLSearchParams, name: string): string | undefined {
  return query.get(name) || undefined;
}

/** A list, either repeated (`a=1&a=2`) or joined by commas. Undefined when absent. Throws a 400 refusal for an empty entry. */
export function listOf(query: URLSearchParams, name: string): string[] | undefined {
  const values = query.getAll(name).filter((value) => value !== "");
  if (values.length === 0) return undefined;
  const items = values.flatMap((value) => value.split(",").map((item) => item.trim()));
  if (items.includes("")) throw badRequest(`Query parameter ${name} has an empty entry.`);
  return items;
}

/** Throws a 400 refusal with every word that is not allowed, and the nearest allowed one. */
export function mustBeKnown(what: string, words: readonly string[], allowed: ReadonlySet<string>): void {
  const unknown = words.filter((word) => !allowed.has(word));
  if (unknown.length === 0) return;
  throw badRequest(
    `Unknown ${what}: ${unknown.slice(0, 10).join(", ")}.`,
    unknown.map((word) => {
      const meant = nearest(word, allowed);
      return { value: word, ...(meant === undefined ? {} : { suggestion: meant }) };
    }),
  );
}
