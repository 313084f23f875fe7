// Calls of the world as the ACD shows them: as contacts, and as attempts on lists.

import { PHONE_MEDIA, SYSTEM_DISPOSITIONS } from "../../contract/acd/index.ts";
import { DAY_MS, type Instant } from "../../kernel/index.ts";
import type { Tenant } from "../tenant.ts";
import type { CallRecord } from "../world/calls.ts";
import { hash, seedWord } from "../world/derive.ts";
import { type AcdSkill, type AcdState, codeOf, DIALER_FOUND, OTHER_COMPLETE } from "./state.ts";
import type { AcdSwitches } from "./switches.ts";
import { nameOf, time } from "./world.ts";

const ABANDONED = 24;
const DISCONNECTED = 22;

/** How far back calls are searched. */
const REACH_MS = 400 * DAY_MS;

/** The outcome of a call. `handled`: an agent spoke. */
interface Outcome {
  readonly system: number;
  readonly handled: boolean;
  readonly abandoned: boolean;
  /** 0 when no agent set a code. */
  readonly dispositionId: number;
  readonly dispositionName: string;
}

export function acdOutcomeOf(state: AcdState, { status, dispositionCode, connectedTime }: CallRecord): Outcome {
  const none = { handled: false, abandoned: false, dispositionId: 0, dispositionName: "" };
  if (status === "abandoned") return { ...none, system: ABANDONED, abandoned: true };
  if (dispositionCode === undefined) {
    if (status === "failed") return { ...none, system: DISCONNECTED };
    return { ...none, system: OTHER_COMPLETE, handled: true };
  }
  const code = codeOf(state, dispositionCode);
  if (DIALER_FOUND.has(dispositionCode) && connectedTime === undefined) return { ...none, system: code.system };
  return { system: code.system, handled: true, abandoned: false, dispositionId: code.id, dispositionName: code.name };
}

const words = new WeakMap<Tenant, number>();

/** Ids of contacts: numbers above 32 bits. Always the same for a seed and a call. */
export function contactIdOf(tenant: Tenant, callId: string): number {
  let word = words.get(tenant);
  if (word === undefined) words.set(tenant, (word = seedWord(tenant.seed, "contacts")));
  for (let at = 0; at < callId.length; at++) word = Math.imul(word ^ callId.charCodeAt(at), 0x01000193);
  return 100_000_000_000 + (hash(word, callId.length, 0) % 8000) * 100_000_000 + (hash(word, callId.length, 1) % 100_000_000);
}

const indexes = new WeakMap<Tenant, Map<number, string>>();

/** The call with a contact id. Calls without a number get one when an unknown id is looked up. */
export function callOfContact(tenant: Tenant, contactId: string): CallRecord | undefined {
  if (!/^\d{1,15}$/.test(contactId)) return undefined;
  const index = indexes.get(tenant) ?? new Map<number, string>();
  indexes.set(tenant, index);
  let id = index.get(Number(contactId));
  if (id === undefined) {
    for (const call of tenant.calls.list({ limit: Number.MAX_SAFE_INTEGER }).calls)
      index.set(contactIdOf(tenant, call.id), call.id);
    id = index.get(Number(contactId));
  }
  return id === undefined ? undefined : tenant.calls.get(id);
}

/** The number of an agent of the world; a call of whom nobody is known is the key owner's. */
export const agentNumber = (agentId: string | undefined): number => 5000 + Number(/(\d+)$/.exec(agentId ?? "")?.[1] ?? 1);

/** The agent who handled a contact; 0 for none. */
export const handlerOf = (state: AcdState, call: CallRecord): number =>
  acdOutcomeOf(state, call).handled ? agentNumber(call.agentId) : 0;

const FIRST_NAMES = [
  "Ada",
  "Ben",
  "Cora",
  "Dan",
  "Eva",
  "Finn",
  "Gina",
  "Hugo",
  "Ida",
  "Jon",
  "Kim",
  "Lea",
  "Max",
  "Nora",
  "Omar",
  "Pia",
];
const LAST_NAMES = ["Abbot", "Baker", "Cole", "Dean", "Ellis", "Ford", "Grant", "Hale", "Ivers", "Jones", "Kent"];
const TEAMS = ["Default", "North", "South"];

export interface Person {
  readonly agentId: number;
  readonly firstName: string;
  readonly lastName: string;
  readonly teamId: number;
  readonly teamName: string;
}

/** Who an agent is. 0 is nobody. */
export function calledPersonOf(agentId: number): Person {
  const name = (of: readonly string[], place: number) => of[place % of.length] ?? "";
  if (agentId === 0) return { agentId, firstName: "", lastName: "", teamId: 0, teamName: "" };
  const team = agentId % TEAMS.length;
  return {
    agentId,
    firstName: name(FIRST_NAMES, agentId),
    lastName: `${name(LAST_NAMES, agentId)}${agentId < 5999 ? "" : ` ${agentId}`}`,
    teamId: team + 1,
    teamName: TEAMS[team] ?? "",
  };
}

/** All teams. */
export const TEAM_IDS: readonly number[] = TEAMS.map((_, place) => place + 1);
export const teamName = (teamId: number): string => TEAMS[teamId - 1] ?? "";

/** A number as lists show it: the national digits of North America. */
export const shortPhone = (phone: string | undefined): string => {
  const digits = (phone ?? "").replaceAll(/\D/g, "");
  return digits.length === 11 && digits.startsWith("1") ? digits.slice(1) : digits;
};

/** Whether a contact is completed. During wrap-up it counts as active, in both dialects. */
export const isOver = ({ status }: CallRecord): boolean =>
  status === "completed" || status === "abandoned" || status === "failed";

/** When a contact last changed: by its end, its code, its tags, or its wrap-up reaching the warehouse. */
export function lastUpdate(state: AcdState, call: CallRecord, switches: AcdSwitches, now: Instant): Instant {
  const end = call.endTime ?? call.startTime;
  const warehoused = end + switches.warehouseSeconds * 1000;
  const known = [end, call.disposition?.updatedAt ?? 0, state.tagged[call.id]?.at ?? 0, warehoused <= now ? warehoused : 0];
  return Math.max(...known);
}

const secondsBetween = (from: Instant, to: Instant): number => Math.max(0, Math.round((to - from) / 1000));

/** The only number that the business unit calls from. */
export const CALLER_ID = "8005550100";

/** A completed contact. */
export function shownContact(
  tenant: Tenant,
  state: AcdState,
  skill: AcdSkill,
  call: CallRecord,
  switches: AcdSwitches,
  now: Instant,
): Record<string, unknown> {
  const outcome = acdOutcomeOf(state, call);
  const end = call.endTime ?? now;
  const warehoused = end + switches.warehouseSeconds * 1000;
  const talkFrom = call.connectedTime ?? call.startTime;
  const campaignId = Number(skill.fields["campaignId"] ?? state.groups[0]?.id ?? 0);
  const contactId = contactIdOf(tenant, call.id);
  const tags = state.tagged[call.id]?.ids ?? [];
  const agent = calledPersonOf(handlerOf(state, call));
  return {
    contactId,
    masterContactId: contactId,
    abandoned: outcome.abandoned,
    abandonSeconds: outcome.abandoned ? secondsBetween(call.answeredTime ?? call.startTime, end) : 0,
    acwSeconds: outcome.handled && warehoused <= now ? 17 : 0,
    agentId: agent.agentId,
    agentSeconds: outcome.handled ? secondsBetween(talkFrom, end) : 0,
    callbackTime: 0,
    campaignId,
    campaignName: state.groups.find(({ id }) => id === campaignId)?.name ?? "",
    conferenceSeconds: 0,
    contactStartDate: time(call.startTime),
    dateACWWarehoused: warehoused <= now ? time(warehoused) : "",
    dateContactWarehoused: time(end),
    dispositionNotes: call.disposition?.notes ?? "",
    endReason: outcome.abandoned ? "Contact Hung Up" : "Agent Hung Up",
    firstName: agent.firstName,
    lastName: agent.lastName,
    fromAddress: CALLER_ID,
    toAddress: shortPhone(call.phoneNumber),
    holdCount: 0,
    holdSeconds: 0,
    inQueueSeconds: 0,
    isAnalyticsProcessed: false,
    isLogged: true,
    isOutbound: true,
    isRefused: false,
    isShortAbandon: false,
    isTakeover: false,
    lastUpdateTime: time(lastUpdate(state, call, switches, now)),
    mediaTypeId: PHONE_MEDIA,
    mediaTypeName: "Phone Call",
    mediaSubTypeId: 0,
    mediaSubTypeName: "",
    pointOfContactId: 0,
    pointOfContactName: "",
    postQueueSeconds: 0,
    preQueueSeconds: 0,
    primaryDispositionId: outcome.dispositionId === 0 ? outcome.system : outcome.dispositionId,
    secondaryDispositionId: 0,
    refuseReason: "",
    refuseTime: "",
    releaseSeconds: 0,
    routingTime: 0,
    serviceLevelFlag: 0,
    skillId: skill.skillId,
    skillName: nameOf(tenant, skill),
    teamId: agent.teamId,
    teamName: agent.teamName,
    totalDurationSeconds: secondsBetween(call.startTime, end),
    transferIndicatorId: 0,
    transferIndicatorName: "None",
    tags: tags.map((tagId) => ({ tagId, tagName: state.tags.find((tag) => tag.tagId === tagId)?.tagName ?? "" })),
    divisionNo: 0,
  };
}

export const acdDurationText = (seconds: number): string => {
  const [minutes, rest] = [Math.floor(seconds / 60), seconds % 60];
  return minutes === 0 ? `PT${rest}S` : `PT${minutes}M${rest}S`;
};

/** One dial of a record of a list. */
export function shownAttempt(tenant: Tenant, state: AcdState, call: CallRecord, now: Instant): Record<string, unknown> {
  const outcome = acdOutcomeOf(state, call);
  return {
    contactId: contactIdOf(tenant, call.id),
    externalId: call.contactId ?? call.id,
    formattedPhone: shortPhone(call.phoneNumber),
    dateOfCall: time(call.startTime),
    lastDuration: acdDurationText(secondsBetween(call.startTime, call.endTime ?? now)),
    systemClass: outcome.system,
    systemClassName: SYSTEM_DISPOSITIONS[outcome.system] ?? "",
    agentDisp: outcome.dispositionId,
    agentDispDesc: outcome.dispositionName,
    agentId: handlerOf(state, call),
    confirmReq: false,
    complianceRec: false,
    deliveryType: 0,
    callNotes: call.disposition?.notes ?? "",
    callbackDate: "",
    callerIdUsed: "8005550100",
    causeCode: "16",
    detectionType: outcome.handled || outcome.abandoned ? "Live Voice" : "",
    timeZone: "",
  };
}

/** Ended calls of skills that began within a range, by start. */
export function callsOf(
  tenant: Tenant,
  skills: readonly AcdSkill[],
  from: Instant = tenant.clock.now() - REACH_MS,
  to: Instant = tenant.clock.now(),
): { skill: AcdSkill; call: CallRecord }[] {
  const found = skills.flatMap((skill) =>
    tenant.calls
      .list({ campaignId: skill.world, from, to, limit: Number.MAX_SAFE_INTEGER })
      .calls.map((call) => ({ skill, call })),
  );
  return skills.length < 2
    ? found
    : found.sort((a, b) => a.call.startTime - b.call.startTime || (a.call.id < b.call.id ? -1 : 1));
}

/** Figures of calls. */
export function sums(state: AcdState, calls: readonly CallRecord[]) {
  let [connects, abandons, talk, right] = [0, 0, 0, 0];
  for (const call of calls) {
    if (!isOver(call)) continue;
    const outcome = acdOutcomeOf(state, call);
    if (outcome.abandoned) abandons += 1;
    if (!outcome.handled) continue;
    connects += 1;
    if (call.dispositionCode !== "WRONG_NUMBER") right += 1;
    talk += secondsBetween(call.connectedTime ?? call.startTime, call.endTime ?? call.startTime);
  }
  return { dials: calls.length, connects, abandons, rightPartyConnects: right, talkSeconds: talk };
}
