// Rows of a file of corrections: how they are read, and the local rules for a row.

import { nearest } from "../../kernel/index.ts";
import { idProblem, shown } from "../jobs/row-values.ts";
import { type RecordFormat, type RecordOptions, type RefusedLine, readRecords } from "../table/records.ts";
import { type Entry, POLICIES, type Policy } from "./entry.ts";
import { codeProblems, type DispositionTree, type InteractionProblem, isOffsetTime } from "./tree.ts";

/** A correction that passed every local rule. */
export interface PlannedCorrection {
  readonly line: number;
  readonly interactionId: string;
  readonly entry: Entry;
  readonly policy: Policy;
  /** The version tag that the interaction must have; undefined for any version. */
  readonly etag?: string;
}

/** A row as read: every field as text, not yet checked. Line 1 is the first line of the file. */
export interface CorrectionRow {
  readonly line: number;
  readonly interactionId: string;
  readonly code: string;
  readonly description: string;
  readonly agentId: string;
  readonly timestamp: string;
  readonly policy: string;
  readonly etag: string;
}

/** How a file is read. */
export interface CorrectionOptions extends Omit<RecordOptions, "done"> {
  /** For rows without one; default `append`. */
  readonly policy?: Policy | undefined;
  /** For rows without one; by default such rows are refused. */
  readonly timestamp?: string | undefined;
}

type Field = "interaction_id" | "code" | "description" | "agent_id" | "timestamp" | "policy" | "etag";

const FORMAT: RecordFormat<Field> = {
  fields: [
    { field: "interaction_id", names: ["interaction_id", "interactionid", "interaction"], required: true, id: true },
    { field: "code", names: ["code", "disposition_code"], required: true },
    { field: "description", names: ["description"] },
    { field: "agent_id", names: ["agent_id", "agentid", "agent"], required: true },
    { field: "timestamp", names: ["timestamp", "time"] },
    { field: "policy", names: ["policy"] },
    { field: "etag", names: ["etag", "if_match", "version_tag"] },
  ],
};

/**
 * Reads rows in constant memory, CSV or NDJSON.
 * @throws OperationError `invalid_input` when the file as a whole cannot be read
 */
export function readCorrections(
  bytes: AsyncIterable<Uint8Array>,
  options: CorrectionOptions,
): AsyncGenerator<{ readonly line: number; readonly record: CorrectionRow } | RefusedLine> {
  const { format, delimiter, mapping } = options;
  return readRecords(
    bytes,
    FORMAT,
    (cells): CorrectionRow => ({
      line: cells.line,
      interactionId: cells.text("interaction_id"),
      code: cells.text("code"),
      description: cells.text("description"),
      agentId: cells.text("agent_id"),
      timestamp: cells.text("timestamp") || (options.timestamp ?? ""),
      policy: cells.text("policy") || (options.policy ?? "append"),
      etag: cells.text("etag"),
    }),
    { format, delimiter, mapping, done: "Nothing was sent." },
  );
}

function timeProblem(text: string): InteractionProblem | undefined {
  const field = "timestamp";
  if (text === "") return { code: "missing_field", field, message: "timestamp is empty; write it as 2026-06-16T15:00:00Z" };
  if (isOffsetTime(text)) return undefined;
  const naive = isOffsetTime(`${text}Z`);
  return {
    code: "malformed_timestamp",
    field,
    message: `timestamp ${shown(text)} ${naive ? "has no offset from UTC, such as Z or -05:00" : "is not an ISO 8601 time with an offset, such as 2026-06-16T15:00:00Z"}`,
  };
}

/** Tags are sent in a header, as they were received. */
function etagProblem(text: string): InteractionProblem | undefined {
  if (/^[\x20-\x7e]{0,256}$/.test(text)) return undefined;
  return {
    code: "malformed_etag",
    field: "etag",
    message: `etag ${shown(text)} is no version tag: at most 256 printable ASCII characters`,
  };
}

function policyOf(text: string): Policy | InteractionProblem {
  const policy = POLICIES.find((one) => one === text.toLowerCase());
  if (policy !== undefined) return policy;
  const near = nearest(text, POLICIES);
  const hint = near === undefined ? "" : `; did you mean ${near}?`;
  return {
    code: "unknown_policy",
    field: "policy",
    message: `policy ${shown(text)} is not one of ${POLICIES.join(", ")}${hint}`,
  };
}

/**
 * Checks one row against every local rule and returns all problems. The merged result is checked again later. An empty
 * description is replaced by the code's own.
 */
export function checkCorrection(
  row: CorrectionRow,
  tree: DispositionTree,
): { ok: PlannedCorrection } | { problems: readonly InteractionProblem[] } {
  const codeForm = idProblem("code", row.code);
  const policy = policyOf(row.policy);
  const problems: (InteractionProblem | undefined)[] = [
    idProblem("interaction_id", row.interactionId),
    ...(codeForm === undefined ? codeProblems(row.code, tree) : [codeForm]),
    idProblem("agent_id", row.agentId),
    timeProblem(row.timestamp),
    typeof policy === "string" ? undefined : policy,
    etagProblem(row.etag),
    [row.interactionId, row.description, row.agentId].some((text) => text.includes("\uFFFD"))
      ? { code: "not_utf8", message: "the row has bytes that are not UTF-8; save the file as UTF-8" }
      : undefined,
  ];
  const found = problems.filter((problem) => problem !== undefined);
  if (found.length > 0 || typeof policy !== "string") return { problems: found };
  const { line, interactionId, code, agentId, timestamp, etag } = row;
  const description = row.description === "" ? (tree.get(code)?.description ?? "") : row.description;
  const entry: Entry = { code, description, agent_id: agentId, timestamp, source: "api" };
  return { ok: { line, interactionId, policy, entry, ...(etag === "" ? {} : { etag }) } };
}
