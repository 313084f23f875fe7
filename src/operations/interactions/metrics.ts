// Measurements of a job of corrections, under the names that operators watch.

import type { HistogramSummary } from "../../kernel/index.ts";
import type { ItemCounts } from "../../store/index.ts";
import type { RowJob } from "../jobs/index.ts";
import type { CorrectionResult } from "./machine.ts";

const API_ERRORS: readonly CorrectionResult[] = [
  "conflict_persistent",
  "exhausted_retries",
  "not_found",
  "forbidden",
  "unknown",
  "failed",
];

/** What went wrong with a row, by its result: a rule (ours or the tenant's), or the tenant otherwise. */
export function errorOf(result: string): "validation" | "api" | undefined {
  if (result === "validation_error") return "validation";
  return API_ERRORS.some((one) => one === result) ? "api" : undefined;
}

/** Figures of a job, over the rows that have a result. */
export interface CorrectionMetrics {
  readonly successes: number;
  readonly unchanged: number;
  /** Rows that violated a rule, ours or the tenant's. */
  readonly validationErrors: number;
  /** Rows that the tenant did not accept for other reasons, or that stayed unknown. */
  readonly apiErrors: number;
  /** Share of validation and API errors among all rows with a result; the rate is null when there are none. */
  readonly errorRate: { readonly numerator: number; readonly denominator: number; readonly rate: number | null };
  /** From the first read of an interaction to the last, ms; for the last run. */
  readonly latency: HistogramSummary | undefined;
  /** Writes of the last run that lost against another writer. */
  readonly conflicts: number;
}

/** The figures from what the ledger counts and the last run measured. */
export function correctionMetrics(job: Pick<RowJob, "measured">, counts: ItemCounts): CorrectionMetrics {
  const apiErrors = API_ERRORS.reduce((sum, result) => sum + (counts[result] ?? 0), 0);
  const validationErrors = counts.validation_error ?? 0;
  const numerator = validationErrors + apiErrors;
  const denominator = Object.values(counts).reduce((sum, count) => sum + count, 0);
  return {
    successes: counts.success ?? 0,
    unchanged: counts.unchanged ?? 0,
    validationErrors,
    apiErrors,
    errorRate: { numerator, denominator, rate: denominator === 0 ? null : numerator / denominator },
    latency: job.measured?.items,
    conflicts: job.measured?.conflicts ?? 0,
  };
}
