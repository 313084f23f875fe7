// Settings in force in the form of a settings file, so that they can be judged and predicted in the same way.

import { type Clock, type Instant, wilsonInterval } from "../../kernel/index.ts";
import type { DialerChange, MetricReading, Store } from "../../store/index.ts";
import { type MetricsSource, TenantError, type TenantLink } from "../../tenant/port.ts";
import { SHOWN_WINDOW_MINUTES } from "../campaigns/health/known.ts";
import { measured as measuredReading } from "../campaigns/metrics/service.ts";
import type { MeasuredFigures, SettingsFile } from "./file.ts";
import { readChangePlan } from "./journal.ts";
import { type DialerSettings, settingsHash } from "./model.ts";

/** With fewer placed calls the answer rate is unknown. */
export const FEWEST_CALLS = 50;
/**
 * The answer rate of the coming days is assumed to lie within this part of the measured one, in both directions: it changes with
 * the hour and the list.
 */
const DRIFT = 0.15;

/** Calls that the tenant counted, added up over campaigns. */
export interface MeasuredAnswers {
  readonly answered: number;
  readonly placed: number;
  /** Start of the earliest window that was counted, and end of the latest; ms since the epoch. */
  readonly from: Instant;
  readonly to: Instant;
}

/**
 * Placed and answered calls of the widest window of each campaign: windows of one campaign share calls, so only one is counted.
 * @param since windows that end before it are ignored
 * @returns undefined when there are too few calls
 */
export function measuredAnswers(readings: readonly MetricReading[], since: Instant): MeasuredAnswers | undefined {
  const widest = new Map<string, Counted>();
  for (const reading of readings) {
    const counted = countedBy(reading);
    if (counted === undefined || counted.to < since) continue;
    const other = widest.get(reading.campaignId);
    if (other === undefined || counted.to - counted.from > other.to - other.from) widest.set(reading.campaignId, counted);
  }
  const all = [...widest.values()];
  const sum = (of: (one: Counted) => number) => all.reduce((total, one) => total + of(one), 0);
  const placed = sum((one) => one.placed);
  if (placed < FEWEST_CALLS) return undefined;
  return {
    answered: sum((one) => one.answered),
    placed,
    from: Math.min(...all.map(({ from }) => from)),
    to: Math.max(...all.map(({ to }) => to)),
  };
}

type Counted = MeasuredAnswers;

function countedBy({ at, windowMinutes, callsPlaced, callsAnswered }: MetricReading): Counted | undefined {
  if (at === null || windowMinutes === null || callsPlaced === null || callsAnswered === null) return undefined;
  if (callsPlaced === 0 || callsAnswered > callsPlaced) return undefined;
  return { answered: callsAnswered, placed: callsPlaced, from: at - windowMinutes * 60_000, to: at };
}

/**
 * The range that is assumed for the answer rate of the coming days: the 90 % interval of the counts, widened by 15 % of the rate
 * in both directions. In steps of 2 %, so that a few more calls do not change the prediction.
 */
export function answerRateOf({ answered, placed }: MeasuredAnswers): { readonly low: number; readonly high: number } {
  const { low, high, rate } = wilsonInterval(answered, placed, 0.9);
  const percents = (value: number, round: (value: number) => number) => (2 * round(50 * value)) / 100;
  return {
    low: Math.max(0.01, percents(Math.min(low, rate * (1 - DRIFT)), Math.floor)),
    high: Math.min(1, percents(Math.max(high, rate * (1 + DRIFT)), Math.ceil)),
  };
}

/** The carrier and the expectations of the latest applied change, as long as its settings are the ones in force. */
export function basisInForce(
  settings: DialerSettings,
  applied: DialerChange | undefined,
): Pick<SettingsFile, "carrier" | "expected"> | undefined {
  if (applied === undefined || applied.plan === null || applied.settingsHash !== settingsHash(settings)) return undefined;
  const { carrier, expected } = readChangePlan(applied.plan).gate;
  return { carrier, expected };
}

/**
 * The settings with the carrier's lines and the expected calls, taken from the change that put exactly these settings in force;
 * without such a change, as many lines as calls are allowed, and no expectations.
 * @param applied the latest change that was applied
 * @param measured what the tenant counted, which takes precedence over what was expected
 */
export function fileInForce(
  settings: DialerSettings,
  applied: DialerChange | undefined,
  measured: MeasuredFigures,
): SettingsFile {
  const basis = basisInForce(settings, applied);
  if (basis !== undefined) return { name: applied?.sourceName ?? "in force", settings, ...basis, measured };
  const { max_simultaneous_calls: lines } = settings.concurrency;
  return { name: "in force", settings, carrier: { max_trunks: lines }, expected: {}, measured };
}

/** How far back the tenant's counts are used, and those of agents. */
const MEASURED_MS = 24 * 3_600_000;
const SIGNED_IN_MS = 3_600_000;
/** Most campaigns that are read while somebody waits. */
const MOST_READ = 20;

/** What was measured of the calls and agents that settings are about. */
interface MeasuredFacts extends MeasuredFigures {
  /** The counts behind the answer rate; undefined when there are too few. */
  readonly answers?: MeasuredAnswers | undefined;
}

interface MeasuredBy {
  readonly store: Pick<Store, "metrics" | "knownCampaigns"> | undefined;
  /** Asked where the store has too few counts; pages do without. */
  readonly tenant: TenantLink | undefined;
  readonly clock: Pick<Clock, "now">;
}

/** The tenant's counts for the campaigns of the settings. @param subject "" for all of them. Throws StoreError, TenantError `aborted` */
export async function measuredFor({ store, tenant, clock }: MeasuredBy, subject: string): Promise<MeasuredFacts> {
  const now = clock.now();
  const known = (await store?.knownCampaigns.list()) ?? [];
  const campaigns = subject === "" ? known.map(({ id }) => id) : [subject];
  const kept = factsOf((await store?.metrics.latestOfEach(campaigns, SHOWN_WINDOW_MINUTES)) ?? [], subject, now);
  if (tenant === undefined || (kept.answers !== undefined && (subject === "" || kept.agents !== undefined))) return kept;
  const source = tenant.capabilities.metricsSource;
  if (!source.capability.supported) return kept;
  const active = known.filter(({ status }) => status === "active").map(({ id }) => id);
  const asked = subject === "" ? (active.length > 0 ? active : await activeAt(tenant)) : campaigns;
  const read = await Promise.all(asked.slice(0, MOST_READ).map((id) => readingFor(source, id, now)));
  return { ...factsOf(read.flat(), subject, now), ...kept };
}

async function activeAt(tenant: TenantLink): Promise<string[]> {
  const active: string[] = [];
  try {
    for await (const { id, status } of tenant.capabilities.campaignProvisioning.campaigns())
      if (status === "active" && active.length < MOST_READ) active.push(id);
  } catch (thrown) {
    if (!(thrown instanceof TenantError) || thrown.code === "aborted") throw thrown;
  }
  return active;
}

async function readingFor(source: MetricsSource, campaignId: string, now: Instant): Promise<MetricReading[]> {
  try {
    const reply = await source.campaign(campaignId, SHOWN_WINDOW_MINUTES);
    const from = { campaignId, receivedAt: now, source: "pull", eventId: null, windowMinutes: SHOWN_WINDOW_MINUTES } as const;
    return [measuredReading(reply, from)];
  } catch (thrown) {
    if (!(thrown instanceof TenantError) || thrown.code === "aborted") throw thrown;
    return [];
  }
}

/** Pure. Agents are those of one campaign: where settings are for all, they say how many there are. */
function factsOf(readings: readonly MetricReading[], subject: string, now: Instant): MeasuredFacts {
  const answers = measuredAnswers(readings, now - MEASURED_MS);
  const agents = readings
    .map(({ at, receivedAt, agentsLoggedIn }) => ({ at: at ?? receivedAt, count: agentsLoggedIn }))
    .filter((one): one is { at: number; count: number } => one.count !== null && one.at > now - SIGNED_IN_MS)
    .toSorted((a, b) => b.at - a.at)[0];
  return {
    ...(answers !== undefined && { answers, answerRate: { ...answerRateOf(answers), at: answers.to } }),
    ...(subject !== "" && agents !== undefined && { agents }),
  };
}
