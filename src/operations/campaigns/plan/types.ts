// A plan: what apply would do about each campaign, what it relies on, and what forbids it. All of it JSON.

import type { FittedCampaign } from "../../../tenant/port.ts";
import type { CampaignDocument, FieldChange } from "../file/document.ts";
import type { CampaignFile, Place, Violation } from "../file/parse.ts";
import type { OwnPolicy } from "../file/schema.ts";
import type { Law } from "./law.ts";
import type { ListFacts } from "./list-facts.ts";

/** Name and version of the form of plans. */
export const PLAN_FORMAT = "outdial-campaign-plan/1";

/** A file of records, as the plan saw it. */
export interface RecordsFile {
  /** Absolute. */
  readonly path: string;
  /** SHA-256 of its bytes, hex. */
  readonly sha256: string;
  /** Lines after the header. */
  readonly records: number;
}

/** What is wrong with a file of records, and which field of the campaign file says so. */
export interface RecordsProblem {
  readonly field: string;
  readonly problem: string;
}

/** A campaign as a file wants it. */
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

/** What a plan reaches. */
export interface BlastRadius {
  /** Contacts on the list; null when the tenant does not say. */
  readonly contacts: number | null;
  /** Contacts whose place was looked at. */
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

/** One campaign of a plan: what is there, what is wanted, and what would change. */
export interface PlanEntry {
  readonly action: PlanAction;
  readonly name: string;
  readonly id: string | null;
  readonly source: Place;
  readonly wanted: Wanted;
  /** What the tenant is sent where that is not the document of the file: it cannot hold all of it, or keeps what it is not sent. */
  readonly fitted?: { readonly document: CampaignDocument; readonly merges: boolean } | undefined;
  /** The records that its list is made of, when they have to be uploaded. */
  readonly records?: RecordsFile | undefined;
  /** What a person should know of a file of records whose list the campaign calls already, and the SHA-256 of it then and now where they differ. */
  readonly uploaded?:
    | { readonly note: string; readonly differs?: { readonly before: string; readonly after: string } | undefined }
    | undefined;
  /** What is there; null for a new campaign. */
  readonly before: (TenantCampaign & { readonly own: unknown }) | null;
  /** Every field that differs: the tenant's, `status`, and outdial's own below `failover`, `consent`, `webhooks`. */
  readonly changes: readonly FieldChange[];
  /** Whether the tenant is sent a document; false when only what outdial keeps differs, or the state. */
  readonly writes: boolean;
  /** State that the document is sent with. */
  readonly status: "active" | "paused";
  /** Whether the campaign is activated afterwards, past the gate. */
  readonly activates: boolean;
  /** The file wants it active and --activate was not given: it is left as it is. */
  readonly held: boolean;
  /** What is kept: the file's own part with the backup's id in place of its name, as far as it exists. */
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
  /** In the order in which they are applied: backups before those they stand in for. */
  readonly entries: readonly PlanEntry[];
  readonly unmanaged: readonly Unmanaged[];
  /** Not empty: the plan cannot be applied. */
  readonly violations: readonly Violation[];
  /** What a person should know and what forbids nothing. */
  readonly notices: readonly string[];
}

/** What a plan is made with. */
export interface PlanFacts {
  readonly tenant: readonly TenantCampaign[];
  /** For each campaign of the files, in their order: how the tenant can hold it. */
  readonly fitted: readonly FittedCampaign[];
  /** For each campaign of the files, in their order: its file of records, or what is wrong with it; undefined where none is looked at. */
  readonly records: readonly (RecordsFile | RecordsProblem | undefined)[];
  /** By id. */
  readonly lists: ReadonlyMap<string, ListFacts>;
  /** What is kept about campaigns, by id; JSON. */
  readonly policies: ReadonlyMap<string, unknown>;
  readonly registrations: readonly Registration[];
  readonly law: Law;
  readonly packVersion: string;
  readonly agents: number | null;
  readonly activate: boolean;
}
