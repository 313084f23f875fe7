// A drop of the success rate: whether it is certain, and what in the readings explains it. Pure.

import { differenceInterval, durationText, type Instant, MINUTE_MS, percent } from "../../kernel/index.ts";
import { type KnownHealth, SHOWN_WINDOW_MINUTES } from "../campaigns/health/known.ts";
import type { CampaignReading } from "../campaigns/metrics/index.ts";
import type { Concern } from "../views/schemas/attention.ts";
import type { AxisEvent } from "../views/schemas/campaigns.ts";
import { timeText } from "../views/texts.ts";
import type { Found } from "./concerns.ts";

/** Confidence from which on a drop is reported; it is strict, because every campaign is checked all the time. */
const SURE = 0.9999;
const LEAST_DROP = 0.25;
/** With fewer calls on a side, no drop is reported. */
const LEAST_CALLS = 50;
/** Number of earlier windows that the present one is compared with. */
export const EARLIER_WINDOWS = 4;
/** Windows that share at most this part of their length count as separate (readings come about once a minute). */
const OVERLAP = 0.1;
/** Part of a count that must be gone to explain a drop. */
const MUCH = 0.25;
/** From this share on, a list counts as nearly finished, and closed zones count as most of it. */
const LIST_END = 0.9;
const MOST_CLOSED = 0.5;

/** Sums of earlier windows. */
interface Before {
  readonly successes: number;
  readonly calls: number;
  readonly windows: readonly CampaignReading[];
}

/** A reading of a window with the counts behind its success rate. */
interface Counted extends CampaignReading {
  readonly success: NonNullable<CampaignReading["success"]>;
  readonly windowMinutes: number;
}

/** A drop: the present window and the windows before it. */
export interface Drop {
  readonly now: Counted;
  readonly before: Before;
}

/** Whether a campaign is to dial and has figures, so that a drop can be judged; figures that are old by now tell of before. */
export function isJudged<Health extends Pick<KnownHealth, "status" | "recent">>(
  health: Health,
): health is Health & { readonly recent: Counted } {
  const { status, recent } = health;
  return status === "active" && recent?.windowMinutes === SHOWN_WINDOW_MINUTES && (recent.success?.calls ?? 0) >= LEAST_CALLS;
}

/**
 * The drop of a campaign's success rate; undefined when there is none, or too little is known.
 * @param earlier readings over windows of the same length, in any order
 */
export function dropOf({ recent: reading }: { readonly recent: Counted }, earlier: readonly CampaignReading[]): Drop | undefined {
  const { success, windowMinutes } = reading;
  const windows: CampaignReading[] = [];
  let begins = timeOf(reading) - windowMinutes * MINUTE_MS;
  for (const one of earlier.toSorted((a, b) => timeOf(b) - timeOf(a))) {
    if (
      one.windowMinutes !== windowMinutes ||
      one.success?.of !== success.of ||
      timeOf(one) > begins + OVERLAP * windowMinutes * MINUTE_MS
    )
      continue;
    windows.push(one);
    begins = timeOf(one) - windowMinutes * MINUTE_MS;
  }
  const successes = sum(windows, (one) => one.success?.successes ?? null) ?? 0;
  const calls = sum(windows, (one) => one.success?.calls ?? null) ?? 0;
  if (calls < LEAST_CALLS) return undefined;
  const { high } = differenceInterval(success.successes, success.calls, successes, calls, SURE);
  const isLarge = success.successes / success.calls <= (1 - LEAST_DROP) * (successes / calls);
  return high < 0 && isLarge ? { now: reading, before: { successes, calls, windows } } : undefined;
}

/** When the first of its windows began. */
export const beginOf = ({ now, before }: Drop): Instant =>
  Math.min(...before.windows.map((one) => timeOf(one) - now.windowMinutes * MINUTE_MS));

type Explained = readonly [cause: NonNullable<Concern["cause"]>, evidence: string, next: string];

/**
 * The drop as a concern, with the cause that the readings show. @param events what happened to the campaign since its first
 * window began
 */
export function dropConcern(
  drop: Drop,
  health: Pick<KnownHealth, "id" | "name" | "windows" | "workload" | "stale">,
  events: readonly AxisEvent[],
): Found {
  const { now, before } = drop;
  const minutes = now.windowMinutes;
  const [rate, was] = [now.success.successes / now.success.calls, before.successes / before.calls];
  const settings = events.filter(({ kind }) => kind === "settings");
  const found: Explained[] = [
    ...agentsLeft(drop),
    ...settings.map(
      ({ at, text }): Explained => [
        "pacing",
        `dialer settings at ${at}: ${text}`,
        "Compare the curves before and after this change, and roll it back under Dialer if it did this.",
      ],
    ),
    ...lostBeforeAgents(drop),
    ...endOfList(health),
    ...closedZones(health),
    ...unanswered(drop),
  ];
  const [best] = found;
  const figures = `${counts(now.success.successes, now.success.calls)} ${now.success.of} calls reached an agent in ${durationText(minutes * MINUTE_MS)}; ${counts(before.successes, before.calls)} in the ${before.windows.length === 1 ? "window" : `${before.windows.length} windows`} before`;
  return {
    code: "success_dropped",
    severity: "soon",
    subject: { kind: "campaign", id: health.id, name: health.name },
    what: `its success rate fell from ${percent(was)} to ${percent(rate)}`,
    lastSeen: health.stale ? timeText(now.at ?? now.receivedAt) : null,
    cause: best?.[0] ?? null,
    evidence: [...(best === undefined ? [unexplained(drop, health)] : found.map(([, text]) => text)), figures],
    since: null,
    next: best?.[2] ?? "Look at the campaign's curves and at the tenant: agents, lines, caller numbers, list.",
    episode: null,
  };
}

function agentsLeft({ now, before }: Drop): Explained[] {
  const present = now.agents?.loggedIn ?? null;
  const earlier = mean(before.windows, ({ agents }) => agents?.loggedIn ?? null);
  if (present === null || earlier === null || present > (1 - MUCH) * earlier) return [];
  return [
    [
      "agents",
      `${present} agents are logged in, ${whole(earlier)} were before`,
      "Make sure that agents are logged in to its queue, or lower the pacing under Dialer.",
    ],
  ];
}

function lostBeforeAgents({ now, before }: Drop): Explained[] {
  const lost = sum(before.windows, ({ abandonment }) => abandonment?.abandoned ?? null);
  const answered = sum(before.windows, ({ abandonment }) => abandonment?.answered ?? null);
  if (now.abandonment === null || lost === null || answered === null || answered === 0 || now.abandonment.answered === 0)
    return [];
  const { abandoned, answered: of } = now.abandonment;
  if (differenceInterval(abandoned, of, lost, answered, SURE).low <= 0) return [];
  return [
    [
      "agents",
      `answered calls that were lost before an agent spoke: ${counts(abandoned, of)}; ${counts(lost, answered)} before`,
      "Make sure that agents are available, or lower the pacing under Dialer.",
    ],
  ];
}

function endOfList({ workload }: Pick<KnownHealth, "workload">): Explained[] {
  const { contacts = null, attempted = null } = workload?.list ?? {};
  if (contacts === null || attempted === null || contacts === 0 || attempted < LIST_END * contacts) return [];
  return [
    [
      "list",
      `${counts(Math.min(attempted, contacts), contacts)} contacts of its list were dialed before`,
      "Load contacts into its list, or end the campaign.",
    ],
  ];
}

function closedZones({ windows }: Pick<KnownHealth, "windows">): Explained[] {
  const all = windows.reduce((people, { contacts }) => people + contacts, 0);
  const closed = windows.filter(({ open }) => open === 0);
  const people = closed.reduce((sum, { contacts }) => sum + contacts, 0);
  if (all === 0 || people < MOST_CLOSED * all) return [];
  return [
    [
      "windows",
      `${closed.length} of ${windows.length} zones are closed now, with ${counts(people, all)} contacts`,
      "Nothing, if the rate was lower at this hour on other days, too: fewer zones are open.",
    ],
  ];
}

function unanswered({ now, before }: Drop): Explained[] {
  const [placed, answered] = [now.callsPlaced, now.callsAnswered];
  const placedBefore = sum(before.windows, ({ callsPlaced }) => callsPlaced);
  const answeredBefore = sum(before.windows, ({ callsAnswered }) => callsAnswered);
  if (placed === null || answered === null || placedBefore === null || answeredBefore === null) return [];
  if (placed === 0 || placedBefore === 0 || answered > placed || answeredBefore > placedBefore) return [];
  if (differenceInterval(answered, placed, answeredBefore, placedBefore, SURE).high >= 0) return [];
  return [
    [
      "lines",
      `calls that were answered: ${counts(answered, placed)} placed; ${counts(answeredBefore, placedBefore)} before`,
      "Look at lines and carrier, and whether its caller numbers are labelled or blocked.",
    ],
  ];
}

/** What was checked without explaining it, and what could not be checked. */
function unexplained({ now, before }: Drop, { workload, windows }: Pick<KnownHealth, "workload" | "windows">): string {
  const known: readonly (readonly [string, boolean])[] = [
    ["agents", now.agents !== null && before.windows.some(({ agents }) => agents !== null)],
    ["answered calls", now.callsAnswered !== null && before.windows.some(({ callsAnswered }) => callsAnswered !== null)],
    ["list", (workload?.list?.contacts ?? null) !== null && (workload?.list?.attempted ?? null) !== null],
    ["calling windows", windows.length > 0],
    ["dialer settings", true],
  ];
  const [seen, unseen] = [true, false].map((is) => known.flatMap(([name, isKnown]) => (isKnown === is ? [name] : [])));
  return `nothing that was read explains it (${(seen ?? []).join(", ")})${unseen === undefined || unseen.length === 0 ? "" : `; not known: ${unseen.join(", ")}`}`;
}

const timeOf = ({ at, receivedAt }: Pick<CampaignReading, "at" | "receivedAt">) => at ?? receivedAt;
const whole = (value: number) => String(Math.round(value));
const counts = (some: number, all: number) => `${whole(some)} of ${whole(all)} (${percent(some / all)})`;

/** Null when a window lacks the figure. */
function sum(windows: readonly CampaignReading[], of: (one: CampaignReading) => number | null): number | null {
  return windows.reduce<number | null>((all, one) => {
    const value = of(one);
    return all === null || value === null ? null : all + value;
  }, 0);
}

/** Mean over the windows that have the figure; null when none does. */
function mean(windows: readonly CampaignReading[], of: (one: CampaignReading) => number | null): number | null {
  const told = windows.flatMap((one) => of(one) ?? []);
  return told.length === 0 ? null : told.reduce((all, one) => all + one, 0) / told.length;
}
