// Figures of a skill: the dialer's statistics by quarter of an hour, and the calls under way. There is no live count of abandoned
// calls.

import { type AcdReply, MAX_COMPLETED_DAYS, MAX_DIALER_STATS_HOURS, PHONE_MEDIA } from "../../contract/acd/index.ts";
import { DAY_MS, HOUR_MS, type Instant, MINUTE_MS } from "../../kernel/index.ts";
import type { AnsweredHour } from "../capabilities.ts";
import { TenantError } from "../errors.ts";
import type { AgentCounts, MetricsView } from "../views.ts";
import { acdRows } from "./pages.ts";
import type { AcdCallOptions, AcdRequester } from "./requester.ts";
import type { ServerTime } from "./server-time.ts";
import { timeOf } from "./times.ts";

type Interval = AcdReply<"dialerStats">["outboundStats"][number];

const QUARTER_MS = 900_000;
/** The shortest interval of statistics. */
const INTERVAL_MINUTES = 15;
const DAY_HOURS = 24;
/**
 * One reply has the figures of all skills, one the contacts of all skills at present, one the agents of all skills. How long a
 * reply is used for everybody who asks, ms.
 */
const SHARED_MS = 10_000;
/** How long the answers of 30 days are used, ms. */
const ANSWERED_MS = 60_000;
/** How often agents are requested after a refusal, ms. */
const AGENTS_REFUSED_MS = 60_000;

/** Counts of a window of time, with its end. */
interface Counts {
  readonly dials: number;
  readonly connects: number;
  readonly abandons: number;
}
interface Window {
  readonly until: Instant;
  readonly minutes: number;
  readonly bySkill: ReadonlyMap<string, Counts>;
}

/** Figures of campaigns (skills): the dialer's statistics by quarter of an hour, and the present agents and calls. */
export class Figures {
  readonly #requester: AcdRequester;
  readonly #time: ServerTime;
  readonly #agents: Shared<ReadonlyMap<string, AgentCounts>>;
  /** After a refusal of the agents. */
  #refusedAt = Number.NEGATIVE_INFINITY;
  /** Skills of the calls under way, by contact. */
  readonly #active: Shared<ReadonlyMap<string, string>>;
  readonly #answered: Shared<ReadonlyMap<string, readonly AnsweredHour[]>>;
  /** By minutes. */
  readonly #windows = new Map<number, Shared<Window>>();

  constructor(requester: AcdRequester, time: ServerTime) {
    this.#requester = requester;
    this.#time = time;
    this.#agents = new Shared(SHARED_MS);
    this.#active = new Shared(SHARED_MS);
    this.#answered = new Shared(ANSWERED_MS);
  }

  /**
   * The figures of the last `windowMinutes`, rounded up to quarters of an hour, and the present agents; without a window only the
   * calls under way. Answered calls are connects plus abandons (inferred: no source says whether connects include abandoned
   * calls).
   */
  async campaign(skillId: string, windowMinutes: number | undefined, options: AcdCallOptions): Promise<MetricsView> {
    const now = await this.#time.now(this.#requester, options);
    if (windowMinutes === undefined) {
      // Who asks for the calls under way alone waits for their end: this is never an earlier reply.
      const activeCalls = (await this.#calls(options, skillId)).size;
      return { campaignId: skillId, successRate: null, activeCalls, lastUpdated: new Date(now).toISOString() };
    }
    const [active, { until, minutes, bySkill }, agents] = await Promise.all([
      this.#active.get(now, options, () => this.#calls(options)),
      this.#window(windowMinutes, now, options),
      this.#agentsOf(skillId, now, options),
    ]);
    const activeCalls = [...active.values()].filter((of) => of === skillId).length;
    const lastUpdated = new Date(until).toISOString();
    const { dials, connects, abandons } = bySkill.get(skillId) ?? NO_CALLS;
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
  async #agentsOf(skillId: string, now: Instant, options: AcdCallOptions): Promise<AgentCounts | null> {
    if (Math.abs(now - this.#refusedAt) < AGENTS_REFUSED_MS) return null;
    try {
      return (await this.#agents.get(now, options, () => this.#readAgents(options))).get(skillId) ?? null;
    } catch (thrown) {
      if (!(thrown instanceof TenantError)) throw thrown;
      if (thrown.code !== "aborted") this.#refusedAt = now;
      return null;
    }
  }

  async #readAgents(options: AcdCallOptions): Promise<ReadonlyMap<string, AgentCounts>> {
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
    const hours = new Map<string, Counts>();
    for await (const row of this.#intervals(end - DAY_HOURS * HOUR_MS, end, options)) {
      if (skillId !== undefined && row.skillId !== skillId) continue;
      const at = Date.parse(row.intervalStartDate ?? "");
      if (Number.isNaN(at)) continue;
      const key = JSON.stringify([Math.floor(at / HOUR_MS) * HOUR_MS, row.skillId]);
      const sum = hours.get(key) ?? NO_CALLS;
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

  /** See `MetricsSource`. The day is that of the statistics by quarter of an hour, what was before that of the summaries. */
  async answered(skillId: string, now: Instant, options: AcdCallOptions): Promise<readonly AnsweredHour[] | undefined> {
    const at = await this.#time.now(this.#requester, options);
    return (await this.#answered.get(at, options, () => this.#readAnswered(at, now, options))).get(skillId);
  }

  async #readAnswered(at: Instant, now: Instant, options: AcdCallOptions): Promise<ReadonlyMap<string, AnsweredHour[]>> {
    const border = Math.floor((at - DAY_HOURS * HOUR_MS) / QUARTER_MS) * QUARTER_MS;
    const query = {
      startDate: new Date(at - MAX_COMPLETED_DAYS * DAY_MS).toISOString(),
      endDate: new Date(border).toISOString(),
    };
    const { reply } = await this.#requester.request("skillSummary", { ...options, query });
    const found = new Map<string, Map<number, AnsweredHour>>();
    const unsaid = new Set<string>();
    const count = (skillId: string, hoursAgo: number, connects: number | undefined, abandons: number | undefined) => {
      if (connects === undefined || abandons === undefined) return unsaid.add(skillId);
      const hours = found.get(skillId) ?? new Map<number, AnsweredHour>();
      const start = now - (hoursAgo + 1) * HOUR_MS;
      const known = hours.get(start) ?? { start, connects: 0, abandons: 0 };
      found.set(skillId, hours.set(start, { start, connects: known.connects + connects, abandons: known.abandons + abandons }));
    };
    for (const { skillId, connects, abandonCount } of reply.skillSummaries) count(skillId, DAY_HOURS, connects, abandonCount);
    for await (const { skillId, intervalStartDate, connects, abandons } of this.#intervals(border, at, options)) {
      const quarter = timeOf(intervalStartDate);
      if (quarter === undefined) unsaid.add(skillId);
      else count(skillId, Math.min(DAY_HOURS - 1, Math.max(0, Math.floor((at - quarter - 1) / HOUR_MS))), connects, abandons);
    }
    return new Map([...found].flatMap(([skillId, hours]) => (unsaid.has(skillId) ? [] : [[skillId, [...hours.values()]]])));
  }

  /** Dials by `skill/instant` for each quarter of an hour in which a skill dialed. */
  async dialedQuarters(from: number, to: number, options: AcdCallOptions): Promise<ReadonlyMap<string, number>> {
    const quarters = new Map<string, number>();
    const start = Math.floor(from / QUARTER_MS) * QUARTER_MS;
    for await (const { skillId, intervalStartDate, dials } of this.#intervals(start, to + 1, options))
      if ((dials ?? 0) > 0) quarters.set(`${skillId}/${Date.parse(intervalStartDate ?? "")}`, dials ?? 0);
    return quarters;
  }

  /** The skill of each contact under way, as it was a few seconds ago at most. */
  async activeContacts(options: AcdCallOptions): Promise<ReadonlyMap<string, string>> {
    return this.#active.get(await this.#time.now(this.#requester, options), options, () => this.#calls(options));
  }

  /** The skill of each call under way; of one skill when it is named. */
  async #calls(options: AcdCallOptions, skillId?: string): Promise<ReadonlyMap<string, string>> {
    const skills = new Map<string, string>();
    const query = skillId === undefined ? { mediaTypeId: PHONE_MEDIA } : { skillId };
    for await (const contact of acdRows(this.#requester, "listActive", { ...options, query })) {
      const of = skillId ?? contact.skillId;
      if (of !== undefined && of !== null) skills.set(contact.contactId, of);
    }
    return skills;
  }

  #window(windowMinutes: number, until: Instant, options: AcdCallOptions): Promise<Window> {
    const minutes = Math.max(INTERVAL_MINUTES, Math.ceil(windowMinutes / INTERVAL_MINUTES) * INTERVAL_MINUTES);
    const shared = this.#windows.get(minutes) ?? new Shared<Window>(SHARED_MS);
    this.#windows.set(minutes, shared);
    return shared.get(until, options, async () => {
      const bySkill = new Map<string, Counts>();
      for await (const row of this.#intervals(until - minutes * MINUTE_MS, until, options))
        bySkill.set(row.skillId, add(bySkill.get(row.skillId) ?? NO_CALLS, row));
      return { until, minutes, bySkill };
    });
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

const NO_CALLS: Counts = { dials: 0, connects: 0, abandons: 0 };
const add = (sum: Counts, row: Interval): Counts => ({
  dials: sum.dials + (row.dials ?? 0),
  connects: sum.connects + (row.connects ?? 0),
  abandons: sum.abandons + (row.abandons ?? 0),
});

// One reply for many: what the tenant tells about all campaigns at once is requested once for all who ask within a short time.

/** A reply that is kept for a short time. A request under way is waited for only by callers with its lane. */
class Shared<Value> {
  readonly #forMs: number;
  #kept: { readonly at: Instant; readonly value: Value } | undefined;
  readonly #under = new Map<string, Promise<Value>>();

  constructor(forMs: number) {
    this.#forMs = forMs;
  }

  /** @param at the tenant's time @param read requests it */
  async get(at: Instant, options: AcdCallOptions, read: () => Promise<Value>): Promise<Value> {
    if (this.#kept !== undefined && Math.abs(at - this.#kept.at) < this.#forMs) return this.#kept.value;
    const lane = options.lane ?? "";
    const under = this.#under.get(lane);
    if (under !== undefined)
      try {
        return await under;
      } catch (thrown) {
        // The other caller gave up, or ran out of time.
        const isTheirs = thrown instanceof TenantError && (thrown.code === "aborted" || thrown.code === "deadline_exceeded");
        if (!isTheirs) throw thrown;
        options.signal?.throwIfAborted();
        return await this.get(at, options, read);
      }
    const reading = read();
    this.#under.set(lane, reading);
    try {
      const value = await reading;
      this.#kept = { at, value };
      return value;
    } finally {
      this.#under.delete(lane);
    }
  }
}
