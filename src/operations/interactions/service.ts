// Operations on corrections of closed interactions: read one, check a correction without sending, make a job from a file and run
// it.

import type { Clock, RandomStream } from "../../kernel/index.ts";
import type { AuditInput, InteractionChanges, JobLedger, SessionLocks } from "../../store/index.ts";
import { type InteractionDispositions, requireSupported } from "../../tenant/port.ts";
import {
  type JobProgress,
  type JobRecords,
  JobRun,
  JobRunner,
  type JobSource,
  owned,
  type PlanReport,
  type PlanSink,
  type Replicas,
  type RowJob,
  type RowLedger,
  type RowWork,
  type Sent,
  submitJob,
} from "../jobs/index.ts";
import type { Kind } from "../run/kind.ts";
import type { Leave } from "../run/leave.ts";
import type { Runs } from "../run/runs.ts";
import { type Corrected, correctDisposition } from "./correct.ts";
import { type Entry, type Merge, mergeDispositions, type Version } from "./entry.ts";
import { conflictProblem, lineOf, type PlannedRow, planCorrections } from "./plan.ts";
import { type FinishedCorrection, parseEntries, sentItem, unsentItem } from "./result.ts";
import { type CorrectionOptions, type CorrectionRow, checkCorrection, readCorrections } from "./row.ts";
import { type DispositionTree, type ExclusiveRules, type InteractionProblem, indexTree, validateMerged } from "./tree.ts";

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
  requireSupported("read closed interactions", interactions.capability);
  const { value, lock } = await interactions.read(id);
  const dispositions = value.dispositions.map(
    ({ code, description, agent_id, timestamp, source }): Entry => ({ code, description, agent_id, timestamp, source }),
  );
  return { tag: lock?.tag ?? "", dispositions };
}

/** What a correction would do now. */
export interface CorrectionPreview {
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

interface CorrectionsDependencies extends Omit<CorrectionWorkDependencies, "jobs"> {
  readonly jobs: JobRecords;
  readonly jobLedger: CorrectionWorkDependencies["jobs"];
  readonly ledger: RowLedger<PlannedRow, FinishedCorrection>;
  readonly replicas: Replicas;
  readonly runs: Runs;
  /** See `Kind`. */
  readonly scope: string;
  /** Called when a job stopped before its end for a reason other than an interruption. */
  readonly onStopped?: ((job: RowJob) => void) | undefined;
  /** Writes an entry of the job's own into the audit log. */
  readonly record: (entry: AuditInput) => Promise<void>;
  readonly actor: string;
  /** Concurrent rows. */
  readonly concurrency: number;
}

/** Corrections of closed interactions as jobs: plan, run, find. Errors: OperationError. */
export class Corrections {
  readonly #deps: CorrectionsDependencies;
  readonly #runner: JobRunner;

  constructor(deps: CorrectionsDependencies) {
    this.#deps = deps;
    const { ledger, clock, concurrency, jobLedger } = deps;
    this.#runner = new JobRunner({
      ...deps,
      kind: DISPOSITIONS,
      overlap: OVERLAP,
      openRun: (job, leave) =>
        new JobRun(job.id, {
          ledger,
          work: correctionWork(job.id, { ...deps, jobs: jobLedger }),
          clock,
          concurrency,
          leave,
        }),
    });
  }

  /** The kind of run for the engine. */
  kind(): Kind {
    return this.#runner.kind();
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

  /** The job of an id. Throws OperationError `job_not_found`. */
  find(id: string): Promise<RowJob> {
    return this.#deps.jobs.get(id);
  }

  /** Runs a job to its end; see JobRunner.run. */
  run(id: string, onProgress?: (progress: JobProgress) => void): Promise<RowJob> {
    return this.#runner.run(id, onProgress);
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
    lineOf,
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
  return unsentItem({ line, interactionId, code: entry.code }, "validation_error", conflictProblem(conflictsWith).message);
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
  const { result, message, statusCode, before, after, intended, stored, tagBefore, tagAfter } = outcome;
  return {
    result,
    attempts,
    latencyMs,
    ...(message === undefined ? {} : { reason: message }),
    ...(statusCode === undefined ? {} : { statusCode }),
    ...(vendorBody === undefined || result === "success" || result === "unchanged" ? {} : { vendorBody }),
    ...(tagBefore === undefined ? {} : { tagBefore }),
    ...(tagAfter === undefined ? {} : { tagAfter }),
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
    ...(intended === undefined ? {} : { intended }),
    ...(stored === undefined ? {} : { stored }),
  };
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
