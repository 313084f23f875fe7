// What the benchmarks share: a sandbox in a process of its own, rows, medians.

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

export const CAMPAIGN = "camp_1";

/** A number of a benchmark. At the smallest scale (`npm run bench -- --smallest`) its figures say nothing, only that it still runs. */
export function sized(full: number, smallest: number): number {
  return process.env["BENCH_SCALE"] === "smallest" ? smallest : full;
}

const BIN = fileURLToPath(new URL("../bin/outdial.mjs", import.meta.url));

export interface BenchSandbox {
  readonly url: string;
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly process: ChildProcess;
}

/** Starts `outdial sandbox` with `calls` generated calls; with `lifted` no request is ever limited. */
export async function startSandbox(folder: string, calls: number, lifted: boolean): Promise<BenchSandbox> {
  const off = { "outbound-write": "off", "outbound-read": "off", campaigns: "off", "dialer-write": "off", other: "off" };
  const scenario = {
    clients: [
      {
        id: "bench",
        secret: "bench-secret",
        scopes: ["outbound:campaign:read", "outbound:calls:disposition:update", "outbound:calls:read"],
      },
    ],
    campaigns: [
      {
        id: CAMPAIGN,
        name: "Bench",
        status: "paused",
        dispositionCodes: [{ id: "DISP_001", name: "Sale", reasonCodes: [{ id: "REASON_001", name: "First" }] }],
      },
    ],
    generateCalls: [{ campaignId: CAMPAIGN, count: calls, days: 7, prefix: "call_", digits: 7 }],
    ...(lifted ? { limits: off } : {}),
  };
  const path = join(folder, "scenario.json");
  await writeFile(path, JSON.stringify(scenario));
  const child = spawn(process.execPath, [BIN, "sandbox", "--scenario", path], { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = await new Promise<string[]>((resolve, reject) => {
    createInterface({ input: child.stdout }).once("line", (text) => resolve([text]));
    child.once("exit", (code) => reject(new Error(`the sandbox ended with ${code}`)));
  });
  return { ...(JSON.parse(line ?? "{}") as Omit<BenchSandbox, "process">), process: child };
}

export async function stopSandbox(sandbox: BenchSandbox): Promise<void> {
  const ended = new Promise((resolve) => sandbox.process.once("exit", resolve));
  sandbox.process.kill("SIGTERM");
  await ended;
}

export function callId(n: number): string {
  return `call_${String(n).padStart(7, "0")}`;
}

/** CSV rows for the calls `from`…`to`. */
export function* csvRows(from: number, to: number): Generator<string> {
  yield "call_id,disposition_code_id,reason_code_id,notes,tags\n";
  let block = "";
  for (let n = from; n <= to; n++) {
    block += `${callId(n)},DISP_001,REASON_001,Automated verification completed,verified|priority_a\n`;
    if (n % 1000 === 0) {
      yield block;
      block = "";
    }
  }
  if (block !== "") yield block;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

export function rounded(value: number, digits = 3): number {
  return Number(value.toFixed(digits));
}

/** A folder that is removed at the end. */
export async function benchFolder(): Promise<{ path: string } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), "outdial-bench-"));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

/** Environment of a process that tags on the sandbox with a store of its own in `folder`, which is made. */
export function tagEnvironment(sandbox: BenchSandbox, folder: string): Record<string, string | undefined> {
  const own = { ...process.env, DATABASE_URL: undefined, OUTDIAL_DIR: join(folder, ".outdial") };
  spawnSync(process.execPath, [BIN, "init", folder, "--quiet", "--yes"], { env: own, stdio: ["ignore", "ignore", "inherit"] });
  return {
    ...own,
    OUTDIAL_TENANT_URL: sandbox.url,
    CXONE_CLIENT_ID: sandbox.clientId,
    CXONE_CLIENT_SECRET: sandbox.clientSecret,
  };
}
