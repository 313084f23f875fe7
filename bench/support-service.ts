// What the benchmarks of the service share: a whole service over a sandbox with an embedded store, a bare hono route, and clients of both.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { serve } from "@hono/node-server";
import type { Hono } from "hono";
import pg from "pg";
import { openService, type RunningService } from "../src/app/index.ts";
import { createSandbox, type Sandbox, type SandboxOptions } from "../src/sandbox/index.ts";
import { benchFolder } from "./support.ts";

const BIN = fileURLToPath(new URL("../bin/outdial.mjs", import.meta.url));

export interface BenchService extends AsyncDisposable {
  readonly service: RunningService;
  readonly token: string;
}

/** A folder with an embedded store, and a sandbox: services are opened over them one after the other. */
export interface BenchWorld extends AsyncDisposable {
  readonly sandbox: Sandbox;
  /** Address of the sandbox. */
  readonly tenantUrl: string;
  /** @param yaml lines of outdial.yaml; @param pages folder of the built dashboard */
  open(given: { readonly yaml?: string; readonly pages?: string | undefined }): Promise<RunningService>;
  /** Another service on the same store and tenant, in a process of its own. */
  beside(): Promise<{ readonly url: string } & AsyncDisposable>;
}

export async function openBenchWorld(options: SandboxOptions = {}, profile: "rest" | "acd" = "rest"): Promise<BenchWorld> {
  await using stack = new AsyncDisposableStack();
  const folder = stack.use(await benchFolder());
  const sandbox = createSandbox(options);
  stack.defer(() => sandbox.close());
  const { url } = await sandbox.listen();
  const { clientId, clientSecret } = sandbox.ready;
  const environment = {
    ...process.env,
    ...(profile === "rest"
      ? { CXONE_CLIENT_ID: clientId, CXONE_CLIENT_SECRET: clientSecret }
      : { OUTDIAL_PROFILE: profile, CXONE_ACCESS_KEY_ID: clientId, CXONE_ACCESS_KEY_SECRET: clientSecret }),
    DATABASE_URL: undefined,
    OUTDIAL_ACTOR: "bench",
  };
  const config = `${folder.path}/outdial.yaml`;
  const flags = { dir: `${folder.path}/.outdial`, config, tenantUrl: url, store: { makes: "store" } } as const;
  const owned = stack.move();
  return {
    sandbox,
    tenantUrl: url,
    async open({ yaml = "", pages }) {
      await writeFile(config, yaml);
      return openService(flags, environment, { port: 0, log: () => undefined, pages });
    },
    async beside() {
      const args = ["serve", "--port", "0", "--log-format", "json", "--config", config, "--dir", flags.dir, "--tenant-url", url];
      const child = spawn(process.execPath, [BIN, ...args], { env: environment, stdio: ["ignore", "pipe", "ignore"] });
      const ended = once(child, "exit");
      for await (const line of createInterface({ input: child.stdout })) {
        const found = /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0];
        if (found === undefined || found === url) continue;
        child.stdout.resume();
        return {
          url: found,
          async [Symbol.asyncDispose]() {
            child.kill("SIGTERM");
            await ended;
          },
        };
      }
      throw new Error("the second service ended");
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** @param pages folder of the built dashboard */
export async function openBenchService(pages?: string): Promise<BenchService> {
  await using stack = new AsyncDisposableStack();
  const world = stack.use(await openBenchWorld());
  const service = stack.use(await world.open({ pages }));
  const { token } = await service.store.access.addToken({ name: "bench", role: "viewer", expiresAt: null, by: "bench" });
  const owned = stack.move();
  return { service, token, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

/** Writes so many ended jobs of a day each minute into a store, two of them stopped. @param url of its database */
export async function fillJobs(url: string, jobs: number): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(
      `insert into outdial.jobs (id, kind, campaign_id, source_name, content_hash, options, actor, status, total_rows, counts, created_at, started_at, finished_at)
       select 'job_bench_' || n, 'tag', 'camp_000', 'bench.csv', 'sha256:' || n, '{}', 'bench', case when n % 25000 = 0 then 'stopped' else 'done' end, 100,
         '{"tagged":100}', at, at, at from (select n, now() - n * interval '1 minute' as at from generate_series(1, $1::int) n) made`,
      [jobs],
    );
    await client.query("analyze outdial.jobs");
  } finally {
    await client.end();
  }
}

/** Serves an app on a free port of the loopback. */
export async function serveBare(app: Hono): Promise<{ readonly origin: string } & AsyncDisposable> {
  const server = serve({ fetch: app.fetch, hostname: "127.0.0.1", port: 0 });
  await once(server, "listening");
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      if ("closeAllConnections" in server) server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** What clients are asked to do: see support-clients.ts. */
export interface Question {
  readonly kind: "read" | "listen";
  readonly origin: string;
  readonly paths: readonly string[];
  readonly token: string;
  readonly clients: number;
  readonly count: number;
}

export interface Clients extends Disposable {
  /** @param onReady called when every listener listens */
  run<Answer>(question: Question, onReady?: () => Promise<void> | void): Promise<Answer>;
}

/** Starts the process of the clients. */
export function startClients(): Clients {
  const child = spawn(process.execPath, [fileURLToPath(new URL("./support-clients.ts", import.meta.url))], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const lines = createInterface({ input: child.stdout });
  return {
    async run<Answer>(question: Question, onReady?: () => Promise<void> | void): Promise<Answer> {
      child.stdin.write(`${JSON.stringify(question)}\n`);
      for (;;) {
        const [line] = (await once(lines, "line")) as [string];
        const answer = JSON.parse(line) as Answer & { readonly ready?: number };
        if (answer.ready === undefined) return answer;
        void onReady?.();
      }
    },
    [Symbol.dispose]: () => void child.kill(),
  };
}
