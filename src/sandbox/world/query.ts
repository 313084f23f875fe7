// The contact query language of contract §2.3: `attribute.path==value`, `!=`, joined by `&&`; `true` for all.

import { OutdialError } from "../../kernel/index.ts";

interface QueryTerm {
  /** Such as `consentFlags.outbound.call`. */
  readonly path: string;
  readonly negated: boolean;
  readonly literal: string;
  /** A quoted literal matches text only; a bare one also a boolean, a number or, as `null`, nothing. */
  readonly quoted: boolean;
}

/** A parsed query: all terms must hold; no terms means everything. */
export interface ContactFilter {
  /** One text for all spellings of the same query. */
  readonly text: string;
  readonly terms: readonly QueryTerm[];
}

/** A query that cannot be read; answered with 400. */
export class QueryError extends OutdialError<"malformed_query"> {}

const MAX_LENGTH = 4096;
const SPACE = /\s*/y;
const TRUE = /true(?=\s*(?:&&|$))/y;
const PATH = /[A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*)*/y;
const OPERATOR = /==|!=/y;
const QUOTED = /"([^"]*)"|'([^']*)'/y;
const BARE = /[^\s&"'=!<>()|]+/y;
const AND = /&&/y;

/** Parses a query. Throws QueryError with the position of what could not be read. */
export function parseContactFilter(text: string): ContactFilter {
  if (text.length > MAX_LENGTH) throw new QueryError("malformed_query", `query: longer than ${MAX_LENGTH} characters`);
  let position = 0;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = position;
    const match = pattern.exec(text);
    if (match !== null) position = pattern.lastIndex;
    return match;
  };
  const need = (pattern: RegExp, what: string): RegExpExecArray => {
    take(SPACE);
    const match = take(pattern);
    if (match !== null) return match;
    const found = position < text.length ? `"${text.slice(position, position + 20)}"` : "the end";
    throw new QueryError("malformed_query", `query: expected ${what} at character ${position + 1}, found ${found}`, {
      advice: "The form is attribute.path==value, with != and &&, or the word true; such as consentFlags.outbound.call==true.",
      details: { position },
    });
  };

  const terms: QueryTerm[] = [];
  do {
    take(SPACE);
    if (take(TRUE) === null) {
      const path = need(PATH, "an attribute path")[0];
      const negated = need(OPERATOR, "== or !=")[0] === "!=";
      take(SPACE);
      const quoted = take(QUOTED);
      const literal = quoted === null ? need(BARE, "a value")[0] : (quoted[1] ?? quoted[2] ?? "");
      terms.push({ path, negated, literal, quoted: quoted !== null });
    }
    take(SPACE);
  } while (position < text.length && need(AND, "&& or the end") !== null);

  const spelled = terms.map(({ path, negated, literal, quoted }) => {
    const quote = quoted ? (literal.includes('"') ? "'" : '"') : "";
    return `${path}${negated ? "!=" : "=="}${quote}${literal}${quote}`;
  });
  return { terms, text: spelled.join("&&") || "true" };
}

/**
 * Whether one value satisfies a term. An absent value equals only `null`, so that `!=` holds for it: the vendor's empty segment on a
 * mistyped attribute comes from `==`.
 */
export function holds(term: QueryTerm, value: unknown): boolean {
  return equals(term, value) !== term.negated;
}

function equals({ literal, quoted }: QueryTerm, value: unknown): boolean {
  if (value === undefined || value === null) return !quoted && literal === "null";
  if (typeof value === "string") return value === literal;
  if (quoted) return false;
  if (typeof value === "number") return literal.trim() !== "" && Number(literal) === value;
  return typeof value === "boolean" && String(value) === literal;
}

/** The value at a dotted path of plain data; own properties only. */
export function valueAtPath(record: unknown, path: string): unknown {
  let value = record;
  for (const name of path.split(".")) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[name];
  }
  return value;
}
