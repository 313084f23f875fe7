// Pausing through a service: it carries the stop out, and goes on with it whether it is followed or not.

import { z } from "zod";
import type { Clock } from "../../kernel/index.ts";
import type { StateChange, StopReport } from "../../operations/index.ts";
import { begunStop, campaignResult, type StopResult, stopResult } from "../../operations/views/index.ts";
import type { ServiceAddress } from "./address.ts";
import { ServiceClient } from "./client.ts";

/** Looks at a stop under way are so far apart, ms. */
const LOOK_MS = 1_000;

export interface PauseOverService {
  readonly reason: string | undefined;
  /** So long an emergency stop is followed, ms; the service goes on with it. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly warn: (message: string) => void;
}

/** Pauses every campaign of the service's tenant. Throws OutdialError with the service's code. */
export async function stopOverService(
  address: ServiceAddress,
  { reason, timeoutMs, signal, clock, warn }: PauseOverService,
): Promise<StopReport> {
  const client = new ServiceClient(address);
  const begun = await client.json(begunStop, "/campaigns/stop", { method: "POST", body: { reason } });
  for (const line of begun.ignored) warn(`not used: ${line}`);
  const until = clock.now() + timeoutMs;
  let stop: StopResult = begun;
  while (stop.endedAt === null && clock.now() < until) {
    await clock.sleep(LOOK_MS, signal);
    stop = await client.json(stopResult, `/campaigns/stops/${encodeURIComponent(begun.id)}`, { signal });
  }
  if (stop.endedAt === null)
    warn(`${stop.id} goes on at the service: GET /api/v1/campaigns/stops/${stop.id} tells how far it is`);
  const { changes, alreadyPaused, listProblem } = stop;
  return {
    changes: changes.map(changeOf),
    alreadyPaused,
    listProblem,
    known: changes.filter(({ known }) => known === "known").map(({ campaignId }) => campaignId),
  };
}

/** Pauses campaigns by name. */
export async function pauseOverService(
  address: ServiceAddress,
  campaigns: readonly string[],
  { reason, signal }: Pick<PauseOverService, "reason" | "signal">,
): Promise<readonly StateChange[]> {
  const items = z.strictObject({ items: z.array(campaignResult) });
  const answer = await new ServiceClient(address).json(items, "/campaigns/pause", {
    method: "POST",
    body: { campaigns, reason },
    signal,
  });
  return answer.items.map(changeOf);
}

type Result = z.output<typeof campaignResult> | StopResult["changes"][number];

function changeOf(one: Result): StateChange {
  const { campaignId, status, confirmed, already, message } = one;
  return {
    campaignId,
    target: "paused",
    outcome: OUTCOMES[status] ?? (already ? "already" : "changed"),
    shown: null,
    confirmed,
    activeCalls: "activeCalls" in one ? one.activeCalls : null,
    message,
    code: null,
  };
}

/** What was not tried is not paused; what a person resumed meanwhile dials. */
const OUTCOMES: Readonly<Partial<Record<Result["status"], StateChange["outcome"]>>> = {
  failed: "failed",
  pending: "failed",
  resumed: "superseded",
  unknown: "unknown",
};
