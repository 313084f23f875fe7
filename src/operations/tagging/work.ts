// How tagging processes a row: one idempotent write; afterwards calls without an answer are read back, and for locked ones the
// status is read.

import type { CallOptions, CallReader, CallState, DispositionWriter } from "../../tenant/port.ts";
import type { OpenItem, RowWork, Sent } from "../jobs/index.ts";
import type { Leave } from "../run/leave.ts";
import { type Assignment, bodyOf, sameDisposition } from "./assignment.ts";
import { conflictProblem, lineOf, type PlannedTag } from "./plan.ts";
import { type FinishedTag, finishedItem, refusedItem, settledBy } from "./result.ts";

/** A planned row that is sent. */
export type SendRow = Extract<PlannedTag, { kind: "send" }>;

/** The work over a tenant's capabilities. */
export function tagWork(writer: DispositionWriter, reader: CallReader): RowWork<PlannedTag, FinishedTag> {
  return {
    lineOf,
    local: localResult,
    async send(row, sentBefore, leave): Promise<Sent<FinishedTag>> {
      const { assignment } = row as SendRow;
      const outcome = await writer.assign(assignment.callId, bodyOf(assignment), callOf(leave));
      const { attempts, attemptLatenciesMs, latencyMs, rateLimited, message, result } = outcome;
      const item = finishedItem(assignment, outcome, sentBefore);
      return {
        item: settledBy(item, sentBefore),
        attempts,
        attemptLatenciesMs,
        latencyMs,
        rateLimited,
        message,
        unanswered: result === "unknown" || result === "failed",
        again: result === "failed",
      };
    },
    async stored(row, leave) {
      const { assignment } = row as SendRow;
      return storedItem(assignment, await reader.read(assignment.callId, callOf(leave)));
    },
    settle(row, open: OpenItem, leave) {
      const { assignment } = row as SendRow;
      const call = callOf(leave);
      return open.result === "locked" ? withStatus(reader, assignment, open, call) : readBack(reader, writer, assignment, call);
    },
  };
}

/** Options of a tagging request. */
export const callOf = ({ halt, confirmed }: Leave): CallOptions => ({ lane: "tagging", halt, confirmed });

/** Reads the status of a locked call, which says why it is locked. */
async function withStatus(
  reader: CallReader,
  assignment: Assignment,
  { attempts, latencyMs }: OpenItem,
  options: CallOptions,
): Promise<FinishedTag> {
  const call = await reader.read(assignment.callId, options);
  const callStatus = call?.status ?? "not_found";
  return { ...sentItem(assignment, "locked"), attempts, latencyMs: latencyMs ?? undefined, statusCode: 409, callStatus };
}

/** Reads the call; when the disposition is not stored, sends it once more. */
async function readBack(
  reader: CallReader,
  writer: DispositionWriter,
  assignment: Assignment,
  options: CallOptions,
): Promise<FinishedTag> {
  const call = await reader.read(assignment.callId, options);
  if (call === undefined)
    return { ...sentItem(assignment, "not_found"), statusCode: 404, reason: "the tenant does not know the call" };
  const stored = storedItem(assignment, call);
  if (stored !== undefined) return stored;
  const outcome = await writer.assign(assignment.callId, bodyOf(assignment), options);
  return { ...finishedItem(assignment, outcome, true), callStatus: call.status };
}

/** The item of a row whose disposition the call has; undefined when it has another one, or none. */
function storedItem(assignment: Assignment, call: CallState | undefined): FinishedTag | undefined {
  if (call?.disposition === undefined || !sameDisposition(assignment, call.disposition)) return undefined;
  return { ...sentItem(assignment, "tagged"), reason: "settled by reading back", callStatus: call.status };
}

/** The result of a row that is not sent, or undefined for one that is. */
function localResult(row: PlannedTag, conflictsWith: number | undefined): FinishedTag | undefined {
  if (row.kind === "refused") return refusedItem(row);
  if (row.kind === "duplicate") {
    return {
      line: row.line,
      callId: row.callId,
      code: row.code,
      result: "duplicate",
      reason: `the same as line ${row.firstLine}`,
      attempts: 0,
    };
  }
  if (conflictsWith === undefined) return undefined;
  const { line, callId, dispositionCodeId: code } = row.assignment;
  return refusedItem({ line, callId, code, problems: [conflictProblem(conflictsWith)] });
}

function sentItem(assignment: Assignment, result: FinishedTag["result"]): FinishedTag {
  return {
    line: assignment.line,
    callId: assignment.callId,
    code: assignment.dispositionCodeId,
    reasonCode: assignment.reasonCodeId,
    result,
    attempts: 0,
  };
}
