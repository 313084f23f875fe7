// The living demo: a tenant, a month of history, the service with its dashboard, and a watch that will have something to do. Opened and closed in order.

import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CompiledPack } from "../../compliance/index.ts";
import { CampaignMetrics, failoverPolicySchema } from "../../operations/index.ts";
import { createSandbox, type Sandbox } from "../../sandbox/index.ts";
import type { ServiceLog } from "../../server/index.ts";
import type { Store } from "../../store/index.ts";
import { systemClock } from "../../tenant/index.ts";
import { type Flags, loadConfig } from "../config.ts";
import { openFailover } from "../failover.ts";
import { compileRulePack, readRulePack } from "../rule-pack.ts";
import { openService, type RunningService } from "../service.ts";
import { tenantFromConfig } from "../tenant-from-config.ts";
import type { Environment } from "../workplace.ts";
import { jobsEnded, retrieveMonth, tagSomeCalls } from "./api.ts";
import { confirmRevocations, writeFacts } from "./facts.ts";
import { feedAttempts } from "./feed.ts";
import { joinPresent, liveThrough } from "./lived.ts";
import { placesAwake } from "./places.ts";
import { openEventReceiver } from "./receiver.ts";
import { BACKUP, type DemoWorld, demoWorld, FALLEN, PRIMARY, PRIMARY_LIST, THRESHOLD } from "./scenario.ts";

/** So much is lived through before the start. */
const LIVED_MS = 75 * 60_000;
/** Time to look around before the list turns bad. */
const FALLS_AFTER_MS = 3000;
/** The dashboard opens all the same when the month is not home by then. */
const RETRIEVAL_MS = 20_000;
/** Kinds of rules that are about the clock alone. */
const CLOCK: ReadonlySet<string> = new Set(["calling-hours", "closed-days", "emergency-ban"]);

export interface DemoOptions {
  /** Folder that is kept; a temporary one, removed at the end, by default. */
  readonly dir?: string | undefined;
  /** 0, the default, takes a free one. */
  readonly port?: number | undefined;
  /** Folder of the built dashboard. */
  readonly pages?: string | undefined;
  readonly log: ServiceLog;
  /** Told what is being prepared. */
  readonly say: (line: string) => void;
  /** Gives the preparation up. */
  readonly signal?: AbortSignal | undefined;
}

/** A running demo. */
export interface RunningDemo extends AsyncDisposable {
  readonly service: RunningService;
  readonly sandbox: Sandbox;
  readonly tenantUrl: string;
  readonly dir: string;
}

/** Opens the demo. Disposing ends everything that it started. Rejects with the reason of the signal. */
export async function openDemo(environment: Environment, options: DemoOptions): Promise<RunningDemo> {
  await using stack = new AsyncDisposableStack();
  const { say, log, pages, port = 0, signal } = options;
  const warn = (message: string) => log("warn", message);
  const dir = options.dir ?? (await mkdtemp(join(tmpdir(), "outdial-demo-")));
  if (options.dir === undefined) stack.defer(() => rm(dir, { recursive: true, force: true }));
  await mkdir(dir, { recursive: true });

  const now = Date.now();
  const world = demoWorld(placesAwake(await clockRules(), now), { now, begins: now - LIVED_MS });
  const sandbox = createSandbox({ scenario: world.scenario, clock: "frozen", now: now - LIVED_MS });
  stack.defer(() => sandbox.close());
  const { url: tenantUrl } = await sandbox.listen();
  say(`tenant     ${tenantUrl}: two campaigns, ${world.contacts.length} people in ${world.zone} and places like it`);
  const receiver = await openEventReceiver();
  stack.defer(() => receiver.close());

  const config = join(dir, "outdial.yaml");
  await writeFile(config, configText(world.zone));
  const flags = { config, dir: join(dir, ".outdial"), tenantUrl };
  const own = {
    ...environment,
    CXONE_CLIENT_ID: sandbox.ready.clientId,
    CXONE_CLIENT_SECRET: sandbox.ready.clientSecret,
    OUTDIAL_BI_URL: receiver.url,
    OUTDIAL_BI_SECRET: receiver.secret,
    OUTDIAL_ALARMS_URL: receiver.url,
    OUTDIAL_ALARMS_SECRET: receiver.secret,
    OUTDIAL_ACTOR: "demo",
    DATABASE_URL: undefined,
  };
  const service = stack.use(await openService(flags, own, { port, log, pages, demo: true }));
  const { store } = service;
  signal?.throwIfAborted();
  await prepare({ sandbox, store, world, now, url: service.url, say, signal });
  signal?.throwIfAborted();
  await joinPresent(sandbox);
  stack.use(await work(flags, own, { sandbox, store, now, warn }));
  const owned = stack.move();
  return { service, sandbox, tenantUrl, dir, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

interface Preparing {
  readonly sandbox: Sandbox;
  readonly store: Store;
  readonly world: DemoWorld;
  readonly now: number;
  readonly url: string;
  readonly say: (line: string) => void;
  readonly signal: AbortSignal | undefined;
}

/** Fills the store: facts, a month of outcomes, the figures of the last hour. */
async function prepare({ sandbox, store, world, now, url, say, signal }: Preparing): Promise<void> {
  const added = await store.access.addToken({ name: "demo", role: "operator", expiresAt: now + 3_600_000, by: "demo" });
  const api = { url, token: added.token };
  const retrievals = await retrieveMonth(api, now - LIVED_MS);
  await Promise.all([writeFacts(store.facts, { ...world, now }), liveThrough(sandbox, store)]);
  say(`facts      consent, registries, opt-outs, ${world.history.length} attempts; the last hour of both campaigns`);
  const home = await jobsEnded(api, retrievals, RETRIEVAL_MS, signal);
  say(`lake       the outcomes of 30 days ${home ? "are home" : "are on their way (see Jobs)"}`);
  await confirmRevocations(store.facts, now);
  await tagSomeCalls(api);
}

interface Working {
  readonly sandbox: Sandbox;
  readonly store: Store;
  readonly now: number;
  readonly warn: (message: string) => void;
}

/** Starts what goes on while somebody looks: the pair that the service watches, the reports of calls, and the list that turns bad. */
async function work(flags: Flags, environment: Environment, { sandbox, store, now, warn }: Working): Promise<AsyncDisposable> {
  await using stack = new AsyncDisposableStack();
  const tenant = await tenantFromConfig(await loadConfig(flags, environment, process.cwd()), environment);
  stack.defer(() => tenant.close());
  const { metricsSource, outcomeSource: source } = tenant.capabilities;
  const policy = { backup: BACKUP, threshold: THRESHOLD, windowMinutes: 1, everySeconds: 5, coolDownMinutes: 30 };
  await using runtime = await openFailover(flags, environment, { warn, deliver: false });
  await runtime.failover.put(PRIMARY, failoverPolicySchema.parse(policy));
  const clock = systemClock;
  const metrics = new CampaignMetrics({ log: store.metrics, source: metricsSource, clock, freshMs: 0 });
  const stop = new AbortController();
  const { signal } = stop;
  const fall = async () => {
    await clock.sleep(FALLS_AFTER_MS, signal);
    sandbox.control.simulateList({ id: PRIMARY_LIST, answerRate: FALLEN });
  };
  const running = [
    feedAttempts({ source, facts: store.facts, metrics, campaigns: [PRIMARY, BACKUP], clock, warn }, now - LIVED_MS, signal),
    fall().catch(() => undefined),
  ];
  stack.defer(async () => {
    stop.abort();
    await Promise.all(running);
  });
  const owned = stack.move();
  return { [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

/** The rules about the clock, compiled. */
async function clockRules(): Promise<CompiledPack> {
  const pack = await readRulePack(undefined);
  return compileRulePack({ ...pack, rules: pack.rules.filter(({ kind }) => CLOCK.has(kind)) });
}

function configText(zone: string): string {
  return [
    "# The demo's configuration.",
    "limits:",
    "  campaigns: { perMinute: 1200 }",
    "  other: { perMinute: 1200 }",
    "outcomes:",
    `  zone: ${zone}`,
    "compliance:",
    `  timeZone: ${zone}`,
    "",
  ].join("\n");
}
