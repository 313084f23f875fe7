// Service processes over a database and a tenant, each at the end of a cable: what every operation and every failure of the matrix is given.

import pg from "pg";
import type { Sandbox, SandboxOptions } from "../../../src/sandbox/index.ts";
import { type Cable, lay } from "../../support/cable.ts";
import type { CliProcess } from "../../support/cli.ts";
import { operatorToken, type StartedWorld, startServe, startWorld } from "../../support/world.ts";

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
  const environment = { ...world.environment, DATABASE_URL: toDatabase.url, OUTDIAL_TENANT_URL: toTenant.url };
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
