// A plan: what apply would do about each campaign, what it relies on, and what forbids it. All of it JSON.

import { z } from "zod";
import type { DeepReadonly } from "../../../kernel/index.ts";
import type { FittedCampaign } from "../../../tenant/port.ts";
import type { ListedCampaigns } from "../../known/index.ts";
import { place, violation } from "../file/read-texts.ts";
import { readOwn } from "../file/schema.ts";
import type { CampaignLaw } from "./law.ts";
import type { ListFacts } from "./list-facts.ts";

/** Name and version of the form of plans. */
export const PLAN_FORMAT = "outdial-campaign-plan/1";

const json = z.record(z.string(), z.unknown());
const own = json.transform((value, context) => {
  const read = readOwn(value);
  if (read !== undefined) return read;
  context.addIssue("what outdial keeps of a campaign cannot be read");
  return z.NEVER;
});
const state = z.enum(["active", "paused"]);

/** `path` absolute, `sha256` of its bytes in hex, `records` the lines after the header. */
const recordsFile = z.object({ path: z.string(), sha256: z.string(), records: z.number() });
/** A file of records at the time of the plan. */
export type RecordsFile = DeepReadonly<z.output<typeof recordsFile>>;

/** What is wrong with a file of records, and which field of the campaign file names it. */
export interface RecordsProblem {
  readonly field: string;
  readonly problem: string;
}

const tenantCampaign = z.object({
  id: z.string(),
  name: z.string(),
  status: z.string(),
  /** The version's tag; null when the tenant gives none. */
  etag: z.string().nullable(),
  /** The whole reply; JSON. */
  document: json,
});
/** A campaign of the tenant as it was read. */
export type TenantCampaign = DeepReadonly<z.output<typeof tenantCampaign>>;

/** The form of a registration for the tenant's events. */
export const registration = z.object({
  id: z.string(),
  name: z.string(),
  callbackUrl: z.string(),
  events: z.array(z.string()),
  enabled: z.boolean(),
});
/** A registration for the tenant's events, as it was read. */
export type Registration = DeepReadonly<z.output<typeof registration>>;

const blast = z.object({
  /** Contacts on the list; null when the tenant does not say. */
  contacts: z.number().nullable(),
  /** Contacts whose place was determined. */
  contactsRead: z.number(),
  zones: z.record(z.string(), z.number()),
  /** Agents that the dialer may keep busy, of the whole tenant; null when its settings cannot be read. */
  agents: z.number().nullable(),
  callsPerHour: z.number().nullable(),
  callsInFlight: z.number().nullable(),
  /** Whether the campaign dials once the plan is applied. */
  dials: z.boolean(),
});
/** The reach of a plan. */
export type BlastRadius = DeepReadonly<z.output<typeof blast>>;

const entry = z.object({
  /** `create`: the tenant has no such campaign. `change`: fields, state or what outdial keeps differ. `in_sync`: nothing differs. */
  action: z.enum(["create", "change", "in_sync"]),
  name: z.string(),
  id: z.string().nullable(),
  source: place,
  wanted: z.object({ id: z.string().nullable(), name: z.string(), status: state.nullable(), document: json, own }),
  /**
   * What the tenant is sent when that is not the document of the file: it cannot hold all of it, or it keeps fields that it is
   * not sent.
   */
  fitted: z.object({ document: json, merges: z.boolean() }).optional(),
  /** The records that its list is made of, when they have to be uploaded. */
  records: recordsFile.optional(),
  /**
   * What a person should know about a file of records whose list the campaign uses already, and the SHA-256 then and now where
   * they differ.
   */
  uploaded: z.object({ note: z.string(), differs: z.object({ before: z.string(), after: z.string() }).optional() }).optional(),
  /** The existing campaign; null for a new one. */
  before: tenantCampaign.extend({ own: z.unknown() }).nullable(),
  /** Every field that differs: the tenant's, `status`, and outdial's own below `failover`, `consent`, `webhooks`. */
  changes: z.array(z.object({ path: z.string(), before: z.unknown().exactOptional(), after: z.unknown().exactOptional() })),
  /** Whether the tenant is sent a document; false when only what outdial keeps differs, or the state. */
  writes: z.boolean(),
  /** State that the document is sent with. */
  status: state,
  /** Whether the campaign is activated afterwards, past the gate. */
  activates: z.boolean(),
  /** The file wants it active but --activate was not given, so it is left unchanged. */
  held: z.boolean(),
  /** What outdial will store: the file's own part with the backup's id in place of its name, as far as that exists. */
  own,
  /** Registrations at the tenant that this campaign's `webhooks` name. */
  registrations: z.array(registration),
  blast,
});
/** One campaign of a plan: what exists, what is wanted, and what would change. */
export type PlanEntry = DeepReadonly<z.output<typeof entry>>;

/** A campaign of the tenant that no file describes; it is left alone. */
export type Unmanaged = Pick<TenantCampaign, "id" | "name" | "status">;

/** The form of a plan on disk. */
export const campaignPlan = z.object({
  format: z.literal(PLAN_FORMAT),
  /** SHA-256 over everything that the plan relies on, hex. */
  hash: z.string(),
  activate: z.boolean(),
  /** The rule pack, `id@version`. */
  pack: z.string(),
  /** In the order in which they are applied: backups before their primaries. */
  entries: z.array(entry),
  unmanaged: z.array(tenantCampaign.pick({ id: true, name: true, status: true })),
  /** Not empty: the plan cannot be applied. */
  violations: z.array(violation),
  /** What a person should know; none of it forbids an apply. */
  notices: z.array(z.string()),
});
/** Campaign files compared with the tenant, to be looked at and then applied. */
export type CampaignPlan = DeepReadonly<z.output<typeof campaignPlan>>;

/** What a plan is made from. */
export interface PlanFacts {
  readonly tenant: readonly TenantCampaign[];
  /** What the tenant's list lacks of the campaigns that are known. */
  readonly listed: Pick<ListedCampaigns, "comparison" | "shorter">;
  /** For each campaign of the files, in their order: the form that the tenant can hold. */
  readonly fitted: readonly FittedCampaign[];
  /**
   * For each campaign of the files, in their order: its file of records, or what is wrong with it; undefined when none is read.
   */
  readonly records: readonly (RecordsFile | RecordsProblem | undefined)[];
  /** By id. */
  readonly lists: ReadonlyMap<string, ListFacts>;
  /** What is stored about campaigns, by id; JSON. */
  readonly policies: ReadonlyMap<string, unknown>;
  readonly registrations: readonly Registration[];
  readonly law: CampaignLaw;
  readonly packVersion: string;
  readonly agents: number | null;
  readonly activate: boolean;
}
