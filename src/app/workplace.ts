// The workplace of an operation: configuration, tenant, store, this process among its replicas, delivery of events. Opened and
// closed in order.

import { createHash, createHmac, randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { join, resolve } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { type Clock, canonicalJson, createRandom, messageOf, type RandomStream } from "../kernel/index.ts";
import {
  type Context,
  createDeliveryWorker,
  type DeliveryAttempt,
  type DeliveryWorker,
  type EndedItem,
  type EngineKind,
  joinReplicas,
  launchEngine,
  openDesk,
  Runs,
  recordDrift,
  shareRates,
} from "../operations/index.ts";
import { FAILOVER, type Store } from "../store/index.ts";
import type { DriftEvent, TenantConfig, TenantHooks } from "../tenant/index.ts";
import { rulesOf } from "./compliance.ts";
import { type Config, credentialFrom, type Flags, loadConfig } from "./config.ts";
import type { ConfigFile } from "./config-schema.ts";
import type { Environment } from "./environment.ts";
import { processLives, processSpace } from "./process-space.ts";
import { allOf, type ConfiguredReceivers, mailOf, receiversOf, takenBy } from "./receivers.ts";
import { storeOf } from "./store-of-config.ts";
import { type ConnectedTenant, limitsOf, type TenantOverrides, tenantFromConfig } from "./tenant-from-config.ts";
import { bindTenant, identityOf, tenantLook } from "./tenant-of-store.ts";
import { packageVersion } from "./version.ts";

/** At the end, a command waits only this long for events to be delivered. */
const DELIVER_AT_END_MS = 15_000;

/** How deliveries ended. */
export type DeliveryEnd = Awaited<ReturnType<DeliveryWorker["drain"]>>;

/** The credential that identifies the rights of a process. */
const CREDENTIALS = { rest: "CLIENT_ID", acd: "ACCESS_KEY_ID" } as const;

export interface WorkplaceOptions {
  readonly warn: (message: string) => void;
  /** "off" removes every request limit. */
  readonly limits?: "off";
  /** False leaves the delivery of events to another process. */
  readonly deliver?: boolean;
  /** This process is a service: it shares runs with other services, and continues those of processes that are gone. */
  readonly serves?: boolean;
  readonly retry?: NonNullable<TenantConfig["retry"]>;
  /** Like `retry`, used when nothing is configured. */
  readonly usualRetry?: NonNullable<TenantConfig["retry"]>;
  /** Observe the calls to the vendor, and the deliveries of events. */
  readonly hooks?: TenantHooks;
  /** Id of the request that calls to the vendor belong to; the environment's trace by default. */
  readonly correlation?: () => string | undefined;
  readonly onDelivery?: (attempt: DeliveryAttempt) => void;
  /** Called with each row of a job that has got a result. */
  readonly onItem?: ((item: EndedItem) => void) | undefined;
}

/** The context of every use case, and what else the process that opened it needs. Kinds are added to `runs` before the launch. */
export interface Workplace extends Context, ConfiguredReceivers {
  readonly tenant: ConnectedTenant;
  readonly config: Config;
  readonly environment: Environment;
  readonly onItem: ((item: EndedItem) => void) | undefined;
  /** Like `lakeScope`, for processes that also have the same CRM; undefined without one. */
  readonly crmScope: string | undefined;
  /** Address for records for the CRM; undefined when it is not configured. */
  readonly crmRecordsUrl: string | undefined;
  /**
   * From now on works by another configuration of the same tenant and store, and with other receivers; requests and deliveries under way
   * end as they began. Throws for what cannot be used, and changes nothing.
   */
  exchange(file: ConfigFile, receivers: ConfiguredReceivers): Promise<void>;
  /**
   * Launches the engine; called once, before the first job. @param wrap wraps the execution of each run @param onto closes the
   * engine; by default what closes the workplace
   */
  launch(wrap?: (kinds: Record<string, EngineKind>) => Record<string, EngineKind>, onto?: AsyncDisposableStack): Promise<void>;
  /** Begins to deliver events, unless another process does. */
  startDelivery(): void;
  /** Ends the delivery of events: the requests under way end within their time limit. Otherwise it ends with the workplace. */
  stopDelivery(): Promise<void>;
  /** Waits until due events are delivered, as long as their receivers take them. */
  deliverEvents(): Promise<DeliveryEnd>;
}

/** Opens a workplace on `stack`, which closes it in reverse order. */
export async function openWorkplace(
  stack: AsyncDisposableStack,
  flags: Flags,
  environment: Environment,
  options: WorkplaceOptions,
): Promise<Workplace> {
  const config: { -readonly [Key in keyof Config]: Config[Key] } = await loadConfig(flags, environment);
  let configured: ConfiguredReceivers = {
    receivers: await receiversOf(config, environment),
    mail: await mailOf(config, environment),
  };
  const drift = config.profile === "acd" ? new DriftWatch(options.warn) : undefined;
  const opened: { tenantOf?: Store["tenantOf"] } = {};
  const tenant = await tenantFromConfig(config, environment, {
    ...options,
    ...drift?.overrides(options.hooks),
    // While the store belongs to another tenant, only pauses and stops are sent, and reads for which somebody waits.
    refusal: ({ lane, isWrite }) => (lane === "stop" || (lane === "pacing" && !isWrite) ? undefined : opened.tenantOf?.displaced),
  });
  stack.defer(() => tenant.close());
  const store = await storeOf(config, environment, { makes: "schema" });
  opened.tenantOf = store.tenantOf;
  stack.defer(() => store.close());
  await bindTenant(store, config);
  const learn = (of: ConfiguredReceivers, how: "set" | "widen" | "keep") => store.endpoints.learn(takenBy(of), how);
  await learn(configured, options.serves === true ? "set" : "widen");
  // Remote witnesses are asked here, and not by every command that only reads.
  await store.audit.compareHeads({ keep: false });
  const random = createRandom(randomUUID(), "replica");
  const host = hostname();
  const id = `${host}-${process.pid}-${random.int(2 ** 31).toString(36)}`;
  const serves = options.serves === true;
  await drift?.begin({ store, profile: config.profile, by: id, clock: config.clock, random });
  stack.defer(() => drift?.settled());
  // No process writes to a tenant with another's rights: jobs are shared by processes with the same tenant and credentials.
  const clientId = await credentialFrom(config, environment, CREDENTIALS[config.profile]);
  const scope = scopeOf(config.tenantUrl ?? config.file.tenant?.hosts, clientId);
  stack.use(shareRates({ shares: tenant.shares, ledger: store.rates, scope, holder: id, warn: options.warn }));
  const lake = lakeRoot(config);
  if (/^s3:/i.test(lake)) await config.lakeKeys();
  // Data in one process's lake can only be found by processes with the same lake.
  const lakeScope = scopeOf(scope, lake, isRemote(lake) ? undefined : host);
  // Everything for one CRM is sent from one lake.
  const crmRecordsUrl = environment["OUTDIAL_CRM_RECORDS_URL"] ?? config.file.webhooks?.crm?.recordsUrl;
  const crm = configured.receivers["crm"];
  const crmScope = crm === undefined ? undefined : scopeOf(lakeScope, crm.url, crmRecordsUrl);
  const alikeBy = async (by: Config, of: ConfiguredReceivers) =>
    digestsOf(store.keyFor("replicas"), {
      tenant: { profile: by.profile, is: identityOf(by), token: by.file.tenant?.token?.url },
      credentials: clientId,
      limits: options.limits ?? by.file.limits ?? {},
      receivers: allOf(of),
      // Commands that decide nothing by the rules do not read them, and those of another version begin nothing that goes on.
      ...(serves ? { "calling rules": (await rulesOf(by, {})()).pack, version: packageVersion() } : {}),
    });
  let alike = await alikeBy(config, configured);
  const isOwn = tenantLook(store, config, options.warn);
  const replica = await joinReplicas({
    replicas: store.replicas,
    id,
    pid: process.pid,
    host: processSpace(),
    scopes: serves ? [scope, lakeScope, FAILOVER, ...(crmScope === undefined ? [] : [crmScope])] : [],
    clock: config.clock,
    processLives,
    look: async () => {
      await learn(configured, "keep");
      return isOwn();
    },
    standing: () => ({ refused: tenant.refusal() ?? null, alike }),
  });
  stack.defer(() => replica.leave());
  // The store was bound to another tenant after this process had checked, and before others could see that it works here.
  if (store.tenantOf.displaced !== undefined) throw store.tenantOf.displaced;
  const { jobs, dialer: turns, audit } = store;
  const runs = new Runs({ jobs, turns, members: replica, clock: config.clock, serves, audit, warn: options.warn });
  const workerFor = (of: ConfiguredReceivers) =>
    options.deliver !== false && Object.keys(allOf(of)).length > 0
      ? createDeliveryWorker({
          outbox: store.outbox,
          switches: store.endpoints,
          endpoints: of.receivers,
          mail: of.mail,
          clock: config.clock,
          random,
          members: replica,
          log: (_level, message) => options.warn(message),
          onAttempt: options.onDelivery,
        })
      : undefined;
  let worker = workerFor(configured);
  let delivery: "not begun" | "begun" | "ended" = "not begun";
  const stopDelivery = async () => {
    delivery = "ended";
    await worker?.stop();
  };
  return {
    config,
    environment,
    onItem: options.onItem,
    tenant,
    store,
    clock: config.clock,
    random,
    actor: config.actor,
    replica,
    scope,
    lakeScope,
    crmScope,
    crmRecordsUrl,
    get receivers() {
      return configured.receivers;
    },
    get mail() {
      return configured.mail;
    },
    async exchange(file, next) {
      const isOther = !isDeepStrictEqual(configured, next);
      const nextAlike = await alikeBy({ ...config, file }, next);
      if (isOther) {
        // A receiver that cannot be used is found before anything learns of it.
        workerFor(next);
        await learn(next, "set");
      }
      if (options.limits === undefined) tenant.relimit(limitsOf({ ...config, file }));
      config.file = file;
      configured = next;
      alike = nextAlike;
      if (!isOther) return;
      const before = worker;
      const after = workerFor(next);
      // What it has begun ends first: two events of one subject are never under way together.
      await before?.stop().catch((thrown: unknown) => options.warn(`ending the delivery of events: ${messageOf(thrown)}`));
      if (delivery === "ended") return;
      worker = after;
      if (delivery === "begun") after?.start();
    },
    runs,
    async launch(wrap = (kinds) => kinds, onto = stack) {
      const servicesBeside = async () => {
        const scopes = new Set(Object.values(runs.kinds()).map((kind) => kind.scope));
        return (await Promise.all([...scopes].map((one) => replica.services(one)))).flat();
      };
      const here = onto.use(new AsyncDisposableStack());
      const launched = async () => {
        const kinds = wrap(runs.kinds());
        const engine = await launchEngine({ databaseUrl: store.url, executor: id, serves, kinds, log: options });
        here.defer(() => engine.close());
        return engine;
      };
      if (serves || (await servicesBeside()).length === 0) {
        runs.attach(await launched());
        return;
      }
      const desk = await openDesk({ databaseUrl: store.url, log: options });
      here.defer(() => desk.close());
      runs.handOver(desk, launched);
    },
    startDelivery() {
      delivery = "begun";
      worker?.start();
      stack.defer(stopDelivery);
    },
    stopDelivery,
    deliverEvents: () =>
      worker?.drain(AbortSignal.timeout(DELIVER_AT_END_MS)) ?? Promise.resolve({ delivered: 0, failed: 0, dead: 0, pending: 0 }),
  };
}

/**
 * Opens a workplace and what `make` makes on it, whose kinds of jobs it adds to the runs; they run, and events are delivered. Disposing closes it in
 * reverse order.
 */
export const working =
  <Options extends WorkplaceOptions, Made extends object>(
    make: (workplace: Workplace, options: Options, stack: AsyncDisposableStack) => Made,
    usual: Partial<WorkplaceOptions> = {},
  ) =>
  async (flags: Flags, environment: Environment, options: Options): Promise<Made & AsyncDisposable> => {
    await using stack = new AsyncDisposableStack();
    const workplace = await openWorkplace(stack, flags, environment, { ...usual, ...options });
    const made = make(workplace, options, stack);
    await workplace.launch();
    workplace.startDelivery();
    const owned = stack.move();
    return Object.assign(made, { [Symbol.asyncDispose]: () => owned.disposeAsync() });
  };

const isRemote = (lake: string): boolean => /^[a-z][a-z0-9+.-]+:\/\//i.test(lake);

/** The location of the lake of a configuration. */
export function lakeRoot(config: Config): string {
  const named = config.file.outcomes?.lake;
  if (named === undefined) return join(config.dir, "lake");
  const root = isRemote(named) ? named : resolve(config.folder, named);
  // Tenants that share a configuration have separate lakes.
  return config.named === undefined ? root : `${root.replace(/\/+$/, "")}/${config.named.name}`;
}

/** Digests of values that may hold secrets: without the key nobody can try values out. */
function digestsOf(key: Uint8Array, values: Readonly<Record<string, unknown>>): Record<string, string> {
  const digest = (value: unknown) =>
    createHmac("sha256", key)
      .update(canonicalJson(value ?? null))
      .digest("hex")
      .slice(0, 16);
  return Object.fromEntries(Object.entries(values).map(([item, value]) => [item, digest(value)]));
}

/** A short name for a combination of values. */
function scopeOf(...values: readonly unknown[]): string {
  return createHash("sha256")
    .update(canonicalJson(values.map((value) => value ?? null)))
    .digest("hex")
    .slice(0, 16);
}

// The shapes of a tenant's replies, across processes: known shapes are stored, and a change is reported once.

interface Setting {
  readonly store: Pick<Store, "replyShapes">;
  readonly profile: string;
  readonly by: string;
  readonly clock: Clock;
  readonly random: RandomStream;
}

class DriftWatch {
  readonly #warn: (message: string) => void;
  #setting: Setting | undefined;
  #known: Readonly<Record<string, string>> = {};
  /** Writes under way: a command that ends waits for them. */
  readonly #writing = new Set<Promise<unknown>>();

  constructor(warn: (message: string) => void) {
    this.#warn = warn;
  }

  /** The overrides with which the tenant is created. */
  overrides(hooks: TenantHooks = {}): Pick<TenantOverrides, "hooks" | "shapes"> {
    return {
      shapes: () => this.#known,
      hooks: {
        ...hooks,
        onShape: ({ operationId, shape }) => this.#write(({ store }) => store.replyShapes.keep(operationId, shape)),
        onDrift: (event) => this.#write((setting) => this.#tell(setting, event)),
      },
    };
  }

  /** Called when the store is open; before that no request goes to the tenant. */
  async begin(setting: Setting): Promise<void> {
    this.#known = await setting.store.replyShapes.all();
    this.#setting = setting;
  }

  async settled(): Promise<void> {
    await Promise.all(this.#writing);
  }

  async #tell({ store, clock, ...teller }: Setting, { operationId: operation, before, after }: DriftEvent): Promise<void> {
    this.#warn(`the tenant answers ${operation} with another structure than before: ${before}; now ${after}`);
    await recordDrift(store.replyShapes, { ...teller, operation, before, after, now: clock.now() });
  }

  /** An error in observing must not affect the observed call. */
  #write(work: (setting: Setting) => Promise<unknown>): void {
    const setting = this.#setting;
    if (setting === undefined) return;
    const writing = work(setting).catch((thrown: unknown) =>
      this.#warn(`the structure of a reply could not be stored: ${messageOf(thrown)}`),
    );
    this.#writing.add(writing);
    void writing.finally(() => this.#writing.delete(writing));
  }
}
