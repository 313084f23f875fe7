// What outdial writes is for its own user only, whatever the umask of the one who starts it.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readdir, stat, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { CAMPAIGN, callsCsv, callsScenario } from "../../support/calls.ts";
import { programEnvironment } from "../../support/program.ts";
import { programFile } from "../../support/programs-setup.ts";
import { type StartedWorld, startWorld } from "../../support/world.ts";

/** Meant for others: the public key, and what holds no secret. */
const PUBLIC: ReadonlySet<string> = new Set([".outdial/audit.pub", ".outdial/.gitignore", "outdial.yaml", "calls.csv"]);

let world: StartedWorld;
beforeAll(async () => {
  world = await startWorld({
    sandbox: { scenario: callsScenario(20) },
    yaml: "audit: { heads: [{ folder: heads }] }\n",
  });
  await mkdir(join(world.folder, "heads"));
  await writeFile(join(world.folder, "calls.csv"), callsCsv(20));
});
afterAll(() => world[Symbol.asyncDispose]());

/** Runs a command with the umask that takes nothing away. */
async function openly(...args: readonly string[]): Promise<string> {
  const child = spawn("/bin/sh", ["-c", 'umask 000; exec "$0" "$@"', process.execPath, programFile("main"), ...args], {
    cwd: world.folder,
    env: programEnvironment(world.environment),
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  child.stdout.on("data", (text: Buffer) => (said += text));
  child.stderr.on("data", (text: Buffer) => (said += text));
  const [code] = (await once(child, "close")) as [number | null];
  if (code !== 0) throw new Error(`${args.join(" ")} ended with ${code}: ${said}`);
  return said;
}

test("with umask 000 every file that may hold a secret, a proof or data of people is for its owner only", async () => {
  await openly("serve", "token", "add", "ann", "--role", "operator");
  await openly("tag", "calls.csv", "--campaign", CAMPAIGN, "--out", "results.csv");
  const found = await readdir(world.folder, { recursive: true, withFileTypes: true });
  const written = new Map<string, string>();
  for (const one of found) {
    if (!one.isFile()) continue;
    const path = join(one.parentPath, one.name);
    written.set(relative(world.folder, path), ((await stat(path)).mode & 0o777).toString(8));
  }
  const names = [...written.keys()];
  for (const expected of ["results.csv", ".outdial/audit.key", ".outdial/audit.head"]) expect(names).toContain(expected);
  expect(names.some((name) => name.startsWith("heads/"))).toBe(true);
  const open = [...written].filter(([name, mode]) => !PUBLIC.has(name) && mode !== "600");
  expect(open).toEqual([]);
});
