// What operations want of a tenant, whatever vendor profile serves it: small interfaces, each with a declared capability record.
// Ids are opaque texts; "already there", locks and refusals of single items are values, not peculiarities of one API.

import type { CallOptions } from "./call-options.ts";
import type { Lock, Locked } from "./locked.ts";
import type { OpenedPage, PageOpener } from "./opened.ts";
import type { CallReport, RequestResult } from "./report.ts";
import type {
  ActivationView,
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
  SimulatorResult,
  SimulatorRun,
  StoredDisposition,
  ViewList,
} from "./views.ts";

/** What a profile can do here, and how: asked before anything is sent. */
export interface Capability {
  readonly supported: boolean;
  /** How concurrent writers are told apart: a version tag, by comparing what is read back, or not at all. */
  readonly lock: "etag" | "version-tag" | "read-back" | "none";
  /** True when a write is accepted first and takes effect later. */
  readonly asynchronous: boolean;
  /** Whether a write replaces what is there or merges into it; reads do neither. */
  readonly writes: "replaces" | "merges" | "none";
  /** True when a write can be verified by reading. */
  readonly readBack: boolean;
  /** Why it is unsupported, and what to do instead. */
  readonly reason?: string;
  readonly alternative?: string;
}

/** The codes that may be set on a campaign's calls. */
export interface DispositionCatalog {
  readonly capability: Capability;
  /** @throws TenantError `not_found` for an unknown campaign */
  matrix(campaignId: string, options?: CallOptions): Promise<DispositionMatrixView>;
}

/**
 * - `stored`: the tenant has it. `unchanged`: it had it already.
 * - `refused`: the content breaks a rule (also one of ours, before sending). `locked`: the call does not take a disposition now. `not_found`: no such call.
 * - `unknown`: it may have been stored; read back. `failed`: it was not stored.
 * - `contact_tagged`: a tag stands for it; the disposition is what it was. Only of a `DispositionTagger`.
 */
export type AssignResult = "contact_tagged" | "stored" | "unchanged" | "refused" | "locked" | "not_found" | "unknown" | "failed";

/** How one assignment ended. */
export interface AssignOutcome {
  readonly result: AssignResult;
  /** The last status, when there was one. */
  readonly statusCode?: number;
  /** The tenant's or our words for anything but success. */
  readonly message?: string;
  /** What the tenant's last failure of its own said; see `TenantError.vendorBody`. */
  readonly vendorBody?: string;
  readonly attempts: number;
  readonly attemptLatenciesMs: readonly number[];
  /** From the first sending to the end, pauses before repetitions included. */
  readonly latencyMs: number;
  /** Waiting for the rate budget and the token. */
  readonly waitedMs: number;
  /** 429s seen. */
  readonly rateLimited: number;
  /** True when an attempt before the last may have been carried out: `unchanged` may then be our own doing. */
  readonly earlierUnknown: boolean;
  readonly correlationId?: string;
}

/** Adds a tag that names a code to a finished call. */
export interface DispositionTagger {
  /** Can be repeated: the call has the tag once. Throws as `assign` does. */
  add(callId: string, code: string, options?: CallOptions): Promise<AssignOutcome>;
}

/** Sets the disposition of a finished call. */
export interface DispositionWriter {
  readonly capability: Capability;
  /** What a person may choose where dispositions cannot be set. */
  readonly tagger?: DispositionTagger | undefined;
  /**
   * Never repeats what could act twice, and gives the outcome of one item as a value.
   * @throws TenantError for what stops all items alike: `unauthorized`, `missing_scope`, `redirect_refused`, `invalid_config`, `deadline_exceeded`, and
   * `aborted` when nothing was sent (one that may have been carried out is `unknown`)
   */
  assign(callId: string, assignment: DispositionAssignment, options?: CallOptions): Promise<AssignOutcome>;
}

/** What is known of one call. */
export interface CallState {
  readonly status: string;
  /** The disposition that was set on it, when there is one. */
  readonly disposition?: StoredDisposition;
}

/** Reads single calls. Errors: TenantError. */
export interface CallReader {
  readonly capability: Capability;
  /** The call, or undefined when the tenant knows none of that id. */
  read(callId: string, options?: CallOptions): Promise<CallState | undefined>;
  /** All that the tenant shows of it. @throws TenantError `not_found` */
  show(callId: string, options?: CallOptions): Promise<CallRow>;
}

/** Starts and pauses what dials. */
export interface CampaignRunner {
  readonly capability: Capability;
  status(campaignId: string, options?: CallOptions): Promise<CampaignView>;
  /** `already` is true when the campaign was in that state before. Pausing goes in the lane `stop` unless told otherwise. */
  setStatus(
    campaignId: string,
    status: "active" | "paused",
    options?: CallOptions,
  ): Promise<{ readonly already: boolean } & CallReport>;
}

/** A campaign as a file describes it, and as the tenant shows it when it has one. JSON. */
export interface CampaignToFit {
  readonly document: Readonly<Record<string, unknown>>;
  readonly there: Readonly<Record<string, unknown>> | undefined;
}

/** A campaign file in the form in which a tenant can hold it. */
export interface FittedCampaign {
  readonly document: Readonly<Record<string, unknown>>;
  /** True when fields that the document leaves out stay as they are; otherwise the campaign has none of them. */
  readonly merges: boolean;
  /** Paths, or beginnings of paths, that the document leaves out and of which nothing is lost. */
  readonly unsaid: readonly string[];
  /** Why what else it leaves out is not sent, by path, where there is more to say than that it has no place. */
  readonly why: Readonly<Record<string, string>>;
  /** What the tenant would refuse. */
  readonly refused: readonly { readonly field: string; readonly message: string }[];
}

/** What a campaign is made with, piece by piece. */
export interface Placing {
  readonly status: "active" | "paused";
  /** The same for a plan and a campaign, and no other's. */
  readonly fileName: string;
  /** The records of its list: CSV with a header. Read when they are needed. */
  readonly records: () => Promise<Uint8Array>;
}

/**
 * One piece that was made or changed; `done` when none was missing. `id` is the campaign's, once it has one.
 * `notes`: what the tenant did not take of what was sent, in words.
 */
export type PlacedPiece =
  | { readonly done: true; readonly id: string; readonly notes: readonly string[] }
  | { readonly done: false; readonly piece: string; readonly id: string | null };

/** Campaigns as whole documents: what exists, made, replaced. Nothing here deletes. */
export interface CampaignProvisioning {
  /** Of reading. */
  readonly capability: Capability;
  /** Of making and changing campaigns of files. */
  readonly making: Capability;
  /** Of a campaign as one document: shown whole, made of dialer settings. */
  readonly documents: Capability;
  campaigns(options?: CallOptions): ViewList<CampaignView>;
  read(campaignId: string, options?: CallOptions): Promise<Locked<CampaignView>>;
  /** Campaign files as this tenant can hold them, in their order. */
  fit(wanted: readonly CampaignToFit[], options?: CallOptions): Promise<readonly FittedCampaign[]>;
  /**
   * Where a campaign is made of several pieces: looks for each, and makes or changes the first that is not as the document says. It may be repeated after
   * anything. Absent where one request makes or replaces the whole; `create` and `replace` are refused where it is there.
   * @throws TenantError `refused`, `unknown_outcome`
   */
  readonly place?: (
    document: Readonly<Record<string, unknown>>,
    campaignId: string | null,
    placing: Placing & { readonly signal?: AbortSignal | undefined },
  ) => Promise<PlacedPiece>;
  /** The same key with the same document makes no second campaign. @throws TenantError `refused`, `unknown_outcome` */
  create(campaign: CampaignDraft, idempotencyKey: string, options?: CallOptions): Promise<{ readonly id: string }>;
  /** Replaces the whole document, its state included. @throws TenantError `stale_lock`, `refused`, `unknown_outcome` */
  replace(
    campaignId: string,
    campaign: CampaignDraft,
    lock: Lock | undefined,
    idempotencyKey: string,
    options?: CallOptions,
  ): Promise<CallReport>;
}

/**
 * The pacing settings as one document: of the tenant, or of what dials under the id `subject` where a tenant keeps them there
 * (`capability.perCampaign`); a tenant with settings of its own passes over `subject`.
 */
export interface PacingSettings {
  readonly capability: Capability & {
    readonly perCampaign: boolean;
    /** Whether one activation is several writes, of which a lost one leaves the others in force. */
    readonly inPieces: boolean;
  };
  read(subject: string | undefined, options?: CallOptions): Promise<Locked<Readonly<Record<string, unknown>>>>;
  validate(policy: PacingPolicy, options?: CallOptions): Promise<PolicyVerdict>;
  /**
   * Asks for activation; ends when the tenant has accepted, which need not mean that it is done.
   * @param onto tag of the version that it builds upon
   * @throws TenantError `stale_lock`, `unknown_outcome`
   */
  activate(
    subject: string | undefined,
    settings: PacingDocument,
    onto: string | undefined,
    options?: CallOptions,
  ): Promise<ActivationView>;
  /** Settings as this tenant can hold them: what it keeps in whole numbers is rounded down. Without it all settings are held as they are. */
  readonly fit?: ((settings: PacingDocument) => PacingDocument) | undefined;
  /** Fields that the tenant shows and nothing here can write, by path, each with what it is that is shown. Absent: every field is written. */
  readonly shownOnly?: Readonly<Record<string, string>> | undefined;
  /** Values that this tenant would refuse, by path. Absent: it says so itself when it is asked. */
  readonly refusals?: ((settings: PacingDocument) => readonly { readonly path: string; readonly message: string }[]) | undefined;
  /** What the tenant's own simulator says of settings. Absent where it has none. */
  readonly simulate?: ((run: SimulatorRun, options?: CallOptions) => Promise<SimulatorResult>) | undefined;
  /** How far an activation is. */
  progress(operationId: string, options?: CallOptions): Promise<ProgressView>;
  /** Whether a campaign can be made of settings alone. */
  readonly making: Capability;
  /** Makes a campaign that dials with these settings. */
  createCampaign(settings: PacingDocument, options?: CallOptions): Promise<{ readonly id: string }>;
}

/** The contacts of a list. */
export interface ContactSource {
  readonly capability: Capability;
  contacts(listId: string, query?: ContactsAsked, options?: CallOptions): ViewList<ContactRow>;
  /**
   * The calls to the contacts of a list since an instant, by whomever they were placed: their times in ms since the epoch, by the number as `contacts`
   * writes it. Absent where a tenant lists no calls by contact list.
   */
  placed?(listId: string, since: number, options?: CallOptions): Promise<ReadonlyMap<string, readonly number[]>>;
  /** How far the lists of a campaign are; undefined when it has none. Absent where a tenant does not count it. */
  readonly counts?: ((campaignId: string, options?: CallOptions) => Promise<ListCounts | undefined>) | undefined;
}

/** Ended calls with their outcomes. */
export interface OutcomeSource {
  readonly capability: Capability;
  /** How far back calls can be asked for, days. */
  readonly reachDays: number;
  /**
   * The UTC days, as the instants of their beginnings, of calls that began before `before` and of which something has changed since `since`: wrap-ups and
   * dispositions that came late. Absent where a tenant does not say what changed.
   */
  readonly changedDays?: (
    campaignId: string,
    range: { readonly since: number; readonly before: number },
    options?: CallOptions,
  ) => Promise<readonly number[]>;
  calls(query: CallsAsked, options?: CallOptions): ViewList<CallRow>;
  /** The same page by page, the bodies read by `open`: on another thread for example, so that this one holds no rows. */
  openedCalls<Kept>(
    query: CallsAsked,
    open: PageOpener<Kept>,
    options?: CallOptions,
  ): AsyncGenerator<OpenedPage<Kept>, void, undefined>;
}

/** Reads what a campaign and its dialer do. Errors: TenantError. */
export interface MetricsSource {
  readonly capability: Capability;
  /** Whether figures over a window come with the agents of the moment. */
  readonly tellsAgents: boolean;
  campaign(campaignId: string, windowMinutes?: number, options?: CallOptions): Promise<MetricsView>;
  /** Hour by hour what the dialer measured, in the tenant's own words. @param metrics names of figures */
  hourly(
    query: { readonly campaignId?: string | undefined; readonly metrics: readonly string[] },
    options?: CallOptions,
  ): AsyncIterable<object>;
}

/** The dispositions of closed interactions: the whole array is read and written under a lock. */
export interface InteractionDispositions {
  readonly capability: Capability;
  tree(options?: CallOptions): Promise<DispositionTreeView>;
  read(interactionId: string, options?: CallOptions): Promise<Locked<InteractionView>>;
  /** Replaces the array: whoever sends only its own entry erases the others'. The result carries the new lock's tag as `etag`. @throws TenantError `stale_lock` */
  replace(
    interactionId: string,
    dispositions: InteractionEntry[],
    lock: Lock,
    options?: CallOptions,
  ): Promise<RequestResult<InteractionView>>;
}

/** The tenant's own events, delivered to an address of ours. */
export interface VendorEvents {
  readonly capability: Capability;
  /** The registrations as the tenant sends them. */
  registrations(kind: "campaign" | "dialer", options?: CallOptions): Promise<readonly unknown[]>;
  /** Returns the id of the registration. */
  registerCampaignEvents(webhook: CampaignEventsDraft, options?: CallOptions): Promise<string>;
  registerDialerEvents(webhook: DialerEventsDraft, options?: CallOptions): Promise<string>;
  updateCampaignEvents(webhookId: string, webhook: CampaignEventsDraft, options?: CallOptions): Promise<void>;
  /** `already` is true when it was gone before. */
  remove(kind: "campaign" | "dialer", webhookId: string, options?: CallOptions): Promise<{ readonly already: boolean }>;
}

/** The tenant's own audit log. */
export interface VendorAudit {
  readonly capability: Capability;
  entries(entity: string, options?: CallOptions): AsyncIterable<object>;
}

/** The tenant's own do-not-call groups. Numbers are digits as the tenant writes them. */
export interface DoNotCallGroups {
  readonly capability: Capability;
  /** Id of the group into which the operator wants missing numbers brought before a campaign is started; undefined when none is to be. */
  readonly companyGroup: string | undefined;
  /** The groups that a campaign's dialer obeys. */
  obeyed(campaignId: string, options?: CallOptions): Promise<readonly { readonly id: string; readonly name: string }[]>;
  /** The campaigns whose dialer obeys a group; none when the group is gone or not in force. */
  obeying(groupId: string, options?: CallOptions): Promise<ReadonlySet<string>>;
  /** The numbers of a group that are in force. */
  numbers(groupId: string, options?: CallOptions): AsyncIterable<string>;
  /** Most numbers of one `add`. */
  readonly mostAtOnce: number;
  /** Adding what is there changes nothing. @returns numbers that were not taken, with the tenant's words */
  add(
    groupId: string,
    numbers: readonly string[],
    options?: CallOptions,
  ): Promise<readonly { readonly number: string; readonly message: string }[]>;
  /** The groups in which the tenant finds a number: the proof that it is suppressed. */
  find(number: string, options?: CallOptions): Promise<readonly string[]>;
}

/** A call that the tenant places by itself when it is due. */
export interface CallbackView {
  readonly id: string;
  readonly campaignId: string;
  readonly phoneNumber: string | undefined;
  readonly name: string;
  readonly dueAt: string | undefined;
  /** Of the agent it waits for; undefined for any. */
  readonly agentId: string | undefined;
  readonly notes: string;
}

/** Scheduled callbacks: seen and taken away. None is made here: making one is an act that causes a call. */
export interface ScheduledCallbacks {
  readonly capability: Capability;
  list(campaignId: string, options?: CallOptions): Promise<readonly CallbackView[]>;
  /** `already`: it was gone or closed before. */
  remove(callbackId: string, why: string, options?: CallOptions): Promise<{ readonly already: boolean }>;
}

/** Everything that operations may want of a tenant. */
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
