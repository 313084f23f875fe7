// Schemas that every view uses: times, shares, pages, problems, confirmations.

import { z } from "zod";
import { SOURCES } from "../../../kernel/index.ts";

/** Largest JSON body that the API takes, bytes. */
export const MOST_JSON_BYTES = 1_048_576;
/** ISO 8601, UTC. */
export const time = z.iso.datetime();
/** A count of things. */
export const count = z.int().min(0);

/** A share with the counts behind it. `rate` is null when there is nothing to divide by. */
export const share = z
  .strictObject({
    rate: z.number().nullable(),
    low: z.number(),
    high: z.number().describe("low and high: the score interval at `confidence`; it takes all calls as independent"),
    numerator: z.number(),
    denominator: z.number(),
    confidence: z.number(),
  })
  .meta({ id: "Share" });
export type Share = z.output<typeof share>;

/** A page of a list; `next` is sent back as `cursor`, null on the last page. */
export const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.strictObject({ items: z.array(item).readonly(), next: z.string().nullable() });

/** How a part of what is shown is known. */
export const knownPart = z
  .strictObject({
    at: time.nullable().describe("When it was true; null: nothing is known of it"),
    from: z
      .enum(SOURCES)
      .describe("measured: the tenant told it. assumed: made without what is not read yet, and nothing is allowed by it. none"),
    code: z
      .string()
      .nullable()
      .describe("Stable: why its latest reading failed, so that what is shown is of before; null when it did not fail"),
    why: z.string().nullable().describe("Why it is not known, of before, or assumed; null otherwise"),
    since: time
      .nullable()
      .describe("Since when each reading of it has failed; null: it did not fail, or since when is not known"),
  })
  .meta({ id: "KnownPart" });
export type KnownPart = z.output<typeof knownPart>;

/** How much of a whole was looked at. */
export const covers = z
  .strictObject({
    known: count.describe("How many were looked at"),
    of: count.nullable().describe("Of how many; null: that is not known. Equal to `known` when it was the whole"),
  })
  .meta({ id: "Covers" });

/** The answer of every failed request (RFC 9457, `application/problem+json`). `code` is stable; the rest is for people. */
export const problem = z
  .object({
    type: z.string().describe("about:blank, or the path of the code in the reference"),
    title: z.string(),
    status: z.int(),
    code: z.string().describe("Stable: branch on this"),
    detail: z.string(),
    advice: z.string().optional(),
    requestId: z.string(),
    correlationId: z.string().optional().describe("Of the call that the tenant refused: its logs have it as X-Correlation-Id"),
    problems: z
      .array(z.strictObject({ path: z.string(), message: z.string() }))
      .readonly()
      .optional()
      .describe("Fields of the request that are wrong"),
    details: z.record(z.string(), z.unknown()).optional(),
  })
  .meta({ id: "Problem" });
export type Problem = z.output<typeof problem>;

/** The last line of an NDJSON answer that was asked for its end: without it, the answer was cut off. */
export const endOfLines = z.strictObject({
  end: z.strictObject({ lines: count, problem: problem.optional().describe("Why no more came") }),
});

/** Why a run stopped before the end of its job. */
export const stopReason = z.strictObject({
  code: z.string(),
  message: z.string(),
  advice: z.string().optional(),
  vendorBody: z
    .string()
    .optional()
    .describe("What the tenant's last 5xx said: at most 2000 characters, without secrets and telephone numbers"),
});

/** Fields that describe the state of a failover pair. */
export const pairWords = {
  dials: z
    .enum(["primary", "backup"])
    .nullable()
    .describe("Which of the two was read back as dialing; null when neither was, or it is not known"),
  words: z.string().describe("What goes on, in words"),
  reason: z.string().nullable().describe("Why it has come so, such as what halted the pair; null where nothing was done"),
  nextStep: z.string().nullable().describe("What a person is to do; null when nothing"),
};

/** The `confirm` of a preview, sent back to carry out exactly that. */
export const confirmation = z
  .strictObject({ confirm: z.string().regex(/^[0-9a-f]{64}$/, "the confirm of a preview, 64 hexadecimal digits") })
  .describe("A dangerous verb is carried out only while what its preview showed still holds");

/** One field that differs. A side that lacks it is null. */
export const fieldChange = z
  .strictObject({
    path: z.string(),
    before: z.union([z.string(), z.number(), z.boolean(), z.null()]),
    after: z.union([z.string(), z.number(), z.boolean(), z.null()]),
  })
  .meta({ id: "FieldChange" });
export type FieldChange = z.output<typeof fieldChange>;

/** Who works on a change or an apply. */
export const standing = z
  .enum(["here", "elsewhere", "waiting", "still"])
  .describe(
    "`here`: this service. `elsewhere`: another process. `waiting`: it was just begun, or its process died or ended; a service continues it within seconds. " +
      "`still`: nobody, until a person continues it, or it has ended",
  );
export type Standing = z.output<typeof standing>;
