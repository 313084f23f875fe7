// What operations need of a tenant, for every vendor profile: small interfaces, each with a declared capability record. Ids are
// opaque texts. "Already in this state", locks and refusals of single items are values, not peculiarities of one API.

import type { CallOptions } from "./call-options.ts";
import type { CampaignProvisioning, CampaignRunner, PacingSettings } from "./campaign-capabilities.ts";
import type { Capability } from "./capability.ts";
import type { DoNotCallGroups, ScheduledCallbacks } from "./do-not-call-capabilities.ts";
import type { Lock, Locked } from "./locked.ts";
import type { OpenedPage, PageOpener } from "./opened.ts";
import type { RequestResult } from "./report.ts";
import type {
  CallRow,
  CallsAsked,
  CampaignEventsDraft,
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
}

/** What was taken off calling lists. */
export interface TakenOff {
  readonly records: number;
  readonly lists: readonly string[];
  readonly failed: readonly string[];
}

/** The contacts of a list. */
export interface ContactSource {
  readonly capability: Capability;
  contacts(listId: string, query?: ContactsAsked, options?: CallOptions): ViewList<ContactRow>;
  /**
   * The calls to the contacts of a list since an instant (ms since the epoch), whoever placed them: their times in ms since the
   * epoch, by number as `contacts` writes it. Absent where a tenant cannot list calls by contact list.
   */
  placed?(listId: string, since: number, options?: CallOptions): Promise<ReadonlyMap<string, readonly number[]>>;
  /**
   * Takes the open records of people with one of these numbers (digits as the tenant writes them) off all lists that may be called; `failed` says why some are still there. Can be
   * repeated. Absent where a tenant cannot.
   */
  takeOff?(numbers: ReadonlySet<string>, options?: CallOptions): Promise<TakenOff>;
  /** Progress of the lists of a campaign; undefined when it has none. Absent where a tenant does not count it. */
  readonly counts?: ((campaignId: string, options?: CallOptions) => Promise<ListCounts | undefined>) | undefined;
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
  /** Whether figures over a window include the present agents. */
  readonly tellsAgents: boolean;
  campaign(campaignId: string, windowMinutes?: number, options?: CallOptions): Promise<MetricsView>;
  /**
   * The tenant's own count of the live answers of the last 30 days before `now`: the last day by hour, what was before as one hour before it.
   * Undefined when it does not say so of this campaign. Absent where a tenant does not count them.
   */
  answered?(campaignId: string, now: number, options?: CallOptions): Promise<readonly AnsweredHour[] | undefined>;
  /** The dialer's measurements by hour, as the tenant sends them. @param metrics names of figures */
  hourly(
    query: { readonly campaignId?: string | undefined; readonly metrics: readonly string[] },
    options?: CallOptions,
  ): AsyncIterable<object>;
}

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
  entries(entity: string, options?: CallOptions): AsyncIterable<object>;
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
