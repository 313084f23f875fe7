// A plan on disk: written by plan --out, read by apply. Its own hash is checked before anything else is done with it.

import { z } from "zod";
import { canonicalJson, issueText } from "../../../kernel/index.ts";
import { OperationError } from "../../error.ts";
import type { CampaignFile, ParsedFiles } from "../file/parse.ts";
import { readOwn } from "../file/schema.ts";
import { planHash } from "./hash.ts";
import { type CampaignPlan, PLAN_FORMAT, type PlanEntry } from "./types.ts";

const json = z.record(z.string(), z.unknown());
const own = json.transform((value, context) => {
  const read = readOwn(value);
  if (read !== undefined) return read;
  context.addIssue("what outdial keeps of a campaign cannot be read");
  return z.NEVER;
});
const place = z.object({ file: z.string(), line: z.number(), column: z.number() });
const field = z.object({ path: z.string(), before: z.unknown().exactOptional(), after: z.unknown().exactOptional() });
const state = z.enum(["active", "paused"]);
const registration = z.object({
  id: z.string(),
  name: z.string(),
  callbackUrl: z.string(),
  events: z.array(z.string()),
  enabled: z.boolean(),
});

const entry = z.object({
  action: z.enum(["create", "change", "in_sync"]),
  name: z.string(),
  id: z.string().nullable(),
  source: place,
  wanted: z.object({ id: z.string().nullable(), name: z.string(), status: state.nullable(), document: json, own }),
  fitted: z.object({ document: json, merges: z.boolean() }).exactOptional(),
  records: z.object({ path: z.string(), sha256: z.string(), records: z.number() }).exactOptional(),
  uploaded: z
    .object({ note: z.string(), differs: z.object({ before: z.string(), after: z.string() }).exactOptional() })
    .exactOptional(),
  before: z
    .object({
      id: z.string(),
      name: z.string(),
      status: z.string(),
      etag: z.string().nullable(),
      document: json,
      own: z.unknown(),
    })
    .nullable(),
  changes: z.array(field),
  writes: z.boolean(),
  status: state,
  activates: z.boolean(),
  held: z.boolean(),
  own,
  registrations: z.array(registration),
  blast: z.object({
    contacts: z.number().nullable(),
    contactsRead: z.number(),
    zones: z.record(z.string(), z.number()),
    agents: z.number().nullable(),
    callsPerHour: z.number().nullable(),
    callsInFlight: z.number().nullable(),
    dials: z.boolean(),
  }),
});

const violation = place.extend({
  rule: z.enum([
    "NUMBER_AS_TEXT",
    "OUT_OF_RANGE",
    "TIME_ZONE",
    "WINDOW",
    "CAP",
    "ABANDONMENT",
    "DUPLICATE",
    "AMBIGUOUS",
    "UNKNOWN_CAMPAIGN",
    "BACKUP",
    "WEBHOOK",
    "STATE",
    "NOT_HELD",
    "RECORDS",
    "MISSING",
    "SHRUNK",
  ]),
  campaign: z.string(),
  field: z.string(),
  message: z.string(),
});

const plan = z.object({
  format: z.literal(PLAN_FORMAT),
  hash: z.string(),
  activate: z.boolean(),
  pack: z.string(),
  entries: z.array(entry),
  unmanaged: z.array(z.object({ id: z.string(), name: z.string(), status: z.string() })),
  violations: z.array(violation),
  notices: z.array(z.string()),
});

/** Whether a text is a plan rather than a campaign file. */
export function looksLikePlan(text: string): boolean {
  return /^\s*\{/.test(text) && text.includes(`"${PLAN_FORMAT}"`);
}

/** The plan in a JSON value. Throws OperationError `invalid_input` when it is not a plan, or was changed since it was made. */
export function readPlan(value: unknown, name: string): CampaignPlan {
  const parsed = plan.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new OperationError("invalid_input", `${name} is no plan: ${issue?.path.join(".")}: ${issueText(issue)}`);
  }
  const read: CampaignPlan = parsed.data;
  if (planHash(read) !== read.hash)
    throw new OperationError("invalid_input", `${name} was changed after it was made: its content is not plan ${read.hash}`, {
      advice: "Change the campaign files and make a new plan.",
    });
  return read;
}

/** The text of a plan's file. */
export const planText = (made: CampaignPlan): string => `${canonicalJson(made)}\n`;

/** The campaigns of a plan as files, so that they can be planned again. */
export function filesOf(made: CampaignPlan): ParsedFiles {
  return { campaigns: made.entries.map(fileOf), violations: [] };
}

function fileOf({ source, wanted }: PlanEntry): CampaignFile {
  return { ...wanted, source, placeOf: () => source };
}
