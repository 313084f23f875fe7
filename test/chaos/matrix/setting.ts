// Service processes over a database and a tenant, each at the end of a cable: what every operation and every failure of the matrix is given.

import { existsSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import pg from "pg";
import type { Sandbox, SandboxOptions } from "../../../src/sandbox/index.ts";
import { type Cable, lay } from "../../support/cable.ts";
import type { CliProcess } from "../../support/cli.ts";
import { until } from "../../support/until.ts";
import { operatorToken, type StartedWorld, startServe, startWorld } from "../../support/world.ts";

const TROUBLES = new URL("../../support/troubles.mjs", import.meta.url).href;

export interface Service {
  readonly running: CliProcess;
  readonly url: string;
}

export interface SettingOptions {
  readonly sandbox: SandboxOptions;
  /** By which of its interfaces the services speak to the tenant; `rest` by default. */
  readonly profile?: "rest" | "acd" | undefined;
  /** Further lines of outdial.yaml. */
  readonly yaml?: string | undefined;
  readonly environment?: Readonly<Record<string, string>> | undefined;
}

export interface Setting extends AsyncDisposable {
  readonly world: StartedWorld;
  readonly sandbox: Sandbox;
  readonly toDatabase: Cable;
  readonly toTenant: Cable;
  /** To the database itself, not through the cable. */
  readonly admin: pg.Client;
  /** Those that were started and not killed, in order. */
  readonly services: readonly Service[];
  /** Starts one more. */
  serve(): Promise<Service>;
  kill(service: Service): Promise<void>;
  /** Makes trouble inside a service: see test/support/troubles.mjs. @returns what ends it */
  trouble(service: Service, what: { readonly stall: true } | { readonly jumpMs: number }): Promise<() => Promise<void>>;
  /** Asks the first service. */
  ask(path: string, init?: RequestInit): Promise<Response>;
  /** Posts and gives the JSON of the answer. */
  post<T>(path: string, body: unknown): Promise<T>;
  get<T>(path: string): Promise<T>;
  /** Adds what goes with the setting. */
  use<T extends AsyncDisposable>(value: T): T;
}

/** Opens one without a service. */
export async function openSetting({
  sandbox: ofTenant,
  profile = "rest",
  yaml = "",
  environment: more = {},
}: SettingOptions): Promise<Setting> {
  await using stack = new AsyncDisposableStack();
  const world = stack.use(await startWorld({ sandbox: ofTenant, profile, yaml, environment: more }));
  const token = await operatorToken(world);
  const toDatabase = stack.use(await lay(world.databaseUrl));
  const toTenant = stack.use(await lay(world.url));
  const admin = new pg.Client({ connectionString: world.databaseUrl });
  await admin.connect();
  stack.defer(() => admin.end());
  const services: Service[] = [];
  const kill = async (service: Service): Promise<void> => {
    service.running.child.kill("SIGKILL");
    await service.running.ended;
    services.splice(services.indexOf(service), 1);
  };
  stack.defer(async () => {
    for (let [service] = services; service !== undefined; [service] = services) await kill(service);
  });
  const environment = {
    ...world.environment,
    DATABASE_URL: toDatabase.url,
    OUTDIAL_TENANT_URL: toTenant.url,
    NODE_OPTIONS: `${world.environment["NODE_OPTIONS"] ?? ""} --import=${TROUBLES}`.trim(),
    TEST_TROUBLES: world.folder,
  };
  const ask: Setting["ask"] = (path, init = {}) => {
    const headers = new Headers(init.headers);
    headers.set("authorization", `Bearer ${token}`);
    return fetch(`${services[0]?.url}/api/v1${path}`, { ...init, headers });
  };
  const json = async <T>(response: Response): Promise<T> => {
    const text = await response.text();
    if (!response.ok) throw new Error(`${response.url} answered ${response.status}: ${text}`);
    return JSON.parse(text) as T;
  };
  const owned = stack.move();
  return {
    world,
    sandbox: world.sandbox,
    toDatabase,
    toTenant,
    admin,
    services,
    async serve() {
      const { running, url } = startServe({ environment, folder: world.folder });
      const service = { running, url: await url };
      services.push(service);
      return service;
    },
    kill,
    async trouble({ running: { child } }, what) {
      const file = join(world.folder, `trouble-${child.pid}.json`);
      const tell = async (text: object) => {
        await rm(`${file}.seen`, { force: true });
        await writeFile(file, JSON.stringify(text));
        child.kill("SIGUSR2");
        await until(() => existsSync(`${file}.seen`));
      };
      await tell(what);
      return () => ("stall" in what ? rm(file) : tell({ jumpMs: -what.jumpMs }));
    },
    ask,
    async post(path, body) {
      const isText = typeof body === "string";
      const headers = { "content-type": isText ? "text/csv" : "application/json" };
      return json(await ask(path, { method: "POST", headers, body: isText ? body : JSON.stringify(body) }));
    },
    get: async (path) => json(await ask(path)),
    use: (value) => owned.use(value),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
