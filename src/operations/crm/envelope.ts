// The event about a retrieval for the CRM: the documented envelope with the documented names. Pure.

import { type CategoryCounts, documentedSummary } from "../../outcomes/index.ts";

/** A retrieval that ran to its end. */
export interface AnnouncedRun {
  readonly jobId: string;
  readonly campaignId: string;
  /** Earliest and latest start of the calls asked for, ms since the epoch, both inclusive. */
  readonly from: number;
  readonly to: number;
  readonly startedAt: number;
  readonly finishedAt: number;
  readonly status: "done" | "partly_failed";
  readonly pagesOk: number;
  /** Requests sent for pages. */
  readonly attempts: number;
  readonly complianceHash: string;
}

/** What the run brought, each call once. */
export interface RunTally {
  readonly calls: number;
  readonly seconds: number;
  readonly counts: CategoryCounts;
  readonly unmapped: number;
}

const STATUS = { done: "COMPLETED", partly_failed: "COMPLETED_WITH_QUARANTINE" } as const;

/**
 * The data of the event. `download_success_rate` (of the requests for pages, those that brought one; null when none was sent) and `conversion_rate`
 * are in percent, at two places. `COMPLETED_WITH_QUARANTINE`: some rows of the vendor were no records and are not among the figures. Beyond the
 * documented members, `audit.outcome_definition` and `metrics.unmapped_records` say what the figures rest on.
 */
export function crmEnvelope(run: AnnouncedRun, tally: RunTally, definition: string): Readonly<Record<string, unknown>> {
  const summary = documentedSummary(tally);
  const iso = (at: number) => new Date(at).toISOString();
  return {
    metrics: {
      extraction_latency_seconds: (run.finishedAt - run.startedAt) / 1000,
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
      status: STATUS[run.status],
      records_processed: tally.calls,
      compliance_hash: run.complianceHash,
      completed_at: iso(run.finishedAt),
      outcome_definition: definition,
    },
  };
}
