// Two services on one database that are not alike: one whose token the tenant refuses, one with other limits or without a receiver.

import { generateKeyPairSync } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import pg from "pg";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Document, parseDocument } from "yaml";
import { usCaUk2026 } from "../../../src/compliance/index.ts";
import { failoverPolicySchema } from "../../../src/operations/index.ts";
import { CAMPAIGN, callsCsv, callsScenario } from "../../support/calls.ts";
import { type CliProcess, runCli } from "../../support/cli.ts";
import { createDatabase } from "../../support/database.ts";
import { startReceiver } from "../../support/receiver.ts";
import { type StartedService, startService } from "../../support/service.ts";
import { until } from "../../support/until.ts";
import { NO_RECEIVER, startServe } from "../../support/world.ts";

const ROWS = 20;
const JOBS = 5;

let whole: StartedService;
let beside: { readonly running: CliProcess; readonly url: string } | undefined;
beforeEach(async () => {
  whole = await startService({ sandbox: { scenario: callsScenario(ROWS * JOBS) }, environment: NO_RECEIVER });
});
afterEach(async () => {
  await killBeside();
  await whole[Symbol.asyncDispose]();
});

async function killBeside(): Promise<void> {
  beside?.running.child.kill("SIGKILL");
  await beside?.running.ended;
  beside = undefined;
}

/** Starts another service on the same database and tenant, with a different environment. */
async function serveBeside(other: Readonly<Record<string, string>>): Promise<string> {
  const { running, url } = startServe({ environment: { ...whole.environment, ...other }, folder: `${whole.dir}/..` });
  beside = { running, url: "" };
  beside = { running, url: await url };
  return beside.url;
}

/** One statement on the database of both. */
async function query(statement: string, values: readonly unknown[] = []): Promise<void> {
  const client = new pg.Client({ connectionString: whole.databaseUrl });
  await client.connect();
  try {
    // Several statements at once go without values only.
    await (values.length === 0 ? client.query(statement) : client.query(statement, [...values]));
  } finally {
    await client.end();
  }
}

interface Ready {
  readonly ready: boolean;
  readonly checks: readonly { readonly name: string; readonly ok: boolean; readonly message?: string }[];
}
const readyz = async (url: string) => {
  const response = await fetch(`${url}/readyz`);
  return { status: response.status, ...((await response.json()) as Ready) };
};
const conditions = async () =>
  ((await whole.get("/api/v1/conditions"))["items"] as readonly { name: string; message: string }[]) ?? [];
const attention = async () => ((await whole.get("/api/v1/attention"))["items"] as readonly { code: string }[]) ?? [];
const names = (items: readonly { readonly name: string }[]) => items.map(({ name }) => name);

async function submit(job: number): Promise<string> {
  const headers = { "content-type": "text/csv" };
  const body = callsCsv(ROWS, "", 1 + job * ROWS);
  const response = await whole.ask(`/api/v1/campaigns/${CAMPAIGN}/tags`, { method: "POST", headers, body });
  return ((await response.json()) as { job: { id: string } }).job.id;
}

test("a service whose token is refused is not ready, leaves its jobs to the other one, and everybody is told", async () => {
  const bad = await serveBeside({ CXONE_CLIENT_SECRET: "rotated-since" });
  // Before it takes any work.
  await until(async () => names(await conditions()).includes("token_refused"));
  const jobs: string[] = [];
  for (let job = 0; job < JOBS; job++) jobs.push(await submit(job));
  for (const id of jobs)
    await expect
      .poll(() => whole.get(`/api/v1/jobs/${id}`), { timeout: 60_000 })
      .toMatchObject({
        status: "done",
        done: ROWS,
      });
  await until(async () => (await readyz(bad)).status === 503);
  expect((await readyz(bad)).checks).toContainEqual({
    name: "token",
    ok: false,
    message: "the tenant refuses this process's token; jobs, stops and orders are left to other services",
  });
  const good = await readyz(whole.service.url);
  expect(good).toMatchObject({ status: 200, ready: true });
  expect(good.checks).toContainEqual({ name: "replicas", ok: false, message: expect.stringContaining("refuses the token of") });
  expect((await attention()).map(({ code }) => code)).toContain("token_refused");
  expect(whole.logged.join("\n")).toMatch(/the tenant refuses the token of \S+; jobs, stops and orders are left to \S+/);
  expect(await (await fetch(`${whole.service.url}/metrics`)).text()).toMatch(/^outdial_token_refused 1$/m);
});

test("a job goes to the service whose token is good, also when the queue gives everything to the one that leaves it", async () => {
  await serveBeside({ CXONE_CLIENT_SECRET: "rotated-since" });
  await until(async () => names(await conditions()).includes("token_refused"));
  const [good] = (await whole.service.store.replicas.list()).flatMap(({ id, refused }) => (refused === null ? [id] : []));
  // Whoever polls first gets a run: here that is never the good one.
  await query(
    `create function outdial.never_first() returns trigger language plpgsql as $$ begin return null; end $$;
     create trigger never_first before update on dbos.workflow_status for each row
     when (old.status = 'ENQUEUED' and new.status = 'PENDING' and new.executor_id = '${good}')
     execute function outdial.never_first()`,
  );
  const id = await submit(0);
  await expect.poll(() => whole.get(`/api/v1/jobs/${id}`), { timeout: 60_000 }).toMatchObject({ status: "done", done: ROWS });
});

test("a stop that is given to a service whose token is refused is carried out by the other one", async () => {
  await whole[Symbol.asyncDispose]();
  const scenario = { campaigns: [{ id: CAMPAIGN, status: "active" as const }] };
  whole = await startService({ sandbox: { scenario }, environment: NO_RECEIVER });
  const { control } = whole.sandbox;
  const bad = await serveBeside({ CXONE_CLIENT_SECRET: "rotated-since" });
  const headers = { authorization: `Bearer ${whole.tokens.operator}`, "content-type": "application/json" };
  const given = await fetch(`${bad}/api/v1/campaigns/stop`, { method: "POST", headers, body: "{}" });
  const { id } = (await given.json()) as { id: string };
  expect(given.status).toBe(202);
  const dialing = () => control.state().campaigns.filter(({ status }) => status === "active");
  await expect.poll(dialing, { timeout: 60_000 }).toEqual([]);
  const stopped = () => whole.get(`/api/v1/campaigns/stops/${id}`);
  await expect
    .poll(stopped, { timeout: 60_000 })
    .toMatchObject({ endedAt: expect.any(String), listProblem: null, changes: [{ campaignId: CAMPAIGN, status: "paused" }] });
});

test("a pause that is asked of a service whose token is refused is carried out by the other one", async () => {
  await whole[Symbol.asyncDispose]();
  const scenario = { campaigns: [{ id: CAMPAIGN, status: "active" as const }] };
  whole = await startService({ sandbox: { scenario }, environment: NO_RECEIVER });
  const { control } = whole.sandbox;
  const bad = await serveBeside({ CXONE_CLIENT_SECRET: "rotated-since" });
  const headers = { authorization: `Bearer ${whole.tokens.operator}`, "content-type": "application/json" };
  const given = await fetch(`${bad}/api/v1/campaigns/${CAMPAIGN}/pause`, { method: "POST", headers, body: "{}" });
  expect(await given.json()).toMatchObject({
    status: "unknown",
    confirmed: false,
    message: expect.stringMatching(/another one carries it out as the stop stop_/),
  });
  const dialing = () => control.state().campaigns.filter(({ status }) => status === "active");
  await expect.poll(dialing, { timeout: 60_000 }).toEqual([]);
});

test("three services that start at once on an empty database make its tables once, are all ready, and know of each other", async () => {
  const database = await createDatabase({ empty: true });
  const { privateKey } = generateKeyPairSync("ed25519");
  const OUTDIAL_AUDIT_KEY = String(privateKey.export({ type: "pkcs8", format: "pem" }));
  const all = ["one", "two", "three"].map((name) => {
    const OUTDIAL_DIR = `${whole.dir}/../${name}`;
    const environment = { ...whole.environment, DATABASE_URL: database.url, OUTDIAL_AUDIT_KEY, OUTDIAL_DIR };
    return startServe({ environment, folder: `${whole.dir}/..` });
  });
  try {
    const urls = await Promise.all(all.map(({ url }) => url));
    for (const url of urls) await until(async () => (await readyz(url)).status === 200);
    const status = await runCli(["db", "status", "--json"], { cwd: `${whole.dir}/..`, env: { DATABASE_URL: database.url } });
    expect([status.code, JSON.parse(status.stdout)]).toMatchObject([0, { isReady: true }]);
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    const { rows } = await client.query<{ id: string }>("select id from outdial.replicas");
    await client.end();
    expect(rows).toHaveLength(3);
  } finally {
    for (const { running } of all) running.child.kill("SIGTERM");
    for (const { running } of all) expect((await running.ended).code).toBe(0);
    await database.dispose();
  }
});

test("watches over pairs and changes that were left go to the service whose token is good", async () => {
  await whole[Symbol.asyncDispose]();
  const pairs = ["a", "b", "c", "d", "e"].map((name) => ({ primary: `first_${name}`, backup: `second_${name}` }));
  const campaigns = pairs.flatMap(({ primary, backup }) => [
    { id: primary, name: primary, status: "active" as const },
    { id: backup, name: backup, status: "paused" as const },
  ]);
  const environment = { ...NO_RECEIVER, CXONE_CLIENT_SECRET: "rotated-since" };
  whole = await startService({ sandbox: { scenario: { campaigns } }, environment });
  const { failovers, replicas, stateIntents, audit } = whole.service.store;
  const [bad] = (await replicas.list()).map(({ id }) => id);
  for (const { primary, backup } of pairs) {
    const policy = failoverPolicySchema.parse({ backup });
    await failovers.put({ primary, backup, policy, actor: "olga", audit: [] });
  }
  const executors = async () => new Set((await failovers.list()).map(({ executor }) => executor));
  // While it is alone it has them all.
  await until(async () => isDeepStrictEqual(await executors(), new Set([bad])));
  await serveBeside({ CXONE_CLIENT_SECRET: whole.sandbox.ready.clientSecret });
  const others = (await replicas.list()).filter(({ id }) => id !== bad);
  expect(others).toMatchObject([{ refused: null }]);
  const good = others[0]?.id;
  await until(async () => isDeepStrictEqual(await executors(), new Set([good])));
  for (const { primary } of pairs) await until(async () => ((await failovers.find(primary))?.lookedAt ?? null) !== null);
  expect(await executors()).toEqual(new Set([good]));
  // One after the other: each is there for whoever looks first.
  for (const { backup: campaignId } of pairs) {
    const pause = { id: `left_${campaignId}`, campaignId, target: "paused", idempotencyKey: `left_${campaignId}` } as const;
    await stateIntents.begin({ ...pause, actor: "ann", reason: "a wrong list" });
    await query("update outdial.state_intents set executor = 'gone' where id = $1", [pause.id]);
    const outcome = async () => (await stateIntents.list(campaignId, 10)).find(({ id }) => id === pause.id)?.outcome;
    await until(async () => (await outcome()) !== null);
    expect(await outcome()).toBe("changed");
    const told = await audit.list({ subject: campaignId, limit: 100 });
    expect(told.filter(({ action }) => action === "campaign.change.taken-up")).toMatchObject([{ details: { by: good } }]);
  }
});

const SECOND = { id: "client-2", secret: "s3cret-of-client-2", scopes: ["outbound:campaign:read"] };
const DIFFERENCES: readonly (readonly [string, (config: Document) => Readonly<Record<string, string>>])[] = [
  ["receivers", () => ({ OUTDIAL_BI_URL: "http://127.0.0.1:9/elsewhere" })],
  ["limits", inFile(["limits", "other"], { perMinute: 7 })],
  // The same rules under another name are other rules: manifests name them.
  ["calling rules", inFile(["compliance", "pack"], "pack.json")],
  ["tenant", (config) => inFile(["tenant", "token", "url"], `${String(config.getIn(["tenant", "hosts"]))}/oauth/token`)(config)],
  ["clock", () => ({ ...ELSEWHEN, TEST_NOW: new Date(Date.now() + 600_000).toISOString(), TEST_NOW_BASE: String(Date.now()) })],
  ["credentials", () => ({ CXONE_CLIENT_ID: SECOND.id, CXONE_CLIENT_SECRET: SECOND.secret })],
];

/** Its process has its own wall clock. */
const ELSEWHEN = { NODE_OPTIONS: `--import=${new URL("../../support/shift-clock.mjs", import.meta.url).href}` };

/** A setting that the other service's file has, and nothing else that is not in this one's. */
function inFile(path: readonly string[], value: unknown) {
  return (config: Document) => {
    config.setIn(path, config.createNode(value));
    return { OUTDIAL_CONFIG: "other.yaml" };
  };
}

test.each(DIFFERENCES)("services with other %s are told as different, in this alone, and which", async (item, change) => {
  await whole[Symbol.asyncDispose]();
  const calls = callsScenario(ROWS);
  const scenario = { ...calls, clients: [...(calls["clients"] as object[]), SECOND] };
  whole = await startService({ sandbox: { scenario }, environment: NO_RECEIVER });
  const folder = join(whole.dir, "..");
  const config = parseDocument(await readFile(join(folder, "outdial.yaml"), "utf8"));
  await writeFile(join(folder, "pack.json"), JSON.stringify({ ...usCaUk2026(), id: "ours" }));
  const environment = change(config);
  await writeFile(join(folder, "other.yaml"), config.toString());
  expect(names(await conditions())).not.toContain("replicas_differ");
  await serveBeside(environment);
  const differ = async () => (await conditions()).find(({ name }) => name === "replicas_differ");
  await until(async () => (await differ()) !== undefined);
  const [own, other] = (await whole.service.store.replicas.list()).map(({ id }) => id).toSorted();
  expect((await differ())?.message).toMatch(
    new RegExp(
      `^the processes on this store are not set up alike: (${own} has other ${item} than ${other}|${other} has other ${item} than ${own})$`,
    ),
  );
  expect((await readyz(whole.service.url)).checks).toContainEqual({
    name: "replicas",
    ok: false,
    message: expect.stringContaining(`other ${item} than`),
  });
  expect((await attention()).map(({ code }) => code)).toContain("replicas_differ");
  expect(await (await fetch(`${whole.service.url}/metrics`)).text()).toMatch(/^outdial_replicas_differ 1$/m);
  const doctor = await runCli(["doctor"], { cwd: folder, env: whole.environment });
  expect(doctor.stdout).toMatch(new RegExp(`processes on this store.*other ${item}`));
  await killBeside();
  await until(async () => (await differ()) === undefined);
  expect(whole.logged.join("\n")).toContain("replicas_differ is over");
});

test("a service of another version is told as different", async () => {
  const [own] = await whole.service.store.replicas.list();
  if (own === undefined) throw new Error("the service has no heartbeat");
  expect(own.alike).toMatchObject({ version: expect.stringMatching(/^[0-9a-f]{16}$/) });
  const older = { ...own, id: "older", alike: { ...own.alike, version: "another" } };
  await until(async () => {
    await whole.service.store.replicas.beat(older);
    return (await conditions()).some(({ message }) => message.includes("other version than"));
  });
});

test("a service that is alone takes requests also while its token is refused, and says so", async () => {
  await whole[Symbol.asyncDispose]();
  whole = await startService({ environment: { CXONE_CLIENT_SECRET: "rotated-since" } });
  await until(async () => names((await readyz(whole.service.url)).checks).includes("token"));
  const { status, checks } = await readyz(whole.service.url);
  expect(status).toBe(200);
  expect(checks).toContainEqual({
    name: "token",
    ok: false,
    message: "the tenant refuses this process's token; no other service is there to do its work",
  });
});

test("a service that is set up without a receiver writes the events of the store for it, and one that has it delivers them", async () => {
  await whole[Symbol.asyncDispose]();
  // Set up without it, beside one that has it.
  whole = await startService({ sandbox: { scenario: callsScenario(ROWS) } });
  const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  const receiver = await startReceiver(secret);
  const withIt = { OUTDIAL_BI_URL: receiver.url, OUTDIAL_BI_SECRET: secret };
  await serveBeside(withIt);
  await until(async () => whole.service.store.endpoints.takes("DISPOSITION_ASSIGNED"));
  // The one that has it is not there any more when the calls are tagged.
  await killBeside();
  const id = await submit(0);
  await expect.poll(() => whole.get(`/api/v1/jobs/${id}`), { timeout: 60_000 }).toMatchObject({ status: "done", done: ROWS });
  const waiting = await whole.service.store.outbox.counts();
  expect(waiting).toMatchObject([{ endpoint: "bi", pending: ROWS }]);
  expect((await attention()).map(({ code }) => code)).toContain("receiver_missing");
  await serveBeside(withIt);
  await receiver.arrived(ROWS);
  await until(async () => (await whole.service.store.outbox.counts())[0]?.delivered === ROWS);
  await receiver.close();
});

test("a receiver that a person says is gone gets no more events, and what waited is kept as dead letters", async () => {
  const store = whole.service.store;
  await store.endpoints.learn({ crm: ["OUTCOMES_RETRIEVED"] }, "set");
  await store.outbox.add([{ eventId: "e1", endpoint: "crm", subject: "s", type: "OUTCOMES_RETRIEVED", body: "{}" }]);
  const env = whole.environment;
  const run = (...args: string[]) => runCli(args, { cwd: `${whole.dir}/..`, env });
  expect(await run("webhooks", "forget", "bi")).toMatchObject({
    code: 3,
    stderr: expect.stringContaining("the receiver bi is set up here"),
  });
  expect(await run("webhooks", "forget", "crm")).toMatchObject({
    code: 0,
    stdout: "crm is forgotten: no events are written for it any more\n",
  });
  await store.endpoints.learn({}, "keep");
  expect(store.endpoints.takes("OUTCOMES_RETRIEVED")).toBe(false);
  expect((await store.outbox.counts()).find(({ endpoint }) => endpoint === "crm")).toMatchObject({ pending: 0, dead: 1 });
  expect((await store.audit.list({ limit: 20 })).map(({ action }) => action)).toContain("webhooks.forget");
  const { status, body } = await whole.post("/api/v1/deliveries/endpoints/crm/forget", {});
  expect({ status, body }).toMatchObject({ status: 200, body: { name: "crm", changed: false } });
});
