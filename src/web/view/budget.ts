// The abandonment budget as text: how much is left, and whether the recent pace would use it up.

import type { ApiTypes } from "../../server/index.ts";
import { decimal, percent, span, timeFormat, whole } from "./format.ts";

interface BudgetView {
  /** `none`: nothing is known. */
  readonly tone: "good" | "warn" | "bad" | "none";
  /** Used, 0 to 100. */
  readonly width: number;
  readonly headline: string;
  /** The rate, and the limit if there is room for it; "" when the headline says it. */
  readonly rate: string;
  readonly pace: string;
}

const NEARLY = 0.8;
const HOUR = 3_600_000;

/** @param zone of the times; default: the browser's */
export function budgetView(budget: ApiTypes.AbandonmentBudget, zone?: string): BudgetView {
  const { used, left, burnRate, exhaustedAt, withinLimit, importing, rate, limit, windowHours } = budget;
  const allowed = `limit ${percent(limit, 0)} over ${span(windowHours * HOUR)}`;
  if (importing !== null && withinLimit === null) {
    const since = timeFormat(zone).day(importing.since);
    return {
      tone: "none",
      width: 0,
      headline: "not judged yet",
      rate: "",
      pace: `calls are being imported since ${since} · ${allowed}`,
    };
  }
  if (rate.rate === null || withinLimit === null)
    return { tone: "none", width: 0, headline: "not known", rate: "", pace: `no answers imported · ${allowed}` };
  const isBurning = burnRate !== null && burnRate > 1;
  // A budget of zero has no share: the first call uses it up.
  const share = used ?? (withinLimit ? 0 : 1);
  const tone = !withinLimit || share >= 1 ? "bad" : share >= NEARLY || isBurning ? "warn" : "good";
  const none = share >= 1 ? "none left" : "less than one left";
  const remaining = left !== null && left > 0 ? `${whole(left)} left` : rate.numerator === 0 ? "none abandoned" : none;
  const over = importing === null ? "over the limit" : `over the limit by at least ${whole(importing.overBy ?? 0)}`;
  const headline = withinLimit ? remaining : over;
  const end = exhaustedAt === null || !withinLimit ? "pace" : `used up ${timeFormat(zone).day(exhaustedAt)}, pace`;
  const speed = burnRate === null ? "no recent answers" : `${end} ${decimal(burnRate)}× the limit`;
  return {
    tone,
    width: Math.round(100 * Math.min(1, Math.max(0, share))),
    headline,
    rate: rate.numerator === 0 ? "" : `${percent(rate.rate, 2)}${withinLimit ? ` of ${percent(limit, 0)}` : ""}`,
    pace: speed,
  };
}
