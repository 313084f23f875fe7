// The service: one workplace with all use cases, opened once, and the server on top of it. Opened and closed in order.

import { type Clock, messageOf } from "../kernel/index.ts";
import { CampaignMetrics, lacksOf } from "../operations/index.ts";
import {
  createServer,
  type LogLevel,
  listen,
  type ServerPorts,
  type Service,
  type ServiceLog,
  type ServiceLogger,
} from "../server/index.ts";
import type { AccessRole, Store } from "../store/index.ts";
import { capabilitiesOn } from "./capabilities.ts";
import { rulesOf } from "./compliance.ts";
import { type Config, type Flags, loadConfig } from "./config.ts";
import { ConfigError } from "./config-error.ts";
import { Correlator, correlated, traceOf } from "./correlation.ts";
import { goOnWithStops, type StopTiming } from "./emergency-stop.ts";
import type { Environment } from "./environment.ts";
import { inboundSecrets } from "./inbound.ts";
import { Background } from "./service/background.ts";
import { watchHeads } from "./service/heads.ts";
import { goOnWithJobs } from "./service/left-behind.ts";
import { goOnWithChanges } from "./service/left-changes.ts";
import { writeLoginFile } from "./service/login-file.ts";
import { keepGroup } from "./service/opt-outs.ts";
import { watchPairs } from "./service/pairs.ts";
import { reloadable } from "./service/reload.ts";
import { watchReplicas } from "./service/replicas.ts";
import { createSpool } from "./service/spool.ts";
import { watchService } from "./service/watch.ts";
import { workOf } from "./service/work.ts";
import { signInOf } from "./sign-in.ts";
import { tenantShown } from "./standing.ts";
import { storeOf } from "./store-of-config.ts";
import { packageVersion } from "./version.ts";
import { openWorkplace, type Workplace } from "./workplace.ts";

/** How long live updates are stored, ms: a reader that was away for less misses nothing. */
const FEED_MS = 3_600_000;
const HOUSEKEEPING_MS = 60_000;
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
   * ends. @returns its path
   */
  keepLoginLink(link: string): Promise<string>;
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
    work: workOf(able, workplace, ended.signal),
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
      const { path, remove } = await writeLoginFile(config.dir, link);
      owned.defer(remove);
      return path;
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
export async function openAccess(flags: Flags, environment: Environment) {
  const config = await loadConfig(flags, environment);
  const store = await storeOf(config, environment);
  return { access: store.access, actor: config.actor, [Symbol.asyncDispose]: () => store.close() };
}

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

/** Keeps the feed of live updates being written, and removes old data. */
async function keepHouse({ store, config }: Workplace, background: Background, signal: AbortSignal): Promise<void> {
  const { clock } = config;
  const { access, requests, feed, tenantReadings, replicas } = store;
  await feed.keep(FEED_MS);
  background.repeat("clearing away what is old", { clock, everyMs: HOUSEKEEPING_MS, signal }, async () => {
    await Promise.all([
      feed.keep(FEED_MS),
      feed.sweep(FEED_MS),
      access.sweep(),
      requests.sweep(),
      tenantReadings.sweep(clock.now()),
      replicas.sweep(),
    ]);
  });
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127(\.\d{1,3}){3}$/.test(host);
}
