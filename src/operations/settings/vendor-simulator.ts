// The tenant's own simulator compared with ours: the same settings, the same carrier, the same time, and where the two disagree.

import { percent } from "../../kernel/index.ts";
import { type PacingSettings, type SimulatorResult, TenantError } from "../../tenant/port.ts";
import type { SimulatorComparison } from "../views/schemas/dialer.ts";
import type { SettingsFile } from "./file.ts";
import type { PredictedBand } from "./gate.ts";

/** The run to simulate. */
export interface SimulatedRun {
  readonly minutes: number;
  /** Number of calls to place; unlimited when undefined. */
  readonly volume?: number | undefined;
}

/** The result of our simulation of a run. */
export interface OwnSimulation {
  readonly abandonment: PredictedBand;
  readonly answerRate: PredictedBand;
  readonly occupancy: PredictedBand;
  readonly waitSeconds: PredictedBand;
  readonly attemptsPerHour: PredictedBand;
  /** Most calls under way at once. */
  readonly peakCalls: number;
  /** What limits the dialer, such as `carrier`. */
  readonly limitedBy: string;
  readonly assumed: readonly string[];
}

/** Simulates a run; a text says why it cannot. */
export type RunSimulator = (
  file: Pick<SettingsFile, "settings" | "carrier" | "expected">,
  run: SimulatedRun,
) => OwnSimulation | string | Promise<OwnSimulation | string>;

/** Runs both simulators. Throws TenantError, `unsupported` where the tenant has no simulator. */
export async function compareWithVendor(
  { simulate, capability }: Pick<PacingSettings, "simulate" | "capability">,
  file: SettingsFile,
  run: SimulatedRun,
  simulator: RunSimulator,
): Promise<SimulatorComparison> {
  if (simulate === undefined)
    throw new TenantError(
      "unsupported",
      `this tenant has no simulator${capability.reason === undefined ? "" : `: ${capability.reason}`}`,
      {
        advice: "Use outdial dialer validate or outdial simulate.",
      },
    );
  const { settings, carrier } = file;
  const lines = Math.floor(carrier.max_trunks * (1 - (carrier.current_utilization_percent ?? 0) / 100));
  const vendor = await simulate({
    durationMinutes: run.minutes,
    concurrency: settings.concurrency,
    algorithm: settings.algorithm,
    carrierLimits: { maxConcurrent: lines },
    ...(run.volume === undefined ? {} : { simulatedCallVolume: run.volume }),
  });
  return compareFigures(vendor, await simulator(file, run), { ...run, lines });
}

type Figure = SimulatorComparison["figures"][number];

const NAMES: Readonly<Record<Figure["figure"], string>> = {
  abandonmentRate: "abandonment",
  answerRate: "answers",
  agentUtilization: "agents' utilization",
  averageWaitTime: "callers' mean wait",
  callsPlaced: "calls placed",
  peakConcurrentCalls: "calls at once",
};

/** Compares both results figure by figure. Pure. */
export function compareFigures(
  vendor: SimulatorResult,
  own: OwnSimulation | string,
  { minutes, volume, lines }: SimulatedRun & { readonly lines: number },
): SimulatorComparison {
  const here = typeof own === "string" ? undefined : own;
  const placed =
    here &&
    bandOver(here.attemptsPerHour, (perHour) =>
      Math.round(Math.min(volume ?? Number.POSITIVE_INFINITY, (perHour * minutes) / 60)),
    );
  const peak = here && { low: here.peakCalls, median: here.peakCalls, high: here.peakCalls };
  const figures = [
    figureOf("abandonmentRate", "share", vendor.abandonmentRate, here?.abandonment),
    figureOf("answerRate", "share", vendor.answerRate, here?.answerRate),
    figureOf("agentUtilization", "share", vendor.agentUtilization, here?.occupancy),
    figureOf("averageWaitTime", "seconds", vendor.averageWaitTime, here?.waitSeconds),
    figureOf("callsPlaced", "calls", vendor.callsPlaced, placed),
    // A single run's peak has no band of ours: it is shown but not judged.
    { ...figureOf("peakConcurrentCalls", "calls", vendor.peakConcurrentCalls, peak), differs: null },
  ];
  const carrierLimitReached = {
    tenant: vendor.carrierLimitReached ?? null,
    here: here === undefined ? null : here.limitedBy === "carrier",
  };
  const differences = figures.flatMap((one) => (one.differs === null ? [] : [differenceOf(one)]));
  if (
    carrierLimitReached.tenant !== null &&
    carrierLimitReached.here !== null &&
    carrierLimitReached.tenant !== carrierLimitReached.here
  )
    differences.push(
      carrierLimitReached.tenant
        ? "carrier: the tenant's run came to its limit, ours is held back by something else"
        : "carrier: it holds ours back, the tenant's run did not come to its limit",
    );
  return {
    minutes,
    volume: volume ?? null,
    lines,
    figures,
    carrierLimitReached,
    differences,
    assumed: [...(here?.assumed ?? [])],
    recommendation: vendor.recommendation ?? null,
    problem: typeof own === "string" ? own : null,
  };
}

const bandOver = ({ low, median, high }: PredictedBand, change: (value: number) => number): PredictedBand => ({
  low: change(low),
  median: change(median),
  high: change(high),
});

function figureOf(
  figure: Figure["figure"],
  unit: Figure["unit"],
  told: number | undefined,
  own: PredictedBand | undefined,
): Figure {
  const here = own === undefined ? null : { low: own.low, median: own.median, high: own.high };
  // A value that is equal to the end of our band at the displayed digits does not count as different: the tenant rounds its
  // figures.
  const isApart = (end: number) => told !== undefined && simulatedText(unit, told) !== simulatedText(unit, end);
  const differs =
    told === undefined || here === null
      ? null
      : told > here.high && isApart(here.high)
        ? "above"
        : told < here.low && isApart(here.low)
          ? "below"
          : null;
  return { figure, unit, tenant: told ?? null, here, differs };
}

/** A figure of a simulator as text. */
export function simulatedText(unit: Figure["unit"], value: number): string {
  if (unit === "share") return percent(value, 2);
  return unit === "seconds" ? `${value.toFixed(1)} s` : Math.round(value).toLocaleString("en-US");
}

function differenceOf({ figure, unit, tenant, here, differs }: Figure): string {
  const text = (value: number | undefined) => simulatedText(unit, value ?? 0);
  // A share above 1 is not a share: the tenant may count in percent.
  const percents = unit === "share" && (tenant ?? 0) > 1 ? "; above 1 it is no share: the tenant may tell it in percent" : "";
  return `${NAMES[figure]}: the tenant says ${text(tenant ?? 0)}, ${differs} our ${text(here?.low)} to ${text(here?.high)}${percents}`;
}
