// Emergency stops as the API shows them: a campaign is called paused only when the tenant shows it as paused.

import type { EmergencyStopReport } from "../campaigns/state/emergency-stop.ts";
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
    changes: campaigns.filter(({ outcome }) => outcome !== "listed" && outcome !== "seen").map((one) => changeOf(one, ended)),
    seenPaused: campaigns.filter(({ outcome }) => outcome === "seen").map(({ campaignId }) => campaignId),
    alreadyPaused: campaigns.filter(({ outcome }) => outcome === "listed").map(({ campaignId }) => campaignId),
  };
}

/** A campaign of a stop that goes on. */
export const stoppedOf = (stopped: Stopped): StopResult["changes"][number] => changeOf(stopped, false);

/**
 * Whether it is known that no campaign dials: each was confirmed paused, or seen paused by a look at it after the stop was given, and
 * the tenant's list lacks nothing that is known. A campaign that a person resumed since is none of them. Of a stop that a later one
 * goes on with, that one knows it; of one that goes on, nobody does yet.
 */
export const isAllPaused = ({
  changes,
  alreadyPaused,
  listProblem,
  supersededBy,
  endedAt,
}: Pick<StopResult, "changes" | "alreadyPaused" | "listProblem" | "supersededBy" | "endedAt">): boolean =>
  endedAt !== null &&
  supersededBy === null &&
  listProblem === null &&
  alreadyPaused.length === 0 &&
  changes.every(({ confirmed }) => confirmed);

function common({
  id,
  actor,
  reason,
  scope,
  createdAt,
  endedAt,
  supersededBy,
  carriedOut,
  lastSign,
  listProblem,
}: Omit<EmergencyStopReport["stop"], "run" | "executor">) {
  return {
    id,
    actor,
    reason,
    scope,
    createdAt: timeText(createdAt),
    endedAt: timeText(endedAt),
    supersededBy,
    carriedOut,
    lastSign: timeText(lastSign),
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
