// The whole service over a sandbox and a database of the test's own, reached through HTTP.

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { openService, type RunningService, type ServiceOptions } from "../../../src/app/index.ts";
import type { Sandbox, SandboxOptions } from "../../../src/sandbox/index.ts";
import { createDatabase } from "../../support/database.ts";
import { startSandbox } from "../../support/sandbox.ts";
import { TEMPORARY } from "../../support/temporary.ts";

export interface WholeService extends AsyncDisposable {
  readonly service: RunningService;
  readonly sandbox: Sandbox;
  readonly tokens: Readonly<Record<"viewer" | "operator" | "second" | "admin", string>>;
  readonly logged: string[];
  readonly databaseUrl: string;
  /** Its folder. */
  readonly dir: string;
  /** Asks as an operator unless told otherwise. */
  ask(path: string, init?: RequestInit & { readonly as?: keyof WholeService["tokens"] }): Promise<Response>;
  /** Posts JSON and gives the JSON of the answer, with its status. */
  post(
    path: string,
    body: unknown,
    as?: keyof WholeService["tokens"],
  ): Promise<{ status: number; body: Record<string, unknown> }>;
  get(path: string, as?: keyof WholeService["tokens"]): Promise<Record<string, unknown>>;
  /** Waits for a job's end. */
  ended(jobId: string): Promise<Record<string, unknown>>;
}

/** @param yaml further lines of outdial.yaml; @param pages folder of the built dashboard; @param more of the environment; @param given further options of the service */
export async function openWhole(
  yaml = "",
  options: SandboxOptions = {},
  pages?: string,
  more: Readonly<Record<string, string>> = {},
  given: Partial<ServiceOptions> = {},
): Promise<WholeService> {
  await using stack = new AsyncDisposableStack();
  const { sandbox, url, clientId, clientSecret } = stack.use(await startSandbox(options));
  const database = await createDatabase();
  stack.defer(() => database.dispose());
  const dir = await mkdtemp(join(TEMPORARY, "outdial-service-"));
  stack.defer(() => rm(dir, { recursive: true, force: true }));
  const config = join(dir, "outdial.yaml");
  await writeFile(config, `tenant: { hosts: "${url}" }\n${yaml}`);
  const environment = {
    CXONE_CLIENT_ID: clientId,
    CXONE_CLIENT_SECRET: clientSecret,
    DATABASE_URL: database.url,
    OUTDIAL_ACTOR: "service",
    ...more,
  };
  const logged: string[] = [];
  const log = (level: string, message: string, details?: object) => void logged.push(JSON.stringify({ level, message, details }));
  const service = stack.use(
    await openService({ config, dir: join(dir, ".outdial") }, environment, { port: 0, log, pages, ...given }),
  );
  const tokenOf = async (name: string, role: "viewer" | "operator" | "admin") =>
    (await service.store.access.addToken({ name, role, expiresAt: null, by: "test" })).token;
  const tokens = {
    viewer: await tokenOf("vera", "viewer"),
    operator: await tokenOf("olga", "operator"),
    second: await tokenOf("oscar", "operator"),
    admin: await tokenOf("adam", "admin"),
  };
  const ask: WholeService["ask"] = (path, { as = "operator", ...init } = {}) => {
    const headers = new Headers(init.headers);
    headers.set("authorization", `Bearer ${tokens[as]}`);
    return fetch(`${service.url}${path}`, { ...init, headers });
  };
  const get: WholeService["get"] = async (path, as = "operator") =>
    (await (await ask(path, { as })).json()) as Record<string, unknown>;
  const owned = stack.move();
  return {
    service,
    sandbox,
    tokens,
    logged,
    databaseUrl: database.url,
    dir: join(dir, ".outdial"),
    ask,
    get,
    async post(path, body, as = "operator") {
      const headers = { "content-type": "application/json" };
      const response = await ask(path, { as, method: "POST", headers, body: JSON.stringify(body) });
      return { status: response.status, body: (await response.json()) as Record<string, unknown> };
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
