// The pre-dial gate of a campaign: whether it may begin to dial now. Every activation asks it first; when something cannot be checked, it refuses.

import {
  type Call,
  type CallType,
  type CompiledPack,
  campaignOverlay,
  DNC_NOT_COVERED,
  decide,
  formatInstant,
  mergePacks,
  type RulePack,
} from "../../../compliance/index.ts";
import { type Clock, durationText, type Instant, messageOf, shortPercent } from "../../../kernel/index.ts";
import type { Facts, PhoneKey, Store } from "../../../store/index.ts";
import {
  type CallOptions,
  type CampaignRunner,
  type CampaignView,
  type ContactSource,
  type MetricsSource,
  TenantError,
} from "../../../tenant/port.ts";
import {
  askedAs,
  BRING_COMPANY_LIST,
  clockTrouble,
  type Gate,
  type GateManifest,
  lookBack,
  NO_COMPANY_LIST,
  type RuleReading,
  readCampaignAbandonment,
  SET_CLOCK,
  setBackWords,
} from "../../compliance/index.ts";
import { countAnswers, countContacts, SAY_GONE } from "../../known/index.ts";
import { ListReader } from "../segment/list-reader.ts";
import { parseContactQuery } from "../segment/query.ts";
import type { CallingRun } from "../workload/figures.ts";
import { type CampaignFacts, campaignFacts } from "./campaign-facts.ts";

// When the zones of a contact list may be called: the rules about the clock, for all people under the same rules. Pure.

const STEP_MS = 5 * 60_000;
/** Windows are searched this far ahead: enough for a weekend with a holiday at its end. */
const HORIZON_STEPS = (4 * 24 * 60) / 5;
/** Calling time is computed for a day ahead, in steps of this length. */
const RUN_STEP_MS = 15 * 60_000;
const RUN_STEPS = (24 * 60) / 15;
/** The kinds of rules that are about the clock only. */
const CLOCK: ReadonlySet<string> = new Set(["calling-hours", "closed-days", "emergency-ban"]);

/** The window of a zone. */
export interface ZoneWindow {
  /** IANA name; several when a number may be in any of them, `unknown` when it is in none. */
  readonly zone: string;
  /** Contacts there, as far as the list was read. */
  readonly contacts: number;
  /** How many of these are in states and countries whose hours are open now. */
  readonly open: number;
  /** When the first of the open ones closes, and the last; null when none is open, or one does not close within four days. */
  readonly closes: Instant | null;
  readonly until: Instant | null;
  /** When the first of the closed ones opens, and the last; null when none is closed, or one does not open within four days. */
  readonly opens: Instant | null;
  readonly opened: Instant | null;
  /** When the last of the closed ones closed; null when none is closed, or they have been for four days. */
  readonly closed: Instant | null;
}

/** A look foretells what follows the next turn of a window (it opens or closes) for so long; after that it is not known, ms. */
const PAST_TURN_MS = 3_600_000;

/** Whether anybody on a list could be called by the clock. */
type Hours = "open" | "closed" | "unknown";

/**
 * Whether anybody on a list could be called by the clock at an instant about or after a look at its windows. Unknown: there is no
 * look, or the instant is more than an hour after what it foretells.
 */
export function hoursAt(windows: readonly ZoneWindow[], at: Instant): Hours {
  const zones = windows.map((zone) => zoneAt(zone, at));
  if (zones.includes("open")) return "open";
  return zones.length === 0 || zones.includes("unknown") ? "unknown" : "closed";
}

function zoneAt({ open, until, opens, closed }: ZoneWindow, at: Instant): Hours {
  const after = (turn: Instant, then: Hours): Hours => (at - turn <= PAST_TURN_MS ? then : "unknown");
  if (open === 0 && closed !== null && at < closed) return "open";
  if (open > 0 && (until === null || at < until)) return "open";
  // Another part of the zone, or all of it, has opened since.
  if (opens !== null && at >= opens) return after(opens, "open");
  return open === 0 || until === null ? "closed" : after(until, "closed");
}

/**
 * How many contacts the clock forbids to call at an instant, at least, without those that it allows at no hour; null: none for
 * certain, and of some zone it is not known.
 */
export function contactsClosed(windows: readonly ZoneWindow[], at: Instant): number | null {
  const isPast = (turn: Instant) => at - turn > PAST_TURN_MS;
  let sum = 0;
  let isKnown = windows.length > 0;
  for (const { contacts, open, closes, until, opens, opened, closed } of windows) {
    const first = closes ?? until;
    if (open > 0 && first !== null && at >= first) {
      if (isPast(until ?? first)) isKnown = false;
      // Of those that close one after the other it is known that one has.
      else sum += first === until ? open : 1;
    }
    const isNever = open === 0 && opens === null && closed === null;
    if (open === contacts || isNever || (closed !== null && at < closed)) continue;
    if (opens === null || at < opens) sum += contacts - open;
    // A part of them has opened: the others may not have.
    else if (opened === null || at < opened || isPast(opens)) isKnown = false;
  }
  return sum > 0 || isKnown ? sum : null;
}

/**
 * Whether calling windows were closed from one instant to another without a break: all of them, or under one clock for the whole list some.
 * The two are at most some hours apart.
 */
export function wasOutside(
  { windows, hoursOf }: { readonly windows: readonly ZoneWindow[]; readonly hoursOf: "campaign" | "called" | null },
  from: Instant,
  to: Instant,
): boolean {
  const isClosed = (zone: ZoneWindow, at: Instant) =>
    hoursOf === "campaign" ? (contactsClosed([zone], at) ?? 0) > 0 : hoursAt([zone], at) === "closed";
  const closed = windows.filter((zone) => isClosed(zone, from) && isClosed(zone, to));
  return closed.length > 0 && (hoursOf === "campaign" || closed.length === windows.length);
}

/** Counts where the contacts of a list are; memory grows with the places, not with the contacts. */
export class ZoneCensus {
  readonly #pack: CompiledPack;
  readonly #callType: CallType;
  readonly #places = new Map<string, { zone: string; number: string; postal: string | undefined; contacts: number }>();

  /** @param compile makes a pack ready to decide with */
  constructor(pack: RulePack, compile: (pack: RulePack) => CompiledPack, callType: CallType) {
    this.#pack = compile({ ...pack, rules: pack.rules.filter(({ kind }) => CLOCK.has(kind)) });
    this.#callType = callType;
  }

  add(key: PhoneKey, postal: string | undefined): void {
    const number = askedAs(key);
    const { zoneNames, jurisdictions } = this.#pack.place(number, postal);
    const zone = zoneNames.join(" or ") || "unknown";
    const name = `${zone} ${jurisdictions.join(" ")}`;
    const place = this.#places.get(name);
    if (place === undefined) this.#places.set(name, { zone, number, postal, contacts: 1 });
    else place.contacts += 1;
  }

  /** Country codes of the places, for example US. */
  get countries(): ReadonlySet<string> {
    const countries = new Set<string>();
    for (const { number, postal } of this.#places.values())
      for (const id of this.#pack.place(number, postal).jurisdictions) if (/^[A-Z]{2}$/.test(id)) countries.add(id);
    return countries;
  }

  /**
   * Whether the clock allows a call at an instant, and when that changes next. The search is short, because a service has other
   * things to do.
   */
  #state(call: Call, at: Instant): { readonly open: boolean; readonly change: Instant | undefined } {
    const allows = (when: Instant) => decide(call, {}, this.#pack, when).decision === "allow";
    const open = allows(at);
    const first = Math.floor(at / STEP_MS) * STEP_MS;
    for (let step = 1; step < HORIZON_STEPS; step++)
      if (allows(first + step * STEP_MS) !== open) return { open, change: first + step * STEP_MS };
    return { open, change: undefined };
  }

  /** Since when the clock has forbidden a call; undefined when it has for four days. */
  #closedSince(call: Call, at: Instant): Instant | undefined {
    const first = Math.floor(at / STEP_MS) * STEP_MS;
    for (let step = 0; step < HORIZON_STEPS; step++)
      if (decide(call, {}, this.#pack, first - step * STEP_MS).decision === "allow") return first - (step - 1) * STEP_MS;
    return undefined;
  }

  /** When somebody on the list may be called by the clock, in the day after an instant, to a quarter of an hour. */
  calling(at: Instant): CallingRun[] {
    const calls: Call[] = [...this.#places.values()].map(({ number, postal }) => ({ number, postal, callType: this.#callType }));
    const runs: { from: Instant; to: Instant }[] = [];
    let last = 0;
    for (let step = 0; step < RUN_STEPS; step++) {
      const from = step === 0 ? at : Math.floor(at / RUN_STEP_MS) * RUN_STEP_MS + step * RUN_STEP_MS;
      // The place that was open in the last step usually still is.
      const open = calls.findIndex((_, i) => {
        const call = calls[(i + last) % calls.length];
        return call !== undefined && decide(call, {}, this.#pack, from).decision === "allow";
      });
      if (open < 0) continue;
      last = (open + last) % calls.length;
      const to = Math.floor(at / RUN_STEP_MS) * RUN_STEP_MS + (step + 1) * RUN_STEP_MS;
      const run = runs.at(-1);
      if (run?.to === from) run.to = to;
      else runs.push({ from, to });
    }
    return runs;
  }

  /** The windows at an instant, the zone with most contacts first. */
  windows(at: Instant): ZoneWindow[] {
    const zones = new Map<
      string,
      { contacts: number; open: number; until: Instant[]; opens: Instant[]; closed: Instant[]; endless: boolean; never: boolean }
    >();
    for (const { zone, number, postal, contacts } of this.#places.values()) {
      const found = zones.get(zone) ?? { contacts: 0, open: 0, until: [], opens: [], closed: [], endless: false, never: false };
      zones.set(zone, found);
      found.contacts += contacts;
      const call = { number, postal, callType: this.#callType };
      const { open, change } = this.#state(call, at);
      if (open) {
        found.open += contacts;
        if (change === undefined) found.endless = true;
        else found.until.push(change);
      } else {
        if (change === undefined) found.never = true;
        else found.opens.push(change);
        const closed = this.#closedSince(call, at);
        if (closed !== undefined) found.closed.push(closed);
      }
    }
    return [...zones]
      .map(([zone, { contacts, open, until, opens, closed, endless, never }]) => ({
        zone,
        contacts,
        open,
        closes: until.length === 0 ? null : Math.min(...until),
        until: endless || until.length === 0 ? null : Math.max(...until),
        opens: opens.length === 0 ? null : Math.min(...opens),
        opened: never || opens.length === 0 ? null : Math.max(...opens),
        closed: closed.length === 0 ? null : Math.max(...closed),
      }))
      .sort((a, b) => b.contacts - a.contacts || (a.zone < b.zone ? -1 : 1));
  }
}

/**
 * How many contacts are judged first: when somebody among them may be called, a campaign can start without reading a list of a
 * million.
 */
export const FIRST = 1_000;
/** Number of contacts that are judged when nobody among the first may be called. */
const MOST = 10_000;

/**
 * Why a campaign must not dial.
 * - `audit_set_back`: the database was set back to an older state, and may lack opt-outs that were added since.
 * - `clock_off`: this machine's clock differs from the tenant's, so it is not known whether now is within calling hours.
 * - `no_contact_list`, `list_empty`: there is nobody to call.
 * - `list_shrunk`: the list has far fewer contacts than it had, and no person has said that this is right.
 * - `rules_unreadable`: the campaign's own rules are not of the vendor's form.
 * - `no_company_list`: the company's do-not-call list was neither loaded nor declared empty.
 * - `stale_compliance_data`: a do-not-call registry file is missing or too old for somebody on the list.
 * - `abandonment_budget`: more calls were abandoned than a limit allows.
 * - `outside_hours`: the tenant calls the whole list by one clock, and some of the contacts that were read may not be called at this hour.
 * - `nobody_callable`: nobody on the list may be called now.
 */
type GateRefusalCode =
  | "audit_set_back"
  | "clock_off"
  | "no_contact_list"
  | "list_empty"
  | "list_shrunk"
  | "rules_unreadable"
  | "no_company_list"
  | "stale_compliance_data"
  | "abandonment_budget"
  | "outside_hours"
  | "nobody_callable";

/** One reason why the gate does not let a campaign dial. */
export interface GateRefusal {
  readonly code: GateRefusalCode;
  /** A sentence. */
  readonly text: string;
}

/** The gate's verdict on a campaign. */
export interface CampaignGateVerdict {
  readonly campaign: CampaignFacts;
  readonly at: Instant;
  readonly allowed: boolean;
  /** Every refusal, the most important first; empty when allowed. */
  readonly refusals: readonly GateRefusal[];
  /** The signed manifest of the contacts that were judged; null when none were. */
  readonly manifest: GateManifest | null;
  /** Contacts that were read, and their number according to the vendor. */
  readonly read: number;
  readonly announced: number | null;
  /** Whether the whole list was read; otherwise, and when the tenant gave far fewer than it had before, the counts are about a part. */
  readonly whole: boolean;
  /** How many of the judged contacts are on the company's own do-not-call list. */
  readonly onCompanyList: number;
  /** When the first of the waiting contacts may be called; null when none waits. */
  readonly nextAllowed: Instant | null;
  readonly windows: readonly ZoneWindow[];
  /** Whose clock the tenant's calling hours are about: with one for the whole campaign it calls everybody while that is open. */
  readonly hoursOf: CampaignRunner["capability"]["hoursOf"];
  /** The latest entry of the company's list when they were judged; 0 for none. A later one may be about somebody among them. */
  readonly suppressions: number;
  /** When somebody among the contacts that were read may be called by the clock, in the day from `at` on. */
  readonly calling: readonly CallingRun[];
  /** The abandonment ledger under each limit that applies where the contacts are. */
  readonly abandonment: readonly RuleReading[];
}

interface CampaignGateDeps {
  readonly runner: CampaignRunner;
  readonly contacts: ContactSource;
  readonly metrics: Pick<MetricsSource, "answered" | "capability">;
  readonly gate: Gate;
  readonly facts: Facts;
  readonly audit: Pick<Store["audit"], "held">;
  readonly counts: Pick<Store, "knownCounts">;
  /** The rules without any campaign's own. */
  readonly pack: RulePack;
  readonly compile: (pack: RulePack) => CompiledPack;
  readonly clock: Clock;
  /** When the operator's day ends. */
  readonly dayEnds: (now: Instant) => Instant;
  readonly countEarlyHangups: boolean;
  readonly callType?: CallType | undefined;
  /** As in TenantLink. */
  readonly skewMs: () => number | null;
}

/** The moment and the thoroughness of a gate's look. */
export interface CampaignGateOptions {
  /** The moment; now when absent. */
  readonly at?: Instant | undefined;
  /** How many contacts are judged before the result is that nobody can be called; 10,000 by default. */
  readonly most?: number | undefined;
  /** False for a look that permits nothing: its manifest is not stored. */
  readonly keep?: boolean | undefined;
  readonly call?: CallOptions | undefined;
  /** For a look that permits nothing: the document as it was read just before, and where contacts are read instead of the tenant. */
  readonly read?: { readonly document?: CampaignView | undefined; readonly contacts: ContactSource } | undefined;
}

/**
 * Asks whether a campaign may begin to dial. Throws TenantError (`not_found` …) and StoreError (`audit_set_back` …; a look that
 * permits nothing reports that as a refusal): no answer is no permission.
 */
export type CampaignGate = (campaignId: string, options?: CampaignGateOptions) => Promise<CampaignGateVerdict>;

/** Makes the pre-dial gate of campaigns. */
export function createCampaignGate(given: CampaignGateDeps): CampaignGate {
  return async (campaignId, { at = given.clock.now(), most = MOST, keep, call, read: known } = {}) => {
    const deps = known === undefined ? given : { ...given, contacts: known.contacts };
    const campaign = campaignFacts(campaignId, known?.document ?? (await deps.runner.status(campaignId, call)));
    const pack = packFor(deps.pack, campaign);
    const { listId } = campaign;
    // The campaign has just been read, so the tenant's time is known.
    const trouble = clockTrouble(deps.skewMs());
    const against = [...setBackRefusals(deps.audit), ...clockRefusals(trouble)];
    const hasList = (await deps.facts.companyList()) !== undefined;
    const suppressions = await deps.facts.lastSuppression();
    const { hoursOf } = deps.runner.capability;
    if (listId === null || typeof pack === "string") {
      const refusals: GateRefusal[] = [...against];
      if (typeof pack === "string")
        refusals.push({ code: "rules_unreadable", text: `the campaign's own rules cannot be used: ${pack}` });
      if (listId === null) refusals.push({ code: "no_contact_list", text: "the campaign has no contact list" });
      return { campaign, at, allowed: false, refusals, suppressions, hoursOf, ...NOTHING_READ };
    }
    const look = (contacts: number) =>
      judge(deps, { campaignId, listId, pack, at, keep: hasList && trouble === undefined ? keep : false, call }, contacts);
    const began = deps.clock.now();
    let found = await look(Math.min(FIRST, most)).catch(noSuchList);
    if (found === undefined) {
      const text = `the tenant has no contact list ${listId}, which the campaign calls`;
      const refusals: GateRefusal[] = [...against, { code: "no_contact_list", text }];
      return { campaign, at, allowed: false, refusals, suppressions, hoursOf, ...NOTHING_READ };
    }
    if (found.manifest.counts.dial === 0 && !found.whole && most > FIRST) found = await look(most);
    // With one clock for the whole list a start calls everybody on it: it is not known that all of them may be called before all were looked at.
    else if (hoursOf === "campaign" && keep !== false && !found.whole && contactsClosed(found.census.windows(at), at) === 0)
      found = await look(Number.POSITIVE_INFINITY);
    const { manifest, census, read, announced } = found;
    const counted = { listId, campaignId, announced, read: found.whole ? read : undefined, at: began };
    const shorter = await countContacts({ source: deps.contacts, store: deps.counts }, counted, call);
    const whole = found.whole && shorter === undefined;
    const { facts, metrics, clock, dayEnds, countEarlyHangups } = deps;
    const { told, shorter: uncounted } = await countAnswers({ metrics, store: deps.counts, clock }, campaignId, at, call);
    const ledger = { now: at, dayEnds: dayEnds(at), countEarlyHangups, told };
    const abandonment = (await readCampaignAbandonment(facts, campaignId, pack, ledger)).filter(
      ({ rule }) => rule.jurisdiction === "*" || census.countries.has(rule.jurisdiction.split("-")[0] ?? ""),
    );
    const later = manifest.byReason.flatMap(({ from }) => (from === undefined ? [] : [Date.parse(from)]));
    const shrunk: GateRefusal[] = shorter === undefined ? [] : [{ code: "list_shrunk", text: `${shorter}; ${SAY_GONE}` }];
    const windows = census.windows(at);
    const closed = hoursOf === "campaign" && manifest.counts.dial > 0 ? outsideHours(windows, at) : [];
    const refusals = [
      ...against,
      ...(hasList ? [] : [UNLISTED]),
      ...shrunk,
      ...(uncounted === undefined ? [] : [{ code: "abandonment_budget" as const, text: uncounted }]),
      ...refusalsOf(manifest, abandonment, whole),
      ...closed,
    ];
    return {
      campaign,
      at,
      allowed: refusals.length === 0,
      refusals,
      manifest,
      read,
      announced: announced ?? null,
      whole,
      onCompanyList: companyListed(manifest, pack),
      suppressions,
      nextAllowed: later.length === 0 ? null : Math.min(...later),
      windows,
      hoursOf,
      calling: census.calling(at),
      abandonment,
    };
  };
}

/** For a list that the tenant says it does not have: that is an answer. */
function noSuchList(thrown: unknown): undefined {
  if (!(thrown instanceof TenantError) || thrown.code !== "not_found") throw thrown;
  return undefined;
}

/** The refusal of every campaign on a database that was set back, as far as this process knows. */
function setBackRefusals({ held: [first] }: CampaignGateDeps["audit"]): GateRefusal[] {
  return first === undefined ? [] : [{ code: "audit_set_back", text: setBackWords(first) }];
}

/** The refusal of every campaign while this machine's clock is wrong. */
function clockRefusals(trouble: string | undefined): GateRefusal[] {
  return trouble === undefined ? [] : [{ code: "clock_off", text: `${trouble}. ${SET_CLOCK}` }];
}

const UNLISTED: GateRefusal = { code: "no_company_list", text: `${NO_COMPANY_LIST}. ${BRING_COMPANY_LIST}` };

const NOTHING_READ = {
  manifest: null,
  read: 0,
  announced: null,
  whole: false,
  onCompanyList: 0,
  nextAllowed: null,
  windows: [],
  calling: [],
  abandonment: [],
} as const;

/** Each contact counts once for a rule id, and all rules about the company's list use the same id. */
function companyListed({ byRule }: GateManifest, { rules }: RulePack): number {
  return Math.max(0, ...rules.flatMap((rule) => (rule.kind === "internal-list" ? [byRule[rule.violation] ?? 0] : [])));
}

/** The pack with the campaign's own rules, or what is wrong with them. */
function packFor(pack: RulePack, { id, policy, policyProblem }: CampaignFacts): RulePack | string {
  if (policyProblem !== undefined) return policyProblem;
  if (policy === undefined) return pack;
  try {
    return mergePacks(pack, campaignOverlay(id, policy));
  } catch (thrown) {
    return messageOf(thrown);
  }
}

interface Look {
  readonly campaignId: string;
  readonly listId: string;
  readonly pack: RulePack;
  readonly at: Instant;
  readonly keep: boolean | undefined;
  readonly call: CallOptions | undefined;
}

/** Judges a number of contacts from the beginning of the list. */
async function judge(deps: CampaignGateDeps, { campaignId, listId, pack, at, keep, call }: Look, most: number) {
  const callType = deps.callType ?? "telemarketing";
  const census = new ZoneCensus(pack, deps.compile, callType);
  const callsSince = at - lookBack(pack.rules);
  const reader = new ListReader(
    deps.contacts,
    { listId, query: parseContactQuery("true", "query"), where: [], callsSince },
    call,
  );
  let whole = true;
  async function* contacts() {
    for await (const entry of reader) {
      if ("refused" in entry) yield entry.refused;
      else {
        for (const number of [entry.gate.number, ...(entry.gate.others ?? [])]) census.add(number, entry.gate.postal);
        yield entry.gate;
      }
      const { read, announced } = reader.progress;
      if (read < most) continue;
      whole = announced !== undefined && read >= announced;
      return;
    }
  }
  const { manifest } = await deps.gate({
    campaign: campaignId,
    callType,
    at,
    pack: deps.compile(pack),
    contacts: contacts(),
    keep,
  });
  const { read, announced } = reader.progress;
  return { manifest, census, whole, read, announced };
}

function refusalsOf(manifest: GateManifest, abandonment: readonly RuleReading[], whole: boolean): GateRefusal[] {
  const refusals: GateRefusal[] = [];
  const { counts, byReason, byRule, input } = manifest;
  const stale = byReason.find(({ reason }) => reason === "registry file missing or too old");
  const uncovered = byRule[DNC_NOT_COVERED] ?? 0;
  if (stale !== undefined)
    refusals.push({
      code: "stale_compliance_data",
      text: `the do-not-call registry file is missing or too old for ${stale.contacts} of ${input.contacts} contacts${uncovered === 0 ? "" : `; ${uncovered} are in area codes that no loaded file covers`}`,
    });
  for (const { rule, reading } of abandonment) {
    const { abandoned, live, limit, importing } = reading;
    // An import under way takes no knowledge away: what was within the limit before it may dial, what is over it so far may not until it has ended.
    if (reading.withinLimit ?? importing?.withinSoFar ?? false) continue;
    const so = importing === null || importing.overBy !== null ? "" : "so far ";
    const yet =
      so === ""
        ? ""
        : `; calls are being imported since ${formatInstant(importing?.since ?? 0)}: it is judged when that has ended`;
    refusals.push({
      code: "abandonment_budget",
      text: `${so}${abandoned} of ${live} live answers were abandoned in ${durationText(limit.windowHours * 3_600_000)}, more than the ${shortPercent(limit.maxRate)} of ${rule.id} (${rule.jurisdiction})${yet}`,
    });
  }
  if (input.contacts === 0) refusals.push({ code: "list_empty", text: "the contact list is empty" });
  else if (counts.dial === 0)
    refusals.push({
      code: "nobody_callable",
      text: `nobody of ${input.contacts} contacts${whole ? "" : " read"} may be called now: ${reasonsOf(manifest)}`,
    });
  return refusals;
}

/** With one clock for the whole list, the tenant calls also those whose own hours are over, or have not begun. */
function outsideHours(windows: readonly ZoneWindow[], at: Instant): GateRefusal[] {
  const closed = contactsClosed(windows, at) ?? 0;
  if (closed === 0) return [];
  const zones = windows.flatMap(({ zone, open, opens, contacts }) =>
    open < contacts && opens !== null ? [{ zone, opens }] : [],
  );
  const named = zones.slice(0, 4).map(({ zone, opens }) => `${zone} opens at ${formatInstant(opens)}`);
  const more = zones.length > named.length ? [`and ${zones.length - named.length} more`] : [];
  const where = named.length === 0 ? "" : `: ${[...named, ...more].join(", ")}`;
  return [
    {
      code: "outside_hours",
      text: `${closed} of the contacts read may not be called at this hour, and the tenant calls the whole list by one clock${where}. Take them off the list (outdial contacts segment), or wait`,
    },
  ];
}

/**
 * The counts per reason as text, the most frequent first.
 * @param times whether to say when the first contact of a reason may be called
 */
export function reasonsOf({ byReason, counts }: Pick<GateManifest, "byReason" | "counts">, times = true): string {
  const parts = byReason.map(
    ({ reason, contacts, from }) =>
      `${contacts} ${reason}${from === undefined || !times ? "" : ` (the first may be called at ${from})`}`,
  );
  if (counts.refused > 0) parts.push(`${counts.refused} unreadable`);
  return parts.join(", ");
}

/** What a person must know before a campaign dials a list with people who are on the company's do-not-call list. */
export const listedWords = ({ onCompanyList, read }: Pick<CampaignGateVerdict, "onCompanyList" | "read">): string =>
  `${onCompanyList} of ${read} contacts read are on the company's do-not-call list: the tenant's dialer calls whoever is on its list of contacts, so take them off it (outdial contacts segment lists the others)`;
