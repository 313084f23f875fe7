// The look of a failover pair: a badge beside a campaign's state, and how many pairs dial from their backup or not at all.

import { pairPhaseWords } from "../../kernel/index.ts";
import type { ApiTypes } from "../../server/index.ts";
import type { Tone } from "./tone.ts";

type Standing = NonNullable<ApiTypes.CampaignSummary["failover"]>;

interface Badge {
  readonly text: string;
  readonly tone: Tone;
}

/** What kind of phase it is. */
const KINDS: Readonly<Record<Standing["phase"], "settled" | "moving" | "stuck">> = {
  watching: "settled",
  "failed-over": "settled",
  pausing: "moving",
  draining: "moving",
  "handing-over": "moving",
  gating: "moving",
  activating: "moving",
  verifying: "moving",
  securing: "stuck",
  halted: "stuck",
};

const isPhase = (text: string): text is Standing["phase"] => Object.hasOwn(KINDS, text);

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
  return KINDS[phase] === "settled" ? null : { text: "handing over", tone: "warn" };
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
  const isStuck = isPhase(phase) && KINDS[phase] === "stuck";
  const todo = phase === "halted" ? ": a person must decide" : "";
  return { tone: isStuck ? "bad" : "info", text: `Failover pair ${primary} with ${backup}: ${pairPhaseWords(phase)}${todo}` };
}
