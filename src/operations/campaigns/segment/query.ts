// The vendor's query language for contacts (contract §2.3), parsed and evaluated by outdial: `attribute.path==value`, `!=`,
// joined by `&&`; `true` for all. The vendor's selection is not trusted: every contact is evaluated again here. Pure.

import { OperationError } from "../../error.ts";

/** One comparison. */
interface Term {
  /** Attribute names, outermost first. */
  readonly path: readonly string[];
  readonly negated: boolean;
  readonly value: string;
  /** Written in quotes: then it is a text, whatever it looks like. */
  readonly quoted: boolean;
}

/** A parsed query. */
export type ContactQuery = Readonly<ReturnType<typeof parseContactQuery>>;

const TOKEN =
  /\s*(?:(?<and>&&)|(?<operator>==|!=)|"(?<double>[^"]*)"|'(?<single>[^']*)'|(?<word>[^\s&"'=!<>()|]+)|(?<rest>\S[^]{0,19}))/y;
const PATH = /^[A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*)*$/;

interface Token {
  readonly kind: "and" | "operator" | "quoted" | "word" | "other" | "end";
  readonly text: string;
  /** Number of characters before it. */
  readonly at: number;
}

/**
 * Parses a query. An absent attribute equals only `null`, so `!=` holds for it.
 * @param where the flag or field of the query, for messages
 * @throws OperationError `invalid_input` with the place of what could not be parsed
 */
export function parseContactQuery(text: string, where: string) {
  const tokens = tokensOf(text);
  const terms: Term[] = [];
  let next = 0;
  const take = (): Token => tokens[next++] ?? { kind: "end", text: "the end", at: text.length };
  for (;;) {
    const first = take();
    const after = tokens[next]?.kind ?? "end";
    if (!(first.kind === "word" && first.text === "true" && (after === "and" || after === "end"))) {
      if (first.kind !== "word" || !PATH.test(first.text)) throw unreadable(where, text, "an attribute path", first);
      const operator = take();
      if (operator.kind !== "operator") throw unreadable(where, text, "== or !=", operator);
      const value = take();
      if (value.kind !== "word" && value.kind !== "quoted") throw unreadable(where, text, "a value", value);
      terms.push({
        path: first.text.split("."),
        negated: operator.text === "!=",
        value: value.text,
        quoted: value.kind === "quoted",
      });
    }
    const joint = take();
    if (joint.kind === "end") break;
    if (joint.kind !== "and") throw unreadable(where, text, "&& or the end", joint);
  }
  return {
    /** As written, without blanks at the ends; it is sent and recorded in this form. */
    text: text.trim(),
    /** Attribute paths that it names. */
    paths: [...new Set(terms.map(({ path }) => path.join(".")))],
    /** Whether a contact satisfies every comparison. */
    matches: (contact: unknown): boolean => terms.every((term) => equals(term, valueAt(contact, term.path)) !== term.negated),
  };
}

/** The tokens up to the first text that is not part of the language. */
function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  const pattern = new RegExp(TOKEN);
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    const { and, operator, double, single, word, rest } = match.groups ?? {};
    const at = pattern.lastIndex - match[0].trimStart().length;
    if (rest !== undefined) return [...tokens, { kind: "other", text: rest, at }];
    if (and !== undefined) tokens.push({ kind: "and", text: and, at });
    else if (operator !== undefined) tokens.push({ kind: "operator", text: operator, at });
    else if (word !== undefined) tokens.push({ kind: "word", text: word, at });
    else tokens.push({ kind: "quoted", text: double ?? single ?? "", at });
  }
  return tokens;
}

function unreadable(where: string, text: string, wanted: string, found: Token): OperationError {
  const seen = found.kind === "end" ? "the end" : JSON.stringify(found.text.slice(0, 20));
  return new OperationError(
    "invalid_input",
    `${where} ${JSON.stringify(text)}: expected ${wanted} at character ${found.at + 1}, found ${seen}`,
    {
      advice: "Write attribute.path==value or !=, joined by &&, or true for all; such as consentFlags.outbound.call==true.",
    },
  );
}

function equals({ value, quoted }: Term, found: unknown): boolean {
  if (found === undefined || found === null) return !quoted && value === "null";
  if (typeof found === "string") return found === value;
  if (quoted) return false;
  if (typeof found === "number") return value.trim() !== "" && Number(value) === found;
  return typeof found === "boolean" && String(found) === value;
}

/** The value at a path of plain data; own members only. */
export function valueAt(contact: unknown, path: readonly string[]): unknown {
  let value = contact;
  for (const name of path) {
    if (typeof value !== "object" || value === null) return undefined;
    value = Object.getOwnPropertyDescriptor(value, name)?.value;
  }
  return value;
}

/** Every dotted path of plain data, for suggestions; at most four names deep. */
export function pathsOf(value: unknown, before = ""): string[] {
  if (typeof value !== "object" || value === null || Array.isArray(value) || before.split(".").length > 4) return [];
  return Object.entries(value).flatMap(([name, member]) => {
    const path = before === "" ? name : `${before}.${name}`;
    return [path, ...pathsOf(member, path)];
  });
}
