// Campaigns as the API shows them.

import { durationText, type Instant, isWhole, wilsonInterval } from "../../kernel/index.ts";
import { type KnownHealth, NOT_LISTED } from "../campaigns/health/known.ts";
import type { KnownGateLook } from "../campaigns/health/why.ts";
import type { CampaignReading } from "../campaigns/metrics/service.ts";
import type { StateChange } from "../campaigns/state/change.ts";
import { callingHoursAt, callingLeft } from "../campaigns/workload/figures.ts";
import { budgetOf } from "./compliance-views.ts";
import type { CampaignResult } from "./schemas/campaign-verbs.ts";
import type {
  CampaignStatus,
  CampaignSummary,
  GateLook as GateLookView,
  HealthView,
  MetricPoint,
  WindowState,
} from "./schemas/campaigns.ts";
import type { Workload } from "./schemas/workload.ts";
import { partOf, shareOf, timeText } from "./texts.ts";

/**
 * Phases of a pair in which nothing is being or has been handed over; a hand-over that began and could not be done does not
 * count.
 */
const QUIET: ReadonlySet<string> = new Set(["watching", "securing", "halted"]);

/** A campaign as lists show it. */
export function campaignSummaryOf(health: KnownHealth): CampaignSummary {
  const { reading, success, failover, dialing, notDialing, lastDialing, mayDial, readAt } = health;
  return {
    id: health.id,
    name: health.name,
    status: health.status,
    activeCalls: reading?.activeCalls ?? null,
    successRate: success === null ? null : shareOf(success),
    windowMinutes: reading?.windowMinutes ?? null,
    threshold: failover?.role === "primary" ? failover.threshold : null,
    figures:
      reading === null
        ? null
        : {
            source: reading.source,
            at: timeText(reading.at),
            ageSeconds: Math.round((health.ageMs ?? 0) / 1000),
            successRate: reading.successRate,
            of: reading.success?.of ?? null,
          },
    abandonment: health.abandonment === null ? null : budgetOf(health.abandonment),
    windows: health.windows.map(windowOf),
    dialing,
    notDialing: notDialing === null ? null : { first: notDialing.first, all: notDialing.all.map((cause) => ({ ...cause })) },
    lastDialing: { value: lastDialing.value, at: timeText(lastDialing.at), from: lastDialing.from },
    mayDial: { verdict: mayDial.verdict.is, why: mayDial.why, atAnyHour: mayDial.atAnyHour },
    failover: failover === null ? null : { ...standingOf(failover), triggered: hasBegun(failover) },
    workload: workloadInShort(workloadOf(health, health.at), timeText(health.workload?.at ?? null)),
    lastMetricAt: timeText(reading === null ? null : (reading.at ?? reading.receivedAt)),
    known: {
      status: partOf(
        readAt.status,
        health.lackingSince === null ? health.campaignProblem : { ...NOT_LISTED, since: health.lackingSince },
      ),
      figures: figuresPart(health),
      windows: { ...partOf(readAt.gate, health.gateProblem, health.gate?.from), covers: health.gate?.covers ?? null },
    },
  };
}

/** Of the figures: those that are too old to conclude anything from say so. */
function figuresPart({ readAt, readingProblem, stale, ageMs }: KnownHealth): CampaignSummary["known"]["figures"] {
  const part = partOf(readAt.figures, readingProblem);
  if (!stale || part.at === null || part.why !== null) return part;
  return { ...part, why: ageMs === null ? "no figures came" : `the tenant's figures are ${durationText(ageMs)} old` };
}

/** Everything about a campaign that `outdial campaign status` shows. @param now ms since the epoch */
export function campaignStatusOf(health: KnownHealth, now: Instant): CampaignStatus {
  const { campaign, gate } = health;
  const dialer = campaign?.dialer ?? null;
  return {
    ...campaignSummaryOf(health),
    workloadDetail: workloadOf(health, now),
    gate: gate === null ? null : gateLookOf(gate),
    dialer:
      dialer === null
        ? null
        : Object.fromEntries(Object.entries(dialer).filter((field): field is [string, number] => typeof field[1] === "number")),
  };
}

/** The gate's result. */
export function gateLookOf({
  at,
  refusals,
  manifest,
  covers,
  nextAllowed,
  onCompanyList,
}: Omit<KnownGateLook, "refusals" | "windows" | "calling"> & {
  readonly refusals: readonly { readonly code: string; readonly text: string }[];
}): GateLookView {
  const judged = ({ counts: { dial: callable, later, never, refused } }: NonNullable<KnownGateLook["manifest"]>) => ({
    covers,
    callable,
    later,
    never: never + refused,
  });
  return {
    at: timeText(at),
    refusals: refusals.map(({ code, text }) => ({ code, text })),
    judged: manifest === null ? null : judged(manifest),
    onCompanyList,
    nextAllowed: timeText(nextAllowed),
  };
}

function standingOf({ role, partner, phase, dials, words, reason, nextStep }: NonNullable<KnownHealth["failover"]>) {
  return { role, partner, phase, dials, words, reason, nextStep };
}

/** The documented view of a campaign; what is not known, such as the rate of no calls, is null. */
export function healthViewOf(health: KnownHealth): HealthView {
  const { reading } = health;
  return {
    campaign_id: health.id,
    status: health.status ?? "unknown",
    active_calls: reading?.activeCalls ?? null,
    success_rate: reading?.successRate ?? null,
    failover_triggered: health.failover === null ? (reading?.failoverTriggered ?? null) : hasBegun(health.failover),
    last_metric_update: timeText(reading === null ? null : (reading.at ?? reading.receivedAt)),
  };
}

/** Whether the pair is handing over or has handed over. */
const hasBegun = ({ phase }: NonNullable<KnownHealth["failover"]>): boolean => !QUIET.has(phase);

/** One reading on the time axis. */
export function pointOf(reading: CampaignReading): MetricPoint {
  const { success, abandonment } = reading;
  const interval = success === null || success.calls === 0 ? null : wilsonInterval(success.successes, success.calls);
  return {
    at: timeText(reading.at ?? reading.receivedAt),
    successRate: reading.successRate,
    successes: success === null ? null : Math.round(success.successes),
    calls: success === null ? null : Math.round(success.calls),
    low: interval?.low ?? null,
    high: interval?.high ?? null,
    abandonmentRate: abandonment?.rate ?? null,
    activeCalls: reading.activeCalls,
    agents: reading.agents?.loggedIn ?? null,
  };
}

function windowOf({ zone, contacts, open, until, opens }: KnownHealth["windows"][number]): WindowState {
  return { zone, open: open > 0, changesAt: timeText(open > 0 ? until : opens), contacts, openContacts: open };
}

/** The result of a change of state. */
export function campaignResultOf({ campaignId, target, outcome, confirmed, shown, message, code }: StateChange): CampaignResult {
  const open = outcome === "failed" || outcome === "unknown" || outcome === "superseded";
  return {
    campaignId,
    // Whatever the answer was: when the tenant shows another state, the change was not made.
    status: open ? outcome : shown === false ? "unknown" : target,
    confirmed,
    already: outcome === "already",
    message: message ?? (confirmed ? `the tenant shows it ${target}` : "not confirmed yet"),
    code,
  };
}

// The work that is left in a campaign, as the API shows it: each figure with its time, or why there is none. Pure.

/** What the figures are computed from. */
export type WorkloadGiven = Pick<KnownHealth, "workload" | "workloadProblem" | "mostAgents" | "reading" | "readingProblem"> & {
  readonly gate: Pick<NonNullable<KnownHealth["gate"]>, "at" | "calling" | "covers" | "manifest"> | null;
};

interface Known<Value> {
  readonly value: Value | null;
  readonly why: string | null;
  readonly at: string | null;
}

/** A value, or the reason why there is none. */
const known = <Value>(given: Value | string, at: Instant | null): Known<Value> =>
  typeof given === "string" ? { value: null, why: given, at: timeText(at) } : { value: given, why: null, at: timeText(at) };

const NOT_TOLD = "not told by this tenant";
const NOT_READ = "not read yet";

/** The work left in a campaign, with the age of its figures. @param now ms since the epoch */
export function workloadOf(given: WorkloadGiven, now: Instant): Workload {
  const { workload, reading, mostAgents } = given;
  const at = workload?.at ?? null;
  const listAt = workload?.countedBy === "outdial" ? (given.gate?.at ?? at) : at;
  const dialable = dialableOf(given);
  const pace =
    workload === null
      ? unread(given)
      : (workload.pace ?? "no whole window of calls in the last three hours: no pace was measured");
  return {
    penetration: known(penetrationOf(given), listAt),
    dialable: known(dialable, listAt),
    pace: known(pace, at),
    hoursLeft: known(hoursLeftOf(given, dialable, pace, now), at),
    callbacks: known(callbacksOf(given), at),
    agents: known(agentsOf(given), reading?.receivedAt ?? null),
    mostAgents,
    occupancy: known(occupancyOf(given), at),
  };
}

/** The figures that lists are sorted by. */
function workloadInShort(of: Workload, at: string | null): CampaignSummary["workload"] {
  const { penetration, hoursLeft, callbacks, agents, occupancy } = of;
  return {
    penetration: penetration.value?.rate ?? null,
    hoursLeft: hoursLeft.value?.hours ?? null,
    callbacksDue: callbacks.value?.due ?? null,
    agents: agents.value?.loggedIn ?? null,
    occupancy: occupancy.value?.rate ?? null,
    at,
  };
}

const unread = ({ workloadProblem }: WorkloadGiven): string => workloadProblem?.message ?? NOT_READ;

/** How many contacts are on the list, or why that is not known. */
function contactsOf({ workload, gate }: WorkloadGiven): number | string {
  if (workload?.countedBy === "tenant") return workload.list?.contacts ?? NOT_TOLD;
  if (gate === null || gate.manifest === null) return "the list has not been looked at yet";
  return gate.covers.of ?? NOT_TOLD;
}

/** Why the contacts of the list cannot be counted; null when they can. */
function listProblem(given: WorkloadGiven): string | null {
  const { workload } = given;
  if (workload === null) return unread(given);
  if (workload.list === null) return workload.problems.list ?? "it has no active list";
  return null;
}

function penetrationOf(given: WorkloadGiven): NonNullable<Workload["penetration"]["value"]> | string {
  const contacts = contactsOf(given);
  const { workload } = given;
  const problem = listProblem(given);
  if (problem !== null || workload?.list === null || workload === null) return problem ?? NOT_READ;
  if (typeof contacts === "string") return contacts;
  if (contacts === 0) return "the list is empty";
  const { countedBy, list } = workload;
  const attempted = list.attempted;
  if (attempted === null) return NOT_TOLD;
  if (countedBy === "outdial" && attempted === 0) return "outdial was told of no call of this campaign";
  if (attempted > contacts)
    return `${attempted} numbers were called and ${contacts} contacts are on the list: it was changed since, so the share is not known`;
  return { rate: attempted / contacts, attempted, contacts, countedBy };
}

function dialableOf(given: WorkloadGiven): NonNullable<Workload["dialable"]["value"]> | string {
  const { workload, gate } = given;
  const problem = listProblem(given);
  if (problem !== null || workload?.list === null || workload === null) return problem ?? NOT_READ;
  const contacts = contactsOf(given);
  if (typeof contacts === "string") return contacts;
  if (workload.countedBy === "tenant") {
    const { final } = workload.list;
    return final === null ? NOT_TOLD : { contacts: Math.max(0, contacts - final), of: "not final" };
  }
  if (gate !== null && isWhole(gate.covers) && gate.manifest !== null) {
    const { dial, later } = gate.manifest.counts;
    return { contacts: dial + later, of: "callable by the rules" };
  }
  const attempted = penetrationOf(given);
  return typeof attempted === "string"
    ? attempted
    : { contacts: attempted.contacts - attempted.attempted, of: "not attempted yet" };
}

function hoursLeftOf(
  { gate }: WorkloadGiven,
  dialable: ReturnType<typeof dialableOf>,
  pace: Parameters<typeof callingHoursAt>[1] | string,
  now: Instant,
): NonNullable<Workload["hoursLeft"]["value"]> | string {
  if (typeof dialable === "string") return dialable;
  if (typeof pace === "string") return pace;
  const time = callingHoursAt(dialable.contacts, pace);
  const calling = callingLeft(gate?.calling ?? [], now);
  return {
    ...time,
    today: calling.now === null ? null : { hours: calling.now.hours, until: timeText(calling.now.until) },
    opens: timeText(calling.opens),
    perDay: calling.perDay,
    days: calling.perDay === 0 ? null : time.hours / calling.perDay,
  };
}

function callbacksOf(given: WorkloadGiven): NonNullable<Workload["callbacks"]["value"]> | string {
  const { workload } = given;
  if (workload === null) return unread(given);
  if (!workload.tellsCallbacks) return NOT_TOLD;
  const { callbacks, problems } = workload;
  if (callbacks === null) return problems.callbacks ?? NOT_TOLD;
  return { ...callbacks, next: timeText(callbacks.next) };
}

function agentsOf({ reading, readingProblem, workload }: WorkloadGiven): NonNullable<Workload["agents"]["value"]> | string {
  if (reading?.agents) return { ...reading.agents };
  if (workload?.tellsAgents === false) return NOT_TOLD;
  return reading === null ? (readingProblem?.message ?? NOT_READ) : "the tenant did not tell them with its latest figures";
}

function occupancyOf(given: WorkloadGiven): NonNullable<Workload["occupancy"]["value"]> | string {
  const { workload } = given;
  if (workload === null) return unread(given);
  if (!workload.tellsAgents) return NOT_TOLD;
  const { occupancy } = workload;
  if (occupancy === null) return "fewer than two readings of agents in the last 30 minutes, or no agent was there";
  const { busy, staffed, minutes, readings } = occupancy;
  return { rate: busy / staffed, busyMinutes: busy, staffedMinutes: staffed, windowMinutes: minutes, readings };
}
