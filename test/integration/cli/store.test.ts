// Where commands make a store, and where they find one or say that there is none.

import { chmod, copyFile, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Command } from "commander";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { buildProgram, MAKE_A_STORE, pathOf } from "../../../src/cli/index.ts";
import { openStore } from "../../../src/store/index.ts";
import { systemClock } from "../../../src/tenant/index.ts";
import { beginCli, runCli, workFolder } from "../../support/cli.ts";
import { createDatabase } from "../../support/database.ts";

let folder: Awaited<ReturnType<typeof workFolder>>;
beforeEach(async () => {
  folder = await workFolder();
});
afterEach(() => folder[Symbol.asyncDispose]());

/** Every command that reads a store, or changes what is in one, with arguments that are right. */
const FINDS = [
  "mcp",
  "data lives",
  "data find +12125550100",
  "data erase +12125550100 --reason asked",
  "db migrate",
  "db status",
  "serve",
  "serve token add ann",
  "tag contacts.csv --campaign camp_1",
  "interaction disposition 1 --code 101 --agent ann",
  "interaction dispositions contacts.csv",
  "calls recordings 1",
  "campaign agents 1",
  "outcomes pull --campaign camp_1 --last 1d",
  "consent import contacts.csv",
  "consent relationships contacts.csv",
  "consent disconnections contacts.csv",
  "consent lines contacts.csv",
  "consent revoke +12125550123 --channel sms",
  "dnc import contacts.csv",
  "dnc declare-empty --name Ann --reason new",
  "dnc registries",
  "dnc add +12125550123 --reason stop",
  "attempts import contacts.csv",
  "facts import contacts.csv --kind lines",
  "campaign plan campaigns",
  "campaign apply campaigns --plan 12345678",
  "campaign failover watch --primary camp_1",
  "dialer apply settings.yaml",
  "webhooks register wfm --url https://hooks.example.com --token-env CXONE_CLIENT_SECRET",
  "interaction list",
  "jobs list",
  "jobs show job_1",
  "jobs resume job_1",
  "jobs cancel job_1",
  "audit list",
  "audit verify",
  "audit accept-head --reason r",
  "audit proof 1",
  "audit pack --campaign c --out -",
  "context rebind --reason r",
  "webhooks deliveries",
  "webhooks show 1",
  "webhooks replay",
  "webhooks deliver",
  "webhooks receivers",
  "webhooks on bi",
  "webhooks off bi",
  "webhooks forget bi",
  "webhooks remove hook_1",
  "serve token list",
  "serve token revoke ann",
  "serve session list",
  "serve session end 00000000",
  "compliance gate contacts.csv --campaign camp_1",
  "compliance imports",
  "compliance manifests",
  "compliance revocations",
  "compliance acknowledge 1 --system dialer",
  "compliance abandonment --campaign camp_1",
  "dnc show +12125550123",
  "dnc lift +12125550123 --reason mistake",
  "dnc pending",
  "dnc compare --campaign camp_1",
  "dnc push --campaign camp_1",
  "callbacks list --campaign camp_1",
  "callbacks delete 1 --reason late",
  "contacts segment list_1",
  "campaign drift campaigns",
  "attention",
  "tenant missing",
  "tenant gone camp_1 --reason deleted",
  "campaign status camp_1",
  "campaign stops",
  "campaign story camp_1",
  "campaign resume camp_1",
  "campaign resume-apply",
  "campaign failover drill camp_1",
  "campaign failover prepare camp_1",
  "campaign failover start camp_1",
  "campaign failover failback camp_1",
  "campaign failover status",
  "campaign failover history camp_1",
  "campaign failover holds camp_1",
  "campaign failover remove camp_1",
  "dialer history",
  "dialer rollback",
  "dialer resume",
  "outcomes pull --resume",
  "outcomes pull --campaign camp_1 --every off",
  "outcomes runs",
  "outcomes verify",
  "outcomes export --format ndjson",
  "outcomes reconcile --campaign camp_1",
  "outcomes report",
  "outcomes push crm",
];

/** Works without a store, or with the one that is there. */
const NEEDS_NONE = [
  "doctor",
  "context list",
  "context show",
  "context use",
  "calls show",
  "tenant probe",
  "call",
  "smoke",
  "completion",
  "__complete",
  "demo",
  "sandbox",
  "approvals list",
  "approvals show",
  "approvals approve",
  "approvals reject",
  "interaction show",
  "outcomes push",
  "compliance check",
  "compliance explain",
  "compliance pack show",
  "compliance pack validate",
  "compliance pack diff",
  "compliance pack replay",
  "compliance pack stale",
  "compliance pack sign",
  "compliance pack fetch",
  "compliance verify-manifest",
  "campaign export",
  "stop",
  "campaign stop",
  "campaign pause",
  "dialer create-campaign",
  "dialer validate",
  "dialer simulate-vendor",
  "dialer show",
  "dialer metrics",
  "dialer audit",
  "simulate",
  "simulate calibrate",
  "audit verify-pack",
  "audit verify-proof",
  "webhooks vendor",
];

describe("every command", () => {
  const names: string[] = [];
  const walk = (command: Command) => {
    if (command.commands.length === 0 || ["serve", "simulate"].includes(command.name())) names.push(pathOf(command));
    for (const sub of command.commands) walk(sub);
  };
  walk(buildProgram().command);

  test("makes a store, finds one or needs none", () => {
    expect(MAKE_A_STORE).toEqual(["init"]);
    const finds = names.filter((name) => FINDS.some((line) => line === name || line.startsWith(`${name} `)));
    const said = [...MAKE_A_STORE, ...finds, ...NEEDS_NONE];
    expect(names.filter((name) => !said.includes(name))).toEqual([]);
  });

  test("marks in its help what it cannot go without", async () => {
    const made = ["init", "demo", "sandbox"];
    const unmarked: string[] = [];
    for (const name of names.filter((one) => !made.includes(one))) {
      const line = name.split(" ");
      const { code, stdout } = await runCli([...line, "--json"], { cwd: folder.path });
      const { error = {} } = code === 2 ? (JSON.parse(stdout) as { error?: { code?: string; message?: string } }) : {};
      // A folder that is looked for under its usual name is no requirement.
      const isUsage = error.code === "invalid_input" && error.message?.startsWith("cannot read ") !== true;
      if (!isUsage) continue;
      const help = (await runCli([...line, "--help"], { cwd: folder.path })).stdout;
      if (!/\brequired\b|^Usage: .*</m.test(help.replaceAll(/\s+/g, " ").replace(" Options:", "\nOptions:")))
        unmarked.push(`${name}: ${error.message}`);
    }
    expect(unmarked).toEqual([]);
  });
});

test("what finds a store makes none: it ends with 2, says where it looked and what to do, and leaves the folder as it was", async () => {
  await mkdir(join(folder.path, "campaigns"));
  await copyFile("examples/campaigns/spring-renewals.yaml", join(folder.path, "campaigns", "spring.yaml"));
  await copyFile("examples/dialer-settings.yaml", join(folder.path, "settings.yaml"));
  await writeFile(join(folder.path, "contacts.csv"), "number\n+12125550123\n");
  const before = await readdir(folder.path);
  vi.stubEnv("OUTDIAL_TENANT_URL", "http://127.0.0.1:1");
  vi.stubEnv("CXONE_CLIENT_ID", "id");
  vi.stubEnv("CXONE_CLIENT_SECRET", "secret");
  vi.stubEnv("OUTDIAL_CRM_URL", "http://127.0.0.1:1/crm");
  vi.stubEnv("OUTDIAL_CRM_SECRET", Buffer.alloc(32, 1).toString("base64"));
  vi.stubEnv("DATABASE_URL", undefined);
  const cwd = vi.spyOn(process, "cwd").mockReturnValue(folder.path);
  let said = "";
  const out = vi.spyOn(process.stdout, "write").mockImplementation(() => true);
  const errors = vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    said += String(text);
    return true;
  });
  const ends: Record<string, number> = {};
  const words: Record<string, boolean> = {};
  try {
    for (const line of FINDS) {
      said = "";
      const argv = line
        .split(" ")
        .map((word) => (["contacts.csv", "campaigns", "settings.yaml"].includes(word) ? join(folder.path, word) : word));
      ends[line] = await buildProgram().run([...argv, "--yes"]);
      words[line] = said.includes(
        `no store here: looked for outdial.yaml and .outdial in ${folder.path} and every folder above it, and no database is named`,
      );
    }
  } finally {
    for (const spy of [cwd, out, errors]) spy.mockRestore();
    vi.unstubAllEnvs();
  }
  expect(Object.entries(words).filter(([, told]) => !told)).toEqual([]);
  expect(Object.entries(ends).filter(([, code]) => code !== 2)).toEqual([]);
  expect(await readdir(folder.path)).toEqual(before);
});

test.each([
  "tag contacts.csv --campaign camp_1 --out",
  "interaction dispositions contacts.csv --out",
  "jobs show job_1 --out",
  "dnc import contacts.csv --refused",
  "compliance gate contacts.csv --campaign camp_1 --out",
  "compliance gate contacts.csv --campaign camp_1 --record",
  "contacts segment list_1 --out",
  "outcomes export --format ndjson --out",
  "outcomes reconcile --campaign camp_1 --out",
  "outcomes push crm --records --out",
  "audit pack --campaign c --out",
  "simulate calibrate contacts.csv --refused",
  "simulate calibrate contacts.csv --out",
])("%s FILE: a command that is refused leaves the file as it was", async (line) => {
  await writeFile(join(folder.path, "contacts.csv"), "number\n+12125550123\n");
  await writeFile(join(folder.path, "kept"), "from before\n");
  for (const file of ["kept", "new"]) {
    const { code } = await runCli([...line.split(" "), file], { cwd: folder.path });
    expect(code).toBe(2);
  }
  expect(await readFile(join(folder.path, "kept"), "utf8")).toBe("from before\n");
  expect((await readdir(folder.path)).sort()).toEqual(["contacts.csv", "kept"]);
});

test("a workplace is made once and found from every folder below; its gate lets nobody be dialed before the company's list is there", async () => {
  const outdial = async (cwd: string, ...args: string[]) => {
    const { code, stdout, stderr } = await runCli([...args, "--json"], { cwd });
    return { code, stderr, answer: stdout === "" ? undefined : (JSON.parse(stdout) as object) };
  };
  const workplace = join(folder.path, "renewals");
  const made = await outdial(folder.path, "init", "renewals", "--tenant-url", "https://tenant.example.com");
  const [config, dir] = [join(workplace, "outdial.yaml"), join(workplace, ".outdial")];
  expect(made).toMatchObject({
    code: 0,
    answer: { folder: workplace, config, store: dir, tenant: "https://tenant.example.com", made: ["config", "store"] },
  });
  expect(await readFile(join(dir, ".gitignore"), "utf8")).toBe("*\n");
  // Its server goes on between the commands.
  await using stack = new AsyncDisposableStack();
  const opened = await openStore({ dir, clock: systemClock });
  stack.defer(() => opened.close());
  expect((await outdial(workplace, "init")).answer).toMatchObject({ made: [] });

  const below = join(workplace, "lists", "march");
  await mkdir(below, { recursive: true });
  await writeFile(join(below, "contacts.csv"), "number\n+12125550123\n+12125550124\n");
  await writeFile(join(below, "stopped.csv"), "number\n+12125550123\n");
  // Another one in there is made on purpose only.
  expect(await outdial(below, "init")).toMatchObject({
    code: 2,
    answer: { error: { message: expect.stringContaining(workplace) } },
  });
  const gate = () => outdial(below, "compliance", "gate", "contacts.csv", "--campaign", "camp_1");
  expect(await gate()).toMatchObject({ code: 3, answer: { error: { code: "no_company_list" } } });
  await outdial(below, "dnc", "add", "+12125550199", "--reason", "said stop");
  expect(await gate()).toMatchObject({ code: 3, answer: { error: { code: "no_company_list" } } });
  const declared = await outdial(below, "dnc", "declare-empty", "--name", "Ann Lee", "--reason", "a new company");
  expect(declared.answer).toMatchObject({ state: "declared-empty", by: "Ann Lee", source: "a new company" });
  expect((await gate()).answer).toMatchObject({
    manifest: { facts: { companyList: { state: "declared-empty", by: "Ann Lee" } } },
  });
  expect(await outdial(below, "dnc", "import", "stopped.csv")).toMatchObject({ code: 0 });

  const decided = await gate();
  const loaded = { state: "loaded", source: "stopped.csv", by: "tester" };
  expect(decided).toMatchObject({
    code: 0,
    answer: {
      manifest: { counts: { dial: 0 }, facts: { companyList: loaded } },
      standing: { store: dir, tenant: "https://tenant.example.com", companyList: loaded, registries: [] },
    },
  });
  expect(decided.stderr).toContain(`store ${dir} · tenant https://tenant.example.com\n`);
  expect(decided.stderr).toMatch(
    /company's do-not-call list: stopped\.csv, loaded 20\S+, here since 20\S+\nregistries: none loaded\n/,
  );
  expect((await readdir(below)).sort()).toEqual(["contacts.csv", "stopped.csv"]);
});

test("where nothing can be written, another folder is advised", async () => {
  expect(await runCli(["init", "/proc/x"], { cwd: folder.path })).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/folders cannot be made in \/proc[^]*outdial init FOLDER/),
  });
  if (process.getuid?.() !== 0) return;
  const database = await createDatabase();
  await chmod(folder.path, 0o755);
  process.seteuid?.(65_534);
  try {
    const denied = await runCli(["jobs", "list"], { cwd: folder.path, env: { DATABASE_URL: database.url } });
    expect(denied).toMatchObject({ code: 1, stderr: expect.stringMatching(/cannot be written to[^]*--dir or OUTDIAL_DIR/) });
    const init = await runCli(["init"], { cwd: folder.path });
    expect(init).toMatchObject({ code: 2, stderr: expect.stringContaining("Name a folder that you may write to") });
  } finally {
    process.seteuid?.(0);
    await database.dispose();
  }
});

test("a database without tables is no store: a read says so and leaves no folder; init makes them", async () => {
  const database = await createDatabase({ empty: true });
  try {
    const outdial = (...args: string[]) => runCli(args, { cwd: folder.path, env: { DATABASE_URL: database.url } });
    expect(await outdial("jobs", "list")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("no store here: the database of DATABASE_URL has no tables of outdial"),
    });
    expect(await readdir(folder.path)).toEqual([]);
    const made = await outdial("init", "--json");
    const { pathname, port } = new URL(database.url);
    const store = `postgres://127.0.0.1:${port}${pathname}`;
    expect(JSON.parse(made.stdout)).toMatchObject({ store, tenant: null, made: ["config", "store"] });
    expect(await outdial("jobs", "list")).toMatchObject({ code: 0 });
  } finally {
    await database.dispose();
  }
});

test.each([
  ["its folder is made", /^/],
  ["its tenant answers", /event receiver/],
  ["its rows are planned", /rows/],
])("a demo that is interrupted as soon as %s leaves nothing and ends with 130", async (_when, said) => {
  const temporary = join(folder.path, "temporary");
  await mkdir(temporary);
  vi.stubEnv("TMPDIR", temporary);
  try {
    const demo = beginCli(["demo", "--once"], { cwd: folder.path });
    const under = async () => (await readdir(temporary)).length > 0 && said.test(demo.stderr());
    await expect.poll(under, { timeout: 60_000, interval: 5 }).toBe(true);
    demo.interrupt();
    expect(await demo.ended).toMatchObject({ code: 130, stderr: expect.stringContaining("interrupted") });
    expect(await readdir(temporary)).toEqual([]);
  } finally {
    vi.unstubAllEnvs();
  }
});
