// Campaigns as the API shows them.

import { type Instant, wilsonInterval } from "../../kernel/index.ts";
import { type KnownHealth, NOT_LISTED } from "../campaigns/health/known.ts";
import type { GateLook } from "../campaigns/health/why.ts";
import type { CampaignReading } from "../campaigns/metrics/service.ts";
import type { StateChange } from "../campaigns/state/change.ts";
import { budgetOf } from "./compliance-views.ts";
import type { CampaignResult } from "./schemas/campaign-verbs.ts";
import type {
  CampaignStatus,
  CampaignSummary,
  GateLook as GateLookView,
  HealthView,
  MetricPoint,
  WindowState,
} from "./schemas/campaigns.ts";
import type { KnownPart } from "./schemas/common.ts";
import { shareOf, timeText } from "./texts.ts";
import { workloadInShort, workloadOf } from "./workload-views.ts";

/**
 * Phases of a pair in which nothing is being or has been handed over; a hand-over that began and could not be done does not
 * count.
 */
const QUIET: ReadonlySet<string> = new Set(["watching", "securing", "halted"]);

/** A campaign as lists show it. */
export function campaignSummaryOf(health: KnownHealth): CampaignSummary {
  const { reading, success, failover, dialing, notDialing, lastDialing, mayDial, readAt } = health;
  return {
    id: health.id,
    name: health.name,
    status: health.status,
    activeCalls: reading?.activeCalls ?? null,
    successRate: success === null ? null : shareOf(success),
    windowMinutes: reading?.windowMinutes ?? null,
    threshold: failover?.role === "primary" ? failover.threshold : null,
    figures:
      reading === null
        ? null
        : {
            source: reading.source,
            at: timeText(reading.at),
            ageSeconds: Math.round((health.ageMs ?? 0) / 1000),
            successRate: reading.successRate,
            of: reading.success?.of ?? null,
          },
    abandonment: health.abandonment === null ? null : budgetOf(health.abandonment),
    windows: health.windows.map(windowOf),
    dialing,
    notDialing: notDialing === null ? null : { first: notDialing.first, all: notDialing.all.map((cause) => ({ ...cause })) },
    lastDialing: { value: lastDialing.value, at: timeText(lastDialing.at), from: lastDialing.from },
    mayDial: { verdict: mayDial.verdict.is, why: mayDial.why, atAnyHour: mayDial.atAnyHour },
    failover: failover === null ? null : { ...standingOf(failover), triggered: isTriggered(health) },
    workload: workloadInShort(workloadOf(health, health.at), timeText(health.workload?.at ?? null)),
    lastMetricAt: timeText(reading === null ? null : (reading.at ?? reading.receivedAt)),
    stale: health.stale,
    known: {
      status: partOf(
        readAt.status,
        health.lackingSince === null ? health.campaignProblem : { ...NOT_LISTED, since: health.lackingSince },
      ),
      figures: partOf(readAt.figures, health.readingProblem),
      windows: { ...partOf(readAt.gate, health.gateProblem, health.gate?.from), covers: health.gate?.covers ?? null },
    },
  };
}

/** Everything about a campaign that `outdial campaign status` shows. @param now ms since the epoch */
export function campaignStatusOf(health: KnownHealth, now: Instant): CampaignStatus {
  const { campaign, gate } = health;
  const dialer = campaign?.dialer ?? null;
  return {
    ...campaignSummaryOf(health),
    workloadDetail: workloadOf(health, now),
    gate: gate === null ? null : gateLookOf(gate),
    dialer:
      dialer === null
        ? null
        : Object.fromEntries(Object.entries(dialer).filter((field): field is [string, number] => typeof field[1] === "number")),
  };
}

/** The gate's result. */
export function gateLookOf({
  at,
  refusals,
  manifest,
  covers,
  nextAllowed,
  onCompanyList,
}: Omit<GateLook, "refusals" | "windows" | "calling"> & {
  readonly refusals: readonly { readonly code: string; readonly text: string }[];
}): GateLookView {
  const judged = ({ counts: { dial: callable, later, never, refused } }: NonNullable<GateLook["manifest"]>) => ({
    covers,
    callable,
    later,
    never: never + refused,
  });
  return {
    at: timeText(at),
    allowed: refusals.length === 0,
    refusals: refusals.map(({ code, text }) => ({ code, text })),
    judged: manifest === null ? null : judged(manifest),
    onCompanyList,
    nextAllowed: timeText(nextAllowed),
  };
}

/** How a part that was read at a time is known. @param problem why its latest reading failed */
export function partOf(at: Instant | null, problem: KnownHealth["gateProblem"], from: GateLook["from"] = "measured"): KnownPart {
  const failed = { code: problem?.code ?? null, since: timeText(problem?.since ?? null) };
  if (at === null) return { at: null, from: "none", ...failed, why: problem?.message ?? "not read yet" };
  const assumed = from === "assumed" ? "made by the rules alone: the campaign's own hours are not read yet" : null;
  return { at: timeText(at), from, ...failed, why: problem?.message ?? assumed };
}

function standingOf({ role, partner, phase, dials, words, reason, nextStep }: NonNullable<KnownHealth["failover"]>) {
  return { role, partner, phase, dials, words, reason, nextStep };
}

/** The documented view of a campaign; what is not known, such as the rate of no calls, is null. */
export function healthViewOf(health: KnownHealth): HealthView {
  const { reading } = health;
  return {
    campaign_id: health.id,
    status: health.status ?? "unknown",
    active_calls: reading?.activeCalls ?? null,
    success_rate: reading?.successRate ?? null,
    failover_triggered: isTriggered(health),
    last_metric_update: timeText(reading === null ? null : (reading.at ?? reading.receivedAt)),
  };
}

/** Whether the pair is handing over or has handed over, or the vendor says so. */
const isTriggered = ({ failover, reading }: KnownHealth): boolean =>
  failover === null ? (reading?.failoverTriggered ?? false) : !QUIET.has(failover.phase);

/** One reading on the time axis. */
export function pointOf(reading: CampaignReading): MetricPoint {
  const { success, abandonment } = reading;
  const interval = success === null || success.calls === 0 ? null : wilsonInterval(success.successes, success.calls);
  return {
    at: timeText(reading.at ?? reading.receivedAt),
    successRate: reading.successRate,
    successes: success === null ? null : Math.round(success.successes),
    calls: success === null ? null : Math.round(success.calls),
    low: interval?.low ?? null,
    high: interval?.high ?? null,
    abandonmentRate: abandonment?.rate ?? null,
    activeCalls: reading.activeCalls,
    agents: reading.agents?.loggedIn ?? null,
  };
}

function windowOf({ zone, contacts, open, until, opens }: KnownHealth["windows"][number]): WindowState {
  return { zone, open: open > 0, changesAt: timeText(open > 0 ? until : opens), contacts, openContacts: open };
}

/** The result of a change of state. */
export function campaignResultOf({ campaignId, target, outcome, confirmed, shown, message, code }: StateChange): CampaignResult {
  const open = outcome === "failed" || outcome === "unknown" || outcome === "superseded";
  return {
    campaignId,
    // Whatever the answer was: when the tenant shows another state, the change was not made.
    status: open ? outcome : shown === false ? "unknown" : target,
    confirmed,
    already: outcome === "already",
    message: message ?? (confirmed ? `the tenant shows it ${target}` : "not confirmed yet"),
    code,
  };
}
