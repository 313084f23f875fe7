// The living demo: a tenant, a month of history, the service with its dashboard, and a watch that will have something to do.
// Opened and closed in order.

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { type Clock, messageOf } from "../../kernel/index.ts";
import type { Sandbox } from "../../sandbox/index.ts";
import type { ServiceLog } from "../../server/index.ts";
import { makeFolders, type Store } from "../../store/index.ts";
import type { Profile } from "../../tenant/index.ts";
import { type Flags, loadConfig } from "../config.ts";
import type { Environment } from "../environment.ts";
import { openFailover } from "../failover.ts";
import { openService, type RunningService } from "../service.ts";
import { tenantFromConfig } from "../tenant-from-config.ts";
import { confirmRevocations } from "./facts.ts";
import { feedAttempts } from "./feed.ts";
import { joinPresent } from "./lived.ts";
import { openEventReceiver } from "./receiver.ts";
import { PRIMARY, UNTAGGED } from "./scenario.ts";
import { openStage, type Stage } from "./stage.ts";

/** Time to look around, after the watch has looked, before the list turns bad. */
const FALLS_AFTER_MS = 3000;
/** The dashboard opens after this time even if the month is not retrieved yet. */
const RETRIEVAL_MS = 20_000;

interface DemoOptions {
  /** The interface through which outdial talks to the tenant; `rest` by default. */
  readonly profile?: Profile | undefined;
  /** A folder that is kept; by default a temporary one that is removed at the end. */
  readonly dir?: string | undefined;
  /** 0, the default, takes a free one. */
  readonly port?: number | undefined;
  /** Clock, also for the tenant. */
  readonly clock: Clock;
  /** Folder of the built dashboard. */
  readonly pages?: string | undefined;
  readonly log: ServiceLog;
  /** Called with what is being prepared. */
  readonly say: (line: string) => void;
  /** Aborts the preparation. */
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
  const { say, log, pages, port = 0, clock, signal, profile = "rest" } = options;
  const warn = (message: string) => log("warn", message);
  const dir = options.dir ?? (await mkdtemp(join(tmpdir(), "outdial-demo-")));
  if (options.dir === undefined) stack.defer(() => rm(dir, { recursive: true, force: true }));
  await makeFolders(dir);

  const stage = stack.use(await openStage(clock.now(), { clock, profile }));
  const { world, sandbox, tenantUrl } = stage;
  say(
    `tenant     ${tenantUrl}: two campaigns, ${world.contacts.length} people in ${stage.zones.join(", ")}, where calls are allowed now`,
  );
  const receiver = await openEventReceiver();
  stack.defer(() => receiver.close());

  const config = join(dir, "outdial.yaml");
  await writeFile(config, stage.configText);
  const flags: Flags = { config, dir: join(dir, ".outdial"), tenantUrl, clock, store: { makes: "store" } };
  const own = {
    ...environment,
    ...credentialsOf(sandbox, profile),
    OUTDIAL_BI_URL: receiver.url,
    OUTDIAL_BI_SECRET: receiver.secret,
    OUTDIAL_ALARMS_URL: receiver.url,
    OUTDIAL_ALARMS_SECRET: receiver.secret,
    OUTDIAL_ACTOR: "demo",
    DATABASE_URL: undefined,
    OUTDIAL_TENANT: undefined,
    // What outdial stores outside its store is removed with the folder.
    XDG_STATE_HOME: join(dir, "state"),
  };
  const service = stack.use(await openService(flags, own, { port, log, pages, demo: true }));
  const { store } = service;
  signal?.throwIfAborted();
  await prepare({ stage, store, url: service.url, profile, say, clock, signal });
  signal?.throwIfAborted();
  await joinPresent(sandbox, clock);
  stack.use(await work(flags, own, { stage, store, warn }));
  const owned = stack.move();
  return { service, sandbox, tenantUrl, dir, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

/** The credentials for the tenant; credentials for other tenants in the environment are unset. */
export function credentialsOf(sandbox: Sandbox, profile: Profile): Environment {
  const none = { CXONE_CLIENT_ID: undefined, CXONE_CLIENT_SECRET: undefined, OUTDIAL_PROFILE: profile };
  if (profile === "rest")
    return { ...none, CXONE_CLIENT_ID: sandbox.ready.clientId, CXONE_CLIENT_SECRET: sandbox.ready.clientSecret };
  const { accessKeyId, accessKeySecret } = sandbox.accessKey;
  return { ...none, CXONE_ACCESS_KEY_ID: accessKeyId, CXONE_ACCESS_KEY_SECRET: accessKeySecret };
}

interface Preparing {
  readonly stage: Stage;
  readonly store: Store;
  readonly url: string;
  readonly profile: Profile;
  readonly say: (line: string) => void;
  readonly clock: Clock;
  readonly signal: AbortSignal | undefined;
}

/** Fills the store: facts, a month of outcomes, the figures of the last hour. */
async function prepare({ stage, store, url, profile, say, clock, signal }: Preparing): Promise<void> {
  const { now, begins, world } = stage;
  const added = await store.access.addToken({ name: "demo", role: "operator", expiresAt: now + 3_600_000, by: "demo" });
  const api = { url, token: added.token };
  const retrievals = await retrieveMonth(api, [stage.pair.primary, stage.pair.backup], begins);
  await stage.liveUpTo(store, () => clock.now());
  say(`facts      consent, registries, opt-outs, ${world.history.length} attempts; the last hour of both campaigns`);
  const home = await jobsEnded(api, retrievals, RETRIEVAL_MS, signal);
  say(`lake       the outcomes of 30 days ${home ? "are home" : "are on their way (see Jobs)"}`);
  await confirmRevocations(store.facts, now);
  if (profile === "rest") await tagSomeCalls(api);
  else say("jobs       none of tagging: nothing changes the disposition of a finished contact on this profile");
}

interface Working {
  readonly stage: Stage;
  readonly store: Store;
  readonly warn: (message: string) => void;
}

/**
 * Starts what goes on while a person watches: the pair that the service watches, the reports of calls, and the list that turns
 * bad.
 */
async function work(flags: Flags, environment: Environment, { stage, store, warn }: Working): Promise<AsyncDisposable> {
  await using stack = new AsyncDisposableStack();
  const config = await loadConfig(flags, environment);
  const { clock } = config;
  const tenant = await tenantFromConfig(config, environment);
  stack.defer(() => tenant.close());
  await using runtime = await openFailover(flags, environment, { warn, deliver: false });
  await runtime.failover.put(stage.pair.primary, stage.pair.policy);
  const stop = new AbortController();
  const { signal } = stop;
  const fall = async () => {
    await stage.watchHasLooked(store, clock, signal);
    await clock.sleep(FALLS_AFTER_MS, signal);
    stage.turnListBad();
  };
  const running = [
    feedAttempts(stage.callReports({ tenant, store, clock }), { clock, warn }, signal),
    fall().catch((thrown: unknown) => {
      if (!signal.aborted) warn(`the list did not turn bad: ${messageOf(thrown)}`);
    }),
  ];
  stack.defer(async () => {
    stop.abort();
    await Promise.all(running);
  });
  const owned = stack.move();
  return { [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

// The demo as a client of its own service, with a token like any other client: creates the jobs that exist when the page opens.

const DAYS = 30;
const submitted = z.looseObject({ jobId: z.string() });
const job = z.looseObject({ status: z.string(), finishedAt: z.string().nullable() });
const LOOK_MS = 250;

/** The API of a service. */
interface ApiClient {
  readonly url: string;
  readonly token: string;
}

async function ask({ url, token }: ApiClient, path: string, init: RequestInit = {}): Promise<unknown> {
  const headers = new Headers(init.headers);
  headers.set("authorization", `Bearer ${token}`);
  const response = await fetch(`${url}/api/v1${path}`, { ...init, headers });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return await response.json();
}

/** Retrieves the month before `to`, like `outdial outcomes pull`. @returns the jobs */
async function retrieveMonth(api: ApiClient, campaigns: readonly string[], to: number): Promise<string[]> {
  const jobs: string[] = [];
  for (const campaignId of campaigns) {
    const from = new Date(to - DAYS * 86_400_000).toISOString();
    const body = JSON.stringify({ campaignId, from, to: new Date(to).toISOString(), limit: 5000 });
    const headers = { "content-type": "application/json" };
    jobs.push(submitted.parse(await ask(api, "/outcomes/retrievals", { method: "POST", headers, body })).jobId);
  }
  return jobs;
}

/** Waits until jobs have ended, or for a time. @returns whether all have ended */
async function jobsEnded(
  api: ApiClient,
  jobs: readonly string[],
  patienceMs: number,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    signal?.throwIfAborted();
    const states = await Promise.all(jobs.map(async (id) => job.parse(await ask(api, `/jobs/${id}`))));
    if (states.every(({ finishedAt, status }) => finishedAt !== null || status === "stopped")) return true;
    if (performance.now() > deadline) return false;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

/** Tags the calls that are not tagged; a few rows are wrong on purpose. */
async function tagSomeCalls(api: ApiClient): Promise<void> {
  const rows = Array.from({ length: UNTAGGED }, (_, i) => {
    const call = `call_${String(i + 1).padStart(6, "0")}`;
    const code = i % 97 === 40 ? "DISP_0O1" : `DISP_00${1 + (i % 5)}`;
    return `${i % 131 === 60 ? `call_9${i}` : call},${code},seen in the demo`;
  });
  const body = ["call_id,disposition_code_id,notes", ...rows, ""].join("\n");
  const headers = { "content-type": "text/csv" };
  const path = `/campaigns/${PRIMARY}/tags?name=monday.csv`;
  await ask(api, path, { method: "POST", headers, body });
}
