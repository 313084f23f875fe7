// The report as data, for all renderings, and the schema of its JSON.

import { z } from "zod";
import { CATEGORIES } from "../meaning/category.ts";

const count = z.int().min(0);
const knownCount = count.nullable().describe("null: none of these days was read, so that it is not known");
const time = z.iso.datetime().describe("UTC");

/** A rate with numerator, denominator and interval. */
export const rateSchema = z
  .strictObject({
    rate: z.number().min(0).max(1).nullable().describe("numerator / denominator; null when there is nothing to divide by"),
    low: z.number(),
    high: z.number().describe("low and high: the interval at `confidence`; `method` says what it allows for"),
    numerator: count,
    denominator: count,
    confidence: z.number().describe("Level of the interval, for example 0.95"),
    method: z
      .enum(["days", "calls", "none"])
      .describe(
        "`days`: the interval allows for days that differ. `calls`: it takes all calls as independent (Wilson), for one day or too few, and says nothing about other days. `none`: there is no interval (low 0, high 1), because all of it came on one of several days",
      ),
    days: count.describe("Days that the calls are of"),
  })
  .describe("A share with its numerator, denominator, days and interval");

const counts = z
  .strictObject({ success: count, warm: count, cold: count, neutral: count, failure: count })
  .describe("Calls by category; adds up to all");

const group = z.strictObject({
  value: z.string().nullable().describe("null: the calls that have no value here"),
  name: z.string().optional().describe("Of an agent, where the tenant's calls tell it"),
  calls: count,
  conversion: rateSchema,
  counts,
  unmapped: count.describe("Calls whose code the map does not know; they are among the neutral ones"),
  averageSeconds: z.number().nullable().describe("Mean duration of a call, s"),
});

const side = z.strictObject({ name: z.string(), conversion: rateSchema });

const figure = z.strictObject({ conversion: rateSchema, counts, reportedAt: time });

const lack = z.strictObject({
  reason: z
    .enum(["codes", "dials", "short", "begun", "unread", "part", "untold"])
    .describe(
      "`codes`: read with some codes only. `dials`: fewer than the tenant says there were. `short`: fewer calls than the tenant counts. `begun`: not read to the end. `unread`: not read. `part`: read in part. `untold`: the tenant did not say how many dials there were",
    ),
  campaigns: z.array(z.string()).readonly(),
  days: z.array(z.iso.date()).readonly(),
  codes: z.array(z.string()).readonly().describe("Those that were asked for; empty: all"),
  dials: z
    .strictObject({ known: count, of: count })
    .nullable()
    .describe("Dials that the lake has, and that the tenant says there were; null but for `dials`"),
  gone: z.array(z.string()).readonly().describe("Calling lists that the tenant no longer has"),
});

/** What the lake has of the period. */
const coversSchema = z
  .strictObject({
    known: count.describe("Days that were read whole"),
    of: count.describe("Days of the period that have begun"),
    words: z.string().nullable().describe("A sentence; null when every day was read whole"),
    readTo: time.nullable().describe("Every campaign was read up to here; null: one was not read at all"),
    leftOut: count.describe("Calls of the lake that no figure counts, because they are no sample of their day's calls"),
    lacks: z.array(lack).readonly(),
    days: z
      .array(z.strictObject({ day: z.iso.date(), covered: z.enum(["whole", "part", "none"]) }))
      .readonly()
      .describe("`none`: no figure counts the calls of this day"),
  })
  .describe("What was read of the period's days. A day that was read with a filter, or that lacks calls, has no conversion");
export type Covers = z.infer<typeof coversSchema>;

/** The schema of the JSON report. */
export const reportSchema = z.strictObject({
  kind: z.literal("outdial.outcome-report"),
  version: z.literal(1),
  generatedAt: time,
  scope: z.strictObject({
    campaigns: z.array(z.string()).readonly().nullable().describe("null: all"),
    from: time.describe("Calls that begin from here on, UTC"),
    to: time.describe("until before here, UTC"),
    zone: z.string().describe("IANA zone of days, weekdays and hours"),
    profile: z.string().optional().describe("By which of its interfaces the tenant is spoken to; absent: rest"),
  }),
  definition: z.strictObject({
    id: z.string().describe("The map and its content: figures of different ids are not the same measure"),
    eras: z
      .array(
        z.strictObject({
          version: z.string(),
          from: time.nullable(),
          to: time.nullable(),
          success: z.array(z.string()).readonly(),
        }),
      )
      .readonly()
      .describe("Versions in force in the period, with the codes that are successes"),
  }),
  covers: coversSchema,
  calls: knownCount,
  conversion: rateSchema.describe("Successes among all calls, those nobody answered included"),
  averageSeconds: z.number().nullable(),
  categories: z.array(z.strictObject({ category: z.enum(CATEGORIES), calls: knownCount, share: rateSchema })).readonly(),
  unmapped: z.strictObject({
    calls: knownCount,
    codes: z.array(z.strictObject({ code: z.string(), calls: count })).readonly(),
  }),
  documented: z
    .strictObject({
      total_calls: knownCount,
      conversion_rate_percent: z.number().nullable(),
      category_distribution: counts.nullable(),
      performance_trend: z.enum(["positive", "negative"]).nullable(),
    })
    .describe("The summary in the documented words; null: no day has a conversion"),
  trend: z.strictObject({
    verdict: z.enum(["rising", "falling", "none shown", "too few"]),
    days: count,
    calls: count,
    minimum: z.strictObject({ days: count, calls: count, levelDays: count.describe("Days that a new level needs") }),
    slope: z
      .strictObject({ perDay: z.number(), low: z.number(), high: z.number(), confidence: z.number() })
      .nullable()
      .describe(
        "Change of the conversion a day, as a share; its interval allows for days that vary and for effects that last for several days",
      ),
    changes: z
      .array(z.strictObject({ day: z.iso.date(), before: rateSchema, after: rateSchema, pValue: z.number() }))
      .readonly()
      .describe("Days that a new level began on"),
  }),
  days: z
    .array(z.strictObject({ day: z.iso.date(), calls: knownCount, conversion: rateSchema }))
    .readonly()
    .describe("Every day of the period"),
  by: z.strictObject({
    hour: z.array(group).readonly().optional(),
    weekday: z.array(group).readonly().optional(),
    code: z
      .array(
        z.strictObject({
          code: z.string(),
          categories: z.array(z.enum(CATEGORIES)).readonly().describe("More than one when the map changed it within the period"),
          mapped: z.boolean(),
          calls: count,
          share: rateSchema,
          averageSeconds: z.number().nullable(),
        }),
      )
      .readonly()
      .optional(),
    campaign: z.array(group).readonly().optional(),
    attempt: z.array(group).readonly().optional(),
    list: z.array(group).readonly().optional(),
    agent: z.array(group).readonly().optional(),
  }),
  comparisons: z
    .array(
      z.strictObject({
        first: side,
        second: side,
        difference: z
          .strictObject({
            value: z.number(),
            low: z.number(),
            high: z.number(),
            confidence: z.number().describe("Level of this interval alone"),
            comparisons: count.describe("Comparisons of the report that were made"),
            together: z.number().describe("The level at which all of them hold together"),
          })
          .nullable()
          .describe("first minus second, as a share, with its interval, which allows for days that differ; null when too few"),
        minimum: count.describe("Calls each side must have"),
        verdict: z
          .enum(["higher", "lower", "none shown", "too few", "too few days"])
          .describe(
            "About the first side. `too few`: calls. `too few days`: how much days vary cannot be told, as when each list was worked on its own day",
          ),
      }),
    )
    .readonly(),
  restatements: z
    .array(
      z.strictObject({
        from: time,
        to: time,
        day: z.iso.date().nullable().describe("The day, when the period is one; null for the whole period of the report"),
        was: figure,
        now: figure,
        late: count.describe("Calls that arrived since"),
        changed: count.describe("Calls whose code changed since"),
        withdrawn: count.describe("Calls whose time was corrected to one outside the period"),
      }),
    )
    .readonly()
    .describe("Figures reported earlier that are other ones now"),
});

/** An outcome report, the JSON form. */
export type OutcomeReport = z.infer<typeof reportSchema>;
/** One group of a report. */
export type ReportGroup = z.infer<typeof group>;

/** The JSON Schema of the JSON report. */
export function outcomeReportJsonSchema(): object {
  return { title: "outcome report", ...z.toJSONSchema(reportSchema) };
}
