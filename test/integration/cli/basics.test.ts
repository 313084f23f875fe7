// What every command line tool does: usage errors and empty lists as JSON, a reader that goes away, Ctrl-C, one item instead of a file, waiting, completion.

import { truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Writable } from "node:stream";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runCommandLine } from "../../../src/cli/index.ts";
import { systemClock } from "../../../src/tenant/index.ts";
import { beginCli, runCli, workFolder } from "../../support/cli.ts";
import { type StartedWorld, startWorld } from "../../support/world.ts";

const CAMPAIGN = "camp_primary_001";

let world: StartedWorld;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world[Symbol.asyncDispose]());

const json = async (...args: string[]) => {
  const { code, stdout } = await world.run([...args, "--json"]);
  return { code, answer: JSON.parse(stdout) as Record<string, unknown> };
};

test("a command line that cannot be read is told as all errors are: as JSON on stdout with --json, else on stderr", async () => {
  for (const line of [["jobs"], ["jobs", "lst"], ["jobs", "list", "--limt", "3"], ["campaign", "resume"], ["tag", "x.csv"]])
    expect([line, await json(...line)]).toMatchObject([line, { code: 2, answer: { error: { code: "invalid_input" } } }]);
  expect((await json("jobs", "lst")).answer).toEqual({
    error: { code: "invalid_input", message: "unknown command 'lst'", advice: "(Did you mean list?)" },
  });
  expect(await world.run(["jobs", "lst"])).toMatchObject({
    code: 2,
    stdout: "",
    stderr: expect.stringContaining("Did you mean list?"),
  });
});

test("a file that is named by mistake is read up to a size, and is never waited for to end", async () => {
  const large = join(world.folder, "large.yaml");
  await writeFile(large, "");
  await truncate(large, 3 * 2 ** 30);
  const reads = [["campaign", "plan"], ["compliance", "pack", "validate"], ["dialer", "validate"], ["simulate"]];
  for (const file of [large, "/dev/zero"])
    for (const command of reads)
      expect(await world.run([...command, file])).toMatchObject({
        code: 2,
        stderr: expect.stringMatching(/has more than \d+ bytes, the most that/) as string,
      });
});

test.each([
  ["jobs list"],
  ["audit list --subject nobody"],
  ["webhooks deliveries"],
  ["webhooks receivers"],
  ["serve token list"],
  ["compliance manifests"],
  ["compliance revocations"],
  ["dnc pending"],
  ["campaign stops"],
  ["interaction list"],
])("%s without entries is an empty list", async (line) => {
  expect(await json(...line.split(" "))).toMatchObject({ code: 0, answer: { items: [] } });
});

test("a reader that goes away is no failure and no news", async () => {
  const gone = (code: string) =>
    new Writable({
      write: (_chunk, _encoding, done) => done(Object.assign(new Error(code), { code, syscall: "write" })),
    });
  const to = async (stdout: Writable, ...command: string[]) => {
    let said = "";
    const stderr = new Writable({
      decodeStrings: false,
      write(chunk: string, _encoding, done) {
        said += chunk;
        done();
      },
    });
    const code = await runCommandLine(command, {
      env: world.environment,
      cwd: world.folder,
      clock: systemClock,
      stdin: process.stdin,
      stdout,
      stderr,
      onInterrupt: () => ({ [Symbol.dispose]: () => undefined }),
    });
    return { code, said };
  };
  expect(await to(gone("EPIPE"), "jobs", "list", "--json")).toEqual({ code: 0, said: "" });
  // In the middle of reading the store, whose own connection breaks with the same code.
  expect(await to(gone("EPIPE"), "audit", "pack", "--phone", "+12125550123", "--out", "-")).toEqual({ code: 0, said: "" });
});

test("one call is tagged without a file, again as well; what does not go together is refused", async () => {
  const one = ["tag", "--campaign", CAMPAIGN, "--call", "call_000001", "--code", "DISP_001"];
  const first = await json(...one, "--tags", "a,b");
  expect(first).toMatchObject({ code: 0, answer: { job: { status: "done", counts: { tagged: 1 } } } });
  expect(await json(...one)).toMatchObject({ code: 0, answer: { job: { counts: { tagged: 1 } } } });
  expect(await json(...one)).toMatchObject({ code: 0, answer: { job: { counts: { unchanged: 1 } } } });
  expect(await json("calls", "show", "call_000001")).toMatchObject({
    code: 0,
    answer: { id: "call_000001", disposition: { dispositionCodeId: "DISP_001" } },
  });
  expect(await json("calls", "show", "nobody")).toMatchObject({ code: 1, answer: { error: { code: "not_found" } } });
  expect(await json(...one.slice(0, -2))).toMatchObject({
    code: 2,
    answer: { error: { message: expect.stringContaining("--code") } },
  });
  expect(await json(...one, "calls.csv")).toMatchObject({ code: 2 });
  expect(await json("tag", "--campaign", CAMPAIGN)).toMatchObject({ code: 2 });

  const { job } = first.answer as { job: { id: string } };
  expect(await json("jobs", "show", job.id, "--wait")).toMatchObject({ code: 0, answer: { id: job.id } });
  const ids = await world.run(["__complete", "--", "jobs", "show", job.id.slice(0, 6)]);
  expect(ids.stdout.split("\n").map((line) => line.split("\t")[0])).toContain(job.id);
});

test("Ctrl-C ends with 130 whatever was under way, also what only waits", async () => {
  await world.query(
    `insert into outdial.jobs (id, kind, source_name, content_hash, status, actor, options, created_at)
     select 'job_waits', kind, source_name, 'x', 'running', actor, options, created_at from outdial.jobs limit 1`,
  );
  const waiting = beginCli(["jobs", "show", "job_waits", "--wait"], { cwd: world.folder, env: world.environment });
  const watching = beginCli(["sandbox"], { cwd: world.folder });
  await expect.poll(() => watching.stdout()).toContain("clientId");
  watching.interrupt();
  expect(await watching.ended).toMatchObject({ code: 130 });
  await expect.poll(() => waiting.stderr()).toContain("run by another process");
  waiting.interrupt();
  expect(await waiting.ended).toMatchObject({ code: 130 });
});

test.each(["bash", "zsh", "fish", "powershell"])("the script for %s asks this program", async (shell) => {
  expect(await world.run(["completion", shell])).toMatchObject({
    code: 0,
    stdout: expect.stringContaining("outdial __complete"),
  });
});

test("context says what would be used and where it is named; a campaign that was mistyped is suggested", async () => {
  const { answer } = await json("context");
  expect(answer).toMatchObject({
    tenant: { value: world.url, from: "OUTDIAL_TENANT_URL" },
    store: { value: expect.stringMatching(/^postgres:\/\/127/), from: "DATABASE_URL" },
  });
  expect(JSON.stringify(answer)).not.toContain(new URL(world.databaseUrl).password);
  await using empty = await workFolder();
  const { stdout } = await runCli(["context", "--json"], { cwd: empty.path, env: {} });
  expect(JSON.parse(stdout)).toHaveProperty("store.from", expect.stringContaining("there is none yet: outdial init creates it"));
  const mistyped = { code: 1, answer: { error: { code: "not_found", advice: "Did you mean camp_primary_001?" } } };
  expect(await json("campaign", "status", "camp_primary_01")).toMatchObject(mistyped);
  expect(await json("campaign", "resume", "camp_primary_01", "--check")).toMatchObject(mistyped);
  expect(await json("campaign", "export", "camp_primary_01")).toMatchObject(mistyped);
  const calls = { input: "call_id,disposition_code\ncall_1,DISP_001\n" };
  for (const last of [["--dry-run"], ["--yes"]]) {
    const tag = await world.run(["tag", "-", "--campaign", "camp_primary_01", ...last], calls);
    expect(tag).toMatchObject({ code: 1, stderr: expect.stringContaining("Did you mean camp_primary_001?") });
  }
  const pause = await world.run(["campaign", "pause", "camp_primary_01", "--reason", "test"]);
  expect(pause).toMatchObject({ code: 1, stderr: expect.stringContaining("camp_primary_01: did you mean camp_primary_001?") });
  const pull = await world.run(["outcomes", "pull", "--campaign", "camp_primary_01", "--last", "1d"]);
  expect(pull).toMatchObject({ code: 0, stderr: expect.stringContaining("no campaign camp_primary_01. Did you mean") });
  const brought = await world.run(["outcomes", "pull", "--campaign", "camp_primary_001", "--last", "1d"]);
  expect(brought.code).toBe(0);
  const report = await world.run(["outcomes", "report", "--campaign", "camp_primary_01", "--last", "1d"]);
  expect(report.stderr).toContain("no calls of camp_primary_01; did you mean camp_primary_001?");
});

test("how often a call that failed is repeated stands in outdial.yaml", async () => {
  await using folder = await workFolder();
  await writeFile(join(folder.path, "outdial.yaml"), "tenant: { retry: { attempts: 3, baseDelay: 1ms } }\n");
  world.sandbox.control.faults.add({ match: { path: "/api/v2/omnichannel/campaigns" }, effect: { status: 503 } });
  const env = { ...world.environment, OUTDIAL_CONFIG: undefined };
  const { code, stderr } = await runCli(["call", "listCampaigns"], { cwd: folder.path, env });
  expect({ code, stderr }).toEqual({ code: 6, stderr: expect.stringContaining("3 attempts") });
  world.sandbox.control.faults.clear();
});

test("of several tenants one is chosen, each has its own credentials and its own store, and a store is refused to another one", async () => {
  await using folder = await workFolder();
  const {
    CXONE_CLIENT_ID,
    CXONE_CLIENT_SECRET,
    DATABASE_URL: _database,
    OUTDIAL_DIR,
    OUTDIAL_TENANT_URL: _tenant,
    OUTDIAL_CONFIG: _config,
    ...rest
  } = world.environment;
  const env: Record<string, string | undefined> = {
    ...rest,
    OUTDIAL_DIR,
    // As with every database that several folders work with.
    OUTDIAL_AUDIT_KEY_FILE: join(OUTDIAL_DIR ?? "", "audit.key"),
    CXONE_CLIENT_ID,
    CXONE_CLIENT_SECRET,
    CXONE_PROD_CLIENT_ID: CXONE_CLIENT_ID,
    CXONE_PROD_CLIENT_SECRET: CXONE_CLIENT_SECRET,
  };
  const tenants = {
    prod: { hosts: world.url, store: { url: world.databaseUrl } },
    "staging-us": { hosts: "https://staging.example.com" },
  };
  await writeFile(join(folder.path, "outdial.yaml"), JSON.stringify({ tenants }));
  const told = async (line: string, more: { answers?: string; env?: Record<string, string> } = {}) => {
    const { answers } = more;
    const given = { cwd: folder.path, env: { ...env, ...more.env }, ...(answers === undefined ? {} : { answers }) };
    return runCli(line.split(" "), given);
  };
  expect((await world.run(["campaign", "stops"])).code).toBe(0);
  const refused = (message: string) => ({ code: 2, stderr: expect.stringContaining(message) });
  expect(await told("campaign stops")).toMatchObject(refused("has several tenants (prod, staging-us), and none is chosen"));
  expect(await told("campaign stops --tenant pord")).toMatchObject(refused("has no tenant pord; allowed are prod, staging-us"));
  expect(await told("campaign stops --tenant")).toMatchObject(refused("--tenant: the name of a tenant is needed"));
  expect(await told("context use nobody")).toMatchObject(refused("allowed are prod, staging-us"));
  expect(await told("context --tenant prod --tenant-url http://127.0.0.1:1")).toMatchObject(refused("cannot be used together"));
  expect((await told("__complete -- context use st")).stdout).toBe("staging-us\n");
  expect((await told("__complete -- jobs list --tenant p")).stdout).toBe("prod\n");

  // The choice of the workplace, before it the variable, before that the flag.
  expect(await told("context use staging-us")).toMatchObject({ code: 0, stderr: expect.stringContaining("no store yet") });
  const used = async (line: string, more = {}) => JSON.parse((await told(`${line} --json`, { env: more })).stdout) as object;
  const prod = { tenantName: { value: "prod" }, tenant: { value: world.url } };
  expect(await used("context")).toMatchObject({
    tenantName: { value: "staging-us", from: "outdial context use" },
    store: { value: join(OUTDIAL_DIR ?? "", "tenants", "staging-us") },
  });
  expect(await used("context", { OUTDIAL_TENANT: "prod" })).toMatchObject(prod);
  expect(await used("context --tenant prod", { OUTDIAL_TENANT: "staging-us" })).toMatchObject(prod);
  expect(await used("context show prod")).toMatchObject(prod);
  expect(await used("context list")).toMatchObject({
    items: [
      { name: "prod", isUsed: false, hasStore: true },
      { name: "staging-us", isUsed: true, hasStore: false },
    ],
  });
  // The choice is of a tenant that is not there any more: said, and an error as in every other command.
  await writeFile(
    join(folder.path, "outdial.yaml"),
    JSON.stringify({ tenants: { prod: tenants.prod, west: tenants["staging-us"] } }),
  );
  expect(await told("context list")).toMatchObject({
    code: 2,
    stdout: expect.stringContaining("west"),
    stderr: expect.stringContaining("outdial context use chose the tenant staging-us, which"),
  });
  await writeFile(join(folder.path, "outdial.yaml"), JSON.stringify({ tenants }));
  expect((await told("context list")).stdout).toMatch(/\*\s+staging-us\s+https:\/\/staging\.example\.com/);

  // What is set for somebody else is not sent to a tenant with a name.
  expect(await told("call listCampaigns")).toMatchObject(refused("CXONE_STAGING_US_CLIENT_ID is not set"));
  expect(await told("call listCampaigns --tenant prod")).toMatchObject({ code: 0 });
  expect((await told("doctor --tenant prod")).stdout).toContain(`prod (${world.url}), chosen by --tenant`);

  const tag = await told("tag --campaign camp_primary_001 --call call_000002 --code DISP_001 --tenant prod --json");
  expect(tag.code).toBe(0);
  const { job } = JSON.parse(tag.stdout) as { job: { id: string; tenant: object } };
  expect(job.tenant).toEqual({ name: "prod", address: "this machine" });
  expect((await told(`jobs show ${job.id} --tenant prod`)).stderr).toContain("tenant prod (this machine)");
  const entries = (await used(`audit list --job ${job.id} --tenant prod`)) as { items: { details: object }[] };
  expect(entries.items.map(({ details }) => details)).toContainEqual(expect.objectContaining({ tenant: "prod" }));
  const other = { DATABASE_URL: world.databaseUrl };
  expect(await told("campaign stops", { env: other })).toMatchObject(
    refused("the store belongs to the tenant prod (this machine), since"),
  );
  expect(await world.run(["campaign", "stops"])).toMatchObject(refused("this machine needs a store of its own"));
  // A command in the middle of a job ends in order when the store is given to another tenant: what is on the wire is recorded, the rest is not sent.
  world.sandbox.control.faults.add({ match: { operation: "assignDisposition" }, effect: { delayMs: 4000 } });
  const rows = [
    "call_id,disposition_code_id",
    ...["call_000004", "call_000005", "call_000006"].map((id) => `${id},DISP_001`),
    "",
  ];
  await writeFile(join(folder.path, "calls.csv"), rows.join("\n"));
  const before = world.sandbox.control.requests({ operation: "assignDisposition" }).length;
  const cut = told("tag calls.csv --campaign camp_primary_001 --concurrency 1 --tenant prod --json");
  // The first row is on the wire: the tenant has the request, and has not answered it.
  await expect.poll(() => world.sandbox.control.faults.list()[0]?.struck, { timeout: 60_000 }).toBe(1);
  await world.query("update outdial.tenant_of_store set name = 'west'");
  const ended = await cut;
  world.sandbox.control.faults.clear();
  await world.query("update outdial.tenant_of_store set name = 'prod'");
  expect(ended).toMatchObject({ code: 2, stderr: expect.stringContaining("only pauses and stops are sent") });
  const left = JSON.parse(ended.stdout) as { job: { id: string } };
  expect(left).toMatchObject({
    job: { status: "stopped", stop: { code: "other_tenant" }, counts: { tagged: 1 } },
  });
  expect(world.sandbox.control.requests({ operation: "assignDisposition" }).length).toBe(before + 1);

  // What would be done is checked against the store as what is done.
  const check = { DATABASE_URL: world.databaseUrl };
  const dry = "tag --campaign camp_primary_001 --call call_000002 --code DISP_001 --dry-run";
  const correction = "interaction disposition int_1 --code DISP_001 --description x --agent a --dry-run";
  for (const line of [dry, correction])
    expect([line, await world.run(line.split(" "))]).toMatchObject([line, refused("this machine needs a store of its own")]);
  expect(await told(`${dry} --tenant prod`, { env: check })).toMatchObject({ code: 0 });
  // Evidence is read in any case, also of several tenants in one database, each with its job's tenant.
  expect(await told("audit list", { env: other })).toMatchObject({ code: 0 });

  const rebind = "context rebind --reason moved";
  const asked = await told(rebind, { answers: "n\n", env: other });
  expect(asked).toMatchObject({
    code: 3,
    stderr: expect.stringContaining("tenant staging-us (https://staging.example.com) · store"),
  });
  // What a service of the other tenant does, and what waits for one, would be done to this one.
  await world.query(
    `insert into outdial.replicas (id, pid, host, interval_ms, scopes, started_at, heartbeat_at)
     values ('service', 7, 'there', 500, array['x'], now(), now() + interval '1 hour')`,
  );
  const held = async () => (await told(`${rebind} --yes`, { env: other })).stderr;
  expect(await held()).toContain("a service works on this store: process 7 on there");
  await world.query("delete from outdial.replicas where id = 'service'");
  await world.query("update outdial.jobs set status = 'running', finished_at = null where id = $1", [job.id]);
  expect(await held()).toMatch(/jobs in this store that have not ended: [1-9]/);
  await world.query("update outdial.jobs set status = 'done', finished_at = now() where finished_at is null");
  expect(await told(`${rebind} --yes`, { env: other })).toMatchObject({ code: 0 });
  expect(await told("campaign stops", { env: other })).toMatchObject({ code: 0 });
  // What is left of a job is not done to another tenant than it was made for.
  const keys = { CXONE_STAGING_US_CLIENT_ID: "a", CXONE_STAGING_US_CLIENT_SECRET: "b" };
  expect(await told(`jobs resume ${left.job.id}`, { env: { ...other, ...keys } })).toMatchObject(
    refused(
      `${left.job.id} belongs to the tenant prod (this machine); the store now belongs to staging-us (https://staging.example.com)`,
    ),
  );
  const said = (await used("audit list --subject staging-us", other)) as { items: object[] };
  expect(said.items).toMatchObject([{ action: "store.rebind", details: { reason: "moved", from: { name: "prod" } } }]);
});
