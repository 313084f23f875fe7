// The section of a scenario that names the pacing strategy and its parameters.

import { z } from "zod";

const interval = z.number().min(0.05).max(60).default(0.5).describe("Seconds between two decisions. Default 0.5.");

const progressive = z
  .strictObject({ strategy: z.literal("progressive"), interval: interval.optional() })
  .describe("One call for each idle agent.");

export const pacingSchema = z.discriminatedUnion("strategy", [progressive]).describe("How calls are paced.");

/** A strategy with its parameters, as data. */
export type Pacing = z.output<typeof pacingSchema>;
