// What is done instead of setting dispositions of finished calls, where a tenant cannot set them: a person chooses it, and outdial says
// that a disposition was stored only of a call that was still active.

import {
  type AssignOutcome,
  type CallOptions,
  type Capability,
  type DispositionTagger,
  type DispositionWriter,
  requireSupported,
} from "../../tenant/port.ts";
import { OperationError } from "../error.ts";
import type { RowWork, Sent } from "../jobs/index.ts";
import type { Leave } from "../run/leave.ts";
import { type Assignment, bodyOf } from "./assignment.ts";
import type { PlannedTag } from "./plan.ts";
import { type FinishedTag, finishedItem, settledBy } from "./result.ts";
import { callOf, type SendRow } from "./work.ts";

/**
 * `tag`: a tag with the code is added to the call. `record`: it is recorded in the ledger and the audit log, and nothing is written
 * at the tenant, which is only asked whether it has the call.
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

/** Work that records each correction of a call that the tenant has, and sends nothing but the question for the call. */
export function recordWork(tagger: DispositionTagger): Pick<RowWork<PlannedTag, FinishedTag>, "send" | "settle"> {
  return workWith(async ({ callId }, call) => {
    const outcome = await tagger.look(callId, call);
    return [outcome, outcome.result === "unchanged" ? "recorded" : undefined];
  });
}

/** Work that adds tags. A tag that may have been added is sent again: a call has each tag only once, and tags cannot be read back. */
export function taggerWork(tagger: DispositionTagger): Pick<RowWork<PlannedTag, FinishedTag>, "send" | "settle"> {
  return workWith(async (assignment, call) => [await tagger.add(assignment.callId, bodyOf(assignment), call), undefined]);
}

function workWith(
  act: (assignment: Assignment, call: CallOptions) => Promise<readonly [AssignOutcome, FinishedTag["result"] | undefined]>,
): Pick<RowWork<PlannedTag, FinishedTag>, "send" | "settle"> {
  const done = async (row: PlannedTag, sentBefore: boolean, leave: Leave) => {
    const { assignment } = row as SendRow;
    const [outcome, result] = await act(assignment, callOf(leave));
    const item = finishedItem(assignment, outcome, result === undefined && sentBefore);
    return { outcome, item: result === undefined ? item : { ...item, result } };
  };
  return {
    async send(row, sentBefore, leave): Promise<Sent<FinishedTag>> {
      const { outcome, item } = await done(row, sentBefore, leave);
      const { attempts, attemptLatenciesMs, latencyMs, rateLimited, message, result } = outcome;
      const unanswered = result === "unknown" || result === "failed";
      const settled = settledBy(item, sentBefore);
      return {
        item: settled,
        attempts,
        attemptLatenciesMs,
        latencyMs,
        rateLimited,
        message,
        unanswered,
        again: result === "failed",
      };
    },
    settle: async (row, { result }, leave) => settledBy((await done(row, true, leave)).item, result !== "failed"),
  };
}
