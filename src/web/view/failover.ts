// The look of a failover pair: a badge beside a campaign's state, and how many pairs dial from their backup or not at all.

import type { ApiTypes } from "../../server/index.ts";
import { words } from "./format.ts";
import type { Tone } from "./tone.ts";

type Standing = NonNullable<ApiTypes.CampaignSummary["failover"]>;

interface Badge {
  readonly text: string;
  readonly tone: Tone;
}

/** The text of a phase in a message, and what kind of phase it is. */
const PHASES: Readonly<Record<Standing["phase"], readonly [kind: "settled" | "moving" | "stuck", news: string]>> = {
  watching: ["settled", "watched, its primary is the one that is to dial"],
  "failed-over": ["settled", "failed over, its backup is the one that is to dial"],
  pausing: ["moving", "the one that hands over is being paused"],
  draining: ["moving", "waiting for calls to end"],
  "handing-over": ["moving", "handing over"],
  gating: ["moving", "asking the gate"],
  activating: ["moving", "the one that takes over is being activated"],
  verifying: ["moving", "reading back"],
  securing: ["stuck", "being paused to be safe"],
  halted: ["stuck", "halted, neither dials: a person must decide"],
};

const isPhase = (text: string): text is Standing["phase"] => Object.hasOwn(PHASES, text);

/** The badge of a campaign's pair; null while the primary dials, or should dial and nothing is wrong. */
export function pairBadge({
  role,
  phase,
  dials,
  nextStep,
}: Pick<Standing, "role" | "phase" | "dials" | "nextStep">): Badge | null {
  if (phase === "halted") return { text: "halted", tone: "bad" };
  if (phase === "securing") return { text: "pausing to be safe", tone: "bad" };
  if (nextStep !== null) return { text: "needs a person", tone: "bad" };
  if (dials === "backup") return { text: role === "primary" ? "failed over" : "stands in", tone: "warn" };
  return PHASES[phase][0] === "settled" ? null : { text: "handing over", tone: "warn" };
}

/** How many pairs were read back as dialing from their backup, and how many need a person. */
export function pairCounts(items: readonly Pick<ApiTypes.CampaignSummary, "failover">[]): { over: number; stuck: number } {
  const pairs = items.flatMap(({ failover }) => (failover?.role === "primary" ? [failover] : []));
  const stuck = pairs.filter((pair) => pairBadge(pair)?.tone === "bad").length;
  return { over: pairs.filter((pair) => pair.dials === "backup").length, stuck };
}

/** The message that a pair has entered another phase. */
export function pairNews(
  primary: string,
  backup: string,
  phase: string,
): { readonly tone: "bad" | "info"; readonly text: string } {
  // Another version of outdial may have phases that are not known here.
  const [kind, what] = isPhase(phase) ? PHASES[phase] : ["moving", words(phase).toLowerCase()];
  return { tone: kind === "stuck" ? "bad" : "info", text: `Failover pair ${primary} with ${backup}: ${what}` };
}
