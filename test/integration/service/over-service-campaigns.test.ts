// Campaigns through a service, from a machine that has nothing but its address and a token.

import { mkdir, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { failoverPolicySchema } from "../../../src/operations/index.ts";
import {
  campaignApplyView,
  campaignDrift,
  campaignPlanView,
  campaignStatus,
  campaignStatusList,
} from "../../../src/operations/views/index.ts";
import { beginCli, type CliOptions, runCli, workFolder } from "../../support/cli.ts";
import { type StartedService, startService } from "../../support/service.ts";
import { until } from "../../support/until.ts";
import { ANY_HOUR } from "../../support/world.ts";

const EXAMPLE = new URL("../../../examples/campaigns/spring-renewals.yaml", import.meta.url);

let at: StartedService;
let folder: Awaited<ReturnType<typeof workFolder>>;
beforeAll(async () => {
  folder = await workFolder();
  // Who may be called is asked by the machine's clock.
  const pack = join(folder.path, "pack.json");
  await writeFile(pack, JSON.stringify(ANY_HOUR));
  at = await startService({
    yaml: `compliance: { pack: ${pack} }\n`,
    sandbox: {
      clock: "frozen",
      scenario: {
        campaigns: [
          { id: "camp_1", name: "Spring", status: "active", contactListId: "people", queueId: "sales" },
          { id: "camp_2", name: "Winter", status: "paused", contactListId: "people" },
        ],
        contactLists: [{ id: "people", generate: { count: 40, consentRate: 0.5, zones: ["America/New_York"] } }],
      },
    },
  });
  await mkdir(join(folder.path, "campaigns"));
});
afterAll(async () => {
  await at[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

const environment = (as: keyof StartedService["tokens"] = "operator", url = at.service.url) => ({
  OUTDIAL_URL: url,
  OUTDIAL_TOKEN: at.tokens[as],
});
const run = (args: readonly string[], options: Partial<CliOptions> = {}) =>
  runCli(args, { cwd: folder.path, env: environment(), ...options });
/** The same command beside the service, on its database. */
const beside = (args: readonly string[]) => runCli(args, { cwd: at.dir, env: at.environment });

test("a campaign's status is the same text and the same JSON as without the service", async () => {
  const ages = (text: string) => text.replaceAll(/\d+ s old/g, "N s old").replaceAll(/of \d{4}-\S+Z/g, "of TIME");
  const there = await run(["campaign", "status", "camp_1"], { env: environment("viewer") });
  const here = await beside(["campaign", "status", "camp_1"]);
  expect([there.code, ages(there.stdout)]).toEqual([here.code, ages(here.stdout)]);
  expect(there.stdout).toMatch(/^camp_1 · Spring · active/);
  expect(there.stdout).toContain("40 contacts judged");

  const { code, stdout } = await run(["campaign", "status", "camp_2", "--json"]);
  const view = campaignStatus.parse(JSON.parse(stdout));
  expect([code, view.id, view.status, view.gate?.judged?.covers.known]).toEqual([0, "camp_2", "paused", 40]);
  const all = await run(["campaign", "status", "--json"]);
  expect(campaignStatusList.parse(JSON.parse(all.stdout)).items.map(({ id }) => id)).toEqual(["camp_1", "camp_2"]);
  expect((await run(["campaign", "status"])).stdout).toMatch(/^campaign +status[^]*camp_1 +active[^]*camp_2 +paused/);
});

test("a name that is no campaign's, what the service decides itself, and a tenant that does not answer", async () => {
  expect(await run(["campaign", "status", "camp_11"])).toMatchObject({
    code: 1,
    stdout: "",
    stderr: expect.stringContaining("Did you mean camp_1?") as string,
  });
  expect(await run(["campaign", "resume", "camp_22", "--yes"])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("Did you mean camp_2?") as string,
  });
  const example = await readFile(EXAMPLE, "utf8");
  // The former have few enough characters, each of three bytes.
  for (const [sizes, sign, words] of [
    [[190_000, 189_000], "€", /what is asked has 11\d{5} bytes as JSON; a service takes at most 1048576/],
    [
      [150_000, 151_000, 140_000],
      "e",
      /1\.yaml, the largest of 3 files, has 15\d{4} characters; a service takes campaign files of at most 400000 characters together/,
    ],
  ] as const) {
    await mkdir(join(folder.path, sign));
    for (const [i, signs] of sizes.entries())
      await writeFile(join(folder.path, sign, `${i}.yaml`), `${example}\n# ${sign.repeat(signs)}`);
    expect(await run(["campaign", "plan", sign])).toMatchObject({ code: 2, stderr: expect.stringMatching(words) as string });
  }
  const oddly = await run(["campaign", "status", "a/b"]);
  expect(oddly).toMatchObject({ code: 1, stderr: expect.stringContaining("the tenant knows no campaign a/b") as string });
  expect((await beside(["campaign", "status", "a/b"])).stderr).toContain("the tenant knows no campaign a/b");
  expect(await run(["campaign", "status", "--window", "5"])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("--window does not go through a service") as string,
  });
  const fault = at.sandbox.control.faults.add({ match: { operation: "getCampaign" }, effect: { status: 403 } });
  const blind = await run(["campaign", "status", "camp_1"]);
  expect(blind).toMatchObject({
    code: 5,
    stdout: expect.stringContaining("camp_1 · Spring · active") as string,
    stderr: expect.stringContaining("not all of it could be read since 20") as string,
  });
  at.sandbox.control.faults.clear();
  expect(fault).toBeDefined();
});

test("a watch goes on over a restart of the service, and ends with Ctrl-C", async () => {
  let asked = 0;
  const proxy = createServer((request, response) => {
    asked += 1;
    if (asked === 2) return void response.writeHead(502, { "content-type": "text/html" }).end("<h1>Bad Gateway</h1>");
    void at
      .ask(request.url ?? "")
      .then(async (answer) => response.writeHead(answer.status, { "content-type": "application/json" }).end(await answer.text()));
  });
  await new Promise<void>((listening) => proxy.listen(0, "127.0.0.1", listening));
  const address = proxy.address();
  const url = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
  const watch = beginCli(["campaign", "status", "camp_1", "--watch", "--every", "1s", "--json"], {
    cwd: folder.path,
    env: environment("viewer", url),
  });
  await expect.poll(() => watch.stderr(), { timeout: 60_000 }).toContain("the service answers again");
  watch.interrupt();
  const { code, stdout, stderr } = await watch.ended;
  expect(code).toBe(130);
  expect(stderr).toContain("its proxy answered 502; looking again until it does");
  for (const line of stdout.trim().split("\n")) expect(campaignStatus.parse(JSON.parse(line)).id).toBe("camp_1");
  proxy.close();
});

/** Writes the example's two campaigns. @param rate of the calls of the first */
async function write(rate: number): Promise<void> {
  const text = (await readFile(EXAMPLE, "utf8")).replaceAll("list_12345", "people").replace("callRate: 12", `callRate: ${rate}`);
  await writeFile(join(folder.path, "campaigns", "spring.yaml"), text);
}
const planned = async (...args: readonly string[]) => {
  const { code, stdout } = await run(["campaign", "plan", "--json", ...args]);
  return { code, plan: campaignPlanView.parse(JSON.parse(stdout)) };
};
const campaigns = () => at.sandbox.control.state().campaigns.length;

test("campaign files are planned, shown and applied by the service; given again the same is recognised", async () => {
  await write(12);
  const there = await run(["campaign", "plan"], { env: environment("viewer") });
  const here = await runCli(["campaign", "plan"], { cwd: folder.path, env: { ...at.environment, OUTDIAL_DIR: at.dir } });
  expect([there.code, there.stdout]).toEqual([0, here.stdout]);
  expect(there.stdout).toMatch(/^\+ Spring renewals 2026, backup: create/);
  expect(await run(["campaign", "plan", "--pack", "pack.json"])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("--pack does not go through a service") as string,
  });

  const { plan } = await planned();
  const hash = plan.plan.slice(0, 12);
  const apply = ["campaign", "apply", "--plan", hash];
  expect(await run(apply)).toMatchObject({ code: 2, stderr: expect.stringContaining("Pass --yes") as string });
  expect(await run([...apply, "--yes"], { env: environment("viewer") })).toMatchObject({
    code: 5,
    stdout: "",
    stderr: expect.stringContaining(
      "outdial campaign apply needs the role operator; the token of vera has the role viewer",
    ) as string,
  });
  // What is advised where nobody can be asked works.
  const unasked = await run(["campaign", "apply"]);
  expect(unasked).toMatchObject({ code: 2, stderr: expect.stringContaining(`Pass --plan ${hash} --yes to apply`) as string });
  expect(await run(["campaign", "apply", "--plan", "zzzzzzzz", "--yes"])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("--plan zzzzzzzz is no hash of a plan") as string,
  });
  expect(campaigns()).toBe(2);

  const applied = await run(["campaign", "apply", "--plan", hash, "--yes"]);
  expect(applied).toMatchObject({ code: 0, stdout: "applied\n" });
  expect(applied.stderr).toContain("Spring renewals 2026 (camp_");
  expect(campaigns()).toBe(4);
  // As if the answer had been lost.
  const again = await run([...apply, "--yes", "--json"]);
  expect(again).toMatchObject({
    code: 0,
    stderr: expect.stringMatching(/was applied by olga as job_\w+; its result follows/) as string,
  });
  const { result, ...view } = JSON.parse(again.stdout) as { result: string };
  expect([result, campaignApplyView.parse(view).plan]).toEqual(["applied", plan.plan]);
  expect(await run(["campaign", "resume-apply"])).toMatchObject({
    code: 0,
    stderr: expect.stringContaining("every apply has ended") as string,
  });
  expect((await planned()).plan.entries.map(({ action }) => action)).toEqual(["in_sync", "in_sync"]);
  const drift = await run(["campaign", "drift", "--json"]);
  expect([drift.code, campaignDrift.parse(JSON.parse(drift.stdout)).drifted]).toEqual([0, false]);
  expect((await run(["campaign", "export", "camp_1"])).stdout).toContain("name: Spring");
});

test("a plan that is another one by now, and files that are wrong, are refused with what moved and where", async () => {
  await write(13);
  const { plan } = await planned();
  const id = String(plan.entries.find(({ changes }) => changes.length > 0)?.id);
  at.sandbox.control.simulateEdit({ kind: "campaign", id, body: { queueId: "theirs" } });
  const moved = await run(["campaign", "apply", "--plan", plan.plan, "--yes", "--json"]);
  expect(moved.code).toBe(3);
  expect(moved.stderr).toContain("Spring renewals 2026 has changed since the plan was made:");
  expect(JSON.parse(moved.stdout)).toMatchObject({
    result: "moved",
    agreed: plan.plan,
    moved: [{ what: "changed", fields: [{ path: "queueId", after: "theirs" }, { path: "version" }] }],
  });
  await write(14);
  const other = await run(["campaign", "apply", "campaigns", "--plan", (await planned()).plan.plan, "--yes"]);
  expect(other).toMatchObject({ code: 0, stdout: "applied\n" });

  // A plan's file is the same whoever wrote it, and is applied where nobody was shown it.
  await write(15);
  expect((await run(["campaign", "plan", "--out", "there.json"])).code).toBe(0);
  const here = { cwd: folder.path, env: { ...at.environment, OUTDIAL_DIR: at.dir } };
  expect((await runCli(["campaign", "plan", "--out", "here.json"], here)).code).toBe(0);
  const plans = await Promise.all(["there.json", "here.json"].map((name) => readFile(join(folder.path, name), "utf8")));
  expect(plans[0]).toBe(plans[1]);
  const database = new pg.Client({ connectionString: at.environment["DATABASE_URL"] });
  await database.connect();
  await database.query("delete from outdial.campaign_plans");
  await database.end();
  const given = await run(["campaign", "apply", "there.json", "--yes"]);
  expect(given).toMatchObject({ code: 0, stdout: "applied\n" });
  await writeFile(join(folder.path, "bad.yaml"), "name: A\nnames: B\n");
  const bad = await run(["campaign", "plan", "bad.yaml"]);
  expect(bad).toMatchObject({ code: 2, stdout: "" });
  expect(bad.stderr).toContain("bad.yaml:2:8: names: unknown field; did you mean name?");
  await writeFile(
    join(folder.path, "outside.yaml"),
    (await readFile(EXAMPLE, "utf8")).replaceAll("callRate: 12", "callRate: -1"),
  );
  expect(await run(["campaign", "plan", "outside.yaml"])).toMatchObject({
    code: 3,
    stdout: expect.stringContaining("OUT_OF_RANGE") as string,
  });
});

test("Ctrl-C ends the following of an apply; it is gone on with and followed by the next", async () => {
  await write(20);
  const { plan } = await planned();
  at.sandbox.control.faults.add({ match: { operation: "updateCampaign" }, effect: { status: 503 } });
  const first = beginCli(["campaign", "apply", "--plan", plan.plan, "--yes"], { cwd: folder.path, env: environment() });
  await expect.poll(() => first.stderr(), { timeout: 60_000 }).toMatch(/: (sending|about to send|looking at what is there)/);
  first.interrupt();
  expect(await first.ended).toMatchObject({
    code: 130,
    stderr: expect.stringMatching(
      /no longer followed: what a service has begun goes on\n[^]*not ended: a service goes on with it; outdial campaign resume-apply follows it/,
    ) as string,
  });
  at.sandbox.control.faults.clear();
  const second = await run(["campaign", "resume-apply"]);
  expect(second).toMatchObject({ code: 0 });
});

test("a tenant that is changed between the two readings of an apply is told as such, not as other files", async () => {
  await write(21);
  const { plan } = await planned();
  const id = String(plan.entries.find(({ changes }) => changes.length > 0)?.id);
  let plans = 0;
  const proxy = createServer((request, response) => {
    const path = request.url ?? "";
    if (path.endsWith("/campaigns/plan") && ++plans === 2)
      at.sandbox.control.simulateEdit({ kind: "campaign", id, body: { queueId: "other" } });
    void text(request)
      .then((body) =>
        at.ask(path, {
          method: request.method ?? "GET",
          headers: { "content-type": "application/json" },
          ...(body === "" ? {} : { body }),
        }),
      )
      .then(async (answer) => response.writeHead(answer.status, { "content-type": "application/json" }).end(await answer.text()));
  });
  await new Promise<void>((listening) => proxy.listen(0, "127.0.0.1", listening));
  const address = proxy.address();
  const env = environment("operator", `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`);
  const apply = ["campaign", "apply", "campaigns", "--yes", "--plan"];
  const moved = await run([...apply, plan.plan], { env });
  expect([plans, moved.code]).toEqual([3, 3]);
  expect(moved.stderr).toContain("Spring renewals 2026 has changed since the plan was made:");
  expect(moved.stderr).not.toContain("the campaign files differ");
  proxy.close();

  const now = await planned();
  await write(22);
  expect(await run([...apply, now.plan.plan])).toMatchObject({
    code: 3,
    stderr: expect.stringContaining("the campaign files differ from those of the plan") as string,
  });
});

test("before a stop of all it is said of which tenant, how many campaigns, and how many calls are under way", async () => {
  const statuses = () => at.sandbox.control.state().campaigns.map(({ status }) => status);
  const before = statuses();
  await until(async () => ((await at.get("/api/v1/campaigns", "viewer"))["items"] as object[]).length === before.length);
  const age = (ms: number) => Date.now() - ms;
  const figures = { successRate: null, callsPlaced: null, callsAnswered: null, abandonmentRate: null, failoverTriggered: null };
  const reading = { campaignId: "camp_1", source: "push", eventId: null, ...figures } as const;
  const { metrics } = at.service.store;
  await metrics.add({ ...reading, at: age(60_000), receivedAt: age(60_000), windowMinutes: 30, activeCalls: 7 });
  await metrics.add({ ...reading, at: age(0), receivedAt: age(0), windowMinutes: 5, activeCalls: 5 });
  const stop = ["stop", "--all"];
  const here = await runCli(stop, { cwd: at.dir, env: at.environment, answers: "n\n" });
  expect(here.stderr).toMatch(new RegExp(`Stop all ${before.length} campaigns.*: (?:at least )?5 calls are under way\\.`));
  const there = await run(stop, { answers: "n\n" });
  expect(there.stderr).toMatch(
    new RegExp(`Stop all ${before.length} campaigns of http:\\S+: (?:at least )?\\d+ calls are under way\\.`),
  );
  expect(here.code).toBe(there.code);
  expect(statuses()).toEqual(before);
});

test("a hand-over is shown, declined and refused as without the service", async () => {
  const policy = failoverPolicySchema.parse({ backup: "camp_2", everySeconds: 3600 });
  await at.service.store.failovers.put({ primary: "camp_1", backup: "camp_2", policy, actor: "olga", audit: [] });
  // After its first look the watch sleeps.
  await expect
    .poll(() => at.get("/api/v1/failover/pairs/camp_1", "viewer"), { timeout: 60_000, interval: 200 })
    .toMatchObject({ lookedAt: expect.any(String) as string });
  const start = ["campaign", "failover", "start", "camp_1"];
  const there = await run(start, { answers: "n\n" });
  const here = await runCli(start, { cwd: at.dir, env: at.environment, answers: "n\n" });
  // Before a question it is said which tenant and store are configured here.
  const shown = (stderr: string) => stderr.slice(stderr.indexOf("camp_1 with camp_2")).replace(/^tenant .*$/m, "");
  expect([there.code, shown(there.stderr)]).toEqual([130, shown(here.stderr)]);
  expect(there.stderr).toContain("Hand over from camp_1 to camp_2\n");
  const failback = ["campaign", "failover", "failback", "camp_1", "--yes", "--json"];
  const refused = await run(failback);
  expect([refused.code, JSON.parse(refused.stdout)]).toMatchObject([3, { error: { code: "job_state" } }]);
  expect((await beside(failback)).stdout).toBe(refused.stdout);
});
