// The tests that can depend on date, hour or zone, and the demo, with the process's clock at instants and in zones at which calling windows, weeks, months
// and years turn. A row that was broken off goes on with what has not passed on these files.
//
// usage: node scripts/test-dates.ts [--again] [--all | vitest filter …]
//
//   --all   every test; each instant then takes as long as `npm test`

import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { passedRuns } from "./passed.ts";

const at = (place: string) => fileURLToPath(new URL(`../${place}`, import.meta.url));

/** Clocks change at 02:00 local in the US and at 01:00 UTC in Europe. */
const CASES: readonly (readonly [string, string, string])[] = [
  ["a Sunday morning", "2026-11-22T06:30:00Z", "UTC"],
  ["a Sunday morning, later", "2026-11-22T08:00:00Z", "America/New_York"],
  ["a Monday night", "2026-11-23T03:00:00Z", "Pacific/Kiritimati"],
  ["an hour before US clocks go forward", "2027-03-14T06:00:00Z", "America/St_Johns"],
  ["an hour after US clocks went forward", "2027-03-14T08:00:00Z", "UTC"],
  ["an hour before US clocks go back", "2026-11-01T05:00:00Z", "Asia/Kathmandu"],
  ["an hour after US clocks went back", "2026-11-01T07:00:00Z", "America/New_York"],
  ["an hour before European clocks go forward", "2027-03-28T00:00:00Z", "Europe/London"],
  ["an hour after European clocks went forward", "2027-03-28T02:00:00Z", "UTC"],
  ["an hour before European clocks go back", "2026-10-25T00:00:00Z", "UTC"],
  ["an hour after European clocks went back", "2026-10-25T02:00:00Z", "Europe/London"],
  ["the end of a year", "2026-12-31T23:58:00Z", "UTC"],
  ["the end of a year in Kathmandu", "2026-12-31T18:13:00Z", "Asia/Kathmandu"],
  ["a 29 February", "2028-02-29T12:00:00Z", "America/St_Johns"],
  ["a 29 February in Kiritimati", "2028-02-28T12:00:00Z", "Pacific/Kiritimati"],
];

/**
 * Folders of test/integration that are left out, and why; every other one is run, a new one too, and the unit suite. Left out as well are the browser suite,
 * whose pages are given zone and times by the service, and the chaos suite, which counts what is written once.
 */
const LEFT_OUT: Readonly<Record<string, string>> = {
  cli: "what processes, files and exit codes are, whenever they run",
  clients: "the wire: requests and replies as the documents have them",
  dialer: "settings have no date; their waits are on a clock of the test",
  events: "a clock that the test moves",
  inbound: "a clock that the test moves",
  interactions: "versions and locks, no date",
  sandbox: "the tenant's own time, which each test sets",
  simulate: "a scenario's own time",
  simulation: "threads",
  store: "a clock that the test moves",
  tenant: "requests and replies; instants are as given",
};

/** What can depend on date, hour or zone, as filters for vitest. */
const DATED = [
  "src/",
  ...readdirSync(at("test/integration"))
    .filter((name) => !(name in LEFT_OUT))
    .map((name) => `test/integration/${name}`),
];

const args = process.argv.slice(2);
const all = args.includes("--all");
const named = args.filter((arg) => !["--again", "--all"].includes(arg));
const filters = all ? [] : named.length > 0 ? named : DATED;
const passed = passedRuns("dates", args.includes("--again"));
const failed: string[] = [];

function run(command: readonly string[], env: NodeJS.ProcessEnv, cwd?: string): boolean {
  return spawnSync(process.execPath, command, { env, cwd, stdio: "inherit" }).status === 0;
}

for (const [name, now, zone] of CASES) {
  const label = `${name} (${now}, TZ ${zone})`;
  const key = [label, ...(all ? ["all"] : named)].join(" ");
  if (passed.has(key)) continue;
  process.stderr.write(`\n=== ${label}\n`);
  const preload = `--import=${pathToFileURL(at("test/support/shift-clock.mjs")).href}`;
  const env = {
    ...process.env,
    TZ: zone,
    TEST_NOW: now,
    TEST_NOW_BASE: String(Date.now()),
    NODE_OPTIONS: `${process.env["NODE_OPTIONS"] ?? ""} ${preload}`.trim(),
  };
  const folder = mkdtempSync(join(tmpdir(), "outdial-dates-"));
  const ok =
    run([at("node_modules/vitest/vitest.mjs"), "run", ...filters], env) &&
    (named.length > 0 || run([at("bin/outdial.mjs"), "demo", "--once"], env, folder));
  rmSync(folder, { recursive: true, force: true });
  if (ok) passed.add(key);
  else failed.push(label);
}
if (failed.length > 0) {
  process.stderr.write(`\nfailed: ${failed.join("; ")}\n`);
  process.exitCode = 1;
}
