// The packed package, installed in a folder of its own: what it needs is in it, and is found from an empty folder. Packed once for all tests.

import { execFile } from "node:child_process";
import { cp, mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { CAMPAIGN } from "../../support/calls.ts";
import { type CliOptions, runCliProcess, startCli, workFolder } from "../../support/cli.ts";
import { outcomesScenario, truthOf } from "../../support/outcomes.ts";
import { openWorld } from "../outcomes/world.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const CALLS = 300;
const run = promisify(execFile);

/** Packs this checkout without touching its own build, and unpacks it. @returns the CLI of the package */
async function installed(folder: string): Promise<string> {
  const checkout = join(folder, "checkout");
  await mkdir(checkout);
  for (const part of ["package.json", "bin", "schemas", "examples", "docs", "man", "CHANGELOG.md"])
    await cp(join(ROOT, part), join(checkout, part), { recursive: true });
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

let folder: Awaited<ReturnType<typeof workFolder>>;
let bin: string;
beforeAll(async () => {
  folder = await workFolder();
  bin = await installed(folder.path);
});
afterAll(() => folder[Symbol.asyncDispose]());

/** Runs the package from an empty folder. */
async function fromNowhere(args: readonly string[], options: Partial<CliOptions> = {}) {
  await using empty = await workFolder();
  return await runCliProcess(args, { bin, cwd: empty.path, ...options });
}

test("outdial outcomes pull of the packed package brings the tenant's truth", async () => {
  await using world = await openWorld(
    outcomesScenario(0, { generateCalls: [{ campaignId: CAMPAIGN, count: CALLS, days: 2, prefix: "call_", digits: 7 }] }),
  );
  const options = { bin, cwd: world.folder, env: world.environment };
  const args = ["outcomes", "pull", "--campaign", CAMPAIGN, "--last", "3d", "--limit", "100", "--json"];
  const pulled = await runCliProcess(args, options);
  expect(pulled).toMatchObject({ code: 0, stderr: expect.stringContaining(`${CALLS} calls`) });
  const { retrieval } = JSON.parse(pulled.stdout);
  const { hash } = truthOf(world.sandbox, retrieval.from, retrieval.to);
  expect(retrieval).toMatchObject({ status: "done", calls: CALLS, complianceHash: hash });
});

test("outdial demo --once of the packed package tags the calls that come with it", async () => {
  await using somewhere = await workFolder();
  // The settings of the folder in which somebody tries it are for another tenant.
  await writeFile(join(somewhere.path, "outdial.yaml"), "tenant: { hosts: https://tenant.example.com }\nstore: { url: 3 }\n");
  const demo = await runCliProcess(["demo", "--once"], { bin, cwd: somewhere.path });
  expect(demo).toMatchObject({ code: 0, stderr: expect.stringMatching(/tagging +examples\/calls\.csv/) });
  expect(demo.stderr).toMatch(/audit +[\d,]+ entries verified/);
});

test("every example that a command of the README or of the help names comes with the package and is found from any folder", async () => {
  const readme = await readFile(join(ROOT, "README.md"), "utf8");
  const named = [...readme.matchAll(/^npx outdial (.*?) ?(examples\/\S+)/gm)].map(([, command, file]) => [command, file]);
  expect(new Set(named.map((one) => one.join(" ")))).toEqual(new Set(["simulate examples/simulation.yaml"]));
  const simulated = await fromNowhere(["simulate", "examples/simulation.yaml", "--json"]);
  expect(simulated).toMatchObject({ code: 0 });
  expect(await fromNowhere(["simulate", "examples/other.yaml"])).toMatchObject({ code: 2 });

  await using empty = await workFolder();
  const sandbox = startCli(["sandbox", "--scenario", "examples/scenario.yaml"], { bin, cwd: empty.path });
  await new Promise<void>((resolve) => {
    sandbox.child.stdout?.once("data", () => resolve());
    sandbox.child.once("close", () => resolve());
  });
  sandbox.child.kill("SIGINT");
  expect(await sandbox.ended).toMatchObject({ code: 130, stdout: expect.stringContaining('"url":"http://127.0.0.1:') });
});

test("under an older Node the package asks for a newer one, and a checkout also for its own", async () => {
  await using empty = await workFolder();
  const older = join(empty.path, "older.mjs");
  await writeFile(older, 'Object.defineProperty(process, "versions", { value: { ...process.versions, node: "20.1.0" } });\n');
  await mkdir(join(empty.path, "bin"));
  await cp(join(ROOT, "bin/outdial.mjs"), join(empty.path, "bin/outdial.mjs"));
  const env = { NODE_OPTIONS: `--import=${pathToFileURL(older).href}` };
  const started = () => runCliProcess(["--version"], { bin: join(empty.path, "bin/outdial.mjs"), cwd: empty.path, env });
  const alone = await started();
  expect(alone).toMatchObject({ code: 2, stderr: expect.stringMatching(/^outdial needs Node 24 .* package manager\.\n$/) });
  await mkdir(join(empty.path, "src/cli"), { recursive: true });
  await writeFile(join(empty.path, "src/cli/main.ts"), "");
  expect(await started()).toMatchObject({ code: 2, stderr: expect.stringContaining("npm ci") });
});

test("the package says which version it is, and what it was made of where its build wrote that down", async () => {
  const { version } = JSON.parse(await readFile(join(ROOT, "package.json"), "utf8")) as { version: string };
  const node = process.versions.node;
  expect(await fromNowhere(["--version"])).toMatchObject({ code: 0, stdout: `outdial ${version}, node ${node}\n`, stderr: "" });
  await writeFile(join(bin, "../../dist/commit"), "0123456789abcdef0123456789abcdef01234567\n");
  expect((await fromNowhere(["-V"])).stdout).toBe(`outdial ${version} (commit 0123456789ab), node ${node}\n`);
});

test("a reader that goes away is no error", async () => {
  await using empty = await workFolder();
  const help = startCli(["campaign", "--help"], { bin, cwd: empty.path });
  help.child.stdout?.destroy();
  expect(await help.ended).toMatchObject({ code: 0, signal: null, stderr: "" });
});

test("the program of docs/sandbox.md runs", async () => {
  const doc = await readFile(join(ROOT, "docs/sandbox.md"), "utf8");
  const program = /```ts\n(.*?)```/s.exec(doc)?.[1] ?? "";
  const ask = 'console.log((await tenant.capabilities.campaignRunner.status("camp_primary_001")).status);';
  const end = "await tenant.close();\nawait sandbox.close();";
  const file = join(bin, "../../program.mjs");
  await writeFile(file, `${program}\n${ask}\n${end}\n`);
  expect((await run(process.execPath, [file])).stdout).toBe("active\n");
});

test("openOutdial of the packed package tags a call", async () => {
  await using empty = await workFolder();
  const program = `
    import { openOutdial } from "outdial";
    import { createSandbox } from "outdial/sandbox";
    const sandbox = createSandbox();
    const { url } = await sandbox.listen();
    {
      await using outdial = await openOutdial({ tenantUrl: url, credentials: sandbox.ready, dir: ${JSON.stringify(empty.path)}, environment: {}, makeStore: true });
      const { result } = await outdial.tagCall({ campaignId: "camp_primary_001", callId: "call_000001", dispositionCodeId: "DISP_001" });
      console.log(result, (await outdial.audit.verify()).ok);
    }
    await sandbox.close();
  `;
  const file = join(bin, "../../opened.mjs");
  await writeFile(file, program);
  expect((await run(process.execPath, [file])).stdout).toBe("tagged true\n");
});
