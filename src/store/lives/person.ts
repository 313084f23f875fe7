// Where the store has a person, by the telephone number: in a column for numbers, or in any text as people and programs write it; and how it is erased there.
// Read in parts of some thousand blocks, so that no statement is long, whatever was kept.

import { createHash } from "node:crypto";
import type { StoreCore, Tx } from "../commit.ts";
import type { PhoneKey } from "../facts/types.ts";
import { LIVES, type Life } from "./table.ts";

/** Blocks of a table that one statement reads, of 8 KiB. */
const BLOCKS = 16_384;
/** Most calls of a person whose ids are looked for at once, the newest first: an expression has a limit. */
const CALLS = 200;
/** Between the digits of a number as people and programs write it, at most three. */
const GAP = "(?:[ \u00a0\u2009\u202f\u2010-\u2013.()/_-]|\\\\u00a0|%2[089DEF]){0,3}";

/** What a table has of a person. */
export interface PersonRows {
  /** Rows with the number. */
  readonly rows: number;
  /** Further rows with the id of one of the person's calls. */
  readonly calls: number;
}

/** Digits that are a day and an hour, too: with gaps elsewhere than in a number of the North American plan they are no number. */
const DATE = /^20\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])[0-2]\d$/;

/** The number in each form: international, national where the plan is known, with and without what people write between digits. */
function formsOf(number: PhoneKey): string {
  const digits = String(number);
  const spaced = (text: string) =>
    (DATE.test(text) ? [text.slice(0, 3), text.slice(3, 6), text.slice(6)] : text.split("")).join(GAP);
  return digits.startsWith("1")
    ? `(?:1${GAP})?${spaced(digits.slice(1))}`
    : digits.startsWith("44")
      ? `(?:44${GAP}(?:0${GAP})?|0${GAP})${spaced(digits.slice(2))}`
      : spaced(digits);
}

/** A regular expression of a number in each form. PostgreSQL, RE2 and JavaScript read it alike. */
export function personPattern(number: PhoneKey): string {
  return `(?:^|[^0-9]|\\\\u00a0)(?:00)?${formsOf(number)}(?:[^0-9]|$)`;
}

/** Replaces the number in a text, in each form. In JSON, 0 stands in place of one without quotes. @param isJson the text is JSON whatever it looks like */
export type Redact = (text: string, isJson?: boolean) => string;

/** A token of JSON that may have a number. */
const TOKEN = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

export function redacting(number: PhoneKey, mark: string): Redact {
  const digits = String(number);
  // A fraction may have the same digits.
  const bare = new Set([digits, ...(digits.startsWith("1") ? [digits.slice(1)] : [])]);
  const [has, form] = [
    new RegExp(personPattern(number)),
    new RegExp(`(?:(?<![0-9])|(?<=\\\\u00a0))(?:%2B|[+(]{1,2})?(?:00)?${formsOf(number)}(?![0-9])`, "g"),
  ];
  const redact: Redact = (text, isJson = false) => {
    if (!has.test(text)) return text;
    const value = isJson || /^\s*[[{"]/.test(text) ? parsed(text) : undefined;
    if (value === undefined) return text.replaceAll(form, mark);
    // By its tokens: what is written anew could say large numbers in another way.
    return text.replaceAll(TOKEN, (token) => {
      if (!token.startsWith('"')) return bare.has(token) ? "0" : token;
      if (!has.test(token)) return token;
      const inside = parsed(token);
      const isNested = typeof inside === "string" && /^\s*[[{]/.test(inside) && parsed(inside) !== undefined;
      return isNested ? JSON.stringify(redact(inside)) : token.replaceAll(form, mark);
    });
  };
  return redact;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** A regular expression of the ids; undefined without any. */
export function anyOfPattern(ids: readonly string[]): string | undefined {
  const quoted = ids.map((id) => id.replaceAll(/[^A-Za-z0-9_]/gu, (mark) => (/[\s\p{L}\p{N}]/u.test(mark) ? mark : `\\${mark}`)));
  // `call-9` is not in `call-9-2` or `call-9.a`; a sentence may end behind it.
  return ids.length === 0
    ? undefined
    : `(?:^|[^A-Za-z0-9_.-])(?:${quoted.join("|")})(?:[^A-Za-z0-9_.-]|[.](?:[^A-Za-z0-9_-]|$)|$)`;
}

/** Ids of the person's calls, the newest first. @param most CALLS unless told otherwise */
export async function callsOf(store: StoreCore, number: PhoneKey, most: number | null = CALLS): Promise<readonly string[]> {
  const rows = await store.query<{ id: string }>(
    `select id from (select call_id as id, at from outdial.attempts where number = $1 and call_id <> ''
       union select call_id, at from outdial.raw_outcomes where call_id in (select call_id from outdial.attempts where number = $1) ) c
     group by id order by max(at) desc limit $2`,
    [number, most],
  );
  return rows.map(({ id }) => id);
}

/** A table with the columns in which a person may stand. */
interface Searched {
  readonly schema: string;
  readonly name: string;
  readonly texts: readonly string[];
  /** Those in whose place another text may stand: what rows are known by stays. */
  readonly free: readonly { readonly name: string; readonly type: string }[];
  readonly hasNumber: boolean;
  readonly blocks: number;
}

const TEXTS =
  "attnum > 0 and not attisdropped and atttypid in ('text'::regtype, 'varchar'::regtype, 'json'::regtype, 'jsonb'::regtype, 'text[]'::regtype)";
const TABLES = `select n.nspname as schema, c.relname as name, pg_relation_size(c.oid) / current_setting('block_size')::int as blocks,
    array(select quote_ident(attname) from pg_attribute where attrelid = c.oid and ${TEXTS} order by attnum) as texts,
    coalesce((select json_agg(json_build_object('name', attname, 'type', atttypid::regtype::text) order by attnum) from pg_attribute a
      where attrelid = c.oid and ${TEXTS}
        and not exists (select from pg_index where indrelid = c.oid and indisunique and a.attnum = any(indkey))
        and not exists (select from pg_constraint where conrelid = c.oid and contype = 'f' and a.attnum = any(conkey))), '[]') as free,
    exists (select from pg_attribute where attrelid = c.oid and attname = 'number' and atttypid = 'int8'::regtype) as "hasNumber"
  from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname in ('outdial', 'dbos') and c.relkind = 'r'`;

/** Goes through all tables of outdial and of the workflow engine. @returns of each table with the person what it has, by its name in the table of lives */
export async function findInTables(
  store: StoreCore,
  number: PhoneKey,
  calls: readonly string[],
): Promise<ReadonlyMap<string, PersonRows>> {
  const found = new Map<string, PersonRows>();
  const add = (name: string, { rows, calls: more }: PersonRows) => {
    const { rows: before = 0, calls: others = 0 } = found.get(name) ?? {};
    if (rows + more > 0) found.set(name, { rows: before + rows, calls: others + more });
  };
  const patterns = [personPattern(number), anyOfPattern(calls) ?? null, number];
  for (const table of await store.query<Searched>(TABLES)) {
    if (table.texts.length === 0 && !table.hasNumber) continue;
    const statement = countIn(table);
    for (const part of partsOf(table)) {
      const [row] = await store.query<PersonRows>(statement, [...patterns, ...part]);
      if (row !== undefined) add(lifeOf(table), row);
    }
  }
  const listed = await store.query("select from outdial.registry_blocks where block = $1 and get_bit(bits, $2) = 1", [
    Math.floor(number / 10_000),
    number % 10_000,
  ]);
  add("outdial.registry_blocks", { rows: listed.length, calls: 0 });
  return found;
}

/** Parts of a table, each from a place to before another one; what is added meanwhile is in the last one. */
function* partsOf({ blocks }: Searched): Generator<readonly [from: string, to: string]> {
  for (let from = 0; from <= blocks; from += BLOCKS)
    yield [`(${from},0)`, `(${from + BLOCKS > blocks ? 4_294_967_295 : from + BLOCKS},0)`];
}

const lifeOf = ({ schema, name }: Searched): string =>
  schema === "dbos" ? "dbos.*" : name.startsWith("registry_changes_") ? "outdial.registry_blocks" : `outdial.${name}`;

/** Rows of a table with $1 or the number $3, and those with $2, between two places. */
function countIn({ schema, name, texts, hasNumber }: Searched): string {
  const text = textOf(texts);
  const own = hasNumber ? "coalesce(number = $3::bigint, false)" : "$3::bigint is null";
  return `select count(*) filter (where own)::int as rows, count(*) filter (where called and not own)::int as calls from (
      select ${own} or text ~ $1::text as own, coalesce(text ~ $2::text, false) as called from (
        select ${text} as text${hasNumber ? ", number" : ""} from ${schema}.${name} where ctid >= $4::tid and ctid < $5::tid) t) f`;
}

const textOf = (texts: readonly string[]) =>
  texts.length === 0 ? "''" : `concat_ws(chr(10), ${texts.map((column) => `${column}::text`).join(", ")})`;

// Erasing.

/** Rows that one transaction changes at most: nobody waits for it long. */
const ROWS = 200;

/** Who is erased. */
export interface ErasedPerson {
  readonly number: PhoneKey;
  readonly redact: Redact;
  /** Of every call to or from the number. */
  readonly calls: readonly string[];
}

/** What was erased in a place. */
export interface ErasedRows {
  readonly rows: number;
  /** SHA-256 of each row or file as it was left, hex; nothing of what was removed, which could be tried out. */
  readonly left: readonly string[];
}

/** Regular expressions of a person: the number, and the ids of so many calls at once. */
export const patternsOf = ({
  number,
  calls,
}: Pick<ErasedPerson, "number" | "calls">): readonly (readonly [string, string | null])[] =>
  Array.from({ length: Math.max(1, Math.ceil(calls.length / CALLS)) }, (_, n) => [
    personPattern(number),
    anyOfPattern(calls.slice(n * CALLS, (n + 1) * CALLS)) ?? null,
  ]);

const lifeNamed = (name: string): Life | undefined => LIVES.find((life) => life.name === name);

/** Rows of the person that are at work, which nothing changes; in words. */
export async function atWork(store: StoreCore, person: Pick<ErasedPerson, "number" | "calls">): Promise<readonly string[]> {
  const found: string[] = [];
  for (const table of await store.query<Searched>(TABLES)) {
    const { settled, holds } = lifeNamed(lifeOf(table)) ?? {};
    if (settled === undefined) continue;
    const which = table.name === "job_chunks" ? "array_agg(distinct job_id)" : "array[]::text[]";
    for (const patterns of patternsOf(person)) {
      const [row] = await store.query<{ rows: number; jobs: readonly string[] | null }>(
        `select count(*)::int as rows, ${which} as jobs from (${settled.others}) t
         where ${textOf(table.texts)} ~ $1::text or ${textOf(table.texts)} ~ $2::text`,
        [...patterns],
      );
      if (row === undefined || row.rows === 0) continue;
      const jobs = row.jobs ?? [];
      found.push(
        jobs.length === 0
          ? `the person is in ${holds} that wait to be processed: ask again in a moment`
          : `the person is in ${jobs.length === 1 ? "a job that has" : "jobs that have"} not ended: ${jobs.join(", ")}; let ${jobs.length === 1 ? "it" : "them"} end, or cancel ${jobs.length === 1 ? "it" : "them"}`,
      );
    }
  }
  return [...new Set(found)];
}

/**
 * Erases a person from all tables from which an erasure removes by itself, in small transactions of one table each. What others hold at this moment, and
 * what is at work, is left. @returns what was changed, by the name in the table of lives, and how many rows others held
 */
export async function eraseInTables(
  store: StoreCore,
  person: ErasedPerson,
): Promise<{ readonly changed: ReadonlyMap<string, ErasedRows>; readonly skipped: number }> {
  const changed = new Map<string, ErasedRows>();
  let skipped = 0;
  for (const table of await store.query<Searched>(TABLES)) {
    const name = lifeOf(table);
    const life = lifeNamed(name);
    if (life === undefined || life.span.held !== undefined || typeof life.erased === "object") continue;
    const left: string[] = [];
    let rows = 0;
    if (life.erased === "rows") rows = await removeFrom(store, table, person.number);
    else if (table.free.length > 0)
      for (const patterns of patternsOf(person))
        for (const [from, to] of partsOf(table))
          for (let after: string | undefined = from; after !== undefined; ) {
            const batch = await replaceIn(store, table, life, { person, patterns, after, to });
            left.push(...batch.left);
            skipped += batch.skipped;
            after = batch.last;
          }
    rows += left.length;
    const { rows: before = 0, left: others = [] } = changed.get(name) ?? {};
    if (rows > 0) changed.set(name, { rows: before + rows, left: [...others, ...left] });
  }
  return { changed, skipped };
}

/** The database lets rows of this number alone be removed from what is append-only. */
function removeFrom(store: StoreCore, { schema, name }: Searched, number: PhoneKey): Promise<number> {
  return store.commit(async (tx) => {
    await tx.query("select set_config('outdial.erases', $1, true)", [String(number)]);
    return tx.change(`delete from ${schema}.${name} where number = $1`, [number]);
  });
}

/** How a column is read and written as text. */
const AS_TEXT: Readonly<Record<string, readonly [read: (column: string) => string, write: (parameter: string) => string]>> = {
  "text[]": [
    (column) => `array_to_json(${column})::text`,
    (parameter) => `array(select json_array_elements_text(${parameter}::json))`,
  ],
  json: [(column) => `${column}::text`, (parameter) => `${parameter}::json`],
  jsonb: [(column) => `${column}::text`, (parameter) => `${parameter}::jsonb`],
};
const PLAIN = [(column: string) => `${column}::text`, (parameter: string) => `${parameter}::text`] as const;
const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;

interface Batch {
  readonly person: ErasedPerson;
  readonly patterns: readonly [string, string | null];
  readonly after: string;
  readonly to: string;
}

/** @returns `last`: the place after which the next batch begins; undefined at the end */
function replaceIn(
  store: StoreCore,
  { schema, name, texts, free }: Searched,
  { ofCalls = {}, settled: { is: settled } = { is: "true", others: "" } }: Life,
  { person: { redact }, patterns, after, to }: Batch,
): Promise<{ readonly left: readonly string[]; readonly skipped: number; readonly last: string | undefined }> {
  const of = `${schema}.${name}`;
  const own = textOf(free.map((column) => quoted(column.name)));
  const emptied = Object.keys(ofCalls).length > 0;
  return store.commit(async (tx) => {
    const found = await tx.query<{ place: string }>(
      `select ctid::text as place from ${of} where ctid > $3::tid and ctid < $4::tid and (${settled})
         and (${own} ~ $1::text or ${emptied ? `${textOf(texts)} ~ $2::text` : "$2::text is null and false"}) order by ctid limit ${ROWS}`,
      [...patterns, after, to],
    );
    const places = found.map(({ place }) => place);
    const last = places.length < ROWS ? undefined : places.at(-1);
    if (places.length === 0) return { left: [], skipped: 0, last };
    const columns = free.map(({ name: column, type }, n) => `${(AS_TEXT[type] ?? PLAIN)[0](quoted(column))} as c${n}`);
    // Never waits for others, so that nobody waits for each other.
    const rows = await tx.query<Readonly<Record<string, string | null>>>(
      `select ctid::text as place, ${textOf(texts)} as whole, ${columns.join(", ")} from ${of}
       where ctid = any($1::tid[]) and (${settled}) for update skip locked`,
      [places],
    );
    const theirs = patterns.flatMap((pattern) => (pattern === null ? [] : new RegExp(pattern)));
    const isTheirs = (text: string) => theirs.some((pattern) => pattern.test(text));
    const left: string[] = [];
    for (const row of rows) {
      const values = free.map(({ name: column, type }, n) => {
        const value = row[`c${n}`] ?? null;
        const how = isTheirs(row["whole"] ?? "") ? ofCalls[column] : undefined;
        if (value === null || how === "null") return null;
        if (how === "{}") return how;
        return redact(how === "notes" ? withoutNotes(value, isTheirs) : value, type !== "text" && type !== "character varying");
      });
      if (values.every((value, n) => value === (row[`c${n}`] ?? null))) continue;
      await write(tx, of, free, values, row["place"] ?? "");
      left.push(
        createHash("sha256")
          .update(`${of} ${JSON.stringify(values)}`)
          .digest("hex"),
      );
    }
    return { left, skipped: places.length - rows.length, last };
  });
}

function write(tx: Tx, of: string, free: Searched["free"], values: readonly (string | null)[], place: string): Promise<number> {
  const set = free.map(({ name, type }, n) => `${quoted(name)} = ${(AS_TEXT[type] ?? PLAIN)[1](`$${n + 2}`)}`);
  return tx.change(`update ${of} set ${set.join(", ")} where ctid = $1::tid`, [place, ...values]);
}

/** Members in which people write. */
const NOTE = /^(?:notes?|description|comments?)$/i;

/**
 * JSON without what people noted in it. Of lines of a file (its number, an id, a code and more) only those that are the person's lose all behind the code.
 */
function withoutNotes(text: string, isTheirs: (text: string) => boolean): string {
  const without = (value: unknown): unknown => {
    if (Array.isArray(value)) {
      const [line, id, code] = value as readonly unknown[];
      const isLine = typeof line === "number" && typeof id === "string" && typeof code === "string";
      if (isLine)
        return value.length > 3 && typeof value[3] !== "number" && isTheirs(JSON.stringify([id])) ? [line, id, code, []] : value;
      return value.map(without);
    }
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, one]) => [name, NOTE.test(name) && typeof one === "string" ? "" : without(one)]),
    );
  };
  const value = parsed(text);
  if (value === undefined) return text;
  const changed = without(value);
  // What has none stays as it was written.
  return JSON.stringify(changed) === JSON.stringify(value) ? text : JSON.stringify(changed);
}
