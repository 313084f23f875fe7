// The service: one workplace with all use cases, opened once, and the server on top of it. Opened and closed in order.

import { randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, open, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { trace } from "@opentelemetry/api";
import { type Clock, hostTrouble, isLoopback, messageOf, OutdialError } from "../kernel/index.ts";
import {
  CampaignMetrics,
  type CampaignUseCases,
  DISPOSITIONS,
  type FailoverUseCases,
  heldAt,
  isDue,
  lacksOf,
  requestOf,
  SILENT_MS,
  stopOf,
  TAG,
  Together,
  waitOf,
} from "../operations/index.ts";
import {
  allHooks,
  createServer,
  type InboundRoutesOptions,
  inboundRoutes,
  type LogLevel,
  listen,
  metricsRoutes,
  observeRoutes,
  Readiness,
  requestSpan,
  type ServerPorts,
  type Service,
  type ServiceLog,
  type ServiceLogger,
  ServiceMetrics,
  serviceFigures,
  type Upload,
  vendorSpans,
} from "../server/index.ts";
import {
  type AccessRole,
  CAMPAIGN_APPLY,
  DIALER_CHANGE,
  type Job,
  PUSH,
  RETRIEVE,
  type Store,
  StoreError,
  writeWhole,
} from "../store/index.ts";
import { systemClock, type TenantHooks } from "../tenant/index.ts";
import { capabilitiesOn } from "./capabilities.ts";
import { rulesOf } from "./compliance.ts";
import { type Config, type Flags, keptIn } from "./config.ts";
import { ConfigError } from "./config-error.ts";
import { Correlator, correlated, traceOf } from "./correlation.ts";
import { type Check, examine } from "./doctor/examine.ts";
import { goOnWithStops, type StopTiming } from "./emergency-stop.ts";
import { type Environment, secretFrom } from "./environment.ts";
import { createInbound, inboundSecrets } from "./inbound.ts";
import { opening } from "./opening.ts";
import { allOf } from "./receivers.ts";
import { Background } from "./service/background.ts";
import { watchHeads } from "./service/heads.ts";
import { keepGroup } from "./service/opt-outs.ts";
import { reloadable } from "./service/reload.ts";
import { watchReplicas } from "./service/replicas.ts";
import { conditionsFound, Waits } from "./service/waits.ts";
import { workOf } from "./service/work.ts";
import { signInOf } from "./sign-in.ts";
import { tenantShown } from "./standing.ts";
import { packageVersion } from "./version.ts";
import { openWorkplace, type Workplace } from "./workplace.ts";

// Observing the service, and receiving the vendor's events: created before the workplace, because the workplace's tenant and
// deliveries are counted here.

interface Watch {
  readonly metrics: ServiceMetrics;
  /** Hooks for the tenant. */
  readonly hooks: TenantHooks;
  /** Hook for the server. */
  readonly onRequest: NonNullable<ServerPorts["onRequest"]>;
  /** The addresses that authenticate their callers themselves. Starts the processing of the vendor's events; `stack` ends it. */
  open(
    stack: AsyncDisposableStack,
    workplace: Workplace,
    ports: {
      readonly metrics: Pick<CampaignMetrics, "recordPushed">;
      readonly readers: () => number;
      /** Secrets of the vendor's events, as they are now. */
      readonly secrets: InboundRoutesOptions["secrets"];
    },
  ): Promise<{
    readonly parts: NonNullable<ServerPorts["parts"]>;
    readonly readiness: Readiness;
    /** Address of the metrics, when they have a port of their own; `stack` closes it. */
    readonly metricsUrl: string | undefined;
  }>;
}

/** @param logger logs the attempts at the vendor; without one they are only counted */
function watchService(environment: Environment, logger?: Pick<ServiceLogger, "log" | "vendorHooks">): Watch {
  const metrics = new ServiceMetrics();
  const tracer = trace.getTracer("outdial");
  const watchers = [metrics.vendorHooks(), vendorSpans(tracer), ...(logger === undefined ? [] : [logger.vendorHooks])];
  return {
    metrics,
    hooks: allHooks(watchers),
    onRequest(request) {
      metrics.request(request);
      requestSpan(tracer, request, systemClock.now());
    },
    async open(stack, workplace, { metrics: campaigns, readers, secrets }) {
      const { store, tenant, replica } = workplace;
      const { clock } = workplace.config;
      const inbound = createInbound({
        store,
        metrics: campaigns,
        clock,
        by: replica.id,
        log: logger?.log,
        onProcessed: (processed) => metrics.inboundProcessed(processed),
      });
      stack.defer(() => inbound.stop());
      inbound.start();
      const readiness = new Readiness({
        store,
        replica: replica.id,
        clock,
        token: async () => ({
          isRefused: replica.refusal() !== null,
          leavesWork: await replica.leavesWork(workplace.scope),
        }),
      });
      const { intake } = inbound;
      const webhooks = inboundRoutes({ intake, secrets, clock, onAnswer: (answer) => metrics.inboundAnswer(answer) });
      const refresh = serviceFigures(metrics, {
        store,
        budgets: () => tenant.limits(),
        readers,
        clock,
        held: () => heldAt(allOf(workplace), clock.now()),
      });
      const metricsToken = await secretFrom(environment, "OUTDIAL_METRICS_TOKEN");
      const { publicUrl, metrics: own } = workplace.config.file.service ?? {};
      const shared = { registry: metrics.registry, refresh, metricsToken, publicUrl };
      const health = observeRoutes({ ...shared, readiness, metricsElsewhere: own !== undefined });
      let metricsUrl: string | undefined;
      if (own !== undefined) {
        const app = metricsRoutes(shared);
        const serve = async (request: Request, env: object) => await app.fetch(request, env);
        const listening = await listen(serve, { host: own.host ?? "127.0.0.1", port: own.port });
        stack.defer(() => listening.stop(0));
        metricsUrl = listening.url;
      }
      return { parts: [webhooks, health], readiness, metricsUrl };
    },
  };
}

const LOOK_MS = 1000;

/** Continues pauses and resumes of campaigns whose process died, until the signal: every service searches for them, and one continues each. */
function goOnWithChanges(
  { config: { clock }, replica, scope }: Pick<Workplace, "config" | "replica" | "scope">,
  campaigns: CampaignUseCases,
  background: Background,
  given: {
    readonly signal: AbortSignal;
    readonly warn: (message: string) => void;
    /** Time between two looks, ms. */
    readonly everyMs?: number | undefined;
  },
): void {
  const { signal, warn, everyMs = LOOK_MS } = given;
  const left = campaigns.left();
  background.repeat("changes of campaigns that were left", { clock, everyMs, signal }, async () => {
    // A process that could not reach the database itself a moment ago cannot judge whether others are dead.
    if (!replica.isSteady() || (await replica.leavesWork(scope))) return;
    for (const intent of await left.waiting())
      background.start(`${intent.target === "paused" ? "pause" : "resume"} of ${intent.campaignId}`, async () => {
        const ended = await left.goOn(intent, signal).catch((thrown: unknown) => {
          if (signal.aborted) return undefined;
          throw thrown;
        });
        if (ended === undefined) return;
        await campaigns.saw(ended);
        const what = intent.target === "paused" ? "pausing" : "resuming";
        warn(`${what} ${intent.campaignId}, which a process that ended had begun: ${ended.message ?? ended.outcome}`);
      });
  });
}

/** How often pairs are searched for that no living process runs, ms. */
const PAIRS_MS = 1000;
/** Policies of campaign files are rarer: they are searched for in every nth look. */
const FILES_EVERY = 5;

/** Begins the watch over each pair of the store that nobody watches, until the signal; the engine gives it to one of the services. */
function watchPairs(
  { config, store }: Pick<Workplace, "config" | "store">,
  failover: FailoverUseCases,
  background: Background,
  signal: AbortSignal,
  warn: (message: string) => void,
): void {
  let told = "";
  background.repeat("failover pairs", { clock: config.clock, everyMs: PAIRS_MS, signal }, async (looks) => {
    if (store.audit.isHeld) return;
    if (looks % FILES_EVERY === 0) {
      // A campaign file with a failover policy was confirmed when it was applied: from then on its pair is watched.
      const problems = (await failover.takeFiles()).join("; ");
      if (problems !== "" && problems !== told) warn(problems);
      told = problems;
    }
    await failover.beginAll();
  });
}

const NAME = "login-link";

/**
 * For a service without a terminal, since logs have more readers than this file: writes a link that signs an administrator in to the file, replacing the one of the previous start; only the service's own user may read it (mode 0600).
 * @returns what deletes it, unless another service has written its own link since
 */
async function writeLoginFile(path: string, link: string): Promise<() => Promise<void>> {
  const text = `${link}\n`;
  await writeWhole(path, text);
  return async () => {
    const there = await readFile(path, "utf8").catch(() => undefined);
    if (there === text) await rm(path, { force: true });
  };
}

/** How long live updates are stored, ms: a reader that was away for less misses nothing. */
const FEED_MS = 3_600_000;
const FEED_KEEP_MS = 60_000;
/** A stop takes at most these three times, one after the other: for requests under way, */
const DRAIN_MS = 8_000;
/** then for requests sent to the tenant (receivers of events have their own 5 s), */
const WIRE_MS = 2_000;
/** and for all background work and the recording of its results. */
const SETTLE_MS = 4_000;
/** Time after which a stop no longer waits for a database that does not answer, in all. */
const STOP_MS = 14_500;
const DEFAULT_PORT = 8383;
const MEGABYTE = 1_048_576;

export interface ServiceOptions {
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  readonly log: ServiceLog;
  /** Called with the configured level of the log, at the start and when it is another one. */
  readonly onLevel?: ((level: LogLevel) => void) | undefined;
  /** The logger behind `log`, when it links a request to what follows from it. */
  readonly logger?: ServiceLogger | undefined;
  /** Folder of the built dashboard. */
  readonly pages?: string | undefined;
  /** How often jobs that were left behind are searched for, ms. */
  readonly leftMs?: number | undefined;
  /** How often the audit log is compared with its heads outside, ms. */
  readonly headsMs?: number | undefined;
  /** Clock of changes of dialer settings; the system's by default. */
  readonly changesClock?: Clock | undefined;
  /** Timing of emergency stops. */
  readonly stops?: StopTiming | undefined;
  /** The service ends within this time whatever happens, ms. */
  readonly stopMs?: number | undefined;
  /** The tenant is a demo, and the pages say what there is to see. */
  readonly demo?: boolean | undefined;
}

/** A running service. */
export interface RunningService extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  /** Address of the metrics, when they have a port of their own. */
  readonly metricsUrl: string | undefined;
  readonly store: Store;
  /**
   * Reads configuration and secrets again and exchanges what can be exchanged while everything goes on; the log says what, and what needs
   * a restart. What cannot be used is logged and leaves everything as it was. Never rejects.
   */
  reload(): Promise<void>;
  /** The address of a page that signs in by itself, once, within ten minutes. */
  loginLink(name: string, role: AccessRole): Promise<string>;
  /**
   * Writes such an address to a file in the service's folder that only its own user may read; it is removed when the service
   * ends. @returns its path; undefined when the disk does not take it, of which the log tells
   */
  keepLoginLink(link: string): Promise<string | undefined>;
  /**
   * Ends the service in order, like disposing of it, and waits for that at most 15 s.
   * @returns false when something, usually the database, did not answer in time: it may still keep this process alive
   */
  end(): Promise<boolean>;
}

/** Opens the service. Throws ConfigError when it would be reachable from outside this machine although no token exists. */
export async function openService(flags: Flags, environment: Environment, options: ServiceOptions): Promise<RunningService> {
  await using stack = new AsyncDisposableStack();
  const warn = (message: string) => options.log("warn", message);
  const watch = watchService(environment, options.logger);
  const correlator = new Correlator(traceOf(environment));
  const logged: <T>(correlation: { readonly requestId: string }, work: () => T) => T = (correlation, work) =>
    options.logger === undefined ? work() : options.logger.within(correlation, work);
  const workplace = await openWorkplace(stack, flags, environment, {
    warn,
    hooks: watch.hooks,
    correlation: () => correlator.current,
    onDelivery: (attempt) => watch.metrics.deliveryAttempt(attempt),
    onItem: (item) => watch.metrics.itemEnded(item),
    serves: true,
  });
  const { config, store } = workplace;
  // A service that cannot write the audit log would stop every job that it takes.
  await store.audit.requireKey();
  const service = config.file.service ?? {};
  const host = options.host ?? service.host ?? "127.0.0.1";
  if (!isLoopback(host) && !(await store.access.hasTokens()))
    throw new ConfigError(
      `the service would listen on ${host}, beyond this machine, and nobody has a token`,
      "Make one first: outdial serve token add NAME --role admin.",
    );
  const signIn = await signInOf(config, environment, host);
  let inbound = await inboundSecrets(environment);
  options.onLevel?.(service.logLevel ?? "info");
  const reload = await reloadable({
    flags,
    environment,
    workplace,
    host,
    log: options.log,
    take(next) {
      ({ inbound } = next);
      options.onLevel?.(next.file.service?.logLevel ?? "info");
    },
  });
  const background = new Background(warn);
  const { runs } = workplace;
  const ended = new AbortController();
  const { beside, ...able } = await capabilitiesOn(stack, workplace, environment, {
    warn,
    background,
    signal: ended.signal,
    requestId: () => correlator.current,
    changesClock: options.changesClock,
    stops: options.stops,
  });
  await workplace.launch((kinds) => correlated(kinds, correlator, store.audit, logged));
  stack.defer(async () => {
    await Promise.all([background.settled(SETTLE_MS), runs.settled(SETTLE_MS)]);
  });
  workplace.startDelivery();
  const spool = await createSpool(config.dir);
  stack.defer(() => spool.close());
  await keepHouse(workplace, background, ended.signal);
  const stopping = () => {
    ended.abort();
    runs.interrupt();
  };
  stack.defer(stopping);
  background.start("view of the tenant", () => beside.refresh.run());
  watchPairs(workplace, able.failover, background, ended.signal, warn);
  keepGroup(workplace, background, { signal: ended.signal, warn });
  background.start("schedules of retrieval", () =>
    beside.runSchedules({
      onRun: (run) => ("failed" in run ? warn(`a scheduled retrieval failed: ${messageOf(run.failed)}`) : undefined),
    }),
  );
  background.start("calling rules", async () => {
    const trouble = (await rulesOf(config, {})()).compiled.zoneTrouble();
    if (trouble !== null) warn(trouble);
  });
  goOnWithStops(workplace, beside.stops, background, { timing: options.stops ?? {}, signal: ended.signal, warn });
  goOnWithChanges(workplace, able.campaigns, background, { signal: ended.signal, warn, everyMs: options.leftMs });
  watchHeads(workplace, background, { signal: ended.signal, log: options.log, everyMs: options.headsMs });
  watchReplicas(workplace, background, { signal: ended.signal, log: options.log });
  goOnWithJobs(workplace, background, { signal: ended.signal, log: options.log, everyMs: options.leftMs });
  const watched = await watch.open(stack, workplace, {
    metrics: new CampaignMetrics({
      log: store.metrics,
      source: workplace.tenant.capabilities.metricsSource,
      clock: config.clock,
    }),
    readers: () => server.readers,
    secrets: () => inbound,
  });
  const examined = new Together<readonly Check[]>();
  const server: Service = await createServer({
    parts: watched.parts,
    onRequest: watch.onRequest,
    within: ({ requestId }, work) => correlator.within(requestId, () => logged({ requestId }, work)),
    clock: config.clock,
    access: store.access,
    requests: store.requests,
    keyFor: store.keyFor,
    replica: workplace.replica.id,
    feed: store.feed,
    record: (entry) => store.audit.append([entry]),
    log: options.log,
    conditions: () => store.health.conditions(),
    setup: () =>
      examined.get(async () => {
        // The tenant that was chosen at the start, whatever is chosen in the folder since.
        const same: Flags = { ...flags, tenant: config.named?.name ?? flags.tenant };
        return (await Array.fromAsync(examine(same, environment, warn))).flat();
      }),
    work: workOf(able, workplace),
    spool: (bytes) => spool.keep(bytes),
    settings: {
      ...(await settingsOf(config)),
      signIn,
      pages: options.pages,
      demo: options.demo,
      tenant: tenantShown(config),
      profile: workplace.tenant.profile,
      lacks: lacksOf(workplace.tenant),
    },
  });
  const listening = await listen((request, env) => server.fetch(request, env), {
    host,
    port: options.port ?? service.port ?? DEFAULT_PORT,
  });
  stack.defer(async () => {
    watched.readiness.stopping();
    // The background work ends at the same time as the requests under way, which may still need the tenant.
    stopping();
    // Streams of live updates would keep their connections open forever.
    await server.close();
    await listening.stop(DRAIN_MS);
    // From here on nothing is sent to the tenant: calls that wait for its budget end at once, those already sent end soon.
    void workplace.tenant
      .close({ withinMs: WIRE_MS })
      .catch((thrown: unknown) => warn(`closing the tenant: ${messageOf(thrown)}`));
    void workplace.stopDelivery().catch((thrown: unknown) => warn(`ending the delivery of events: ${messageOf(thrown)}`));
  });
  const owned = stack.move();
  const url = service.publicUrl ?? listening.url;
  let disposing: Promise<void> | undefined;
  const dispose = () => (disposing ??= owned.disposeAsync());
  return {
    url,
    port: listening.port,
    metricsUrl: watched.metricsUrl,
    store,
    reload: () => reload.again(),
    loginLink: (name, role) => loginLink(store, url, name, role),
    async keepLoginLink(link) {
      const path = join(config.dir, NAME);
      try {
        owned.defer(await writeLoginFile(path, link));
        return path;
      } catch (thrown) {
        const why = hostTrouble(thrown);
        if (why === undefined) throw thrown;
        warn(`${path} cannot be written: ${why}; sign in with a token (outdial serve token add)`);
        return undefined;
      }
    },
    end: () => endWithin(options.stopMs ?? STOP_MS, dispose, warn),
    [Symbol.asyncDispose]: dispose,
  };
}

/** Ends a service, and stops waiting for that after a time. @returns whether it has ended */
async function endWithin(ms: number, dispose: () => Promise<void>, warn: (message: string) => void): Promise<boolean> {
  const late = Promise.withResolvers<false>();
  const timer = setTimeout(() => late.resolve(false), ms);
  let given = false;
  const disposed = dispose().then(
    () => true,
    (thrown: unknown) => {
      // Nobody waits any more: errors because the process ends are not reported.
      if (!given) throw thrown;
      return true;
    },
  );
  const ended = await Promise.race([disposed, late.promise]).finally(() => clearTimeout(timer));
  given = true;
  if (!ended)
    warn(
      `not everything ended within ${ms / 1000} s, mostly because the database does not answer; another service, or the next start, continues the work under way`,
    );
  return ended;
}

const LINK_MS = 600_000;

async function loginLink(store: Store, url: string, name: string, role: AccessRole): Promise<string> {
  const code = await store.access.addLoginCode({ name, role, ttlMs: LINK_MS });
  // In the fragment: browsers do not send it, and no log contains it.
  return `${url.replace(/\/$/, "")}/login#${code}`;
}

/** Tokens of the service, without starting it. */
export const openAccess = opening(async ({ config: { actor }, store }) => ({ access: (await store()).access, actor }));

async function settingsOf({ file }: Config): Promise<Omit<ServerPorts["settings"], "pages" | "tenant" | "profile" | "lacks">> {
  const { fourEyes = false, publicUrl, proxy, uploadMegabytes = 512 } = file.service ?? {};
  return {
    version: packageVersion(),
    fourEyes,
    timeZone: file.compliance?.timeZone ?? new Intl.DateTimeFormat().resolvedOptions().timeZone,
    publicUrl,
    proxy,
    uploadLimit: uploadMegabytes * MEGABYTE,
  };
}

/** Keeps the feed of live updates being written, and removes what is older than its life. */
async function keepHouse({ store, config, runs }: Workplace, background: Background, signal: AbortSignal): Promise<void> {
  const { clock, file } = config;
  const { feed, lives } = store;
  await feed.keep(FEED_MS);
  background.repeat("live updates", { clock, everyMs: FEED_KEEP_MS, signal }, () => feed.keep(FEED_MS));
  const others = { feed: () => feed.sweep(FEED_MS), workflows: (before: Date) => runs.forgetEnded(before) };
  background.repeat("removing what is older than its life", { clock, everyMs: FEED_KEEP_MS, signal }, () =>
    lives.sweep(keptIn(file), others, { signal }),
  );
}

// Files that are being uploaded to the service, stored in its folder until their request has ended.

const NO_ROOM: ReadonlySet<unknown> = new Set(["ENOSPC", "EDQUOT"]);

/** Stores uploads below a folder. Files that a dead process left there are deleted. */
export async function createSpool(dir: string) {
  const folder = join(dir, "uploads", String(process.pid));
  await clearDead(join(dir, "uploads"));
  await mkdir(folder, { recursive: true, mode: 0o700 }).catch((thrown) => Promise.reject(noRoom(thrown) ?? thrown));
  return {
    /** Throws `store_full` when the folder has no room. */
    async keep(bytes: AsyncIterable<Uint8Array>): Promise<Upload & AsyncDisposable> {
      const path = join(folder, randomUUID());
      let size: number;
      try {
        // Opened before the first byte comes: a stream that opens it by itself may do so after it was removed.
        const file = await open(path, "wx", 0o600);
        const written = file.createWriteStream();
        await pipeline(bytes, written);
        size = written.bytesWritten;
      } catch (thrown) {
        await rm(path, { force: true });
        throw noRoom(thrown) ?? thrown;
      }
      return {
        name: "upload",
        contentType: "application/octet-stream",
        bytes: () => read(path),
        size,
        [Symbol.asyncDispose]: () => rm(path, { force: true }),
      };
    },
    close: () => rm(folder, { recursive: true, force: true }),
  };
}

function noRoom(thrown: unknown): OutdialError | undefined {
  if (!(thrown instanceof Error && "code" in thrown && NO_ROOM.has(thrown.code))) return undefined;
  return new OutdialError("store_full", `the folder for files that are sent to the service has no room: ${messageOf(thrown)}`, {
    advice: "Nothing of the file was used. Make room in the service's folder (.outdial, or --dir), then send it again.",
    cause: thrown,
  });
}

/**
 * Opens the file only when it is read: a stream opened earlier, for a request that ended before reading, would fail without a
 * listener when the file is gone, and end the service.
 */
async function* read(path: string): AsyncGenerator<Uint8Array> {
  yield* createReadStream(path) as AsyncIterable<Uint8Array>;
}

async function clearDead(folder: string): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    const pid = Number(name);
    if (!Number.isInteger(pid) || !isAlive(pid)) await rm(join(folder, name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    return thrown instanceof Error && "code" in thrown && thrown.code === "EPERM";
  }
}

// Jobs and imports that nobody works on: runs of processes that died go back to the queue, and jobs without a run get one when
// nothing forbids it. Imports and approvals that broke off are reported.

/** Jobs without a run are rarer than dead processes: they are searched for in every nth look. */
const JOBS_EVERY = 5;
const MOST = 500;
/** Kinds for which a command line may have a job that it must run itself. */
const OF_COMMANDS: ReadonlySet<string> = new Set([TAG, DISPOSITIONS, RETRIEVE, PUSH]);

/** Searches for them until the signal. Any service does, whoever began the job. */
export function goOnWithJobs(
  { config: { clock }, store, runs, replica }: Pick<Workplace, "config" | "store" | "runs" | "replica">,
  background: Background,
  given: {
    readonly signal: AbortSignal;
    readonly log: ServiceLog;
    /** Time between two looks, ms. */
    readonly everyMs?: number | undefined;
  },
): void {
  const { signal, log, everyMs = LOOK_MS } = given;
  const warn = (message: string) => log("warn", message);
  const waits = new Waits();
  const tellWaits = conditionsFound("jobs", store, log);
  const isOurs = async (job: Job) =>
    !OF_COMMANDS.has(job.kind) || (await requestOf(store.audit, job.id)) !== null || (await runs.wasShared(job));
  // Without a CRM this process runs no pushes.
  const scopes = runs.kinds();
  const kinds = [...OF_COMMANDS, DIALER_CHANGE, CAMPAIGN_APPLY].filter((kind) => kind in scopes);
  const lookForJobs = async () => {
    const jobs = await store.jobs.listJobs({
      kinds,
      status: ["ready", "running", "stopped"],
      limit: MOST,
    });
    const waiting: Job[] = [];
    for (const job of jobs) {
      // It is for processes with its own tenant, credentials, lake and CRM.
      if (typeof job.scope === "string" && job.scope !== scopes[job.kind]?.scope) continue;
      if (waitOf(job) === undefined || (await isOurs(job))) waiting.push(job);
    }
    tellWaits(waits.take(waiting, clock.now()));
    for (const job of waiting) {
      if (signal.aborted) return;
      const isRefused = stopOf(job.error)?.code === "unauthorized" && replica.refusal() === null;
      const forRefused = isRefused && (await replica.refused(scopes[job.kind]?.scope ?? "")).length > 0;
      // A change in progress, or a rollout that nobody watches, is also continued when the tenant was away.
      const due =
        isDue(job, clock.now(), { retriesAway: job.kind === DIALER_CHANGE, forRefused }) || (await runs.isOrphaned(job));
      if (due && (await isOurs(job)))
        await runs.start(job.id).catch((thrown: unknown) => {
          // The store was bound to another tenant meanwhile: a person decides.
          if (!(thrown instanceof StoreError && thrown.code === "other_tenant") || store.audit.isHeld) throw thrown;
        });
    }
  };
  const lookForImports = async () => {
    // A process that could not reach the database itself a moment ago cannot judge whether others are silent.
    if (!replica.isSteady()) return;
    for (const { id, kind, sourceName } of await store.facts.nameBrokenImports(SILENT_MS))
      warn(`the import ${id} of ${sourceName} (${kind}) broke off; import the file again, only a part of it is in force`);
  };
  const lookForApprovals = async () => {
    if (!replica.isSteady()) return;
    for (const { id, operation, requestedBy } of await store.requests.nameInterrupted(replica))
      warn(
        `the approval ${id} (${operation}, asked for by ${requestedBy}) was being carried out when its service ended; the audit log shows how far it came`,
      );
  };
  background.repeat("jobs that were left behind", { clock, everyMs, signal }, async (looks) => {
    if (store.audit.isHeld) return;
    await runs.adopt();
    if (looks % JOBS_EVERY !== 0) return;
    await lookForJobs();
    await lookForImports();
    await lookForApprovals();
  });
}
