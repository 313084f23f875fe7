// Which verbs a campaign's page offers: those that would change something, as far as its state is known. Pure.

import type { ApiTypes } from "../../server/index.ts";

/** A state that was read longer ago, ms, may have changed: then both pause and resume are offered. */
const KNOWN_MS = 5 * 60_000;

type Known = Pick<ApiTypes.CampaignSummary, "status" | "failover"> & {
  readonly known: Pick<ApiTypes.CampaignSummary["known"], "status">;
};

/** @param now ms since the epoch */
export function offeredVerbs({ status, known, failover }: Known, now: number): readonly ApiTypes.CampaignVerb[] {
  const { at, code } = known.status;
  const isKnown = code === null && at !== null && now - Date.parse(at) <= KNOWN_MS;
  const is = (state: string) => isKnown && status?.toLowerCase() === state;
  return [
    ...(is("paused") ? [] : (["pause"] as const)),
    ...(is("active") ? [] : (["resume"] as const)),
    ...(failover === null || failover.phase === "failed-over" ? [] : (["failover"] as const)),
    ...(failover === null || failover.phase === "watching" ? [] : (["failback"] as const)),
    ...(failover === null ? [] : (["drill"] as const)),
  ];
}
