// Retrieval at regular times. The schedule is in the store. Exactly one of the processes that run schedules takes a schedule that falls due. When a
// process dies, the next one continues its retrieval.

import { type Clock, DAY_MS, HOUR_MS, type Instant, messageOf, OutdialError } from "../../kernel/index.ts";
import type { Retrieval, RetrievalLedger, RetrievalSchedule, RetrievalSchedules } from "../../store/index.ts";
import { OperationError } from "../error.ts";
import { STORE_TROUBLE } from "../run/left.ts";
import { comparedOf } from "./compared.ts";
import { earliestStart, type RetrievalInput, type RetrievalRequest } from "./request.ts";
import type { RetrievalProgress } from "./retrieval-run.ts";
import type { Retrieving } from "./service.ts";

/** No call lasts longer: a call that seems to be going on for longer is not waited for. */
const LONGEST_CALL_MS = DAY_MS;
/** Longest time between two searches for due schedules, ms. */
const LOOK_MS = 5000;
/** Number of campaigns that are retrieved at once. */
const AT_ONCE = 4;
/** How many of a campaign's latest retrievals are looked at to find how far it was read. */
const SEEN = 20;

/** What a scheduler needs. */
interface ScheduleDependencies {
  readonly retrieving: Retrieving;
  readonly ledger: Pick<RetrievalLedger, "list">;
  readonly schedules: RetrievalSchedules;
  readonly clock: Clock;
  /** Id of this process among the replicas. */
  readonly replicaId: string;
}

/** The rhythm of campaigns that are set together. */
export interface Rhythm {
  readonly everyMs: number;
  /** How far each retrieval overlaps the one before, ms; an hour by default. */
  readonly overlapMs?: number | undefined;
  /** Time between the turns of two campaigns; by default the turns are spread evenly over `everyMs`. */
  readonly staggerMs?: number | undefined;
}

/**
 * The first turns of the campaigns of one setting: the first one at `now`, each further one a step later. Pure. Throws
 * OperationError `invalid_input`.
 */
export function turnsOf(count: number, { everyMs, staggerMs }: Pick<Rhythm, "everyMs" | "staggerMs">, now: Instant): Instant[] {
  if (staggerMs !== undefined && staggerMs >= everyMs && count > 1)
    throw new OperationError(
      "invalid_input",
      "the time between the starts of two campaigns must be shorter than the interval of the schedule",
    );
  const step = staggerMs ?? everyMs / count;
  return Array.from({ length: count }, (_, place) => now + Math.floor((place * step) % everyMs));
}

/**
 * Sets the schedules of campaigns, staggered. @returns the schedules, with warnings about the request. Throws OperationError
 * `invalid_input`
 */
export async function setSchedules(
  { retrieving, schedules, clock }: Pick<ScheduleDependencies, "retrieving" | "schedules" | "clock">,
  campaignIds: readonly string[],
  input: Omit<RetrievalInput, "campaignId">,
  { rhythm, by: actor }: { readonly rhythm: Rhythm; readonly by: string },
): Promise<{ readonly set: readonly Omit<RetrievalSchedule, "readTo">[]; readonly warnings: readonly string[] }> {
  const ids = [...new Set(campaignIds)];
  if (ids.length === 0) throw new OperationError("invalid_input", "no campaign was named");
  const turns = turnsOf(ids.length, rhythm, clock.now());
  const { everyMs, overlapMs = HOUR_MS } = rhythm;
  const warnings = new Set<string>();
  const set: Omit<RetrievalSchedule, "readTo">[] = [];
  for (const [place, campaignId] of ids.entries()) {
    const { request, warnings: some } = await retrieving.check({ ...input, campaignId });
    for (const warning of some) warnings.add(warning);
    const { codes, limit: pageLimit, from, to } = request;
    const nextAt = turns[place] ?? clock.now();
    set.push({ campaignId, codes, pageLimit, everyMs, overlapMs, firstMs: to - from, actor, nextAt });
  }
  await schedules.set(set);
  return { set, warnings: [...warnings] };
}

/**
 * The request of a due schedule: from the end of what it has read, less the overlap for late changes, to the present. @param
 * reachDays how many days back the tenant gives calls. Pure.
 */
export function dueRequest(schedule: RetrievalSchedule, now: number, reachDays?: number): RetrievalRequest {
  const { campaignId, codes, pageLimit, readTo, overlapMs, firstMs } = schedule;
  const from = Math.max(earliestStart(now, reachDays), readTo === null ? now - firstMs : readTo - overlapMs);
  return { campaignId, codes, limit: pageLimit, from: Math.min(from, now - 1), to: now };
}

/**
 * How far a schedule has read after a retrieval: to the retrieval's end, or to the earliest call that had not ended; when calls are
 * missing, its last day is read again. Pure.
 */
export function readUpTo(retrieval: Pick<Retrieval, "to" | "totals" | "calls" | "compared" | "codes">): number {
  const { to, totals } = retrieval;
  const read = comparedOf(retrieval).short ? 0 : (totals.earliestUnfinished ?? to);
  return Math.min(to, Math.max(read, to - LONGEST_CALL_MS));
}

/** Options of running schedules. */
interface RunOptions {
  /** Only the schedules of these campaigns. */
  readonly campaignIds?: readonly string[] | undefined;
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: RetrievalProgress) => void;
  /** Called with each retrieval that a schedule made, and with each failure; not for a turn for which the tenant has no call. */
  readonly onRun: (run: { readonly retrieval: Retrieval } | { readonly failed: unknown }) => Promise<void> | void;
}

/**
 * Runs due schedules until `signal` is aborted, a few campaigns at once, so that a long retrieval of one does not delay the
 * others. `outcomes.downloads` limits what all of them read at once.
 */
export async function runSchedules(deps: ScheduleDependencies, options: RunOptions): Promise<void> {
  const { schedules, clock, replicaId } = deps;
  const { campaignIds, signal, onRun } = options;
  const rest = () => clock.sleep(LOOK_MS, signal).catch(() => undefined);
  const underWay = new Map<string, Promise<void>>();
  const thrown: unknown[] = [];
  let said: string | undefined;
  while (!signal.aborted && thrown.length === 0) {
    if (underWay.size >= AT_ONCE) {
      await Promise.race(underWay.values());
      continue;
    }
    try {
      const schedule = await schedules.take(replicaId, { campaignIds, besides: [...underWay.keys()] });
      said = undefined;
      if (schedule === undefined) await Promise.race([rest(), ...underWay.values()]);
      else {
        const turn = carryOut(deps, options, schedule, rest).catch((one: unknown) => void thrown.push(one));
        underWay.set(
          schedule.campaignId,
          turn.finally(() => underWay.delete(schedule.campaignId)),
        );
      }
    } catch (failed) {
      // The database is away: the turns wait, and the loop continues.
      if (!signal.aborted && messageOf(failed) !== said) await onRun({ failed });
      said = messageOf(failed);
      await rest();
    }
  }
  await Promise.all(underWay.values());
  if (thrown.length > 0) throw thrown[0];
}

/** Carries out one turn of a schedule. Rejects only with what `onRun` throws. */
async function carryOut(
  { retrieving, ledger, schedules, clock, replicaId: by }: ScheduleDependencies,
  { onProgress, onRun, signal }: RunOptions,
  taken: RetrievalSchedule,
  rest: () => Promise<void>,
): Promise<void> {
  const { campaignId } = taken;
  try {
    const ended = await ledger.list({ campaignId, status: ["done"], limit: SEEN });
    const schedule = { ...taken, readTo: readSoFar(taken, ended) };
    if (schedule.readTo !== null && schedule.readTo !== taken.readTo) await schedules.readUpTo(campaignId, schedule.readTo);
    for (const ahead of await endingAhead(ledger, campaignId, clock.now())) {
      const retrieval = await retrieving.giveUpAhead(ahead);
      if (retrieval !== undefined) await onRun({ retrieval });
    }
    const begun = await leftBehind(ledger, schedule);
    const due = dueRequest(schedule, clock.now(), retrieving.reachDays);
    if (begun === undefined && schedule.readTo !== null)
      for (const late of await retrieving.changed(due, schedule.readTo - schedule.overlapMs)) {
        const { retrieval } = await retrieving.submit(late);
        await onRun({ retrieval: await retrieving.run(retrieval.jobId, onProgress) });
      }
    if (begun === undefined && isQuiet(schedule, ended[0]) && (await retrieving.isEmpty(due, signal))) {
      await schedules.foundNothing(schedule, due, by);
      return;
    }
    if (begun !== undefined) await schedules.endTurn(campaignId, by);
    const { jobId } = begun ?? (await retrieving.submit(due, undefined, by)).retrieval;
    const retrieval = await retrieving.run(jobId, onProgress);
    if (retrieval.complianceHash !== null) await schedules.readUpTo(campaignId, readUpTo(retrieval));
    await onRun({ retrieval });
  } catch (failed) {
    await onRun({ failed });
    // When the retrieval could not begin because the database was away, the schedule keeps its turn; after a refused request the
    // turn is over.
    if (failed instanceof OutdialError && STORE_TROUBLE.has(failed.code)) await rest();
    else await schedules.endTurn(campaignId, by).catch(() => undefined);
  }
}

/**
 * How far a schedule has read, including retrievals that ended outside a turn because their process ended before. A retrieval counts when it begins
 * where the schedule has read to, or, when the schedule has read nothing, when it is as long as the first one. Pure.
 */
function readSoFar(
  { readTo, codes, firstMs }: Pick<RetrievalSchedule, "readTo" | "codes" | "firstMs">,
  ended: readonly Pick<Retrieval, "from" | "to" | "codes" | "complianceHash" | "totals" | "calls" | "compared">[],
): number | null {
  return ended
    .filter((one) => one.complianceHash !== null && JSON.stringify(one.codes) === JSON.stringify(codes))
    .toSorted((a, b) => a.to - b.to)
    .reduce((read: number | null, one) => {
      const joins = read === null ? one.to - one.from >= firstMs : one.from <= read;
      return joins ? Math.max(read ?? 0, readUpTo(one)) : read;
    }, readTo);
}

/**
 * Whether the turn before brought nothing: then it is asked first whether there is a call at all, and no retrieval is kept when there is none. @param
 * newest the newest retrieval that ended. Pure.
 */
function isQuiet({ readTo }: Pick<RetrievalSchedule, "readTo">, newest: Pick<Retrieval, "calls" | "to"> | undefined): boolean {
  return readTo !== null && (newest === undefined || newest.calls === 0 || newest.to < readTo);
}

/** A retrieval that an earlier turn of this schedule began and that has not ended. */
async function leftBehind(ledger: Pick<RetrievalLedger, "list">, schedule: RetrievalSchedule): Promise<Retrieval | undefined> {
  const [newest] = await ledger.list({ campaignId: schedule.campaignId, status: ["ready", "running", "stopped"], limit: 1 });
  if (newest === undefined || newest.to <= (schedule.readTo ?? 0)) return undefined;
  return JSON.stringify(newest.codes) === JSON.stringify(schedule.codes) ? newest : undefined;
}

/** Retrievals that nobody runs and that the vendor would always refuse, because they were begun while a machine's clock was ahead. */
async function endingAhead(ledger: Pick<RetrievalLedger, "list">, campaignId: string, now: Instant): Promise<Retrieval[]> {
  const waiting = await ledger.list({ campaignId, status: ["ready", "stopped"], limit: SEEN });
  return waiting.filter(({ to }) => to > now);
}
