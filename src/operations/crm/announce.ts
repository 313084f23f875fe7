// Announces each retrieval to the CRM once: the event is written to the outbox in the transaction that records it, and delivered
// from there.

import {
  type CategoryCounts,
  type Covers,
  cohortTally,
  documentedSummary,
  localTime,
  type OutcomeMap,
  type ReportSource,
  readCoverage,
  readRun,
} from "../../outcomes/index.ts";
import type { CrmLedger, Retrieval, RetrievalLedger } from "../../store/index.ts";
import { cloudEvent } from "../events/index.ts";
import { heldIn } from "../retrieval/held.ts";

/** Runs per query. */
const BATCH = 50;

interface AnnouncerDependencies {
  readonly ledger: Pick<CrmLedger, "announce" | "unannounced">;
  readonly retrievals: Pick<RetrievalLedger, "get" | "held">;
  readonly lake: ReportSource;
  /** The tenant's vendor profile. */
  readonly profile: string | undefined;
  readonly map: OutcomeMap;
  readonly actor: string;
}

/** Tells the CRM of retrievals. */
export interface CrmAnnouncer {
  /** Queues the event of a run that has ended; false when it is not at its end or was announced before. */
  announce(run: Retrieval): Promise<boolean>;
  /**
   * Queues the events of all ended runs that were never announced: left by a killed process, or retrieved before there was a CRM.
   */
  announceAll(): Promise<number>;
}

/** Makes what announces each ended retrieval to the CRM once, as an event in the outbox. */
export function createCrmAnnouncer(deps: AnnouncerDependencies): CrmAnnouncer {
  const announce = async (run: Retrieval): Promise<boolean> => {
    const { jobId, campaignId, from, to, codes, status, startedAt, finishedAt, complianceHash, totals } = run;
    if ((status !== "done" && status !== "partly_failed") || finishedAt === null) return false;
    const asked = { campaigns: [campaignId], from, to: to + 1, map: deps.map, time: localTime("UTC") };
    const coverage = await readCoverage(deps.lake, asked, { held: heldIn(deps), now: to + 1 });
    const scope = { ...asked, coverage: { ...coverage, ...(codes !== null && { out: [] }) } };
    const tally = cohortTally(scope, await readRun(deps.lake, scope, jobId));
    const { covers } = coverage;
    const { pagesOk, attempts } = totals;
    const quarantined = Object.keys(totals.quarantined).length > 0;
    const ended = { jobId, campaignId, from, to, status, pagesOk, attempts, finishedAt, codes, covers, quarantined };
    const data = crmEnvelope(
      { ...ended, startedAt: startedAt ?? finishedAt, complianceHash: complianceHash ?? "" },
      tally,
      deps.map.id,
    );
    const event = { id: `${jobId}-outcomes`, type: "OUTCOMES_RETRIEVED", subject: campaignId, time: finishedAt, data } as const;
    const body = cloudEvent({ ...event, source: `/outdial/campaigns/${encodeURIComponent(campaignId)}` });
    return deps.ledger.announce(
      jobId,
      { eventId: event.id, subject: event.subject, type: event.type, body },
      {
        actor: deps.actor,
        action: "crm.announce",
        subject: campaignId,
        job: jobId,
        details: { campaign: campaignId, event: event.id, calls: tally.calls, definition: deps.map.id },
      },
    );
  };
  return {
    announce,
    async announceAll() {
      let announced = 0;
      for (;;) {
        const ids = await deps.ledger.unannounced(BATCH);
        let moved = 0;
        for (const id of ids) {
          const run = await deps.retrievals.get(id);
          if (run !== undefined && (await announce(run))) moved += 1;
        }
        announced += moved;
        // None of a full batch could be announced: another process is doing it.
        if (ids.length < BATCH || moved === 0) return announced;
      }
    },
  };
}

// The event on a retrieval for the CRM: the documented envelope with the documented names. Pure.

/** A completed retrieval. */
interface AnnouncedRun {
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
interface RunTally {
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
function crmEnvelope(run: AnnouncedRun, tally: RunTally, definition: string): Readonly<Record<string, unknown>> {
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
