// Figures of a skill: the dialer's statistics by quarter of an hour, and the calls under way. There is no live count of abandoned
// calls.

import { type AcdReply, MAX_DIALER_STATS_HOURS } from "../../contract/acd/index.ts";
import type { Clock, Instant } from "../../kernel/index.ts";
import { TenantError } from "../errors.ts";
import type { AgentCounts, MetricsView } from "../views.ts";
import { acdRows } from "./pages.ts";
import type { AcdCallOptions, AcdRequester } from "./requester.ts";
import type { ServerTime } from "./server-time.ts";

type Interval = AcdReply<"dialerStats">["outboundStats"][number];

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const QUARTER_MS = 900_000;
/** The shortest interval of statistics. */
const INTERVAL_MINUTES = 15;
const DAY_HOURS = 24;
/** One reply has the agents of all skills. How often it is requested, ms, and how often after a refusal. */
const AGENTS_MS = 10_000;
const AGENTS_REFUSED_MS = 60_000;

type AgentsBySkill = ReadonlyMap<string, AgentCounts>;

/** Figures of campaigns (skills): the dialer's statistics by quarter of an hour, and the present agents and calls. */
export class Figures {
  readonly #requester: AcdRequester;
  readonly #time: ServerTime;
  readonly #clock: Clock;
  #agents: { readonly until: Instant; readonly bySkill: Promise<AgentsBySkill | null> } | undefined;

  constructor(requester: AcdRequester, { time, clock }: { readonly time: ServerTime; readonly clock: Clock }) {
    this.#requester = requester;
    this.#time = time;
    this.#clock = clock;
  }

  /**
   * The figures of the last `windowMinutes`, rounded up to quarters of an hour, and the present agents; without a window only the
   * calls under way. Answered calls are connects plus abandons (inferred: no source says whether connects include abandoned
   * calls).
   */
  async campaign(skillId: string, windowMinutes: number | undefined, options: AcdCallOptions): Promise<MetricsView> {
    const now = await this.#time.now(this.#requester, options);
    const [activeCalls, window, agents] = await Promise.all([
      this.#active(skillId, options),
      windowMinutes === undefined ? undefined : this.#window(skillId, windowMinutes, now, options),
      windowMinutes === undefined ? null : this.#agentsOf(skillId, options),
    ]);
    const lastUpdated = new Date(now).toISOString();
    if (window === undefined) return { campaignId: skillId, successRate: null, activeCalls, lastUpdated };
    const { dials, connects, abandons, minutes } = window;
    const answered = connects + abandons;
    return {
      campaignId: skillId,
      windowMinutes: minutes,
      successRate: dials === 0 ? null : connects / dials,
      /** The counts behind the rate. */
      success: { numerator: connects, denominator: dials },
      activeCalls,
      callsPlaced: dials,
      callsAnswered: answered,
      abandonmentRate: answered === 0 ? null : abandons / answered,
      agents,
      lastUpdated,
    };
  }

  /** Null when they are not available: the other figures do not depend on a right that this user may lack. */
  async #agentsOf(skillId: string, options: AcdCallOptions): Promise<AgentCounts | null> {
    const now = this.#clock.now();
    if (this.#agents === undefined || this.#agents.until <= now || this.#agents.until > now + AGENTS_REFUSED_MS) {
      const bySkill = this.#readAgents(options).catch((thrown: unknown) => {
        if (!(thrown instanceof TenantError)) throw thrown;
        this.#agents = thrown.code === "aborted" ? undefined : { until: now + AGENTS_REFUSED_MS, bySkill: Promise.resolve(null) };
        return null;
      });
      this.#agents = { until: now + AGENTS_MS, bySkill };
    }
    return (await this.#agents.bySkill)?.get(skillId) ?? null;
  }

  async #readAgents(options: AcdCallOptions): Promise<AgentsBySkill> {
    const { reply } = await this.#requester.request("skillActivity", { ...options, query: { isOutbound: true } });
    return new Map(
      reply.skillActivity.map(({ skillId, agentsLoggedIn, agentsAvailable, agentsWorking, agentsACW }) => [
        skillId,
        {
          loggedIn: agentsLoggedIn ?? null,
          available: agentsAvailable ?? null,
          working: agentsWorking ?? null,
          wrapUp: agentsACW ?? null,
        },
      ]),
    );
  }

  /** The last day by hour, as far as there are statistics. */
  async *hourly(skillId: string | undefined, options: AcdCallOptions): AsyncGenerator<object, void, undefined> {
    const end = Math.floor((await this.#time.now(this.#requester, options)) / HOUR_MS) * HOUR_MS;
    const hours = new Map<string, { dials: number; connects: number; abandons: number }>();
    for await (const row of this.#intervals(end - DAY_HOURS * HOUR_MS, end, options)) {
      if (skillId !== undefined && row.skillId !== skillId) continue;
      const at = Date.parse(row.intervalStartDate ?? "");
      if (Number.isNaN(at)) continue;
      const key = JSON.stringify([Math.floor(at / HOUR_MS) * HOUR_MS, row.skillId]);
      const sum = hours.get(key) ?? { dials: 0, connects: 0, abandons: 0 };
      hours.set(key, add(sum, row));
    }
    for (const [key, { dials, connects, abandons }] of hours) {
      const [at, campaignId] = JSON.parse(key) as [number, string];
      const answered = connects + abandons;
      yield {
        timestamp: new Date(at).toISOString(),
        campaignId,
        dials,
        connects,
        abandons,
        answerRate: dials === 0 ? null : answered / dials,
        abandonmentRate: answered === 0 ? null : abandons / answered,
      };
    }
  }

  /** `skill/instant` for each quarter of an hour in which a skill dialed. */
  async dialedQuarters(from: number, to: number, options: AcdCallOptions): Promise<ReadonlySet<string>> {
    const quarters = new Set<string>();
    const start = Math.floor(from / QUARTER_MS) * QUARTER_MS;
    for await (const { skillId, intervalStartDate, dials } of this.#intervals(start, to + 1, options))
      if ((dials ?? 0) > 0) quarters.add(`${skillId}/${Date.parse(intervalStartDate ?? "")}`);
    return quarters;
  }

  async #active(skillId: string, options: AcdCallOptions): Promise<number> {
    let count = 0;
    for await (const _ of acdRows(this.#requester, "listActive", { ...options, query: { skillId } })) count += 1;
    return count;
  }

  async #window(skillId: string, windowMinutes: number, until: Instant, options: AcdCallOptions) {
    const minutes = Math.max(INTERVAL_MINUTES, Math.ceil(windowMinutes / INTERVAL_MINUTES) * INTERVAL_MINUTES);
    let sum = { dials: 0, connects: 0, abandons: 0 };
    for await (const row of this.#intervals(until - minutes * MINUTE_MS, until, options))
      if (row.skillId === skillId) sum = add(sum, row);
    return { ...sum, minutes };
  }

  /** Statistics of a range, requested in pieces of the allowed length. */
  async *#intervals(from: number, to: number, options: AcdCallOptions): AsyncGenerator<Interval, void, undefined> {
    const most = MAX_DIALER_STATS_HOURS * HOUR_MS;
    for (let start = from; start < to; start += most) {
      const query = { startDate: new Date(start).toISOString(), endDate: new Date(Math.min(to, start + most)).toISOString() };
      const { reply } = await this.#requester.request("dialerStats", { ...options, query });
      yield* reply.outboundStats;
    }
  }
}

const add = (sum: { dials: number; connects: number; abandons: number }, row: Interval) => ({
  dials: sum.dials + (row.dials ?? 0),
  connects: sum.connects + (row.connects ?? 0),
  abandons: sum.abandons + (row.abandons ?? 0),
});
