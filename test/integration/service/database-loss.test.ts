// The database goes away under the running service: connections are ended, results cannot be written.

import pg from "pg";
import { afterEach, beforeEach, expect, test } from "vitest";
import { expectAgreement } from "../../support/agreement.ts";
import { type Cable, lay } from "../../support/cable.ts";
import { CAMPAIGN, callsCsv, callsScenario } from "../../support/calls.ts";
import { createDatabase, type TestDatabase } from "../../support/database.ts";
import { type StartedService, startService } from "../../support/service.ts";
import { until } from "../../support/until.ts";
import { LIMITED } from "../../support/world.ts";

const ROWS = 600;

let database: TestDatabase;
let cable: Cable;
let whole: StartedService;
let admin: pg.Client;
beforeEach(async () => {
  database = await createDatabase();
  cable = await lay(database.url);
  const environment = {
    DATABASE_URL: cable.url,
    OUTDIAL_BI_URL: "http://127.0.0.1:9/events",
    OUTDIAL_BI_SECRET: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
  };
  whole = await startService({ yaml: LIMITED, sandbox: { scenario: callsScenario(ROWS) }, environment });
  admin = new pg.Client({ connectionString: database.url });
  await admin.connect();
});
afterEach(async () => {
  await admin.end();
  await whole[Symbol.asyncDispose]();
  await cable[Symbol.asyncDispose]();
  await database.dispose();
});

const alive = async () => (await fetch(`${whole.service.url}/livez`)).status;

/** Ends every other connection to the database, one after the other. */
async function endConnections(between: () => Promise<void> = async () => undefined): Promise<void> {
  const { rows } = await admin.query<{ pid: number }>(
    "select pid from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend' order by pid",
  );
  for (const { pid } of rows) {
    await Promise.all([admin.query("select pg_terminate_backend($1, 5000)", [pid]), whole.ask("/api/v1/jobs")]);
    await between();
  }
}

async function submit(): Promise<string> {
  const headers = { "content-type": "text/csv" };
  const response = await whole.ask(`/api/v1/campaigns/${CAMPAIGN}/tags`, { method: "POST", headers, body: callsCsv(ROWS) });
  return ((await response.json()) as { job: { id: string } }).job.id;
}

test("every single connection may be ended, idle or at work: the service goes on, and so does its job", async () => {
  whole.sandbox.control.faults.add({ match: { operation: "assignDisposition" }, effect: { delayMs: 20 } });
  const before = whole.sandbox.control.state().requests;
  const id = await submit();
  await expect.poll(() => whole.sandbox.control.state().requests, { timeout: 60_000 }).toBeGreaterThan(before + 50);
  for (let round = 0; round < 3; round++) await endConnections(async () => expect(await alive()).toBe(200));
  whole.sandbox.control.faults.clear();
  await expect.poll(() => whole.get(`/api/v1/jobs/${id}`), { timeout: 120_000 }).toMatchObject({ status: "done", done: ROWS });
  await expectAgreement(database.url, whole.sandbox, ROWS);
});

test("results that cannot be written stop the job with the reason; it can be resumed, and nothing is lost or doubled", async () => {
  await admin.query(`
    create function full_disk() returns trigger language plpgsql as $$
      begin raise exception 'could not extend file: No space left on device' using errcode = '53100'; end $$;
    create trigger full_disk before insert on outdial.job_items execute function full_disk()`);
  const id = await submit();
  expect(await whole.ended(id)).toMatchObject({
    status: "stopped",
    stop: { code: "store_full", message: expect.stringContaining("could not extend file: No space left on device") },
  });
  expect(await alive()).toBe(200);
  await expect.poll(() => whole.get(`/api/v1/jobs/${id}`), { timeout: 60_000 }).toMatchObject({ running: false });
  expect(whole.logged.join("\n")).toMatch(new RegExp(`${id}: stopped: .*could not extend file: No space left on device`));
  await admin.query("drop trigger full_disk on outdial.job_items");
  expect((await whole.post(`/api/v1/jobs/${id}/resume`, {})).status).toBe(202);
  await expect.poll(() => whole.get(`/api/v1/jobs/${id}`), { timeout: 120_000 }).toMatchObject({ status: "done", done: ROWS });
  await expectAgreement(database.url, whole.sandbox, ROWS);
});

test("a database that takes no writes for a while stops a job, which goes on by itself when it does", {
  timeout: 360_000,
}, async () => {
  whole.sandbox.control.faults.add({ match: { operation: "assignDisposition" }, effect: { delayMs: 20 } });
  const before = whole.sandbox.control.state().requests;
  const id = await submit();
  await expect.poll(() => whole.sandbox.control.state().requests, { timeout: 60_000 }).toBeGreaterThan(before + 50);
  const { rows } = await admin.query<{ name: string }>("select quote_ident(current_database()) as name");
  await admin.query(`alter database ${rows[0]?.name} set default_transaction_read_only = on`);
  await endConnections();
  // Nothing more is sent: what was on the wire has come back, and the same number is seen again and again.
  const seen: number[] = [];
  await until(async () => {
    await alive();
    seen.push(whole.sandbox.control.state().requests);
    return seen.length > 200 && seen.at(-200) === seen.at(-1);
  });
  expect(whole.logged.join("\n")).toContain("the database accepts no writes");
  expect(await whole.get(`/api/v1/jobs/${id}`)).not.toMatchObject({ status: "done" });
  await admin.query("set default_transaction_read_only = off");
  await admin.query(`alter database ${rows[0]?.name} reset default_transaction_read_only`);
  await endConnections();
  whole.sandbox.control.faults.clear();
  await expect.poll(() => whole.get(`/api/v1/jobs/${id}`), { timeout: 240_000 }).toMatchObject({ status: "done", done: ROWS });
  await expectAgreement(database.url, whole.sandbox, ROWS);
});

test.each<[what: string, sqlState: string, code: string, says: RegExp]>([
  ["is read-only", "25006", "store_unavailable", /accepts no writes/],
  ["has no disk left", "53100", "store_full", /has no room/],
  ["has no memory left", "53200", "store_full", /has no room/],
])(
  "a database that %s is told as what it is, and the emergency stop says what stops without it",
  async (_, sqlState, code, says) => {
    await admin.query(`
    create function refuses() returns trigger language plpgsql as $$
      begin raise exception 'the server refuses' using errcode = '${sqlState}'; end $$;
    create trigger refuses before insert on outdial.suppressions execute function refuses();
    create trigger refuses before insert on outdial.stops execute function refuses()`);
    const { body, status } = await whole.post("/api/v1/suppressions", { number: "+12125550101", reason: "said stop" });
    expect({ status, ...body }).toMatchObject({
      status: 503,
      code,
      detail: expect.stringMatching(says),
      advice: expect.any(String),
    });
    expect(body["detail"]).toContain("the server refuses");
    // The stop does without it.
    const stop = await whole.post("/api/v1/campaigns/stop", {});
    expect({ ...stop.body, status: stop.status }).toMatchObject({ status: 202 });
    await expect.poll(dialing, { timeout: 60_000 }).toEqual([]);
  },
);

/** Campaigns that dial, by the tenant's own word. */
const dialing = () =>
  whole.sandbox.control
    .state()
    .campaigns.filter(({ status }) => status !== "paused")
    .map(({ id }) => id);

test("a request whose answer was lost in the middle is not carried out again with its key: it is told what was written", async () => {
  // Approved and written, then the connection is lost at the next statement.
  await admin.query(`
    create function ends() returns trigger language plpgsql as $$
      begin raise exception 'terminating connection due to administrator command' using errcode = '57P01'; end $$;
    create trigger ends before update on outdial.approvals for each row when (old.state = 'approved') execute function ends()`);
  const { id } = await whole.service.store.requests.askApproval({
    operation: "campaigns.resume",
    summary: "s",
    confirm: "c".repeat(64),
    request: { params: { id: CAMPAIGN }, query: {}, body: { confirm: "c".repeat(64) } },
    plan: null,
    requestedBy: "oscar",
  });
  const approve = () =>
    whole.ask(`/api/v1/approvals/${id}/approve`, {
      method: "POST",
      headers: { "content-type": "application/json", "idempotency-key": "once" },
      body: JSON.stringify({ confirm: "c".repeat(64) }),
    });
  expect((await approve()).status).toBe(503);
  const again = await approve();
  expect({ status: again.status, ...((await again.json()) as object) }).toMatchObject({
    status: 409,
    code: "answer_lost",
    detail: expect.stringContaining(`approval approved ${id}`),
    advice: expect.stringContaining("audit"),
  });
});

/** The last says what a repetition gets. The text of a token is kept nowhere. */
const DOORS: readonly (readonly [string, "operator" | "admin", string, object, "the answer" | "what was written"])[] = [
  ["suppressions.add", "operator", "/api/v1/suppressions", { number: "+12125550101", reason: "said stop" }, "the answer"],
  ["consents.revoke", "operator", "/api/v1/consents/revoke", { number: "+12125550102", channel: "phone" }, "the answer"],
  ["tokens.add", "admin", "/api/v1/tokens", { name: "lea", role: "viewer" }, "what was written"],
];

test("a request of any door whose answer was lost after it was carried out gets that answer for its own key, or what it wrote, and is carried out once", async () => {
  await admin.query(`
    create function ends() returns trigger language plpgsql as $$
      begin raise exception 'terminating connection due to administrator command' using errcode = '57P01'; end $$`);
  for (const [door, role, path, body, gets] of DOORS) {
    const ask = async () => {
      const { tokens } = whole;
      const authorization = `Bearer ${tokens[role]}`;
      const headers = {
        authorization,
        "content-type": "application/json",
        "idempotency-key": `key of ${door}`.replaceAll(" ", "_"),
      };
      const response = await fetch(`${whole.service.url}${path}`, { method: "POST", headers, body: JSON.stringify(body) });
      return { status: response.status, replayed: response.headers.get("idempotency-replayed"), body: await response.json() };
    };
    // The last thing that a request writes.
    await admin.query(
      `create trigger ends before insert on outdial.audit for each row when (new.action = 'api.${door}') execute function ends()`,
    );
    expect([door, (await ask()).status]).toEqual([door, 503]);
    await admin.query("drop trigger ends on outdial.audit");
    const again = await ask();
    if (gets === "what was written") {
      expect([door, again]).toMatchObject([door, { status: 409, body: { code: "answer_lost" } }]);
      continue;
    }
    expect([door, again]).toMatchObject([door, { replayed: "true" }]);
    expect([door, again.status < 300]).toEqual([door, true]);
    const { rows } = await admin.query<{ details: string }>("select details from outdial.audit where action = $1", [
      `api.${door}`,
    ]);
    expect(rows.map(({ details }) => (JSON.parse(details) as { replayed?: true }).replayed)).toEqual([true]);
  }
});
