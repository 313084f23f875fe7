// What outdial doctor says of a workplace that is in order, and of one that is not.

import { rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runCli, workFolder } from "../../support/cli.ts";
import { createDatabase } from "../../support/database.ts";
import { startReceiver } from "../../support/receiver.ts";
import { NO_ALARMS, NO_RECEIVER, type StartedWorld, startWorld } from "../../support/world.ts";

let world: StartedWorld;
beforeAll(async () => {
  world = await startWorld({ environment: NO_RECEIVER });
});
afterAll(() => world[Symbol.asyncDispose]());

interface Check {
  readonly check: string;
  readonly state: string;
  readonly text: string;
  readonly mend: string | null;
}

async function doctor(env: Readonly<Record<string, string | undefined>> = {}) {
  const { code, stdout } = await world.run(["doctor", "--json"], { env: { ...world.environment, ...env } });
  const { ok, checks } = JSON.parse(stdout) as { ok: boolean; checks: readonly Check[] };
  return { code, ok, checks: new Map(checks.map((one) => [one.check, one])) };
}

test("a workplace in order: a warning for what somebody should look at, with its mend, and exit code 0", async () => {
  await rm(join(world.folder, "outdial.yaml"));
  const receiver = await startReceiver(NO_RECEIVER["OUTDIAL_BI_SECRET"] ?? "");
  const { code, ok, checks } = await doctor({ OUTDIAL_CONFIG: undefined, OUTDIAL_BI_URL: receiver.url });
  await receiver.close();
  expect({ code, ok }).toEqual({ code: 0, ok: true });
  for (const name of [
    "tenant",
    "token",
    "rights",
    "campaigns",
    "clock",
    "limits",
    "store",
    "audit key",
    "company's list",
    "calling rules",
  ])
    expect([name, checks.get(name)?.state]).toEqual([name, "ok"]);
  // Whether a reading is too old depends on the day: what is said of it must fit.
  const sources = checks.get("sources of rules");
  expect(sources?.text).toMatch(
    /^\d+ of \d+ rules were last read more than 180 days ago, \d+ calendars end; of \d+ the law itself/,
  );
  expect(sources?.state).toBe(/^0 of .* 0 calendars end/.test(sources?.text ?? "") ? "ok" : "warn");
  expect(checks.get("configuration")).toMatchObject({ state: "warn", mend: "outdial init writes one." });
  expect(checks.get("registries")).toMatchObject({ state: "warn", mend: expect.stringContaining("outdial dnc import") });
  expect(checks.get("receiver bi")).toMatchObject({ state: "ok", text: `${new URL(receiver.url).origin} can be reached` });
  expect(checks.get("store")?.text).not.toContain(new URL(world.databaseUrl).password);
});

test("on acd, which rights the access key has is not known, and that is no ok", async () => {
  await using acd = await startWorld({ profile: "acd", environment: NO_RECEIVER });
  const { stdout } = await acd.run(["doctor", "--json"]);
  const { checks } = JSON.parse(stdout) as { checks: readonly Check[] };
  expect(checks.find(({ check }) => check === "rights")).toMatchObject({
    state: "warn",
    text: expect.stringContaining("not known"),
    mend: expect.stringContaining("outdial tenant probe"),
  });
});

test("what is wrong is named with its mend, and the exit code is 1; what does not depend on it is looked at all the same", async () => {
  await world.query("delete from outdial.fact_imports");
  await rm(join(world.folder, ".outdial/audit.key"), { force: true });
  await world.configure("");
  const { code, ok, checks } = await doctor({ CXONE_CLIENT_SECRET: "wrong", OUTDIAL_BI_SECRET: undefined });
  expect({ code, ok }).toEqual({ code: 1, ok: false });
  const failed = [...checks.values()].filter(({ state }) => state === "fail").map(({ check }) => check);
  expect(failed).toEqual(expect.arrayContaining(["token", "receivers of events"]));
  expect(checks.get("company's list")?.state).toBe("todo");
  expect(checks.get("company's list")?.mend).toContain("dnc declare-empty");
  for (const name of ["calling rules", "configuration"]) expect([name, checks.get(name)?.state]).toEqual([name, "ok"]);
});

test("a database without room for anything new is a failure, also before any write found that", async () => {
  await world.query(`create function refuse_new() returns event_trigger language plpgsql as
      $$ begin raise exception 'could not extend file' using errcode = '53100'; end $$;
    create event trigger full_disk on ddl_command_start when tag in ('CREATE TABLE AS') execute function refuse_new()`);
  const { code, checks } = await doctor();
  expect(code).toBe(1);
  expect(checks.get("room")).toMatchObject({ state: "fail", text: expect.stringContaining("could not extend file") });
  await world.query("drop event trigger full_disk");
  expect((await doctor()).checks.get("room")).toBeUndefined();
});

test("what nobody has given yet is left to do, and is not once it is given", async () => {
  await world.configure("");
  for (const left of ["colleagues", "alarms", "backup"])
    expect((await doctor()).checks.get(left)).toMatchObject({ state: "todo", mend: expect.stringMatching(/./) });
  expect((await world.run(["serve", "token", "add", "Ines", "--role", "viewer"])).code).toBe(0);
  const { checks } = await doctor({ ...NO_ALARMS });
  expect(checks.get("colleagues")).toMatchObject({ state: "ok", text: "they sign in by 1 token" });
  expect(checks.get("alarms")).toMatchObject({ state: "ok", text: "they go to alarms" });
});

test("several mistakes of outdial.yaml are a line each", async () => {
  await world.configure("alarm: 1\nlimits: [1]");
  const { stdout } = await world.run(["doctor"]);
  expect(stdout).not.toContain("\uFFFD");
  const told = stdout.split("\n").filter((line) => /outdial\.yaml:\d+: /.test(line));
  expect(told).toHaveLength(2);
});

test("a workplace that was just made has things left to do, and nothing wrong", async () => {
  await using folder = await workFolder();
  const database = await createDatabase({ empty: true });
  try {
    const env: Record<string, string> = { DATABASE_URL: database.url };
    const outdial = (...args: string[]) => runCli(args, { cwd: folder.path, env });
    expect(await outdial("init")).toMatchObject({ code: 0 });
    const fresh = await outdial("doctor");
    // Tenant, company's list, colleagues, alarms, backup; the registries, and that the tests' server may lose what it has.
    expect(fresh).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/\n\n5 left to do · 2 doubtful · \d+ ok\n$/) as string,
    });
    expect(fresh.stdout).toMatch(/^todo {2}tenant +no tenant is configured$/m);
    env["OUTDIAL_TENANT_URL"] = "http://127.0.0.1:9";
    expect((await outdial("doctor")).stdout).toMatch(/^todo {2}tenant +CXONE_CLIENT_ID is not set$/m);
    // What was given and cannot be used is wrong.
    env["CXONE_CLIENT_ID_FILE"] = join(folder.path, "none");
    expect((await outdial("doctor")).stdout).toMatch(/^todo {2}tenant/m);
    env["CXONE_CLIENT_SECRET"] = "s";
    expect((await outdial("doctor")).stdout).toMatch(/^fail {2}tenant[^]*1 wrong · 4 left to do/m);
  } finally {
    await database.dispose();
  }
});
