// The company's own do-not-call list. Suppressing is one insert; the only way back is a lift, which names what it takes back, says why, and
// stands in the audit log by the same transaction (a foreign key of the lift to its entry sees to it).
//
// A lift covers the suppressions that were there when it was made: the same record coming again stays lifted, any new one counts.

import { lockHead } from "../audit/append.ts";
import type { AuditInput } from "../audit/entry.ts";
import type { AuditLog } from "../audit/log.ts";
import { joinTexts, numberArray, storable, textColumn } from "../database/arrays.ts";
import { type Connection, type Database, together } from "../database/database.ts";
import { StoreError } from "../error.ts";
import { AT } from "./append.ts";
import type { FactsActor, NewSuppression, PhoneKey, SuppressionOrigin } from "./types.ts";

const INSERT = `insert into outdial.suppressions (number, said_at, origin, code, reference, actor, import_id, recorded_at)
  select number, ${AT("said_at")}, origin, code, reference, $6, $7, $8
  from unnest($1::bigint[], $2::float8[], ${textColumn("$3")}, ${textColumn("$4")}, ${textColumn("$5")}) as s (number, said_at, origin, code, reference)
  on conflict do nothing returning number, origin, code, reference`;

/** What became of it. */
export interface Suppressed {
  readonly number: PhoneKey;
  readonly origin: SuppressionOrigin;
  readonly code: string;
  readonly reference: string;
}

/** For other facts: suppresses inside their transaction. @returns those that were new */
export async function insertSuppressions(
  connection: Connection,
  rows: readonly NewSuppression[],
  by: FactsActor,
  now: number,
): Promise<Suppressed[]> {
  if (rows.length === 0) return [];
  const values = [
    numberArray(rows.map(({ number }) => number)),
    numberArray(rows.map(({ saidAt }) => saidAt)),
    joinTexts(rows.map(({ origin }) => origin)),
    joinTexts(rows.map(({ code }) => code)),
    joinTexts(rows.map(({ reference }) => reference)),
    storable(by.actor),
    by.importId ?? null,
    new Date(now),
  ];
  return (await connection.query<Suppressed>({ text: INSERT, values })).rows;
}

/** The audit entry of a suppression. */
export function suppressionEntry(suppressed: Suppressed, actor: string): AuditInput {
  const { number, origin, code, reference } = suppressed;
  return { actor, action: "dnc.suppress", subject: `+${number}`, details: { origin, code, reference } };
}

/** Suppresses numbers; each new one has its audit entry, unless they belong to an import, which has one for all. @returns those that were new */
export async function suppress(
  database: Database,
  audit: AuditLog,
  rows: readonly NewSuppression[],
  by: FactsActor,
  now: number,
): Promise<Suppressed[]> {
  return withEntries(database, audit, async (connection) => {
    const added = await insertSuppressions(connection, rows, by, now);
    return { result: added, entries: by.importId === undefined ? added.map((one) => suppressionEntry(one, by.actor)) : [] };
  });
}

/** Runs `work` and appends the entries it asks for, in one transaction. */
export async function withEntries<T>(
  database: Database,
  audit: AuditLog,
  work: (connection: Connection) => Promise<{ result: T; entries: readonly AuditInput[] }>,
): Promise<T> {
  const { result, appended } = await database.transaction(async (connection) => {
    const { result, entries } = await work(connection);
    if (entries.length === 0) return { result, appended: undefined };
    const { appended, sent } = audit.appendBehind(connection, await lockHead(connection), entries);
    await together(sent);
    return { result, appended };
  });
  if (appended) audit.committed(appended);
  return result;
}

/** A way off the list. */
export interface Lift {
  readonly number: PhoneKey;
  readonly reason: string;
  readonly actor: string;
  /** What is lifted never was an opt-out: revocations that came with it do not count either. False by default: consent stays revoked. */
  readonly mistake?: boolean | undefined;
}

/**
 * Takes back every suppression of a number that is in force now. @returns how many
 * @throws StoreError `not_found` when the number is not suppressed, `invalid_state` without a reason
 */
export async function lift(
  database: Database,
  audit: AuditLog,
  { number, reason, actor, mistake = false }: Lift,
  now: number,
): Promise<number> {
  if (reason.trim().length < 3) throw new StoreError("invalid_state", "a lift needs a reason of at least three characters");
  const { lifted, appended } = await database.transaction(async (connection) => {
    // First the lock, so that of two who lift at once the second finds nothing left.
    const head = await lockHead(connection);
    const { rows } = await connection.query<{ id: number; origin: string; code: string }>(
      `select id, origin, code from outdial.suppressions s where number = $1
         and not exists (select from outdial.lifted_suppressions l where l.suppression_id = s.id) order by id`,
      [number],
    );
    if (rows.length === 0) throw new StoreError("not_found", `+${number} is not on the company's do-not-call list`);
    const entry: AuditInput = {
      actor,
      action: "dnc.lift",
      subject: `+${number}`,
      details: { reason, mistake, suppressions: rows.map(({ id, origin, code }) => ({ id, origin, code })) },
    };
    const seq = head.frontier.size;
    const { appended, sent } = audit.appendBehind(connection, head, [entry]);
    await together(sent);
    const { rows: made } = await connection.query<{ id: number }>(
      "insert into outdial.suppression_lifts (number, reason, actor, mistake, lifted_at, audit_seq) values ($1, $2, $3, $4, $5, $6) returning id",
      [number, storable(reason), storable(actor), mistake, new Date(now), seq],
    );
    await connection.query(
      "insert into outdial.lifted_suppressions (suppression_id, lift_id, number) select id, $2, $3 from unnest($1::bigint[]) as id",
      [numberArray(rows.map(({ id }) => id)), made[0]?.id, number],
    );
    return { lifted: rows.length, appended };
  });
  audit.committed(appended);
  return lifted;
}

/** The whole story of a number on the company's list, oldest first. */
export interface SuppressionRecord {
  readonly id: number;
  readonly origin: SuppressionOrigin;
  readonly code: string;
  readonly reference: string;
  readonly saidAt: number | null;
  readonly recordedAt: number;
  readonly actor: string;
  readonly lift: { readonly reason: string; readonly actor: string; readonly at: number } | null;
}

/** @returns every suppression of a number with its lift, oldest first */
export async function suppressionHistory(database: Database, number: PhoneKey): Promise<SuppressionRecord[]> {
  const rows = await database.query<
    Omit<SuppressionRecord, "lift"> & { liftReason: string | null; liftActor: string; liftedAt: number }
  >(
    `select s.id, origin, code, reference, said_at as "saidAt", recorded_at as "recordedAt", s.actor,
       f.reason as "liftReason", f.actor as "liftActor", f.lifted_at as "liftedAt"
     from outdial.suppressions s left join outdial.lifted_suppressions l on l.suppression_id = s.id
       left join outdial.suppression_lifts f on f.id = l.lift_id where s.number = $1 order by s.id`,
    [number],
  );
  return rows.map(({ liftReason, liftActor, liftedAt, ...row }) => ({
    ...row,
    lift: liftReason === null ? null : { reason: liftReason, actor: liftActor, at: liftedAt },
  }));
}
