// Operations on corrections of closed interactions: read one, check a correction without sending, make a job from a file and run
// it.

import { type Clock, doubledMs, type RandomStream } from "../../kernel/index.ts";
import type { InteractionChanges, JobLedger, SessionLocks } from "../../store/index.ts";
import {
  type CallOptions,
  type CallReport,
  type InteractionDispositions,
  type Lock,
  requireSupported,
  TenantError,
} from "../../tenant/port.ts";
import {
  JobRunner,
  type JobSource,
  owned,
  type PlanReport,
  type PlanSink,
  type RowJob,
  type RowJobsParts,
  type RowLedger,
  type RowWork,
  type Sent,
  submitJob,
} from "../jobs/index.ts";
import type { Leave } from "../run/leave.ts";
import { type Entry, type Merge, mergeDispositions, type Version } from "./entry.ts";
import {
  beginCorrection,
  type Correction,
  type CorrectionCommand,
  type CorrectionEvent,
  type CorrectionOutcome,
  decideNext,
  type Next,
} from "./machine.ts";
import { correctionConflict, correctionLineOf, type PlannedRow, planCorrections } from "./plan.ts";
import { type FinishedCorrection, parseEntries, sentItem, unsentItem } from "./result.ts";
import { type CorrectionOptions, type CorrectionRow, checkCorrection, readCorrections } from "./row.ts";
import { type DispositionTree, type ExclusiveRules, type InteractionProblem, indexTree, validateMerged } from "./tree.ts";

/** Pauses grow from the first to the second, in full jitter, ms. */
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 8_000;

/** What one correction needs. */
export interface CorrectDependencies {
  readonly interactions: Pick<InteractionDispositions, "read" | "replace">;
  readonly clock: Clock;
  readonly random: RandomStream;
  /** Records durably what is about to be written; rejects when this process may no longer write. */
  readonly announce: (base: Version, dispositions: readonly Entry[]) => Promise<void>;
  /** Whether it may continue. A write that may have been executed is read back first, even when it was halted. */
  readonly leave?: Leave | undefined;
}

/** The result of a correction, and its cost. */
interface Corrected {
  readonly outcome: CorrectionOutcome;
  /** Writes sent, including repetitions within the client. */
  readonly attempts: number;
  readonly attemptLatenciesMs: readonly number[];
  /** From the first read to the last, including pauses, ms. */
  readonly latencyMs: number;
  readonly rateLimited: number;
  /** Number of writes that lost against another writer. */
  readonly conflicts: number;
  /** The body of the tenant's last 5xx reply. */
  readonly vendorBody: string | undefined;
  /** Why the tenant could not be reached, when that ended it. */
  readonly failure: TenantError | undefined;
}

/** Measurements during a correction. */
interface Meter {
  attempts: number;
  readonly attemptLatenciesMs: number[];
  rateLimited: number;
  conflicts: number;
  vendorBody: string | undefined;
  failure: TenantError | undefined;
  /** A write may have been executed, and nothing was read since. */
  open: boolean;
}

/** A version with its lock, for a write based on it. */
interface LockedVersion extends Version {
  readonly lock: Lock;
}

/**
 * Corrects one interaction.
 * @param announced the version for which an earlier process recorded a write
 * @throws TenantError for what concerns all corrections (rights, token, interruption); whatever `announce` throws
 */
export async function correctDisposition(
  deps: CorrectDependencies,
  interactionId: string,
  correction: Correction,
  announced?: Version,
): Promise<Corrected> {
  const since = deps.clock.now();
  const meter: Meter = {
    attempts: 0,
    attemptLatenciesMs: [],
    rateLimited: 0,
    conflicts: 0,
    vendorBody: undefined,
    failure: undefined,
    open: false,
  };
  let next: Next = beginCorrection(announced);
  let lock: Lock | undefined;
  while (next.command !== undefined) {
    let event: CorrectionEvent;
    try {
      event = await carryOut(deps, interactionId, next.command, lock, meter);
    } catch (thrown) {
      if (!meter.open || !(thrown instanceof TenantError) || thrown.code !== "aborted") throw thrown;
      const outcome: CorrectionOutcome = { result: "unknown", message: `${thrown.message} before it could be read back` };
      return { ...measuredBy(meter), failure: thrown, outcome, latencyMs: deps.clock.now() - since };
    }
    if (event.type === "written" || event.type === "lost") meter.open = true;
    else if (event.type === "read") meter.open = false;
    if (event.type === "read" && "lock" in event.version) ({ lock } = event.version as LockedVersion);
    if (event.type === "conflict") meter.conflicts += 1;
    next = decideNext(correction, next.state, event);
  }
  if (next.state.at !== "ended") throw new Error(`a correction that is ${next.state.at} has nothing to do`);
  return { ...measuredBy(meter), failure: meter.failure, outcome: next.state.outcome, latencyMs: deps.clock.now() - since };
}

function measuredBy({ attempts, attemptLatenciesMs, rateLimited, conflicts, vendorBody }: Meter) {
  return { attempts, attemptLatenciesMs, rateLimited, conflicts, vendorBody };
}

async function carryOut(
  deps: CorrectDependencies,
  id: string,
  command: CorrectionCommand,
  lock: Lock | undefined,
  meter: Meter,
): Promise<CorrectionEvent> {
  switch (command.do) {
    case "read":
      return read(deps, id, meter);
    case "write":
      if (lock === undefined) throw new Error("a write needs the lock of what was read");
      await deps.announce(command.base, command.dispositions);
      return write(deps, id, command.dispositions, lock, meter);
    case "pause":
      await deps.clock.sleep(pauseMs(command.attempt, deps.random), leaveOf(deps, meter)?.halt);
      return { type: "paused" };
  }
}

const callOf = (leave: Leave | undefined): CallOptions => ({
  lane: "tagging",
  halt: leave?.halt,
  confirmed: leave?.confirmed,
});

/** Full jitter: writers that collided once should not collide again. */
function pauseMs(attempt: number, random: RandomStream): number {
  return random.next() * doubledMs(FIRST_PAUSE_MS, LONGEST_PAUSE_MS, attempt - 1);
}

/** A write that may have been executed is read back, even when it was halted. */
function leaveOf({ leave }: CorrectDependencies, { open }: Meter): Leave | undefined {
  return open ? undefined : leave;
}

async function read(deps: CorrectDependencies, id: string, meter: Meter): Promise<CorrectionEvent> {
  try {
    const { value, lock } = await deps.interactions.read(id, callOf(leaveOf(deps, meter)));
    if (lock === undefined)
      return {
        type: "read_failed",
        why: "refused",
        message: "the tenant gave no version tag; without it, entries of others could be overwritten",
      };
    meter.failure = undefined;
    const version: LockedVersion = { tag: lock.tag, dispositions: value.dispositions.map(entryOf), lock };
    return { type: "read", version };
  } catch (thrown) {
    if (thrown instanceof TenantError) meter.vendorBody = thrown.vendorBody ?? meter.vendorBody;
    const failure = itemFailure(thrown);
    const { message, statusCode, why } = failure;
    if (why === "unavailable" && thrown instanceof TenantError) meter.failure = thrown;
    return { type: "read_failed", why: why === "invalid" || why === "other" ? "refused" : why, message, statusCode };
  }
}

async function write(
  { interactions, leave }: CorrectDependencies,
  id: string,
  dispositions: readonly Entry[],
  lock: Lock,
  meter: Meter,
): Promise<CorrectionEvent> {
  try {
    const sent = await interactions.replace(id, dispositions.map(onWire), lock, callOf(leave));
    note(meter, sent);
    return { type: "written", version: { tag: sent.etag ?? "", dispositions: sent.reply.dispositions.map(entryOf) } };
  } catch (thrown) {
    if (thrown instanceof TenantError) {
      note(meter, thrown.report);
      meter.vendorBody = thrown.vendorBody ?? meter.vendorBody;
      meter.open ||= thrown.outcomeUnknown;
    }
    const failure = itemFailure(thrown);
    const { message, statusCode, why, lost } = failure;
    if (thrown instanceof TenantError && (thrown.code === "stale_lock" || thrown.code === "conflict"))
      return { type: "conflict", message };
    if (lost) return { type: "lost", message };
    if (why === "unavailable") return { type: "not_written", message, statusCode };
    return { type: "refused", why, message, statusCode };
  }
}

function note(meter: Meter, report: CallReport): void {
  meter.attempts += report.attempts.length;
  for (const attempt of report.attempts) meter.attemptLatenciesMs.push(attempt.latencyMs);
  meter.rateLimited += report.rateLimited;
}

interface ItemFailure {
  readonly why: "not_found" | "forbidden" | "unavailable" | "invalid" | "other";
  readonly message: string;
  readonly statusCode: number | undefined;
  /** A write may have been executed nevertheless. */
  readonly lost: boolean;
}

/** The meaning of a failure for this interaction. Throws what concerns all of them. */
function itemFailure(thrown: unknown): ItemFailure {
  if (!(thrown instanceof TenantError)) throw thrown;
  const { message, status: statusCode } = thrown;
  const as = (why: ItemFailure["why"], lost = false): ItemFailure => ({ why, message, statusCode, lost });
  switch (thrown.code) {
    case "not_found":
      return as("not_found");
    case "missing_scope":
      // Without the scope all corrections fail; with it, the interaction belongs to another organization.
      if (thrown.details["scopeGranted"] === false) throw thrown;
      return as("forbidden");
    case "invalid_request":
    case "refused":
      return as(statusCode === undefined || statusCode === 400 || statusCode === 422 ? "invalid" : "other");
    case "stale_lock":
    case "conflict":
      return as("other");
    case "unknown_outcome":
      return as("unavailable", true);
    case "vendor_unavailable":
    case "rate_limited":
    case "invalid_reply":
    case "body_too_large":
      return as("unavailable", thrown.outcomeUnknown);
    default:
      throw thrown;
  }
}

function entryOf({ code, description, agent_id, timestamp, source }: Entry): Entry {
  return { code, description, agent_id, timestamp, source };
}

/** An entry as it is sent. When the tenant gave no source, ours is used. */
function onWire({ code, description, agent_id, timestamp, source }: Entry): Entry {
  return { code, description, agent_id, timestamp, source: source === "" ? "api" : source };
}

/** The kind of a job of corrections in the ledger and among the workflows. */
export const DISPOSITIONS = "dispositions";

/** Concurrent chunks: only one, so that rows for one interaction keep the order of the file. */
const OVERLAP = 1;

/** An input of corrections, and how to read it. */
export interface CorrectionSource extends JobSource {
  readonly read: CorrectionOptions;
}

/** Reads the tree of codes. Throws TenantError `unsupported` when the tenant's profile has none. */
export async function readTree(interactions: InteractionDispositions): Promise<DispositionTree> {
  requireSupported("correct the dispositions of closed interactions", interactions.capability);
  return indexTree(await interactions.tree());
}

/** Checks a whole input against the tree of codes. Nothing is sent or stored, no interaction is read. */
export function validateCorrections(source: CorrectionSource, tree: DispositionTree, sink: PlanSink = {}): Promise<PlanReport> {
  return planCorrections(readCorrections(source.bytes(), source.read), tree, sink);
}

/** The present state of an interaction at the tenant. */
export async function readInteraction(interactions: InteractionDispositions, id: string): Promise<Version> {
  requireSupported("read closed interactions", interactions.reading ?? interactions.capability);
  const { value, lock } = await interactions.read(id);
  const dispositions = value.dispositions.map(
    ({ code, description, agent_id, timestamp, source }): Entry => ({ code, description, agent_id, timestamp, source }),
  );
  return { tag: lock?.tag ?? "", dispositions };
}

/** What a correction would do now. */
interface CorrectionPreview {
  readonly now: Version;
  readonly problems: readonly InteractionProblem[];
  /** Undefined when the row itself is wrong. */
  readonly merge: Merge | undefined;
}

/** Reads, merges and checks like a correction, and writes nothing. */
export async function previewCorrection(
  interactions: InteractionDispositions,
  row: CorrectionRow,
  exclusive: ExclusiveRules,
): Promise<CorrectionPreview> {
  const tree = await readTree(interactions);
  const now = await readInteraction(interactions, row.interactionId);
  const checked = checkCorrection(row, tree);
  if ("problems" in checked) return { now, problems: checked.problems, merge: undefined };
  const { entry, policy, etag = now.tag } = checked.ok;
  const merge = mergeDispositions(now.dispositions, entry, policy);
  if (merge.kind !== "write") return { now, problems: [], merge };
  const problems = [...validateMerged(merge.dispositions, entry, tree, exclusive)];
  if (etag !== now.tag)
    problems.push({
      code: "stale_etag",
      field: "etag",
      message: `the interaction has version ${now.tag}, not the requested ${etag}`,
    });
  return { now, problems, merge };
}

interface CorrectionsDependencies extends RowJobsParts, Omit<CorrectionWorkDependencies, "jobs"> {
  readonly jobLedger: CorrectionWorkDependencies["jobs"];
  readonly ledger: RowLedger<PlannedRow, FinishedCorrection>;
}

/** Corrections of closed interactions as jobs: plan, run, find. Errors: OperationError. */
export class Corrections extends JobRunner<PlannedRow, FinishedCorrection> {
  readonly #deps: CorrectionsDependencies;

  constructor(deps: CorrectionsDependencies) {
    const { ledger, jobLedger } = deps;
    super({
      ...deps,
      kind: DISPOSITIONS,
      overlap: OVERLAP,
      workOf: ({ id }) => ({ ledger, work: correctionWork(id, { ...deps, jobs: jobLedger }) }),
    });
    this.#deps = deps;
  }

  /**
   * Makes a job from an input. An equal input returns the earlier job, unless `again`.
   * `actor`: the requester, when it is not this process's own.
   * @throws OperationError `invalid_input` when the input as a whole cannot be read
   */
  submit(
    source: CorrectionSource,
    options: { again?: boolean; actor?: string; onProgress?: (rows: number) => void },
  ): Promise<{ job: RowJob; earlier: boolean }> {
    const { interactions, ledger, actor } = this.#deps;
    const { format, mapping, delimiter, policy } = source.read;
    return submitJob(
      { ...this.#deps, actor: options.actor ?? actor, kind: DISPOSITIONS, ledger },
      {
        source,
        readAs: { format, mapping, delimiter, policy },
        campaignId: undefined,
        options: { policy: policy ?? "append" },
        again: options.again === true,
        onProgress: options.onProgress,
        prepare: async () => {
          const tree = await readTree(interactions);
          return (bytes, sink) => planCorrections(readCorrections(bytes, source.read), tree, sink);
        },
      },
    );
  }
}

// The work of a job of corrections on a row: the state machine, exclusive on its interaction among all processes, with each write
// recorded beforehand.

interface CorrectionWorkDependencies {
  readonly interactions: InteractionDispositions;
  readonly jobs: JobLedger;
  readonly changes: InteractionChanges;
  readonly locks: SessionLocks;
  readonly clock: Clock;
  readonly random: RandomStream;
  /** Distinguishes this tenant from others in the same store. */
  readonly tenantName: string;
  readonly replicaId: string;
  readonly exclusive: ExclusiveRules;
  /** Most writes for one row, and most consecutive failed reads. */
  readonly attempts: number;
}

type SendRow = Extract<PlannedRow, { kind: "send" }>;

/** The work of one job. The tree of codes is read once, when the first row is sent. */
function correctionWork(jobId: string, deps: CorrectionWorkDependencies): RowWork<PlannedRow, FinishedCorrection> {
  let tree: Promise<DispositionTree> | undefined;
  const treeOnce = ({ halt, confirmed }: Leave) => {
    tree ??= deps.interactions.tree({ lane: "tagging", halt, confirmed }).then(indexTree);
    return tree;
  };
  return {
    lineOf: correctionLineOf,
    local: localResult,
    async send(row, sentBefore, leave) {
      return (await correctRow(jobId, deps, await treeOnce(leave), row as SendRow, sentBefore, leave)).sent;
    },
    async settle(row, _open, leave) {
      const { sent, corrected } = await correctRow(jobId, deps, await treeOnce(leave), row as SendRow, true, leave);
      // When the tenant cannot be reached the item stays as it is.
      if (sent.item.result === "unknown" && corrected.failure !== undefined) throw corrected.failure;
      return sent.item;
    },
  };
}

/** The result of a row that is not sent, or undefined for one that is. */
function localResult(row: PlannedRow, conflictsWith: number | undefined): FinishedCorrection | undefined {
  if (row.kind === "refused") return unsentItem(row, "validation_error", row.problems.map(({ message }) => message).join("; "));
  if (row.kind === "duplicate") return unsentItem(row, "duplicate", `the same as line ${row.firstLine}`);
  if (conflictsWith === undefined) return undefined;
  const { line, interactionId, entry } = row.correction;
  const { code, agent_id: agentId } = entry;
  return unsentItem({ line, interactionId, code, agentId }, "validation_error", correctionConflict(conflictsWith).message);
}

async function correctRow(
  jobId: string,
  deps: CorrectionWorkDependencies,
  tree: DispositionTree,
  { correction: row }: SendRow,
  sentBefore: boolean,
  leave: Leave,
): Promise<{ readonly sent: Sent<FinishedCorrection>; readonly corrected: Corrected }> {
  const { interactions, changes, locks, clock, random, exclusive, attempts } = deps;
  const { line, interactionId, entry, policy, etag } = row;
  let announced = false;
  const announce = async (base: Version, intended: unknown) => {
    const change = { jobId, line, interactionId, baseTag: base.tag, before: base.dispositions, intended };
    await owned(deps.jobs, jobId, () => changes.announce(change, deps.replicaId));
    announced = true;
  };
  const corrected = await locks.hold(
    JSON.stringify(["interaction", deps.tenantName, interactionId]),
    async () => {
      const earlier = sentBefore ? await announcedVersion(changes, jobId, line) : undefined;
      return correctDisposition(
        { interactions, clock, random, announce, leave },
        interactionId,
        { wanted: entry, policy, etag, attempts, validate: (merged) => validateMerged(merged, entry, tree, exclusive) },
        earlier,
      );
    },
    leave.halt,
  );
  const { outcome } = corrected;
  const seen = outcome.after ?? outcome.stored;
  if ((announced || sentBefore) && seen !== undefined) await changes.conclude(jobId, line, seen);
  return { sent: sentOf(sentItem(row, endOf(corrected)), corrected), corrected };
}

/** The version for which an earlier process recorded a write of this row. */
async function announcedVersion(changes: InteractionChanges, jobId: string, line: number): Promise<Version | undefined> {
  const change = await changes.get(jobId, line);
  return change && { tag: change.baseTag, dispositions: parseEntries(change.before) ?? [] };
}

function endOf({ outcome, attempts, latencyMs, vendorBody }: Corrected): Parameters<typeof sentItem>[1] {
  const { message: reason, ...rest } = outcome;
  const isThere = outcome.result === "success" || outcome.result === "unchanged";
  return { ...rest, reason, attempts, latencyMs, vendorBody: isThere ? undefined : vendorBody };
}

function sentOf(item: FinishedCorrection, corrected: Corrected): Sent<FinishedCorrection> {
  const { attempts, attemptLatenciesMs, latencyMs, rateLimited, conflicts, failure } = corrected;
  return {
    item,
    attempts,
    attemptLatenciesMs,
    latencyMs,
    rateLimited,
    conflicts,
    unanswered: failure !== undefined && (item.result === "unknown" || item.result === "exhausted_retries"),
    message: failure?.message,
    // The state machine has already made all allowed attempts.
    again: false,
  };
}
