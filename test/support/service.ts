// The whole service over a sandbox and a database of the test's own, reached through HTTP.

import { join } from "node:path";
import { openService, type RunningService, type ServiceOptions } from "../../src/app/index.ts";
import type { Clock } from "../../src/kernel/index.ts";
import type { Sandbox, SandboxOptions } from "../../src/sandbox/index.ts";
import { startWorld } from "./world.ts";

export interface StartedService extends AsyncDisposable {
  readonly service: RunningService;
  readonly sandbox: Sandbox;
  readonly tokens: Readonly<Record<"viewer" | "operator" | "second" | "admin", string>>;
  readonly logged: string[];
  readonly databaseUrl: string;
  /** With which other processes work on the same database and tenant. */
  readonly environment: Readonly<Record<string, string>>;
  /** Its folder. */
  readonly dir: string;
  /** Asks as an operator unless told otherwise. */
  ask(path: string, init?: RequestInit & { readonly as?: keyof StartedService["tokens"] }): Promise<Response>;
  /** Posts JSON and gives the JSON of the answer, with its status. */
  post(
    path: string,
    body: unknown,
    as?: keyof StartedService["tokens"],
  ): Promise<{ status: number; body: Record<string, unknown> }>;
  get(path: string, as?: keyof StartedService["tokens"]): Promise<Record<string, unknown>>;
  /** Loads a do-not-call registry of each name, as of yesterday, each with one number that nobody has. */
  registries(...names: readonly string[]): Promise<void>;
  /** Waits for a job's end. */
  ended(jobId: string): Promise<Record<string, unknown>>;
}

export interface ServiceSetting extends Partial<ServiceOptions> {
  /** Further lines of outdial.yaml. */
  readonly yaml?: string;
  /** By which of its interfaces the service speaks to the tenant; `rest` by default. */
  readonly profile?: "rest" | "acd";
  readonly sandbox?: SandboxOptions;
  /** By which the service waits; this machine's by default. */
  readonly clock?: Clock;
  /** More of the environment, or other. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** The registries that calls to the east of the United States need: the national one and the lists of states. */
export const EASTERN = ["US", "US-FL", "US-IN", "US-MA", "US-PA", "US-TN"];

/** Starts the service with a store and a tenant of its own, and a token of each role. */
export async function startService({
  yaml = "",
  profile = "rest",
  sandbox: ofTenant = {},
  environment: more = {},
  clock,
  ...options
}: ServiceSetting = {}): Promise<StartedService> {
  await using stack = new AsyncDisposableStack();
  const world = stack.use(
    await startWorld({
      sandbox: ofTenant,
      profile,
      yaml: (url) => `tenant: { hosts: "${url}"${profile === "acd" ? ", acd: { consentField: consent.call }" : ""} }\n${yaml}`,
      environment: { OUTDIAL_ACTOR: "service", ...more },
    }),
  );
  const { sandbox, databaseUrl, environment, folder } = world;
  const config = join(folder, "outdial.yaml");
  const logged: string[] = [];
  const log = (level: string, message: string, details?: object) => void logged.push(JSON.stringify({ level, message, details }));
  const service = stack.use(await openService({ config, clock }, environment, { port: 0, log, ...options }));
  const tokenOf = async (name: string, role: "viewer" | "operator" | "admin") =>
    (await service.store.access.addToken({ name, role, expiresAt: null, by: "test" })).token;
  const tokens = {
    viewer: await tokenOf("vera", "viewer"),
    operator: await tokenOf("olga", "operator"),
    second: await tokenOf("oscar", "operator"),
    admin: await tokenOf("adam", "admin"),
  };
  const ask: StartedService["ask"] = (path, { as = "operator", ...init } = {}) => {
    const headers = new Headers(init.headers);
    headers.set("authorization", `Bearer ${tokens[as]}`);
    return fetch(`${service.url}${path}`, { ...init, headers });
  };
  const get: StartedService["get"] = async (path, as = "operator") =>
    (await (await ask(path, { as })).json()) as Record<string, unknown>;
  const owned = stack.move();
  return {
    service,
    sandbox,
    tokens,
    logged,
    databaseUrl,
    environment,
    dir: join(folder, ".outdial"),
    ask,
    get,
    async post(path, body, as = "operator") {
      const headers = { "content-type": "application/json" };
      const response = await ask(path, { as, method: "POST", headers, body: JSON.stringify(body) });
      return { status: response.status, body: (await response.json()) as Record<string, unknown> };
    },
    async registries(...names) {
      const asOf = new Date((clock?.now() ?? Date.now()) - 86_400_000).toISOString().slice(0, 10);
      for (const name of names) {
        const path = `/api/v1/facts/registry?registry=${name}&asOf=${asOf}&covers=all`;
        const loaded = await ask(path, { method: "POST", headers: { "content-type": "text/csv" }, body: "2125550199\n" });
        if (!loaded.ok) throw new Error(`the registry ${name} was not loaded: ${await loaded.text()}`);
      }
    },
    async ended(jobId) {
      for (;;) {
        const job = await get(`/api/v1/jobs/${jobId}`);
        if (job["finishedAt"] !== null || job["status"] === "stopped") return job;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
