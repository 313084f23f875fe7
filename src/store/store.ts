// Opening and closing the store.

import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { type Clock, createRandom, messageOf } from "../kernel/index.ts";
import { Access } from "./access/access.ts";
import { ServiceFeed } from "./access/feed.ts";
import { ServiceRequests } from "./access/requests.ts";
import { AttentionLedger } from "./attention/attention.ts";
import { HeadFile } from "./audit/head-file.ts";
import { HeadObject } from "./audit/head-object.ts";
import { Heads, headFileOf, StoredHead } from "./audit/heads.ts";
import { Hold } from "./audit/hold.ts";
import { AuditLog } from "./audit/log.ts";
import { derivedKey, loadSigner, type Verifier } from "./audit/note.ts";
import type { HeadPlace, HeadPlaceOptions } from "./audit/places.ts";
import { WitnessHead } from "./audit/places.ts";
import { CampaignLedger } from "./campaigns/campaign-ledger.ts";
import { StoreCore } from "./commit.ts";
import { CrmLedger, CrmPushLedger } from "./crm/push-ledger.ts";
import { databaseAddress } from "./database/address.ts";
import { ANSWER_MS, Database, openPool, URGENT_MS } from "./database/database.ts";
import { makeFolder } from "./embedded/files.ts";
import { joinEmbeddedServer } from "./embedded/server.ts";
import { StoreError } from "./error.ts";
import { type Facts, facts } from "./facts/facts.ts";
import { FailoverLedger } from "./failover/failover-ledger.ts";
import { HandoverHolds } from "./failover/holds.ts";
import { StoreHealth } from "./health.ts";
import { Inbound } from "./inbound/inbound.ts";
import { InteractionChanges } from "./interactions/changes.ts";
import { SessionLocks } from "./interactions/session-locks.ts";
import { JobLedger } from "./jobs/ledger.ts";
import { Erasures } from "./lives/erasure.ts";
import { Lives } from "./lives/removal.ts";
import { type StoreLog, silent } from "./log.ts";
import { MetricReadings } from "./metrics/readings.ts";
import { StateIntents } from "./metrics/state-intents.ts";
import { type FoundSchema, findSchema, migrate } from "./migrations/migrate.ts";
import { Endpoints } from "./outbox/endpoints.ts";
import { Outbox } from "./outbox/outbox.ts";
import type { Ask } from "./plain-types.ts";
import { RateLedger } from "./rates/rates.ts";
import { Replicas } from "./replicas.ts";
import { KeptFigures } from "./reports/reported-figures.ts";
import { RetrievalLedger } from "./retrieval/ledger.ts";
import { LakeFiles, RetrievalSchedules } from "./retrieval/schedules.ts";
import { DialerLedger } from "./settings/dialer-ledger.ts";
import { StopLedger } from "./stops/stop-ledger.ts";
import { KnownCampaigns } from "./tenant/known-campaigns.ts";
import { KnownCounts } from "./tenant/known-counts.ts";
import { ReplyShapes } from "./tenant/reply-shapes.ts";
import { TenantOfStore } from "./tenant/tenant-of-store.ts";
import { TenantReadings } from "./tenant/tenant-readings.ts";

/** Location and parameters of the store. */
interface OpenStoreOptions {
  /** Connection string of a PostgreSQL database (15 or later). Default: an embedded server with its data under `dir`. */
  readonly url?: string | undefined;
  /**
   * Connection string of the same database without the pooler of `url` (PgBouncer in transaction mode), for what needs a session:
   * the workflow engine, and locks that outlive a transaction. Default: `url`, which then must lead to the database itself or to
   * a pooler in session mode.
   */
  readonly directUrl?: string | undefined;
  /** The working folder, usually `.outdial`: keys, a head of the audit log, and the embedded server. Created when missing. */
  readonly dir: string;
  readonly clock: Clock;
  readonly log?: StoreLog | undefined;
  /** False: throws StoreError `no_store` for a database without tables. Default: they are created. */
  readonly makes?: boolean | undefined;
  /** The audit log's Ed25519 private key in PEM. Default: `audit.key` in `dir`, created when missing. */
  readonly auditKey?: string | undefined;
  /** Where heads of the audit log are kept besides the working folder. */
  readonly heads?: readonly HeadPlaceOptions[] | undefined;
  /** Details that every entry of the audit log carries. */
  readonly mark?: Readonly<Record<string, string>> | undefined;
  /** Most connections, default 8. */
  readonly connections?: number | undefined;
  /** Time after which a statement without an answer has failed, ms; default 120,000. */
  readonly answerMs?: number | undefined;
}

/** An open store. */
export interface Store {
  /** The vendor profile of the tenant; undefined when it is not known. */
  readonly profile?: string | undefined;
  /**
   * Connection string of the database itself, for other code that needs sessions of its own. Contains the password: do not log
   * it.
   */
  readonly url: string;
  /** Whether the database is an embedded server of this machine. */
  readonly embedded: boolean;
  /** A secret key that all processes with this store's audit key derive alike, another one for each purpose; 32 bytes. */
  readonly keyFor: (purpose: "sign-in" | "replicas") => Uint8Array;
  readonly jobs: JobLedger;
  readonly audit: AuditLog;
  readonly outbox: Outbox;
  /** State of the receivers of events. */
  readonly endpoints: Endpoints;
  /** Received events of the vendor. */
  readonly inbound: Inbound;
  readonly replicas: Replicas;
  /** Which process holds which part of a request limit. */
  readonly rates: RateLedger;
  /** Facts about people's numbers. */
  readonly facts: Facts;
  readonly retrievals: RetrievalLedger;
  readonly retrievalSchedules: RetrievalSchedules;
  /** List of the files of the outcome lake. */
  readonly lakeFiles: LakeFiles;
  /** Reported figures of outcomes. */
  readonly figures: KeptFigures;
  /** Retrievals that were announced to the CRM. */
  readonly crm: CrmLedger;
  /** Pushes of records to the CRM, and the versions that it has. */
  readonly crmPushes: CrmPushLedger;
  /** Changes that corrections of interactions made, and the versions they were based on. */
  readonly interactionChanges: InteractionChanges;
  /** Locks by name across all processes on this store. */
  readonly locks: SessionLocks;
  /** Versions of the dialer settings and their history. */
  readonly dialer: DialerLedger;
  /** Tokens and sessions of the service. */
  readonly access: Access;
  /** Stored requests of the service's callers: idempotency keys and approvals. */
  readonly requests: ServiceRequests;
  /** Live updates of all processes. */
  readonly feed: ServiceFeed;
  /** Applies of campaign plans, and campaign policies. */
  readonly campaigns: CampaignLedger;
  /** Readings of campaign figures, pulled and pushed. */
  readonly metrics: MetricReadings;
  /** The campaigns that the tenant's lists have named, and what its last list lacks of them. */
  readonly knownCampaigns: KnownCampaigns;
  /** How many contacts the tenant last said there are, by list. */
  readonly knownCounts: KnownCounts;
  /** The last reading of each thing at the tenant, and its time. */
  readonly tenantReadings: TenantReadings;
  /** The known shapes of the tenant's replies. */
  readonly replyShapes: ReplyShapes;
  /** The tenant of the store. */
  readonly tenantOf: TenantOfStore;
  /** Intents to pause or resume campaigns. */
  readonly stateIntents: StateIntents;
  /** Emergency stops. */
  readonly stops: StopLedger;
  /** What people said about the things that need attention. */
  readonly attention: AttentionLedger;
  /** Failover pairs. */
  readonly failovers: FailoverLedger;
  /** Contacts that a campaign must not call because another campaign called them before the hand-over. */
  readonly holds: HandoverHolds;
  /** Whether the database answers, and how much waits in it. */
  readonly health: StoreHealth;
  /** How long each thing is kept, and its removal. */
  readonly lives: Lives;
  /** Who was erased, and erasing. */
  readonly erasures: Erasures;
  /** Waits for running statements, closes the connections and leaves the embedded server. Can be called twice. */
  close(): Promise<void>;
}

/** A database before any store is opened on it: neither keys nor an audit log are touched. */
export interface PlainDatabase extends AsyncDisposable {
  /** Connection string. Contains the password: do not log it. */
  readonly url: string;
  readonly ask: Ask;
  /** What it has of outdial. */
  schema(): Promise<FoundSchema>;
  /** Brings the schema up to date. Throws StoreError, see `migrate`. */
  migrate(): Promise<void>;
}

/** Connects to the database of a store, or to the embedded one. Throws StoreError. */
export async function openDatabase(options: Pick<OpenStoreOptions, "url" | "directUrl" | "dir" | "log">): Promise<PlainDatabase> {
  const { dir, log = silent } = options;
  const address = options.directUrl ?? options.url;
  const server = address === undefined ? await joinHere(dir, log) : undefined;
  const url = server?.url ?? (await databaseAddress(address ?? ""));
  const pool = await openPool(url, log, { connections: 1, answerMs: ANSWER_MS, pooled: false });
  const database = new Database(pool);
  const ask: Ask = (statement) => database.query(statement);
  return {
    url,
    ask,
    schema: () => findSchema(ask),
    migrate: () => migrate(database, undefined, true),
    async [Symbol.asyncDispose]() {
      await pool.end();
      await server?.leave();
    },
  };
}

/**
 * Opens the store: starts or joins the embedded server when no URL is given, brings the schema up to date, loads the audit key.
 * Throws StoreError.
 */
export async function openStore(options: OpenStoreOptions): Promise<Store> {
  const log = options.log ?? silent;
  const server = options.url === undefined ? await joinHere(options.dir, log) : undefined;
  const url = server?.url ?? (await databaseAddress(options.url ?? ""));
  const pooled = options.directUrl !== undefined;
  const pool = await openPool(url, log, {
    connections: options.connections ?? 8,
    answerMs: options.answerMs ?? ANSWER_MS,
    pooled,
  });
  const urgent = await openPool(url, log, { connections: 2, answerMs: URGENT_MS, pooled });
  const direct = options.directUrl === undefined ? url : await databaseAddress(options.directUrl);
  try {
    // Keys are created only after the database has answered, so that no unused key is left behind.
    const database = new Database(pool, pool, pooled);
    if (options.makes === false && !(await findSchema((sql) => database.query(sql))).hasTable)
      throw new StoreError("no_store", "the database has no tables of outdial");
    await migrate(database);
    const signer = await inFolder(options.dir, () => loadSigner(options.dir, options.auditKey));
    const hold = new Hold();
    const heads = new Heads(placesOf(options, signer), { database, signer, hold, log, clock: options.clock });
    const store = new StoreCore({ pool, urgent, pooled }, { signer, heads, hold, mark: options.mark }, options.clock);
    const audit = new AuditLog(store, signer, heads);
    await heads.compare({ keep: false, remote: false });
    const held = ledgers(store);
    await held.endpoints.learn({}, "keep");
    const locks = new SessionLocks(direct, options.clock, log);
    const close = async () => {
      await audit.flush();
      heads.close();
      await locks.close();
      await Promise.all([pool.end(), urgent.end()]);
      await server?.leave();
    };
    const { profile } = store;
    const keyFor: Store["keyFor"] = (purpose) => derivedKey(signer, purpose);
    const erasures = new Erasures(store, {
      audit,
      lives: held.lives,
      key: derivedKey(signer, "erasures"),
      lists: erasureLists(options, signer),
      random: createRandom(randomUUID(), "erasures"),
    });
    return { keyFor, url: direct, embedded: server !== undefined, profile, audit, locks, erasures, ...held, close: once(close) };
  } catch (thrown) {
    await Promise.all([pool.end(), urgent.end()]);
    await server?.leave();
    throw thrown;
  }
}

/** Runs work in a folder, which is created when missing. Throws StoreError `store_unavailable` when nothing can be written. */
async function inFolder<T>(dir: string, work: () => Promise<T>): Promise<T> {
  try {
    await makeFolder(dir);
    return await work();
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
    if (!/^(EACCES|EROFS|EPERM|ENOSPC|EDQUOT)$/.test(code)) throw cause;
    throw new StoreError("store_unavailable", `the folder ${dir} cannot be written to: ${messageOf(cause)}`, {
      advice:
        "Make room there, or name a folder that you may write to: --dir or OUTDIAL_DIR. With a database of your own it only has the keys of the audit log.",
      cause,
    });
  }
}

async function joinHere(dir: string, log: StoreLog) {
  return inFolder(dir, () => joinEmbeddedServer({ dir, log }));
}

/**
 * The places of heads: the working folder and the configured ones. With an embedded server, the first is set back together with
 * the data.
 */
function placesOf({ dir, url, heads = [] }: OpenStoreOptions, { name }: Verifier): HeadPlace[] {
  const others = heads.map((one) =>
    "witness" in one
      ? new WitnessHead(one.witness)
      : new StoredHead(
          "object" in one
            ? new HeadObject(one.object, headFileOf(name))
            : new HeadFile(join(one.folder, headFileOf(name)), { outside: true, create: one.create ?? false }),
        ),
  );
  const own = new HeadFile(join(dir, "audit.head"), { outside: url !== undefined, create: true });
  return [new StoredHead(own), ...others];
}

/** Files with the list of erasures: in the working folder, and beside the heads that are kept in folders. */
function erasureLists({ dir, heads = [] }: OpenStoreOptions, { name }: Verifier): HeadFile[] {
  const beside = heads.flatMap((one) =>
    "folder" in one
      ? new HeadFile(join(one.folder, headFileOf(name).replace(/head$/, "erasures")), {
          outside: true,
          create: one.create ?? false,
        })
      : [],
  );
  return [new HeadFile(join(dir, "erasures"), { outside: true, create: true }), ...beside];
}

function ledgers(store: StoreCore) {
  const random = createRandom(randomUUID(), "access");
  return {
    jobs: new JobLedger(store),
    outbox: new Outbox(store),
    endpoints: new Endpoints(store),
    inbound: new Inbound(store),
    replicas: new Replicas(store),
    rates: new RateLedger(store),
    retrievals: new RetrievalLedger(store),
    retrievalSchedules: new RetrievalSchedules(store),
    lakeFiles: new LakeFiles(store),
    figures: new KeptFigures(store),
    crm: new CrmLedger(store),
    crmPushes: new CrmPushLedger(store),
    interactionChanges: new InteractionChanges(store),
    campaigns: new CampaignLedger(store),
    dialer: new DialerLedger(store),
    access: new Access(store, random),
    requests: new ServiceRequests(store, random),
    feed: new ServiceFeed(store),
    failovers: new FailoverLedger(store),
    holds: new HandoverHolds(store),
    facts: facts(store),
    metrics: new MetricReadings(store),
    knownCampaigns: new KnownCampaigns(store),
    knownCounts: new KnownCounts(store),
    tenantReadings: new TenantReadings(store),
    replyShapes: new ReplyShapes(store),
    tenantOf: new TenantOfStore(store),
    stateIntents: new StateIntents(store),
    stops: new StopLedger(store),
    attention: new AttentionLedger(store),
    health: new StoreHealth(store),
    lives: new Lives(store),
  };
}

function once(work: () => Promise<void>): () => Promise<void> {
  let under: Promise<void> | undefined;
  return () => {
    under ??= work();
    return under;
  };
}
