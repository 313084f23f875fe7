// The result of a correction for the ledger, the audit log and the event.

import { z } from "zod";
import type { FinishedItem } from "../jobs/index.ts";
import type { Entry, Policy } from "./entry.ts";
import type { CorrectionResult } from "./machine.ts";
import type { PlannedCorrection } from "./row.ts";

/** An item for the ledger; `duplicate` of another row, or the result of the correction. `attempts`: writes sent. */
export interface FinishedCorrection extends FinishedItem {
  readonly interactionId: string;
  readonly code: string;
  /** As the row has it, where nothing was sent. */
  readonly agentId?: string;
  readonly entry: Entry | undefined;
  readonly policy: Policy | undefined;
  readonly result: CorrectionResult | "duplicate";
  readonly before?: readonly Entry[] | undefined;
  /** Version tags as the tenant gave them. */
  readonly tagBefore?: string | undefined;
  readonly tagAfter?: string | undefined;
  readonly after?: readonly Entry[] | undefined;
  readonly intended?: readonly Entry[] | undefined;
  readonly stored?: readonly Entry[] | undefined;
}

/** The item of a row for which nothing was sent. */
export function unsentItem(
  row: { readonly line: number; readonly interactionId: string; readonly code: string; readonly agentId: string },
  result: "validation_error" | "duplicate",
  reason: string,
): FinishedCorrection {
  const { line, interactionId, code, agentId } = row;
  return { line, interactionId, code, agentId, entry: undefined, policy: undefined, result, reason, attempts: 0 };
}

/** Name of the event of a correction. */
export const DISPOSITION_UPDATED = "DISPOSITION_UPDATED";

/** Data of the event: the stored entry, and the duration in milliseconds. */
export function dispositionUpdated(
  item: Pick<FinishedCorrection, "interactionId" | "latencyMs">,
  entry: Entry,
): Record<string, unknown> {
  return {
    interaction_id: item.interactionId,
    code: entry.code,
    agent_id: entry.agent_id,
    timestamp: entry.timestamp,
    latency_ms: Math.round((item.latencyMs ?? 0) * 100) / 100,
  };
}

const entries = z.array(
  z.object({
    code: z.string(),
    description: z.string(),
    agent_id: z.string(),
    timestamp: z.string(),
    source: z.string(),
  }),
);

/** Entries from the store; undefined for anything else. */
export function parseEntries(value: unknown): Entry[] | undefined {
  const parsed = entries.safeParse(value);
  return parsed.success ? parsed.data : undefined;
}

/** The item of a correction that was carried out. */
export function sentItem(
  { line, interactionId, entry, policy }: PlannedCorrection,
  ended: Omit<FinishedCorrection, "line" | "interactionId" | "code" | "entry" | "policy">,
): FinishedCorrection {
  return { line, interactionId, code: entry.code, entry, policy, ...ended };
}
