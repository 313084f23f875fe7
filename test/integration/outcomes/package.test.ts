// The packed package retrieves: what is built holds the file of the retrieval's thread, and finds it.

import { execFile } from "node:child_process";
import { cp, mkdir, readdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { CAMPAIGN } from "../../support/calls.ts";
import { runCli, workFolder } from "../../support/cli.ts";
import { outcomesScenario, truthOf } from "../../support/outcomes.ts";
import { openWorld } from "./world.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const CALLS = 300;
const run = promisify(execFile);

/** Packs this checkout without touching its own build, and unpacks it. @returns the CLI of the package */
async function installed(folder: string): Promise<string> {
  const checkout = join(folder, "checkout");
  await mkdir(checkout);
  for (const part of ["package.json", "bin", "schemas"]) await cp(join(ROOT, part), join(checkout, part), { recursive: true });
  const compiler = join(ROOT, "node_modules/typescript-7/bin/tsc");
  // Types are checked elsewhere.
  const build = [
    "-p",
    join(ROOT, "tsconfig.build.json"),
    "--outDir",
    join(checkout, "dist"),
    "--declaration",
    "false",
    "--noCheck",
  ];
  await run(process.execPath, [compiler, ...build]);
  await run("npm", ["pack", "--silent", "--ignore-scripts", "--pack-destination", folder], { cwd: checkout });
  const tarball = (await readdir(folder)).find((name) => name.endsWith(".tgz"));
  await run("tar", ["-xzf", join(folder, tarball ?? ""), "-C", folder]);
  await symlink(join(ROOT, "node_modules"), join(folder, "node_modules"));
  return join(folder, "package/bin/outdial.mjs");
}

test("outdial outcomes pull of the packed package brings the tenant's truth", async () => {
  await using folder = await workFolder();
  const bin = await installed(folder.path);
  await using world = await openWorld(
    outcomesScenario(0, { generateCalls: [{ campaignId: CAMPAIGN, count: CALLS, days: 2, prefix: "call_", digits: 7 }] }),
  );
  const options = { bin, cwd: world.folder, env: world.environment };
  const args = ["outcomes", "pull", "--campaign", CAMPAIGN, "--last", "3d", "--limit", "100", "--json"];
  const pulled = await runCli(args, options);
  expect(pulled).toMatchObject({ code: 0, stderr: expect.stringContaining(`${CALLS} calls`) });
  const { retrieval } = JSON.parse(pulled.stdout);
  const { hash } = truthOf(world.sandbox, retrieval.from, retrieval.to);
  expect(retrieval).toMatchObject({ status: "done", calls: CALLS, complianceHash: hash });
});
