// The facts for the rest of outdial. Appended facts stay; what is valid now is derived from them.

import type { Instant } from "../../kernel/index.ts";
import type { AuditInput } from "../audit/entry.ts";
import type { StoreCore, Tx } from "../commit.ts";
import { fitting, joinTexts, numberArray, storable, textColumn } from "../database/arrays.ts";
import { AT, addConsents, addDisconnections, addLineTypes, addRelationships } from "./append.ts";
import { countInForce, endImport, expireLooks, takenForBroken, UNDER_WAY } from "./in-force.ts";
import { factsOf } from "./read.ts";
import { applyChanges, beginFile, currentFiles, discardFile, fillChanges, fillFile, switchFile } from "./registry.ts";
import { acknowledge, addRevocations, insertRevocations, listRevocations } from "./revocations.ts";
import {
  insertSuppressions,
  lastSuppression,
  lift,
  suppress,
  suppressedNumbers,
  suppressedSince,
  suppressionEntry,
  suppressionHistory,
} from "./suppression.ts";
import type {
  AnsweredHour,
  CompanyList,
  FactImport,
  FactsActor,
  ImportCounts,
  ImportRow,
  NewAttempt,
  NewOutcome,
  PhoneKey,
  PlacedCall,
  PlacedQuery,
  PrefixOfFile,
  RowsInForce,
  UnderWay,
} from "./types.ts";

// Placed calls and raw outcomes. An opt-out among the outcomes suppresses its number in the same transaction. When its number is
// not known, it does so together with the attempt of the same call, whichever comes first.

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
function addAttempts(store: StoreCore, attempts: readonly NewAttempt[], by: FactsActor): Promise<number> {
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
     from outdial.raw_outcomes o join outdial.attempts a on a.call_id = o.call_id and a.call_id <> ''
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
interface OutcomesWritten {
  readonly added: number;
  /** Numbers newly suppressed. */
  readonly suppressed: number;
  /** Opt-outs of calls whose number is not known: they wait for their attempt. */
  readonly unresolved: number;
}

/** Adds raw outcomes. Opt-outs among them suppress their numbers, even when the outcome was known before. */
function addOutcomes(store: StoreCore, outcomes: readonly NewOutcome[], by: FactsActor): Promise<OutcomesWritten> {
  const optOuts = outcomes.filter((outcome) => outcome.optOut !== null);
  const numberless = optOuts.filter(({ number }) => number === null);
  return store.commit(async (tx) => {
    if (numberless.length > 0) await tx.query(`select pg_advisory_xact_lock(${MEETING})`);
    const added = await tx.change(OUTCOMES, [
      joinTexts(outcomes.map(({ callId }) => fitting(callId))),
      joinTexts(outcomes.map(({ code }) => fitting(code))),
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
  and not exists (select from outdial.attempts a where a.call_id = o.call_id and a.call_id <> '')`;

/** Number of opt-outs that wait for the number of their call. */
async function countUnresolvedOptOuts(store: StoreCore): Promise<number> {
  const [row] = await store.query<{ count: number }>(`select count(*)::int as count ${WAITING}`);
  return row?.count ?? 0;
}

/** An opt-out of which only the call is known. */
interface UnresolvedOptOut {
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
type UnresolvedPlace = Pick<UnresolvedOptOut, "at" | "callId" | "code">;

/** Opt-outs that wait for the number of their call, longest waiting first. `after` is the last one of the page before. */
function unresolvedOptOuts(store: StoreCore, limit: number, after?: UnresolvedPlace): Promise<UnresolvedOptOut[]> {
  return store.query<UnresolvedOptOut>(
    `select o.call_id as "callId", o.code, o.opt_out as "optOut", o.campaign, o.at ${WAITING}
     and ($2::timestamptz is null or (o.at, o.call_id, o.code) > ($2, $3, $4)) order by o.at, o.call_id, o.code limit $1`,
    [limit, after === undefined ? null : new Date(after.at), after?.callId ?? null, after?.code ?? null],
  );
}

/** Answered calls of a campaign in (from, to], by hours counted from `from`, ascending; hours without calls are left out. */
function answeredHours(store: StoreCore, campaign: string, from: number, to: number): Promise<AnsweredHour[]> {
  const count = (answer: string) => `count(*) filter (where answer = '${answer}')::int as ${answer}`;
  return store.query<AnsweredHour>(
    `select (extract(epoch from date_bin('1 hour', at - interval '1 microsecond', $2)) * 1000)::float8 as start,
       ${["served", "late", "hangup", "dropped", "machine"].map(count).join(", ")}
     from outdial.attempts where campaign = $1 and at > $2 and at <= $3 and answer is not null group by 1 order by 1`,
    [campaign, new Date(from), new Date(to)],
  );
}

/** Number of calls that a campaign placed on the date of `at` in `zone`. */
async function callsOfDay(
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
async function attemptedNumbers(store: StoreCore, campaign: string): Promise<number> {
  const [row] = await store.query<{ count: number }>(
    "select count(distinct number)::int as count from outdial.attempts where campaign = $1 and kind <> 'inbound-conversation'",
    [campaign],
  );
  return row?.count ?? 0;
}

/** The latest calls of some numbers. */
function callsOf(
  store: StoreCore,
  numbers: readonly PhoneKey[],
  limit: number,
): Promise<{ readonly at: number; readonly campaign: string; readonly callId: string | null }[]> {
  return store.query(
    `select (extract(epoch from at) * 1000)::float8 as at, campaign, nullif(call_id, '') as "callId" from outdial.attempts
     where number = any ($1::bigint[]) order by attempts.at desc, call_id limit $2`,
    [numberArray([...numbers]), limit],
  );
}

/** Campaigns with answered calls in (from, to]. */
async function answeredCampaigns(store: StoreCore, from: number, to: number): Promise<string[]> {
  const rows = await store.query<{ campaign: string }>(
    "select distinct campaign from outdial.attempts where at > $1 and at <= $2 and answer is not null order by 1",
    [new Date(from), new Date(to)],
  );
  return rows.map(({ campaign }) => campaign);
}

/** Placed calls by campaign and time; inbound calls are not included. */
function placedCalls(store: StoreCore, { since, until, after, limit }: PlacedQuery): Promise<PlacedCall[]> {
  return store.query<PlacedCall>(
    `select *, array(
         select distinct named.number::float8 from outdial.attempts own join outdial.attempts named on named.call_id = own.call_id
         where own.number = placed.number and named.call_id <> '' and named.number <> own.number) as others
     from (select distinct campaign, at, number, subject from outdial.attempts
     where kind <> 'inbound-conversation' and at >= $1 and at < $2
       and ($3::text is null or (campaign, at, number, subject) > ($3, $4::timestamptz, $5::bigint, $6::text))
     order by campaign, at, number, subject limit $7) placed
     order by campaign, at, number, subject`,
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

// Imports of fact files and their results, each with an audit entry. An import whose process died is marked with how much of it
// is in force.

/** From this many new rows on, the planner's statistics are updated. */
const ANALYZE_ROWS = 10_000;
const TABLES: Readonly<Record<string, readonly string[]>> = {
  consent: ["consents", "revocations", "suppressions"],
  dnc: ["suppressions"],
  attempts: ["attempts"],
};
/** At most so many broken off imports are compared with a new file. */
const COMPARED = 100;

const ROW = `id, kind, source_name as "sourceName", actor, started_at as "startedAt", finished_at as "finishedAt", counts, in_force as "inForce",
  bytes, prefix_hash as "prefixHash", broken_off_at as "brokenOffAt", reason, completed_by as "completedBy"`;

/** Records the start of an import; its rows carry its id. */
async function startImport(store: StoreCore, given: FactImport): Promise<void> {
  await store.query(
    `insert into outdial.fact_imports (id, kind, source_name, actor, started_at, size, beat_at) values ($1, $2, $3, $4, $5, $6, clock_timestamp())
     on conflict (id) do nothing`,
    [given.id, given.kind, storable(given.sourceName), storable(given.actor), new Date(store.now()), given.size ?? null],
  );
}

/** Records that an import is still running. Throws StoreError `not_owner` when it was marked as broken off. */
async function beatImport(store: StoreCore, id: string): Promise<void> {
  const [row] = await store.query(
    `update outdial.fact_imports set beat_at = clock_timestamp() where id = $1 and ${UNDER_WAY} returning 1`,
    [id],
  );
  if (row === undefined) throw takenForBroken(id);
}

/** Records how much of the file was read. */
async function noteImport(store: StoreCore, id: string, { bytes, hash }: PrefixOfFile): Promise<void> {
  await store.query(`update outdial.fact_imports set bytes = $2, prefix_hash = $3 where id = $1 and ${UNDER_WAY}`, [
    id,
    bytes,
    hash,
  ]);
}

/** The imports of calls that are under way; undefined when there are none. One that is silent for long is none.
 * @param leastLine bytes that a line has at least */
async function importsUnderWay(
  store: StoreCore,
  kind: "attempts",
  { silentMs, leastLine }: { readonly silentMs: number; readonly leastLine: number },
): Promise<UnderWay | undefined> {
  const [row] = await store.query<{ since: number | null; toCome: number | null }>(
    `select (extract(epoch from min(started_at)) * 1000)::float8 as since,
       case when bool_and(size is not null) then sum(greatest(0, size / $3 - coalesce((in_force ->> kind)::bigint, 0)))::float8 end as "toCome"
     from outdial.fact_imports where kind = $1 and ${UNDER_WAY} and beat_at > clock_timestamp() - $2 * interval '1 millisecond'`,
    [kind, silentMs, leastLine],
  );
  return row === undefined || row.since === null ? undefined : { since: row.since, toCome: row.toCome };
}

/** The state of an import. */
async function findImport(store: StoreCore, id: string): Promise<ImportRow | undefined> {
  const [row] = await store.query<ImportRow>(`select ${ROW} from outdial.fact_imports where id = $1`, [id]);
  return row;
}

/** Newest first. @param only.brokenOff only imports that broke off and that no later import completed */
function listImports(
  store: StoreCore,
  {
    brokenOff = false,
    after,
    limit,
  }: { readonly brokenOff?: boolean; readonly after?: string | undefined; readonly limit: number },
): Promise<ImportRow[]> {
  return store.query<ImportRow>(
    `select ${ROW} from outdial.fact_imports i
     where (not $1 or broken_off_at is not null and completed_by is null)
       and ($2::text is null or (started_at, id) < (select b.started_at, b.id from outdial.fact_imports b where b.id = $2))
     order by started_at desc, id desc limit $3`,
    [brokenOff, after ?? null, limit],
  );
}

/** Imports of a kind that broke off and that no later import completed: the present file may be one of theirs. */
function brokenImports(store: StoreCore, kind: string): Promise<ImportRow[]> {
  return store.query<ImportRow>(
    `select ${ROW} from outdial.fact_imports where kind = $1 and broken_off_at is not null and completed_by is null
     order by started_at desc limit ${COMPARED}`,
    [kind],
  );
}

/**
 * Records the end of an import, with an audit entry of its counts and the file's hash. Throws StoreError `not_owner`, see
 * `countInForce`.
 * @param completes ids of imports of the same file that had broken off and that this one completes
 */
async function finishImport(
  store: StoreCore,
  given: FactImport,
  contentHash: string,
  counts: ImportCounts,
  completes: readonly string[] = [],
): Promise<void> {
  await store.commit(async (tx) => {
    await endImport(tx, given.id, { contentHash, counts, completes, now: store.now() });
    const details = { import: given.id, file: given.sourceName, contentHash, ...counts };
    const more = completes.length === 0 ? {} : { completes };
    tx.audit([
      { actor: given.actor, action: `${given.kind}.import`, subject: given.sourceName, details: { ...details, ...more } },
    ]);
  });
  if (counts.added < ANALYZE_ROWS) return;
  for (const table of TABLES[given.kind] ?? []) await store.query(`analyze outdial.${table}`);
}

/**
 * Records that an import did not finish, with an audit entry of what is in force; false when that was recorded before. For a
 * caller that is told of it: when nothing was added, nothing is left to be done.
 */
function breakOffImport(store: StoreCore, id: string, reason: string): Promise<boolean> {
  return breakOff(store, id, { reason, condition: "", isTold: true });
}

/**
 * Marks imports that no process works on any more: it died or is frozen. When it wakes up, its further work has no effect.
 * @param silentMs time without a sign of life
 * @returns the marked imports
 */
async function nameBrokenImports(store: StoreCore, silentMs: number): Promise<ImportRow[]> {
  const silent = `and (beat_at is null or beat_at < clock_timestamp() - ${Math.round(silentMs)} * interval '1 millisecond')`;
  const found = await store.query<{ id: string }>(
    `select id from outdial.fact_imports where ${UNDER_WAY} ${silent} order by started_at`,
  );
  const named: ImportRow[] = [];
  for (const { id } of found) {
    if (!(await breakOff(store, id, { reason: SILENCE, condition: silent, isTold: false }))) continue;
    const row = await findImport(store, id);
    if (row !== undefined) named.push(row);
  }
  return named;
}

const SILENCE = "its process ended, or said nothing for too long";
/** Whether the import added rows that are in force. */
const ADDED = `exists (select from jsonb_each_text(in_force - 'registryNumbers') as added where added.value::bigint > 0)`;

async function breakOff(
  store: StoreCore,
  id: string,
  { reason, condition, isTold }: { readonly reason: string; readonly condition: string; readonly isTold: boolean },
): Promise<boolean> {
  const broken = await store.commit(async (tx) => {
    const [row] = await tx.query<ImportRow>(
      `update outdial.fact_imports set broken_off_at = $2, reason = $3, completed_by = case when $4 and not ${ADDED} then id end
       where id = $1 and ${UNDER_WAY} ${condition} returning ${ROW}`,
      [id, new Date(store.now()), storable(reason), isTold],
    );
    if (row !== undefined) tx.audit([brokenOffEntry(row, reason)]);
    return row;
  });
  if (broken === undefined) return false;
  const files = await store.query<{ id: number }>(
    "select id from outdial.registry_files where import_id = $1 and status = 'loading'",
    [id],
  );
  for (const file of files) await discardFile(store, file.id);
  return true;
}

function brokenOffEntry({ id, kind, sourceName, actor, inForce, bytes }: ImportRow, reason: string): AuditInput {
  const details: { readonly inForce: RowsInForce } & Record<string, unknown> = {
    import: id,
    file: sourceName,
    inForce,
    bytesRead: bytes,
    reason,
  };
  return { actor, action: `${kind}.import.broken-off`, subject: sourceName, details };
}

/** A signed manifest. */
interface StoredManifest {
  readonly id: string;
  readonly campaign: string;
  /** The moment that it applies to, ms since the epoch. */
  readonly at: number;
  /** The signed text. */
  readonly manifest: string;
}

/** Stores a manifest, with an audit entry that names it and its counts. */
function addManifest(
  store: StoreCore,
  manifest: StoredManifest,
  by: { readonly actor: string; readonly details: Readonly<Record<string, unknown>> },
): Promise<void> {
  return store.commit(async (tx) => {
    await tx.query("insert into outdial.gate_manifests (id, campaign, at, manifest, created_at) values ($1, $2, $3, $4, $5)", [
      manifest.id,
      manifest.campaign,
      new Date(manifest.at),
      manifest.manifest,
      new Date(store.now()),
    ]);
    const entry = {
      actor: by.actor,
      action: "gate.manifest",
      subject: manifest.campaign,
      details: { id: manifest.id, ...by.details },
    };
    tx.audit([entry]);
  });
}

/** The manifest of an id, or undefined. */
async function findManifest(store: StoreCore, id: string): Promise<StoredManifest | undefined> {
  const [row] = await store.query<StoredManifest>("select id, campaign, at, manifest from outdial.gate_manifests where id = $1", [
    id,
  ]);
  return row;
}

/** Which manifests to list. */
interface ManifestQuery {
  readonly campaign?: string | undefined;
  readonly limit: number;
  /** Id of a manifest: only manifests after it in the list, which are older. */
  readonly after?: string | undefined;
}

/** Manifests, newest first. */
function listManifests(store: StoreCore, { campaign, limit, after }: ManifestQuery): Promise<StoredManifest[]> {
  return store.query<StoredManifest>(
    `select id, campaign, at, manifest from outdial.gate_manifests where ($1::text is null or campaign = $1)
       and ($3::text is null or (created_at, id) < (select m.created_at, m.id from outdial.gate_manifests m where m.id = $3))
     order by created_at desc, id desc limit $2`,
    [campaign ?? null, limit, after ?? null],
  );
}

/** The newest manifest of each campaign. */
function newestManifests(store: StoreCore): Promise<StoredManifest[]> {
  return store.query<StoredManifest>(
    "select distinct on (campaign) id, campaign, at, manifest from outdial.gate_manifests order by campaign, created_at desc, id desc",
  );
}

// The state of the company's do-not-call list: loaded from a file, or declared empty by a person. Numbers that people asked to
// add one by one do not make it complete.

/** Kind of the imports of the list, and of declarations that there is none. */
const LOADED = "dnc";
const DECLARED = "dnc.none";

interface Row {
  readonly kind: string;
  readonly since: number;
  readonly at: number;
  readonly actor: string;
  readonly source_name: string;
}

/**
 * The state of the list; undefined when it was neither loaded nor declared empty. A file without a single number does not count
 * as loaded.
 */
async function companyList(store: StoreCore): Promise<CompanyList | undefined> {
  const rows = await store.query<Row>(
    `select kind, min(finished_at) over () as since, finished_at as at, actor, source_name from outdial.fact_imports
     where finished_at is not null
       and (kind = $2 or kind = $1 and (counts->>'added')::bigint + (counts->>'known')::bigint > 0)
     order by kind = $1 desc, finished_at desc limit 1`,
    [LOADED, DECLARED],
  );
  const [row] = rows;
  if (row === undefined) return undefined;
  const { kind, since, at, actor, source_name: source } = row;
  return { state: kind === LOADED ? "loaded" : "declared-empty", since, at, actor, source };
}

/** A person declares that the company has no list besides what the store contains. @param given.id of the declaration */
async function declareNoCompanyList(
  store: StoreCore,
  { id, actor, name, reason }: { readonly id: string; readonly actor: string; readonly name: string; readonly reason: string },
): Promise<void> {
  await store.commit(async (tx) => {
    await tx.query(
      `insert into outdial.fact_imports (id, kind, source_name, actor, started_at, finished_at)
       values ($1, $2, $3, $4, $5, $5)`,
      [id, DECLARED, storable(reason), storable(name), new Date(store.now())],
    );
    await expireLooks(tx, store.now());
    tx.audit([{ actor, action: "dnc.declare-empty", subject: id, details: { name, reason } }]);
  });
}

const FACTS = {
  of: factsOf,
  startImport,
  beatImport,
  noteImport,
  findImport,
  importsUnderWay,
  listImports,
  brokenImports,
  finishImport,
  breakOffImport,
  nameBrokenImports,
  companyList,
  declareNoCompanyList,
  addConsents,
  addRevocations,
  addRelationships,
  addDisconnections,
  addLineTypes,
  addAttempts,
  addOutcomes,
  countUnresolvedOptOuts,
  unresolvedOptOuts,
  suppress,
  lift,
  suppressionHistory,
  suppressedNumbers,
  suppressedSince,
  lastSuppression,
  acknowledge,
  listRevocations,
  registryFiles: currentFiles,
  beginRegistryFile: beginFile,
  fillRegistryFile: fillFile,
  fillRegistryChanges: fillChanges,
  applyRegistryChanges: applyChanges,
  switchRegistryFile: switchFile,
  discardRegistryFile: discardFile,
  answeredHours,
  attemptedNumbers,
  answeredCampaigns,
  callsOfDay,
  callsOf,
  placedCalls,
  addManifest,
  findManifest,
  listManifests,
  newestManifests,
};

type OfStore<F> = F extends (store: StoreCore, ...rest: infer Rest) => infer Result ? (...rest: Rest) => Result : never;

/**
 * Appends and reads facts. Every method is one statement or one transaction; methods that add return the number of new records.
 */
export type Facts = { readonly [Name in keyof typeof FACTS]: OfStore<(typeof FACTS)[Name]> };

/** The facts of a store. */
export function facts(store: StoreCore): Facts {
  const bound: Record<string, unknown> = {};
  for (const [name, of] of Object.entries<(store: StoreCore, ...rest: never[]) => unknown>(FACTS))
    bound[name] = of.bind(undefined, store);
  return bound as Facts;
}
