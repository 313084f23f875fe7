// Placed calls and raw outcomes. An opt-out among the outcomes suppresses its number in the same transaction. When its number is
// not known, it does so together with the attempt of the same call, whichever comes first.

import type { Instant } from "../../kernel/index.ts";
import type { StoreCore, Tx } from "../commit.ts";
import { joinTexts, numberArray, textColumn } from "../database/arrays.ts";
import { AT } from "./append.ts";
import { countInForce } from "./in-force.ts";
import { insertRevocations } from "./revocations.ts";
import { insertSuppressions, suppressionEntry } from "./suppression.ts";
import type { AnsweredHour, FactsActor, NewAttempt, NewOutcome, PhoneKey, PlacedCall, PlacedQuery } from "./types.ts";

/**
 * Key of a lock: attempts with a call id take it shared, outcomes without a number exclusively, so that neither misses the other.
 * "optout" in ASCII.
 */
const MEETING = String(0x6f70746f7574);

const ATTEMPTS = `insert into outdial.attempts (number, at, kind, subject, campaign, call_id, answer)
  select number, ${AT("at")}, kind, subject, campaign, call_id, answer
  from unnest($1::bigint[], $2::float8[], ${textColumn("$3")}, ${textColumn("$4")}, ${textColumn("$5")}, ${textColumn("$6")}, ${textColumn("$7")})
    as a (number, at, kind, subject, campaign, call_id, answer)
  on conflict do nothing`;

const OUTCOMES = `insert into outdial.raw_outcomes (call_id, code, at, number, campaign, opt_out, recorded_at)
  select call_id, code, ${AT("at")}, number, campaign, opt_out, $7
  from unnest(${textColumn("$1")}, ${textColumn("$2")}, $3::float8[], $4::bigint[], ${textColumn("$5")}, ${textColumn("$6")})
    as o (call_id, code, at, number, campaign, opt_out)
  on conflict do nothing`;

interface OptOut {
  readonly number: PhoneKey;
  readonly callId: string;
  readonly code: string;
  readonly at: number;
}

/** Adds attempts. @returns the number of new ones */
export function addAttempts(store: StoreCore, attempts: readonly NewAttempt[], by: FactsActor): Promise<number> {
  if (attempts.length === 0) return Promise.resolve(0);
  const calls = attempts.filter(({ callId }) => callId !== "").map(({ callId }) => callId);
  return store.commit(async (tx) => {
    if (calls.length > 0) await tx.query(`select pg_advisory_xact_lock_shared(${MEETING})`);
    const result = await tx.change(ATTEMPTS, [
      numberArray(attempts.map(({ number }) => number)),
      numberArray(attempts.map(({ at }) => at)),
      joinTexts(attempts.map(({ kind }) => kind)),
      joinTexts(attempts.map(({ subject }) => subject)),
      joinTexts(attempts.map(({ campaign }) => campaign)),
      joinTexts(attempts.map(({ callId }) => callId)),
      joinTexts(attempts.map(({ answer }) => answer)),
    ]);
    const waiting = calls.length === 0 ? [] : await waitingOptOuts(tx, calls);
    await optOut(tx, waiting, by, store.now());
    await countInForce(tx, by.importId, "attempts", result);
    return result;
  });
}

/** Opt-outs that waited for the number of one of these calls. */
function waitingOptOuts(tx: Tx, calls: readonly string[]): Promise<OptOut[]> {
  return tx.query<OptOut>(
    `select a.number, o.call_id as "callId", o.code, (extract(epoch from o.at) * 1000)::float8 as at
     from outdial.raw_outcomes o join outdial.attempts a on a.call_id = o.call_id
     where o.opt_out is not null and o.number is null and o.call_id = any(${textColumn("$1")})`,
    [joinTexts(calls)],
  );
}

/** @returns the number of newly suppressed numbers */
async function optOut(tx: Tx, found: readonly OptOut[], by: FactsActor, now: number): Promise<number> {
  const revocations = found.map(({ number, callId, at }) => ({ number, revokedAt: at, channel: "outcome", reference: callId }));
  const suppressions = found.map(
    ({ number, callId, code, at }) => ({ number, saidAt: at, origin: "outcome", code, reference: callId }) as const,
  );
  await insertRevocations(tx, revocations, now);
  const added = await insertSuppressions(tx, suppressions, by, now);
  tx.audit(added.map((one) => suppressionEntry(one, by.actor)));
  return added.length;
}

/** The result of adding outcomes. */
export interface OutcomesWritten {
  readonly added: number;
  /** Numbers newly suppressed. */
  readonly suppressed: number;
  /** Opt-outs of calls whose number is not known: they wait for their attempt. */
  readonly unresolved: number;
}

/** Adds raw outcomes. Opt-outs among them suppress their numbers, even when the outcome was known before. */
export function addOutcomes(store: StoreCore, outcomes: readonly NewOutcome[], by: FactsActor): Promise<OutcomesWritten> {
  const optOuts = outcomes.filter((outcome) => outcome.optOut !== null);
  const numberless = optOuts.filter(({ number }) => number === null);
  return store.commit(async (tx) => {
    if (numberless.length > 0) await tx.query(`select pg_advisory_xact_lock(${MEETING})`);
    const added = await tx.change(OUTCOMES, [
      joinTexts(outcomes.map(({ callId }) => callId)),
      joinTexts(outcomes.map(({ code }) => code)),
      numberArray(outcomes.map(({ at }) => at)),
      numberArray(outcomes.map(({ number }) => number)),
      joinTexts(outcomes.map(({ campaign }) => campaign)),
      joinTexts(outcomes.map((outcome) => outcome.optOut)),
      new Date(store.now()),
    ]);
    const known =
      numberless.length === 0
        ? []
        : await waitingOptOuts(
            tx,
            numberless.map(({ callId }) => callId),
          );
    const direct = optOuts.flatMap(({ number, callId, code, at }) => (number === null ? [] : [{ number, callId, code, at }]));
    const suppressed = await optOut(tx, [...direct, ...known], by, store.now());
    const resolved = new Set(known.map(({ callId }) => callId));
    const unresolved = numberless.filter(({ callId }) => !resolved.has(callId)).length;
    return { added, suppressed, unresolved };
  });
}

const WAITING = `from outdial.raw_outcomes o where opt_out is not null and number is null
  and not exists (select from outdial.attempts a where a.call_id = o.call_id)`;

/** Number of opt-outs that wait for the number of their call. */
export async function countUnresolvedOptOuts(store: StoreCore): Promise<number> {
  const [row] = await store.query<{ count: number }>(`select count(*)::int as count ${WAITING}`);
  return row?.count ?? 0;
}

/** An opt-out of which only the call is known. */
export interface UnresolvedOptOut {
  readonly callId: string;
  /** The raw code. */
  readonly code: string;
  /** The pattern by which it was recognised as an opt-out. */
  readonly optOut: string;
  readonly campaign: string;
  /** When the person said so. */
  readonly at: Instant;
}

/** The last opt-out of a page. */
export type UnresolvedPlace = Pick<UnresolvedOptOut, "at" | "callId" | "code">;

/** Opt-outs that wait for the number of their call, longest waiting first. `after` is the last one of the page before. */
export function unresolvedOptOuts(store: StoreCore, limit: number, after?: UnresolvedPlace): Promise<UnresolvedOptOut[]> {
  return store.query<UnresolvedOptOut>(
    `select o.call_id as "callId", o.code, o.opt_out as "optOut", o.campaign, o.at ${WAITING}
     and ($2::timestamptz is null or (o.at, o.call_id, o.code) > ($2, $3, $4)) order by o.at, o.call_id, o.code limit $1`,
    [limit, after === undefined ? null : new Date(after.at), after?.callId ?? null, after?.code ?? null],
  );
}

/** Answered calls of a campaign in (from, to], by hours counted from `from`, ascending; hours without calls are left out. */
export function answeredHours(store: StoreCore, campaign: string, from: number, to: number): Promise<AnsweredHour[]> {
  const count = (answer: string) => `count(*) filter (where answer = '${answer}')::int as ${answer}`;
  return store.query<AnsweredHour>(
    `select (extract(epoch from date_bin('1 hour', at - interval '1 microsecond', $2)) * 1000)::float8 as start,
       ${["served", "late", "hangup", "dropped", "machine"].map(count).join(", ")}
     from outdial.attempts where campaign = $1 and at > $2 and at <= $3 and answer is not null group by 1 order by 1`,
    [campaign, new Date(from), new Date(to)],
  );
}

/** Number of calls that a campaign placed on the date of `at` in `zone`. */
export async function callsOfDay(
  store: StoreCore,
  campaign: string,
  zone: string,
  at: number,
): Promise<{ date: string; placed: number }> {
  const [row] = await store.query<{ date: string; placed: number }>(
    `select to_char($3::timestamptz at time zone $2, 'YYYY-MM-DD') as date, (
        select count(*)::int from outdial.attempts where campaign = $1 and kind <> 'inbound-conversation'
          and at > $3::timestamptz - interval '2 days' and at <= $3::timestamptz
          and (at at time zone $2)::date = ($3::timestamptz at time zone $2)::date) as placed`,
    [campaign, zone, new Date(at)],
  );
  return row ?? { date: "", placed: 0 };
}

/** Number of telephone numbers that a campaign has called, as far as outdial knows. */
export async function attemptedNumbers(store: StoreCore, campaign: string): Promise<number> {
  const [row] = await store.query<{ count: number }>(
    "select count(distinct number)::int as count from outdial.attempts where campaign = $1 and kind <> 'inbound-conversation'",
    [campaign],
  );
  return row?.count ?? 0;
}

/** Campaigns with answered calls in (from, to]. */
export async function answeredCampaigns(store: StoreCore, from: number, to: number): Promise<string[]> {
  const rows = await store.query<{ campaign: string }>(
    "select distinct campaign from outdial.attempts where at > $1 and at <= $2 and answer is not null order by 1",
    [new Date(from), new Date(to)],
  );
  return rows.map(({ campaign }) => campaign);
}

/** Placed calls by campaign and time; inbound calls are not included. */
export function placedCalls(store: StoreCore, { since, until, after, limit }: PlacedQuery): Promise<PlacedCall[]> {
  return store.query<PlacedCall>(
    `select distinct campaign, at, number, subject from outdial.attempts
     where kind <> 'inbound-conversation' and at >= $1 and at < $2
       and ($3::text is null or (campaign, at, number, subject) > ($3, $4::timestamptz, $5::bigint, $6::text))
     order by campaign, at, number, subject limit $7`,
    [
      new Date(since),
      new Date(until),
      after?.campaign ?? null,
      after === undefined ? null : new Date(after.at),
      after?.number ?? null,
      after?.subject ?? null,
      limit,
    ],
  );
}
