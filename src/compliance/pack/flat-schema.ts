// The schema of flat rule sets: one object with sections for federal, state, Canadian and UK rules and its own tables of places.

import { z } from "zod";
import { EXEMPTIONS } from "./schema.ts";

const hours = z.tuple([z.string(), z.string()]);
const week = z.strictObject({
  mon: hours.nullable(),
  tue: hours.nullable(),
  wed: hours.nullable(),
  thu: hours.nullable(),
  fri: hours.nullable(),
  sat: hours.nullable(),
  sun: hours.nullable(),
});
const exempt = z.array(z.enum(EXEMPTIONS));
const place = { state: z.string() };
/** Schema of a flat rule set: hours, days and caps by jurisdiction. Unknown fields are refused. */
export const flatSchema = z.strictObject({
  id: z.string().min(1),
  federal: z.strictObject({
    hours,
    nationalDncScrubMaxAgeDays: z.int(),
    ebrMonths: z.strictObject({ transaction: z.int(), inquiry: z.int() }),
    revocationBusinessDays: z.int(),
    federalHolidays: z.array(z.string()),
  }),
  collection: z.strictObject({ hours, maxCallsPer7Days: z.int(), conversationQuietDays: z.int() }).optional(),
  canada: z.strictObject({ week }).optional(),
  uk: z.strictObject({ week, abandonedQuietHours: z.number() }).optional(),
  jurisdictions: z.record(
    z.string(),
    z.strictObject({
      country: z.string(),
      week: week.nullable().optional(),
      holidays: z.array(z.string()).optional(),
      holidayExempt: exempt.optional(),
      stateRuleExempt: exempt.optional(),
      cap24h: z.strictObject({ max: z.int(), scope: z.enum(["subject", "all"]), exempt: exempt.optional() }).optional(),
      requiresWrittenConsent: z.literal(true).optional(),
      emergencyBan: z.strictObject({ exempt: exempt.optional() }).optional(),
      cite: z.string().optional(),
    }),
  ),
  npa: z.record(z.string(), z.strictObject({ ...place, zones: z.array(z.string()) })),
  tollFree: z.array(z.string()),
  postal: z.record(z.string(), z.strictObject({ ...place, zone: z.string() })),
  emergencies: z.array(z.strictObject({ ...place, start: z.string(), end: z.string().optional() })),
});

/** A flat rule set. */
export type FlatRuleSet = z.infer<typeof flatSchema>;
/** Calling hours by day of the week, in a flat rule set. */
export type FlatWeek = z.infer<typeof week>;
/** The rules of one jurisdiction, in a flat rule set. */
export type FlatJurisdiction = FlatRuleSet["jurisdictions"][string];
