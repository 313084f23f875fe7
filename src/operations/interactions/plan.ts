// Plans each row of a file of corrections: sent, refused with all reasons, or a duplicate; and its stored text.

import { z } from "zod";
import { type PlanReport, type PlanSink, planRows, type RowPlanner, SeenKeys } from "../jobs/index.ts";
import type { RefusedLine } from "../table/records.ts";
import { type Entry, POLICIES, type Policy } from "./entry.ts";
import { type CorrectionRow, checkCorrection, type PlannedCorrection } from "./row.ts";
import type { DispositionTree, InteractionProblem } from "./tree.ts";

/** One row of a chunk. */
export type PlannedRow =
  | { readonly kind: "send"; readonly correction: PlannedCorrection }
  | {
      readonly kind: "refused";
      readonly line: number;
      readonly interactionId: string;
      readonly code: string;
      readonly agentId: string;
      readonly problems: readonly InteractionProblem[];
      /** Only while planning: the line of an earlier row that is refused together with this one. */
      readonly conflictsWith?: number;
    }
  | {
      readonly kind: "duplicate";
      readonly line: number;
      readonly interactionId: string;
      readonly code: string;
      readonly agentId: string;
      readonly firstLine: number;
    };

type ReadRow = { readonly line: number; readonly record: CorrectionRow } | RefusedLine;

/** The line a planned row came from. */
export function correctionLineOf(row: PlannedRow): number {
  return row.kind === "send" ? row.correction.line : row.line;
}

/** The problem of a row that contradicts another one. */
export function correctionConflict(otherLine: number): InteractionProblem {
  return {
    code: "conflicting_duplicate",
    field: "interaction_id",
    message: `line ${otherLine} contradicts this row about the same interaction; neither row is sent`,
  };
}

/**
 * Plans a whole input. Rows that add different entries to one interaction are sent in order. An equal entry is sent once. The
 * same code by the same agent with another time or description is refused, and so is a replacement together with any other row
 * for its interaction.
 */
export function planCorrections(
  rows: AsyncIterable<ReadRow>,
  tree: DispositionTree,
  sink: PlanSink<PlannedRow>,
  expectedRows = 100_000,
): Promise<PlanReport> {
  const seen: Seen = { interactions: SeenKeys.for(expectedRows), entries: SeenKeys.for(expectedRows) };
  const planner: RowPlanner<ReadRow, PlannedRow> = {
    plan: (read) => planRow(read, tree, seen),
    lineOf: correctionLineOf,
    conflict: (line, otherLine) => ({ line, interactionId: "", problems: [correctionConflict(otherLine)] }),
  };
  return planRows(rows, planner, sink);
}

/** The requests of earlier rows, by interaction and by entry. */
interface Seen {
  readonly interactions: SeenKeys;
  readonly entries: SeenKeys;
}

function planRow(read: ReadRow, tree: DispositionTree, seen: Seen): PlannedRow {
  const { line } = read;
  if (!("record" in read)) {
    const { field, reason: message } = read;
    const problem: InteractionProblem = { code: "unreadable_row", message, ...(field === undefined ? {} : { field }) };
    return { kind: "refused", line, interactionId: "", code: "", agentId: "", problems: [problem] };
  }
  const { interactionId, code, agentId } = read.record;
  const checked = checkCorrection(read.record, tree);
  if ("problems" in checked) return { kind: "refused", line, interactionId, code, agentId, problems: checked.problems };
  const { entry, policy, etag = "" } = checked.ok;
  const body = JSON.stringify([Date.parse(entry.timestamp), entry.description, policy, etag]);
  // Rows that add to an interaction are compatible; a replacement is compatible only with an equal one.
  const manner = policy === "replace" ? JSON.stringify([entry, policy]) : "adds";
  const earlier = [
    seen.interactions.note(interactionId, manner, line),
    seen.entries.note(JSON.stringify([interactionId, code, entry.agent_id]), body, line),
  ];
  const conflict = earlier.find((one) => one !== undefined && !one.same);
  if (conflict !== undefined) {
    const { firstLine } = conflict;
    return {
      kind: "refused",
      line,
      interactionId,
      code,
      agentId,
      problems: [correctionConflict(firstLine)],
      conflictsWith: firstLine,
    };
  }
  const [, same] = earlier;
  if (same !== undefined) return { kind: "duplicate", line, interactionId, code, agentId, firstLine: same.firstLine };
  return { kind: "send", correction: checked.ok };
}

const stored = z.array(
  z.union([
    z.tuple([z.number(), z.string(), z.string(), z.number()], z.string()),
    z.tuple(
      [
        z.number(),
        z.string(),
        z.string(),
        z.array(z.object({ code: z.string(), message: z.string(), field: z.string().optional() })),
      ],
      z.string(),
    ),
    z.tuple([z.number(), z.string(), z.string(), z.enum(POLICIES), z.string(), z.string(), z.string()], z.string()),
  ]),
);

/** The stored text of a chunk. */
export function encodeCorrections(rows: readonly PlannedRow[]): string {
  return JSON.stringify(
    rows.map((row) => {
      if (row.kind === "duplicate") return [row.line, row.interactionId, row.code, row.firstLine, row.agentId];
      if (row.kind === "refused") return [row.line, row.interactionId, row.code, row.problems, row.agentId];
      const { line, interactionId, policy, entry, etag } = row.correction;
      const { code, agent_id, timestamp, description } = entry;
      return [line, interactionId, code, policy, agent_id, timestamp, description, ...(etag === undefined ? [] : [etag])];
    }),
  );
}

/** Reads back what `encodeRows` wrote. */
export function decodeCorrections(payload: string): PlannedRow[] {
  return stored.parse(JSON.parse(payload)).map((row): PlannedRow => {
    if (isSent(row)) return { kind: "send", correction: decodeCorrection(row) };
    const [line, interactionId, code, last, agentId = ""] = row;
    if (typeof last === "number") return { kind: "duplicate", line, interactionId, code, agentId, firstLine: last };
    return { kind: "refused", line, interactionId, code, agentId, problems: last as readonly InteractionProblem[] };
  });
}

type StoredRow = z.output<typeof stored>[number];
type StoredCorrection = Extract<StoredRow, readonly [number, string, string, Policy, string, ...string[]]>;

const isSent = (row: StoredRow): row is StoredCorrection => typeof row[3] === "string";

function decodeCorrection(row: StoredCorrection): PlannedCorrection {
  const [line, interactionId, code, policy, agent_id, timestamp, description, etag] = row;
  const entry: Entry = { code, description, agent_id, timestamp, source: "api" };
  return { line, interactionId, policy, entry, ...(etag === undefined ? {} : { etag }) };
}
