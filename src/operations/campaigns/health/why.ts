// Why a campaign does not dial, or why that is not known, as text, with the cause to fix first at the top. Pure.

import { formatInstant } from "../../../compliance/index.ts";
import { type Covers, type Instant, isWhole, type Verdict } from "../../../kernel/index.ts";
import type { ReadingProblem } from "../../../store/index.ts";
import type { AgentCounts } from "../../../tenant/port.ts";
import type { GateManifest } from "../../compliance/index.ts";
import { type FailoverStanding, pausedInPair } from "../failover/words.ts";
import { type CampaignFacts, type CampaignGateVerdict, contactsClosed, hoursAt, reasonsOf, wasOutside } from "../state/index.ts";

/** In the order in which they should be fixed: an earlier cause hides later ones. */
export const CAUSES = [
  "not_authorised",
  "unreachable",
  "state_stale",
  "paused_by_outdial",
  "paused_by_failover",
  "paused_elsewhere",
  "other_state",
  "audit_set_back",
  "clock_off",
  "rules_unreadable",
  "no_company_list",
  "stale_compliance_data",
  "abandonment_budget",
  "no_contact_list",
  "list_shrunk",
  "list_empty",
  "outside_hours",
  "nobody_callable",
  "dialer_settings",
  "gate_unknown",
  "figures_unknown",
  "figures_stale",
  "calls_of_late",
  "no_agents",
  "no_lines",
  "no_agents_or_lines",
] as const;
/** Code of a reason why a campaign does not dial. */
export type CauseCode = (typeof CAUSES)[number];

interface Cause {
  readonly code: CauseCode;
  /** A sentence without its full stop. */
  readonly text: string;
}

/** Causes that leave open whether it dials: what would show it was not read, could not be asked, or is old. */
const UNKNOWN: ReadonlySet<CauseCode> = new Set([
  "not_authorised",
  "unreachable",
  "state_stale",
  "gate_unknown",
  "figures_unknown",
  "figures_stale",
  "calls_of_late",
]);

/** Why nothing is dialed, or why it is not known whether calls are dialed. */
export interface NotDialing {
  /** False: nothing is dialed. Null: not known. */
  readonly dials: false | null;
  /** The text of the cause to fix first. */
  readonly first: string;
  readonly all: readonly Cause[];
}

/** A question that could not be asked. */
export type AskProblem = ReadingProblem;

/** The result of a look of the pre-dial gate, in short. */
export interface KnownGateLook extends Pick<CampaignGateVerdict, "at" | "refusals" | "windows" | "hoursOf" | "nextAllowed"> {
  /** Assumed: made before the campaign's own document was read, as if it had no hours of its own. What it lets pass is not known. */
  readonly from: "measured" | "assumed";
  /** Contacts that were judged, of those on the list. */
  readonly covers: Covers;
  readonly calling: CampaignGateVerdict["calling"];
  /** Null: not counted. */
  readonly onCompanyList: number | null;
  /** The counts of the contacts that were judged; null when none were. */
  readonly manifest:
    | (Pick<GateManifest, "counts" | "byReason"> & { readonly input: Pick<GateManifest["input"], "contacts"> })
    | null;
}

/** How much of its list a look of the gate covers. One that was read short of what is known of it is of an unknown number. */
export function coversOf({ manifest, announced, whole }: Pick<CampaignGateVerdict, "manifest" | "announced" | "whole">): Covers {
  const known = manifest?.input.contacts ?? 0;
  return { known, of: whole ? known : announced !== null && announced > known ? announced : null };
}

/** The facts for the answer. Null without a problem means not read yet. */
export interface DialingFacts {
  /** The campaign at the tenant; null when it could not be read. */
  readonly campaign: Pick<CampaignFacts, "status" | "queueId" | "dialer"> | null;
  readonly campaignProblem: AskProblem | null;
  /** How long ago its status was read, ms, where that is too long; null while it is of now. */
  readonly statusMs?: number | null;
  /** The last change of state that outdial made or began. */
  readonly lastChange: {
    readonly target: "active" | "paused";
    readonly actor: string;
    readonly reason: string | null;
    readonly at: Instant;
  } | null;
  readonly failover: FailoverStanding | null;
  /** The pre-dial gate's answer for this moment; null when it could not be asked. */
  readonly gate: Omit<KnownGateLook, "at" | "calling" | "onCompanyList"> | null;
  readonly gateProblem: AskProblem | null;
  /** The latest figures; null when there are none. */
  readonly figures: {
    readonly activeCalls: number | null;
    readonly callsPlaced: number | null;
    readonly windowMinutes: number | null;
    /** The end of their window: by the tenant's time, where it gives one, else when they were received. */
    readonly at?: Instant | null;
    readonly receivedAt?: Instant;
    /** Null when the tenant does not give them. */
    readonly agents?: AgentCounts | null;
  } | null;
  readonly figuresProblem: AskProblem | null;
  /** Age of the figures by the tenant's own time, where it gives one. */
  readonly ageMs: number | null;
  /** How long ago outdial received the tenant's latest answer for figures, or its event; null: never. */
  readonly readMs: number | null;
  readonly stale: boolean;
}

/**
 * The causes why it does not dial, or why that is not known; null while it dials: it is active, and a call is under way, or calls
 * were placed recently and nothing explains why there are no more. That outdial's gate forbids them explains nothing: it does not bind the tenant's dialer.
 */
export function whyNotDialing(facts: DialingFacts): NotDialing | null {
  const { campaign, figures, stale } = facts;
  const active = campaign?.status === "active";
  if (active && !stale && (figures?.activeCalls ?? 0) > 0) return null;
  const causes = [
    ...askCauses(facts),
    ...stateCauses(facts),
    ...gateCauses(facts),
    ...dialerCauses(facts),
    ...figureCauses(facts),
  ];
  const placed = stale ? 0 : (figures?.callsPlaced ?? 0);
  if (active && placed > 0 && causes.every(({ code }) => MUST_NOT[code] !== undefined)) {
    const ends = causes.filter(({ code }) => HARMLESS.has(code));
    if (ends.length === 0 || (ends.every(({ code }) => code === "outside_hours") && placedOutside(facts))) return null;
    causes.push({
      code: "calls_of_late",
      text: `${placed} calls were placed${windowWords(figures?.windowMinutes ?? null)} and none is under way: whether it still dials is not known`,
    });
  }
  const isUntold = figures?.activeCalls === null && figures.callsPlaced === null;
  if (active && causes.length === 0 && !isUntold) causes.push(noAgentsOrLines(facts));
  const dials = isKnown(facts, causes) ? false : null;
  if (dials === null && !causes.some(({ code }) => UNKNOWN.has(code)))
    causes.push({ code: "figures_unknown", text: `the tenant does not tell ${untoldOf(facts)}: whether it dials is not known` });
  // When it is not known, the causes that would have shown it come first.
  const later = ({ code }: Cause) => (dials === null && !UNKNOWN.has(code) ? CAUSES.length : 0) + CAUSES.indexOf(code);
  const all = causes.sort((a, b) => later(a) - later(b));
  return { dials, first: all[0]?.text ?? "", all };
}

export const OUTSIDE_HOURS = "outside hours";
export const ABANDONMENT_LIMIT = "abandonment limit";

/** Causes why a campaign must not dial, in short words; the gate of outdial would not let it begin. */
const MUST_NOT: Readonly<Partial<Record<CauseCode, string>>> = {
  audit_set_back: "the database was set back",
  clock_off: "the clock is off",
  rules_unreadable: "its rules cannot be read",
  no_company_list: "no company do-not-call list",
  stale_compliance_data: "registry data missing or too old",
  abandonment_budget: ABANDONMENT_LIMIT,
  no_contact_list: "no contact list",
  list_shrunk: "its list has shrunk",
  list_empty: "nobody on its list",
  outside_hours: OUTSIDE_HOURS,
  nobody_callable: "nobody may be called",
};

/** What an assumed look lacks. */
export const OWN_HOURS = "the campaigns' own calling hours";
/** What a look at the beginning of a list lacks. */
export const REST_OF_LIST = "calling windows of contacts further down the lists";

const windowWords = (minutes: number | null): string => (minutes === null ? "" : ` in ${minutes} minutes`);

/** Whether every calling window was closed already when the figures' own window began: then the calls in it were placed outside hours. */
function placedOutside({ gate, figures }: DialingFacts): boolean {
  const end = figures?.at ?? figures?.receivedAt;
  if (gate === null || end === undefined || !figures?.windowMinutes) return false;
  return wasOutside({ windows: gate.windows, hoursOf: "called" }, end - 60_000 * figures.windowMinutes, end);
}

/** Whether a campaign may dial, by the latest look of the gate: why not, or what is missing to know. */
export interface MayDial {
  readonly verdict: Verdict;
  /** Why it must not, in short words such as `outside hours`; empty when it may, and when it is not known. */
  readonly why: readonly string[];
  /** Something forbids each call at any hour, so that one that is active may break it at any moment: only its own hours keep it from dialing. */
  readonly atAnyHour: boolean;
}

/** What the gate refuses at the moment of its look, and what its windows say of any other moment. */
const OF_THE_HOUR: ReadonlySet<CauseCode> = new Set(["outside_hours", "nobody_callable"]);
/** What a campaign cannot break, or breaks at certain hours only. */
const HARMLESS: ReadonlySet<CauseCode> = new Set(["outside_hours", "no_contact_list", "list_empty", "list_shrunk"]);

/** Whether people are called whose zones were not looked at: by one clock for the whole list, of which the look covers a part. */
export const isPartOf = (gate: Pick<KnownGateLook, "hoursOf" | "covers"> | null): boolean =>
  gate?.hoursOf === "campaign" && !isWhole(gate.covers);

/** What the gate's look says of dialing at a moment; without a look, and when its windows have turned since, it is not known. */
export function mayDialBy(gate: DialingFacts["gate"], now: Instant): MayDial {
  const isPart = isPartOf(gate);
  const what = gate?.from === "assumed" ? OWN_HOURS : isPart ? REST_OF_LIST : "calling windows";
  const missing = { is: "unknown", missing: [{ what, count: 1 }] } as const;
  if (gate === null) return { verdict: missing, why: [], atAnyHour: false };
  const hours = hoursAt(gate.windows, now);
  // One clock for the whole list calls those, too, whose own window is closed.
  const closed = gate.hoursOf === "campaign" ? contactsClosed(gate.windows, now) : 0;
  // That nobody at the beginning of a list may be called says nothing of the rest, nor does what was true before a window opened.
  const isNobody = isWhole(gate.covers) && hours === "open" && gate.refusals.some(({ code }) => code === "nobody_callable");
  const hasOpened = gate.windows.some(({ open, opens }) => open === 0 && opens !== null && opens <= now);
  const codes = new Set<CauseCode>([
    ...(hours === "closed" || (closed ?? 0) > 0 ? (["outside_hours"] as const) : []),
    ...gate.refusals.map(({ code }) => code).filter((code) => !OF_THE_HOUR.has(code)),
    ...(isNobody && !hasOpened ? (["nobody_callable"] as const) : []),
  ]);
  const atAnyHour = [...codes].some((code) => !HARMLESS.has(code));
  if (codes.size > 0) return { verdict: { is: "not_ok" }, why: [...codes].map((code) => MUST_NOT[code] ?? code), atAnyHour };
  const isOpen = gate.from === "measured" && !isPart && hours === "open" && closed === 0 && !isNobody;
  return { verdict: isOpen ? { is: "ok" } : missing, why: [], atAnyHour };
}

/**
 * Whether these causes show that it does not dial. The refusals of outdial's gate do not bind a dialer: with those alone, fresh
 * figures are needed, too.
 */
function isKnown({ campaign, figures }: DialingFacts, causes: readonly Cause[]): boolean {
  if (campaign === null) return false;
  if (causes.some(({ code }) => code === "state_stale")) return false;
  if (campaign.status !== "active" || causes.some(({ code }) => code === "dialer_settings")) return true;
  // Either of them may show that it dials.
  if (figures?.activeCalls === null || figures?.callsPlaced === null) return false;
  return !causes.some(({ code }) => UNKNOWN.has(code));
}

function askCauses({ campaignProblem: problem }: DialingFacts): Cause[] {
  if (problem === null) return [];
  const refused = problem.code === "unauthorized" || problem.code === "missing_scope";
  return [{ code: refused ? "not_authorised" : "unreachable", text: `the tenant cannot be asked: ${problem.message}` }];
}

function stateCauses({ campaign, statusMs = null, lastChange, failover, figures }: DialingFacts): Cause[] {
  if (campaign === null) return [];
  const old: Cause[] =
    statusMs === null
      ? []
      : [
          {
            code: "state_stale",
            text: `the tenant showed it ${campaign.status} ${minutes(statusMs)} ago; what it is since is not known`,
          },
        ];
  if (campaign.status === "active") return old;
  if (campaign.status !== "paused")
    return [...old, { code: "other_state", text: `the tenant shows it ${campaign.status}, neither active nor paused` }];
  const open = figures?.activeCalls ?? 0;
  const still = open > 0 ? `; ${open} ${open === 1 ? "call is" : "calls are"} still under way` : "";
  const byPair = failover === null ? null : pausedInPair(failover);
  if (byPair !== null) return [...old, { code: "paused_by_failover", text: `${byPair}${still}` }];
  if (lastChange?.target === "paused") {
    const reason = lastChange.reason === null ? "" : `: ${lastChange.reason}`;
    return [
      ...old,
      {
        code: "paused_by_outdial",
        text: `paused by ${lastChange.actor} through outdial at ${formatInstant(lastChange.at)}${reason}${still}`,
      },
    ];
  }
  const since = lastChange === null ? "" : ` after ${lastChange.actor} resumed it at ${formatInstant(lastChange.at)}`;
  return [...old, { code: "paused_elsewhere", text: `paused at the tenant, not through outdial${since}${still}` }];
}

function gateCauses({ gate, gateProblem, campaignProblem }: DialingFacts): Cause[] {
  if (gate === null) {
    if (campaignProblem !== null) return [];
    const why = gateProblem === null ? "it has not been looked at yet" : gateProblem.message;
    return [{ code: "gate_unknown", text: `whether anybody may be called is not known: ${why}` }];
  }
  const causes: Cause[] = gate.refusals.flatMap(({ code, text }) => (OF_THE_HOUR.has(code) ? [] : [{ code, text }]));
  const { windows, manifest, nextAllowed, covers } = gate;
  if (windows.length > 0 && windows.every(({ open }) => open === 0)) {
    const parts = windows
      .slice(0, 4)
      .map(
        ({ zone, opens }) => `${zone} ${opens === null ? "does not open within four days" : `opens at ${formatInstant(opens)}`}`,
      );
    const more = windows.length > 4 ? `, and ${windows.length - 4} more` : "";
    causes.push({ code: "outside_hours", text: `outside calling hours in every zone of the list: ${parts.join(", ")}${more}` });
  }
  if (gate.refusals.some(({ code }) => code === "nobody_callable") && manifest !== null) {
    const next = nextAllowed === null ? "" : `; the first may be called at ${formatInstant(nextAllowed)}`;
    const of = isWhole(covers) ? "of the list" : `of the first ${covers.known} contacts`;
    causes.push({ code: "nobody_callable", text: `nobody ${of} may be called now: ${reasonsOf(manifest, false)}${next}` });
  }
  return causes;
}

function dialerCauses({ campaign }: DialingFacts): Cause[] {
  const { callRate, maxCallsInFlight } = campaign?.dialer ?? {};
  const zero = [...(callRate === 0 ? ["call rate"] : []), ...(maxCallsInFlight === 0 ? ["limit of calls in flight"] : [])];
  return zero.length === 0 ? [] : [{ code: "dialer_settings", text: `the dialer's ${zero.join(" and its ")} is 0` }];
}

function figureCauses({ figures, figuresProblem, stale, ageMs, readMs, campaignProblem }: DialingFacts): Cause[] {
  if (figures === null) {
    if (campaignProblem !== null) return [];
    const why = figuresProblem === null ? "they have not been read yet" : figuresProblem.message;
    return [{ code: "figures_unknown", text: `there are no figures: ${why}` }];
  }
  if (!stale) return [];
  const read = `${minutes(readMs)} ago`;
  if (figuresProblem !== null)
    return [{ code: "figures_stale", text: `the latest figures are those that outdial read ${read}: ${figuresProblem.message}` }];
  const byTenant = readMs !== null && minutes(readMs) !== minutes(ageMs);
  const text = byTenant
    ? `the tenant's figures are ${minutes(ageMs)} old by its own time; outdial read them ${read}`
    : `the latest figures are those that outdial read ${read}`;
  return [{ code: "figures_stale", text }];
}

function minutes(ms: number | null): string {
  const count = Math.round((ms ?? 0) / 60_000);
  return count === 1 ? "1 minute" : `${count} minutes`;
}

/** What of it would show that it dials. */
const untoldOf = ({ figures }: DialingFacts): string =>
  [
    ...(figures?.activeCalls === null ? ["calls under way"] : []),
    ...(figures?.callsPlaced === null ? ["calls placed"] : []),
  ].join(" or ");

/** The cause when no other one was found: agents or lines, according to the agents where the tenant gives them. */
function noAgentsOrLines({ campaign, figures }: DialingFacts): Cause {
  const queue = campaign?.queueId === null || campaign === null ? "its queue" : `queue ${campaign.queueId}`;
  const window = windowWords(figures?.windowMinutes ?? null);
  const none = figures?.callsPlaced === null ? "no call is under way" : `no call was placed${window}`;
  const idle = `it is active, people may be called, and ${none}`;
  const { loggedIn = null, available = null } = figures?.agents ?? {};
  if (loggedIn === 0) return { code: "no_agents", text: `${idle}: no agent is logged in` };
  if (loggedIn !== null && available === 0)
    return { code: "no_agents", text: `${idle}: none of ${people(loggedIn)} logged in waits for a call` };
  if (available !== null && available > 0)
    return {
      code: "no_lines",
      text: `${idle}, although ${people(available)} wait${available === 1 ? "s" : ""} for a call: look for free lines`,
    };
  return { code: "no_agents_or_lines", text: `${idle}: look for agents logged in to ${queue}, and for free lines` };
}

const people = (count: number): string => `${count} agent${count === 1 ? "" : "s"}`;
