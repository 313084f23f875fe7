// The health of a campaign at one moment: state, figures with their counts, abandonment budget, windows, failover, and why it does not dial.

import { type Instant, type Known, measured, type RateInterval } from "../../../kernel/index.ts";
import type { MadeChange } from "../../../store/index.ts";
import type { RuleReading } from "../../compliance/index.ts";
import type { FailoverStanding } from "../failover/words.ts";
import { ageOf, type CampaignReading, STALE_MS, successInterval } from "../metrics/index.ts";
import type { ZoneWindow } from "../state/index.ts";
import {
  type AskProblem,
  type DialingFacts,
  type GateLook,
  type MayDial,
  mayDialBy,
  type NotDialing,
  whyNotDialing,
} from "./why.ts";

/** The abandonment budget under the limit that is nearest to being used up. */
export interface AbandonmentBudget {
  /** Id of the rule, and where it comes from. */
  readonly rule: string;
  readonly jurisdiction: string;
  readonly abandoned: number;
  readonly live: number;
  /** Abandoned calls that the limit allows for this number of live answers. */
  readonly allowed: number;
  /** Abandoned divided by allowed: above 1 the limit is broken; null without live answers, and when the limit allows none. */
  readonly used: number | null;
  readonly reading: RuleReading["reading"];
}

/** The facts from which the rest of a campaign's health follows. */
export interface HealthFacts {
  readonly campaign: DialingFacts["campaign"];
  readonly campaignProblem: AskProblem | null;
  /** The figures; the last known ones when the vendor cannot be asked. */
  readonly reading: CampaignReading | null;
  readonly readingProblem: AskProblem | null;
  /** The pre-dial gate's last look; it permits nothing. */
  readonly gate: GateLook | null;
  readonly gateProblem: AskProblem | null;
  readonly failover: FailoverStanding | null;
  readonly lastChange: MadeChange | null;
}

/** What follows from them. */
export interface Judged {
  /** The success rate, n of N with its 95 % score interval; null when the tenant gives no counts. */
  readonly success: RateInterval | null;
  /** Age of the figures, ms. */
  readonly ageMs: number | null;
  readonly stale: boolean;
  readonly windows: readonly ZoneWindow[];
  /** Whose clock the tenant's calling hours are about, by the gate's look; null without one. */
  readonly hoursOf: GateLook["hoursOf"] | null;
  /** Whether it dials; null when that is not known. */
  readonly dialing: boolean | null;
  /** Why it does not dial, or why that is not known; null while it dials. */
  readonly notDialing: NotDialing | null;
  /** Whether it dialed when its figures were last read, however old they are and whatever failed since. */
  readonly lastDialing: Known<boolean>;
  /** Why it did not, then. */
  readonly lastNotDialing: NotDialing | null;
  /** Whether it may, by the latest look of the gate. */
  readonly mayDial: MayDial;
}

/**
 * What follows from the facts at a moment.
 * @param figuresAt when the tenant last gave figures; null: never
 */
export function judged<Given extends HealthFacts>(facts: Given, now: Instant, figuresAt: Instant | null): Given & Judged {
  const { campaign, campaignProblem, reading, readingProblem, gate, gateProblem, failover, lastChange } = facts;
  const ageMs = reading === null ? null : ageOf(reading, now);
  const stale = reading === null || readingProblem !== null || (ageMs ?? 0) > STALE_MS;
  const readAt = Math.max(reading?.receivedAt ?? Number.NEGATIVE_INFINITY, figuresAt ?? Number.NEGATIVE_INFINITY);
  const asked: DialingFacts = {
    campaign,
    campaignProblem,
    lastChange,
    failover,
    gate,
    gateProblem,
    figures: reading,
    figuresProblem: readingProblem,
    ageMs,
    readMs: reading === null ? null : Math.max(0, now - readAt),
    stale,
  };
  const why = whyNotDialing(asked);
  const seen = whyNotDialing({ ...asked, campaignProblem: null, gateProblem: null, figuresProblem: null, stale: false });
  return {
    ...facts,
    success: reading === null ? null : (successInterval(reading) ?? null),
    ageMs,
    stale,
    windows: gate?.windows ?? [],
    hoursOf: gate?.hoursOf ?? null,
    dialing: why === null ? true : why.dials,
    notDialing: why,
    lastDialing: measured(seen === null ? true : seen.dials, reading === null ? null : readAt),
    lastNotDialing: seen,
    mayDial: mayDialBy(gate, now),
  };
}

/** The budget under the limit that is nearest to being used up. */
export function budgetOf(readings: readonly RuleReading[]): AbandonmentBudget | null {
  const budgets = readings.map(({ rule, reading }) => {
    const { abandoned, live, limit } = reading;
    const allowed = limit.maxRate * live;
    return {
      rule: rule.id,
      jurisdiction: rule.jurisdiction,
      abandoned,
      live,
      allowed,
      used: allowed === 0 ? null : abandoned / allowed,
      reading,
    };
  });
  const place = ({ used, reading }: AbandonmentBudget) => used ?? (reading.withinLimit === false ? Number.POSITIVE_INFINITY : -1);
  return budgets.toSorted((a, b) => place(b) - place(a) || 0)[0] ?? null;
}
