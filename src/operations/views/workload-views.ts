// The work that is left in a campaign, as the API shows it: each figure with its time, or why there is none. Pure.

import { type Instant, isWhole } from "../../kernel/index.ts";
import type { KnownHealth } from "../campaigns/health/known.ts";
import { callingLeft, hoursAt } from "../campaigns/workload/figures.ts";
import type { CampaignSummary } from "./schemas/campaigns.ts";
import type { Workload } from "./schemas/workload.ts";
import { timeText } from "./texts.ts";

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
export function workloadInShort(of: Workload, at: string | null): CampaignSummary["workload"] {
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
  pace: Parameters<typeof hoursAt>[1] | string,
  now: Instant,
): NonNullable<Workload["hoursLeft"]["value"]> | string {
  if (typeof dialable === "string") return dialable;
  if (typeof pace === "string") return pace;
  const time = hoursAt(dialable.contacts, pace);
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
