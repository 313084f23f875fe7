// The packed package, installed in folders of its own: what it needs is in it, and is found from an empty folder. Packed once for all tests.

import { execFile } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync } from "node:fs";
import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CAMPAIGN } from "../../support/calls.ts";
import { type CliOptions, runCliProcess, startCli, workFolder } from "../../support/cli.ts";
import { createDatabase, type TestDatabase } from "../../support/database.ts";
import { outcomesScenario, truthOf } from "../../support/outcomes.ts";
import { type Installation, installPackage, ROOT } from "../../support/package.ts";
import { openWorld } from "../outcomes/world.ts";

const CALLS = 300;
const run = promisify(execFile);

let folder: Awaited<ReturnType<typeof workFolder>>;
/** As `npm install outdial` leaves it, and as `npm install outdial --omit=optional` does. */
let whole: Installation;
let alone: Installation;
let bin: string;
beforeAll(async () => {
  folder = await workFolder();
  ({ whole, alone } = await installPackage(folder.path));
  bin = whole.bin;
});
afterAll(() => folder[Symbol.asyncDispose]());

/** Runs a program beside the installed package. @returns what it wrote */
async function programIn({ folder: at }: Installation, name: string, text: string): Promise<string> {
  const file = join(at, name);
  await writeFile(file, text);
  return (await run(process.execPath, [file])).stdout;
}

const FIRST = "tag-from-code";
const OTHERS = ["correct-disposition", "dialer-settings", "campaigns", "outcomes", "queueing-formulas"];
const MARK = "-- end of the example";

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
  const { hash } = truthOf(world.sandbox, Date.parse(retrieval.from), Date.parse(retrieval.to));
  expect(retrieval).toMatchObject({ status: "done", calls: CALLS, complianceHash: hash });
});

test("every example that a command of the README or of the help names comes with the package and is found from any folder", async () => {
  const readme = await readFile(join(ROOT, "README.md"), "utf8");
  const named = new Set([...readme.matchAll(/^npx outdial .*?(examples\/\S+)/gm)].map(([, file = ""]) => file));
  expect(named).toContain("examples/calls.csv");
  for (const file of named) expect(await readFile(join(dirname(bin), "..", file), "utf8")).not.toBe("");
  // Those that need no tenant.
  expect(await fromNowhere(["simulate", "examples/simulation.yaml", "--json"])).toMatchObject({ code: 0 });
  const decided = await fromNowhere(["compliance", "check", "examples/compliance/questions.ndjson"]);
  expect(decided).toMatchObject({ code: 0, stdout: expect.stringContaining('"decision":"allow"') });
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

interface Ready {
  readonly url: string;
  readonly loginUrl: string;
  readonly tenantUrl: string;
}

async function readyOf(child: ReturnType<typeof startCli>): Promise<Ready> {
  for await (const chunk of child.child.stdout ?? []) return JSON.parse(String(chunk)) as Ready;
  throw new Error(`the demo ended: ${child.stderr()}`);
}

interface Tenant {
  readonly campaigns: readonly { readonly id: string }[];
}

// Both demos mostly wait for the time that they show.
test.concurrent("outdial demo --once of the packed package tags the calls that come with it", async () => {
  await using somewhere = await workFolder();
  // The settings of the folder in which somebody tries it are for another tenant.
  await writeFile(join(somewhere.path, "outdial.yaml"), "tenant: { hosts: https://tenant.example.com }\nstore: { url: 3 }\n");
  const demo = await runCliProcess(["demo", "--once"], { bin, cwd: somewhere.path });
  expect(demo).toMatchObject({ code: 0, stderr: expect.stringMatching(/tagging +examples\/calls\.csv/) });
  expect(demo.stderr).toMatch(/audit +[\d,]+ entries verified/);
});

test.concurrent("outdial demo of the packed package lives, shows the dashboard, and leaves nothing behind", async () => {
  await using somewhere = await workFolder();
  const demo = startCli(["demo", "--json"], { bin, cwd: somewhere.path, env: { TMPDIR: somewhere.path } });
  const { url, loginUrl, tenantUrl } = await readyOf(demo);

  expect(await (await fetch(url)).text()).toContain('<script type="module"');
  const code = new URL(loginUrl).hash.slice(1);
  const login = () =>
    fetch(`${url}/api/v1/session`, {
      method: "POST",
      headers: { "content-type": "application/json", origin: url, "x-outdial-request": "1" },
      body: JSON.stringify({ code }),
    });
  const first = await login();
  expect(first.status).toBe(200);
  expect((await login()).status).toBe(401);
  const cookie = first.headers
    .getSetCookie()
    .map((one) => one.split(";")[0])
    .join("; ");
  const get = async (path: string) => (await fetch(`${url}/api/v1${path}`, { headers: { cookie } })).json();
  const jobs = (await get("/jobs")) as { items: { kind: string }[] };
  expect(new Set(jobs.items.map(({ kind }) => kind)).size).toBe(2);

  const { campaigns } = (await (await fetch(`${tenantUrl}/__sandbox/state`)).json()) as Tenant;
  expect(campaigns.map(({ id }) => id)).toEqual(["camp_renewals_spring", "camp_renewals_backup"]);

  const [made] = readdirSync(somewhere.path).filter((name) => name.startsWith("outdial-demo-"));
  expect(made).toBeDefined();
  demo.child.kill("SIGINT");
  expect(await demo.ended).toMatchObject({ code: 130 });
  expect(readdirSync(somewhere.path).filter((name) => name.startsWith("outdial-demo-"))).toEqual([]);
  await expect(fetch(url)).rejects.toThrow();
  await expect(fetch(tenantUrl)).rejects.toThrow();
});

test("jobs list loads few modules: without a store, and through a service", async () => {
  await using service = createServer((_, response) => {
    response.setHeader("content-type", "application/json").end('{"items":[],"next":null}');
  });
  await once(service.listen(0, "127.0.0.1"), "listening");
  const url = `http://127.0.0.1:${(service.address() as AddressInfo).port}`;
  const counter = new URL("../../support/count-modules.mjs", import.meta.url).href;
  await using empty = await workFolder();
  const file = join(empty.path, "modules");
  const loaded = async (env: Readonly<Record<string, string>>) => {
    const options = { bin, cwd: empty.path, env: { ...env, TEST_MODULES: file, NODE_OPTIONS: `--import=${counter}` } };
    const { code } = await runCliProcess(["jobs", "list"], options);
    return { code, modules: (await readFile(file, "utf8")).split("\n").length };
  };
  const here = await loaded({});
  const through = await loaded({ OUTDIAL_URL: url, OUTDIAL_TOKEN: "odt_token" });
  expect([here.code, through.code]).toEqual([2, 0]);
  expect(here.modules).toBeLessThanOrEqual(500);
  expect(through.modules).toBeLessThanOrEqual(200);
});

/** Packages and folders of the package that a program loads. */
const LOADED = `
  import { registerHooks } from "node:module";
  const seen = new Set();
  registerHooks({
    load(url, context, next) {
      const [, outside] = /\\/node_modules\\/(?!outdial\\/)((?:@[^/]+\\/)?[^/]+)\\/[^]*$/.exec(url) ?? [];
      const [, inside] = /\\/outdial\\/dist\\/([^/]+)/.exec(url) ?? [];
      if (!url.startsWith("node:")) seen.add(inside ?? outside ?? url);
      return next(url, context);
    },
  });
  const { createTenant } = await import("outdial");
  console.log(typeof createTenant, [...seen].sort().join(" "));
`;

describe("the SDK alone", () => {
  test("importing outdial loads neither the store nor the engine, and nothing of other people's but zod", async () => {
    expect(await programIn(alone, "loaded.mjs", LOADED)).toBe("function app index.js zod\n");
  });

  test("it weighs a tenth of the whole, and works with a tenant", async () => {
    const [sdk, all] = [await alone.weight(), await whole.weight()];
    expect(sdk / all).toBeLessThan(0.1);
    const program = `
      import { createTenant } from "outdial";
      import { createSandbox } from "outdial/sandbox";
      const sandbox = createSandbox();
      const { url } = await sandbox.listen();
      const { clientId, clientSecret } = sandbox.ready;
      const tenant = createTenant({ hosts: url, token: { url: url + "/oauth/token", auth: "form" }, credentials: { clientId, clientSecret } });
      console.log((await tenant.capabilities.campaignRunner.status("camp_primary_001")).status);
      await tenant.close();
      await sandbox.close();
    `;
    expect(await programIn(alone, "tenant.mjs", program)).toBe("active\n");
  });

  test("what needs more says which package is missing, and the command that brings it", async () => {
    const program = `
      import { openOutdial } from "outdial";
      await openOutdial({}).catch(({ code, message, advice }) => console.log(code, message, advice));
    `;
    expect(await programIn(alone, "opens.mjs", program)).toMatch(
      /^missing_package the package \S+ is needed for this and is not installed npm install pg@\S+ @dbos-inc\/dbos-sdk@/,
    );
    await using empty = await workFolder();
    const database = ["--database-url", "postgres://127.0.0.1:9/outdial"];
    const commanded = await runCliProcess(["jobs", "list", ...database], { bin: alone.bin, cwd: empty.path });
    expect(commanded).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/is not installed\n.*npm install --include=optional outdial\n$/),
    });
    expect((await runCliProcess(["--help"], { bin: alone.bin, cwd: empty.path })).code).toBe(0);
  });
});

test("every link of the packed README leads to a file of the package", async () => {
  const packed = join(bin, "../..");
  const targets = [...(await readFile(join(packed, "README.md"), "utf8")).matchAll(/\]\((?!https?:|#)([^)#]+)/g)];
  expect(targets.length).toBeGreaterThan(20);
  expect(targets.map(([, target = ""]) => target).filter((target) => !existsSync(join(packed, target)))).toEqual([]);
});

describe("the examples, copied out of the package", () => {
  const written = new Map<string, string>();
  const databases: TestDatabase[] = [];
  afterAll(() => Promise.all(databases.map((one) => one.dispose())));

  beforeAll(async () => {
    // Node runs TypeScript only outside of node_modules: whoever tries an example copies it.
    await cp(join(bin, "../../examples"), join(whole.folder, "examples"), { recursive: true });
    // The first one makes its own store, as whoever tries it; a server for each of the others would be the same again.
    const lines = await Promise.all(
      OTHERS.map(async (name) => {
        const database = await createDatabase();
        databases.push(database);
        return `process.env.EXAMPLE_DATABASE_URL = "${database.url}"; await import("./examples/${name}.ts"); console.log("${MARK}");`;
      }),
    );
    const [{ stdout: first }, others] = await Promise.all([
      run(process.execPath, [join(whole.folder, "examples", `${FIRST}.ts`)]),
      programIn(whole, "all.mjs", lines.join("\n")),
    ]);
    written.set(FIRST, first);
    for (const [i, output] of others.split(`${MARK}\n`).entries()) written.set(OTHERS[i] ?? "", output.trimStart());
  });

  /** What an example wrote, line by line. */
  function linesOf(name: string): string[] {
    return (written.get(name) ?? "").trimEnd().split("\n");
  }

  test("tagging one call, then a list of which one row is refused", () => {
    expect(linesOf("tag-from-code")).toEqual([
      "call_000003: tagged",
      expect.stringMatching(/^1 to send, 1 refused: disposition code "DISP_0O1" .* did you mean DISP_001\?$/),
      'partly_failed: {"tagged":1,"refused":1}',
      "  1 call_000001: tagged",
      expect.stringMatching(/^ {2}2 call_000002: refused \(disposition code "DISP_0O1"/),
      expect.stringMatching(/^evidence pack: [1-9]\d* of [1-9]\d* entries, each proved$/),
    ]);
  });

  test("correcting a disposition, then a list whose rows break rules", () => {
    expect(linesOf("correct-disposition")).toEqual([
      "there: 102",
      "would be: 101; 0 problems",
      "success: 101",
      expect.stringMatching(/^ {2}1: validation_error .* exclude each other/),
      expect.stringMatching(/^ {2}2: validation_error disposition code "999" is not in the tree/),
    ]);
  });

  test("dialer settings are validated, activated and rolled back", () => {
    expect(linesOf("dialer-settings")).toEqual([
      expect.stringMatching(/^0 findings, 0 refusals, abandonment \d+\.\d %$/),
      "  name: Predictive_Outbound_01 → Evening",
      "  concurrency.max_simultaneous_calls: 200 → 140",
      "  algorithm.abandonment_rate_target: 0.03 → 0.025",
      "  algorithm.dial_ratio: 4 → 2.8",
      "  algorithm.warm_line_timeout_sec: 12 → 2",
      expect.stringMatching(/^version \d+: applied$/),
      "rolled back: applied",
    ]);
  });

  test("campaigns are provisioned, a list is segmented, a campaign is watched and handed over", () => {
    expect(linesOf("campaigns")).toEqual([
      "create Spring renewals 2026, backup: 200 contacts",
      "create Spring renewals 2026: 200 contacts",
      expect.stringMatching(/^applied: Spring renewals 2026, backup is camp_\w+, Spring renewals 2026 is camp_\w+$/),
      expect.stringMatching(/^1\d\d of 200 contacts may be called now$/),
      "camp_primary is active, its calls are known",
      "rehearsed in 5 steps: passed",
      "the backup dials",
    ]);
  });

  test("outcomes are pulled, mapped, reported and pushed", () => {
    const [pulled = "", whole, converted = "", pushed = ""] = linesOf("outcomes");
    const calls = /^done: (\d+) calls$/.exec(pulled)?.[1] ?? "";
    expect(Number(calls)).toBeGreaterThan(1000);
    // Nothing else has counted them.
    expect(whole).toBe("the lake holds them all: null");
    expect(converted).toMatch(new RegExp(`^\\d+ of ${calls} calls converted \\([\\d.]+ % to [\\d.]+ %\\) by example#`));
    expect(pushed).toBe(`${calls} records acknowledged, received`);
  });

  test("the formulas give what dialing blindly reaches at 3 % abandoned", () => {
    const occupancies = (written.get("queueing-formulas") ?? "").matchAll(/^(\d+) agents: occupancy ([\d.]+) %/gm);
    expect([...occupancies].map(([, agents, share]) => [Number(agents), Math.round(Number(share))])).toEqual([
      [10, 54],
      [20, 69],
      [50, 82],
      [100, 89],
    ]);
  });
});
