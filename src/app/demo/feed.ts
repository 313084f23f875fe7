// The contact centre's own systems: they report the calls that were made, so that attempts and abandonment are known.

import { type Clock, messageOf } from "../../kernel/index.ts";
import type { CampaignMetrics } from "../../operations/index.ts";
import type { Facts, NewAttempt } from "../../store/index.ts";
import { type OutcomeSource, parseCall } from "../../tenant/index.ts";
import { attemptOf } from "./facts.ts";

const EVERY_MS = 10_000;
/** A call may take this long to end, ms; it is reported at the next look after its end. */
const LOOK_BACK_MS = 5 * 60_000;
const PAGE = 5000;
const ENDED = new Set(["wrap_up", "completed", "abandoned", "failed"]);

interface FeedDependencies {
  readonly source: OutcomeSource;
  readonly facts: Facts;
  readonly metrics: CampaignMetrics;
  readonly campaigns: readonly string[];
  readonly clock: Clock;
}

/** Reports until the signal. @param report see `callReports` */
export async function feedAttempts(
  report: (signal: AbortSignal) => Promise<void>,
  { clock, warn }: { readonly clock: Clock; readonly warn: (message: string) => void },
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      await report(signal);
    } catch (thrown) {
      if (signal.aborted) return;
      warn(`the report of calls failed: ${messageOf(thrown)}`);
    }
    await clock.sleep(EVERY_MS, signal).catch(() => undefined);
  }
}

/** Reports the calls that have ended since the last time. @param since end of the earlier reports, ms since the epoch */
export function callReports(deps: FeedDependencies, since: number): (signal: AbortSignal) => Promise<void> {
  let from = since;
  const told = new Map<string, number>();
  return async (signal) => {
    const now = deps.clock.now();
    for (const campaignId of deps.campaigns) {
      await deps.metrics.read(campaignId, 1, { signal });
      await report(deps, { campaignId, from, told, signal });
    }
    from = Math.max(from, now - LOOK_BACK_MS);
    for (const [id, at] of told) if (at < from) told.delete(id);
  };
}

const NORTH_AMERICAN = 10;

/** A number in E.164; the ACD API writes North American numbers without their country code. */
function withCountry(number: string): string {
  if (number.startsWith("+")) return number;
  return number.length === NORTH_AMERICAN ? `+1${number}` : `+${number}`;
}

async function report(
  { source, facts }: Pick<FeedDependencies, "source" | "facts">,
  given: { campaignId: string; from: number; told: Map<string, number>; signal: AbortSignal },
): Promise<void> {
  const { campaignId, from, told, signal } = given;
  const attempts: NewAttempt[] = [];
  const query = { campaignId, startDateTime: new Date(from).toISOString(), limit: PAGE };
  for await (const item of source.calls(query, { signal })) {
    const parsed = parseCall(item);
    if ("problem" in parsed) continue;
    const { id, startTime, phoneNumber, agentId, abandoned } = parsed.item;
    // One profile has a status for it, the other a field.
    const status = abandoned === true ? "abandoned" : parsed.item.status;
    if (status === undefined || startTime === undefined || !ENDED.has(status) || told.has(id)) continue;
    const attempt = attemptOf({
      id,
      campaignId,
      status,
      startTime,
      phoneNumber: typeof phoneNumber === "string" ? withCountry(phoneNumber) : undefined,
      agentId: typeof agentId === "string" ? agentId : undefined,
    });
    if (attempt === undefined) continue;
    told.set(id, attempt.at);
    attempts.push(attempt);
  }
  await facts.addAttempts(attempts, { actor: "call reports" });
}
