// Whether settings may be activated: our own checks, the tenant's validation with all regulatory checks, a simulated prediction.

import { percent, probabilityText } from "../../kernel/index.ts";
import type { PacingSettings } from "../../tenant/port.ts";
import { OperationError } from "../error.ts";
import { checkSettings, type Finding } from "./check.ts";
import type { SettingsFile } from "./file.ts";

/** Result of a simulation of settings: the median and the 5 % and 95 % quantiles over what is uncertain. */
export interface Prediction {
  readonly abandonment: Band;
  readonly occupancy: Band;
  readonly attemptsPerHour: Band;
  /** Probability that abandonment over the horizon is above 3 %. */
  readonly chanceAboveLimit: number;
  /** Facts that were not given; typical values were used for them. */
  readonly assumed: readonly string[];
}

/** The 5 % quantile, the median and the 95 % quantile of a predicted figure. */
export interface Band {
  readonly low: number;
  readonly median: number;
  readonly high: number;
}

/** Simulates settings; a text says why it cannot. */
export type Predictor = (
  file: Pick<SettingsFile, "settings" | "carrier" | "expected" | "measured">,
) => Prediction | string | Promise<Prediction | string>;

/** Name of the gate that a person may override. */
export const PREDICTED_ABANDONMENT = "predicted_abandonment";

/** The gates' verdict on settings. */
export interface Judgement {
  readonly findings: readonly Finding[];
  /** Regulatory checks that were requested from the tenant; none when our own checks had refused already. */
  readonly checks: readonly RegulatoryCheck[];
  readonly prediction: Prediction | string;
  /** The closed gates, as sentences. Empty: the settings may be activated. */
  readonly refusals: readonly string[];
  /** Gates that were closed and were overridden by name. */
  readonly overridden: readonly string[];
}

/** The tenant's regulatory checks. */
export const REGULATORY_CHECKS = ["tcpa_abandonment", "dnc_compliance", "calling_hours"] as const;
/** A regulatory check of the tenant. */
export type RegulatoryCheck = (typeof REGULATORY_CHECKS)[number];

/** Checks the name of a gate to override. Throws OperationError `invalid_input`. */
export function checkOverride(name: string): void {
  if (name === PREDICTED_ABANDONMENT) return;
  throw new OperationError(
    "invalid_input",
    `there is no gate ${name} that may be overridden; allowed is ${PREDICTED_ABANDONMENT}`,
    {
      advice: "Violations of our own checks and of the tenant's validation cannot be overridden: correct the settings.",
    },
  );
}

/**
 * Judges settings. Asks the tenant unless our own checks refuse already.
 * @param chance highest acceptable probability of abandonment above 3 %
 * @throws TenantError when the tenant does not answer
 */
export async function judge(
  file: Pick<SettingsFile, "settings" | "carrier" | "expected">,
  deps: {
    readonly pacing: PacingSettings;
    readonly predict: Predictor | undefined;
    readonly chance: number;
    readonly checks: readonly RegulatoryCheck[];
    readonly overrides: readonly string[];
    /** Earlier findings: fields that cannot have the values of the file. */
    readonly found?: readonly Finding[] | undefined;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<Judgement> {
  const own = [...(deps.found ?? []), ...checkSettings(file, Object.keys(deps.pacing.shownOnly ?? {}))];
  const broken = own.filter(({ severity }) => severity === "violation");
  if (broken.length > 0) {
    const refusals = broken.map(({ path, message }) => `${path}: ${message}`);
    return { findings: own, checks: [], prediction: "not simulated: the settings break a rule", refusals, overridden: [] };
  }
  const verdict = await deps.pacing.validate(
    { campaign_config: file.settings, regulatory_checks: [...deps.checks], carrier_capacity: file.carrier },
    { signal: deps.signal },
  );
  const vendor = [
    ...verdict.violations.map((one) => fromVendor(one, "violation")),
    ...verdict.capacity_warnings.map((one) => fromVendor(one, "warning")),
  ];
  const refusals = vendor.filter(({ severity }) => severity === "violation").map(({ check, message }) => `${check}: ${message}`);
  // Anything but PASS is a refusal, also when the tenant gives no reason.
  if (verdict.compliance_status !== "PASS" && refusals.length === 0)
    refusals.push(`the tenant's validation says ${verdict.compliance_status}`);
  const prediction = await predicted(file, deps.predict);
  const overridden: string[] = [];
  if (typeof prediction !== "string" && prediction.chanceAboveLimit > deps.chance) {
    const words = `${PREDICTED_ABANDONMENT}: abandonment above 3 % with a probability of ${probabilityText(prediction.chanceAboveLimit)}, accepted are ${percent(deps.chance)}`;
    if (deps.overrides.includes(PREDICTED_ABANDONMENT)) overridden.push(words);
    else refusals.push(words);
  }
  return { findings: [...own, ...vendor], checks: deps.checks, prediction, refusals, overridden };
}

/** Runs the prediction, or says why it is not possible. With 0 agents in the settings, the number that the file expects is used. */
async function predicted(
  file: Pick<SettingsFile, "settings" | "carrier" | "expected">,
  predict: Predictor | undefined,
): Promise<Prediction | string> {
  const { concurrency, algorithm } = file.settings;
  const agents = concurrency.max_agents === 0 ? (file.expected.agents ?? 0) : concurrency.max_agents;
  if (agents === 0) return "not simulated: no agents are assigned; expected.agents says with how many to predict";
  if (concurrency.max_simultaneous_calls === 0) return "not simulated: no calls are possible at once";
  if (algorithm.agent_availability_estimate === 0) return "not simulated: no agent is ever available";
  const settings = { ...file.settings, concurrency: { ...concurrency, max_agents: agents } };
  return (await predict?.({ ...file, settings })) ?? "not simulated";
}

function fromVendor(item: unknown, severity: Finding["severity"]): Finding {
  const fields = typeof item === "object" && item !== null ? new Map<string, unknown>(Object.entries(item)) : new Map();
  const text = (name: string) => {
    const value: unknown = fields.get(name);
    return typeof value === "string" && value !== "" ? value : undefined;
  };
  const check = text("check") ?? text("resource") ?? "tenant";
  return { severity, check, path: "", message: text("message") ?? (typeof item === "string" ? item : JSON.stringify(item)) };
}
