// Retrievals and their schedules as people and programs see them.

import type { Retrieval, RetrievalSchedule } from "../../store/index.ts";
import { type ComparedRetrieval, comparedOf } from "../retrieval/compared.ts";
import { type RunVerdict, wholeOf } from "../retrieval/reconcile.ts";
import type { RetrievalRequest } from "../retrieval/request.ts";
import { splitWindows } from "../retrieval/windows.ts";
import { stopOf } from "../run/reason.ts";
import type { RetrievalPlan, RetrievalVerdict, RetrievalView, ScheduleView } from "./schemas/outcomes.ts";
import { timeText } from "./texts.ts";

/** Share of the requests for pages that returned one, 0..1; null when none was sent. */
function downloadSuccessRate({ totals }: Pick<Retrieval, "totals">): number | null {
  return totals.attempts === 0 ? null : totals.pagesOk / totals.attempts;
}

/** A retrieval as lists show it. */
export function retrievalViewOf(one: Retrieval): RetrievalView {
  const compared = comparedOf(one);
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
    pagesFailed: one.totals.pagesFailed,
    attempts: one.totals.attempts,
    successRate: downloadSuccessRate(one),
    rows: one.totals.rows,
    bytes: one.totals.bytes,
    unfinished: one.totals.unfinished,
    calls: one.calls,
    complianceHash: one.complianceHash,
    quarantined: { ...one.totals.quarantined },
    whole: one.complianceHash === null ? null : wholeOf({ ok: true, codes: one.codes, compared }),
    ...comparedViewOf(compared),
    stop: stopOf(one.error) ?? null,
    createdAt: timeText(one.createdAt),
    finishedAt: timeText(one.finishedAt),
    latencySeconds: latencySeconds(one),
  };
}

function comparedViewOf({ numbers = null, doubt = null }: Partial<ComparedRetrieval> = {}) {
  return { compared: numbers?.map(({ by, count, below }) => ({ by, count, below })) ?? null, doubt };
}

/** What a checked request would ask the tenant for. */
export function retrievalPlanOf({
  request,
  warnings,
}: {
  readonly request: RetrievalRequest;
  readonly warnings: readonly string[];
}): RetrievalPlan {
  const { campaignId, from, to, codes, limit } = request;
  const windows = splitWindows(request).map((window) => ({ from: timeText(window.from), to: timeText(window.to) }));
  return { campaignId, from: timeText(from), to: timeText(to), codes, limit, warnings, windows };
}

/** Seconds from the first start to the end; null before the end, and when a clock was set back between the two. */
function latencySeconds({ startedAt, finishedAt }: Pick<Retrieval, "startedAt" | "finishedAt">): number | null {
  return startedAt === null || finishedAt === null || finishedAt < startedAt ? null : (finishedAt - startedAt) / 1000;
}

/** @param verdict undefined while the retrieval has not ended */
export function verdictViewOf(jobId: string, verdict: RunVerdict | undefined): RetrievalVerdict {
  return {
    jobId,
    ended: verdict !== undefined,
    whole: verdict?.whole ?? null,
    calls: verdict?.found.calls ?? null,
    expected: verdict?.expected.calls ?? null,
    hash: verdict?.found.hash ?? null,
    expectedHash: verdict?.expected.hash ?? null,
    damaged: verdict === undefined ? null : { count: verdict.damaged.count, callIds: [...verdict.damaged.callIds] },
    erased: verdict?.erased ?? null,
    ...comparedViewOf(verdict?.compared),
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
