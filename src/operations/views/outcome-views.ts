// Retrievals and their schedules as people and programs see them.

import type { Retrieval, RetrievalSchedule } from "../../store/index.ts";
import type { RetrievalView, ScheduleView } from "./schemas/outcomes.ts";
import { timeText } from "./texts.ts";

export function retrievalViewOf(one: Retrieval): RetrievalView {
  return {
    jobId: one.jobId,
    campaignId: one.campaignId,
    from: timeText(one.from),
    to: timeText(one.to),
    codes: one.codes === null ? null : [...one.codes],
    status: one.status,
    actor: one.actor,
    windows: one.totals.windows,
    windowsDone: one.totals.windowsDone,
    rows: one.totals.rows,
    calls: one.calls,
    complianceHash: one.complianceHash,
    quarantined: { ...one.totals.quarantined },
    createdAt: timeText(one.createdAt),
    finishedAt: timeText(one.finishedAt),
  };
}

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
