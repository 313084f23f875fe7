// A failover pair in words: which campaign was read as dialing, what is happening, why, and what a person should do. Only this
// file turns a phase into a sentence, and it says that a campaign dials only when the tenant showed it. Pure.

import { PAIR_PHASE_WORDS } from "../../../kernel/index.ts";
import type { FailoverPolicy } from "./policy.ts";
import { type AlarmName, type FailoverState, type Order, otherSide, type Side } from "./state.ts";

/** What a person can do about it. */
const ADVICE: Readonly<Partial<Record<AlarmName, string>>> = {
  PAUSE_NOT_CONFIRMED: "Pause the campaign in the tenant's administration. The pause is asked for again until it is confirmed.",
  NEITHER_DIALS:
    "Activate one of the two: outdial campaign failover start or failback <primary> tries again, or activate it in the tenant's administration.",
  BOTH_ACTIVE: "Pause one of the two at once: outdial campaign pause <id>.",
  REACTIVATED: "Whoever activated it should know that it was handing over; the figures that led to it are in the history.",
  NOT_AUTHORISED: "Renew the credentials, or give the client the scopes; outdial doctor says which.",
  METRICS_STALE: "Look into the tenant: a campaign that counts no calls may stand still, or its figures do.",
  NO_COUNTS: "This tenant gives rates without counts: only rule: plain can judge them.",
  CLOCK: "Set this machine's clock by NTP.",
  COMPLIANCE_STALE: "Load the registry file anew: outdial dnc import FILE --list national --as-of DATE.",
  MONITOR_STALE: "Run outdial campaign failover watch in two places, so that one takes over from the other.",
};

/** The same where the campaign was read back as paused and its calls go on. */
const drainAdvice = (calls: number | null) =>
  `The campaign is paused and ${calls === null ? "an unknown number of" : calls} calls of it are under way: wait for them to end, or end them in the tenant's administration.`;

/** What a person can do about an alarm of a pair in this state. */
export function adviceOf(
  name: AlarmName,
  { handover, waiting }: Pick<FailoverState, "handover" | "waiting">,
): string | undefined {
  if (name === "NEITHER_DIALS" && waiting !== null)
    return `It is tried again by itself, next at ${instantText(waiting.againAt)}, and succeeds when that is mended. ${ADVICE.NEITHER_DIALS}`;
  const isDraining = name === "PAUSE_NOT_CONFIRMED" && handover !== null && handover.pausedAt !== null;
  return isDraining ? drainAdvice(handover.callsLeft ?? null) : ADVICE[name];
}

const instantText = (at: number): string => `${new Date(at).toISOString().slice(0, 19)}Z`;

/** Persistent causes that need a person, the most urgent one first. */
const URGENT = ["BOTH_ACTIVE", "PAUSE_NOT_CONFIRMED", "NEITHER_DIALS"] as const satisfies readonly AlarmName[];

/** The campaign that was read as dialing while the other was read as not dialing; null when there is none, or it is not known. */
export function dialingSide({ phase, side, standing, handover, lookedAt, handovers }: FailoverState): Side | null {
  if (handover !== null || (phase !== "watching" && phase !== "failed-over")) return null;
  if (standing.NEITHER_DIALS !== undefined || standing.BOTH_ACTIVE !== undefined) return null;
  // For a pair without any look this is only the intention.
  return lookedAt === null && handovers === 0 ? null : side;
}

/** A pair in words. */
interface PairWords {
  readonly dials: Side | null;
  /** What is happening, a sentence without its full stop. */
  readonly words: string;
  /** The reason; what the tenant answered last while it answers nothing useful; null when there is nothing of this. */
  readonly reason: string | null;
  /** What a person should do; null for nothing. */
  readonly nextStep: string | null;
}

/** A pair's state in words: which campaign dials, why, and what to do. */
export function pairWordsOf(state: FailoverState, primary: string): PairWords {
  const { phase, halt, handover, securing, standing, trouble } = state;
  const silence = trouble === null ? null : `the last call of the tenant: ${trouble}`;
  const urgent = URGENT.find((name) => standing[name] !== undefined);
  const advice = (phase === "halted" ? adviceOf("NEITHER_DIALS", state) : urgent && adviceOf(urgent, state)) ?? null;
  return {
    dials: dialingSide(state),
    words: sentenceOf(state),
    reason: phase === "halted" ? halt : (handover?.reason ?? securing?.reason ?? silence),
    nextStep: advice?.replaceAll("<primary>", primary) ?? null,
  };
}

const WORDS: Readonly<Record<FailoverState["phase"], (from: string, to: string) => string>> = PAIR_PHASE_WORDS;

/** What is happening, a sentence without its full stop. */
export function sentenceOf(state: FailoverState): string {
  const { phase, side, handover, securing, standing } = state;
  const from = handover?.from ?? side;
  const to = handover?.to ?? otherSide(side);
  switch (phase) {
    case "pausing":
    case "draining":
    case "handing-over":
    case "gating":
    case "activating":
    case "verifying":
      return WORDS[phase](from, to);
    case "securing":
      return WORDS.securing(securing?.sides.join(" and the ") ?? side, to);
    case "halted":
      return state.waiting === null
        ? "halted: neither dials, a person must decide"
        : "halted: neither dials until the gate opens, which is asked again by itself";
    case "watching":
    case "failed-over":
      if (standing.BOTH_ACTIVE !== undefined) return "both campaigns are active";
      if (standing.NEITHER_DIALS !== undefined) return `neither dials; the ${side} is the one that is to`;
      if (dialingSide(state) !== null) return `the ${side} dials`;
      return state.unanswered > 0 ? "it could not be looked at" : "nobody has looked at it yet";
  }
}

/** The role and state of a campaign in a failover pair. */
export interface FailoverStanding extends PairWords {
  readonly role: Side;
  readonly partner: string;
  readonly phase: FailoverState["phase"];
  /** The campaign that should dial; during a hand-over the one that hands over. */
  readonly side: Side;
  /** What the watch over the pair judges: the success rate of so many minutes, and the share below which it hands over. */
  readonly windowMinutes: number;
  readonly threshold: number;
}

/** The role and state of one campaign of a pair. */
export function standingIn(
  {
    primary,
    backup,
    state,
    policy,
  }: {
    readonly primary: string;
    readonly backup: string;
    readonly state: FailoverState;
    readonly policy: Pick<FailoverPolicy, "windowMinutes" | "threshold">;
  },
  role: Side,
): FailoverStanding {
  const { phase, side } = state;
  const { windowMinutes, threshold } = policy;
  const partner = role === "primary" ? backup : primary;
  return { role, partner, phase, side, windowMinutes, threshold, ...pairWordsOf(state, primary) };
}

/** Why a paused campaign is paused, by its pair; null when the pair is not the reason. A sentence without its full stop. */
export function pausedInPair({ role, partner, phase, side, dials, words, reason, nextStep }: FailoverStanding): string | null {
  const because = reason === null ? "" : `: ${reason}`;
  const then = nextStep === null ? "" : `. ${nextStep.replace(/\.$/, "")}`;
  switch (phase) {
    case "watching":
    case "failed-over": {
      if (side === role) return null;
      if (dials === side) return `paused: ${partner} dials in its place as the ${side}`;
      return `paused: ${partner} is to dial as the ${side} of their failover pair and was not seen to${then}`;
    }
    case "securing":
      return `paused: the watch over its failover pair with ${partner} pauses to be safe${because}${then}`;
    case "halted":
      return side === role
        ? `paused by the watch over its failover pair with ${partner}; neither dials${because}${then}`
        : `paused: the watch has halted its failover pair with ${partner}; neither dials${because}${then}`;
    case "pausing":
    case "draining":
    case "handing-over":
    case "gating":
    case "activating":
    case "verifying":
      return side === role
        ? `paused by the watch: it hands over to ${partner} (${words})${because}${then}`
        : `paused: it is to take over from ${partner} and does not dial yet (${words})${because}${then}`;
  }
}

/** Why an order is not needed; null when it is. A halted pair takes both. */
export function orderRefusal(state: FailoverState, what: Order): string | null {
  const from: Side = what === "fail-over" ? "primary" : "backup";
  const { phase, side } = state;
  if ((phase !== "watching" && phase !== "failed-over") || side === from) return null;
  const now = dialingSide(state) === side ? "dials already" : "is to dial already";
  return `the ${side} of this pair ${now}: there is nothing to hand over`;
}

/**
 * What ending the watch over a pair now means: the reason why it is refused, or how the two campaigns are left. Sentences without
 * their full stops.
 */
export function removalOf(state: FailoverState): { readonly refusal: string } | { readonly left: string } {
  const { phase, handover, side, standing } = state;
  const from = handover?.from ?? side;
  const to = handover?.to ?? otherSide(side);
  const resume = "nobody dials until one of the two is resumed: outdial campaign resume <id>";
  switch (phase) {
    case "activating":
    case "verifying":
    case "securing":
      return {
        refusal: `${sentenceOf(state)}: what comes of it is known within seconds; remove the pair then, or pause both campaigns at once with outdial campaign pause`,
      };
    case "pausing":
    case "draining":
    case "handing-over":
    case "gating": {
      const paused =
        handover?.pausedAt === null ? `the pause of the ${from} may have been sent: read it back` : `the ${from} stays paused`;
      return { left: `the hand-over is given up: ${paused}, and the ${to} is not activated; ${resume}` };
    }
    case "halted":
      return { left: `both campaigns stay as they are, paused; ${resume}` };
    case "watching":
    case "failed-over":
      return {
        left: standing.NEITHER_DIALS === undefined ? "neither campaign is changed" : `neither campaign is changed; ${resume}`,
      };
  }
}
