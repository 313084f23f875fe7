// Figures of a skill: the dialer's statistics by quarter of an hour, and the calls under way. There is no live count of abandoned
// calls.

import { type AcdReply, MAX_COMPLETED_DAYS, MAX_DIALER_STATS_HOURS, PHONE_MEDIA } from "../../contract/acd/index.ts";
import { DAY_MS, HOUR_MS, type Instant, MINUTE_MS, timeOf } from "../../kernel/index.ts";
import type { AnsweredHour } from "../capabilities.ts";
import { TenantError } from "../errors.ts";
import type { AgentCounts, MetricsView } from "../views.ts";
import { type AcdRow, acdRows } from "./pages.ts";
import type { AcdCallOptions, AcdRequester } from "./requester.ts";
import type { ServerTime } from "./server-time.ts";
import type { Skills } from "./skills.ts";

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
/** How often something is requested after a refusal, ms. */
const REFUSED_MS = 60_000;
/** How long an interface that a tenant does not answer is left alone, ms. */
const NOT_OFFERED_MS = HOUR_MS;

/** The interfaces that tell agents and calls of many skills in one request. */
const NEWER = ["searchActivities", "searchActivity"] as const;

/** What skills do at present. */
interface Present {
  readonly activeCalls: number | null;
  readonly agents: AgentCounts | null;
}
type Activity = AcdReply<"skillActivity">["skillActivity"][number];

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
  readonly #skills: Skills;
  readonly #present: Shared<ReadonlyMap<string, Present>>;
  /** From when on a newer interface is asked. */
  readonly #askedFrom = new Map<(typeof NEWER)[number], Instant>();
  readonly #activity: Shared<ReadonlyMap<string, Present>>;
  /** After a refusal of the activity. */
  #refusedAt = Number.NEGATIVE_INFINITY;
  /** Skills of the calls under way, by contact. */
  readonly #active: Shared<ReadonlyMap<string, string>>;
  readonly #answered: Shared<ReadonlyMap<string, readonly AnsweredHour[]>>;
  /** By minutes. */
  readonly #windows = new Map<number, Shared<Window>>();

  constructor(requester: AcdRequester, time: ServerTime, skills: Skills) {
    this.#requester = requester;
    this.#time = time;
    this.#skills = skills;
    this.#present = new Shared(SHARED_MS);
    this.#activity = new Shared(SHARED_MS);
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
      const listed = (await this.#calls(options, skillId)).size;
      const activeCalls = listed > 0 || (await this.#counted(options, skillId)) === 0 ? listed : null;
      return { campaignId: skillId, successRate: null, activeCalls, lastUpdated: new Date(now).toISOString() };
    }
    const [{ activeCalls, agents }, { until, minutes, bySkill }] = await Promise.all([
      this.#presentOf(skillId, now, options),
      this.#window(windowMinutes, now, options),
    ]);
    const lastUpdated = new Date(until).toISOString();
    const own = bySkill.get(skillId);
    const { dials, connects, abandons } = own ?? NO_CALLS;
    // Statistics without the skill, and nothing that counts its calls under way: that is no word that it placed none.
    const isTold = own !== undefined || activeCalls !== null;
    const answered = connects + abandons;
    return {
      campaignId: skillId,
      windowMinutes: minutes,
      successRate: dials === 0 ? null : connects / dials,
      /** The counts behind the rate. */
      success: { numerator: connects, denominator: dials },
      activeCalls,
      callsPlaced: isTold ? dials : null,
      callsAnswered: isTold ? answered : null,
      abandonmentRate: answered === 0 ? null : abandons / answered,
      agents,
      lastUpdated,
    };
  }

  /** Of all skills in one request where the tenant offers it, otherwise in two. */
  async #presentOf(skillId: string, now: Instant, options: AcdCallOptions): Promise<Present> {
    const found = (await this.#searched(now, options))?.get(skillId);
    // A row without its calls says less than the older interfaces.
    if (typeof found?.activeCalls === "number") return found;
    const [active, activity] = await Promise.all([
      this.#active.get(now, options, () => this.#calls(options)),
      this.#activityOf(skillId, now, options),
    ]);
    const listed = [...active.values()].filter((of) => of === skillId).length;
    return { activeCalls: listed > 0 || activity?.activeCalls === 0 ? listed : null, agents: activity?.agents ?? null };
  }

  /** Undefined when none of the newer interfaces is offered, as far as is known. */
  async #searched(now: Instant, options: AcdCallOptions): Promise<ReadonlyMap<string, Present> | undefined> {
    for (const id of NEWER) {
      // A first reading may be the only one: it makes no request that the tenant may not know.
      const since = this.#askedFrom.get(id) ?? now + SHARED_MS;
      if (now < since && since <= now + NOT_OFFERED_MS) {
        this.#askedFrom.set(id, since);
        continue;
      }
      try {
        return await this.#present.get(now, options, () => this.#search(id, options));
      } catch (thrown) {
        if (!(thrown instanceof TenantError) || thrown.code === "aborted" || thrown.code === "deadline_exceeded") throw thrown;
        const isRefused = thrown.status !== undefined && thrown.status < 500 && thrown.status !== 429;
        this.#askedFrom.set(id, now + (isRefused ? NOT_OFFERED_MS : REFUSED_MS));
      }
    }
    return undefined;
  }

  async #search(id: (typeof NEWER)[number], options: AcdCallOptions): Promise<ReadonlyMap<string, Present>> {
    const skillIds = (await this.#skills.ids(options)).map(Number);
    if (skillIds.length === 0) return new Map();
    const { reply } =
      id === "searchActivities"
        ? await this.#requester.request(id, { ...options, body: { filters: { skillIds }, timeRange: { type: "CURRENT" } } })
        : await this.#requester.request(id, { ...options, body: { filter: { skillIds }, top: skillIds.length } });
    return presentOf(reply.skillActivity);
  }

  /** Null when they are not available: the other figures do not depend on a right that this user may lack. */
  async #activityOf(skillId: string, now: Instant, options: AcdCallOptions): Promise<Present | null> {
    if (Math.abs(now - this.#refusedAt) < REFUSED_MS) return null;
    try {
      return (await this.#activity.get(now, options, () => this.#readActivity(options))).get(skillId) ?? null;
    } catch (thrown) {
      if (!(thrown instanceof TenantError)) throw thrown;
      if (thrown.code !== "aborted") this.#refusedAt = now;
      return null;
    }
  }

  async #readActivity(options: AcdCallOptions): Promise<ReadonlyMap<string, Present>> {
    const { reply } = await this.#requester.request("skillActivity", { ...options, query: { isOutbound: true } });
    return presentOf(reply.skillActivity);
  }

  /** The second witness of calls under way: how many the activity of a skill, or of all that call out, has at present. Null when it does not say. */
  async #counted(options: AcdCallOptions, skillId?: string): Promise<number | null> {
    const rows =
      skillId === undefined
        ? await this.#readActivity(options)
        : presentOf((await this.#requester.request("oneSkillActivity", { ...options, path: { skillId } })).reply.skillActivity);
    const counts = [...rows.values()].map(({ activeCalls }) => activeCalls);
    return counts.length === 0 ? null : counts.reduce((sum, count) => (sum === null || count === null ? null : sum + count));
  }

  /** The last day by hour, as far as there are statistics. */
  async *hourly(skillId: string | undefined, options: AcdCallOptions): AsyncGenerator<object, void, undefined> {
    const end = Math.floor((await this.#time.now(this.#requester, options)) / HOUR_MS) * HOUR_MS;
    const hours = new Map<string, Counts>();
    for await (const row of this.#intervals(end - DAY_HOURS * HOUR_MS, end, options)) {
      if (skillId !== undefined && row.skillId !== skillId) continue;
      const at = timeOf(row.intervalStartDate);
      if (at === undefined) continue;
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
      if ((dials ?? 0) > 0) quarters.set(`${skillId}/${timeOf(intervalStartDate)}`, dials ?? 0);
    return quarters;
  }

  /** The skill of each contact under way, as it was a few seconds ago at most. */
  async activeContacts(options: AcdCallOptions): Promise<ReadonlyMap<string, string>> {
    return this.#active.get(await this.#time.now(this.#requester, options), options, () => this.#calls(options));
  }

  /**
   * The calls to people that are under way. @throws TenantError `invalid_reply` when they are fewer than half of what the activity of the skills has, or there are none
   * and it does not say that
   */
  async *outbound(options: AcdCallOptions): AsyncGenerator<AcdRow<"listActive">, void, undefined> {
    let listed = 0;
    for await (const contact of acdRows(this.#requester, "listActive", { ...options, query: { mediaTypeId: PHONE_MEDIA } })) {
      if (contact.isOutbound === false) continue;
      listed += 1;
      yield contact;
    }
    const counted = await this.#counted(options);
    if (counted === null ? listed > 0 : listed >= counted / 2) return;
    const says =
      counted === null ? "the activity of the skills does not say that there is none" : `their activity has ${counted}`;
    throw new TenantError("invalid_reply", `the tenant lists ${listed} calls under way, and ${says}`, {
      operationId: "listActive",
    });
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

const countsOf = ({ agentsLoggedIn, agentsAvailable, agentsWorking, agentsACW }: Activity): AgentCounts => ({
  loggedIn: agentsLoggedIn ?? null,
  available: agentsAvailable ?? null,
  working: agentsWorking ?? null,
  wrapUp: agentsACW ?? null,
});

const presentOf = (rows: readonly Activity[]): ReadonlyMap<string, Present> =>
  new Map(rows.map((row) => [row.skillId, { activeCalls: row.contactsActive ?? null, agents: countsOf(row) }]));

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
