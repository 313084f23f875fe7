// Adds facts without further consequences: one statement per batch; existing facts are left alone.

import { createHash } from "node:crypto";
import type { StoreCore } from "../commit.ts";
import { joinTexts, numberArray, textColumn } from "../database/arrays.ts";
import { countInForce } from "./in-force.ts";
import type { NewConsent, NewDisconnection, NewLineType, NewRelationship } from "./types.ts";

/** SQL that turns a parameter from `numberArray` (ms since the epoch) into timestamps. */
export const AT = (column: string) => `to_timestamp(${column} / 1000)`;

const CONSENTS = `insert into outdial.consents (number, given_at, digest, level, basis, source, evidence, wording, import_id, recorded_at)
  select number, ${AT("given_at")}, digest::uuid, level, basis, source, evidence, wording::uuid, $9, $10
  from unnest($1::bigint[], $2::float8[], ${textColumn("$3")}, ${textColumn("$4")}, ${textColumn("$5")}, ${textColumn("$6")}, ${textColumn("$7")}, ${textColumn("$8")})
    as c (number, given_at, digest, level, basis, source, evidence, wording)
  on conflict do nothing`;

const WORDINGS = `insert into outdial.wordings (digest, words)
  select digest::uuid, words from unnest(${textColumn("$1")}, ${textColumn("$2")}) as w (digest, words) on conflict do nothing`;

/** Adds consents. @returns the number of new ones */
export async function addConsents(store: StoreCore, consents: readonly NewConsent[], importId?: string): Promise<number> {
  if (consents.length === 0) return 0;
  const wordings = new Map(consents.map(({ wording }) => [digest([wording]), wording]));
  return store.commit(async (tx) => {
    await tx.query(WORDINGS, [joinTexts([...wordings.keys()]), joinTexts([...wordings.values()])]);
    const added = await tx.change(CONSENTS, [
      numberArray(consents.map(({ number }) => number)),
      numberArray(consents.map(({ givenAt }) => givenAt)),
      joinTexts(consents.map((c) => digest([c.level, c.basis, c.wording, c.source, c.evidence]))),
      joinTexts(consents.map(({ level }) => level)),
      joinTexts(consents.map(({ basis }) => basis)),
      joinTexts(consents.map(({ source }) => source)),
      joinTexts(consents.map(({ evidence }) => evidence)),
      joinTexts(consents.map(({ wording }) => digest([wording]))),
      importId ?? null,
      new Date(store.now()),
    ]);
    await countInForce(tx, importId, "consents", added);
    return added;
  });
}

/** 128 bits of SHA-256 over parts, in hexadecimal, in the form of a uuid. */
function digest(parts: readonly string[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(`${part.length}:`).update(part);
  return hash.digest("hex").slice(0, 32);
}

/** Adds business relationships. @returns the number of new ones */
export async function addRelationships(store: StoreCore, rows: readonly NewRelationship[], importId?: string): Promise<number> {
  if (rows.length === 0) return 0;
  return store.commit(async (tx) => {
    const added = await tx.change(
      `insert into outdial.relationships (number, kind, since)
         select number, kind, since::date from unnest($1::bigint[], ${textColumn("$2")}, ${textColumn("$3")}) as r (number, kind, since)
         on conflict do nothing`,
      [
        numberArray(rows.map(({ number }) => number)),
        joinTexts(rows.map(({ kind }) => kind)),
        joinTexts(rows.map(({ since }) => since)),
      ],
    );
    await countInForce(tx, importId, "relationships", added);
    return added;
  });
}

/**
 * Adds answers of the Reassigned Numbers Database: dates of queries, and permanent disconnections. @returns the number of new
 * ones
 */
export async function addDisconnections(store: StoreCore, rows: readonly NewDisconnection[], importId?: string): Promise<number> {
  if (rows.length === 0) return 0;
  // Repetitions in a file are one answer.
  const answers = new Map(rows.map((row) => [`${row.number} ${row.disconnectedOn ?? ""} ${row.queriedOn ?? ""}`, row]));
  return store.commit(async (tx) => {
    const fresh = new Set<NewDisconnection>();
    const add = async (table: string, column: string, dateOf: (row: NewDisconnection) => string | undefined) => {
      const dated = [...answers.values()].filter((row) => dateOf(row) !== undefined);
      const found = await tx.query<{ key: string }>(
        `insert into outdial.${table} (number, ${column})
           select number, day::date from unnest($1::bigint[], ${textColumn("$2")}) as d (number, day) on conflict do nothing
           returning number || ' ' || ${column} as key`,
        [numberArray(dated.map(({ number }) => number)), joinTexts(dated.map((row) => dateOf(row) ?? null))],
      );
      const added = new Set(found.map(({ key }) => key));
      for (const row of dated) if (added.has(`${row.number} ${dateOf(row)}`)) fresh.add(row);
    };
    await add("disconnections", "disconnected_on", (row) => row.disconnectedOn);
    await add("reassigned_queries", "queried_on", (row) => row.queriedOn);
    await countInForce(tx, importId, "disconnections", fresh.size);
    return fresh.size;
  });
}

/** Adds line types. @returns the number of new ones */
export async function addLineTypes(store: StoreCore, rows: readonly NewLineType[], importId?: string): Promise<number> {
  if (rows.length === 0) return 0;
  return store.commit(async (tx) => {
    const added = await tx.change(
      `insert into outdial.line_types (number, line_type, seen_on)
         select number, kind, day::date from unnest($1::bigint[], ${textColumn("$2")}, ${textColumn("$3")}) as d (number, kind, day) on conflict do nothing`,
      [
        numberArray(rows.map(({ number }) => number)),
        joinTexts(rows.map(({ lineType }) => lineType)),
        joinTexts(rows.map(({ seenOn }) => seenOn)),
      ],
    );
    await countInForce(tx, importId, "lines", added);
    return added;
  });
}
