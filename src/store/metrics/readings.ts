// Readings of campaign metrics: pulled from the vendor, or pushed by it, possibly late and twice.

import type { Instant } from "../../kernel/index.ts";
import { Ledger, type Tx } from "../commit.ts";
import { joinTexts, storable, textColumn } from "../database/arrays.ts";

/** One reading. Figures that the vendor did not give are null. */
export interface MetricReading {
  readonly campaignId: string;
  /** When the vendor computed the figures, ms since the epoch; null when it is not given. */
  readonly at: Instant | null;
  readonly receivedAt: Instant;
  readonly source: "pull" | "push";
  /** The vendor's id of the event; null for a pull. */
  readonly eventId: string | null;
  /** The figures count calls of the last so many minutes before `at`. */
  readonly windowMinutes: number | null;
  /** A share, 0 to 1. */
  readonly successRate: number | null;
  readonly activeCalls: number | null;
  readonly callsPlaced: number | null;
  readonly callsAnswered: number | null;
  /** A share of the answered calls, 0 to 1. */
  readonly abandonmentRate: number | null;
  readonly failoverTriggered: boolean | null;
  /** Agents at that moment: logged in, waiting for a call, with a contact, in wrap-up. */
  readonly agentsLoggedIn: number | null;
  readonly agentsAvailable: number | null;
  readonly agentsWorking: number | null;
  readonly agentsWrapUp: number | null;
}

/** A reading to store; the agents are null when left out. */
type NewMetricReading = Omit<MetricReading, AgentColumn> & Partial<Pick<MetricReading, AgentColumn>>;
type AgentColumn = "agentsLoggedIn" | "agentsAvailable" | "agentsWorking" | "agentsWrapUp";

const COLUMNS = `campaign_id as "campaignId", at, received_at as "receivedAt", source, event_id as "eventId", window_minutes as "windowMinutes",
  success_rate as "successRate", active_calls as "activeCalls", calls_placed as "callsPlaced", calls_answered as "callsAnswered",
  abandonment_rate as "abandonmentRate", failover_triggered as "failoverTriggered",
  agents_logged_in as "agentsLoggedIn", agents_available as "agentsAvailable", agents_working as "agentsWorking", agents_wrap_up as "agentsWrapUp"`;

/** The same columns by their names in the code. */
const NAMES = `"campaignId", at, "receivedAt", source, "eventId", "windowMinutes", "successRate", "activeCalls", "callsPlaced", "callsAnswered",
  "abandonmentRate", "failoverTriggered", "agentsLoggedIn", "agentsAvailable", "agentsWorking", "agentsWrapUp"`;

/** Writes and reads readings. */
export class MetricReadings extends Ledger {
  /**
   * Adds a reading; an event that was stored before is not added again.
   * @returns whether it is new, and whether it is the latest of its campaign
   */
  add(reading: NewMetricReading): Promise<{ readonly added: boolean; readonly newest: boolean }> {
    return this.store.commit(async (tx) => {
      const added = await insert(tx, reading);
      const [row] = await tx.query<{ later: boolean }>(
        "select exists (select from outdial.metric_readings where campaign_id = $1 and ordered_at > $2) as later",
        [storable(reading.campaignId), orderOf(reading)],
      );
      return { added, newest: row?.later === false };
    });
  }

  /** The latest reading of a campaign by the vendor's time, over the given window if one is given. */
  async latest(campaignId: string, windowMinutes?: number): Promise<MetricReading | undefined> {
    const [row] = await this.store.query<MetricReading>(
      `select ${COLUMNS} from outdial.metric_readings where campaign_id = $1 and ($2::float8 is null or window_minutes = $2)
       order by ordered_at desc, id desc limit 1`,
      [storable(campaignId), windowMinutes ?? null],
    );
    return row;
  }

  /**
   * For each campaign the latest reading, and the latest over the given window when that is another one; only the latest 200
   * readings are searched for the window.
   */
  latestOfEach(campaignIds: readonly string[], windowMinutes: number): Promise<MetricReading[]> {
    return this.store.query<MetricReading>(
      `select ${NAMES} from unnest(${textColumn("$1")}) as given (id)
       cross join lateral (
         with recent as not materialized (
           select id, ordered_at, ${COLUMNS} from outdial.metric_readings where campaign_id = given.id order by ordered_at desc, id desc limit 200)
         (select * from recent order by ordered_at desc, id desc limit 1)
         union
         (select * from recent where "windowMinutes" = $2 order by ordered_at desc, id desc limit 1)
       ) as latest`,
      [joinTexts(campaignIds), windowMinutes],
    );
  }

  /**
   * For each campaign the earlier windows of the given length: the latest reading that ends one such length before an instant,
   * two lengths before, and so on.
   * @param of instants by campaign
   */
  earlierWindows(of: ReadonlyMap<string, Instant>, windowMinutes: number, most: number): Promise<MetricReading[]> {
    return this.store.query<MetricReading>(
      `select ${NAMES} from unnest(${textColumn("$1")}, $2::timestamptz[]) as given (id, before)
       cross join generate_series(1, $4::int) as step
       cross join lateral (
         select ${COLUMNS} from outdial.metric_readings
         where campaign_id = given.id and window_minutes = $3 and ordered_at <= given.before - make_interval(mins => step * $3::int)
           and ordered_at > given.before - make_interval(mins => (step + 1) * $3::int)
         order by ordered_at desc, id desc limit 1) as earlier`,
      [joinTexts([...of.keys()]), [...of.values()].map((at) => new Date(at)), windowMinutes, most],
    );
  }

  /** When each campaign last had calls under way or placed some, by the vendor's time; a campaign that never had is left out. */
  async lastWithCalls(campaignIds: readonly string[]): Promise<ReadonlyMap<string, Instant>> {
    const rows = await this.store.query<{ id: string; at: number }>(
      `select given.id, latest.at from unnest(${textColumn("$1")}) as given (id)
       cross join lateral (
         select ordered_at as at from outdial.metric_readings
         where campaign_id = given.id and (active_calls > 0 or calls_placed > 0) order by ordered_at desc limit 1) as latest`,
      [joinTexts(campaignIds)],
    );
    return new Map(rows.map(({ id, at }) => [id, at]));
  }

  /**
   * Since when each campaign has had calls under way or placed some, without a reading that had neither, by the vendor's time and at most a day
   * back; a campaign without calls is left out.
   */
  async callsSince(campaignIds: readonly string[]): Promise<ReadonlyMap<string, Instant>> {
    const rows = await this.store.query<{ id: string; at: number }>(
      `select given.id, run.at from unnest(${textColumn("$1")}) as given (id)
       cross join lateral (
         select ordered_at as last from outdial.metric_readings
         where campaign_id = given.id and active_calls is not null order by ordered_at desc limit 1) as latest
       cross join lateral (
         select min(ordered_at) as at from outdial.metric_readings
         where campaign_id = given.id and (active_calls > 0 or calls_placed > 0) and ordered_at > coalesce(
           (select max(ordered_at) from outdial.metric_readings
            where campaign_id = given.id and active_calls = 0 and coalesce(calls_placed, 0) = 0 and ordered_at > latest.last - interval '1 day'),
           latest.last - interval '1 day')) as run
       where run.at is not null`,
      [joinTexts(campaignIds)],
    );
    return new Map(rows.map(({ id, at }) => [id, at]));
  }

  /** Readings in [from, to] by the vendor's time. */
  series(campaignId: string, from: Instant, to: Instant): Promise<MetricReading[]> {
    return this.store.query<MetricReading>(
      `select ${COLUMNS} from outdial.metric_readings where campaign_id = $1 and ordered_at between $2 and $3 order by ordered_at, id`,
      [storable(campaignId), new Date(from), new Date(to)],
    );
  }
}

const orderOf = ({ at, receivedAt }: Pick<MetricReading, "at" | "receivedAt">): Date => new Date(at ?? receivedAt);

async function insert(tx: Tx, reading: NewMetricReading): Promise<boolean> {
  const made = await tx.change(
    `insert into outdial.metric_readings (campaign_id, at, received_at, ordered_at, source, event_id, window_minutes, success_rate, active_calls,
       calls_placed, calls_answered, abandonment_rate, failover_triggered, agents_logged_in, agents_available, agents_working, agents_wrap_up)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17) on conflict (campaign_id, event_id) do nothing`,
    [
      storable(reading.campaignId),
      reading.at === null ? null : new Date(reading.at),
      new Date(reading.receivedAt),
      orderOf(reading),
      reading.source,
      reading.eventId === null ? null : storable(reading.eventId),
      reading.windowMinutes,
      reading.successRate,
      reading.activeCalls,
      reading.callsPlaced,
      reading.callsAnswered,
      reading.abandonmentRate,
      reading.failoverTriggered,
      reading.agentsLoggedIn ?? null,
      reading.agentsAvailable ?? null,
      reading.agentsWorking ?? null,
      reading.agentsWrapUp ?? null,
    ],
  );
  return made === 1;
}
