// The ledger of corrections on the store: the form of an item, its audit entry and its event.

import { RowLedger, type RowLedgerParts } from "../jobs/index.ts";
import { errorOf } from "./metrics.ts";
import { correctionLineOf, decodeCorrections, encodeCorrections, type PlannedRow } from "./plan.ts";
import { DISPOSITION_UPDATED, dispositionUpdated, type FinishedCorrection } from "./result.ts";

/** The ledger of the jobs of corrections that this replica runs. */
export function createCorrectionLedger(parts: RowLedgerParts): RowLedger<PlannedRow, FinishedCorrection> {
  return new RowLedger<PlannedRow, FinishedCorrection>(parts, {
    kind: "dispositions",
    encode: encodeCorrections,
    decode: decodeCorrections,
    lineOf: correctionLineOf,
    subjectOf: ({ interactionId }) => interactionId,
    action: "interaction.disposition",
    detailsOf: ({ code, agentId, entry, policy, tagBefore, tagAfter, before, after, intended, stored }) => ({
      code,
      // An unreadable row has none.
      agent: entry?.agent_id ?? (agentId || undefined),
      timestamp: entry?.timestamp,
      policy,
      etagBefore: tagBefore,
      etagAfter: tagAfter,
      before,
      after,
      intended,
      stored,
    }),
    event: DISPOSITION_UPDATED,
    source: "/outdial/interactions",
    dataOf: ({ entry, ...item }) =>
      entry !== undefined && item.result === "success" ? dispositionUpdated(item, entry) : undefined,
    errorOf,
    isSettled: () => false,
  });
}
