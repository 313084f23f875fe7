// Gets the figures of campaigns: from the vendor's events when they are fresh, else from its API; every reading is stored.

import { z } from "zod";
import { agoOf, type Clock, type Instant, problemsOf, type RateInterval, wilsonInterval } from "../../../kernel/index.ts";
import type { MetricReading } from "../../../store/index.ts";
import type { AgentCounts, CallOptions, MetricsSource, MetricsView } from "../../../tenant/port.ts";
import { instant } from "../../compliance/index.ts";
import { OperationError } from "../../error.ts";

// The figures of a campaign as one type, whether outdial asked the vendor for them or the vendor sent them. Pure.

type Figure =
  | "windowMinutes"
  | "successRate"
  | "activeCalls"
  | "callsPlaced"
  | "callsAnswered"
  | "abandonmentRate"
  | "failoverTriggered"
  | "agents"
  | "lastUpdated";

/** The figures in a reply of `getCampaignMetrics`, and in the data of the vendor's metrics event, which may leave any of them out. */
type GivenFigures = { readonly [Name in Figure]?: MetricsView[Name] | undefined };

/** Successes out of calls. */
interface SuccessCount {
  /** n. */
  readonly successes: number;
  /** N. */
  readonly calls: number;
  /**
   * What the N calls are. `decided`: calls of the window that have ended or were answered, of which n reached an agent.
   * `answered`: the rate cannot be a share of the decided calls, so the smallest possible base is used: the answered calls.
   */
  readonly of: "decided" | "answered";
}

/** A campaign's figures. What the vendor did not give is null. */
export interface CampaignReading {
  readonly campaignId: string;
  /** When the vendor computed the figures (`lastUpdated`), ms since the epoch; null when it does not say. */
  readonly at: Instant | null;
  readonly receivedAt: Instant;
  readonly source: "pull" | "push";
  /** The vendor's id of the event that brought it; null for a pull. */
  readonly eventId: string | null;
  /** The figures count the calls of this number of minutes up to `at`. */
  readonly windowMinutes: number | null;
  /** A share, 0 to 1, as the vendor gave it; null when there was no call to take a share of, whatever the vendor gave. */
  readonly successRate: number | null;
  /** The counts behind it; null when the tenant gives only the rate, which is then no evidence. */
  readonly success: SuccessCount | null;
  readonly activeCalls: number | null;
  readonly callsPlaced: number | null;
  readonly callsAnswered: number | null;
  /** Answered calls that were lost before an agent spoke, as the vendor counts them; null when none was answered. */
  readonly abandonment: { readonly abandoned: number; readonly answered: number; readonly rate: number } | null;
  readonly failoverTriggered: boolean | null;
  /** At that moment; null when the tenant does not give them. */
  readonly agents: AgentCounts | null;
}

/**
 * The vendor's figures in the stored form. Figures that are not numbers in their range count as not given, and so does a rate of
 * no calls: a tenant that cannot leave a figure out gives 100 % of nothing.
 */
export function measured(
  reply: GivenFigures,
  from: Pick<MetricReading, "campaignId" | "receivedAt" | "source" | "eventId"> & {
    /** Used when the reply does not give it. */
    readonly windowMinutes: number | null;
    readonly at?: Instant | null;
  },
): MetricReading {
  const time = instant(reply.lastUpdated ?? "", Number.POSITIVE_INFINITY);
  return ofCalls({
    campaignId: from.campaignId,
    at: "ok" in time ? time.ok : (from.at ?? null),
    receivedAt: from.receivedAt,
    source: from.source,
    eventId: from.eventId,
    windowMinutes: reply.windowMinutes ?? from.windowMinutes,
    successRate: within(reply.successRate, 1),
    activeCalls: within(reply.activeCalls, Number.MAX_SAFE_INTEGER),
    callsPlaced: within(reply.callsPlaced, Number.MAX_SAFE_INTEGER),
    callsAnswered: within(reply.callsAnswered, Number.MAX_SAFE_INTEGER),
    abandonmentRate: within(reply.abandonmentRate, 1),
    failoverTriggered: reply.failoverTriggered ?? null,
    agentsLoggedIn: agentsWithin(reply.agents?.loggedIn),
    agentsAvailable: agentsWithin(reply.agents?.available),
    agentsWorking: agentsWithin(reply.agents?.working),
    agentsWrapUp: agentsWithin(reply.agents?.wrapUp),
  });
}

/** The reading without rates that are based on no calls. */
function ofCalls(kept: MetricReading): MetricReading {
  return {
    ...kept,
    successRate: successCount(kept)?.calls === 0 ? null : kept.successRate,
    abandonmentRate: kept.callsAnswered === 0 ? null : kept.abandonmentRate,
  };
}

const within = (value: number | null | undefined, most: number): number | null =>
  typeof value === "number" && value >= 0 && value <= most ? value : null;

/** Larger numbers count as not given. */
const MOST_AGENTS = 1_000_000;
const agentsWithin = (count: number | null | undefined) => within(count, MOST_AGENTS);

/** Adds what follows from the figures: the counts behind the rates. */
export function campaignReadingOf(read: MetricReading): CampaignReading {
  // Readings stored by earlier versions may contain such rates.
  const kept = ofCalls(read);
  const { abandonmentRate, agentsLoggedIn, agentsAvailable, agentsWorking, agentsWrapUp, ...rest } = kept;
  const { callsAnswered: answered } = kept;
  const abandonment =
    abandonmentRate === null || answered === null
      ? null
      : { abandoned: Math.round(abandonmentRate * answered), answered: Math.round(answered), rate: abandonmentRate };
  const counts = { loggedIn: agentsLoggedIn, available: agentsAvailable, working: agentsWorking, wrapUp: agentsWrapUp };
  const agents = Object.values(counts).every((count) => count === null) ? null : counts;
  return { ...rest, success: successCount(kept), abandonment, agents };
}

/** Largest difference that rounding can make in a rate. */
const ROUNDING = 0.005;

/**
 * The counts behind the success rate. The contract (metrics, §2.3) gives a share without saying of what. Such a dialer usually
 * counts calls that reached an agent out of the calls decided in the window. The other figures show whether that is so: the
 * reached calls are the answered ones less the abandoned ones. If they disagree, N is the smaller number, so that the evidence is
 * never overstated.
 */
function successCount({
  successRate,
  callsPlaced,
  callsAnswered,
  activeCalls,
  abandonmentRate,
}: MetricReading): SuccessCount | null {
  if (callsPlaced === null) return null;
  const open = activeCalls ?? 0;
  const answered = Math.round(callsAnswered ?? 0);
  const decided = Math.round(Math.max(callsPlaced - open, answered));
  const reached = Math.round(answered * (1 - (abandonmentRate ?? 0)));
  if (decided === 0) return { successes: 0, calls: 0, of: "decided" };
  if (successRate === null) return null;
  const of = (calls: number, basis: SuccessCount["of"]): SuccessCount => ({
    successes: Math.min(calls, Math.round(successRate * calls)),
    calls,
    of: basis,
  });
  // The number of decided calls: reached calls divided by their share. Some of them may have been placed before the window.
  if (reached > 0 && successRate > 0) {
    const exact = Math.round(reached / successRate);
    if (exact >= answered && exact <= callsPlaced + open)
      return { successes: reached, calls: exact, of: exact === answered && exact < decided ? "answered" : "decided" };
  }
  if (answered === 0 || Math.abs(successRate - reached / decided) <= ROUNDING + 1 / decided) return of(decided, "decided");
  return of(answered, "answered");
}

/** The success rate with its score interval; undefined without counts. */
export function successInterval({ success }: CampaignReading, confidence?: number): RateInterval | undefined {
  return success === null ? undefined : wilsonInterval(success.successes, success.calls, confidence);
}

/** Age of the figures, ms: from the vendor's time, or from the receipt when it gives none. Never negative. */
export function ageOf({ at, receivedAt }: Pick<CampaignReading, "at" | "receivedAt">, now: Instant): number {
  // By the tenant's clock, which may be ahead of ours, and never younger than since it came.
  return Math.max(now - (at ?? receivedAt), agoOf(receivedAt, now));
}

// The vendor's metrics event: recognised among other events, parsed, refused with a reason.

/** Type of the vendor's event with the figures of a campaign (contract §2.4). */
export const METRICS_EVENT = "omnichannel.campaign.metrics.update";

const figure = z.number().nullish();

const metricsEvent = z.looseObject({
  id: z.string().min(1).max(512),
  type: z.literal(METRICS_EVENT),
  occurredAt: z.string(),
  data: z.looseObject({
    campaignId: z.string().min(1),
    windowMinutes: z.number().positive().optional(),
    successRate: figure,
    activeCalls: figure,
    callsPlaced: figure,
    callsAnswered: figure,
    abandonmentRate: figure,
    failoverTriggered: z.boolean().nullish(),
    lastUpdated: z.string().nullish(),
  }),
});

/** The reading in an event. Throws OperationError `invalid_input` naming each wrong field. */
function readMetricsEvent(event: unknown, receivedAt: Instant): MetricReading {
  const parsed = metricsEvent.safeParse(event);
  if (!parsed.success) {
    const problems = problemsOf(metricsEvent, event, parsed.error);
    const lines = problems.map(({ path, message }) => `${path === "" ? "the event" : path}: ${message}`);
    throw new OperationError("invalid_input", `no metrics event: ${lines.join("; ")}`);
  }
  const { id, occurredAt, data } = parsed.data;
  const time = instant(occurredAt, Number.POSITIVE_INFINITY);
  if (!("ok" in time)) throw new OperationError("invalid_input", `no metrics event: occurredAt: ${time.problem}`);
  return measured(data, {
    campaignId: data.campaignId,
    receivedAt,
    source: "push",
    eventId: id,
    windowMinutes: null,
    at: time.ok,
  });
}

/** How long a pushed reading is fresh, ms; the vendor sends one a minute. */
const FRESH_MS = 90_000;
/** A reading whose vendor time is older than this is stale: no conclusion is drawn from it. */
export const STALE_MS = 5 * 60_000;

/** Where readings are stored: the store's `metrics`. */
interface ReadingLog {
  add(reading: MetricReading): Promise<{ readonly added: boolean; readonly newest: boolean }>;
  latest(campaignId: string, windowMinutes?: number): Promise<MetricReading | undefined>;
  series(campaignId: string, from: Instant, to: Instant): Promise<MetricReading[]>;
}

interface MetricsDependencies {
  readonly log: ReadingLog;
  readonly source: MetricsSource;
  readonly clock: Clock;
  /** How long a pushed reading is used instead of a request, ms; `FRESH_MS` by default, 0 always requests. */
  readonly freshMs?: number | undefined;
}

/** The result of a pushed event. */
type PushResult =
  /** Stored; `late` when a later reading of the campaign was there before. */
  | { readonly kept: "new" | "late"; readonly reading: CampaignReading }
  | { readonly kept: "duplicate"; readonly reading: CampaignReading };

/** The figures of campaigns. */
export class CampaignMetrics {
  readonly #log: ReadingLog;
  readonly #source: MetricsSource;
  readonly #clock: Clock;
  readonly #freshMs: number;

  constructor({ log, source, clock, freshMs = FRESH_MS }: MetricsDependencies) {
    this.#log = log;
    this.#source = source;
    this.#clock = clock;
    this.#freshMs = freshMs;
  }

  /**
   * Takes a delivery of the vendor's metrics event. Deliveries may be repeated and out of order: an event counts once, and an
   * older one never hides a newer one. Throws OperationError `invalid_input` for anything but such an event.
   */
  async recordPushed(event: unknown): Promise<PushResult> {
    const kept = readMetricsEvent(event, this.#clock.now());
    const { added, newest } = await this.#log.add(kept);
    const reading = campaignReadingOf(kept);
    if (!added) return { kept: "duplicate", reading };
    return { kept: newest ? "new" : "late", reading };
  }

  /** The latest known reading, whatever its age. */
  async latest(campaignId: string, windowMinutes?: number): Promise<CampaignReading | undefined> {
    const kept = await this.#log.latest(campaignId, windowMinutes);
    return kept === undefined ? undefined : campaignReadingOf(kept);
  }

  /** Readings of [from, to] in the order of the vendor's times. */
  async series(campaignId: string, from: Instant, to: Instant): Promise<CampaignReading[]> {
    return (await this.#log.series(campaignId, from, to)).map(campaignReadingOf);
  }

  /**
   * The figures of the last `windowMinutes`: pushed ones of that window when they are fresh, else the vendor is asked. Throws
   * TenantError (`unauthorized`, `missing_scope`, `not_found`, `vendor_unavailable` …): missing figures are not bad figures.
   */
  async read(campaignId: string, windowMinutes: number, options?: CallOptions): Promise<CampaignReading> {
    const pushed = await this.#log.latest(campaignId, windowMinutes);
    if (pushed !== undefined && pushed.source === "push" && ageOf(pushed, this.#clock.now()) < this.#freshMs)
      return campaignReadingOf(pushed);
    const reply = await this.#source.campaign(campaignId, windowMinutes, options);
    const receivedAt = this.#clock.now();
    const kept = measured(reply, { campaignId, receivedAt, source: "pull", eventId: null, windowMinutes });
    // An answer that tells nothing of its calls hides none that did.
    if ([kept.activeCalls, kept.callsPlaced, kept.successRate].some((told) => told !== null)) await this.#log.add(kept);
    return campaignReadingOf(kept);
  }
}
