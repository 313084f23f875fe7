// Gets the figures of campaigns: from the vendor's events when they are fresh, else from its API; every reading is stored.

import type { Clock, Instant } from "../../../kernel/index.ts";
import type { MetricReading } from "../../../store/index.ts";
import type { CallOptions, MetricsSource } from "../../../tenant/port.ts";
import { readMetricsEvent } from "./event.ts";
import { ageOf, type CampaignReading, measured, readingOf } from "./reading.ts";

/** How long a pushed reading is fresh, ms; the vendor sends one a minute. */
const FRESH_MS = 90_000;
/** A reading whose vendor time is older than this is stale: no conclusion is drawn from it. */
export const STALE_MS = 5 * 60_000;

/** Where readings are stored: the store's `metrics`. */
export interface ReadingLog {
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
export type PushResult =
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
    const reading = readingOf(kept);
    if (!added) return { kept: "duplicate", reading };
    return { kept: newest ? "new" : "late", reading };
  }

  /** The latest known reading, whatever its age. */
  async latest(campaignId: string, windowMinutes?: number): Promise<CampaignReading | undefined> {
    const kept = await this.#log.latest(campaignId, windowMinutes);
    return kept === undefined ? undefined : readingOf(kept);
  }

  /** Readings of [from, to] in the order of the vendor's times. */
  async series(campaignId: string, from: Instant, to: Instant): Promise<CampaignReading[]> {
    return (await this.#log.series(campaignId, from, to)).map(readingOf);
  }

  /**
   * The figures of the last `windowMinutes`: pushed ones of that window when they are fresh, else the vendor is asked. Throws
   * TenantError (`unauthorized`, `missing_scope`, `not_found`, `vendor_unavailable` …): missing figures are not bad figures.
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
