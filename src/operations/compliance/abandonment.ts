// The abandonment ledger of a campaign under each limit of the rule pack.

import {
  type AbandonmentReading,
  type AnswerCounts,
  type LedgerOptions,
  type RuleOf,
  type RulePack,
  readAbandonment,
} from "../../compliance/index.ts";
import { HOUR_MS, type Instant } from "../../kernel/index.ts";
import type { Facts, UnderWay } from "../../store/index.ts";
import type { AnsweredHour } from "../../tenant/port.ts";
import { SILENT_MS } from "./import.ts";

const NO_ANSWERS: AnswerCounts = { served: 0, late: 0, hangup: 0, dropped: 0, machine: 0 };
/** The longest window that is read, and the week that a forecast needs. */
const PAST_HOURS = 31 * 24;

/** The reading of one rule. */
export interface RuleReading {
  readonly rule: RuleOf<"abandonment-limit">;
  readonly reading: JudgedReading;
}

/** A reading with its verdict: while calls are imported it is judged only where what is still to come cannot change it. */
interface JudgedReading extends Omit<AbandonmentReading, "withinLimit"> {
  /** Whose count it is. */
  readonly by: "imports" | "tenant";
  /** Null: not judged, because calls are being imported. */
  readonly withinLimit: boolean | null;
  readonly importing: {
    readonly since: Instant;
    /** Abandoned calls above the limit at least, whatever comes; null where that is not certain. */
    readonly overBy: number | null;
    /** Whether the calls so far are within the limit. */
    readonly withinSoFar: boolean;
  } | null;
}

/** Bytes of a line of a file of calls, which has at least a number, a time and a campaign. */
const LEAST_LINE = 20;

/** The verdict on a reading. Pure. @param underWay the imports of calls */
export function judgedReading(reading: AbandonmentReading, underWay: UnderWay | undefined): JudgedReading {
  if (underWay === undefined) return { ...reading, by: "imports", importing: null };
  const { abandoned, live, limit, withinLimit } = reading;
  // At best, every line that is still to come is a live answer that was served.
  const most = underWay.toCome === null ? Number.POSITIVE_INFINITY : live + underWay.toCome;
  const overBy = abandoned === 0 ? 0 : Math.ceil(abandoned - limit.maxRate * most - 1e-9);
  const isOver = !withinLimit && overBy > 0;
  return {
    ...reading,
    by: "imports",
    withinLimit: isOver ? false : null,
    importing: { since: underWay.since, overBy: isOver ? overBy : null, withinSoFar: withinLimit },
  };
}

/** The part of a reading of the abandonment ledger that is shown. */
export interface BudgetFigures extends Pick<JudgedReading, "by" | "rate" | "withinLimit" | "importing" | "live" | "abandoned"> {
  readonly limit: Pick<RuleReading["reading"]["limit"], "maxRate" | "windowHours">;
  readonly allowance: Pick<RuleReading["reading"]["allowance"], "certain" | "until">;
  readonly pace: Pick<RuleReading["reading"]["pace"], "burnRate">;
  readonly forecast: Pick<RuleReading["reading"]["forecast"], "exhaustedAt">;
}

/** Length of a rule's window in hours at an instant; for a calendar month, the time since its beginning, in UTC. */
function windowHours({ period }: RuleOf<"abandonment-limit">, now: number): number {
  if ("rollingDays" in period) return period.rollingDays * 24;
  if ("rollingHours" in period) return period.rollingHours;
  const today = new Date(now);
  return Math.max(1, Math.ceil((now - Date.UTC(today.getUTCFullYear(), today.getUTCMonth())) / HOUR_MS));
}

/** Reads the ledger of a campaign under every abandonment limit of a pack, or only those of one country. */
export async function readCampaignAbandonment(
  facts: Facts,
  campaign: string,
  pack: RulePack,
  options: LedgerOptions & {
    readonly country?: string | undefined;
    /** The live answers that the tenant counts. Of the two counts, the one with more abandoned calls is judged. */
    readonly told?: readonly AnsweredHour[] | undefined;
  },
): Promise<RuleReading[]> {
  const { now, country, told } = options;
  const tenants = told?.map(({ start, connects, abandons }) => ({ ...NO_ANSWERS, start, served: connects, dropped: abandons }));
  const rules = pack.rules.filter((rule) => rule.kind === "abandonment-limit");
  const asked = rules.filter(({ jurisdiction }) => country === undefined || jurisdiction === "*" || jurisdiction === country);
  const past = Math.max(PAST_HOURS, ...asked.map((rule) => windowHours(rule, now)));
  // Before the calls: an import that ends in between leaves all of its calls.
  const underWay = await facts.importsUnderWay("attempts", { silentMs: SILENT_MS, leastLine: LEAST_LINE });
  const hours = await facts.answeredHours(campaign, now - past * HOUR_MS, now);
  return asked.map((rule) => {
    const limit = { maxRate: rule.maxRate, windowHours: windowHours(rule, now) };
    const imported = readAbandonment(hours, limit, options);
    const own = tenants === undefined ? undefined : readAbandonment(tenants, limit, options);
    const isOwn =
      own !== undefined &&
      (own.abandoned > imported.abandoned || (own.abandoned === imported.abandoned && own.live >= imported.live));
    return { rule, reading: isOwn ? { ...own, by: "tenant", importing: null } : judgedReading(imported, underWay) };
  });
}

/** Why nothing is known of a campaign's abandoned calls. */
export const noAnswers = (by: "imports" | "tenant"): string =>
  by === "tenant"
    ? "the tenant counts no live answer of it, and none is among the imported calls"
    : "no live answer of it is among the imported calls";
