// How a correction ends in the ledger, in the audit log and as an event.

import { z } from "zod";
import type { Entry, Policy } from "./entry.ts";
import type { CorrectionResult } from "./machine.ts";
import type { PlannedCorrection } from "./row.ts";

/** An item as it goes to the ledger; `duplicate` of another row, else how the correction ended. */
export interface FinishedCorrection {
  readonly line: number;
  readonly interactionId: string;
  readonly code: string;
  readonly entry: Entry | undefined;
  readonly policy: Policy | undefined;
  readonly result: CorrectionResult | "duplicate";
  readonly statusCode?: number;
  readonly reason?: string;
  /** What the tenant's last failure of its own said, where the entry could not be written. */
  readonly vendorBody?: string;
  /** Writes sent. */
  readonly attempts: number;
  /** From the first read to the last, ms. */
  readonly latencyMs?: number;
  readonly before?: readonly Entry[];
  /** Version tags as the tenant gave them. */
  readonly tagBefore?: string;
  readonly tagAfter?: string;
  readonly after?: readonly Entry[];
  readonly intended?: readonly Entry[];
  readonly stored?: readonly Entry[];
}

/** An item of a row of which nothing was sent. */
export function unsentItem(
  row: { readonly line: number; readonly interactionId: string; readonly code: string },
  result: "validation_error" | "duplicate",
  reason: string,
): FinishedCorrection {
  const { line, interactionId, code } = row;
  return { line, interactionId, code, entry: undefined, policy: undefined, result, reason, attempts: 0 };
}

/** Name of the event of a correction. */
export const DISPOSITION_UPDATED = "DISPOSITION_UPDATED";

/** Data of the event: the entry as it was stored, and what it took in milliseconds. */
export function dispositionUpdated(item: FinishedCorrection, { entry }: { entry: Entry }): Record<string, unknown> {
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

/** Entries as the store gives them back; undefined for anything else. */
export function parseEntries(value: unknown): Entry[] | undefined {
  const parsed = entries.safeParse(value);
  return parsed.success ? parsed.data : undefined;
}

/** The correction of a row with how it ended. */
export function sentItem(
  { line, interactionId, entry, policy }: PlannedCorrection,
  ended: Omit<FinishedCorrection, "line" | "interactionId" | "code" | "entry" | "policy">,
): FinishedCorrection {
  return { line, interactionId, code: entry.code, entry, policy, ...ended };
}
