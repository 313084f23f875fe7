// What operations need of a tenant, for every vendor profile: small interfaces, each with a declared capability record. Ids are
// opaque texts. "Already in this state", locks and refusals of single items are values, not peculiarities of one API.

import type { CallOptions } from "./call-options.ts";
import type { Capability } from "./capability.ts";
import type { DoNotCallGroups, ScheduledCallbacks } from "./do-not-call-capabilities.ts";
import type { Lock, Locked } from "./locked.ts";
import type { OpenedPage, PageOpener } from "./opened.ts";
import type { CallReport, RequestResult } from "./report.ts";
import type {
  ActivationView,
  AgentView,
  CallRow,
  CallsAsked,
  CampaignDraft,
  CampaignEventsDraft,
  CampaignView,
  ContactRow,
  ContactsAsked,
  DialerEventsDraft,
  DispositionAssignment,
  DispositionMatrixView,
  DispositionTreeView,
  InteractionEntry,
  InteractionView,
  ListCounts,
  MetricsView,
  PacingDocument,
  PacingPolicy,
  PolicyVerdict,
  ProgressView,
  RecordingView,
  SimulatorResult,
  SimulatorRun,
  StoredDisposition,
  ViewList,
} from "./views.ts";

/** The codes that can be set on a campaign's calls. */
export interface DispositionCatalog {
  readonly capability: Capability;
  /** @throws TenantError `not_found` for an unknown campaign */
  matrix(campaignId: string, options?: CallOptions): Promise<DispositionMatrixView>;
}

/**
 * - `stored`: the tenant stored it. `unchanged`: the tenant had it already.
 * - `refused`: the content breaks a rule of the tenant, or of ours before sending. `locked`: the call takes no disposition now.
 *   `not_found`: no such call.
 * - `unknown`: it may have been stored; read back. `failed`: it was not stored.
 * - `contact_tagged`: a tag was set instead; the disposition is unchanged. Only from a `DispositionTagger`; its `message` says why an
 *   active call's disposition could not be set.
 */
export type AssignResult = "contact_tagged" | "stored" | "unchanged" | "refused" | "locked" | "not_found" | "unknown" | "failed";

/** The result of one assignment. */
export interface AssignOutcome {
  readonly result: AssignResult;
  /** The last HTTP status, if any. */
  readonly statusCode?: number;
  /** For anything but success: the tenant's message or ours. */
  readonly message?: string;
  /** The body of the tenant's last 5xx reply; see `TenantError.vendorBody`. */
  readonly vendorBody?: string;
  readonly attempts: number;
  readonly attemptLatenciesMs: readonly number[];
  /** Milliseconds from the first sending to the end, including pauses before repetitions. */
  readonly latencyMs: number;
  /** Milliseconds spent waiting for the rate budget and the token. */
  readonly waitedMs: number;
  /** Number of 429s. */
  readonly rateLimited: number;
  /** True when an attempt before the last may have been executed: `unchanged` may then be our own doing. */
  readonly earlierUnknown: boolean;
  readonly correlationId?: string;
}

/** Adds a tag that names a code to a finished call; the disposition of a call that is still active is set. */
export interface DispositionTagger {
  /**
   * `stored` for an active call, `contact_tagged` for a finished one. Can be repeated: the tag is set once. Throws as `assign`
   * does.
   */
  add(
    callId: string,
    assignment: Pick<DispositionAssignment, "dispositionCodeId" | "notes">,
    options?: CallOptions,
  ): Promise<AssignOutcome>;
  /** Whether the tenant has the call: `unchanged` when it has. Writes nothing. */
  look(callId: string, options?: CallOptions): Promise<AssignOutcome>;
}

/** Sets the disposition of a finished call. */
export interface DispositionWriter {
  readonly capability: Capability;
  /** The alternative where dispositions cannot be set; a person must choose it. */
  readonly tagger?: DispositionTagger | undefined;
  /**
   * Sets a disposition. Never repeats a request that could act twice. The outcome of the item is a value.
   * @throws TenantError for what concerns all items: `unauthorized`, `missing_scope`, `redirect_refused`, `invalid_config`,
   * `deadline_exceeded`, and `aborted` when nothing was sent (an assignment that may have been executed is `unknown`)
   */
  assign(callId: string, assignment: DispositionAssignment, options?: CallOptions): Promise<AssignOutcome>;
}

/** The state of one call. */
export interface CallState {
  readonly status: string;
  /** The disposition that was set on it, when there is one. */
  readonly disposition?: StoredDisposition;
}

/** Reads single calls. Errors: TenantError. */
export interface CallReader {
  readonly capability: Capability;
  /** The call, or undefined when the tenant has no call with that id. */
  read(callId: string, options?: CallOptions): Promise<CallState | undefined>;
  /** Everything that the tenant shows of a call. @throws TenantError `not_found` */
  show(callId: string, options?: CallOptions): Promise<CallRow>;
  /** The recordings of a call; none when it has none. Absent where a tenant does not tell them. @throws TenantError */
  recordings?(callId: string, options?: CallOptions): Promise<readonly RecordingView[]>;
}

/** What was taken off calling lists. */
export interface TakenOff {
  readonly records: number;
  readonly lists: readonly string[];
  /** Ids of the lists that were there. */
  readonly there: readonly string[];
  /** Ids of known lists that the list of lists lacks and that the tenant says not to have. */
  readonly absent: readonly string[];
  readonly failed: readonly string[];
}

/** What the tenant keeps for its dialer, of which the vendor's housekeeping takes away what is too much or too old. Null: it does not say. */
export interface Inventory {
  /** Contacts of all lists that may be called. */
  readonly contacts: number | null;
  /** Numbers of all do-not-call groups. */
  readonly doNotCall: number | null;
  /** Most of both together. */
  readonly most: number;
  /** For how long a list keeps its dials, days. */
  readonly keptDays: number;
  /** Days since the last file of each list. */
  readonly lists: readonly { readonly id: string; readonly name: string; readonly days: number | null }[];
}

/** A list of one campaign, and its copy that another one calls. */
export interface CopiedList {
  readonly list: string;
  readonly copy: string;
  /** Open records that were sent. */
  readonly records: number;
  /** There was such a copy before: nothing was sent. */
  readonly already: boolean;
  /** In words, what is not as in the list. */
  readonly notes: readonly string[];
}

/** Of what contacts are counted: the lists of a campaign, otherwise a list by its id, as `contacts` takes it. */
export interface CountsAsked {
  readonly campaignId?: string | undefined;
  readonly listId?: string | undefined;
}

/** The contacts of a list. */
export interface ContactSource {
  readonly capability: Capability;
  contacts(listId: string, query?: ContactsAsked, options?: CallOptions): ViewList<ContactRow>;
  /** `contacts` gives all open contacts of the list, whatever the query says. */
  readonly unfiltered?: boolean;
  /** Attributes that no contact can have as outdial is set, by their paths: what to do. */
  readonly lacking?: Readonly<Record<string, string>> | undefined;
  /**
   * The calls to the contacts of a list since an instant (ms since the epoch), whoever placed them: their times in ms since the
   * epoch, by number as `contacts` writes it. Absent where a tenant cannot list calls by contact list.
   */
  placed?(listId: string, since: number, options?: CallOptions): Promise<ReadonlyMap<string, readonly number[]>>;
  /**
   * Takes the open records of people with one of these numbers (digits as the tenant writes them) off all lists that may be called; `failed` says why some are, or may
   * be, still there. Can be repeated. Absent where a tenant cannot.
   * @param known.lists ids of lists that are known, as `contacts` takes them: those that the tenant's list of lists lacks are looked at by themselves, but for those
   * that are `gone`
   */
  takeOff?(
    numbers: ReadonlySet<string>,
    known: { readonly lists: readonly string[]; readonly gone: ReadonlySet<string> },
    options?: CallOptions,
  ): Promise<TakenOff>;
  /**
   * Brings the open records of a campaign's lists to another campaign that does not dial, as lists of its own. Can be repeated. Absent where campaigns name their
   * lists. @throws TenantError `refused` when the other campaign may dial
   */
  copyTo?(from: string, to: string, options?: CallOptions): Promise<readonly CopiedList[]>;
  /** Absent where a tenant takes nothing away by itself. */
  inventory?(options?: CallOptions): Promise<Inventory>;
  /** Progress of lists; undefined when the tenant's list of them has none of these. Absent where a tenant does not count it. */
  readonly counts?: ((of: CountsAsked, options?: CallOptions) => Promise<ListCounts | undefined>) | undefined;
}

/** The tenant's own count of dials. */
export interface CountedDials {
  /** By quarter of an hour: its beginning, ms since the epoch. */
  readonly quarters: ReadonlyMap<number, number>;
  readonly lists: readonly string[];
}

/** Ended calls with their outcomes. */
export interface OutcomeSource {
  readonly capability: Capability;
  /** How far back calls can be asked for, days. */
  readonly reachDays: number;
  /**
   * UTC days, as the instants of their beginnings, with calls that began before `before` and were changed since `since` (late
   * wrap-ups and dispositions). Absent where a tenant does not report changes.
   */
  readonly changedDays?: (
    campaignId: string,
    range: { readonly since: number; readonly before: number },
    options?: CallOptions,
  ) => Promise<readonly number[]>;
  /**
   * How many dials the tenant counts in each whole quarter of an hour within a range, as far as the quarters are settled, and the calling lists that
   * the calls come from. Absent where a tenant does not count dials.
   */
  readonly dials?: (
    campaignId: string,
    range: { readonly from: number; readonly to: number },
    options?: CallOptions,
  ) => Promise<CountedDials>;
  calls(query: CallsAsked, options?: CallOptions): ViewList<CallRow>;
  /** The same page by page, with bodies read by `open`, for example on another thread, so that this thread holds no rows. */
  openedCalls<Kept>(
    query: CallsAsked,
    open: PageOpener<Kept>,
    options?: CallOptions,
  ): AsyncGenerator<OpenedPage<Kept>, void, undefined>;
}

/** Live answers of one hour, which begins a whole number of hours before the reading (ms since the epoch). */
export interface AnsweredHour {
  readonly start: number;
  readonly connects: number;
  readonly abandons: number;
}

/** Reads what a campaign and its dialer do. Errors: TenantError. */
export interface MetricsSource {
  readonly capability: Capability;
  campaign(campaignId: string, windowMinutes?: number, options?: CallOptions): Promise<MetricsView>;
  /**
   * The tenant's own count of the live answers of the last 30 days before `now`: the last day by hour, what was before as one hour before it.
   * Undefined when it does not say so of this campaign. Absent where a tenant does not count them.
   */
  answered?(campaignId: string, now: number, options?: CallOptions): Promise<readonly AnsweredHour[] | undefined>;
  /** Who is assigned to a campaign, and who is signed in on it. Absent where a tenant does not tell; figures then have no agents either. */
  agents?(campaignId: string, options?: CallOptions): Promise<readonly AgentView[]>;
  /** The dialer's measurements by hour, as the tenant sends them. @param metrics names of figures */
  hourly(
    query: { readonly campaignId?: string | undefined; readonly metrics: readonly string[] },
    options?: CallOptions,
  ): AsyncIterable<object>;
}

/** An entry of the tenant's audit log as the tenant sends it, under its own names. */
export type VendorAuditEntry = Readonly<Record<string, unknown>>;

/** The dispositions of closed interactions: the whole array is read and written under a lock. */
export interface InteractionDispositions {
  readonly capability: Capability;
  /** Of reading, where a tenant shows dispositions and cannot correct them; default: `capability`. */
  readonly reading?: Capability;
  tree(options?: CallOptions): Promise<DispositionTreeView>;
  read(interactionId: string, options?: CallOptions): Promise<Locked<InteractionView>>;
  /**
   * Replaces the array: entries that are not sent are erased. The result has the new version's tag as `etag`. @throws TenantError
   * `stale_lock`
   */
  replace(
    interactionId: string,
    dispositions: InteractionEntry[],
    lock: Lock,
    options?: CallOptions,
  ): Promise<RequestResult<InteractionView>>;
}

/** The tenant's webhooks: its events, delivered to an address of ours. */
export interface VendorEvents {
  readonly capability: Capability;
  /** The registrations as the tenant sends them. */
  registrations(kind: "campaign" | "dialer", options?: CallOptions): Promise<readonly unknown[]>;
  /** Returns the id of the registration. */
  registerCampaignEvents(webhook: CampaignEventsDraft, options?: CallOptions): Promise<string>;
  registerDialerEvents(webhook: DialerEventsDraft, options?: CallOptions): Promise<string>;
  updateCampaignEvents(webhookId: string, webhook: CampaignEventsDraft, options?: CallOptions): Promise<void>;
  /** `already` is true when it was already gone. */
  remove(kind: "campaign" | "dialer", webhookId: string, options?: CallOptions): Promise<{ readonly already: boolean }>;
}

/** The tenant's own audit log. */
export interface VendorAudit {
  readonly capability: Capability;
  entries(entity: string, options?: CallOptions): AsyncIterable<VendorAuditEntry>;
}

/** All capabilities of a tenant. */
export interface Capabilities {
  readonly dispositionCatalog: DispositionCatalog;
  readonly dispositionWriter: DispositionWriter;
  readonly callReader: CallReader;
  readonly campaignRunner: CampaignRunner;
  readonly campaignProvisioning: CampaignProvisioning;
  readonly pacingSettings: PacingSettings;
  readonly contactSource: ContactSource;
  readonly outcomeSource: OutcomeSource;
  readonly metricsSource: MetricsSource;
  readonly interactionDispositions: InteractionDispositions;
  readonly vendorEvents: VendorEvents;
  readonly vendorAudit: VendorAudit;
  readonly doNotCallGroups: DoNotCallGroups;
  readonly scheduledCallbacks: ScheduledCallbacks;
}

// Capabilities about campaigns: to run them, to make and change them, and their pacing.

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
  /** In words, what a person should know of it: numbers that the tenant rounds, and what it does by itself. */
  readonly notes?: readonly string[];
  /** In words, what no file sets at this tenant. */
  readonly elsewhere?: string;
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
  campaigns(options?: CallOptions): ViewList<CampaignView>;
  /** The list tells of each campaign all that reading it alone tells. */
  readonly listsWhole?: boolean;
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
