// Stories: what happened step by step, with a curve over the same time.

import { z } from "zod";
import { count, time } from "./common.ts";

const point = z
  .strictObject({
    at: time,
    value: z.number().nullable().describe("Null: no figures"),
    low: z.number().nullable(),
    high: z.number().nullable(),
    of: count.nullable().describe("Calls that it is counted from"),
  })
  .meta({ id: "StoryPoint" });

/** A hand-over, a change of settings under guard, or a stop. */
export const story = z
  .strictObject({
    id: z.string(),
    kind: z.enum(["hand-over", "settings", "stop"]),
    title: z.string(),
    from: time.describe("Begin of the curve"),
    to: time.nullable().describe("Null while it goes on"),
    curve: z.strictObject({
      name: z.string(),
      share: z.boolean().describe("Values are shares from 0 to 1, else counts"),
      points: z.array(point).readonly(),
      limit: z.strictObject({ name: z.string(), at: z.number() }).nullable(),
    }),
    steps: z
      .array(
        z.strictObject({
          at: time,
          text: z.string(),
          facts: z
            .array(z.strictObject({ name: z.string(), value: z.string() }))
            .readonly()
            .describe("What was known at that moment"),
        }),
      )
      .readonly()
      .describe("Oldest first"),
  })
  .meta({ id: "Story" });
export type Story = z.output<typeof story>;
