// Guards the manual resume of one campaign of a failover pair: not while the other one dials, or during a hand-over.

import type { CallOptions, CampaignRunner } from "../../../tenant/port.ts";
import { TenantError } from "../../../tenant/port.ts";
import type { PairReport } from "./pair.ts";
import { pairWords } from "./words.ts";

interface ResumeGuardDeps {
  readonly runner: Pick<CampaignRunner, "status">;
  /** The pair that a campaign is in. */
  readonly pair: (campaignId: string) => Promise<PairReport | undefined>;
}

/**
 * Why a campaign must not be resumed because of its pair; null when it may. Throws TenantError: without an answer it must not be
 * resumed.
 */
export async function resumeRefusal(
  { runner, pair }: ResumeGuardDeps,
  campaignId: string,
  call?: CallOptions,
): Promise<string | null> {
  const found = await pair(campaignId);
  if (found === undefined) return null;
  const { primary, backup, state } = found;
  const [side, other, partner] =
    campaignId === primary ? (["primary", "backup", backup] as const) : (["backup", "primary", primary] as const);
  if (state.handover !== null)
    return `a hand-over of its failover pair with ${partner} goes on (${pairWords(state, primary).words}); wait for its end`;
  if ((await statusOf(runner, partner, call)) !== "active") return null;
  const verb = side === "primary" ? "failback" : "start";
  const name = side === "primary" ? "Fail back" : "Fail over";
  return `${partner}, the ${other} of its failover pair, is active: both would dial until the watch pauses one of them. ${name} instead: outdial campaign failover ${verb} ${primary}`;
}

/** Undefined for a campaign that the tenant does not have: it calls nobody. */
async function statusOf(runner: ResumeGuardDeps["runner"], id: string, call: CallOptions | undefined) {
  try {
    return (await runner.status(id, call)).status;
  } catch (thrown) {
    if (thrown instanceof TenantError && thrown.code === "not_found") return undefined;
    throw thrown;
  }
}
