// The ledger of tagging on the store: the form of an item, its audit entry and its event.

import { isGood } from "../../store/index.ts";
import { RowLedger, type RowLedgerParts } from "../jobs/index.ts";
import type { Instead } from "./instead.ts";
import { decodeRows, encodeRows, lineOf, type PlannedTag } from "./plan.ts";
import { dispositionAssigned, type FinishedTag } from "./result.ts";

interface TagLedgerOptions extends RowLedgerParts {
  readonly campaignId: string;
  /** What is done instead of setting dispositions. */
  readonly instead?: Instead | undefined;
}

const ACTIONS: Readonly<Record<Instead, string>> = { tag: "call.tag", record: "disposition.record" };

/** The ledger of the jobs of one campaign that this replica runs. */
export function createTagLedger({ campaignId, instead, ...parts }: TagLedgerOptions): RowLedger<PlannedTag, FinishedTag> {
  return new RowLedger<PlannedTag, FinishedTag>(parts, {
    kind: "tag",
    encode: encodeRows,
    decode: decodeRows,
    lineOf,
    subjectOf: ({ callId }) => callId,
    action: instead === undefined ? "disposition.assign" : ACTIONS[instead],
    detailsOf: ({ code, reasonCode }) => ({ campaign: campaignId, code, reason: reasonCode }),
    event: "DISPOSITION_ASSIGNED",
    source: `/outdial/campaigns/${encodeURIComponent(campaignId)}`,
    // Receivers of dispositions do not get what was done instead.
    dataOf: (item, time) => (item.result === "tagged" ? dispositionAssigned(item, time) : undefined),
    errorOf: (result) => (result === "refused" ? "validation" : isGood(result) ? undefined : "api"),
    // A locked call whose status is known.
    isSettled: ({ result, callStatus }) => result === "locked" && callStatus !== null,
  });
}
