// Retrieval of 500,000 calls into the lake, durable and hashed, against the floor: undici and JSON.parse of the same pages, nothing else. And
// the peak memory of that process against one that retrieves 50,000.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Pool } from "undici";
import { benchFolder, CAMPAIGN, median, rounded, sized, startSandbox, stopSandbox, tagEnvironment } from "./support.ts";

const BIN = fileURLToPath(new URL("../bin/outdial.mjs", import.meta.url));
const SIZES = [sized(50_000, 500), sized(500_000, 1000)] as const;
const LIMIT = sized(5000, 500);
const DAYS = 8;
const ROUNDS = sized(3, 1);
/** Of /proc: the same on every Linux. */
const TICKS_PER_SECOND = 100;

await using folder = await benchFolder();
await writeFile(join(folder.path, "outdial.yaml"), 'limits: { outbound-write: "off", outbound-read: "off", other: "off" }\n');

type BenchSandbox = Awaited<ReturnType<typeof startSandbox>>;

async function bearer(sandbox: BenchSandbox): Promise<string> {
  const reply = await fetch(sandbox.tokenUrl, {
    method: "POST",
    headers: {
      authorization: `Basic ${Buffer.from(`${sandbox.clientId}:${sandbox.clientSecret}`).toString("base64")}`,
      "content-type": "application/x-www-form-urlencoded",
    },
    body: "grant_type=client_credentials",
  });
  return ((await reply.json()) as { access_token: string }).access_token;
}

/** Reads all pages as fast as they come. @returns seconds */
async function floor(sandbox: BenchSandbox, rows: number): Promise<number> {
  const pool = new Pool(new URL(sandbox.url).origin, { connections: 1 });
  const headers = { authorization: `Bearer ${await bearer(sandbox)}` };
  const now = Date.now();
  const query = new URLSearchParams({
    campaignId: CAMPAIGN,
    startDateTime: new Date(now - DAYS * 86_400_000).toISOString(),
    endDateTime: new Date(now).toISOString(),
    limit: String(LIMIT),
  });
  const start = performance.now();
  let read = 0;
  for (let token: string | undefined = ""; token !== undefined; ) {
    if (token !== "") query.set("nextPageToken", token);
    const { body } = await pool.request({ method: "GET", path: `/api/v2/outbound/calls?${query.toString()}`, headers });
    const page = JSON.parse(await body.text()) as { calls: unknown[]; nextPageToken?: string };
    read += page.calls.length;
    token = page.nextPageToken;
  }
  const seconds = (performance.now() - start) / 1000;
  await pool.close();
  if (read !== rows) throw new Error(`the floor read ${read} of ${rows} calls`);
  return seconds;
}

/** What one retrieval took. */
interface Pulled {
  /** From start to end as recorded. */
  readonly seconds: number;
  /** Processor time of the whole process, its start and its tidying up included. */
  readonly processorSeconds: number;
  /** Peak resident memory of the process. */
  readonly peakMiB: number;
}

/** One retrieval as a user starts it. */
async function pull(sandbox: BenchSandbox, rows: number, name: string): Promise<Pulled> {
  const child = spawn(
    process.execPath,
    [BIN, "outcomes", "pull", "--campaign", CAMPAIGN, "--last", `${DAYS}d`, "--limit", String(LIMIT), "--json", "--quiet"],
    { cwd: folder.path, env: tagEnvironment(sandbox, join(folder.path, name)), stdio: ["ignore", "pipe", "inherit"] },
  );
  let high = 0;
  let ticks = 0;
  const watch = setInterval(() => {
    readFile(`/proc/${child.pid}/status`, "utf8")
      .then((status) => {
        high = Math.max(high, Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? 0));
      })
      .catch(() => undefined);
    readFile(`/proc/${child.pid}/stat`, "utf8")
      .then((stat) => {
        // Behind the name, which may hold spaces: user and system time are the 12th and 13th field.
        const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
        ticks = Math.max(ticks, Number(fields[11]) + Number(fields[12]));
      })
      .catch(() => undefined);
  }, 20);
  let out = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    out += text;
  });
  const [code] = (await once(child, "close")) as [number | null];
  clearInterval(watch);
  const { retrieval } = JSON.parse(out) as { retrieval: { calls: number; latencySeconds: number } };
  if (code !== 0 || retrieval.calls !== rows) throw new Error(`the retrieval ended with ${code} and ${retrieval.calls} calls`);
  return {
    seconds: retrieval.latencySeconds,
    processorSeconds: ticks / TICKS_PER_SECOND,
    peakMiB: high / 1024,
  };
}

const [few, many] = SIZES;
const small = await startSandbox(folder.path, few, true);
const fewPeaks: number[] = [];
for (let round = 0; round < sized(2, 1); round++) fewPeaks.push((await pull(small, few, `few-${round}`)).peakMiB);
await stopSandbox(small);

const large = await startSandbox(folder.path, many, true);
const ratios: number[] = [];
const seconds: number[] = [];
const floors: number[] = [];
const processor: number[] = [];
const manyPeaks: number[] = [];
await floor(large, many);
for (let round = 0; round < ROUNDS; round++) {
  const bare = await floor(large, many);
  const full = await pull(large, many, `many-${round}`);
  floors.push(bare);
  seconds.push(full.seconds);
  processor.push(full.processorSeconds);
  ratios.push(bare / full.seconds);
  manyPeaks.push(full.peakMiB);
}
await stopSandbox(large);
const memory = median(manyPeaks) / median(fewPeaks);
process.stdout.write(
  `${JSON.stringify({
    ratio: rounded(median(ratios)),
    atLeast: 0.6,
    calls: many,
    callsPerSecond: rounded(many / median(seconds), 0),
    seconds: rounded(median(seconds)),
    floorSeconds: rounded(median(floors)),
    processorSeconds: rounded(median(processor)),
    memoryRatio: rounded(memory),
    memoryBelow: 1.25,
    peakMiB: [rounded(median(fewPeaks), 0), rounded(median(manyPeaks), 0)],
  })}\n`,
);
