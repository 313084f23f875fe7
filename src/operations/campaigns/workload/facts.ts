// The facts about a campaign's workload: how they are read, and the stored form.

import { z } from "zod";
import { type Clock, messageOf } from "../../../kernel/index.ts";
import type { Store } from "../../../store/index.ts";
import { type CallOptions, type Capabilities, TenantError } from "../../../tenant/port.ts";
import { type KnownCallbacks, listCallbacks } from "../../tenant-dnc/index.ts";
import type { CampaignMetrics } from "../metrics/index.ts";
import { callbackCounts, occupancy, occupancyOf, pace, paceOf, waitingCallbacks } from "./figures.ts";

/** Far enough back to compute the pace. */
const READINGS_MS = 3.5 * 3_600_000;

const counted = z.number().nullable();

/** JSON. */
export const workloadFacts = z.object({
  /** When it was read. */
  at: z.number(),
  /** Who counts the contacts: the tenant, or outdial from the calls that it knows. */
  countedBy: z.enum(["tenant", "outdial"]),
  list: z.object({ contacts: counted, attempted: counted, final: counted }).nullable(),
  pace: pace.nullable(),
  tellsAgents: z.boolean(),
  occupancy: occupancy.nullable(),
  /** Null when the tenant does not give them, or did not this time. */
  callbacks: waitingCallbacks.nullable(),
  tellsCallbacks: z.boolean(),
  /** Why figures that the tenant should give are missing. */
  problems: z.object({ list: z.string().nullable(), callbacks: z.string().nullable() }),
});
/** The work that is left in a campaign, in the stored form. */
export type WorkloadFacts = z.output<typeof workloadFacts>;

interface WorkloadDeps {
  readonly tenant: Pick<Capabilities, "contactSource" | "metricsSource" | "scheduledCallbacks">;
  readonly facts: Pick<Store["facts"], "attemptedNumbers">;
  readonly metrics: Pick<CampaignMetrics, "series">;
  readonly readings: Pick<Store["tenantReadings"], "add">;
  readonly clock: Clock;
}

/**
 * Reads the work that is left in a campaign. Refusals of the tenant are part of the answer. Throws TenantError `aborted`,
 * StoreError.
 */
export async function readWorkload(
  { tenant, facts, metrics, readings, clock }: WorkloadDeps,
  id: string,
  call: CallOptions,
): Promise<WorkloadFacts> {
  const { contactSource, metricsSource, scheduledCallbacks } = tenant;
  const at = clock.now();
  const tellsCallbacks = scheduledCallbacks.capability.supported;
  const [list, callbacks, figures] = await Promise.all([
    contactSource.counts === undefined
      ? told(async () => ({ contacts: null, attempted: await facts.attemptedNumbers(id), final: null }))
      : told(async () => (await contactSource.counts?.({ campaignId: id }, call)) ?? null),
    tellsCallbacks
      ? told(() => listCallbacks({ source: scheduledCallbacks, readings, clock }, id, call).then(onlyProven))
      : { value: null, problem: null },
    metrics.series(id, at - READINGS_MS, at),
  ]);
  return {
    at,
    countedBy: contactSource.counts === undefined ? "outdial" : "tenant",
    list: list.value,
    pace: paceOf(figures, at) ?? null,
    tellsAgents: metricsSource.agents !== undefined,
    occupancy: occupancyOf(figures, at) ?? null,
    callbacks: callbacks.value === null ? null : callbackCounts(callbacks.value, at),
    tellsCallbacks,
    problems: { list: list.problem, callbacks: callbacks.problem },
  };
}

/** The callbacks of an answer that lacks none of those known; of one that does it is not known how many there are. */
function onlyProven({ listed, doubt }: KnownCallbacks): KnownCallbacks["listed"] {
  if (doubt !== null) throw new TenantError("invalid_reply", doubt);
  return listed;
}

async function told<T>(ask: () => Promise<T>): Promise<{ readonly value: T | null; readonly problem: string | null }> {
  try {
    return { value: await ask(), problem: null };
  } catch (thrown) {
    if (!(thrown instanceof TenantError) || thrown.code === "aborted") throw thrown;
    return { value: null, problem: messageOf(thrown) };
  }
}
