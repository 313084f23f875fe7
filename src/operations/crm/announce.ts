// Announces each retrieval to the CRM once: the event is written to the outbox in the transaction that records it, and delivered
// from there.

import { cohortTally, localTime, type OutcomeMap, type ReportSource, readCoverage, readRun } from "../../outcomes/index.ts";
import type { CrmLedger, Retrieval, RetrievalLedger } from "../../store/index.ts";
import { cloudEvent } from "../events/index.ts";
import { heldIn } from "../retrieval/held.ts";
import { crmEnvelope } from "./envelope.ts";

/** Runs per query. */
const BATCH = 50;

interface AnnouncerDependencies {
  readonly ledger: Pick<CrmLedger, "announce" | "unannounced">;
  readonly retrievals: Pick<RetrievalLedger, "get" | "held">;
  readonly lake: ReportSource;
  /** The tenant's vendor profile. */
  readonly profile: string | undefined;
  readonly map: OutcomeMap;
  /** Name of the receiver of events. */
  readonly receiver: string;
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
      { eventId: event.id, endpoint: deps.receiver, subject: event.subject, type: event.type, body },
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
