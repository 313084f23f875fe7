// The work of a job of corrections on a row: the state machine, exclusive on its interaction among all processes, with each write
// recorded beforehand.

import type { Clock, RandomStream } from "../../kernel/index.ts";
import type { InteractionChanges, JobLedger, SessionLocks } from "../../store/index.ts";
import type { InteractionDispositions } from "../../tenant/port.ts";
import { owned, type RowWork, type Sent } from "../jobs/index.ts";
import type { Leave } from "../run/leave.ts";
import { type Corrected, correctDisposition } from "./correct.ts";
import type { Version } from "./entry.ts";
import { conflictProblem, lineOf, type PlannedRow } from "./plan.ts";
import { type FinishedCorrection, parseEntries, sentItem, unsentItem } from "./result.ts";
import { type DispositionTree, type ExclusiveRules, indexTree, validateMerged } from "./tree.ts";

export interface CorrectionWorkDependencies {
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
export function correctionWork(jobId: string, deps: CorrectionWorkDependencies): RowWork<PlannedRow, FinishedCorrection> {
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
