// The commands as a user runs them: exit codes, what stands on stdout, what is remembered between runs.

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type CliResult, runCli } from "../../support/cli.ts";
import { NEW, OLD, openWorld, textOf, type World } from "./world.ts";

let world: World;
beforeEach(async () => {
  world = await openWorld({ activation: { seconds: 0.05 } });
  await writeFile(join(world.folder, "settings.json"), textOf(NEW));
});
afterEach(() => world[Symbol.asyncDispose]());

const run = (...args: string[]): Promise<CliResult> => runCli(args, { cwd: world.folder, env: world.environment });
const lines = ({ stdout }: CliResult) => stdout.trimEnd().split("\n");

test("validate says what is found and gives 3 for a refusal, 2 for a file with mistakes", async () => {
  const good = await run("dialer", "validate", "settings.json", "--json");
  expect(good.code).toBe(0);
  expect(JSON.parse(good.stdout)).toMatchObject({ valid: true, refusals: [] });
  await writeFile(
    join(world.folder, "high.json"),
    textOf({ ...NEW, algorithm: { ...NEW.algorithm, abandonment_rate_target: 0.04 } }),
  );
  const high = await run("dialer", "validate", "high.json");
  expect(high.code).toBe(3);
  expect(high.stdout).toContain("0.04 is above the limit of 0.03");
  await writeFile(join(world.folder, "wrong.yaml"), "name: x\nconcurrency: { max_agents: many }\n");
  const wrong = await run("dialer", "validate", "wrong.yaml");
  expect(wrong.code).toBe(2);
  expect(wrong.stderr).toContain("wrong.yaml:2: concurrency.max_agents");
  const refused = await run("dialer", "apply", "high.json", "--yes");
  expect(refused.code).toBe(3);
  expect(world.writes()).toEqual([]);
  const audit = await world.query("select action from outdial.audit");
  expect(audit).toEqual([{ action: "dialer.refused" }]);
});

test("the tenant's simulator and ours on one file; the checks that the tenant is asked for", async () => {
  await world.configure("dialer: { regulatoryChecks: [tcpa_abandonment, calling_hours] }\n");
  const both = await run("dialer", "simulate-vendor", "settings.json", "--minutes", "5", "--volume", "50", "--json");
  expect(both.code).toBe(0);
  const comparison = JSON.parse(both.stdout);
  expect(comparison).toMatchObject({ minutes: 5, volume: 50, problem: null });
  expect(comparison.figures).toContainEqual(expect.objectContaining({ figure: "callsPlaced", tenant: 50, differs: null }));
  const shown = await run("dialer", "simulate-vendor", "settings.json", "--minutes", "5");
  expect(shown.stdout).toMatch(/^figure .*tenant .*here .*90 % band/);
  expect(shown.stderr).toContain("the tenant recommends: ");
  expect((await run("dialer", "validate", "settings.json")).stdout).toContain(
    "tcpa_abandonment, calling_hours; not asked for: dnc_compliance",
  );
  await run("dialer", "validate", "settings.json", "--check", "dnc_compliance");
  const asked = world.sandbox.control
    .requests({ operation: "validateDialerPolicy" })
    .map(({ body }) => (body as { regulatory_checks: unknown }).regulatory_checks);
  expect(asked).toEqual([["tcpa_abandonment", "calling_hours"], ["dnc_compliance"]]);
  expect(world.writes()).toEqual([]);
});

test("a validation that says nothing has not passed, and nothing is activated", async () => {
  world.sandbox.control.faults.add({ match: { operation: "validateDialerPolicy" }, effect: { status: 200, body: {} } });
  for (const command of [["validate"], ["apply", "--yes"]]) {
    const [verb = "", ...flags] = command;
    const { code, stderr } = await run("dialer", verb, "settings.json", ...flags);
    expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringContaining("compliance_status") });
  }
  expect(world.writes()).toEqual([]);
});

test("apply, history, rollback, show: each says what it did", async () => {
  const dry = await run("dialer", "apply", "settings.json", "--dry-run");
  expect([dry.code, dry.stdout]).toEqual([0, "dry run\n"]);
  expect(dry.stderr).toContain("algorithm.dial_ratio  2 → 2.5");
  expect(await world.query("select 1 from outdial.dialer_changes")).toEqual([]);
  const unasked = await run("dialer", "apply", "settings.json");
  expect(unasked.code).toBe(2);
  expect(unasked.stderr).toContain("--yes");
  const applied = await run("dialer", "apply", "settings.json", "--yes", "--json");
  expect(applied.code).toBe(0);
  expect(JSON.parse(applied.stdout)).toMatchObject({ version: 2, outcome: "applied", settings: NEW, settingsBefore: OLD });
  expect(lines(await run("dialer", "apply", "settings.json", "--yes"))).toEqual(["unchanged"]);
  expect(lines(await run("dialer", "rollback", "--yes"))).toEqual(["3 applied"]);
  expect(world.inForce()).toEqual(OLD);
  const history = await run("dialer", "history", "--json");
  expect(JSON.parse(history.stdout).items).toMatchObject([
    { version: 3, kind: "rollback", outcome: "applied" },
    { version: 2, kind: "apply", outcome: "applied" },
    { version: 1, kind: "observed" },
  ]);
  expect(lines(await run("dialer", "history", "--format", "csv"))).toHaveLength(4);
  expect((await run("dialer", "show")).stdout).toContain("algorithm.dial_ratio: 2\n");
  expect((await run("dialer", "resume")).stderr).toContain("every change has ended");

  const { items } = JSON.parse((await run("jobs", "list", "--json")).stdout) as { items: { id: string }[] };
  expect(items).toMatchObject([{ kind: "dialer-change", status: "done" }, { kind: "dialer-change" }]);
  expect((await run("jobs", "list")).stdout).toMatch(/^job_\S+\s+done .* dialer settings /);
  const id = items[0]?.id ?? "";
  expect(JSON.parse((await run("jobs", "show", id, "--json")).stdout)).toMatchObject({
    change: { version: 3, plan: null, outcome: "applied", message: "in force, read back field by field" },
    notSent: null,
  });
  expect((await run("jobs", "show", id)).stderr).toContain("dialer settings, version 3: applied (outdial dialer history");
  expect((await run("jobs", "cancel", id)).stderr).toContain("is done already");
  await world.query("update outdial.jobs set status = 'stopped' where id = $1", [id]);
  const refused = { code: 3, stderr: expect.stringContaining("outdial dialer rollback puts the settings before it back") };
  expect(await run("jobs", "cancel", id)).toMatchObject(refused);
  expect(await run("jobs", "resume", id)).toMatchObject({
    code: 0,
    stdout: `${id} done\n`,
    stderr: expect.stringContaining("dialer settings, version 3: applied"),
  });
});

test("a revision that did not hold needs --retry-rejected", async () => {
  world.sandbox.control.failNextActivation();
  const failed = await run("dialer", "apply", "settings.json", "--yes");
  expect([failed.code, failed.stdout]).toEqual([1, "2 rolled_back\n"]);
  expect(failed.stderr).toContain("--retry-rejected");
  const again = await run("dialer", "apply", "settings.json", "--yes");
  expect([again.code, again.stdout]).toEqual([3, "rejected before\n"]);
  const retried = await run("dialer", "apply", "settings.json", "--yes", "--retry-rejected");
  expect([retried.code, retried.stdout]).toEqual([0, "3 applied\n"]);
});

test("a predicted breach of the abandonment limit refuses, unless its gate is passed by name, which is recorded", async () => {
  const wrong = await run("dialer", "apply", "settings.json", "--override-gate", "tcpa_abandonment");
  expect(wrong.code).toBe(2);
  expect(wrong.stderr).toContain("predicted_abandonment");
  const eager = {
    ...NEW,
    concurrency: { max_agents: 50, max_simultaneous_calls: 400, call_spacing_ms: 10 },
    algorithm: { ...NEW.algorithm, dial_ratio: 6 },
    carrier_capacity: { max_trunks: 500 },
    expected: { answer_rate: 0.5, ring_seconds: 18, handle_seconds: 160 },
  };
  await writeFile(join(world.folder, "eager.json"), JSON.stringify(eager));
  const refused = await run("dialer", "apply", "eager.json", "--yes");
  expect(refused.code).toBe(3);
  expect(refused.stderr).toMatch(/gate: closed: predicted_abandonment: abandonment above 3 % with a probability of \d/);
  expect(world.writes()).toEqual([]);
  const passed = await run("dialer", "apply", "eager.json", "--yes", "--override-gate", "predicted_abandonment");
  expect([passed.code, passed.stdout]).toEqual([0, "2 applied\n"]);
  const recorded = await world.query(
    "select details::json->'overridden'->>0 as words from outdial.audit where action = 'dialer.begin'",
  );
  expect(recorded[0]?.["words"]).toMatch(/^predicted_abandonment: /);
  expect(await run("dialer", "rollback", "--yes")).toMatchObject({ code: 0, stdout: "3 applied\n" });
  const back = await run("dialer", "rollback", "2", "--yes");
  expect(back).toMatchObject({ code: 3, stderr: expect.stringContaining("--override-gate predicted_abandonment") });
});

test("a campaign is created once for one file, however often and whatever is lost", async () => {
  world.sandbox.control.faults.add({ match: { operation: "createDialerCampaign" }, times: 1, effect: { acceptThenFail: true } });
  const first = await run("dialer", "create-campaign", "settings.json", "--yes", "--json");
  expect(first.code).toBe(0);
  const { campaignId, already } = JSON.parse(first.stdout);
  expect(already).toBe(false);
  const second = await run("dialer", "create-campaign", "settings.json", "--yes", "--json");
  expect(JSON.parse(second.stdout)).toEqual({ campaignId, already: true });
  expect(world.sandbox.control.requests({ operation: "createDialerCampaign" })).toHaveLength(1);
});

test("a campaign whose request may have been carried out is not sent again before a person has looked", async () => {
  world.sandbox.control.faults.add({ match: { operation: "createDialerCampaign" }, times: 1, effect: { reset: true } });
  const first = await run("dialer", "create-campaign", "settings.json", "--yes");
  expect(first.code).toBe(1);
  expect(first.stderr).toContain("it is not known whether");
  expect((await run("dialer", "create-campaign", "settings.json", "--yes")).code).toBe(1);
  expect(world.sandbox.control.requests({ operation: "createDialerCampaign" })).toHaveLength(1);
  expect((await run("dialer", "create-campaign", "settings.json", "--yes", "--again")).code).toBe(0);
  // A refusal is an answer: the file may be corrected and sent again.
  world.sandbox.control.faults.add({ match: { operation: "createDialerCampaign" }, times: 1, effect: { status: 400 } });
  await writeFile(join(world.folder, "other.json"), textOf({ ...NEW, name: "Other" }));
  expect((await run("dialer", "create-campaign", "other.json", "--yes")).code).toBe(1);
  expect((await run("dialer", "create-campaign", "other.json", "--yes")).code).toBe(0);
});

test("metrics and the vendor's audit log are read to their last page, as table, JSON, CSV and plot", async () => {
  const json = await run("dialer", "metrics", "--json");
  expect(JSON.parse(json.stdout).rows.length).toBeGreaterThanOrEqual(150);
  const csv = lines(await run("dialer", "metrics", "--format", "csv", "--metric", "abandonmentRate"));
  expect(csv[0]).toBe("timestamp,abandonmentRate");
  const plot = lines(await run("dialer", "metrics", "--format", "plot"));
  expect(plot).toHaveLength(4);
  expect(plot[0]).toMatch(/^efficiency {7}[▁-█·]+ {2}0\.\d+ to 0\.\d+, last/);
  const audit = JSON.parse((await run("dialer", "audit", "--json")).stdout);
  expect(audit.rows.length).toBeGreaterThanOrEqual(130);
  expect(lines(await run("dialer", "audit", "--limit", "3"))).toHaveLength(4);
});

test("a vendor webhook is registered once for one name and address, listed without its token, and removed", async () => {
  const url = "http://127.0.0.1:9/wfm";
  const environment = { ...world.environment, WFM_TOKEN: "token-of-the-receiver" };
  const args = ["webhooks", "register", "wfm", "--url", url, "--token-env", "WFM_TOKEN", "--json"];
  const both = await Promise.all([1, 2].map(() => runCli(args, { cwd: world.folder, env: environment })));
  const ids = both.map(({ stdout }) => JSON.parse(stdout));
  expect(ids.filter(({ already }) => already === true)).toHaveLength(1);
  expect(ids[0].id).toBe(ids[1].id);
  await run("webhooks", "register", "metrics", "--url", url, "--header", "X-Webhook-Source: cxone-dialer");
  world.sandbox.control.faults.add({
    match: { operation: "createIntegrationWebhook" },
    times: 1,
    effect: { acceptThenFail: true },
  });
  expect((await run("webhooks", "register", "wfm", "--url", url, "--name", "Second")).code).toBe(0);
  expect(world.sandbox.control.state().webhooks).toEqual({ omnichannel: 1, integration: 2 });
  const list = await run("webhooks", "vendor");
  expect(lines(list)).toHaveLength(3);
  expect(list.stdout).not.toContain("token-of-the-receiver");
  expect((await run("webhooks", "remove", ids[0].id)).code).toBe(0);
  expect((await run("webhooks", "remove", ids[0].id)).code).toBe(2);
  await world.configure("vendorEvents: { wfm: { retries: 7, timeout: 20s } }\n");
  await run("webhooks", "register", "wfm", "--url", url, "--name", "Patient", "--backoff", "1.5");
  const policies = world.sandbox.control
    .requests({ operation: "createIntegrationWebhook" })
    .map(({ body }) => (body as { retryPolicy: unknown }).retryPolicy);
  expect([policies[0], policies.at(-1)]).toEqual([
    { maxRetries: 3, backoffMultiplier: 2, timeoutSec: 10 },
    { maxRetries: 7, backoffMultiplier: 1.5, timeoutSec: 20 },
  ]);
  const again = await run("webhooks", "register", "wfm", "--url", url, "--name", "Patient", "--retries", "1");
  expect(again.stderr).toContain("keeps its retry policy");
  expect((await run("webhooks", "register", "metrics", "--url", url, "--retries", "1")).code).toBe(2);
  expect((await run("webhooks", "register", "wfm", "--url", "ftp://x")).code).toBe(2);
  const empty = await run("webhooks", "register", "wfm", "--url", url, "--token-env", "NOT_SET");
  expect([empty.code, empty.stderr.includes("NOT_SET is not set")]).toEqual([2, true]);
});
