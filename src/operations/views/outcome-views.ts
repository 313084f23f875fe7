// Retrievals and their schedules as people and programs see them.

import type { Retrieval, RetrievalSchedule } from "../../store/index.ts";
import type { RunVerdict } from "../retrieval/verify.ts";
import type { RetrievalVerdict, RetrievalView, ScheduleView } from "./schemas/outcomes.ts";
import { timeText } from "./texts.ts";

/** Share of the requests for pages that returned one, 0..1; null when none was sent. */
export function downloadSuccessRate({ totals }: Pick<Retrieval, "totals">): number | null {
  return totals.attempts === 0 ? null : totals.pagesOk / totals.attempts;
}

/** A retrieval as lists show it. */
export function retrievalViewOf(one: Retrieval): RetrievalView {
  return {
    jobId: one.jobId,
    campaignId: one.campaignId,
    from: timeText(one.from),
    to: timeText(one.to),
    codes: one.codes === null ? null : [...one.codes],
    status: one.status,
    run: one.run,
    actor: one.actor,
    windows: one.totals.windows,
    windowsDone: one.totals.windowsDone,
    pages: one.totals.pagesOk,
    attempts: one.totals.attempts,
    successRate: downloadSuccessRate(one),
    rows: one.totals.rows,
    calls: one.calls,
    complianceHash: one.complianceHash,
    quarantined: { ...one.totals.quarantined },
    createdAt: timeText(one.createdAt),
    finishedAt: timeText(one.finishedAt),
    latencySeconds: latencySeconds(one),
  };
}

/** Seconds from the first start to the end; null before the end. */
export function latencySeconds({ startedAt, finishedAt }: Pick<Retrieval, "startedAt" | "finishedAt">): number | null {
  return startedAt === null || finishedAt === null ? null : (finishedAt - startedAt) / 1000;
}

/** @param verdict undefined while the retrieval has not ended */
export function verdictViewOf(jobId: string, verdict: RunVerdict | undefined): RetrievalVerdict {
  return {
    jobId,
    ended: verdict !== undefined,
    whole: verdict?.ok ?? null,
    calls: verdict?.found.calls ?? null,
    expected: verdict?.expected.calls ?? null,
    damaged: verdict === undefined ? null : { count: verdict.damaged.count, callIds: [...verdict.damaged.callIds] },
  };
}

/** A schedule of retrievals as lists show it. */
export function scheduleViewOf(one: RetrievalSchedule): ScheduleView {
  const { campaignId, everyMs, overlapMs, codes, readTo, nextAt, actor } = one;
  return {
    campaignId,
    everyMs,
    overlapMs,
    codes: codes === null ? null : [...codes],
    readTo: timeText(readTo),
    nextAt: timeText(nextAt),
    actor,
  };
}
