// Keeps the stored data about the tenant fresh: one background loop, whose reads use the lane `refresh`, which gets at most half
// of a budget. Requests report what is viewed and are answered from the store. Several services on one database share the work:
// each reading is claimed.

import { type Clock, type Instant, isWithin, messageOf } from "../../kernel/index.ts";
import { AHEAD_MS, type ReadingKey, type Store, StoreError, type TenantReading } from "../../store/index.ts";
import { type CallOptions, type CampaignView, TenantError, type TenantLink } from "../../tenant/port.ts";
import { readInventory } from "../attention/inventory.ts";
import {
  isAssumed,
  keptDocumentOf,
  keptLookOf,
  lookFits,
  lookGoodUntil,
  SHOWN_WINDOW_MINUTES,
} from "../campaigns/health/known.ts";
import type { CampaignGateVerdict } from "../campaigns/state/gate.ts";
import type { CampaignStates } from "../campaigns/states.ts";
import { OperationError } from "../error.ts";
import { listCampaigns } from "../known/index.ts";
import { isRecent, LOOK_GOOD_MS, SharedLists } from "./shared-lists.ts";

/** A reading, with the age from which on it is due, ms. */
interface DueReading extends ReadingKey {
  readonly what: keyof typeof TARGETS_MS;
  readonly subject: string;
  readonly targetMs: number;
  /** Most requests that it takes. */
  readonly requests: number;
  /** While figures are due, so many requests for figures are made for each of its own. */
  readonly figures: number;
}

/** What users viewed, and when last. */
export interface Asked {
  readonly list: Instant;
  /** Dialer settings by campaign; under "" those of the tenant. */
  readonly dialers: ReadonlyMap<string, Instant>;
  /** Pages of single campaigns, by campaign. */
  readonly campaigns: ReadonlyMap<string, Instant>;
}

/** The state on which the next reading depends. */
export interface RefreshState {
  readonly now: Instant;
  /** The known campaigns, in the order of the list. */
  readonly campaigns: readonly string[];
  readonly readings: readonly Omit<TenantReading, "value">[];
  /** The contact list of each campaign, where it is known: what one look reads of it, looks at the others share. */
  readonly lists: ReadonlyMap<string, string>;
  /** Contact lists that were read a moment ago: a look at their campaigns takes no request. */
  readonly atHand: ReadonlySet<string>;
  /** Campaigns that had calls under way: their looks come first while none was made. */
  readonly calling: ReadonlySet<string>;
  readonly asked: Asked;
  /** Whether each campaign has its own dialer settings: then only viewed ones are read. */
  readonly perCampaign: boolean;
  /** Whether the tenant is asked for the work that is left in a campaign; otherwise outdial counts it by itself, without a request. */
  readonly asksWork: boolean;
  /** Number of readings chosen so far. */
  readonly turn: number;
  /** Number of figures before the next look, from `owedAfter`; 0 at first. */
  readonly owed: number;
}

/** How long a request counts as viewing: pages ask again every 10 to 15 s. */
const LOOKING_MS = 40_000;
/** Every so many turns, campaigns that nobody views get a turn. */
const OTHERS_EVERY = 4;

/** While figures are due, so many requests for figures are made for each request for documents and looks of the gate. */
const FIGURES_TO_LOOKS = 7;
/** The same for first looks at a list that several campaigns share: they tell of campaigns of which nothing is known yet. */
const FIGURES_TO_SHARED = 1;
/** The same for documents that were never read. */
const FIGURES_TO_UNREAD = 3;
/** Number of requests of a look of the gate: the campaign and the pages of its list. */
const FIRST_LOOK_REQUESTS = 3;
const LOOK_REQUESTS = 11;

const TARGETS_MS = {
  campaigns: { looked: 20_000, else: 60_000 },
  dialer: { looked: 20_000, else: 600_000 },
  figures: { looked: 20_000, else: 60_000 },
  campaign: { looked: 60_000, else: 300_000 },
  gate: { looked: LOOK_GOOD_MS, else: LOOK_GOOD_MS },
  workload: { looked: 60_000, else: 300_000 },
} as const;

interface Candidate extends DueReading {
  readonly ageMs: number;
  readonly place: number;
  readonly opened: boolean;
}

/**
 * Due readings, the most urgent first: the list of campaigns, then viewed dialer settings, then campaigns whose page is open,
 * then all others. Among equals, figures that were never read come first. After that, figures on one side and documents and looks
 * of the gate (several requests each) on the other have a share each; within a share, first looks come first at campaigns that call
 * or share a list, then what was never read, then the most overdue.
 */
export function dueReadings(state: RefreshState): DueReading[] {
  const { now, campaigns, asked, turn, owed } = state;
  const looks = (at: Instant | undefined) => at !== undefined && now - at < LOOKING_MS;
  const known = new Map(state.readings.map((one) => [`${one.what} ${one.subject}`, one]));
  const due: Candidate[] = [];
  const add = (what: keyof typeof TARGETS_MS, subject: string, looked: boolean, place: number, opened: boolean) => {
    const reading = known.get(`${what} ${subject}`);
    const ageMs = now - (reading?.triedAt ?? Number.NEGATIVE_INFINITY);
    const targetMs = TARGETS_MS[what][looked ? "looked" : "else"];
    const isOfAnotherClock = ageMs < -AHEAD_MS;
    const expired = isOfAnotherClock || (reading !== undefined && reading.goodUntil !== null && reading.goodUntil <= now);
    if (ageMs >= targetMs || expired) {
      const isUnread = reading === undefined || reading.readAt === null;
      const ofOthers = what === "workload" && !state.asksWork ? 0 : 1;
      const requests = what !== "gate" ? ofOthers : isUnread ? FIRST_LOOK_REQUESTS : LOOK_REQUESTS;
      const figures = what === "campaign" && isUnread ? FIGURES_TO_UNREAD : FIGURES_TO_LOOKS;
      due.push({ what, subject, targetMs, requests, figures, ageMs: isOfAnotherClock ? targetMs : ageMs, place, opened });
    }
  };
  add("campaigns", "", looks(asked.list), -2, true);
  const dialers = state.perCampaign ? [...asked.dialers].filter(([, at]) => looks(at)).map(([id]) => id) : [""];
  for (const id of dialers) add("dialer", id, looks(asked.dialers.get(id)), -1, looks(asked.dialers.get(id)));
  const listed = looks(asked.list);
  const named = new Set(campaigns);
  // A page may be open for a campaign that no list has named yet.
  const open = [...asked.campaigns].filter(([id, at]) => looks(at) && !named.has(id)).map(([id]) => id);
  for (const [place, id] of [...campaigns, ...open].entries()) {
    const opened = looks(asked.campaigns.get(id));
    for (const what of ["figures", "campaign", "gate", "workload"] as const) add(what, id, opened || listed, place, opened);
  }
  const othersFirst = turn % OTHERS_EVERY === OTHERS_EVERY - 1;
  const { first, waiting } = firstLooks(due, state);
  const calls = (one: Candidate) => (one.what === "campaign" && isNever(one) && state.calling.has(one.subject) ? 0 : 1);
  const rest = due.filter((one) => !first.has(one) && !waiting.has(one)).toSorted((a, b) => calls(a) - calls(b) || urgency(a, b));
  const ranks = Map.groupBy([...first.values(), ...rest], (one) => rank(one, othersFirst));
  return [0, 1, 2]
    .flatMap((one) => shared(ranks.get(one) ?? [], owed))
    .map(({ what, subject, targetMs, requests, figures }) => ({ what, subject, targetMs, requests, figures }));
}

/**
 * Looks that were never made and come before the others: at campaigns with calls under way, and at campaigns that share a list, as a
 * few requests then tell of many. One of each list; the others wait until its contacts are at hand, and then take no request.
 * @returns each in the order, with its costs, and those that wait
 */
function firstLooks(
  due: readonly Candidate[],
  { now, readings, lists, atHand, calling }: RefreshState,
): { readonly first: ReadonlyMap<Candidate, Candidate>; readonly waiting: ReadonlySet<Candidate> } {
  const calls = ({ subject }: Candidate) => (calling.has(subject) ? 0 : 1);
  const documents = new Map(readings.flatMap(({ what, subject, readAt }) => (what === "campaign" ? [[subject, readAt]] : [])));
  // Of a document that was never read the list of campaigns has told what a first look needs, where it names the contact list.
  const isAtHand = ({ subject }: Candidate) =>
    atHand.has(lists.get(subject) ?? "") && isRecent(documents.get(subject) ?? now, now);
  const costs = (one: Candidate) => (isAtHand(one) ? 0 : 1);
  // One that failed is as unknown as one that was never made; where it takes no request it waits for no second look at another.
  const read = new Set(readings.flatMap(({ what, subject, readAt }) => (what === "gate" && readAt !== null ? [subject] : [])));
  const never = due.filter((one) => one.what === "gate" && (isNever(one) || (!read.has(one.subject) && isAtHand(one))));
  const byList = Map.groupBy(
    never.toSorted((a, b) => costs(a) - costs(b) || calls(a) - calls(b) || a.place - b.place),
    ({ subject }) => lists.get(subject) ?? subject,
  );
  const first = new Map<Candidate, Candidate>();
  const waiting = new Set<Candidate>();
  for (const [list, group] of byList) {
    const isShared = group.length > 1 || (lists.size > 0 && atHand.has(list));
    if (!isShared && !group.some((one) => calls(one) === 0)) continue;
    for (const [i, one] of group.entries())
      if (isAtHand(one) || i === 0)
        first.set(one, { ...one, requests: isAtHand(one) ? 0 : one.requests, figures: FIGURES_TO_SHARED });
      else waiting.add(one);
  }
  return { first, waiting };
}

/** How many figures come before the next look after this one was chosen. */
export function owedAfter(owed: number, { what, requests, figures }: Pick<DueReading, "what" | "requests" | "figures">): number {
  // Bounded, so that looks made while no figures were due do not count against those that come due later.
  return isLook(what) ? Math.min(owed + requests * figures, LOOK_REQUESTS * FIGURES_TO_LOOKS) : Math.max(0, owed - requests);
}

function rank({ what, opened }: Candidate, othersFirst: boolean): number {
  if (what === "campaigns") return 0;
  return opened || othersFirst ? 1 : 2;
}

const isLook = (what: ReadingKey["what"]): boolean => what === "campaign" || what === "gate" || what === "workload";
const isNever = ({ ageMs }: Candidate): boolean => ageMs === Number.POSITIVE_INFINITY;

function urgency(a: Candidate, b: Candidate): number {
  if (isNever(a) !== isNever(b)) return isNever(a) ? -1 : 1;
  return (isNever(a) ? 0 : b.ageMs / b.targetMs - a.ageMs / a.targetMs) || a.place - b.place;
}

/** Figures and looks alternately, as `owedAfter` says; all figures that were never read come before the first look that nothing shares. */
function shared(due: readonly Candidate[], before: number): Candidate[] {
  const looks = due.filter(({ what }) => isLook(what));
  const others = due.filter(({ what }) => !isLook(what));
  const never = others.findIndex((one) => !isNever(one));
  const order = looks[0]?.figures === FIGURES_TO_SHARED ? [] : others.splice(0, never === -1 ? others.length : never);
  let owed = order.reduce(owedAfter, before);
  for (let look = 0, other = 0; ; ) {
    const next = owed > 0 ? (others[other++] ?? looks[look++]) : (looks[look++] ?? others[other++]);
    if (next === undefined) break;
    order.push(next);
    owed = owedAfter(owed, next);
  }
  return order;
}

/** Concurrent readings: one without an answer does not block the others. As many more of those that take no request: they keep none waiting. */
const AT_ONCE = 4;
/** Time limit of one call, including the wait for the budget, ms. */
const CALL_MS = 30_000;
/** After this time a dead process's claim expires, ms. */
const CLAIM_MS = 90_000;
/** Longest time between two look-ups of due readings, ms. */
const LOOK_MS = 5000;
/** Shortest time between two starts of readings, ms. */
const PAUSE_MS = 200;
/** For so long the readings that were due at a look-up are started one after the other: with many campaigns a look-up is work, ms. */
const DUE_MS = 2000;
/** Contacts judged by the first look at a campaign: two pages. Later looks judge more. */
const FIRST_CONTACTS = 200;
const CONTACTS = 1000;
/** How a campaign is read while a person waits. */
interface AskedNow {
  /** What the figures are measured over; 30 minutes by default. */
  readonly windowMinutes?: number | undefined;
  /** Contacts of the list that are judged. */
  readonly contacts?: number | undefined;
  /** `when due`: a look that is young enough is not made again. */
  readonly gate?: "when due" | undefined;
  readonly signal?: AbortSignal | undefined;
}

interface RefreshDeps {
  readonly store: Store;
  readonly tenant: Pick<TenantLink, "capabilities">;
  readonly states: Pick<CampaignStates, "metrics" | "gate" | "workload">;
  readonly clock: Clock;
  readonly warn: (message: string) => void;
  /** Ends everything that is running. */
  readonly signal: AbortSignal;
}

/** The stored data about the tenant, kept fresh. */
export class TenantRefresh {
  readonly #deps: RefreshDeps;
  readonly #campaigns = new Map<string, Instant>();
  readonly #dialers = new Map<string, Instant>();
  readonly #under = new Map<string, { readonly work: Promise<void>; readonly isFree: boolean }>();
  /** Readings claimed by another service, with when to look again. */
  readonly #elsewhere = new Map<string, Instant>();
  readonly #verdicts = new Map<string, CampaignGateVerdict>();
  readonly #warned = new Set<string>();
  #list: Instant = Number.NEGATIVE_INFINITY;
  /** What was due at the last look-up and has not been started since, and when that was; never, when something else must come first. */
  #due: DueReading[] = [];
  #dueAt: Instant = Number.NEGATIVE_INFINITY;
  #turn = 0;
  #owed = 0;
  #wake: (() => void) | undefined;

  readonly #lists: SharedLists;
  /** Campaigns of the last list that may have more than it tells, such as hours of their own. */
  #partial = new Map<string, CampaignView>();
  /** When the request for that list began. */
  #listedAt: Instant = Number.NEGATIVE_INFINITY;

  constructor(deps: RefreshDeps) {
    this.#deps = deps;
    this.#lists = new SharedLists(deps.tenant.capabilities.contactSource, deps.clock);
  }

  /**
   * Reports that a person views all campaigns, one campaign, or the dialer settings of one ("" where a tenant has one set).
   * Returns at once; due readings are made in the background.
   */
  looking(at: "campaigns" | { readonly dialerOf: string } | { readonly campaign: string }): void {
    const now = this.#deps.clock.now();
    const before =
      at === "campaigns" ? this.#list : "dialerOf" in at ? this.#dialers.get(at.dialerOf) : this.#campaigns.get(at.campaign);
    if (at === "campaigns") this.#list = now;
    else if ("dialerOf" in at) this.#dialers.set(at.dialerOf, now);
    else this.#campaigns.set(at.campaign, now);
    if (before === undefined || now - before >= LOOKING_MS) this.#lookAgain();
    else this.#wake?.();
  }

  /** The latest look of the gate that this process made for a campaign. */
  verdict(id: string): CampaignGateVerdict | undefined {
    return this.#verdicts.get(id);
  }

  /** Reports that a campaign was changed: it is read again even when its readings are fresh. Throws StoreError. */
  async changed({ campaign }: { readonly campaign: string }): Promise<void> {
    const { store, clock } = this.#deps;
    this.#verdicts.delete(campaign);
    await store.tenantReadings.expire(["campaign", "figures", "gate", "workload"], campaign, clock.now());
    this.#lookAgain();
  }

  /**
   * Reads everything about one campaign now, while a person waits; what the tenant does not tell does not keep the rest from being read.
   * Throws TenantError (`not_found` …), StoreError.
   */
  async campaignNow(id: string, asked: AskedNow = {}): Promise<void> {
    const call = { ...this.#now(), ...(asked.signal === undefined ? {} : { signal: asked.signal }) };
    const problems: unknown[] = [];
    const read = async (what: "campaign" | "figures" | "gate" | "workload", work: () => Promise<void>) => {
      try {
        await work();
      } catch (thrown) {
        if (!(thrown instanceof TenantError) || thrown.code === "not_found" || thrown.code === "aborted") throw thrown;
        problems.push(thrown);
        const { store, clock } = this.#deps;
        await store.tenantReadings.fail({ what, subject: id }, { code: thrown.code, message: thrown.message }, clock.now());
      }
    };
    await read("campaign", () => this.#document(id, call));
    await Promise.all([
      read("figures", () => this.#figures(id, call, asked.windowMinutes)),
      read("gate", async () => {
        if (asked.gate !== "when due" || (await this.#isGateDue(id))) await this.#gate(id, call, asked.contacts);
      }),
    ]);
    // The pace is computed from the readings, including the latest.
    await read("workload", () => this.#workload(id, call));
    if (problems.length > 0) throw problems[0];
  }

  async #isGateDue(id: string): Promise<boolean> {
    const { store, clock } = this.#deps;
    const { readAt = null, goodUntil = null } = (await store.tenantReadings.find({ what: "gate", subject: id })) ?? {};
    const now = clock.now();
    return readAt === null || !isWithin(LOOK_GOOD_MS, readAt, now) || (goodUntil !== null && goodUntil <= now);
  }

  /** Reads the list of campaigns now. Throws TenantError, StoreError. */
  listNow(): Promise<void> {
    return this.#campaignList(this.#now());
  }

  /** Reads the dialer settings now. @param campaign whose; "" where a tenant has one set. Throws TenantError, StoreError. */
  dialerNow(campaign: string): Promise<void> {
    return this.#dialerSettings(campaign, this.#now());
  }

  #now(): CallOptions {
    return { lane: "pacing", signal: this.#deps.signal };
  }

  #lookAgain(): void {
    this.#dueAt = Number.NEGATIVE_INFINITY;
    this.#wake?.();
  }

  /** Reads what is due until the signal aborts; then releases running claims. */
  async run(): Promise<void> {
    const { clock, warn, signal } = this.#deps;
    while (!signal.aborted) {
      const { promise: woken, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      try {
        await this.#startDue(signal);
      } catch (thrown) {
        if (!signal.aborted) warn(`refreshing the readings of the tenant: ${messageOf(thrown)}`);
      }
      await clock.sleep(PAUSE_MS, signal).catch(() => undefined);
      const timer = new AbortController();
      await Promise.race([woken, clock.sleep(LOOK_MS, AbortSignal.any([signal, timer.signal])).catch(() => undefined)]);
      timer.abort();
    }
    await Promise.all([...this.#under.values()].map(({ work }) => work));
  }

  async #startDue(signal: AbortSignal): Promise<void> {
    const { store, clock } = this.#deps;
    // The readings of this tenant would be stored as another one's.
    if ((this.#isFull(true) && this.#isFull(false)) || store.tenantOf.displaced !== undefined) return;
    const age = clock.now() - this.#dueAt;
    if (this.#due.length === 0 || age < 0 || age >= DUE_MS) await this.#lookUp();
    const later: DueReading[] = [];
    for (let one = this.#due.shift(); one !== undefined && !signal.aborted; one = this.#due.shift()) {
      const name = nameOf(one);
      if (this.#under.has(name) || this.#elsewhere.has(name)) continue;
      const isFree = one.requests === 0;
      if (this.#isFull(isFree)) {
        later.push(one);
        continue;
      }
      this.#turn += 1;
      this.#owed = owedAfter(this.#owed, one);
      const work = this.#claimed(one, name, signal).finally(() => {
        this.#under.delete(name);
        this.#wake?.();
      });
      this.#under.set(name, { work, isFree });
    }
    this.#due = later;
  }

  #isFull(isFree: boolean): boolean {
    return [...this.#under.values()].filter((one) => one.isFree === isFree).length >= AT_ONCE;
  }

  async #lookUp(): Promise<void> {
    const { store, clock } = this.#deps;
    this.#dueAt = clock.now();
    const [known, readings] = await Promise.all([store.knownCampaigns.list(), store.tenantReadings.times()]);
    const campaigns = known.map(({ id }) => id);
    const read = new Set(readings.flatMap(({ what, subject, readAt }) => (readAt === null ? [] : [`${what} ${subject}`])));
    const unlooked = campaigns.filter((id) => !read.has(`gate ${id}`) || !read.has(`campaign ${id}`));
    const told = unlooked.flatMap((id) => [[id, this.#partial.get(id)?.contactListId ?? ""] as const].filter(([, list]) => list));
    const [lists, calling] =
      unlooked.length === 0
        ? [new Map<string, string>(), new Map<string, Instant>()]
        : await Promise.all([store.tenantReadings.contactLists(unlooked), store.metrics.callsSince(unlooked)]);
    const now = clock.now();
    this.#forgetOld(now);
    const { contactSource, scheduledCallbacks, pacingSettings } = this.#deps.tenant.capabilities;
    this.#due = dueReadings({
      now,
      campaigns,
      readings,
      lists: new Map([...told, ...lists]),
      atHand: this.#lists.atHand(),
      calling: new Set(calling.keys()),
      asked: { list: this.#list, dialers: this.#dialers, campaigns: this.#campaigns },
      perCampaign: pacingSettings.capability.perCampaign,
      asksWork: contactSource.counts !== undefined || scheduledCallbacks.capability.supported,
      turn: this.#turn,
      owed: this.#owed,
    });
  }

  #forgetOld(now: Instant): void {
    for (const asked of [this.#campaigns, this.#dialers])
      for (const [id, at] of asked) if (now - at >= LOOKING_MS) asked.delete(id);
    // A clock that was set back must not lengthen the wait.
    for (const [name, until] of this.#elsewhere) if (until <= now || until - now > LOOK_MS) this.#elsewhere.delete(name);
  }

  /** One reading, unless another service has it. Never rejects. */
  async #claimed(due: DueReading, name: string, signal: AbortSignal): Promise<void> {
    const { store, clock, warn } = this.#deps;
    try {
      const now = clock.now();
      if (!(await store.tenantReadings.claim(due, { now, unless: now - due.targetMs, until: now + CLAIM_MS }))) {
        this.#elsewhere.set(name, now + LOOK_MS);
        return;
      }
      try {
        await this.#read(due, { signal, lane: "refresh", deadlineMs: CALL_MS });
        this.#warned.delete(name);
      } catch (thrown) {
        if (signal.aborted) return await store.tenantReadings.release(due);
        if (thrown instanceof StoreError) throw thrown;
        const code = thrown instanceof TenantError || thrown instanceof OperationError ? thrown.code : "failed";
        await store.tenantReadings.fail(due, { code, message: messageOf(thrown) }, clock.now());
        // Reported once for the whole tenant: while it does not answer, every campaign fails.
        if (due.subject === "" && !this.#warned.has(name)) warn(`reading the tenant's ${name.trim()}: ${messageOf(thrown)}`);
        this.#warned.add(name);
      }
    } catch (thrown) {
      this.#elsewhere.set(name, clock.now() + LOOK_MS);
      if (!signal.aborted) warn(`refreshing the readings of the tenant: ${messageOf(thrown)}`);
    }
  }

  #read({ what, subject }: DueReading, call: CallOptions): Promise<void> {
    switch (what) {
      case "campaigns":
        return this.#campaignList(call);
      case "dialer":
        return this.#dialerSettings(subject, call);
      case "campaign":
        return this.#document(subject, call);
      case "figures":
        return this.#figures(subject, call);
      case "gate":
        return this.#gate(subject, call);
      case "workload":
        return this.#workload(subject, call);
    }
  }

  /** Only a list that was read to its end is stored. */
  async #campaignList(call: CallOptions): Promise<void> {
    const { store, tenant, clock } = this.#deps;
    const at = clock.now();
    const provisioning = tenant.capabilities.campaignProvisioning;
    const { campaigns } = await listCampaigns({ provisioning, store, clock }, call);
    // One that has hours of its own, too, is the whole document; without them the campaign's own has to say that it has none.
    const isWhole = ({ contactListId, dialerConfig, complianceConfig }: CampaignView) =>
      provisioning.listsWhole === true || (Boolean(contactListId) && dialerConfig && complianceConfig);
    this.#partial = new Map(campaigns.flatMap((one) => (isWhole(one) ? [] : [[one.id, one]])));
    this.#listedAt = at;
    await this.#keepDocuments(campaigns.filter(isWhole), at, call);
    const inventory = await readInventory(tenant.capabilities.contactSource, call);
    await store.tenantReadings.keep({ what: "campaigns" }, { count: campaigns.length, inventory }, { at, now: clock.now() });
  }

  async #keepDocuments(documents: readonly CampaignView[], at: Instant, call: CallOptions): Promise<void> {
    const { store, clock } = this.#deps;
    const changed = await store.tenantReadings.keepDocuments(new Map(documents.map((one) => [one.id, one])), {
      at,
      now: clock.now(),
    });
    for (const one of documents) if (changed.has(one.id)) await this.#fitLook(one.id, one, call);
  }

  async #dialerSettings(campaign: string, call: CallOptions): Promise<void> {
    const { store, tenant, clock } = this.#deps;
    const at = clock.now();
    const { value, lock } = await tenant.capabilities.pacingSettings.read(campaign || undefined, call);
    const key = { what: "dialer", subject: campaign } as const;
    await store.tenantReadings.keep(key, { settings: value, tag: lock?.tag ?? null }, { at, now: clock.now() });
  }

  async #document(id: string, call: CallOptions): Promise<void> {
    const { store, tenant, clock } = this.#deps;
    const at = clock.now();
    const document = await tenant.capabilities.campaignRunner.status(id, call);
    const { name, status } = document;
    await store.knownCampaigns.add({ id, name: name ?? id, status }, at);
    await store.tenantReadings.keep({ what: "campaign", subject: id }, document, { at, now: clock.now() });
    await this.#fitLook(id, document, call);
  }

  /** A look that was made for another state of the campaign is made again; at once, when it was made before its document was known. */
  async #fitLook(id: string, document: CampaignView, call: CallOptions): Promise<void> {
    const { store, clock } = this.#deps;
    const look = await store.tenantReadings.find({ what: "gate", subject: id });
    if (call.lane === "refresh" && isAssumed(look?.value)) await this.#gate(id, call);
    else if (look !== undefined && look.readAt !== null && !lookFits(id, document, look.value))
      await store.tenantReadings.expire(["gate"], id, clock.now());
  }

  async #figures(id: string, call: CallOptions, windowMinutes = SHOWN_WINDOW_MINUTES): Promise<void> {
    const { store, states, clock } = this.#deps;
    const at = clock.now();
    await states.metrics.read(id, windowMinutes, call);
    await store.tenantReadings.keep({ what: "figures", subject: id }, null, { at, now: clock.now() });
  }

  async #gate(id: string, call: CallOptions, contacts?: number): Promise<void> {
    const { store, states, clock } = this.#deps;
    const now = clock.now();
    const key: ReadingKey = { what: "gate", subject: id };
    const known = await store.tenantReadings.find(key);
    const isFirst = known === undefined || known.readAt === null || isAssumed(known.value);
    const most = contacts ?? (isFirst ? FIRST_CONTACTS : CONTACTS);
    const { value, readAt = null } = (await store.tenantReadings.find({ what: "campaign", subject: id })) ?? {};
    const recent = readAt !== null && isRecent(readAt, now) ? keptDocumentOf(value) : undefined;
    // Until its document is read, what the list of campaigns tells of it shows already what the rules forbid.
    const partial = readAt === null ? this.#partial.get(id) : undefined;
    const listedAt = this.#listedAt;
    const document = recent ?? (partial?.contactListId ? partial : undefined);
    // What a person waits for is read anew.
    const shared = call.lane === "refresh" ? { document, contacts: this.#lists.source } : undefined;
    const from = shared !== undefined && document !== undefined && document === partial ? "assumed" : "measured";
    const looked = await states.gate(id, { most, keep: false, call, read: shared });
    // It is as old as the oldest of what it was made of: one by the rules alone is then never newer than one with the document.
    const parts = [now, from === "assumed" ? listedAt : recent === undefined || readAt === null ? now : readAt];
    const list = looked.campaign.listId === null ? undefined : this.#lists.readAt(looked.campaign.listId);
    const at = shared === undefined ? now : Math.min(...parts, list ?? now);
    const verdict = { ...looked, at };
    if (from === "measured") this.#verdicts.set(id, verdict);
    const kept = keptLookOf(verdict, from, known?.value);
    const goodUntil = lookGoodUntil({ at: now, windows: kept.look.windows });
    await store.tenantReadings.keep(key, kept, { at: kept.look.at, began: now, now: clock.now(), goodUntil });
    // Its document may have been read meanwhile.
    if (from === "assumed" && (await store.tenantReadings.find({ what: "campaign", subject: id }))?.readAt)
      await this.#gate(id, call);
  }

  async #workload(id: string, call: CallOptions): Promise<void> {
    const { store, states, clock } = this.#deps;
    const began = clock.now();
    const facts = await states.workload(id, call);
    await store.tenantReadings.keep({ what: "workload", subject: id }, facts, { at: facts.at, began, now: clock.now() });
  }
}

const nameOf = ({ what, subject }: DueReading): string => `${what} ${subject}`;
