// Capabilities about campaigns: to run them, to make and change them, and their pacing.

import type { CallOptions } from "./call-options.ts";
import type { Capability } from "./capability.ts";
import type { Lock, Locked } from "./locked.ts";
import type { CallReport } from "./report.ts";
import type {
  ActivationView,
  CampaignDraft,
  CampaignView,
  PacingDocument,
  PacingPolicy,
  PolicyVerdict,
  ProgressView,
  SimulatorResult,
  SimulatorRun,
  ViewList,
} from "./views.ts";

/** Starts and pauses campaigns. */
export interface CampaignRunner {
  readonly capability: Capability & {
    /** Whose clock its calling hours are about: one for the whole campaign, or that of each person called. */
    readonly hoursOf: "campaign" | "called";
  };
  status(campaignId: string, options?: CallOptions): Promise<CampaignView>;
  /** `already` is true when the campaign was in that state before. A pause uses the lane `stop` by default. */
  setStatus(
    campaignId: string,
    status: "active" | "paused",
    options?: CallOptions,
  ): Promise<{ readonly already: boolean } & CallReport>;
}

/** A campaign as a campaign file describes it, with the tenant's present campaign when there is one. Both as JSON. */
export interface CampaignToFit {
  readonly document: Readonly<Record<string, unknown>>;
  readonly there: Readonly<Record<string, unknown>> | undefined;
}

/** A campaign file in the form that the tenant can hold. */
export interface FittedCampaign {
  readonly document: Readonly<Record<string, unknown>>;
  /** True when fields missing in the document stay as they are; otherwise they are removed from the campaign. */
  readonly merges: boolean;
  /** Paths, or prefixes of paths, that are missing in the document although nothing is lost. */
  readonly unsaid: readonly string[];
  /** For other fields that are not sent: the reason by path, where it is not simply that the tenant has no such field. */
  readonly why: Readonly<Record<string, string>>;
  /** Fields that the tenant would refuse, with the reason. */
  readonly refused: readonly { readonly field: string; readonly message: string }[];
}

/** The input for making a campaign piece by piece. */
export interface Placing {
  readonly status: "active" | "paused";
  /** Name of the file of records: always the same for a plan and a campaign, and different from all others. */
  readonly fileName: string;
  /** The records of its list, as CSV with a header. Called when they are needed. */
  readonly records: () => Promise<Uint8Array>;
}

/**
 * One piece that was made or changed; `done` when none was missing. `id` is the campaign's id, once it has one. `notes`: in
 * words, what the tenant did not take of what was sent.
 */
export type PlacedPiece =
  | { readonly done: true; readonly id: string; readonly notes: readonly string[] }
  | { readonly done: false; readonly piece: string; readonly id: string | null };

/** Campaigns as whole documents: reading, creating, replacing. Nothing here deletes. */
export interface CampaignProvisioning {
  /** Capability of reading campaigns. */
  readonly capability: Capability;
  /** Capability of creating and changing campaigns from files. */
  readonly making: Capability;
  /** Capability of handling a campaign as one document: shown whole, made from dialer settings. */
  readonly documents: Capability;
  campaigns(options?: CallOptions): ViewList<CampaignView>;
  read(campaignId: string, options?: CallOptions): Promise<Locked<CampaignView>>;
  /** Campaign files as this tenant can hold them, in the same order. */
  fit(wanted: readonly CampaignToFit[], options?: CallOptions): Promise<readonly FittedCampaign[]>;
  /**
   * For tenants where a campaign consists of several pieces: looks for each piece, and makes or changes the first that is not as
   * the document says. It can be repeated after any failure. Absent where one request creates or replaces the whole; where it is
   * present, `create` and `replace` are refused.
   * @throws TenantError `refused`, `unknown_outcome`
   */
  readonly place?: (
    document: Readonly<Record<string, unknown>>,
    campaignId: string | null,
    placing: Placing,
    options?: CallOptions,
  ) => Promise<PlacedPiece>;
  /**
   * Creates a campaign. The same key with the same document does not create a second one. @throws TenantError `refused`,
   * `unknown_outcome`
   */
  create(campaign: CampaignDraft, idempotencyKey: string, options?: CallOptions): Promise<{ readonly id: string }>;
  /** Replaces the whole document, including its state. @throws TenantError `stale_lock`, `refused`, `unknown_outcome` */
  replace(
    campaignId: string,
    campaign: CampaignDraft,
    lock: Lock | undefined,
    idempotencyKey: string,
    options?: CallOptions,
  ): Promise<CallReport>;
}

/**
 * The pacing settings as one document: of the tenant, or of the campaign `subject` where a tenant keeps them by campaign
 * (`capability.perCampaign`). A tenant with one document for all ignores `subject`.
 */
export interface PacingSettings {
  readonly capability: Capability & {
    readonly perCampaign: boolean;
    /** Whether one activation consists of several writes: when one of them fails, the others are in force. */
    readonly inPieces: boolean;
  };
  read(subject: string | undefined, options?: CallOptions): Promise<Locked<Readonly<Record<string, unknown>>>>;
  validate(policy: PacingPolicy, options?: CallOptions): Promise<PolicyVerdict>;
  /**
   * Requests activation. Resolves when the tenant has accepted it, which does not mean that it is in force.
   * @param onto version tag that the change is based on
   * @throws TenantError `stale_lock`, `unknown_outcome`
   */
  activate(
    subject: string | undefined,
    settings: PacingDocument,
    onto: string | undefined,
    options?: CallOptions,
  ): Promise<ActivationView>;
  /**
   * Settings as this tenant can hold them: numbers that it keeps as whole numbers are rounded down. Absent where all settings are
   * kept as given.
   */
  readonly fit?: ((settings: PacingDocument) => PacingDocument) | undefined;
  /**
   * Fields that the tenant shows and that cannot be written, by path, each with a description of what is shown. Absent: every
   * field can be written.
   */
  readonly shownOnly?: Readonly<Record<string, string>> | undefined;
  /** Values that this tenant would refuse, by path. Absent: `validate` asks the tenant itself. */
  readonly refusals?: ((settings: PacingDocument) => readonly { readonly path: string; readonly message: string }[]) | undefined;
  /** The tenant's own simulator. Absent where it has none. */
  readonly simulate?: ((run: SimulatorRun, options?: CallOptions) => Promise<SimulatorResult>) | undefined;
  /** How far an activation is. */
  progress(operationId: string, options?: CallOptions): Promise<ProgressView>;
  /** Whether a campaign can be created from settings alone. */
  readonly making: Capability;
  /** Creates a campaign that dials with these settings. */
  createCampaign(settings: PacingDocument, options?: CallOptions): Promise<{ readonly id: string }>;
}
