// Settings in force in the form of a settings file, so that they can be judged and predicted in the same way.

import { type Instant, wilsonInterval } from "../../kernel/index.ts";
import type { DialerChange, MetricReading } from "../../store/index.ts";
import type { SettingsFile } from "./file.ts";
import { readPlan } from "./journal.ts";
import { type DialerSettings, settingsHash } from "./model.ts";

/** With fewer placed calls the answer rate is unknown. */
const FEWEST_CALLS = 50;
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
  const { carrier, expected } = readPlan(applied.plan).gate;
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
  measured: MeasuredAnswers | undefined,
): SettingsFile {
  const basis = basisInForce(settings, applied);
  const known = measured === undefined ? {} : { measured: { answerRate: answerRateOf(measured) } };
  if (basis !== undefined) return { name: applied?.sourceName ?? "in force", settings, ...basis, ...known };
  const { max_simultaneous_calls: lines } = settings.concurrency;
  return { name: "in force", settings, carrier: { max_trunks: lines }, expected: {}, ...known };
}
