// Closed interactions: what they contain, and what a correction would store.

import { z } from "zod";

const dispositionEntry = z
  .strictObject({
    code: z.string(),
    description: z.string(),
    agent_id: z.string(),
    timestamp: z.string(),
    source: z.string(),
  })
  .meta({ id: "DispositionEntry" });

/** A closed interaction with its entries. */
export const interactionView = z.strictObject({
  interactionId: z.string(),
  tag: z.string().describe("Names the version: a correction is written only upon the one that it read"),
  dispositions: z.array(dispositionEntry).readonly(),
  codes: z.record(z.string(), z.looseObject({ code: z.string() })).describe("The tree of codes, by code"),
});
export type InteractionView = z.output<typeof interactionView>;

/** How a correction ended. */
export const correctionView = z.strictObject({
  interactionId: z.string(),
  before: z.array(dispositionEntry).readonly(),
  after: z.array(dispositionEntry).readonly(),
  problems: z.array(z.strictObject({ code: z.string(), message: z.string(), field: z.string().optional() })).readonly(),
});
export type CorrectionView = z.output<typeof correctionView>;

/** A correction that was made, with the entries as they were read before, as they were meant, and as they were read afterwards. */
export const correctionMade = z
  .strictObject({
    interactionId: z.string(),
    at: z.string(),
    actor: z.string(),
    jobId: z.string(),
    line: z.int(),
    before: z.unknown(),
    intended: z.unknown(),
    stored: z.unknown().describe("null when nothing was read back yet"),
  })
  .meta({ id: "CorrectionMade" });
export type CorrectionMade = z.output<typeof correctionMade>;
