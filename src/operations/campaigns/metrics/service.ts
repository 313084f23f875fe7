// Where the figures of campaigns come from: the vendor's events when they are fresh, else its API; every reading is kept.

import type { Clock, Instant } from "../../../kernel/index.ts";
import type { MetricReading } from "../../../store/index.ts";
import type { CallOptions, MetricsSource } from "../../../tenant/port.ts";
import { readMetricsEvent } from "./event.ts";
import { ageOf, type CampaignReading, measured, readingOf } from "./reading.ts";

/** A pushed reading is good for so long; the vendor sends one a minute. */
const FRESH_MS = 90_000;
/** A reading of which the vendor's time is further back is stale: nothing follows from it. */
export const STALE_MS = 5 * 60_000;

/** Where readings are kept: the store's `metrics`. */
export interface ReadingLog {
  add(reading: MetricReading): Promise<{ readonly added: boolean; readonly newest: boolean }>;
  latest(campaignId: string, windowMinutes?: number): Promise<MetricReading | undefined>;
  series(campaignId: string, from: Instant, to: Instant): Promise<MetricReading[]>;
}

interface MetricsDependencies {
  readonly log: ReadingLog;
  readonly source: MetricsSource;
  readonly clock: Clock;
  /** How long a pushed reading spares the question, ms; `FRESH_MS` by default, 0 always asks. */
  readonly freshMs?: number | undefined;
}

/** What became of a pushed event. */
export type PushResult =
  /** Kept; `late` when a later reading of the campaign was there before. */
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
   * Takes a delivery of the vendor's metrics event. Deliveries come twice and out of order: an event counts once, and an older one never
   * hides a newer one. Throws OperationError `invalid_input` for anything else than such an event.
   */
  async recordPushed(event: unknown): Promise<PushResult> {
    const kept = readMetricsEvent(event, this.#clock.now());
    const { added, newest } = await this.#log.add(kept);
    const reading = readingOf(kept);
    if (!added) return { kept: "duplicate", reading };
    return { kept: newest ? "new" : "late", reading };
  }

  /** The latest reading that is known, whatever its age. */
  async latest(campaignId: string, windowMinutes?: number): Promise<CampaignReading | undefined> {
    const kept = await this.#log.latest(campaignId, windowMinutes);
    return kept === undefined ? undefined : readingOf(kept);
  }

  /** Readings of [from, to] in the order of the vendor's times. */
  async series(campaignId: string, from: Instant, to: Instant): Promise<CampaignReading[]> {
    return (await this.#log.series(campaignId, from, to)).map(readingOf);
  }

  /**
   * The figures of the last `windowMinutes`: pushed ones of that window when they are fresh, else the vendor is asked. Throws TenantError
   * (`unauthorized`, `missing_scope`, `not_found`, `vendor_unavailable` …): no figures are not bad figures.
   */
  async read(campaignId: string, windowMinutes: number, options?: CallOptions): Promise<CampaignReading> {
    const pushed = await this.#log.latest(campaignId, windowMinutes);
    if (pushed !== undefined && pushed.source === "push" && ageOf(pushed, this.#clock.now()) < this.#freshMs)
      return readingOf(pushed);
    const reply = await this.#source.campaign(campaignId, windowMinutes, options);
    const receivedAt = this.#clock.now();
    const kept = measured(reply, { campaignId, receivedAt, source: "pull", eventId: null, windowMinutes });
    await this.#log.add(kept);
    return readingOf(kept);
  }
}
