// Where commands make a store, and where they find one or say that there is none.

import { copyFile, mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Command } from "commander";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { buildProgram, MAKE_A_STORE, pathOf } from "../../../src/cli/index.ts";
import { beginCli, runCli, workFolder } from "../../support/cli.ts";

let folder: Awaited<ReturnType<typeof workFolder>>;
beforeEach(async () => {
  folder = await workFolder();
});
afterEach(() => folder[Symbol.asyncDispose]());

/** Every command that reads a store, or changes what is in one, with arguments that are right. */
const FINDS = [
  "jobs list",
  "jobs show job_1",
  "jobs resume job_1",
  "jobs cancel job_1",
  "audit list",
  "audit verify",
  "audit proof 1",
  "webhooks deliveries",
  "webhooks replay",
  "webhooks deliver",
  "webhooks receivers",
  "webhooks on bi",
  "webhooks off bi",
  "webhooks remove hook_1",
  "serve token list",
  "serve token revoke ann",
  "compliance gate contacts.csv --campaign camp_1",
  "compliance manifests",
  "compliance revocations",
  "compliance acknowledge 1 --system dialer",
  "compliance abandonment --campaign camp_1",
  "dnc show +12125550123",
  "dnc lift +12125550123 --reason mistake",
  "dnc pending",
  "contacts segment list_1",
  "campaign drift campaigns",
  "campaign status camp_1",
  "campaign stops",
  "campaign resume camp_1",
  "campaign resume-apply",
  "campaign failover drill camp_1",
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
  "demo",
  "sandbox",
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
  "dialer validate",
  "dialer show",
  "dialer metrics",
  "dialer audit",
  "simulate",
  "simulate calibrate",
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
    const known = new Set(names);
    expect(MAKE_A_STORE.filter((name) => !known.has(name))).toEqual([]);
    const finds = names.filter((name) => FINDS.some((line) => line === name || line.startsWith(`${name} `)));
    const said = [...MAKE_A_STORE, ...finds, ...NEEDS_NONE];
    expect(names.filter((name) => !said.includes(name))).toEqual([]);
  });
});

test("what finds a store makes none: it ends with 2, says where it looked and what to do, and leaves the folder as it was", async () => {
  await mkdir(join(folder.path, "campaigns"));
  await copyFile("examples/campaigns/spring-renewals.yaml", join(folder.path, "campaigns", "spring.yaml"));
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
        .map((word) => (word === "contacts.csv" || word === "campaigns" ? join(folder.path, word) : word));
      ends[line] = await buildProgram().run([...argv, "--yes"]);
      words[line] = said.includes(`there is no store in ${join(folder.path, ".outdial")}, and no database is named`);
    }
  } finally {
    for (const spy of [cwd, out, errors]) spy.mockRestore();
    vi.unstubAllEnvs();
  }
  expect(Object.entries(words).filter(([, told]) => !told)).toEqual([]);
  expect(Object.entries(ends).filter(([, code]) => code !== 2)).toEqual([]);
  expect(await readdir(folder.path)).toEqual(before);
});

test("an opt-out makes the store and says so; a gate below its folder names it instead of answering from an empty one", async () => {
  const outdial = (cwd: string, ...args: string[]) => runCli(args, { cwd });
  const added = await outdial(folder.path, "dnc", "add", "+12125550123", "--reason", "said stop");
  expect(added).toMatchObject({ code: 0 });
  expect(added.stderr).toContain(`there is no store in ${join(folder.path, ".outdial")} yet; making one`);

  const below = join(folder.path, "lists");
  await mkdir(below);
  await writeFile(join(below, "contacts.csv"), "number\n+12125550123\n");
  const gate = ["compliance", "gate", "contacts.csv", "--campaign", "camp_1", "--json"];
  const [lost, found] = await Promise.all([
    outdial(below, ...gate),
    outdial(below, ...gate, "--dir", join(folder.path, ".outdial")),
  ]);
  expect(lost.code).toBe(2);
  expect(JSON.parse(lost.stdout)).toMatchObject({
    error: { code: "no_store", advice: expect.stringContaining(`--dir ${join(folder.path, ".outdial")}`) },
  });
  expect(await readdir(below)).toEqual(["contacts.csv"]);
  expect(found.code).toBe(0);
  expect(found.stderr).not.toContain("making one");
  expect(JSON.parse(found.stdout)).toMatchObject({ manifest: { counts: { dial: 0, never: 1 } } });
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
