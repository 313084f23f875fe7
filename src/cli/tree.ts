// All commands, in the order of the help, each with the file whose export of the same name is its code.

import { group, inEmergency, isHidden, type Node, pathsOf, runBy, under, worksElsewhere } from "./command.ts";
import * as approvals from "./groups/approvals.ts";
import * as attention from "./groups/attention.ts";
import * as audit from "./groups/audit.ts";
import * as calls from "./groups/calls.ts";
import * as campaign from "./groups/campaign.ts";
import * as completion from "./groups/completion.ts";
import * as compliance from "./groups/compliance.ts";
import * as contacts from "./groups/contacts.ts";
import * as context from "./groups/context.ts";
import * as data from "./groups/data.ts";
import * as db from "./groups/db.ts";
import * as demo from "./groups/demo.ts";
import * as dialer from "./groups/dialer.ts";
import * as doctor from "./groups/doctor.ts";
import * as facts from "./groups/facts.ts";
import * as failover from "./groups/failover.ts";
import * as init from "./groups/init.ts";
import * as interaction from "./groups/interaction.ts";
import * as jobs from "./groups/jobs.ts";
import * as mcp from "./groups/mcp.ts";
import * as outcomes from "./groups/outcomes.ts";
import * as serve from "./groups/serve.ts";
import * as simulate from "./groups/simulate.ts";
import * as tag from "./groups/tag.ts";
import * as tenant from "./groups/tenant.ts";
import * as tenantDnc from "./groups/tenant-dnc.ts";
import * as webhooks from "./groups/webhooks.ts";

const ofContext = () => import("./commands/context.ts");
const ofTenant = () => import("./commands/tenant.ts");
const ofServe = () => import("./commands/serve.ts");
const ofOutcomeReports = () => import("./commands/outcomes-report.ts");
const ofComplianceFacts = () => import("./commands/compliance-facts.ts");
const ofRulePacks = () => import("./commands/compliance-pack.ts");
const ofFacts = () => import("./commands/facts.ts");
const ofTenantDnc = () => import("./commands/tenant-dnc.ts");
const ofAudit = () => import("./commands/audit.ts");
const ofStop = () => import("./commands/campaign-stop.ts");
const ofCampaignFiles = () => import("./commands/campaign-plan.ts");
const ofFailover = () => import("./commands/failover.ts");
const ofDialer = () => import("./commands/dialer.ts");
const ofSimulations = () => import("./commands/simulate.ts");

export const TREE: readonly Node[] = [
  ...inEmergency(runBy(ofStop, campaign, "stop")),
  ...runBy(() => import("./commands/init.ts"), init, "init"),
  ...runBy(() => import("./commands/doctor.ts"), doctor, "doctor"),
  ...runBy(() => import("./commands/attention.ts"), attention, "attention"),
  ...under(
    runBy(ofContext, context, "context"),
    ...runBy(ofContext, context, "listContexts", "showContext", "useContext", "rebindContext"),
  ),
  group("tenant", "what the tenant can do, and what its answers lack", runBy(ofTenant, tenant, "probe", "missing", "gone")),
  ...runBy(ofTenant, tenant, "call", "smoke"),
  ...runBy(() => import("./commands/demo.ts"), demo, "demo"),
  ...runBy(() => import("./commands/sandbox.ts"), demo, "sandbox"),
  group(
    "db",
    "the database by itself: its schema, and bringing it up to date",
    runBy(() => import("./commands/db.ts"), db, "dbMigrate", "dbStatus"),
  ),
  group(
    "data",
    "what is kept, for how long, and where a person is",
    runBy(() => import("./commands/data.ts"), data, "lives", "findPerson", "erasePerson"),
  ),
  ...under(
    runBy(ofServe, serve, "serve"),
    group("token", "who may use the service", runBy(ofServe, serve, "addToken", "listTokens", "revokeToken")),
    group("session", "who is signed in to the dashboard", runBy(ofServe, serve, "listSessions", "endSession")),
  ),
  ...runBy(() => import("./commands/mcp.ts"), mcp, "mcp"),
  ...runBy(() => import("./commands/tag.ts"), tag, "tag"),
  group(
    "interaction",
    "dispositions of closed interactions",
    runBy(
      () => import("./commands/interaction.ts"),
      interaction,
      "listInteractions",
      "showInteraction",
      "correctOne",
      "correctMany",
    ),
  ),
  group(
    "calls",
    "calls at the tenant",
    runBy(() => import("./commands/calls.ts"), calls, "showCall", "recordings"),
  ),
  group(
    "outcomes",
    "call outcomes: retrieve, verify, export, report, reconcile",
    runBy(() => import("./commands/outcomes-pull.ts"), outcomes, "pull", "runs", "verify"),
    runBy(ofOutcomeReports, outcomes, "exportOutcomes", "reconcile", "report"),
    group("push", "send outcomes to your own systems", runBy(ofOutcomeReports, outcomes, "pushCrm")),
  ),
  group(
    "compliance",
    "who may be called and when, with proof",
    runBy(() => import("./commands/compliance-rules.ts"), compliance, "check", "explain"),
    group(
      "pack",
      "rule packs: show, validate, compare, replay, sign, fetch, and list rules that were not looked up for long",
      runBy(ofRulePacks, compliance, "showPack", "validatePack", "diffPack", "replayPack", "stalePack", "signPack", "fetchPack"),
    ),
    runBy(
      ofComplianceFacts,
      compliance,
      "gate",
      "manifests",
      "verifyGate",
      "imports",
      "revocations",
      "acknowledge",
      "abandonment",
    ),
  ),
  group(
    "consent",
    "consent to be called: who gave it, when, with which wording, and who revoked it",
    runBy(ofFacts, facts, "importConsent", "importRelationships", "importDisconnections", "importLines", "revokeConsent"),
  ),
  group(
    "dnc",
    "do-not-call: the company's own list, registries, and the tenant's groups",
    runBy(ofFacts, facts, "importDnc", "declareEmpty", "addDnc", "liftDnc", "showDnc", "listRegistries", "pendingDnc"),
    runBy(ofTenantDnc, tenantDnc, "compareDnc", "pushDnc"),
  ),
  group(
    "callbacks",
    "callbacks that the tenant will call by itself",
    runBy(ofTenantDnc, tenantDnc, "listCallbacks", "deleteCallback"),
  ),
  group("facts", "facts about people's numbers: imports of every kind", runBy(ofFacts, facts, "importFile")),
  group("attempts", "placed calls, which count for caps and the abandonment ledger", runBy(ofFacts, facts, "importAttempts")),
  group(
    "campaign",
    "campaigns as code, their state, and failover",
    runBy(ofCampaignFiles, campaign, "plan", "apply", "resumeApply", "exportAll", "drift"),
    runBy(() => import("./commands/campaign-status.ts"), campaign, "status", "agents"),
    runBy(ofStop, campaign, "stop", "pause"),
    runBy(() => import("./commands/campaign-stops.ts"), campaign, "stops", "story", "resume"),
    group(
      "failover",
      "watch pairs of campaigns: when the evidence shows that the primary has failed, the backup takes over",
      runBy(ofFailover, failover, "watch", "rehearse", "prepare", "start", "failback", "status", "history", "holds", "remove"),
    ),
  ),
  group(
    "contacts",
    "contact lists of the tenant, and which of their contacts may be called",
    runBy(() => import("./commands/contacts-segment.ts"), contacts, "segment"),
  ),
  group(
    "dialer",
    "dialer settings: validate, apply, verify, watch, roll back",
    runBy(ofDialer, dialer, "validate", "simulateVendor", "apply", "rollback", "resume"),
    runBy(ofDialer, dialer, "history", "show", "metrics", "vendorAudit", "createCampaign"),
  ),
  ...under(runBy(ofSimulations, simulate, "simulate"), ...runBy(ofSimulations, simulate, "calibrate")),
  group(
    "jobs",
    "jobs and their results",
    runBy(() => import("./commands/jobs.ts"), jobs, "listJobs", "showJob", "resumeJob", "cancelJob"),
  ),
  group(
    "approvals",
    "what waits in a service for a second person",
    runBy(() => import("./commands/approvals.ts"), approvals, "list", "show", "approve", "reject"),
  ),
  group(
    "audit",
    "the audit log: what was done, by whom, with proof",
    runBy(
      ofAudit,
      audit,
      "listAudit",
      "verifyAudit",
      "acceptHead",
      "proveEntry",
      "verifyProofFile",
      "makePack",
      "verifyPackFile",
    ),
  ),
  group(
    "webhooks",
    "events to your own systems, and registrations for the vendor's events",
    runBy(
      () => import("./commands/webhooks.ts"),
      webhooks,
      "deliveries",
      "show",
      "replay",
      "deliver",
      "receivers",
      "turnOn",
      "turnOff",
      "forget",
    ),
    runBy(() => import("./commands/webhooks.ts"), webhooks, "register", "listVendor", "remove"),
  ),
  ...runBy(() => import("./commands/completion.ts"), completion, "completion", "complete"),
];

/** Commands that create a store when there is none, or the tables in a configured database. */
export const MAKE_A_STORE: readonly string[] = pathsOf(TREE, ({ makes }) => makes === "store");
export const MAKE_TABLES: readonly string[] = pathsOf(TREE, ({ makes }) => makes === "schema");

/** Commands that work through the service in OUTDIAL_URL. */
export const THROUGH_A_SERVICE: readonly string[] = pathsOf(
  TREE,
  (one) => worksElsewhere(one) && one.runs === undefined && one.alone === undefined && !isHidden(one),
);

/** Commands that are refused while OUTDIAL_URL is set: what they need is on this machine. */
export const NOT_THROUGH_A_SERVICE: readonly string[] = pathsOf(TREE, ({ alone }) => alone !== undefined);
