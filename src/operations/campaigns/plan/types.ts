// A plan: what apply would do about each campaign, what it relies on, and what forbids it. All of it JSON.

import type { FittedCampaign } from "../../../tenant/port.ts";
import type { ListedCampaigns } from "../../known/index.ts";
import type { CampaignDocument, FieldChange } from "../file/document.ts";
import type { CampaignFile, Place, Violation } from "../file/parse.ts";
import type { OwnPolicy } from "../file/schema.ts";
import type { Law } from "./law.ts";
import type { ListFacts } from "./list-facts.ts";

/** Name and version of the form of plans. */
export const PLAN_FORMAT = "outdial-campaign-plan/1";

/** A file of records at the time of the plan. */
export interface RecordsFile {
  /** Absolute. */
  readonly path: string;
  /** SHA-256 of its bytes, hex. */
  readonly sha256: string;
  /** Lines after the header. */
  readonly records: number;
}

/** What is wrong with a file of records, and which field of the campaign file names it. */
export interface RecordsProblem {
  readonly field: string;
  readonly problem: string;
}

/** The campaign that a file asks for. */
export type Wanted = Pick<CampaignFile, "id" | "name" | "status" | "document" | "own">;

/** A campaign of the tenant as it was read. */
export interface TenantCampaign {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  /** The version's tag; null when the tenant gives none. */
  readonly etag: string | null;
  /** The whole reply; JSON. */
  readonly document: Readonly<Record<string, unknown>>;
}

/** A registration for the tenant's events, as it was read. */
export interface Registration {
  readonly id: string;
  readonly name: string;
  readonly callbackUrl: string;
  readonly events: readonly string[];
  readonly enabled: boolean;
}

/** The reach of a plan. */
export interface BlastRadius {
  /** Contacts on the list; null when the tenant does not say. */
  readonly contacts: number | null;
  /** Contacts whose place was determined. */
  readonly contactsRead: number;
  readonly zones: Readonly<Record<string, number>>;
  /** Agents that the dialer may keep busy, of the whole tenant; null when its settings cannot be read. */
  readonly agents: number | null;
  readonly callsPerHour: number | null;
  readonly callsInFlight: number | null;
  /** Whether the campaign dials once the plan is applied. */
  readonly dials: boolean;
}

/**
 * - `create`: the tenant has no such campaign. `change`: fields, state or what outdial keeps differ. `in_sync`: nothing differs.
 */
export type PlanAction = "create" | "change" | "in_sync";

/** One campaign of a plan: what exists, what is wanted, and what would change. */
export interface PlanEntry {
  readonly action: PlanAction;
  readonly name: string;
  readonly id: string | null;
  readonly source: Place;
  readonly wanted: Wanted;
  /**
   * What the tenant is sent when that is not the document of the file: it cannot hold all of it, or it keeps fields that it is
   * not sent.
   */
  readonly fitted?: { readonly document: CampaignDocument; readonly merges: boolean } | undefined;
  /** The records that its list is made of, when they have to be uploaded. */
  readonly records?: RecordsFile | undefined;
  /**
   * What a person should know about a file of records whose list the campaign uses already, and the SHA-256 then and now where
   * they differ.
   */
  readonly uploaded?:
    | { readonly note: string; readonly differs?: { readonly before: string; readonly after: string } | undefined }
    | undefined;
  /** The existing campaign; null for a new one. */
  readonly before: (TenantCampaign & { readonly own: unknown }) | null;
  /** Every field that differs: the tenant's, `status`, and outdial's own below `failover`, `consent`, `webhooks`. */
  readonly changes: readonly FieldChange[];
  /** Whether the tenant is sent a document; false when only what outdial keeps differs, or the state. */
  readonly writes: boolean;
  /** State that the document is sent with. */
  readonly status: "active" | "paused";
  /** Whether the campaign is activated afterwards, past the gate. */
  readonly activates: boolean;
  /** The file wants it active but --activate was not given, so it is left unchanged. */
  readonly held: boolean;
  /** What outdial will store: the file's own part with the backup's id in place of its name, as far as that exists. */
  readonly own: OwnPolicy;
  /** Registrations at the tenant that this campaign's `webhooks` name. */
  readonly registrations: readonly Registration[];
  readonly blast: BlastRadius;
}

/** A campaign of the tenant that no file describes; it is left alone. */
export type Unmanaged = Pick<TenantCampaign, "id" | "name" | "status">;

/** Campaign files compared with the tenant, to be looked at and then applied. */
export interface CampaignPlan {
  readonly format: typeof PLAN_FORMAT;
  /** SHA-256 over everything that the plan relies on, hex. */
  readonly hash: string;
  readonly activate: boolean;
  /** The rule pack, `id@version`. */
  readonly pack: string;
  /** In the order in which they are applied: backups before their primaries. */
  readonly entries: readonly PlanEntry[];
  readonly unmanaged: readonly Unmanaged[];
  /** Not empty: the plan cannot be applied. */
  readonly violations: readonly Violation[];
  /** What a person should know; none of it forbids an apply. */
  readonly notices: readonly string[];
}

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
  readonly law: Law;
  readonly packVersion: string;
  readonly agents: number | null;
  readonly activate: boolean;
}
