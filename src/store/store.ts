// Opening and closing the store.

import { randomUUID } from "node:crypto";
import { type Clock, createRandom } from "../kernel/index.ts";
import { Access } from "./access/access.ts";
import { ServiceFeed } from "./access/feed.ts";
import { ServiceRequests } from "./access/requests.ts";
import { loadSigner } from "./audit/keys.ts";
import { AuditLog } from "./audit/log.ts";
import { CampaignLedger } from "./campaigns/index.ts";
import { CrmLedger } from "./crm/crm-ledger.ts";
import { Database } from "./database/database.ts";
import { makeFolder } from "./embedded/files.ts";
import { type EmbeddedServer, joinEmbeddedServer } from "./embedded/server.ts";
import { Facts } from "./facts/facts.ts";
import { FailoverLedger, HandoverHolds } from "./failover/index.ts";
import { StoreHealth } from "./health.ts";
import { Inbound } from "./inbound/inbound.ts";
import { InteractionChanges } from "./interactions/changes.ts";
import { SessionLocks } from "./interactions/session-locks.ts";
import { JobLedger } from "./jobs/ledger.ts";
import { type StoreLog, silent } from "./log.ts";
import { MetricReadings } from "./metrics/readings.ts";
import { StateIntents } from "./metrics/state-intents.ts";
import { migrate } from "./migrations/migrate.ts";
import { Endpoints } from "./outbox/endpoints.ts";
import { Outbox } from "./outbox/outbox.ts";
import { Replicas } from "./replicas.ts";
import { KeptFigures } from "./reports/reported-figures.ts";
import { LakeFiles, RetrievalLedger, RetrievalSchedules } from "./retrieval/index.ts";
import { DialerLedger } from "./settings/index.ts";
import { StopLedger } from "./stops/index.ts";
import { KnownCampaigns } from "./tenant/known-campaigns.ts";
import { TenantReadings } from "./tenant/tenant-readings.ts";

/** Where the store is and what it works with. */
export interface OpenStoreOptions {
  /** Connection string of a PostgreSQL database (15 or later); without it an embedded server runs with its data under `dir`. */
  readonly url?: string | undefined;
  /** The working folder, usually `.outdial`: keys, the mirror of the audit's head, and the embedded server. Created when absent. */
  readonly dir: string;
  readonly clock: Clock;
  readonly log?: StoreLog | undefined;
  /** The audit's Ed25519 private key in PEM; without it `audit.key` in `dir`, created when absent. */
  readonly auditKey?: string | undefined;
  /** Connections at most, 8 by default. */
  readonly connections?: number | undefined;
}

/** An open store. */
export interface Store {
  /** Connection string of the database, for others that work on it. Holds the password: not for logs. */
  readonly url: string;
  /** Whether the database is an embedded server of this machine. */
  readonly embedded: boolean;
  readonly jobs: JobLedger;
  readonly audit: AuditLog;
  readonly outbox: Outbox;
  /** Which receivers of events fail or are switched off. */
  readonly endpoints: Endpoints;
  /** Events of the vendor on their way in. */
  readonly inbound: Inbound;
  readonly replicas: Replicas;
  /** What is known of people's numbers. */
  readonly facts: Facts;
  readonly retrievals: RetrievalLedger;
  readonly retrievalSchedules: RetrievalSchedules;
  /** Which files the lake of outcomes consists of. */
  readonly lakeFiles: LakeFiles;
  /** Figures of outcomes as they were reported. */
  readonly figures: KeptFigures;
  /** What the CRM was told and what it has. */
  readonly crm: CrmLedger;
  /** What corrections of interactions wrote, and upon what. */
  readonly interactionChanges: InteractionChanges;
  /** Locks by name across all processes on this store. */
  readonly locks: SessionLocks;
  /** Versions of the dialer settings and how they came about. */
  readonly dialer: DialerLedger;
  /** Who may use the service. */
  readonly access: Access;
  /** What callers of the service asked before, and what waits for a second person. */
  readonly requests: ServiceRequests;
  /** Live updates of whatever process. */
  readonly feed: ServiceFeed;
  /** Applies of campaign plans, and what is kept about campaigns. */
  readonly campaigns: CampaignLedger;
  /** Figures of campaigns, pulled and pushed. */
  readonly metrics: MetricReadings;
  /** The campaigns that the tenant's list named when it was last read. */
  readonly knownCampaigns: KnownCampaigns;
  /** What was last read of the tenant, and when. */
  readonly tenantReadings: TenantReadings;
  /** Intents to pause or resume campaigns. */
  readonly stateIntents: StateIntents;
  /** Emergency stops. */
  readonly stops: StopLedger;
  /** Pairs of campaigns, one of which stands in for the other. */
  readonly failovers: FailoverLedger;
  /** Contacts that a campaign must not call because another one did. */
  readonly holds: HandoverHolds;
  /** Whether the database answers, and how much waits in it. */
  readonly health: StoreHealth;
  /** Waits for what is under way, closes the connections and leaves the embedded server. May be called twice. */
  close(): Promise<void>;
}

/**
 * Opens the store: starts or joins the embedded server when no URL is given, brings the schema up to date, loads the audit's key.
 * Throws StoreError.
 */
export async function openStore(options: OpenStoreOptions): Promise<Store> {
  const log = options.log ?? silent;
  await makeFolder(options.dir);
  const server = options.url === undefined ? await joinEmbeddedServer({ dir: options.dir, log }) : undefined;
  const url = server?.url ?? options.url ?? "";
  const database = new Database(url, log, options.connections ?? 8);
  try {
    // A database that does not answer leaves no keys behind that nobody has signed with.
    await migrate(database);
    const signer = await loadSigner(options.dir, options.auditKey);
    const audit = new AuditLog(database, signer, options.dir, options.clock, log);
    const locks = new SessionLocks(url, options.clock, log);
    return assemble(url, database, audit, options.clock, locks, server);
  } catch (thrown) {
    await database.close();
    await server?.leave();
    throw thrown;
  }
}

function assemble(
  url: string,
  database: Database,
  audit: AuditLog,
  clock: Clock,
  locks: SessionLocks,
  server: EmbeddedServer | undefined,
): Store {
  let closed: Promise<void> | undefined;
  const random = createRandom(randomUUID(), "access");
  const close = async () => {
    await audit.flush();
    await locks.close();
    await database.close();
    await server?.leave();
  };
  return {
    url,
    embedded: server !== undefined,
    jobs: new JobLedger(database, audit, clock),
    audit,
    outbox: new Outbox(database, clock),
    endpoints: new Endpoints(database, audit, clock),
    inbound: new Inbound(database, audit, clock),
    replicas: new Replicas(database),
    retrievals: new RetrievalLedger(database, audit, () => clock.now()),
    retrievalSchedules: new RetrievalSchedules(database, () => clock.now()),
    lakeFiles: new LakeFiles(database, () => clock.now()),
    figures: new KeptFigures(database),
    crm: new CrmLedger(database, audit, () => clock.now()),
    interactionChanges: new InteractionChanges(database, clock),
    locks,
    campaigns: new CampaignLedger(database, audit, () => clock.now()),
    dialer: new DialerLedger(database, audit, () => clock.now()),
    access: new Access(database, audit, clock, random),
    requests: new ServiceRequests(database, clock, random),
    feed: new ServiceFeed(database),
    failovers: new FailoverLedger(database, audit, () => clock.now()),
    holds: new HandoverHolds(database),
    facts: new Facts(database, audit, clock),
    metrics: new MetricReadings(database),
    knownCampaigns: new KnownCampaigns(database),
    tenantReadings: new TenantReadings(database),
    stateIntents: new StateIntents(database, audit, () => clock.now()),
    stops: new StopLedger(database, audit, () => clock.now()),
    health: new StoreHealth(database, () => clock.now()),
    close: () => {
      closed ??= close();
      return closed;
    },
  };
}
