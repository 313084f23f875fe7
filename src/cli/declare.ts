// The builders of arguments and options: the name as shown in the help, the meaning, and what is allowed. Each value has the type
// that follows from that.

import { OutdialError, parseDuration } from "../kernel/index.ts";
import type { Place, Spec } from "./command.ts";
import { shippedExample } from "./examples.ts";
import { pathFrom } from "./surroundings.ts";

type Camel<Name extends string> = Name extends `${infer Head}-${infer Tail}` ? `${Head}${Capitalize<Camel<Tail>>}` : Name;
type NameOf<Flags extends string> = Flags extends `--no-${infer Name}`
  ? Name
  : Flags extends `--${infer Name} ${string}`
    ? Name
    : Flags extends `--${infer Name}`
      ? Name
      : Flags extends `${"<" | "["}${infer Name}...${string}`
        ? Name
        : Flags extends `${"<" | "["}${infer Name}${">" | "]"}`
          ? Name
          : never;
/** The key: `dryRun` from "--dry-run", `campaign` from "--campaign <id>", `ids` from "[ids...]". */
export type KeyOf<Flags extends string> = Camel<NameOf<Flags>>;

interface Settings {
  /** The default value; shown in the help. */
  readonly default?: string | number;
  /** The option must be given. */
  readonly required?: true;
  /** Its name in messages; by default as it is written on the command line. */
  readonly label?: string;
}
type None = object;

/** The type of a value that may be missing, unless it is an argument in <>, required, or has a default. */
type Sure<Flags extends string, Given, Value> = Given extends { default: string | number } | { required: true }
  ? Value
  : Flags extends `<${string}`
    ? Value
    : Value | undefined;

type Where = Pick<Place, "cwd" | "clock">;

function keyOf<Flags extends string>(flags: Flags): KeyOf<Flags>;
function keyOf(flags: string): string {
  const name = /^(?:--no-|--|<|\[)([a-z-]+)/.exec(flags)?.[1] ?? "";
  return name.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** Its name in messages: `--limit`, `<seq>`. */
const labelOf = (flags: string): string => /^--[a-z-]+/.exec(flags)?.[0] ?? flags.replace(/^[<[]([a-z-]+).*$/, "<$1>");

/** The error for a value that cannot be used. */
export const wrong = (message: string): OutdialError => new OutdialError("invalid_input", message);

/**
 * A value of any kind. @param parse gets the text and its name for messages; throws `invalid_input` saying what was given and
 * what is allowed
 */
export function value<const Flags extends string, Value, const Given extends Settings = None>(
  flags: Flags,
  help: string,
  parse: (text: string, label: string, where: Where) => Value | Promise<Value>,
  settings?: Given,
): Spec<KeyOf<Flags>, Sure<Flags, Given, Value>>;
export function value(
  flags: string,
  help: string,
  parse: (text: string, label: string, where: Where) => unknown,
  settings: Settings = {},
): Spec {
  const { label = labelOf(flags), required, default: standard } = settings;
  return {
    key: keyOf(flags),
    flags,
    help,
    standard: standard === undefined ? undefined : String(standard),
    isRequired: required,
    read: (given, where) => (typeof given === "string" ? parse(given, label, where) : undefined),
  };
}

export const text = <const Flags extends string, const Given extends Settings = None>(
  flags: Flags,
  help: string,
  given?: Given,
) => value(flags, help, (written) => written, given);

/** Ids are no longer. */
const MOST_OF_ID = 200;

function idOf(written: string, label: string): string {
  if (written === "") throw wrong(`${label} is empty`);
  if (written.length > MOST_OF_ID) throw wrong(`${label} is of ${written.length} characters: ids have at most ${MOST_OF_ID}`);
  return written;
}

/** The id of something at the tenant, in the store or of a service. */
export const id = <const Flags extends string, const Given extends Settings = None>(flags: Flags, help: string, given?: Given) =>
  value(flags, help, idOf, given);

/** True when it was given; for --no-…, false when it was given. */
export function flag<const Flags extends string>(flags: Flags, help: string): Spec<KeyOf<Flags>, boolean> {
  const isNegative = flags.startsWith("--no-");
  return { key: keyOf(flags), flags, help, read: (given) => (isNegative ? given !== false : given === true) };
}

/** An option that may be given without its id: then it is `true`. */
export function optional<const Flags extends string>(flags: Flags, help: string): Spec<KeyOf<Flags>, string | true | undefined> {
  const read = (given: unknown) => (typeof given === "string" ? idOf(given, labelOf(flags)) : given === true ? given : undefined);
  return { key: keyOf(flags), flags, help, read };
}

/** An argument or option that may be given several times. @param isSaid false omits the empty default from the help */
export function many<Key extends string, Value>(one: Spec<Key, Value>, isSaid = true): Spec<Key, NonNullable<Value>[]> {
  const read = async (given: unknown, where: Where) => {
    const values: NonNullable<Value>[] = [];
    for (const each of Array.isArray(given) ? given : []) {
      const parsed = await one.read(each, where);
      if (parsed !== undefined && parsed !== null) values.push(parsed);
    }
    return values;
  };
  return { ...one, standard: isSaid && one.flags.startsWith("--") ? [] : undefined, isMany: true, read };
}

/** A whole number within limits. */
export function wholeNumber(label: string, written: string, from: number, to: number): number {
  const number = Number(written);
  if (written.trim() !== "" && Number.isInteger(number) && number >= from && number <= to) return number;
  throw wrong(`${label} ${written} is not a whole number from ${from} to ${to}`);
}

export function whole<
  const Flags extends string,
  const Given extends Settings & { readonly from?: number; readonly to?: number } = None,
>(flags: Flags, help: string, given?: Given) {
  const { from = 0, to = Number.MAX_SAFE_INTEGER }: { readonly from?: number; readonly to?: number } = given ?? {};
  return value(flags, help, (written, label) => wholeNumber(label, written, from, to), given);
}

/** One of a set of words. @param words a function when the words are in code that is loaded only on demand */
export function choice<
  const Flags extends string,
  const Word extends string,
  const Given extends Settings & { readonly listed?: true } = None,
>(flags: Flags, help: string, words: readonly Word[] | (() => Promise<readonly Word[]>), given?: Given) {
  const made = value(
    flags,
    help,
    async (written, label) => {
      const allowed = typeof words === "function" ? await words() : words;
      const word = allowed.find((candidate) => candidate === written);
      if (word !== undefined) return word;
      throw wrong(`${label} ${written} is not one of ${allowed.join(", ")}`);
    },
    given,
  );
  return { ...made, listed: given?.listed === true && typeof words !== "function" ? words : undefined };
}

/** Words separated by commas; blanks and empty words are dropped. */
export const wordsIn = (written: string): string[] =>
  written
    .split(",")
    .map((word) => word.trim())
    .filter((word) => word !== "");

export const words = <const Flags extends string>(flags: Flags, help: string) => value(flags, help, wordsIn);

/** A time span in ms, above zero unless `from` says otherwise. @param problem the message for a text that is not a span */
export function spanOf(
  written: string,
  label: string,
  from = 1,
  problem = "is no span of time; give one such as 15m, 36h or 7d",
): number {
  const ms = parseDuration(written);
  if (ms !== undefined && ms >= from) return ms;
  throw wrong(`${label} ${written} ${problem}`);
}

interface SpanSettings extends Settings {
  /** Least, in ms. */
  readonly from?: number;
  readonly wrong?: string;
}

export const span = <const Flags extends string, const Given extends SpanSettings = None>(
  flags: Flags,
  help: string,
  given?: Given,
) => value(flags, help, (written, label) => spanOf(written, label, given?.from, given?.wrong), given);

/** A share above 0 and below 1: `3%`, `3 %` or `0.03`. */
export const share = <const Flags extends string, const Given extends Settings = None>(
  flags: Flags,
  help: string,
  given?: Given,
) =>
  value(
    flags,
    help,
    (written, label) => {
      const [, digits = "", sign] = /^\s*(\d*\.?\d+)\s*(%?)\s*$/.exec(written) ?? [];
      const part = Number(digits) / (sign === "%" ? 100 : 1);
      if (digits !== "" && part > 0 && part < 1) return part;
      throw wrong(`${label} ${written} is not a share above 0 and below 1, such as 3% or 0.03`);
    },
    given,
  );

/** An instant in ms; a day means its first instant, and a time without a zone is in UTC. */
export const instant = <const Flags extends string>(flags: Flags, help: string) =>
  value(flags, help, async (written, label) => {
    const { parseInstantOrNaiveUtc } = await import("./late.ts");
    const at = parseInstantOrNaiveUtc(/^\d{4}-\d{2}-\d{2}$/.test(written) ? `${written}T00:00:00Z` : written);
    if (at !== undefined) return at;
    throw wrong(`${label} ${written} is no time; give a day such as 2026-03-01, or a time such as 2026-03-01T08:00:00Z`);
  });

/** An instant in ms, written with its zone. @param when "past" refuses future instants */
export const moment = <const Flags extends string>(flags: Flags, help: string, when: "past" | "any" = "any") =>
  value(flags, help, async (written, label, { clock }) => {
    const late = await import("./late.ts");
    return parsed(label, late.instant(written, when === "past" ? clock.now() : Number.POSITIVE_INFINITY));
  });

/** The one telephone number that is certainly meant, in the store's form. */
export const phone = <const Flags extends string>(flags: Flags, help: string) =>
  value(flags, help, async (written) => parsed("number", (await import("./late.ts")).phone(written)));

/** A text that names a telephone number, or several that may be meant. */
export const phones = <const Flags extends string>(flags: Flags, help: string) =>
  value(flags, help, async (written) => {
    parsed("number", (await import("./late.ts")).phones(written));
    return written;
  });

/** A parsed value, or `invalid_input` naming where it was given. */
export function parsed<T>(label: string, read: { readonly ok: T } | { readonly problem: string }): T {
  if ("ok" in read) return read.ok;
  throw wrong(`${label}: ${read.problem}`);
}

/** A file or folder, relative to the working folder; "-" is a stream. */
export const file = <const Flags extends string, const Given extends Settings = None>(
  flags: Flags,
  help: string,
  given?: Given,
) => value(flags, help, (written, _, { cwd }) => pathFrom(cwd, written), given);

/** A file or folder that is read: when there is none of this name and it is one of an example, that of the package is used. */
export const input = <const Flags extends string, const Given extends Settings = None>(
  flags: Flags,
  help: string,
  given?: Given,
) => value(flags, help, (written, _, { cwd }) => shippedExample(written, cwd) ?? pathFrom(cwd, written), given);

/** The built-in rule pack is named by its id instead of a path. */
export const SHIPPED_PACK = "us-ca-uk-2026";

/** A rule pack. */
export const pack = <const Flags extends string, const Given extends Settings = None>(
  flags: Flags,
  help: string,
  given?: Given,
) => value(flags, help, (written, _, { cwd }) => (written === SHIPPED_PACK ? written : pathFrom(cwd, written)), given);

const tenantUrl = text("--tenant-url <url>", "origin of the tenant, when outdial.yaml names none");
const databaseUrl = text("--database-url <url>", "PostgreSQL to use instead of the embedded one");

/** What commands work with, from nothing besides this machine to tenant and store. */
export const NOTHING = { options: [] } as const;
export const TENANT = { options: [tenantUrl] } as const;
export const STORE = { options: [databaseUrl] } as const;
export const TENANT_AND_STORE = { options: [tenantUrl, databaseUrl] } as const;

/** How a file of rows is read. @param example a field and its column */
export const rowOptions = (example: string) =>
  [
    many(text("--column <field=name...>", `the column that holds a field, such as ${example}`)),
    choice("--format <format>", "csv or ndjson; told from the input by default", ["csv", "ndjson"]),
    value("--delimiter <character>", "column separator; told from the header by default", (written) => {
      const character = written === "\\t" ? "\t" : written;
      if (character.length === 1) return character;
      throw wrong(`--delimiter ${JSON.stringify(character)} is not one character`);
    }),
  ] as const;
