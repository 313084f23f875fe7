// Whether settings may be activated: our own checks, the tenant's validation with all regulatory checks, a simulated prediction.

import { type Instant, percent, probabilityText } from "../../kernel/index.ts";
import type { PacingSettings } from "../../tenant/port.ts";
import { OperationError } from "../error.ts";
import type { Finding } from "../views/schemas/dialer.ts";
import { checkSettings } from "./check.ts";
import type { SettingsFile } from "./file.ts";
import { FEWEST_CALLS } from "./in-force.ts";
import type { DialerSettings } from "./model.ts";

/** Result of a simulation of settings: the median and the 5 % and 95 % quantiles over what is uncertain. */
export interface Prediction {
  readonly abandonment: PredictedBand;
  readonly occupancy: PredictedBand;
  readonly attemptsPerHour: PredictedBand;
  /** Probability that abandonment over the horizon is above 3 %. */
  readonly chanceAboveLimit: number;
  /** What it stands on, by fact. */
  readonly basis: readonly PredictionFact[];
}

/** A fact that a prediction stands on: its 5 % and 95 % quantiles, equal where it is certain. */
export interface PredictionFact {
  readonly name: "agents" | "answerRate" | "handleSeconds" | "ringSeconds" | "takenForMachines";
  readonly low: number;
  readonly high: number;
  /** `measured` by the tenant, else `given` by a person, else `assumed`. */
  readonly from: "measured" | "given" | "assumed";
  /** When it was measured. */
  readonly at: Instant | null;
}

/** The 5 % quantile, the median and the 95 % quantile of a predicted figure. */
export interface PredictedBand {
  readonly low: number;
  readonly median: number;
  readonly high: number;
}

/** Simulates settings; a text says why it cannot. `effort`: see PredictionOptions. */
export type Predictor = (
  file: Pick<SettingsFile, "settings" | "carrier" | "expected" | "measured"> & { readonly effort?: number | undefined },
) => Prediction | string | Promise<Prediction | string>;

/** Name of the gate that a person may override. */
export const PREDICTED_ABANDONMENT = "predicted_abandonment";

/** The gates' verdict on settings. */
export interface Judgement {
  readonly findings: readonly Finding[];
  /** Regulatory checks that were requested from the tenant; none when our own checks had refused already. */
  readonly checks: readonly RegulatoryCheck[];
  readonly prediction: Prediction | string;
  /** The prediction for the settings in force, on the same basis; null where they were not compared. */
  readonly inForce: Prediction | string | null;
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
export async function judgeFile(
  file: Pick<SettingsFile, "settings" | "carrier" | "expected" | "measured">,
  deps: {
    readonly pacing: PacingSettings;
    readonly predict: Predictor | undefined;
    readonly chance: number;
    readonly checks: readonly RegulatoryCheck[];
    readonly overrides: readonly string[];
    /** Earlier findings: fields that cannot have the values of the file. */
    readonly found?: readonly Finding[] | undefined;
    /** The settings in force, which are predicted as well. */
    readonly inForce?: DialerSettings | undefined;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<Judgement> {
  const own = [...(deps.found ?? []), ...checkSettings(file, Object.keys(deps.pacing.shownOnly ?? {}))];
  const broken = own.filter(({ severity }) => severity === "violation");
  if (broken.length > 0) {
    const refusals = broken.map(({ path, message }) => `${path}: ${message}`);
    const prediction = "not simulated: the settings break a rule";
    return { findings: own, checks: [], prediction, inForce: null, refusals, overridden: [] };
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
  const isShown = "concurrency.max_agents" in (deps.pacing.shownOnly ?? {});
  const predictedOf = (settings: DialerSettings) => predicted({ ...file, settings }, isShown, deps.predict);
  const prediction = await predictedOf(file.settings);
  const inForce = deps.inForce === undefined ? null : await predictedOf(deps.inForce);
  const overridden: string[] = [];
  const hindrance = isIdle(file.settings) ? undefined : hindranceIn(prediction, deps.chance);
  if (hindrance !== undefined) {
    const words = `${PREDICTED_ABANDONMENT}: ${hindrance}`;
    if (deps.overrides.includes(PREDICTED_ABANDONMENT)) overridden.push(words);
    else refusals.push(words);
  }
  return { findings: [...own, ...vendor], checks: deps.checks, prediction, inForce, refusals, overridden };
}

/** Why a prediction does not let settings pass; undefined when it does. What nobody measured or said lets none pass. */
function hindranceIn(prediction: Prediction | string, chance: number): string | undefined {
  if (typeof prediction === "string") return prediction;
  if (prediction.basis.some(({ name, from }) => name === "answerRate" && from === "assumed"))
    return `the answer rate is not known: the tenant counted fewer than ${FEWEST_CALLS} calls of the last day. Say how many dials a person answers: --expected-answer-rate (expectedAnswerRate in the API, expected.answer_rate in the file)`;
  if (prediction.basis.some(({ name, from }) => name === "agents" && from === "assumed"))
    return "how many agents will work is not known: nobody is known to be signed in, and all that are assigned may be more than come. Say how many: expected.agents in the file";
  if (prediction.chanceAboveLimit <= chance) return undefined;
  return `abandonment above 3 % with a probability of ${probabilityText(prediction.chanceAboveLimit)}, accepted are ${percent(chance)}`;
}

/** With these settings nothing is dialed. */
const isIdle = ({ concurrency, algorithm }: DialerSettings): boolean =>
  concurrency.max_simultaneous_calls === 0 || algorithm.agent_availability_estimate === 0;

/** Runs the prediction, or says why it is not possible. */
async function predicted(file: Predicted, isShown: boolean, predict: Predictor | undefined): Promise<Prediction | string> {
  const { concurrency } = file.settings;
  if (isIdle(file.settings))
    return `not simulated: ${concurrency.max_simultaneous_calls === 0 ? "no calls are possible at once" : "no agent is ever available"}`;
  const staffed = withAgents(file, isShown);
  return typeof staffed === "string" ? staffed : ((await predict?.(staffed)) ?? "not simulated");
}

type Predicted = Pick<SettingsFile, "settings" | "carrier" | "expected" | "measured">;

/**
 * What is to be predicted: with the agents of the settings, where a person writes these; else with those that are signed in, with as many as are expected, or
 * with all that are assigned. A text says that nobody knows. @param isShown the tenant shows how many are assigned, and nothing writes it
 */
export function withAgents<File extends Predicted>(file: File, isShown: boolean): File | string {
  const { settings, expected, measured } = file;
  const { max_agents: assigned } = settings.concurrency;
  if (!isShown && assigned > 0) return { ...file, measured: { ...measured, agents: undefined } };
  const signedIn = measured?.agents?.count ?? 0;
  const count = signedIn > 0 ? signedIn : (expected.agents ?? assigned);
  if (count === 0)
    return "not simulated: no agents are assigned, and none are known to be signed in; expected.agents in the file says with how many to predict";
  return {
    ...file,
    settings: { ...settings, concurrency: { ...settings.concurrency, max_agents: count } },
    expected: { ...expected, agents: undefined },
    measured:
      signedIn > 0 ? measured : { ...measured, agents: undefined, ...(expected.agents === undefined && { isAssigned: true }) },
  };
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
