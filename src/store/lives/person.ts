// Where the store has a person, by the telephone number: in a column for numbers, or in any text as people and programs write it. Read in parts of some
// thousand blocks, so that no statement is long, whatever was kept.

import type { StoreCore } from "../commit.ts";
import type { PhoneKey } from "../facts/types.ts";

/** Blocks of a table that one statement reads, of 8 KiB. */
const BLOCKS = 16_384;
/** Most calls of a person whose ids are looked for, the newest: an expression has a limit. */
const CALLS = 200;
/** Between the digits of a number as people write it, at most three. */
const GAP = "[ \u00a0.()/-]{0,3}";

/** What a table has of a person. */
export interface PersonRows {
  /** Rows with the number. */
  readonly rows: number;
  /** Further rows with the id of one of the person's calls. */
  readonly calls: number;
}

/**
 * A regular expression of the number in each form: international, national where the plan is known, with and without what people write between digits.
 * PostgreSQL, RE2 and JavaScript read it alike.
 */
export function personPattern(number: PhoneKey): string {
  const digits = String(number);
  const spaced = (text: string) => text.split("").join(GAP);
  const form = digits.startsWith("1")
    ? `(?:1${GAP})?${spaced(digits.slice(1))}`
    : digits.startsWith("44")
      ? `(?:44${GAP}(?:0${GAP})?|0${GAP})${spaced(digits.slice(2))}`
      : spaced(digits);
  return `(?:^|[^0-9]|%2B|00)${form}(?:[^0-9]|$)`;
}

/** A regular expression of the ids; undefined without any. */
export function anyOfPattern(ids: readonly string[]): string | undefined {
  const quoted = ids.map((id) => id.replaceAll(/[^A-Za-z0-9_]/gu, (mark) => (/[\s\p{L}\p{N}]/u.test(mark) ? mark : `\\${mark}`)));
  return ids.length === 0 ? undefined : `(?:^|[^A-Za-z0-9_])(?:${quoted.join("|")})(?:[^A-Za-z0-9_]|$)`;
}

/** Ids of the person's calls, the newest first. */
export async function callsOf(store: StoreCore, number: PhoneKey): Promise<readonly string[]> {
  const rows = await store.query<{ id: string }>(
    `select id from (select call_id as id, at from outdial.attempts where number = $1 and call_id <> ''
       union select call_id, at from outdial.raw_outcomes where call_id in (select call_id from outdial.attempts where number = $1) ) c
     group by id order by max(at) desc limit ${CALLS}`,
    [number],
  );
  return rows.map(({ id }) => id);
}

/** A table with the columns in which a person may stand. */
interface Searched {
  readonly schema: string;
  readonly name: string;
  readonly texts: readonly string[];
  readonly hasNumber: boolean;
  readonly blocks: number;
}

const TABLES = `select n.nspname as schema, c.relname as name, pg_relation_size(c.oid) / current_setting('block_size')::int as blocks,
    array(select quote_ident(attname) from pg_attribute where attrelid = c.oid and attnum > 0 and not attisdropped
      and atttypid in ('text'::regtype, 'varchar'::regtype, 'json'::regtype, 'jsonb'::regtype, 'text[]'::regtype) order by attnum) as texts,
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
    // What is added meanwhile is read, too.
    for (let from = 0; from <= table.blocks; from += BLOCKS) {
      const to = from + BLOCKS > table.blocks ? 4_294_967_295 : from + BLOCKS;
      const [row] = await store.query<PersonRows>(statement, [...patterns, `(${from},0)`, `(${to},0)`]);
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

const lifeOf = ({ schema, name }: Searched): string =>
  schema === "dbos" ? "dbos.*" : name.startsWith("registry_changes_") ? "outdial.registry_blocks" : `outdial.${name}`;

/** Rows of a table with $1 or the number $3, and those with $2, between two places. */
function countIn({ schema, name, texts, hasNumber }: Searched): string {
  const text = texts.length === 0 ? "''" : `concat_ws(chr(10), ${texts.map((column) => `${column}::text`).join(", ")})`;
  const own = hasNumber ? "coalesce(number = $3::bigint, false)" : "$3::bigint is null";
  return `select count(*) filter (where own)::int as rows, count(*) filter (where called and not own)::int as calls from (
      select ${own} or text ~ $1::text as own, coalesce(text ~ $2::text, false) as called from (
        select ${text} as text${hasNumber ? ", number" : ""} from ${schema}.${name} where ctid >= $4::tid and ctid < $5::tid) t) f`;
}
