// outdial campaign plan, apply, export, drift as a user's shell runs them.

import { copyFile, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { openService } from "../../../src/app/index.ts";
import { runCli } from "../../support/cli.ts";
import { STANDING } from "../../support/world.ts";
import { DRAFT, openWorld, type World } from "./plan-world.ts";

const EXAMPLE = fileURLToPath(new URL("../../../examples/campaigns/spring-renewals.yaml", import.meta.url));

const outdial = (world: World, ...args: readonly string[]) =>
  runCli(["campaign", ...args], { cwd: world.folder, env: world.environment });

test("the example is planned, applied by its hash, in sync, exported, and drift is found", async () => {
  await using world = await openWorld();
  await copyFile(EXAMPLE, join(world.folder, "campaigns", "spring.yaml"));
  const text = await readFile(EXAMPLE, "utf8");
  await writeFile(join(world.folder, "campaigns", "spring.yaml"), text.replaceAll("list_12345", "list_east"));

  const planned = await outdial(world, "plan", "--json");
  expect({ code: planned.code, stderr: planned.stderr }).toEqual({ code: 0, stderr: "" });
  const plan = JSON.parse(planned.stdout);
  expect(plan.entries.map(({ name, action }: { name: string; action: string }) => [name, action])).toEqual([
    ["Spring renewals 2026, backup", "create"],
    ["Spring renewals 2026", "create"],
  ]);
  expect(plan.entries[1].blast).toMatchObject({ contacts: 150, callsPerHour: 720, dials: false });
  expect(world.writes()).toEqual([]);

  const applied = await outdial(world, "apply", "--plan", plan.plan.slice(0, 12), "--yes");
  expect(applied.stderr).toMatch(STANDING);
  expect({ code: applied.code, stdout: applied.stdout }).toEqual({ code: 0, stdout: "applied\n" });
  expect((await world.campaigns()).map(({ status }) => status)).toEqual(["paused", "paused"]);

  const jobs = await runCli(["jobs", "list", "--json"], { cwd: world.folder, env: world.environment });
  const { items } = JSON.parse(jobs.stdout) as { items: { id: string }[] };
  expect(items).toMatchObject([{ kind: "campaign-apply", status: "done" }]);
  const shown = await runCli(["jobs", "show", items[0]?.id ?? "", "--json"], { cwd: world.folder, env: world.environment });
  expect(JSON.parse(shown.stdout)).toMatchObject({ change: { version: null, plan: plan.plan, outcome: "applied" } });

  const inSync = await outdial(world, "drift");
  expect({ code: inSync.code, stdout: inSync.stdout }).toEqual({ code: 0, stdout: "tenant and files agree\n" });

  const exported = await outdial(world, "export", "--out", "copy");
  expect(exported.code).toBe(0);
  expect(await readdir(join(world.folder, "copy"))).toEqual(["spring-renewals-2026-backup.yaml", "spring-renewals-2026.yaml"]);
  const again = await outdial(world, "plan", "copy", "--json");
  expect(JSON.parse(again.stdout).entries.map(({ action }: { action: string }) => action)).toEqual(["in_sync", "in_sync"]);

  const id = String((await world.campaigns())[0]?.["id"]);
  world.sandbox.control.simulateEdit({ kind: "campaign", id, body: { queueId: "elsewhere" } });
  const drifted = await outdial(world, "drift", "--json");
  expect(drifted.code).toBe(3);
  expect(JSON.parse(drifted.stdout)).toMatchObject({
    drifted: true,
    campaigns: [{ id, changes: [{ path: "queueId", before: "elsewhere", after: "default_outbound_queue" }] }],
  });
  const overwritten = await outdial(world, "export", "--out", "copy");
  expect(overwritten.code).toBe(3);
  expect(overwritten.stderr).toContain("--force");
});

test("a campaign that no file describes is told, and is a difference only when it is asked for", async () => {
  await using world = await openWorld([
    { ...DRAFT, id: "camp_a" },
    { ...DRAFT, id: "camp_b", name: "Other" },
  ]);
  await world.write("a.yaml", { ...DRAFT, id: "camp_a" });
  for (const [code, ...flags] of [[0], [3, "--unmanaged"]] as const) {
    const found = await outdial(world, "drift", ...flags);
    expect({ code: found.code, says: found.stdout.includes("Other (camp_b, paused): unmanaged") }).toEqual({ code, says: true });
  }
});

test("a plan that breaks rules is refused with file, line and column of each, and cannot be applied", async () => {
  await using world = await openWorld();
  await world.write("west.yaml", { ...DRAFT, contactListId: "list_west", failover: { backup: "nobody" } });
  const planned = await outdial(world, "plan", "--out", "plan.json");
  expect(planned.code).toBe(3);
  expect(planned.stdout).toMatch(
    /WINDOW: campaigns\/west\.yaml:\d+:\d+: complianceConfig\.dialingRules\.startTime: 10:00:00 in America\/New_York is 07:00/,
  );
  expect(planned.stdout).toMatch(/BACKUP: campaigns\/west\.yaml:\d+:\d+: failover\.backup: there is no campaign "nobody"/);
  const applied = await outdial(world, "apply", "plan.json", "--yes");
  expect({ code: applied.code, stdout: applied.stdout }).toEqual({ code: 3, stdout: "refused\n" });
  expect(world.writes()).toEqual([]);
});

test("a contact list that cannot be read is no list whose hours are lawful: the plan is refused", async () => {
  await using world = await openWorld();
  await world.write("spring.yaml", DRAFT);
  expect((await outdial(world, "plan")).code).toBe(0);
  world.sandbox.control.faults.add({
    match: { operation: "listContacts" },
    effect: { status: 403, body: { message: "missing scope" } },
  });
  const { code, stdout } = await outdial(world, "plan");
  expect([code, stdout]).toEqual([3, expect.stringContaining("LIST_UNREAD: campaigns/spring.yaml:2:16: contactListId: ")]);
  const hash = /^plan ([0-9a-f]{12})/m.exec(stdout)?.[1] ?? "";
  expect((await outdial(world, "apply", "--plan", hash, "--yes")).code).toBe(3);
  expect(world.writes()).toEqual([]);
});

test("a plan's file is refused when the tenant has moved since, field by field, and when it was changed itself", async () => {
  await using world = await openWorld([{ ...DRAFT, id: "camp_a" }]);
  await world.write("a.yaml", { ...DRAFT, id: "camp_a", description: "ours" });
  expect((await outdial(world, "plan", "--out", "plan.json")).code).toBe(0);
  world.sandbox.control.simulateEdit({ kind: "campaign", id: "camp_a", body: { queueId: "theirs" } });
  const moved = await outdial(world, "apply", "plan.json", "--yes", "--json");
  expect(moved.code).toBe(3);
  expect(JSON.parse(moved.stdout)).toMatchObject({
    result: "moved",
    moved: [
      {
        campaign: "Spring",
        what: "changed",
        fields: [{ path: "queueId", before: "queue_1", after: "theirs" }, { path: "version" }],
      },
    ],
  });
  const path = join(world.folder, "plan.json");
  await writeFile(path, (await readFile(path, "utf8")).replace('"ours"', '"forged"'));
  const forged = await outdial(world, "apply", "plan.json", "--yes");
  expect({ code: forged.code, says: forged.stderr.includes("was changed after it was made") }).toEqual({ code: 2, says: true });
  expect(world.writes()).toEqual([]);
});

test("without a terminal nobody is taken to agree: --yes needs a plan that was shown", async () => {
  await using world = await openWorld();
  await world.write("a.yaml", DRAFT);
  const unseen = await outdial(world, "apply", "--yes");
  expect({ code: unseen.code, says: unseen.stderr.includes("--plan") }).toEqual({ code: 2, says: true });
  const unasked = await outdial(world, "apply");
  expect({ code: unasked.code, says: unasked.stderr.includes("no terminal") }).toEqual({ code: 2, says: true });
  const unknown = await outdial(world, "apply", "--yes", "--plan", "0123456789");
  expect(unknown.code).toBe(2);
  expect(world.writes()).toEqual([]);
});

test("files that cannot be read are told with line and column", async () => {
  await using world = await openWorld();
  await writeFile(join(world.folder, "campaigns", "bad.yaml"), "name: A\nnames: B\n");
  const planned = await outdial(world, "plan");
  expect(planned.code).toBe(2);
  expect(planned.stderr).toContain("campaigns/bad.yaml:2:8: names: unknown field; did you mean name?");
  expect((await outdial(world, "plan", "nowhere")).code).toBe(2);
});

test.each(["here", "at a service"] as const)(
  "a plan that activates is void after an emergency stop, %s: the person who agreed to it did not know of it",
  async (where) => {
    await using world = await openWorld([{ ...DRAFT, id: "camp_a", status: "paused" }]);
    await world.write("a.yaml", { ...DRAFT, id: "camp_a", description: "ours" });
    await using service =
      where === "here" ? undefined : await openService({}, world.environment, { port: 0, log: () => undefined });
    const token = await service?.store.access.addToken({ name: "olga", role: "admin", expiresAt: null, by: "test" });
    const env = {
      ...world.environment,
      ...(token === undefined ? {} : { OUTDIAL_URL: service?.url, OUTDIAL_TOKEN: token.token }),
    };
    const run = (...args: string[]) => runCli(["campaign", ...args], { cwd: world.folder, env });
    const planned = async (...args: string[]) => JSON.parse((await run("plan", ...args, "--json")).stdout).plan as string;
    const [plan, still] = [await planned("--activate"), await planned()];
    expect((await run("stop", "--all", "--yes", "--timeout", "0s")).code).toBe(0);
    for (const given of [
      ["--plan", plan],
      ["campaigns", "--activate", "--plan", plan],
    ]) {
      const applied = await run("apply", ...given, "--yes", "--json");
      expect([applied.code, JSON.parse(applied.stdout)]).toMatchObject([3, { result: "moved", agreed: plan }]);
      expect(applied.stderr).toContain("an emergency stop was given since the plan was shown");
    }
    expect(world.writes()).toEqual([]);
    // One that activates nothing is as good as before; so is one that is shown anew.
    expect((await run("apply", "--plan", still, "--yes")).code).toBe(0);
    expect((await world.campaigns())[0]?.["status"]).toBe("paused");
  },
);
