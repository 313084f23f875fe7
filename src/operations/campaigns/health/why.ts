// Why a campaign does not dial, in words, the cause to mend first at the top. Pure.

import { formatInstant } from "../../../compliance/index.ts";
import type { Instant } from "../../../kernel/index.ts";
import { type CampaignFacts, type CampaignGateVerdict, reasonsOf } from "../state/index.ts";

/** In the order in which they are to be mended: what comes first hides what comes after. */
export const CAUSES = [
  "not_authorised",
  "unreachable",
  "paused_by_outdial",
  "paused_by_failover",
  "paused_elsewhere",
  "other_state",
  "rules_unreadable",
  "stale_compliance_data",
  "abandonment_budget",
  "no_contact_list",
  "list_empty",
  "outside_hours",
  "nobody_callable",
  "dialer_settings",
  "gate_unknown",
  "figures_unknown",
  "figures_stale",
  "no_agents",
] as const;
export type CauseCode = (typeof CAUSES)[number];

export interface Cause {
  readonly code: CauseCode;
  /** A sentence without its full stop. */
  readonly text: string;
}

/** Why nothing is dialed. */
export interface NotDialing {
  /** The text of the cause to mend first. */
  readonly first: string;
  readonly all: readonly Cause[];
}

/** Something that could not be asked. */
export interface AskProblem {
  readonly code: string;
  readonly message: string;
}

/** Where the campaign stands in a failover pair. */
export interface FailoverStanding {
  readonly role: "primary" | "backup";
  readonly partner: string;
  readonly phase: string;
  /** The side that dials, or is to. */
  readonly side: "primary" | "backup";
}

/** What the answer follows from. */
export interface DialingFacts {
  /** The campaign at the tenant; null when it could not be read. */
  readonly campaign: Pick<CampaignFacts, "status" | "queueId" | "dialer"> | null;
  readonly campaignProblem: AskProblem | null;
  /** The last change of state that outdial made or began. */
  readonly lastChange: {
    readonly target: "active" | "paused";
    readonly actor: string;
    readonly reason: string | null;
    readonly at: Instant;
  } | null;
  readonly failover: FailoverStanding | null;
  /** What the pre-dial gate says of this moment; null when it could not be asked. */
  readonly gate: Pick<CampaignGateVerdict, "refusals" | "windows" | "manifest" | "nextAllowed" | "whole"> | null;
  readonly gateProblem: AskProblem | null;
  /** The latest figures; null when there are none. */
  readonly figures: {
    readonly activeCalls: number | null;
    readonly callsPlaced: number | null;
    readonly windowMinutes: number | null;
  } | null;
  readonly figuresProblem: AskProblem | null;
  readonly ageMs: number | null;
  readonly stale: boolean;
}

/** The causes, or null while it dials: active, with a call under way, or with calls placed of late and nothing that forbids the next. */
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
  const placedOfLate = !stale && (figures?.callsPlaced ?? 0) > 0;
  if (active && causes.length === 0 && placedOfLate) return null;
  if (active && causes.length === 0) causes.push(noAgents(facts));
  const all = causes.sort((a, b) => CAUSES.indexOf(a.code) - CAUSES.indexOf(b.code));
  return { first: all[0]?.text ?? "", all };
}

function askCauses({ campaignProblem: problem }: DialingFacts): Cause[] {
  if (problem === null) return [];
  const refused = problem.code === "unauthorized" || problem.code === "missing_scope";
  return [{ code: refused ? "not_authorised" : "unreachable", text: `the tenant cannot be asked: ${problem.message}` }];
}

/** Phases of a pair whose dialing side has been paused and whose other side does not dial yet. */
const HANDS_OVER: ReadonlySet<string> = new Set(["pausing", "draining", "handing-over", "gating", "activating", "verifying"]);

function stateCauses({ campaign, lastChange, failover, figures }: DialingFacts): Cause[] {
  if (campaign === null || campaign.status === "active") return [];
  if (campaign.status !== "paused")
    return [{ code: "other_state", text: `the tenant shows it ${campaign.status}, neither active nor paused` }];
  const open = figures?.activeCalls ?? 0;
  const still = open > 0 ? `; ${open} calls are still under way` : "";
  if (failover !== null && failover.side !== failover.role) {
    const why = `${failover.partner} dials in its place as the ${failover.side} of their failover pair (${failover.phase})`;
    return [{ code: "paused_by_failover", text: `paused: ${why}${still}` }];
  }
  if (failover !== null && HANDS_OVER.has(failover.phase))
    return [{ code: "paused_by_failover", text: `paused: it hands over to ${failover.partner} (${failover.phase})${still}` }];
  if (lastChange?.target === "paused") {
    const reason = lastChange.reason === null ? "" : `: ${lastChange.reason}`;
    return [
      {
        code: "paused_by_outdial",
        text: `paused by ${lastChange.actor} through outdial at ${formatInstant(lastChange.at)}${reason}${still}`,
      },
    ];
  }
  const since = lastChange === null ? "" : ` after ${lastChange.actor} resumed it at ${formatInstant(lastChange.at)}`;
  return [{ code: "paused_elsewhere", text: `paused at the tenant, not through outdial${since}${still}` }];
}

function gateCauses({ gate, gateProblem, campaignProblem }: DialingFacts): Cause[] {
  if (gate === null) {
    if (gateProblem === null || campaignProblem !== null) return [];
    return [{ code: "gate_unknown", text: `whether anybody may be called is not known: ${gateProblem.message}` }];
  }
  const causes: Cause[] = gate.refusals.flatMap(({ code, text }) => (code === "nobody_callable" ? [] : [{ code, text }]));
  const { windows, manifest, nextAllowed, whole } = gate;
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
    const of = whole ? "of the list" : `of the first ${manifest.input.contacts} contacts`;
    causes.push({ code: "nobody_callable", text: `nobody ${of} may be called now: ${reasonsOf(manifest, false)}${next}` });
  }
  return causes;
}

function dialerCauses({ campaign }: DialingFacts): Cause[] {
  const { callRate, maxCallsInFlight } = campaign?.dialer ?? {};
  const zero = [...(callRate === 0 ? ["callRate"] : []), ...(maxCallsInFlight === 0 ? ["maxCallsInFlight"] : [])];
  return zero.length === 0 ? [] : [{ code: "dialer_settings", text: `the dialer's ${zero.join(" and ")} is 0` }];
}

function figureCauses({ figures, figuresProblem, stale, ageMs, campaignProblem }: DialingFacts): Cause[] {
  if (figures === null) {
    if (figuresProblem === null || campaignProblem !== null) return [];
    return [{ code: "figures_unknown", text: `there are no figures: ${figuresProblem.message}` }];
  }
  if (!stale) return [];
  return [
    {
      code: "figures_stale",
      text: `the tenant's figures are ${Math.round((ageMs ?? 0) / 60_000)} minutes old: whether it dials is not known`,
    },
  ];
}

/** What is left when the tenant has no reason that can be asked for. */
function noAgents({ campaign, figures }: DialingFacts): Cause {
  const queue = campaign?.queueId === null || campaign === null ? "its queue" : `queue ${campaign.queueId}`;
  const window = figures?.windowMinutes === null || figures === null ? "" : ` in ${figures.windowMinutes} minutes`;
  return {
    code: "no_agents",
    text: `it is active, people may be called, and no call was placed${window}: look for agents logged in to ${queue}, and for free lines`,
  };
}
