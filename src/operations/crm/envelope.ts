// The event on a retrieval for the CRM: the documented envelope with the documented names. Pure.

import { type CategoryCounts, type Covers, documentedSummary } from "../../outcomes/index.ts";

/** A completed retrieval. */
export interface AnnouncedRun {
  readonly jobId: string;
  readonly campaignId: string;
  /** Earliest and latest start of the requested calls, ms since the epoch, both inclusive. */
  readonly from: number;
  readonly to: number;
  readonly startedAt: number;
  readonly finishedAt: number;
  readonly status: "done" | "partly_failed";
  /** Whether rows of the vendor were put into quarantine. */
  readonly quarantined: boolean;
  readonly pagesOk: number;
  /** Requests sent for pages. */
  readonly attempts: number;
  readonly complianceHash: string;
  /** The codes that were asked for; null for all. */
  readonly codes: readonly string[] | null;
  /** What was read of the days; the figures count the calls of days that have a conversion. */
  readonly covers: Pick<Covers, "known" | "of" | "words" | "days">;
}

/** The calls that the run brought, each once. */
export interface RunTally {
  readonly calls: number;
  readonly seconds: number;
  readonly counts: CategoryCounts;
  readonly unmapped: number;
}

function statusOf({ status, quarantined }: AnnouncedRun): string {
  if (status === "done") return "COMPLETED";
  return quarantined ? "COMPLETED_WITH_QUARANTINE" : "COMPLETED_IN_PART";
}

/**
 * The data of the event. `download_success_rate` (share of page requests that brought a page; null when none was sent) and
 * `conversion_rate` are in percent, with two decimals. `COMPLETED_WITH_QUARANTINE`: some rows of the vendor were not records and
 * are not included; `COMPLETED_IN_PART`: fewer calls came than are known. Without all calls of at least one day, `conversion_rate` is null. In addition to the documented members, `audit.outcome_definition`, `disposition_codes`, `covers` and `metrics.unmapped_records` say what the
 * figures are based on.
 */
export function crmEnvelope(run: AnnouncedRun, tally: RunTally, definition: string): Readonly<Record<string, unknown>> {
  const { known, of, words, days } = run.covers;
  const summary = documentedSummary(tally, run.codes === null && days.some(({ covered }) => covered !== "none"));
  const iso = (at: number) => new Date(at).toISOString();
  return {
    metrics: {
      extraction_latency_seconds: Math.max(0, run.finishedAt - run.startedAt) / 1000,
      download_success_rate: run.attempts === 0 ? null : Math.round((10_000 * run.pagesOk) / run.attempts) / 100,
      total_records: tally.calls,
      conversion_rate: summary.conversion_rate_percent,
      summary,
      unmapped_records: tally.unmapped,
    },
    audit: {
      job_id: run.jobId,
      campaign_id: run.campaignId,
      start_time: iso(run.from),
      end_time: iso(run.to),
      initiated_at: iso(run.startedAt),
      status: statusOf(run),
      records_processed: tally.calls,
      compliance_hash: run.complianceHash,
      completed_at: iso(run.finishedAt),
      outcome_definition: definition,
      disposition_codes: run.codes,
      covers: { known, of, words },
    },
  };
}
