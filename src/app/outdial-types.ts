// The types of the library's entry point.

import type { Clock } from "../kernel/index.ts";
import type {
  AuditUseCases,
  CallTag,
  CallUseCases,
  CampaignFileUseCases,
  CampaignUseCases,
  ComplianceUseCases,
  ContactUseCases,
  CorrectionUseCases,
  CrmUseCases,
  DeliveryUseCases,
  DialerUseCases,
  FactsUseCases,
  FailoverUseCases,
  InteractionCorrection,
  JobUseCases,
  OutcomeUseCases,
  ResultRow,
  RowRunOptions,
  SimulationUseCases,
  TagUseCases,
  TenantCallbacks,
  TenantDnc,
  VendorWebhookUseCases,
} from "../operations/index.ts";
import type { Environment } from "./environment.ts";
import type { ConnectedTenant } from "./tenant-from-config.ts";
import type { DeliveryEnd } from "./workplace.ts";

/**
 * The tenant, the store, and the actor. What is left out comes from the environment and from `outdial.yaml`, as at the command
 * line: `CXONE_CLIENT_ID`, `CXONE_CLIENT_SECRET`, `OUTDIAL_TENANT_URL`, `DATABASE_URL`, `OUTDIAL_DIR`, `OUTDIAL_ACTOR`, …
 */
export interface OutdialConfig {
  /** Name of a tenant under `tenants` of the configuration, when that names several. */
  readonly tenant?: string | undefined;
  /** One origin for every host of the tenant, such as that of a sandbox. */
  readonly tenantUrl?: string | undefined;
  readonly credentials?: { readonly clientId: string; readonly clientSecret: string } | undefined;
  /** The PostgreSQL database; without one an embedded server keeps its data in `dir`. */
  readonly databaseUrl?: string | undefined;
  /** Folder of the embedded server, the keys of the audit log and the lake; `.outdial` beside `outdial.yaml` by default. */
  readonly dir?: string | undefined;
  /** True creates an embedded store in `dir` when there is none; by default one must exist, as created by `outdial init`. */
  readonly makeStore?: boolean | undefined;
  /** A configuration file; by default `outdial.yaml` of the working folder or the nearest folder above it. */
  readonly config?: string | undefined;
  /** Actor when no other one is given. */
  readonly actor?: string | undefined;
  /** Number of rows under way at once in a job; 32 by default, for corrections 8. */
  readonly concurrency?: number | undefined;
  /**
   * Number of listings of calls that are read at once, over all retrievals; `outcomes.downloads` of the configuration by default,
   * else 4.
   */
  readonly downloads?: number | undefined;
  /** "off" removes every request limit: for sandboxes. */
  readonly limits?: "off" | undefined;
  /** False leaves the delivery of events to another process. */
  readonly deliver?: boolean | undefined;
  /** Called with messages for a person; ignored by default. */
  readonly warn?: ((message: string) => void) | undefined;
  /** Variables used instead of the process's own. */
  readonly environment?: Environment | undefined;
  /** Clock for everything; the machine's by default. */
  readonly clock?: Clock | undefined;
}

/** All use cases for one tenant. Disposing stops what is under way so that it can be continued, and closes store and tenant. */
export interface Outdial extends AsyncDisposable {
  /**
   * The SDK, for everything that has no use case here. Which operations it has as methods depends on its `profile`; its
   * capabilities are the same.
   */
  readonly tenant: ConnectedTenant;
  /** Actor when no other one is given. */
  readonly actor: string;
  /** Bulk tagging of calls. */
  readonly tag: TagUseCases;
  /** Closed interactions: their entries, and corrections. */
  readonly corrections: CorrectionUseCases;
  /** Jobs of tagging, corrections and retrieval: list, show, rows, cancel. */
  readonly jobs: JobUseCases;
  /** Status and health, pausing, resuming behind the pre-dial gate, the emergency stop. */
  readonly campaigns: CampaignUseCases;
  /** Campaigns as code: plan, apply, drift, export. */
  readonly campaignFiles: CampaignFileUseCases;
  /** Decides who on a contact list may be called. */
  readonly segments: ContactUseCases;
  /** Dialer settings: validate, activate, watch, roll back. */
  readonly settings: DialerUseCases;
  readonly failover: FailoverUseCases;
  /** Outcomes of calls: retrieve, report, export, compare. */
  readonly outcomes: OutcomeUseCases;
  readonly crm: CrmUseCases;
  /** Calling rules: decisions with reasons, gates with manifests, rule packs. */
  readonly compliance: ComplianceUseCases;
  /** Consent, do-not-call lists, attempts. */
  readonly facts: FactsUseCases;
  /** The audit log: entries, verification, proofs, evidence packs. */
  readonly audit: AuditUseCases;
  readonly simulate: SimulationUseCases;
  /** Events on their way to receivers. */
  readonly deliveries: DeliveryUseCases;
  /** Registrations for the tenant's own events. */
  readonly webhooks: VendorWebhookUseCases;
  /** The tenant's own do-not-call groups and the company's list: compare, add missing numbers, prove them. */
  readonly doNotCall: TenantDnc;
  /** Callbacks that the tenant places by itself: list and delete. */
  readonly callbacks: TenantCallbacks;
  /** The calls of a number, and where recordings are played. */
  readonly calls: CallUseCases;
  /**
   * Tags one call: checked, retried, settled and audited like a row of a list. Throws OutdialError when the call has no result.
   */
  tagCall(call: CallTag & { readonly campaignId: string }, options?: Pick<RowRunOptions, "by">): Promise<ResultRow>;
  /** Corrects the disposition of one closed interaction, like a row of a list. Throws OutdialError when it has no result. */
  applyDisposition(correction: InteractionCorrection, options?: Pick<RowRunOptions, "by">): Promise<ResultRow>;
  /** Waits until due events are delivered, as long as their receivers take them. */
  deliverEvents(): Promise<DeliveryEnd>;
}
