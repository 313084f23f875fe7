// The neutral forms of what a tenant shows, which operations work with. Fields beyond those named here are the tenant's own. Ids
// are opaque texts. A profile maps the tenant's replies to these forms; nothing outside of this part knows another form.

import type { WEEKDAYS } from "../kernel/index.ts";

/** A code that can be set on a call, with its own reasons. Empty for a tenant without reasons. */
export interface DispositionCodeView {
  readonly id: string;
  readonly name: string;
  readonly reasonCodes: readonly { readonly id: string; readonly name: string }[];
}

/** The disposition codes of a campaign, each with the reason codes that belong to it. */
export interface DispositionMatrixView {
  readonly dispositionCodes: readonly DispositionCodeView[];
}

/** The disposition to set on a call. */
export interface DispositionAssignment {
  readonly dispositionCodeId: string;
  readonly notes: string;
  readonly reasonCodeId?: string | undefined;
  readonly tag?: string[] | undefined;
}

/** The disposition stored on a call. */
export interface StoredDisposition {
  readonly dispositionCodeId: string;
  readonly reasonCodeId?: string | null | undefined;
  readonly notes?: string | null | undefined;
  readonly tag?: readonly string[] | null | undefined;
  readonly updatedAt?: string | null | undefined;
}

/** A campaign: its state (`active`, `paused` or the tenant's own word) and the list or lists that it calls. */
export interface CampaignView extends Readonly<Record<string, unknown>> {
  readonly id: string;
  readonly name?: string | undefined;
  readonly status: string;
  readonly contactListId?: string | undefined;
}

/** A campaign to create, or to replace one with. */
export interface CampaignDraft {
  name: string;
  description?: string | undefined;
  status: "active" | "paused";
  contactListId: string;
  queueId?: string | undefined;
  dialerConfig: {
    type: "predictive";
    predictiveSettings: { answerRatio: number; maxCallsInFlight: number; callRate: number; abandonmentThreshold: number };
  };
  complianceConfig?:
    | {
        timeZone: string;
        dialingRules?:
          | {
              startTime: string;
              endTime: string;
              allowedDays: (typeof WEEKDAYS)[number][];
            }
          | undefined;
        rateLimits?: { maxCallsPerContactPerDay: number; maxCallsPerContactPerWeek: number; maxCallsPerDay: number } | undefined;
      }
    | undefined;
  failoverConfig?:
    | { enabled: boolean; thresholdType: "success_rate"; thresholdValue: number; evaluationWindowMinutes: number }
    | undefined;
}

/** A person on a list. `consentFlags.outbound.call` is consent only when it is true. */
export interface ContactRow extends Readonly<Record<string, unknown>> {
  readonly id: string;
  readonly phoneNumber?: string | undefined;
  /** All numbers of the contact, with `phoneNumber` first; absent where it is the only one. */
  readonly phoneNumbers?: readonly string[] | undefined;
  readonly firstName?: string | undefined;
  readonly lastName?: string | undefined;
  readonly timeZone?: string | null | undefined;
  readonly postalCode?: string | null | undefined;
  readonly state?: string | null | undefined;
  readonly consentFlags?: { readonly outbound?: { readonly call?: boolean | undefined } | undefined } | undefined;
  readonly attributes?: Readonly<Record<string, unknown>> | undefined;
  readonly lastModifiedTime?: string | undefined;
  /**
   * Number of calls to the contact as the tenant counts them, and the start of the last one (ms since the epoch); absent where it
   * shows none.
   */
  readonly calls?: number | undefined;
  readonly lastCallAt?: number | undefined;
}

/**
 * One call with its outcome. Times are ISO 8601; `dispositionCode` is the code's id in the matrix, or a word for outcomes that no
 * agent decides.
 */
export interface CallRow extends Readonly<Record<string, unknown>> {
  readonly id: string;
  readonly campaignId?: string | undefined;
  readonly status?: string | undefined;
  readonly dispositionCode?: string | null | undefined;
  readonly startTime?: string | undefined;
  readonly endTime?: string | undefined;
  readonly direction?: string | undefined;
  readonly disposition?: StoredDisposition | null | undefined;
}

/** Figures of a campaign over a window. Shares are 0..1; figures that a tenant does not give are absent or null. */
export interface MetricsView extends Readonly<Record<string, unknown>> {
  readonly campaignId?: string | undefined;
  readonly windowMinutes?: number | undefined;
  /** Calls that reached an agent, divided by calls with a known result. */
  readonly successRate: number | null;
  /** Number of calls under way now. */
  readonly activeCalls: number | null;
  readonly callsPlaced?: number | null | undefined;
  readonly callsAnswered?: number | null | undefined;
  /** Share of the answered calls. */
  readonly abandonmentRate?: number | null | undefined;
  readonly failoverTriggered?: boolean | null | undefined;
  /** The present agents. Absent where a tenant does not give them, or did not this time. */
  readonly agents?: AgentCounts | null | undefined;
  /** ISO 8601. */
  readonly lastUpdated?: string | null | undefined;
}

/** A recording of a call: where it is played, never the recording itself. The address is the tenant's, and good for a short time. */
export interface RecordingView {
  readonly url: string;
  /** Such as voice-only. */
  readonly media: string | null;
  readonly from: string | null;
  readonly to: string | null;
}

/** An agent of a campaign. Null: the tenant does not say, or did not this time. */
export interface AgentView {
  readonly id: string;
  readonly name: string | null;
  readonly team: string | null;
  /** False for one who is signed in on it and not assigned to it. */
  readonly assigned: boolean;
  /** Lower ones come first. */
  readonly proficiency: number | null;
  readonly signedIn: boolean | null;
  /** In the tenant's words, and since when (as the tenant writes it); null also of one who is not signed in. */
  readonly state: string | null;
  readonly since: string | null;
}

/** The present agents of a campaign; null for counts that the tenant leaves out. An agent of several campaigns counts in each. */
export interface AgentCounts {
  readonly loggedIn: number | null;
  /** Waiting for a call. */
  readonly available: number | null;
  /** With a contact. */
  readonly working: number | null;
  /** After a call, on its wrap-up. */
  readonly wrapUp: number | null;
}

/** Progress of a campaign's lists, in contacts; null for counts that the tenant does not give. */
export interface ListCounts {
  readonly contacts: number | null;
  /** Dialed at least once. */
  readonly attempted: number | null;
  /** Finished: never dialed again. */
  readonly final: number | null;
}

/** Pacing settings for writing. */
export interface PacingDocument {
  name: string;
  type: "predictive";
  concurrency: { max_agents: number; max_simultaneous_calls: number; call_spacing_ms: number };
  algorithm: {
    type: "predictive";
    abandonment_rate_target: number;
    agent_availability_estimate: number;
    dial_ratio: number;
    warm_line_timeout_sec?: number | undefined;
  };
}

/** Dialer settings with the requested checks and the carrier's capacity: what the tenant validates. */
export interface PacingPolicy {
  campaign_config: PacingDocument;
  regulatory_checks: ("tcpa_abandonment" | "dnc_compliance" | "calling_hours")[];
  carrier_capacity: { max_trunks: number; current_utilization_percent?: number | undefined };
}

/** The tenant's verdict: `compliance_status` is PASS, FAIL or the tenant's own word. */
export interface PolicyVerdict {
  readonly compliance_status: string;
  readonly violations: readonly unknown[];
  readonly capacity_warnings: readonly unknown[];
}

/** The input of a tenant's simulator; fields left out are those in force. */
export interface SimulatorRun {
  durationMinutes: number;
  concurrency?: Partial<PacingDocument["concurrency"]> | undefined;
  algorithm?: Partial<PacingDocument["algorithm"]> | undefined;
  simulatedCallVolume?: number | undefined;
  carrierLimits?: { maxConcurrent: number } | undefined;
}

/** The simulator's result: rates as shares of 1, the wait in seconds. */
export interface SimulatorResult {
  readonly abandonmentRate: number;
  readonly answerRate?: number | undefined;
  readonly agentUtilization?: number | undefined;
  readonly averageWaitTime?: number | undefined;
  readonly callsPlaced?: number | undefined;
  readonly callsAnswered?: number | undefined;
  readonly callsAbandoned?: number | undefined;
  readonly peakConcurrentCalls?: number | undefined;
  readonly carrierLimitReached?: boolean | undefined;
  readonly recommendation?: string | undefined;
}

/** An accepted activation. Without an operation it is already in force. */
export interface ActivationView {
  readonly operationId: string;
  /** Version tag of the new settings. */
  readonly versionTag: string;
}

/** Progress of an activation: IN_PROGRESS, COMPLETED, FAILED or the tenant's own word, which means: read it again later. */
export interface ProgressView {
  readonly status: string;
  readonly errorDetails?: unknown;
  readonly versionTag?: string | undefined;
}

/** One disposition of a closed interaction. */
export interface InteractionEntry {
  code: string;
  description: string;
  agent_id: string;
  timestamp: string;
  source: string;
}

/** A closed interaction as the tenant shows it; further fields are kept as they are. */
export interface InteractionView extends Readonly<Record<string, unknown>> {
  readonly id?: string | undefined;
  readonly dispositions: readonly InteractionEntry[];
}

/** The codes of closed interactions: a tree by `parent`. */
export interface DispositionTreeView {
  readonly dispositions: readonly {
    readonly code: string;
    readonly description: string;
    readonly parent?: string | null | undefined;
    readonly active: boolean;
  }[];
}

/** Registration for the tenant's events about campaigns. */
export interface CampaignEventsDraft {
  readonly name: string;
  readonly callbackUrl: string;
  readonly events: ("omnichannel.campaign.metrics.update" | "omnichannel.campaign.state.change")[];
  readonly enabled?: boolean | undefined;
  readonly headers?: Record<string, string> | undefined;
}

/** Registration for the tenant's events about dialer settings. */
export interface DialerEventsDraft {
  readonly name: string;
  readonly url: string;
  readonly events: ("dialer.settings.updated" | "dialer.campaign.activated")[];
  readonly auth?: { readonly type: "bearer"; readonly token: string } | undefined;
  readonly retryPolicy?:
    | { readonly maxRetries: number; readonly backoffMultiplier: number; readonly timeoutSec: number }
    | undefined;
}

/** A query for ended calls. */
export interface CallsAsked {
  readonly campaignId?: string | undefined;
  readonly startDateTime?: string | undefined;
  readonly endDateTime?: string | undefined;
  readonly dispositionCode?: string[] | undefined;
  readonly limit?: number | undefined;
  /** Continues after the page that returned it. */
  readonly nextPageToken?: string | undefined;
}

/** A query for contacts. */
export interface ContactsAsked {
  readonly query?: string | undefined;
  readonly page?: number | undefined;
  readonly pageSize?: number | undefined;
  /** The sort order, so that pages requested by number belong to one list. */
  readonly sortBy?: string | undefined;
  readonly sortOrder?: "asc" | "desc" | undefined;
}

/** One page of a list. Items are as the profile gives them: parse them, or iterate over the list instead of its pages. */
export interface ViewPage {
  readonly number: number;
  readonly items: readonly unknown[];
  /** The other fields of the reply; `total` where the tenant gives the number of items. */
  readonly reply: { readonly total?: unknown; readonly [field: string]: unknown };
  readonly nextToken: string | undefined;
}

/** A list: iterate over it for items, over `pages()` for pages. Each iteration starts from the beginning. */
export interface ViewList<Item> extends AsyncIterable<Item> {
  pages(): AsyncGenerator<ViewPage, void, undefined>;
}
