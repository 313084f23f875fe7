// npm run bench [-- NAME …]: each benchmark runs in a process of its own and prints one JSON line; the last line is one JSON object of all.
// Every figure that counts is a ratio against a baseline of the same run: absolute speeds depend on the machine.

import { spawnSync } from "node:child_process";
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
  "service-live",
  "service-many",
  "service-reads",
  "service-render",
] as const;
/** Only when asked for by name: they take half an hour. */
const LONG = ["soak"] as const;
const asked = process.argv.slice(2);
const results: Record<string, unknown> = {};
for (const name of [...ALL, ...LONG].filter((one) =>
  asked.length === 0 ? ALL.some((each) => each === one) : asked.includes(one),
)) {
  const { stdout, status } = spawnSync(process.execPath, [fileURLToPath(new URL(`./${name}.ts`, import.meta.url))], {
    stdio: ["ignore", "pipe", "inherit"],
    encoding: "utf8",
  });
  const line = stdout.trim().split("\n").at(-1) ?? "";
  if (status !== 0 || line === "") {
    process.stderr.write(`${name} failed\n`);
    process.exitCode = 1;
    continue;
  }
  results[name] = JSON.parse(line);
  process.stderr.write(`${name}: ${line}\n`);
}
process.stdout.write(`${JSON.stringify(results, null, 2)}\n`);
