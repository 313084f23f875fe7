// Dialer settings: the settings in force, their history, what a change would do, the progress of a change.

import { z } from "zod";
import { FAILURES, OUTCOMES, PHASES } from "../../settings/state.ts";
import { count, fieldChange, knownPart, standing, time } from "./common.ts";

const band = z
  .strictObject({ low: z.number(), median: z.number(), high: z.number() })
  .describe("A median with its 90 % band: the 5 % and the 95 % quantile")
  .meta({ id: "Band" });

/** A fact that a prediction stands on. */
const predictionFact = z
  .strictObject({
    name: z.enum(["agents", "answerRate", "handleSeconds", "ringSeconds", "takenForMachines"]),
    low: z.number(),
    high: z.number().describe("low and high: its 5 % and 95 % quantiles, equal where it is certain"),
    from: z.enum(["measured", "given", "assumed"]).describe("`measured` by the tenant, else `given` by a person, else `assumed`"),
    at: time.nullable().describe("When it was measured"),
  })
  .meta({ id: "PredictionFact" });

/** The prediction of a simulation of settings, with what it stands on. */
export const settingsPrediction = z
  .strictObject({
    abandonment: band,
    occupancy: band,
    attemptsPerHour: band,
    chanceAboveLimit: z.number().describe("Probability of abandonment above 3 % over 30 days"),
    basis: z.array(predictionFact).readonly().describe("What it stands on"),
  })
  .meta({ id: "SettingsPrediction" });
export type SettingsPrediction = z.output<typeof settingsPrediction>;

/** A violation or warning about settings, and its place. */
export const finding = z
  .strictObject({ severity: z.enum(["violation", "warning"]), check: z.string(), path: z.string(), message: z.string() })
  .meta({ id: "Finding" });
export type Finding = z.output<typeof finding>;

/** A version of the settings. */
export const dialerVersion = z
  .strictObject({
    version: z.int(),
    campaign: z.string().nullable().describe("Whose settings they are; null where a tenant has them once"),
    kind: z.enum(["observed", "apply", "rollback"]),
    sourceName: z.string(),
    actor: z.string(),
    /** JSON in the vendor's form. */
    settings: z.unknown(),
    phase: z.string(),
    status: z.string().nullable().describe("Of its job; null for settings that were found"),
    outcome: z.string().nullable(),
    message: z.string().nullable(),
    rejected: z.boolean().describe("It did not hold: it is not tried again without being told to"),
    /** Compared with the version before, of the same campaign. */
    changes: z.array(fieldChange).readonly(),
    createdAt: time,
    endedAt: time.nullable(),
  })
  .meta({ id: "DialerVersion" });
export type DialerVersion = z.output<typeof dialerVersion>;

/**
 * The progress of a change. Phases in order: sending, sent, polling, verifying, guarding, ended (and others during a rollback).
 */
export const dialerChange = z
  .strictObject({
    version: z.int(),
    job: z.string().nullable().describe("That carries it out"),
    phase: z.enum(PHASES),
    purpose: z.enum(["apply", "restore"]),
    outcome: z.enum(OUTCOMES).nullable(),
    message: z.string().nullable(),
    failure: z
      .strictObject({ code: z.enum(FAILURES), message: z.string() })
      .nullable()
      .describe("Why the old settings are to come back"),
    /** Why it is stopped although it has not ended. */
    stop: z.strictObject({ code: z.string(), message: z.string() }).nullable(),
    looks: count,
    guard: z
      .looseObject({ answered: count, abandoned: count })
      .nullable()
      .describe("State of a guarded rollout, with the calls that were counted; null without one"),
    conflicts: z
      .array(z.strictObject({ path: z.string(), base: z.unknown(), ours: z.unknown(), theirs: z.unknown() }))
      .readonly(),
    taken: z.array(z.string()).readonly().describe("Fields that somebody else set meanwhile, whose value was taken over"),
    settingsBefore: z.unknown().describe("In force when the change began"),
    settings: z.unknown().describe("That are to be in force"),
    seen: z
      .strictObject({ settings: z.unknown(), tag: z.string().nullable() })
      .nullable()
      .describe("What was read back last; null: nothing yet"),
    running: z.boolean(),
    standing,
  })
  .meta({ id: "DialerChange" });
export type DialerChange = z.output<typeof dialerChange>;

/** Lines of the carrier and expectations about the calls: for checks and prediction, never sent. */
const settingsBasis = z
  .strictObject({ carrier_capacity: z.record(z.string(), z.number()), expected: z.record(z.string(), z.number()) })
  .meta({ id: "SettingsBasis" });

/** Answered calls out of placed ones, as the tenant counted them. */
const measuredRate = z
  .strictObject({
    numerator: count.describe("Answered calls"),
    denominator: count.describe("Placed calls"),
    from: time.describe("Begin of the earliest window that was counted"),
    to: time.describe("End of the latest"),
  })
  .meta({ id: "MeasuredAnswerRate" });

/** The settings in force and what is known about them. */
export const dialerView = z
  .strictObject({
    /** In force at the tenant when they were last read. JSON in the vendor's form; null: not read yet. */
    settings: z.unknown(),
    known: knownPart.describe("Of the settings"),
    tag: z.string().nullable(),
    /** Why these settings could not be restored as they are; null when they could. */
    problem: z.string().nullable(),
    prediction: settingsPrediction.nullable().describe("Of these settings; null while it is made, or when there is none"),
    measured: measuredRate
      .nullable()
      .describe(
        "The answer rate that the prediction goes by; null where too few calls were counted: then it goes by `basis`, or assumes one",
      ),
    basis: settingsBasis.nullable().describe("As the change said that put these settings in force; null when none did"),
    campaign: z
      .string()
      .nullable()
      .describe("Whose settings they are; null where a tenant has them once, or when none was named"),
    choose: z
      .array(z.strictObject({ id: z.string(), name: z.string() }))
      .readonly()
      .nullable()
      .describe("The known campaigns, where each has settings of its own; null where a tenant has them once"),
    /** The change under way. */
    open: dialerChange.nullable(),
  })
  .meta({ id: "DialerView" });
export type DialerView = z.output<typeof dialerView>;

const settingsOf = z
  .string()
  .optional()
  .describe("Whose settings they are, where each campaign has settings of its own (profile acd)");

/** Most characters of the text of a settings file. */
export const MOST_SETTINGS_TEXT = 200_000;

const expectedAnswerRate = z
  .number()
  .gt(0)
  .lt(1)
  .optional()
  .describe(
    "Share of the dials that a person answers; used where the tenant has not measured one, before `expected.answer_rate` of the file",
  );

/** A settings file as JSON: name, concurrency, algorithm, carrier, expected. */
export const dialerProposal = z
  .strictObject({
    file: z
      .union([z.record(z.string(), z.unknown()), z.string().max(MOST_SETTINGS_TEXT)])
      .describe("As in dialer-settings.schema.json; or its text, YAML or JSON: mistakes are told with line and column"),
    campaign: settingsOf,
    sourceName: z.string().max(200).optional().describe("For people, in the history; dashboard by default"),
    overrides: z.array(z.string()).optional().describe("Gates to pass by name: predicted_abandonment"),
    expectedAnswerRate,
    retryRejected: z.boolean().optional(),
    guardMinutes: z
      .number()
      .min(1)
      .max(10_080)
      .optional()
      .describe("Watch the figures for so long and put the old settings back"),
    guardCampaigns: z.array(z.string()).optional(),
  })
  .meta({ id: "DialerProposal" });

export type DialerProposal = z.output<typeof dialerProposal>;

/** The largest version number that the database can store. */
export const MAX_VERSION = 2_147_483_647;

/** The request of a rollback. */
export const dialerRollback = z.strictObject({
  version: z
    .int()
    .min(1)
    .max(MAX_VERSION)
    .optional()
    .describe("The version to go back to; without it, to before the latest change"),
  campaign: settingsOf,
  overrides: z.array(z.string()).optional(),
  expectedAnswerRate,
});
export type DialerRollback = z.output<typeof dialerRollback>;

/** What a change would do. */
export const dialerPreview = z
  .strictObject({
    kind: z.enum(["apply", "rollback"]),
    verdict: z
      .enum(["ready", "unchanged", "refused", "rejected_before"])
      .describe(
        "Whether it could be begun; `unchanged`: these settings are in force already, `rejected_before`: they did not hold earlier",
      ),
    confirm: z.string().describe("Hash of what was shown and what it builds on, to be given back"),
    sourceName: z.string(),
    changes: z.array(fieldChange).readonly().describe("Empty: in force already"),
    findings: z.array(finding).readonly(),
    checks: z
      .array(z.string())
      .readonly()
      .describe("Regulatory checks that the tenant was asked for; none when our own checks refused before"),
    /** A text says why there is none. */
    prediction: z.union([settingsPrediction, z.string()]),
    inForce: z
      .union([settingsPrediction, z.string()])
      .nullable()
      .describe(
        "The prediction for the settings in force, on the same basis; a text says why there is none, null: our own checks had refused",
      ),
    refusals: z.array(z.string()).readonly(),
    overridden: z.array(z.string()).readonly(),
    rejectedBefore: z.strictObject({ version: z.int(), message: z.string().nullable() }).nullable(),
    basis: settingsBasis.describe("What checks and prediction were made with"),
    guard: z
      .strictObject({ minutes: z.number(), campaigns: z.array(z.string()).readonly() })
      .nullable()
      .describe("How long the figures of which campaigns are watched; the old settings come back when abandonment is too high"),
  })
  .meta({ id: "DialerPreview" });
export type DialerPreview = z.output<typeof dialerPreview>;

const compared = z
  .strictObject({
    figure: z.enum([
      "abandonmentRate",
      "answerRate",
      "agentUtilization",
      "averageWaitTime",
      "callsPlaced",
      "peakConcurrentCalls",
    ]),
    unit: z.enum(["share", "seconds", "calls"]),
    tenant: z.number().nullable().describe("As the tenant told it; null: it did not"),
    here: z
      .strictObject({ low: z.number(), median: z.number(), high: z.number() })
      .nullable()
      .describe("Our median with its 90 % band; null: there is none"),
    differs: z
      .enum(["above", "below"])
      .nullable()
      .describe("Where the tenant's figure is outside of our 90 % band; null: within it, or there is nothing to compare"),
  })
  .meta({ id: "SimulatedFigure" });

/** The tenant's own simulator and ours on the same settings. */
export const simulatorComparison = z
  .strictObject({
    minutes: z.int(),
    volume: z.int().nullable().describe("Calls there were to place; null: without end"),
    lines: z.int().describe("Free lines of the carrier, as the tenant was told"),
    figures: z.array(compared).readonly(),
    carrierLimitReached: z.strictObject({ tenant: z.boolean().nullable(), here: z.boolean().nullable() }),
    differences: z.array(z.string()).readonly().describe("In words; empty when the two agree"),
    assumed: z.array(z.string()).readonly().describe("Facts that our simulation assumed because the file does not say them"),
    recommendation: z.string().nullable().describe("The tenant's"),
    problem: z.string().nullable().describe("Why there is no simulation of ours"),
  })
  .meta({ id: "SimulatorComparison" });
export type SimulatorComparison = z.output<typeof simulatorComparison>;

/** A row of the dialer's figures with the tenant's own names. */
export const dialerMetricRow = z.record(z.string(), z.unknown());
