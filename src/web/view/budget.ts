// The abandonment budget in words: how much is left, and whether the pace of late would use it up.

import type { ApiTypes } from "../../server/index.ts";
import { decimal, percent, span, timeFormat, whole } from "./format.ts";

interface BudgetView {
  /** None: nothing is known. */
  readonly tone: "good" | "warn" | "bad" | "none";
  /** Used, 0 to 100. */
  readonly width: number;
  readonly headline: string;
  readonly pace: string;
}

const NEARLY = 0.8;
const HOUR = 3_600_000;

/** @param zone of the times; default: where the browser is */
export function budgetView(budget: ApiTypes.AbandonmentBudget, zone?: string): BudgetView {
  const { used, left, burnRate, exhaustedAt, withinLimit, rate, limit, windowHours } = budget;
  const allowed = `limit ${percent(limit, 0)} over ${span(windowHours * HOUR)}`;
  if (rate.rate === null || withinLimit === null)
    return { tone: "none", width: 0, headline: "not known", pace: `no answers imported · ${allowed}` };
  const isBurning = burnRate !== null && burnRate > 1;
  // Of a budget of nothing there is no share: it is used up by the first call.
  const share = used ?? (withinLimit ? 0 : 1);
  const tone = !withinLimit || share >= 1 ? "bad" : share >= NEARLY || isBurning ? "warn" : "good";
  const headline =
    withinLimit && left !== null && left > 0 ? `${whole(left)} left` : withinLimit ? "none left" : "over the limit";
  const end = exhaustedAt === null || !withinLimit ? "" : `, used up ${timeFormat(zone).day(exhaustedAt)}`;
  const speed = burnRate === null ? "no recent answers" : `recent pace ${decimal(burnRate)}× the limit${end}`;
  return {
    tone,
    width: Math.round(100 * Math.min(1, Math.max(0, share))),
    headline: `${headline} · ${percent(rate.rate, 2)} of ${percent(limit, 0)}`,
    pace: speed,
  };
}
