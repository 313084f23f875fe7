// Distributions of durations as data, so that a scenario can name one and a calibration can write one.

import { z } from "zod";

const mean = z.number().positive().describe("Mean, in the unit of the field (seconds unless said otherwise)");
const cv = z.number().positive().max(100).default(1).describe("Coefficient of variation: standard deviation over mean");

const none = z
  .strictObject({ kind: z.literal("none") })
  .describe("Never happens: an infinite time, for example patience without end");
const deterministic = z
  .strictObject({ kind: z.literal("deterministic"), value: z.number().nonnegative() })
  .describe("Always the same value, for example the two seconds of the abandonment rule");
const exponential = z.strictObject({ kind: z.literal("exponential"), mean }).describe("Memoryless");
const uniform = z
  .strictObject({ kind: z.literal("uniform"), low: z.number().nonnegative(), high: z.number().nonnegative() })
  .refine(({ low, high }) => low < high, { path: ["high"], error: "must be above low" })
  .describe("Every value between low and high alike");
const lognormal = z
  .strictObject({ kind: z.literal("lognormal"), mean, cv })
  .describe("The usual law of talk and handle times (Brown et al., JASA 100, 2005)");
const gamma = z.strictObject({ kind: z.literal("gamma"), mean, cv }).describe("Gamma with shape 1/cv^2");
const weibull = z
  .strictObject({ kind: z.literal("weibull"), mean, shape: z.number().min(0.1).max(100).default(1) })
  .describe("Weibull: shape below 1 means that who has waited long will wait longer, 1 is exponential");
const empirical = z
  .strictObject({
    kind: z.literal("empirical"),
    values: z
      .array(z.number().nonnegative())
      .min(2)
      .max(100_001)
      .refine((values) => values.every((value, i) => i === 0 || value >= (values[i - 1] ?? 0)), {
        error: "must be in rising order",
      }),
  })
  .describe("Quantiles at 0, 1/(n-1), …, 1 as measured, straight lines between them");

const single = z.discriminatedUnion("kind", [none, deterministic, exponential, uniform, lognormal, gamma, weibull, empirical]);

const mixture = z
  .strictObject({
    kind: z.literal("mixture"),
    parts: z
      .array(z.strictObject({ weight: z.number().positive(), distribution: single }))
      .min(1)
      .max(20),
  })
  .describe("One of several with the given weights (they need not add to 1), for example two humps of ring time");

/** Zod schema of the distribution of a duration. Unknown fields are refused; defaults are cv 1 and shape 1. */
export const distributionSchema = z
  .discriminatedUnion("kind", [none, deterministic, exponential, uniform, lognormal, gamma, weibull, empirical, mixture])
  .describe("Distribution of a duration");

/** A distribution of a non-negative quantity as data. */
export type Distribution = z.output<typeof distributionSchema>;

/** A distribution that is not itself a mixture. */
export type SingleDistribution = z.output<typeof single>;
