// The schema of a campaign file: the vendor's campaign under its own names (contract §2.3), and outdial's own sections.

import { z } from "zod";
import { type DeepReadonly, isTimeZone, WEEKDAYS } from "../../../kernel/index.ts";
import { failoverPolicySchema } from "../failover/index.ts";

const EVENTS = ["omnichannel.campaign.metrics.update", "omnichannel.campaign.state.change"] as const;

const id = z.string().min(1).max(256);
const fraction = z.number().min(0).max(1);
const count = z.int().min(0);
const clockTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d:[0-5]\d$/, "a time of day as HH:MM:SS, such as 08:00:00");

/** The columns of a file of records that a tenant knows, besides id and number. */
const COLUMNS = [
  "firstName",
  "lastName",
  "address",
  "city",
  "state",
  "zip",
  "timeZone",
  "priority",
  "score",
  "notes",
  "customer1",
  "customer2",
] as const;
const column = z.string().min(1).max(100);

const contactListFile = z
  .strictObject({
    path: z.string().min(1).describe("A CSV file with a header, UTF-8; in the folder of this file or below"),
    externalId: column.describe("The column of ids"),
    phone: column.describe("The column of numbers"),
    columns: z.partialRecord(z.enum(COLUMNS), column).optional().describe("Columns of the file by what they hold"),
    expires: z.iso.date().optional().describe("The day on which the records expire"),
  })
  .describe(
    "What a calling list of the name `contactListId` is made of when the campaign does not call it yet; for tenants of the profile acd",
  );

const settings = z.strictObject({
  answerRatio: fraction.describe("Share of dials that is expected to be answered, 0 to 1"),
  maxCallsInFlight: count.describe("Calls at a time at most"),
  callRate: z.number().gt(0).describe("Calls placed in a minute at most, above 0"),
  abandonmentThreshold: fraction.describe("Share of answered calls that may find no agent; the law allows 0.03"),
});
const dialer = z.strictObject({ type: z.literal("predictive"), predictiveSettings: settings });
const rules = z.strictObject({ startTime: clockTime, endTime: clockTime, allowedDays: z.array(z.enum(WEEKDAYS)) });
const limits = z.strictObject({ maxCallsPerContactPerDay: count, maxCallsPerContactPerWeek: count, maxCallsPerDay: count });
const WHEN = "When calls may be placed";
const compliance = z.strictObject({
  timeZone: z
    .string()
    .refine(isTimeZone, "an IANA time zone, such as America/New_York")
    .describe(
      "IANA zone in which the hours and days below are read; a tenant of the profile acd reads the hours in the zone of whoever is called",
    ),
  dialingRules: rules.optional().describe(WHEN),
  rateLimits: limits.optional(),
});

const from = (least: number, most: number) => z.int().min(least).max(most).optional();
const minute = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, "a time of day as HH:MM, such as 08:00");
const day = z.strictObject({ isActive: z.boolean().optional(), startTime: minute.optional(), endTime: minute.optional() });
const week = Object.fromEntries(WEEKDAYS.map((name) => [name.toLowerCase(), day.optional()]));

/** Settings of a skill of the profile acd, under the vendor's names. */
const skillControl = z
  .strictObject({
    schedule: z
      .strictObject({
        isScheduled: z
          .boolean()
          .optional()
          .describe("Whether the tenant starts and stops the skill by itself; outdial switches this off, never on"),
        ...week,
      })
      .optional()
      .describe("Days and hours of the schedule, in the tenant's own time zone"),
    retry: z
      .strictObject({
        maximumAttempts: from(1, 300),
        minimumRetryMinutes: from(1, 50_000),
        loadNonFresh: z.boolean().optional(),
        finalizeWhenExhausted: z.boolean().optional(),
        maximumNumberOfHandledCalls: from(1, 300),
        generalStaleMinutes: from(10, 1440),
        callbackRestMinutes: from(1, 129_600),
        callbackStaleMinutes: from(10, 1440),
        maximumNumberOfCallbacks: from(1, 300),
        releaseAgentSpecificCalls: z.boolean().optional(),
      })
      .optional()
      .describe("How often and after how long a record is tried again"),
    listOrder: z
      .array(z.strictObject({ orderType: z.string().min(1), direction: z.string().min(1) }))
      .optional()
      .describe("In which order records are called; words that the tenant's skills already have"),
    agents: z
      .array(z.strictObject({ agentId: z.string().regex(/^\d+$/, "an agent's number, in quotes"), proficiency: from(1, 20) }))
      .optional()
      .describe("All agents of the skill: others are taken off it. Proficiency 1 is the best"),
    dispositions: z
      .array(z.string().min(1))
      .optional()
      .describe("All codes of the skill by name, in the order in which agents see them"),
  })
  .describe("Settings of a skill; for tenants of the profile acd");

/** The fields that are sent to the tenant, without the state. */
const vendorFields = {
  name: z.string().min(1).describe("Names the campaign; a campaign of this name at the tenant is the one that is meant"),
  description: z.string().optional(),
  contactListId: id.describe("The list that is called; its name, too, for tenants of the profile acd"),
  queueId: id.optional().describe("Where answered calls go"),
  reportingGroup: z
    .string()
    .min(1)
    .max(100)
    .optional()
    .describe("The tenant's group for reports; made when there is none of this name"),
  callerId: z
    .string()
    .regex(/^\d{10,15}$/, "10 to 15 digits")
    .optional()
    .describe("The number that is shown to those who are called"),
  doNotCallGroups: z
    .array(z.string().min(1))
    .optional()
    .describe("Names of the tenant's do-not-call groups that its dialer has to obey; none is taken away"),
  contactListFile: contactListFile.optional(),
  dialerConfig: dialer,
  complianceConfig: compliance.optional(),
  skillControl: skillControl.optional(),
  failoverConfig: z
    .strictObject({
      enabled: z.boolean(),
      thresholdType: z.literal("success_rate"),
      thresholdValue: fraction,
      evaluationWindowMinutes: z.int().min(1),
    })
    .optional()
    .describe("The tenant's own alarm about a low success rate; it hands over to nobody"),
};

/** The same for a tenant that keeps what a file leaves out: it holds only a part of the fields, and no file needs the others. */
const partFields = {
  ...vendorFields,
  contactListId: vendorFields.contactListId.optional(),
  dialerConfig: dialer.extend({ predictiveSettings: settings.partial() }).partial().optional(),
  complianceConfig: compliance
    .partial()
    .extend({
      dialingRules: rules.partial({ allowedDays: true }).optional().describe(WHEN),
      rateLimits: limits.partial().optional(),
    })
    .optional(),
};

const webhook = z.strictObject({
  name: z.string().min(1).max(256).describe("Names the registration; one of this name is made or brought up to date"),
  callbackUrl: z
    .url({ protocol: /^https?$/, error: "a web address, https or http" })
    .describe("Where the tenant posts its events"),
  events: z.array(z.enum(EVENTS)).min(1),
  enabled: z.boolean().optional(),
});

const consent = z.strictObject({
  required: z.boolean().describe("Whether contacts without consent are left out of segments"),
  attribute: z
    .string()
    .regex(/^[A-Za-z_][\w-]*(\.[A-Za-z_][\w-]*)*$/, "a path of names joined by dots, such as consentFlags.outbound.call")
    .default("consentFlags.outbound.call")
    .describe("Where a contact's consent stands"),
});

/** Outdial's own sections. */
const ownFields = {
  failover: failoverPolicySchema.optional(),
  webhooks: z.array(webhook).optional().describe("Registrations for the tenant's events about campaigns"),
  consent: consent.optional(),
};

const head = {
  $schema: z.string().optional(),
  id: id.optional().describe("The campaign's id at the tenant; with it the campaign may be renamed. Leave it out to create one"),
  status: z
    .enum(["active", "paused"])
    .optional()
    .describe("The state that is wanted; without it the state is left alone. Activation needs --activate"),
};

/** One document of a campaign file: `whole` for a tenant that takes whole documents, `part` for one that keeps what a file leaves out. */
export const campaignFileSchemas = {
  whole: z.strictObject({ ...head, ...vendorFields, ...ownFields }),
  part: z.strictObject({ ...head, ...partFields, ...ownFields }),
};
/** How much of a campaign its file has to say. */
export type Extent = keyof typeof campaignFileSchemas;

/** The parts of a file that calling rules are about. */
export const regulatedSchema = partFields.complianceConfig.unwrap().shape;

/** A campaign as it is sent to a tenant that takes whole documents. */
export const campaignDraftSchema = z.object(vendorFields);

const ownSchema = z.object(ownFields);

const uploadedSchema = z.object({
  uploaded: z.object({ list: z.string(), sha256: z.string(), records: z.number(), at: z.string() }),
});

/**
 * The uploaded file of records: the list's name, the SHA-256 of the bytes in hex, number of lines after the header, ISO 8601
 * time.
 */
type Uploaded = z.output<typeof uploadedSchema>["uploaded"];

/** The upload of a campaign, from its stored policy; undefined when there was none, or it is not known. */
export const uploadedOf = (kept: unknown): Uploaded | undefined => uploadedSchema.safeParse(kept).data?.uploaded;

/** Outdial's own sections of a campaign file, with defaults filled in. */
export type OwnPolicy = DeepReadonly<z.output<typeof ownSchema>>;

/** Outdial's own sections of a document, or undefined when they violate a rule. */
export function readOwn(document: unknown): OwnPolicy | undefined {
  const parsed = ownSchema.safeParse(document);
  return parsed.success ? parsed.data : undefined;
}

/** Names of the fields that are sent to the tenant. */
export const VENDOR_FIELDS: readonly string[] = Object.keys(vendorFields);

/** The JSON Schema of a campaign file, for editors. @param extent `part` for tenants of the profile acd */
export function campaignFileJsonSchema(extent: Extent = "whole"): object {
  const title = extent === "whole" ? "outdial campaign" : "outdial campaign, profile acd";
  return { title, ...z.toJSONSchema(campaignFileSchemas[extent], { io: "input" }) };
}

/** Paths of every field that is sent to the tenant, such as `dialerConfig.predictiveSettings.callRate`. */
export function vendorPaths(): ReadonlySet<string> {
  const paths = new Set<string>();
  const walk = (schema: unknown, path: string): void => {
    const properties = typeof schema === "object" && schema !== null && "properties" in schema ? schema.properties : undefined;
    if (typeof properties !== "object" || properties === null) paths.add(path);
    else for (const [name, member] of Object.entries(properties)) walk(member, path === "" ? name : `${path}.${name}`);
  };
  walk(z.toJSONSchema(z.strictObject(vendorFields), { io: "input" }), "");
  return paths;
}
