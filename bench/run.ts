// npm run bench [-- [--smallest] NAME …]: each benchmark runs in a process of its own and prints one JSON line; the last line is one JSON object of all.
// Every figure that counts is a ratio against a baseline of the same run: absolute speeds depend on the machine. It fails when a benchmark does not run,
// or when its ratio misses the limit beside it. With --smallest, which CI uses, only the former.

import { spawnSync } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ALL = [
  "startup",
  "throughput",
  "budget",
  "memory",
  "pull",
  "report",
  "compliance",
  "gate",
  "dialing",
  "inbound",
  "growth",
  "service-live",
  "service-many",
  "service-reads",
  "service-render",
];
/** Only when asked for by name: they take half an hour. */
const LONG = ["soak"];
const smallest = process.argv.includes("--smallest");
const asked = process.argv.slice(2).filter((word) => word !== "--smallest");
const unknown = asked.filter((name) => ![...ALL, ...LONG].includes(name));
if (unknown.length > 0) throw new Error(`no benchmark ${unknown.join(", ")}; there are ${[...ALL, ...LONG].join(", ")}`);

interface Figures {
  readonly ratio?: number;
  readonly below?: number;
  readonly atLeast?: number;
}

/** What a benchmark that ran misses. */
function missed({ ratio, below, atLeast }: Figures): string | undefined {
  if (smallest || ratio === undefined) return undefined;
  if (below !== undefined && !(ratio < below)) return `its ratio of ${ratio} is not below ${below}`;
  return atLeast !== undefined && !(ratio >= atLeast) ? `its ratio of ${ratio} is not at least ${atLeast}` : undefined;
}

const results: Record<string, unknown> = {};
const fail = (name: string, why: string) => {
  process.stderr.write(`${name} failed: ${why}\n`);
  process.exitCode = 1;
};
for (const name of asked.length > 0 ? asked : smallest ? [...ALL, ...LONG] : ALL) {
  const { stdout, status } = spawnSync(process.execPath, [fileURLToPath(new URL(`./${name}.ts`, import.meta.url))], {
    stdio: ["ignore", "pipe", "inherit"],
    encoding: "utf8",
    env: smallest
      ? { NODE_COMPILE_CACHE: join(tmpdir(), "node-compile-cache"), ...process.env, BENCH_SCALE: "smallest" }
      : process.env,
  });
  const line = stdout.trim().split("\n").at(-1) ?? "";
  if (status !== 0 || line === "") {
    fail(name, status === 0 ? "it printed no figures" : `it ended with ${status}`);
    continue;
  }
  const figures = JSON.parse(line) as Figures;
  results[name] = figures;
  process.stderr.write(`${name}: ${line}\n`);
  const why = missed(figures);
  if (why !== undefined) fail(name, why);
}
process.stdout.write(`${JSON.stringify(results, null, 2)}\n`);
