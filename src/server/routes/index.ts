// All routes of the API.

import type {
  AttentionUseCases,
  AuditUseCases,
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
  InteractionUseCases,
  JobUseCases,
  OutcomeUseCases,
  SimulationUseCases,
  VendorWebhookUseCases,
} from "../../operations/index.ts";
import { type ApprovalDeps, approvalRoutes } from "./approvals.ts";
import { attentionRoutes } from "./attention.ts";
import { auditRoutes } from "./audit.ts";
import { campaignFileRoutes } from "./campaign-files.ts";
import { campaignRoutes, failoverRoutes, stopRoutes } from "./campaigns.ts";
import { complianceRoutes, rulePackRoutes } from "./compliance.ts";
import { contactRoutes } from "./contacts.ts";
import { deliveryRoutes } from "./deliveries.ts";
import { dialerRoutes, simulateRoutes } from "./dialer.ts";
import { factsRoutes } from "./facts.ts";
import { type InboundPort, inboundEventRoutes } from "./inbound.ts";
import { interactionRoutes } from "./interactions.ts";
import { jobRoutes } from "./jobs.ts";
import { type LiveDeps, liveRoutes } from "./live.ts";
import { type LivesPort, livesRoutes } from "./lives.ts";
import { outcomeRoutes, outcomesCrmRoutes } from "./outcomes.ts";
import { type SessionDeps, sessionRoutes } from "./session.ts";
import { tableRoutes } from "./tables.ts";
import { type TenantPort, tenantRoutes } from "./tenant.ts";
import { vendorWebhookRoutes } from "./vendor-webhooks.ts";

/** What the routes use, one port for each group; requested when a request needs it. */
export interface Work {
  readonly attention: () => AttentionUseCases;
  readonly campaigns: () => CampaignUseCases;
  readonly campaignFiles: () => CampaignFileUseCases;
  readonly contacts: () => ContactUseCases;
  readonly failover: () => FailoverUseCases;
  readonly jobs: () => JobUseCases;
  readonly interactions: () => InteractionUseCases & Pick<CorrectionUseCases, "made">;
  readonly dialer: () => DialerUseCases;
  readonly simulate: () => SimulationUseCases;
  readonly outcomes: () => OutcomeUseCases;
  readonly outcomesCrm: () => CrmUseCases;
  readonly compliance: () => ComplianceUseCases;
  readonly facts: () => FactsUseCases;
  readonly audit: () => AuditUseCases;
  readonly deliveries: () => DeliveryUseCases;
  readonly inbound: () => InboundPort;
  readonly vendorWebhooks: () => VendorWebhookUseCases;
  readonly lives: () => LivesPort;
  readonly tenant: () => TenantPort;
}

interface RouteDeps extends SessionDeps, LiveDeps, ApprovalDeps {
  readonly work: Work;
}

/** Every route, in the order of the reference. */
export function apiRoutes(deps: RouteDeps) {
  const { work } = deps;
  const acting = [
    ...attentionRoutes(work.attention),
    // Before the campaigns: these paths have words where those have an id.
    ...campaignFileRoutes(work.campaignFiles),
    ...stopRoutes(work.campaigns),
    ...campaignRoutes(work.campaigns),
    ...failoverRoutes(work.failover),
    ...contactRoutes(work.contacts),
    ...jobRoutes(work.jobs),
    ...interactionRoutes(work.interactions),
    ...dialerRoutes(work.dialer),
    ...simulateRoutes(work.simulate),
    ...outcomeRoutes(work.outcomes),
    ...outcomesCrmRoutes(work.outcomesCrm, work.outcomes),
    ...complianceRoutes(work.compliance),
    ...rulePackRoutes(work.compliance),
    ...factsRoutes(work.facts),
    ...auditRoutes(work.audit),
    ...deliveryRoutes(work.deliveries),
    ...inboundEventRoutes(work.inbound),
    ...livesRoutes(work.lives),
    ...tenantRoutes(work.tenant),
    ...vendorWebhookRoutes(work.vendorWebhooks),
    ...tableRoutes(deps),
  ];
  return [...sessionRoutes(deps), ...liveRoutes(deps, work.campaigns), ...approvalRoutes(deps, acting), ...acting];
}

/** Every route with its types, for clients in TypeScript. */
export type Api = ReturnType<typeof apiRoutes>[number];
