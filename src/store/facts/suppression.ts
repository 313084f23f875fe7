// The company's own do-not-call list. Suppressing is one insert. Only a lift ends a suppression. It names the entries that it
// lifts and the reason, and is written to the audit log in the same transaction (a foreign key from the lift to its entry
// enforces this).
//
// A lift covers the suppressions that existed when it was made: importing the same record again does not suppress again, but any
// new record does.

import type { AuditInput } from "../audit/entry.ts";
import type { StoreCore, Tx } from "../commit.ts";
import { fitting, joinTexts, numberArray, storable, textColumn } from "../database/arrays.ts";
import { StoreError } from "../error.ts";
import { AT } from "./append.ts";
import { countInForce } from "./in-force.ts";
import type { FactsActor, NewSuppression, PhoneKey, SuppressionOrigin } from "./types.ts";

const INSERT = `insert into outdial.suppressions (number, said_at, origin, code, reference, actor, import_id, recorded_at)
  select number, ${AT("said_at")}, origin, code, reference, $6, $7, $8
  from unnest($1::bigint[], $2::float8[], ${textColumn("$3")}, ${textColumn("$4")}, ${textColumn("$5")}) as s (number, said_at, origin, code, reference)
  on conflict do nothing returning number, origin, code, reference`;

/** A suppression that was added. */
interface Suppressed {
  readonly number: PhoneKey;
  readonly origin: SuppressionOrigin;
  readonly code: string;
  readonly reference: string;
}

/** For other facts: suppresses inside of their transaction. @returns the new suppressions */
export async function insertSuppressions(
  tx: Tx,
  rows: readonly NewSuppression[],
  by: FactsActor,
  now: number,
): Promise<Suppressed[]> {
  if (rows.length === 0) return [];
  const values = [
    numberArray(rows.map(({ number }) => number)),
    numberArray(rows.map(({ saidAt }) => saidAt)),
    joinTexts(rows.map(({ origin }) => origin)),
    joinTexts(rows.map(({ code }) => fitting(code))),
    joinTexts(rows.map(({ reference }) => fitting(reference))),
    storable(by.actor),
    by.importId ?? null,
    new Date(now),
  ];
  return tx.query<Suppressed>(INSERT, values);
}

/** The audit entry of a suppression. */
export function suppressionEntry(suppressed: Suppressed, actor: string): AuditInput {
  const { number, origin, code, reference } = suppressed;
  return { actor, action: "dnc.suppress", subject: `+${number}`, details: { origin, code, reference } };
}

/**
 * Adds numbers to the company's own do-not-call list. Each new one has an audit entry, unless it belongs to an import, which has
 * one for all. @returns the number of new ones
 */
export function suppress(store: StoreCore, rows: readonly NewSuppression[], by: FactsActor): Promise<number> {
  return store.commit(async (tx) => {
    const added = await insertSuppressions(tx, rows, by, store.now());
    await countInForce(tx, by.importId, "suppressions", added.length);
    if (by.importId === undefined) tx.audit(added.map((one) => suppressionEntry(one, by.actor)));
    return added.length;
  });
}

/** A lift of suppressions. */
interface Lift {
  readonly number: PhoneKey;
  readonly reason: string;
  readonly actor: string;
  /**
   * The lifted entries never were opt-outs: revocations that came with them do not count either. Default false: consent stays
   * revoked.
   */
  readonly mistake?: boolean | undefined;
}

/**
 * Lifts every suppression of a number that is in force now. @returns how many
 * @throws StoreError `not_found` when the number is not suppressed, `invalid_state` without a reason
 */
export async function lift(store: StoreCore, { number, reason, actor, mistake = false }: Lift): Promise<number> {
  if (reason.trim().length < 3) throw new StoreError("invalid_state", "a lift needs a reason of at least three characters");
  return store.commit(async (tx) => {
    // The lock first, so that the second of two concurrent lifts finds nothing left.
    const seq = await tx.lockAudit();
    const rows = await tx.query<{ id: number; origin: string; code: string }>(
      `select id, origin, code from outdial.suppressions s where number = $1
         and not exists (select from outdial.lifted_suppressions l where l.suppression_id = s.id) order by id`,
      [number],
    );
    if (rows.length === 0) throw new StoreError("not_found", `+${number} is not on the company's do-not-call list`);
    const suppressions = rows.map(({ id, origin, code }) => ({ id, origin, code }));
    tx.audit([{ actor, action: "dnc.lift", subject: `+${number}`, details: { reason, mistake, suppressions } }]);
    const [made] = await tx.query<{ id: number }>(
      "insert into outdial.suppression_lifts (number, reason, actor, mistake, lifted_at, audit_seq) values ($1, $2, $3, $4, $5, $6) returning id",
      [number, storable(reason), storable(actor), mistake, new Date(store.now()), seq],
    );
    await tx.query(
      "insert into outdial.lifted_suppressions (suppression_id, lift_id, number) select id, $2, $3 from unnest($1::bigint[]) as id",
      [numberArray(rows.map(({ id }) => id)), made?.id, number],
    );
    return rows.length;
  });
}

/** The suppressed numbers, in order. @param after only numbers greater than this one */
export async function suppressedNumbers(store: StoreCore, after: PhoneKey, limit: number): Promise<PhoneKey[]> {
  const rows = await store.query<{ number: PhoneKey }>(
    `select distinct number from outdial.suppressions s where number > $1
       and not exists (select from outdial.lifted_suppressions l where l.suppression_id = s.id) order by number limit $2`,
    [after, limit],
  );
  return rows.map(({ number }) => number);
}

/** Entries that were not lifted, in order of number. @param after only entries added after this one */
export function suppressedSince(
  store: StoreCore,
  after: number,
  limit: number,
): Promise<{ readonly id: number; readonly number: PhoneKey }[]> {
  return store.query<{ id: number; number: PhoneKey }>(
    `select id, number from outdial.suppressions s where id > $1
       and not exists (select from outdial.lifted_suppressions l where l.suppression_id = s.id) order by id limit $2`,
    [after, limit],
  );
}

/** Id of the latest entry; 0 when there is none. */
export async function lastSuppression(store: StoreCore): Promise<number> {
  const [row] = await store.query<{ id: number | null }>("select max(id) as id from outdial.suppressions");
  return row?.id ?? 0;
}

/** One suppression of a number, with its lift. */
interface SuppressionRecord {
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
export async function suppressionHistory(store: StoreCore, number: PhoneKey): Promise<SuppressionRecord[]> {
  const rows = await store.query<
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
