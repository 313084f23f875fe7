// The rule-pack format: calling rules as dated data. A pack states numbers, dates and sources; decide/ says what a rule means.

import { z } from "zod";

/**
 * What a call is for. `telemarketing`: a live agent, reached through a dialer; `prerecorded`: a sales call with an artificial or
 * prerecorded voice.
 */
export const CALL_TYPES = ["telemarketing", "prerecorded", "collection"] as const;
/** A kind of call that rules tell apart. */
export type CallType = (typeof CALL_TYPES)[number];

/** Days of a week of calling hours, Sunday first as in JavaScript's day numbers. */
export const WEEK_DAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"] as const;

/**
 * What can lift a rule: an established business relationship in force, express consent in force (written consent counts too),
 * written consent.
 */
export const EXEMPTIONS = ["ebr", "express", "written"] as const;
/** What may exempt a call from a rule. */
export type Exemption = (typeof EXEMPTIONS)[number];

/** What a telephone line is. */
export const LINE_TYPES = ["mobile", "landline", "voip"] as const;
/** A kind of telephone line. */
export type LineType = (typeof LINE_TYPES)[number];

/**
 * How reliable a rule's numbers are: `statute`: its text was read; `quotation`: others quote its words; `summary`: a summary was read;
 * `tables`: only the tables of others agree; `unconfirmed`: nothing confirms it; `policy`: not law, but a choice of this pack.
 */
export const CONFIDENCES = ["statute", "quotation", "summary", "tables", "unconfirmed", "policy"] as const;
/** How reliable a rule's numbers are. */
export type Confidence = (typeof CONFIDENCES)[number];

const date = z.iso.date();
const instant = z.iso.datetime({ offset: true });
const ruleId = z.string().regex(/^[a-z0-9][a-z0-9.-]*$/, "lower-case letters, digits, dots and hyphens");
const violation = z.string().regex(/^[A-Z][A-Z0-9_]*$/, "capital letters, digits and underscores, such as HOURS_STATE");
/** "*" binds everywhere; otherwise a country ("US"), a state or province ("US-FL"), or a city ("US-NY-NYC"). */
const jurisdictionId = z
  .string()
  .regex(
    /^(\*|[A-Z]{2}(-[A-Z0-9]{1,3}(-[A-Z0-9]{2,12})?)?)$/,
    "*, a country such as US, a state such as US-FL, or a city such as US-NY-NYC",
  );
const wallClock = z.string().regex(/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/, "a time of day from 00:00 to 24:00");
const window = z.tuple([wallClock, wallClock]);
const exemptions = z.array(z.enum(EXEMPTIONS));
const zone = z.string().min(1);

const dayWindows = z
  .array(window)
  .meta({ description: "open windows of the day, opening inclusive, closing exclusive; none: closed" });
const week = z.strictObject({
  sun: dayWindows,
  mon: dayWindows,
  tue: dayWindows,
  wed: dayWindows,
  thu: dayWindows,
  fri: dayWindows,
  sat: dayWindows,
});

const common = {
  id: ruleId,
  jurisdiction: jurisdictionId,
  binds: z.array(z.enum(CALL_TYPES)).min(1),
  citation: z.string().min(1),
  confidence: z.enum(CONFIDENCES),
  note: z.string().optional(),
  effective: date.optional().meta({ description: "first local date on which the rule is in force; missing: always was" }),
  ends: date.optional().meta({ description: "last local date on which the rule is in force; missing: no end known" }),
  exempt: exemptions.optional().meta({ description: "what lifts this rule" }),
  except: z
    .array(z.string().regex(/^[A-Z]{2}$/, "an ISO 3166 country"))
    .min(1)
    .optional()
    .meta({ description: "of a rule for *: countries in which it does not bind, because they have one of their own" }),
  lines: z
    .array(z.enum(LINE_TYPES))
    .min(1)
    .optional()
    .meta({ description: "binds only calls to such lines; a line whose type is not known counts as each of them" }),
  lookedUp: date.optional().meta({ description: "date on which the rule was last read in its source; missing: not known" }),
};
const scope = z
  .enum(["subject", "all"])
  .meta({ description: "calls counted: about the same subject or debt, or all to this person" });

/** Each kind of rule with its parameters. */
const ruleSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("calling-hours"),
    ...common,
    week,
    onHolidays: z.strictObject({ calendar: z.string(), windows: dayWindows }).optional(),
    zone: zone.optional().meta({ description: "a fixed zone to read the clock in; missing: the called party's" }),
    violation,
    closedDayViolation: violation.optional().meta({ description: "reported instead on a day without a window" }),
  }),
  z.strictObject({ kind: z.literal("closed-days"), ...common, calendar: z.string(), violation }),
  z.strictObject({ kind: z.literal("emergency-ban"), ...common, violation }),
  z.strictObject({
    kind: z.literal("attempt-cap"),
    ...common,
    max: z.int().min(0),
    period: z.union([z.strictObject({ hours: z.number().positive() }), z.strictObject({ localDates: z.int().min(1).max(366) })]),
    scope,
    violation,
  }),
  z.strictObject({
    kind: z.literal("conversation-quiet"),
    ...common,
    days: z.int().min(1).max(366).meta({ description: "quiet local dates, the day of the conversation being the first" }),
    scope,
    violation,
  }),
  z.strictObject({
    kind: z.literal("abandoned-quiet"),
    ...common,
    hours: z.number().positive(),
    liftedByGuaranteedAgent: z.boolean(),
    violation,
  }),
  z.strictObject({
    kind: z.literal("campaign-day-cap"),
    ...common,
    max: z.int().min(0),
    zone,
    violation,
  }),
  z.strictObject({
    kind: z.literal("consent-required"),
    ...common,
    level: z.enum(["express", "written"]),
    months: z.int().min(1).optional().meta({ description: "how long consent counts; missing: until it is withdrawn" }),
    violation,
    reassignedViolation: violation,
  }),
  z.strictObject({ kind: z.literal("consent-revocation"), ...common, violation }),
  z.strictObject({ kind: z.literal("national-registry"), ...common, violation }),
  z.strictObject({ kind: z.literal("registry-age"), ...common, maxAgeDays: z.int().min(0), violation }),
  z.strictObject({
    kind: z.literal("do-not-call-list"),
    ...common,
    maxAgeDays: z.int().min(0).meta({ description: "how old the file of this jurisdiction's own list may be" }),
    violation,
    staleViolation: violation.meta({ description: "reported when no file of the list is loaded, or it is too old" }),
  }),
  z.strictObject({
    kind: z.literal("reassigned-query"),
    ...common,
    maxAgeDays: z.int().min(0).meta({ description: "how long ago the Reassigned Numbers Database may have been asked" }),
    violation,
  }),
  z.strictObject({ kind: z.literal("internal-list"), ...common, violation }),
  // The kinds below forbid no call by themselves: other rules refer to them.
  z.strictObject({
    kind: z.literal("relationship"),
    ...common,
    months: z.strictObject({ transaction: z.int().min(0), inquiry: z.int().min(0) }),
  }),
  z.strictObject({
    kind: z.literal("revocation-deadline"),
    ...common,
    businessDays: z.int().min(0),
    calendar: z.string(),
  }),
  z.strictObject({
    kind: z.literal("abandonment-limit"),
    ...common,
    maxRate: z.number().min(0).max(1),
    period: z.union([
      z.strictObject({ rollingDays: z.int().min(1) }),
      z.strictObject({ rollingHours: z.int().min(1) }),
      z.strictObject({ calendarMonth: z.literal(true) }),
    ]),
    connectWithinSeconds: z.number().positive(),
  }),
]);

/** One rule of a pack. */
export type Rule = z.infer<typeof ruleSchema>;
/** The kind of a rule; it decides which fields the rule has. */
export type RuleKind = Rule["kind"];
/** The rule of one kind. */
export type RuleOf<Kind extends RuleKind> = Extract<Rule, { kind: Kind }>;
/** Calling hours of a week: for each day its open windows, such as `["08:00", "21:00"]`; none means closed. */
export type WeekHours = z.infer<typeof week>;

/** Tables of places for packs that bring their own. */
const inlineGeography = z.strictObject({
  areaCodes: z.record(
    z.string().regex(/^[2-9]\d\d$/, "three digits"),
    z.strictObject({ jurisdiction: jurisdictionId, zones: z.array(zone).min(1) }),
  ),
  nonGeographic: z.array(z.string().regex(/^[2-9]\d\d$/, "three digits")),
  postal: z.record(z.string().min(1), z.strictObject({ jurisdiction: jurisdictionId, zone })),
  countries: z.record(z.string().regex(/^[A-Z]{2}$/, "an ISO 3166 country"), z.array(zone).min(1)),
});
/** Tables of places that a pack brings, used instead of the built-in ones. */
export type InlineGeography = z.infer<typeof inlineGeography>;

const calendar = z.strictObject({
  title: z.string().optional(),
  days: z.array(date),
  sources: z
    .array(
      z.strictObject({
        name: z.string().min(1),
        citation: z.string().min(1),
        confidence: z.enum(CONFIDENCES),
        lookedUp: date.optional(),
        note: z.string().optional(),
      }),
    )
    .optional()
    .meta({ description: "of each holiday of the calendar: what names it, and how reliable that is" }),
});
const zoneData = z.strictObject({
  version: z
    .string()
    .regex(/^\d{4}[a-z]{1,2}$/, "a version of the time-zone database, such as 2026c")
    .meta({ description: "the oldest version of the time-zone data with which the pack may be used" }),
  changes: z
    .array(
      z.strictObject({
        zones: z.array(zone).min(1).meta({ description: "a zone, and other names of it" }),
        at: instant.meta({ description: "an instant at which older data are wrong about it" }),
        offset: z
          .string()
          .regex(/^[+-]([01]\d|2[0-3]):[0-5]\d$/, "an offset from UTC, such as -07:00")
          .meta({ description: "the offset that holds there and then" }),
        note: z.string().optional(),
      }),
    )
    .meta({ description: "what changed lately: with data that do not know of it, nothing is decided in these zones" }),
});
/** The time-zone data that a pack needs. */
export type ZoneData = z.infer<typeof zoneData>;
const emergency = z.strictObject({
  jurisdiction: jurisdictionId,
  start: instant,
  end: instant.optional().meta({ description: "exclusive; missing: no end declared yet" }),
  note: z.string().optional(),
});

/** A rule pack. */
export const packSchema = z.strictObject({
  $schema: z.string().optional(),
  format: z.literal("outdial-rule-pack/1"),
  id: z.string().min(1),
  title: z.string().min(1),
  version: z.string().min(1),
  note: z.string().optional(),
  base: z.string().optional().meta({ description: "id of the pack that this one is laid over" }),
  loosens: z.array(z.string()).optional().meta({
    description:
      "ids of the base's rules that this overlay replaces or ends, and calendars it changes the meaning of; each needs a reason, as `note` of the rule or of this pack",
  }),
  jurisdictions: z
    .array(
      z.strictObject({
        id: jurisdictionId,
        title: z.string().optional(),
        citation: z.string().optional(),
        confidence: z.enum(CONFIDENCES).optional(),
        note: z.string().optional(),
        exempt: exemptions.optional().meta({ description: "lifts every rule of this jurisdiction" }),
        places: z
          .strictObject({
            areaCodes: z.array(z.string().regex(/^[2-9]\d\d$/, "three digits")),
            postal: z.array(z.string().regex(/^\d{3,5}$/, "the first three to five digits of a ZIP code")),
          })
          .optional()
          .meta({
            description:
              "of a city: the ZIP codes that begin so are in it; without an address a number of these area codes may be",
          }),
        noOwnHours: z.literal(true).optional().meta({ description: "read, and found to have no calling hours of its own" }),
        unread: z
          .strictObject({ citation: z.string().min(1), searched: z.iso.date() })
          .optional()
          .meta({
            description:
              "law of sales calls whose text was not had: no rule has it, and explanations say that it was not weighed",
          }),
      }),
    )
    .meta({ description: "jurisdictions that were looked into, those without a rule of their own included" }),
  rules: z.array(ruleSchema),
  calendars: z.record(z.string(), calendar),
  emergencies: z.array(emergency),
  zoneData: zoneData.optional(),
  geography: z.union([z.literal("builtin"), inlineGeography]),
});

/** A rule pack as data. */
export type RulePack = z.infer<typeof packSchema>;

/** The JSON Schema of the rule-pack format, for editors (schemas/rule-pack.schema.json). */
export function rulePackJsonSchema(): object {
  return { title: "Rule pack of outdial compliance", ...z.toJSONSchema(packSchema, { io: "input" }) };
}
