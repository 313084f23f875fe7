// What is done instead of setting dispositions, where a tenant cannot set them: a person chooses it, and outdial never says that
// a disposition was stored.

import { type Capability, type DispositionTagger, type DispositionWriter, requireSupported } from "../../tenant/port.ts";
import { OperationError } from "../error.ts";
import type { RowWork, Sent } from "../jobs/index.ts";
import { lineOf, type PlannedRow } from "./plan.ts";
import { type FinishedItem, finishedItem, settledBy } from "./result.ts";
import { callOf, localResult, type SendRow } from "./work.ts";

/**
 * `tag`: a tag with the code is added to the call. `record`: it is recorded in the ledger and the audit log, and nothing is sent
 * to the tenant.
 */
export const INSTEAD = ["tag", "record"] as const;
/** What is done instead of setting a disposition: see `INSTEAD`. */
export type Instead = (typeof INSTEAD)[number];

/** What a job does instead, from its stored options. */
export function insteadIn(options: unknown): Instead | undefined {
  const named = typeof options === "object" && options !== null && "instead" in options ? options.instead : undefined;
  return INSTEAD.find((one) => one === named);
}

/**
 * Refuses what this tenant cannot do, before anything is planned. @param instead what to do instead of setting dispositions
 * @throws TenantError `unsupported` where dispositions cannot be set and `instead` is not given; OperationError `invalid_input`
 * where they can, or a tag cannot
 */
export function requireWay({ capability, tagger }: DispositionWriter, instead: Instead | undefined): void {
  if (instead === undefined) return requireSupported("set the disposition of a finished call", capability);
  const problem = problemWith(instead, capability, tagger);
  if (problem !== undefined) throw new OperationError("invalid_input", `--instead ${instead}: ${problem}`);
}

function problemWith(instead: Instead, { supported }: Capability, tagger: DispositionTagger | undefined): string | undefined {
  if (supported) return "this tenant sets dispositions itself; nothing is needed in their place";
  return instead === "tag" && tagger === undefined ? "this tenant has no tags for calls" : undefined;
}

/** Work that records each correction in the ledger and sends nothing. */
export function recordWork(): RowWork<PlannedRow, FinishedItem> {
  const recorded = ({ assignment: { line, callId, dispositionCodeId: code } }: SendRow): FinishedItem => ({
    line,
    callId,
    code,
    result: "recorded",
    attempts: 0,
  });
  return {
    lineOf,
    local: (row, conflictsWith) => localResult(row, conflictsWith) ?? (row.kind === "send" ? recorded(row) : undefined),
    // Every row has its result before anything would be sent.
    send: () => Promise.reject(new Error("a correction that is only recorded was to be sent")),
    settle: (row) => Promise.resolve(recorded(row as SendRow)),
  };
}

/** Work that adds tags. A tag that may have been added is sent again: a call has each tag only once. */
export function taggerWork(tagger: DispositionTagger): Pick<RowWork<PlannedRow, FinishedItem>, "send" | "settle"> {
  return {
    async send(row, sentBefore, leave): Promise<Sent<FinishedItem>> {
      const { assignment } = row as SendRow;
      const outcome = await tagger.add(assignment.callId, assignment.dispositionCodeId, callOf(leave));
      const { attempts, attemptLatenciesMs, latencyMs, rateLimited, message, result } = outcome;
      const item = settledBy(finishedItem(assignment, outcome, sentBefore), sentBefore);
      const unanswered = result === "unknown" || result === "failed";
      return { item, attempts, attemptLatenciesMs, latencyMs, rateLimited, message, unanswered, again: result === "failed" };
    },
    async settle(row, { result }, leave) {
      const { assignment } = row as SendRow;
      const outcome = await tagger.add(assignment.callId, assignment.dispositionCodeId, callOf(leave));
      // The tags of a call cannot be read back.
      return settledBy(finishedItem(assignment, outcome, true), result !== "failed");
    },
  };
}
