// Emergency stops as the API shows them: a campaign is called paused only when the tenant shows it as paused.

import type { EmergencyStopReport } from "../campaigns/state/emergency-stop.ts";
import type { StopReport } from "../campaigns/state/stop.ts";
import type { EmergencyStop, StopResult } from "./schemas/stops.ts";
import { timeText } from "./texts.ts";

type Stopped = Omit<EmergencyStopReport["campaigns"][number], "updatedAt">;

/** An emergency stop as lists show it. */
export function stopViewOf(stop: EmergencyStopReport["stop"]): EmergencyStop {
  const { scope, ...rest } = common(stop);
  return { ...rest, campaigns: scope };
}

/** An emergency stop with the state of each campaign. */
export function stopResultOf({ stop, campaigns }: EmergencyStopReport): StopResult {
  const { scope: _, ...rest } = common(stop);
  const ended = stop.endedAt !== null;
  return {
    ...rest,
    changes: campaigns.filter(({ outcome }) => outcome !== "listed").map((one) => changeOf(one, ended)),
    alreadyPaused: campaigns.filter(({ outcome }) => outcome === "listed").map(({ campaignId }) => campaignId),
  };
}

/** An emergency stop that was made without a store, and has ended. */
export function storelessStopOf(
  { changes, alreadyPaused, listProblem, known }: StopReport,
  stop: Pick<EmergencyStopReport["stop"], "id" | "actor" | "reason" | "createdAt" | "endedAt">,
): StopResult {
  const { scope: _, ...rest } = common({ ...stop, scope: null, supersededBy: null, executor: null, listProblem });
  const results = changes.map(({ outcome, ...change }) =>
    changeOf(
      {
        ...change,
        outcome: outcome === "superseded" ? null : outcome,
        source: known.includes(change.campaignId) ? "known" : "listed",
        settled: true,
      },
      true,
    ),
  );
  return { ...rest, changes: results, alreadyPaused };
}

function common({
  id,
  actor,
  reason,
  scope,
  createdAt,
  endedAt,
  supersededBy,
  executor,
  listProblem,
}: Omit<EmergencyStopReport["stop"], "run">) {
  return {
    id,
    actor,
    reason,
    scope,
    createdAt: timeText(createdAt),
    endedAt: timeText(endedAt),
    supersededBy,
    carriedOut: executor !== null,
    listProblem,
  };
}

function changeOf(stopped: Stopped, ended: boolean): StopResult["changes"][number] {
  const { campaignId, source, outcome, confirmed, code, activeCalls, settled } = stopped;
  return {
    campaignId,
    status: statusOf(stopped),
    confirmed,
    already: outcome === "already",
    message: messageOf(stopped, ended),
    code,
    activeCalls,
    known: source,
    settled,
  };
}

function statusOf({ outcome, shown }: Stopped): StopResult["changes"][number]["status"] {
  if (outcome === null) return "pending";
  if (outcome === "failed" || outcome === "unknown" || outcome === "resumed") return outcome;
  return shown === false ? "unknown" : "paused";
}

function messageOf({ message, confirmed, outcome }: Stopped, ended: boolean): string {
  if (message !== null) return message;
  if (confirmed) return "the tenant shows it paused, and no call under way";
  if (outcome === null) return ended ? "it was not tried before the stop ended" : "it was not tried yet";
  return "not confirmed yet";
}
