// What the library's door takes and gives.

import type { Clock } from "../kernel/index.ts";
import type {
  AuditUseCases,
  CallTag,
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
import type { ConnectedTenant } from "./tenant-from-config.ts";
import type { DeliveryEnd, Environment } from "./workplace.ts";

/**
 * Where the tenant and the store are, and who acts. What is left out comes from the environment and from `outdial.yaml`, as at the command line:
 * `CXONE_CLIENT_ID`, `CXONE_CLIENT_SECRET`, `OUTDIAL_TENANT_URL`, `DATABASE_URL`, `OUTDIAL_DIR`, `OUTDIAL_ACTOR`, …
 */
export interface OutdialConfig {
  /** Name of a tenant under `tenants` of the configuration, where that names several. */
  readonly tenant?: string | undefined;
  /** One origin for every host of the tenant, such as that of a sandbox. */
  readonly tenantUrl?: string | undefined;
  readonly credentials?: { readonly clientId: string; readonly clientSecret: string } | undefined;
  /** The PostgreSQL database; without one an embedded server keeps its data in `dir`. */
  readonly databaseUrl?: string | undefined;
  /** Folder of the embedded server, the keys of the audit log and the lake; `.outdial` beside `outdial.yaml` by default. */
  readonly dir?: string | undefined;
  /** True makes an embedded store in `dir` where there is none; by default one is found there, as `outdial init` makes it. */
  readonly makeStore?: boolean | undefined;
  /** A configuration file; `outdial.yaml` of the working folder or the nearest above it by default. */
  readonly config?: string | undefined;
  /** Who acts when nobody else is named. */
  readonly actor?: string | undefined;
  /** Rows under way at once in a job; 32 by default, for corrections 8. */
  readonly concurrency?: number | undefined;
  /** Listings of calls read at once, for all retrievals together; `outcomes.downloads` of the configuration by default, else 4. */
  readonly downloads?: number | undefined;
  /** "off" lifts every request limit: for sandboxes. */
  readonly limits?: "off" | undefined;
  /** False leaves the delivery of events to another process. */
  readonly deliver?: boolean | undefined;
  /** Told of what a person should know; nobody by default. */
  readonly warn?: ((message: string) => void) | undefined;
  /** Variables in place of the process's own. */
  readonly environment?: Environment | undefined;
  /** Time of everything that is done; the machine's by default. */
  readonly clock?: Clock | undefined;
}

/** Everything that outdial does for one tenant. Disposing ends what is under way, which can be gone on with, and closes store and tenant. */
export interface Outdial extends AsyncDisposable {
  /** The SDK, for what is not below. Which operations it has as methods depends on its `profile`; its capabilities are the same. */
  readonly tenant: ConnectedTenant;
  /** Who acts when nobody else is named. */
  readonly actor: string;
  /** Bulk tagging of calls. */
  readonly tag: TagUseCases;
  /** Closed interactions: what stands there, and corrections of it. */
  readonly corrections: CorrectionUseCases;
  /** Jobs of tagging, corrections and retrieval: list, show, rows, cancel. */
  readonly jobs: JobUseCases;
  /** Status and health, pausing and resuming past the pre-dial gate, the emergency stop. */
  readonly campaigns: CampaignUseCases;
  /** Campaigns as code: plan, apply, drift, export. */
  readonly campaignFiles: CampaignFileUseCases;
  /** Who on a contact list may be called. */
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
  /** The tenant's own do-not-call groups against the company's list: compared, brought over, proven. */
  readonly doNotCall: TenantDnc;
  /** Callbacks that the tenant places by itself: seen and deleted. */
  readonly callbacks: TenantCallbacks;
  /** Tags one call: checked, retried, settled, audited as a row of a list is. Throws OutdialError when the call has no result. */
  tagCall(call: CallTag & { readonly campaignId: string }, options?: Pick<RowRunOptions, "by">): Promise<ResultRow>;
  /** Corrects the disposition of one closed interaction, as a row of a list is. Throws OutdialError when it has no result. */
  applyDisposition(correction: InteractionCorrection, options?: Pick<RowRunOptions, "by">): Promise<ResultRow>;
  /** Waits for events that are due to be delivered, as long as their receivers take them. */
  deliverEvents(): Promise<DeliveryEnd>;
}
