// Pausing through a service: it carries the stop out, and goes on with it whether it is followed or not.

import { type Clock, OutdialError } from "../../kernel/index.ts";
import type { CampaignResult, StopResult } from "../../operations/views/index.ts";
import type { ServiceAddress } from "./address.ts";
import { ServiceClient } from "./client.ts";

/** Looks at a stop under way are so far apart, ms. */
const LOOK_MS = 1_000;
/** A service answers an emergency stop after so long at most, also without its database. */
const STOP_MS = 5_000;
/** Beside the time that it waits for calls. */
const ANSWER_MS = 15_000;
/** So long one pause waits for calls under way: proxies cut off what takes a minute. */
const WAIT_MS = 45_000;

/** What a person does who cannot wait for a service. */
const WITHOUT =
  "Stop without the service: the same command without OUTDIAL_URL, on any machine with the tenant's address and credentials; it needs neither service nor database.";

interface PauseOverService {
  readonly reason: string | undefined;
  /** So long calls under way are waited for, ms. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly warn: (message: string) => void;
  /** Told how far it is, whenever that changes. */
  readonly say: (line: string) => void;
}

/** What the service did not do, with what to do then. */
async function urgent<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (thrown) {
    if (!(thrown instanceof OutdialError)) throw thrown;
    const { code, message, details, cause } = thrown;
    throw new OutdialError(code, message, { advice: WITHOUT, details, cause });
  }
}

/**
 * Stops the campaigns of the service's tenant, or those named, and follows that until it has ended, until only calls under way are
 * left and `timeoutMs` is over, or for `forMs`; the service goes on with it. Throws OutdialError with the service's code.
 */
export async function stopOverService(
  address: ServiceAddress,
  given: PauseOverService & {
    readonly campaigns: readonly string[] | undefined;
    /** How long it is followed at most, ms. */
    readonly forMs: number | undefined;
  },
): Promise<StopResult> {
  const { campaigns, reason, timeoutMs, forMs = Number.POSITIVE_INFINITY, signal, clock, warn, say } = given;
  const client = new ServiceClient(address, signal);
  const begun = await urgent(() =>
    client.ask("campaigns.stop", { body: { reason, campaigns }, withinMs: ANSWER_MS, takesMs: STOP_MS }),
  );
  const began = clock.now();
  const { ignored, ...tried } = begun;
  for (const line of ignored) warn(`not used: ${line}`);
  let stop: StopResult = tried;
  let told = "";
  for (;;) {
    const confirmed = stop.changes.filter((change) => change.confirmed).length;
    const line = `${stop.id}: ${confirmed} of ${stop.changes.length} confirmed paused`;
    if (line !== told) say(line);
    told = line;
    const passed = clock.now() - began;
    // A later stop goes on in its place: what it says is what came of this one.
    const isReplaced = stop.supersededBy !== null;
    if (passed >= forMs || (!isReplaced && (stop.endedAt !== null || (isLeftToCalls(stop) && passed >= timeoutMs)))) break;
    if (isReplaced) say(`${stop.id} was replaced by ${stop.supersededBy}, which is followed`);
    else await clock.sleep(LOOK_MS, signal);
    try {
      const id = stop.supersededBy ?? stop.id;
      stop = await client.ask("campaigns.stopped", { params: { stop: id }, withinMs: ANSWER_MS + STOP_MS });
    } catch (thrown) {
      if (!(thrown instanceof OutdialError) || thrown.code !== "service_unavailable") throw thrown;
      // What it has begun goes on when it does.
      told = `${thrown.message}; looking again`;
      say(told);
    }
  }
  if (stop.endedAt === null) warn(`${stop.id} continues in the service: outdial campaign stops ${stop.id} shows its progress`);
  return stop;
}

/** Whether all that is missing is that calls end: some campaign is paused and not confirmed yet, and nothing else is to be found out. */
const isLeftToCalls = ({ listProblem, alreadyPaused, changes }: StopResult): boolean =>
  listProblem === null &&
  alreadyPaused.length === 0 &&
  changes.some(({ confirmed }) => !confirmed) &&
  changes.every(({ status }) => status === "paused");

/** What a stop would reach, as far as it is known at once; null for what is not. */
export interface StopOutlook {
  readonly tenant: string | null;
  /** Calls under way of each campaign, by the latest figures of the last ten minutes. */
  readonly calls: readonly (number | null)[] | null;
}

/** What a stop through a service would reach. */
export async function outlookOfService(address: ServiceAddress, signal: AbortSignal): Promise<StopOutlook> {
  const client = new ServiceClient(address, signal);
  const [
    {
      service: { tenant },
    },
    { items },
  ] = await Promise.all([client.ask("session.me", {}), client.ask("campaigns.list", {})]);
  return { tenant: tenant?.name ?? tenant?.address ?? null, calls: items.map(({ activeCalls }) => activeCalls) };
}

/** Pauses campaigns by name, and waits until their calls are over: asked again for those that still have some, each request waits for a part of the time. */
export async function pauseOverService(
  address: ServiceAddress,
  campaigns: readonly string[],
  { reason, timeoutMs, signal, clock, say }: Omit<PauseOverService, "warn">,
): Promise<readonly CampaignResult[]> {
  const client = new ServiceClient(address, signal);
  const until = clock.now() + timeoutMs;
  const found = new Map<string, CampaignResult>();
  for (let left = [...new Set(campaigns)]; ; ) {
    const takesMs = Math.min(WAIT_MS, Math.max(0, until - clock.now()));
    const body = { campaigns: left, reason, waitSeconds: takesMs / 1000 };
    const { items } = await urgent(() => client.ask("campaigns.pauseSeveral", { body, withinMs: ANSWER_MS, takesMs }));
    // Whether it was paused before, the first answer says.
    for (const one of items) found.set(one.campaignId, { ...one, already: found.get(one.campaignId)?.already ?? one.already });
    left = items
      .filter(({ status, confirmed, code }) => status === "paused" && !confirmed && code === null)
      .map(({ campaignId }) => campaignId);
    // What a service says nothing of is not paused.
    const unsaid = campaigns.filter((id) => !found.has(id)).map(unsaidOf);
    if (left.length === 0 || clock.now() >= until) return [...found.values(), ...unsaid];
    say(`${left.length} of ${found.size} still have calls under way`);
  }
}

const unsaidOf = (campaignId: string): CampaignResult => ({
  campaignId,
  status: "unknown",
  confirmed: false,
  already: false,
  message: "the service's answer says nothing of it",
  code: null,
});
