// Everything that is kept has a life: the table names every table of the schema, and what is older than its life is removed online, by one process at a time,
// told in the audit log, and never with what stays.

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import pg from "pg";
import { afterEach, beforeEach, expect, test } from "vitest";
import { DAY_MS } from "../../../src/kernel/index.ts";
import { LIVES } from "../../../src/store/index.ts";
import { runCli, workFolder } from "../../support/cli.ts";
import { openTestStore, type TestStore } from "../../support/store.ts";

let world: TestStore;
let client: pg.Client;
beforeEach(async () => {
  world = await openTestStore();
  client = new pg.Client({ connectionString: world.url });
  await client.connect();
});
afterEach(async () => {
  await client.end();
  await world.dispose();
});

const NONE = { feed: async () => 0, workflows: async () => 0 };
const sweep = (more: { everyMs?: number } = { everyMs: 0 }) => world.store.lives.sweep({}, NONE, more);
const sql = (text: string) =>
  client.query<Record<string, unknown>>(text.replaceAll(/@(\d+)d/g, (_, days: string) => at(Number(days))));
/** So many days ago, by the store's clock. */
const at = (days: number) => `to_timestamp(${(world.clock.now() - days * DAY_MS) / 1000})`;
const ids = async (text: string) => (await sql(text)).rows.map((row) => Object.values(row).join(" "));
const count = async (table: string) => Number((await sql(`select count(*) as n from outdial.${table}`)).rows[0]?.["n"]);
const entries = async () => (await world.store.audit.list({ limit: 200 })).filter(({ action }) => action === "data.removed");

const JOB =
  "insert into outdial.jobs (id, kind, campaign_id, source_name, content_hash, options, actor, status, created_at, finished_at) values";

test("the table of lives names every table of the schema, and no other", async () => {
  const { rows } = await client.query<{ name: string }>(
    "select relname as name from pg_class where relnamespace = 'outdial'::regnamespace and relkind in ('r', 'p') and relname !~ '^registry_(blocks|changes)_[0-9]'",
  );
  const named = new Set(LIVES.filter(({ kind }) => kind === "table").map(({ name }) => name.split(" ")[0] ?? ""));
  expect([...named].filter((name) => name !== "dbos.*").sort()).toEqual(rows.map(({ name }) => `outdial.${name}`).sort());
});

/** A row that is older than its life and one that is not, by what removes it; $ is the day's end of the life. */
const OLD_AND_YOUNG: Readonly<Record<string, string>> = {
  "outdial.jobs": `${JOB} ('old', 'tag', 'c', 'f', 'h', '{}', 'ops', 'done', @92d, @91d), ('young', 'tag', 'c', 'f', 'h', '{}', 'ops', 'done', @92d, @89d)`,
  "outdial.job_items":
    "insert into outdial.job_items (job_id, line, result, attempts, finished_at) select id, n, 'tagged', 1, @91d from (values ('old'), ('young')) j (id), generate_series(1, 6000) n",
  "outdial.job_conflicts": "insert into outdial.job_conflicts values ('old', 1, 2), ('young', 1, 2)",
  "outdial.job_chunks":
    "insert into outdial.job_chunks (job_id, chunk_no, first_line, last_line, payload) values ('old', 0, 1, 2, 'x'), ('young', 0, 1, 2, 'x')",
  "outdial.approvals": `insert into outdial.approvals (id, operation, summary, confirm, request, requested_by, requested_at, expires_at, state)
    values ('old', 'o', 's', 'c', '{}', 'ann', @91d, @90d, 'approved'), ('asked', 'o', 's', 'c', '{}', 'ann', @91d, @92d, 'pending'),
      ('waits', 'o', 's', 'c', '{}', 'ann', @91d, @1d, 'pending'), ('young', 'o', 's', 'c', '{}', 'ann', @89d, @88d, 'approved')`,
  "outdial.outbox": `insert into outdial.outbox (event_id, endpoint, subject, type, body, status, created_at, next_attempt_at, delivered_at)
    values ('old', 'bi', 's', 'T', '{}', 'delivered', @9d, null, @8d), ('young', 'bi', 's', 'T', '{}', 'delivered', @9d, null, @6d),
      ('waits', 'bi', 's', 'T', '{}', 'pending', @200d, @1d, null), ('dead', 'bi', 's', 'T', '{}', 'dead', @91d, null, null), ('dead-young', 'bi', 's', 'T', '{}', 'dead', @89d, null, null)`,
  "outdial.outbox (dead letters)": "select",
  "outdial.inbound_events": `insert into outdial.inbound_events (channel, event_id, type, occurred_at, received_at, body, status, settled_at)
    values ('dialer', 'old', 'T', @9d, @9d, '{}', 'done', @8d), ('dialer', 'young', 'T', @9d, @9d, '{}', 'done', @6d), ('dialer', 'waits', 'T', @99d, @99d, '{}', 'pending', null),
      ('dialer', 'aside', 'T', @91d, @91d, '{}', 'aside', @91d), ('dialer', 'aside-young', 'T', @89d, @89d, '{}', 'aside', @89d)`,
  "outdial.inbound_events (put aside)": "select",
  "outdial.attempts":
    "insert into outdial.attempts values (1, @3700d, 'attempt', 's', 'c', 'old', null), (1, @1800d, 'attempt', 's', 'c', 'young', null)",
  "outdial.raw_outcomes":
    "insert into outdial.raw_outcomes values ('old', 'C', @3700d, 1, 'c', null, @3700d), ('young', 'C', @1800d, 1, 'c', null, @1800d)",
  "outdial.gate_manifests":
    "insert into outdial.gate_manifests values ('old', 'c', @3700d, '{}', @3700d), ('young', 'c', @1800d, '{}', @1800d)",
  "outdial.lake_files": `insert into outdial.lake_files values ('old', 'part', 'c', '2026-01-01', 1, 1, 'r', @99d, @8d), ('young', 'part', 'c', '2026-01-01', 1, 1, 'r', @99d, @6d),
    ('live', 'part', 'c', '2026-01-01', 1, 1, 'r', @999d, null)`,
  "outdial.handover_holds": "insert into outdial.handover_holds values ('c', 1, @41d, 'p', 1), ('c', 2, @39d, 'p', 1)",
  "outdial.campaign_plans": "insert into outdial.campaign_plans values ('old', '{}', @31d), ('young', '{}', @29d)",
  "outdial.metric_readings": `insert into outdial.metric_readings (campaign_id, received_at, ordered_at, source, event_id)
    values ('c', @41d, @41d, 'push', 'old'), ('c', @39d, @39d, 'push', 'young')`,
  "outdial.known_campaigns": `insert into outdial.known_campaigns (id, name, status, status_at, place, gone_at)
    values ('old', 'n', 'active', @99d, 1, @41d), ('young', 'n', 'active', @99d, 2, @39d), ('there', 'n', 'active', @99d, 3, null)`,
  "outdial.known_counts":
    "insert into outdial.known_counts values ('contacts', 'old', 1, @401d), ('contacts', 'young', 1, @399d)",
  "outdial.tenant_readings": `insert into outdial.tenant_readings (what, subject, tried_at)
    values ('gate', 'nobody', @2d), ('gate', 'there', @2d), ('gate', 'else', @0d), ('dialer', '', @99d)`,
  "outdial.sessions": `insert into outdial.sessions (id, hash, rotated_at, name, role, created_at, last_used_at, expires_at)
    values ('old', 'a', @9d, 'ann', 'viewer', @9d, @9d, @1d), ('young', 'b', @9d, 'ann', 'viewer', @9d, @9d, @0d + interval '1 hour')`,
  "outdial.login_codes":
    "insert into outdial.login_codes values ('a', 'ann', 'viewer', @2d, @1d), ('b', 'ann', 'viewer', @2d, @0d + interval '1 hour')",
  "outdial.idempotency_keys": `insert into outdial.idempotency_keys (principal, key, request_hash, created_at, locked_until)
    values ('ann', 'old', 'x', @2d, @2d), ('ann', 'young', 'x', @0d, @0d)`,
  "outdial.attention": "insert into outdial.attention (key, updated_at) values ('old', @31d), ('young', @29d)",
  "outdial.replicas": `insert into outdial.replicas (id, pid, host, interval_ms, started_at, heartbeat_at)
    values ('old', 1, 'h', 1, now(), now() - interval '61 minutes'), ('young', 2, 'h', 1, now(), now())`,
};

test("what is older than its life goes, what is not stays, the audit log says what and how many, and nothing needs a second look", async () => {
  const removable = LIVES.filter(({ remove }) => typeof remove === "object").map(({ name }) => name);
  expect(Object.keys(OLD_AND_YOUNG).sort()).toEqual([...removable].sort());
  const order = ["outdial.jobs", ...Object.keys(OLD_AND_YOUNG).filter((name) => name !== "outdial.jobs")];
  for (const name of order) await sql(OLD_AND_YOUNG[name] ?? "");
  await sql(
    "insert into outdial.delivery_attempts select id, @8d, 500, 'away' from outdial.outbox where event_id in ('old', 'young')",
  );
  await sweep();
  expect(await ids("select id from outdial.jobs")).toEqual(["young"]);
  expect(await ids("select distinct job_id from outdial.job_items")).toEqual(["young"]);
  for (const [table, left] of [
    ["job_items", 6000],
    ["job_conflicts", 1],
    ["job_chunks", 1],
    ["delivery_attempts", 1],
    ["attempts", 1],
    ["raw_outcomes", 1],
    ["gate_manifests", 1],
    ["handover_holds", 1],
    ["sessions", 1],
    ["login_codes", 1],
  ] as const)
    expect([table, await count(table)]).toEqual([table, left]);
  expect(await ids("select id from outdial.approvals order by id")).toEqual(["waits", "young"]);
  expect(await ids("select event_id from outdial.outbox order by id")).toEqual(["young", "waits", "dead-young"]);
  expect(await ids("select event_id from outdial.inbound_events order by id")).toEqual(["young", "waits", "aside-young"]);
  expect(await ids("select path from outdial.lake_files order by path")).toEqual(["live", "young"]);
  expect(await ids("select plan_hash from outdial.campaign_plans")).toEqual(["young"]);
  expect(await ids("select event_id from outdial.metric_readings")).toEqual(["young"]);
  expect(await ids("select id from outdial.known_campaigns order by place")).toEqual(["young", "there"]);
  expect(await ids("select subject from outdial.known_counts")).toEqual(["young"]);
  expect(await ids("select what, subject from outdial.tenant_readings order by 1, 2")).toEqual([
    "dialer ",
    "gate else",
    "gate there",
  ]);
  expect(await ids("select key from outdial.idempotency_keys")).toEqual(["young"]);
  expect(await ids("select key from outdial.attention")).toEqual(["young"]);
  expect(await ids("select id from outdial.replicas")).toEqual(["young"]);

  const told = Map.groupBy(await entries(), ({ subject }) => subject);
  const sums = [...told].map(([subject, some]) => [
    subject,
    some.reduce((sum, { details }) => sum + (details as { removed: number }).removed, 0),
  ]);
  expect(Object.fromEntries(sums)).toEqual({
    "outdial.job_items": 6000,
    "outdial.job_conflicts": 1,
    "outdial.job_chunks": 1,
    "outdial.jobs": 1,
    "outdial.approvals": 2,
    "outdial.outbox": 1,
    "outdial.outbox (dead letters)": 1,
    "outdial.inbound_events (put aside)": 1,
    "outdial.attempts": 1,
    "outdial.raw_outcomes": 1,
    "outdial.gate_manifests": 1,
  });
  expect((await entries()).find(({ subject }) => subject === "outdial.jobs")).toMatchObject({
    actor: "outdial",
    details: { removed: 1, before: new Date(world.clock.now() - 90 * DAY_MS).toISOString(), setting: "kept.jobs" },
  });
  const standing = await world.store.lives.list({ jobs: 30 * DAY_MS });
  expect(standing.find(({ name }) => name === "outdial.job_items")).toMatchObject({
    days: 30,
    kept: "30 days",
    removed: 6000,
    removedAt: world.clock.now(),
  });
  expect(standing.filter(({ name, removed }) => removable.includes(name) && removed === null)).toEqual([]);

  const before = (await entries()).length;
  await sweep();
  expect((await entries()).length).toBe(before);
  expect(await world.store.audit.verify()).toMatchObject({ ok: true });
});

test("jobs that somebody may still continue stay with all their rows, and those of settings and campaign files", async () => {
  for (const [n, [kind, status]] of [
    ["tag", "stopped"],
    ["tag", "failed"],
    ["tag", "running"],
    ["tag", "ready"],
    ["dialer-change", "done"],
    ["campaign-apply", "done"],
  ].entries()) {
    await sql(`${JOB} ('j${n}', '${kind}', 'c', 'f', 'h', '{}', 'ops', '${status}', @400d, @400d)`);
    await sql(
      `insert into outdial.job_items (job_id, line, result, attempts, finished_at) values ('j${n}', 1, 'tagged', 1, @400d)`,
    );
  }
  await sweep();
  expect([await count("jobs"), await count("job_items"), await entries()]).toEqual([6, 6, []]);
});

test("what periods retrievals read stays known when they are gone", async () => {
  const { retrievals } = world.store;
  const H = 3_600_000;
  const from = world.clock.now() - 100 * DAY_MS;
  for (const [n, [kind, campaign, codes, compared]] of [
    ["read", "c1", "null", "null"],
    ["read", "c1", "null", "null"],
    ["short", "c1", "null", `'[{"by":"lake","count":10,"share":1,"certain":true}]'`],
    ["read", "c1", "'{A,B}'", "null"],
    ["read", "c2", "null", "null"],
  ].entries()) {
    await sql(
      `${JOB} ('r${n}', 'retrieve', '${campaign}', 'vendor', '', '{}', 'ops', '${kind === "short" ? "partly_failed" : "done"}', @99d, @99d)`,
    );
    await sql(`insert into outdial.retrievals (job_id, campaign_id, from_ms, to_ms, page_limit, codes, calls, compared)
      values ('r${n}', '${campaign}', ${from + n * H}, ${from + (n + 1) * H}, 100, ${codes}, 3, ${compared})`);
    await sql(`insert into outdial.retrieval_windows (job_id, no, from_ms, to_ms, page_size, done, pages_ok, observed_upto)
      values ('r${n}', 0, ${from + n * H}, ${from + (n + 1) * H}, 100, true, 1, ${from + n})`);
  }
  const ask = async () => [
    await retrievals.held({ campaigns: undefined, from: from + H / 2, to: from + 9 * H }),
    await retrievals.held({ campaigns: ["c1"], from, to: from + 3 * H }),
    await retrievals.observedUpto("c1"),
    await retrievals.observedUpto("c3"),
  ];
  const clipped = (answers: Awaited<ReturnType<typeof ask>>) =>
    answers.map((one) =>
      typeof one === "number"
        ? one
        : one.reads.map((read) => ({ ...read, from: Math.max(read.from, from + H / 2), to: Math.min(read.to, from + 3 * H) })),
    );
  const before = clipped(await ask());
  await sweep();
  expect([await count("jobs"), await count("retrieval_windows"), await count("read_periods")]).toEqual([0, 0, 4]);
  expect(clipped(await ask())).toEqual(before);
  // A later retrieval joins what is known.
  await sql(`${JOB} ('r9', 'retrieve', 'c2', 'vendor', '', '{}', 'ops', 'done', @98d, @98d)`);
  await sql(
    `insert into outdial.retrievals (job_id, campaign_id, from_ms, to_ms, page_limit) values ('r9', 'c2', ${from + 5 * H}, ${from + 6 * H}, 100)`,
  );
  await sql(
    `insert into outdial.retrieval_windows (job_id, no, from_ms, to_ms, page_size, done) values ('r9', 0, ${from + 5 * H}, ${from + 6 * H}, 100, true)`,
  );
  await sweep();
  expect((await retrievals.held({ campaigns: ["c2"], from, to: from + DAY_MS })).reads).toEqual([
    { campaignId: "c2", codes: null, kind: "read", from: from + 4 * H, to: from + 6 * H + 1 },
  ]);
});

test("the database deletes no call record, outcome or manifest that is younger than five years, whatever asks for it", async () => {
  await client.query(`insert into outdial.attempts values (1, now() - interval '4 years', 'attempt', 's', 'c', 'x', null);
    insert into outdial.raw_outcomes values ('x', 'C', now() - interval '4 years', 1, 'c', null, now());
    insert into outdial.gate_manifests values ('x', 'c', now(), '{}', now() - interval '4 years');
    insert into outdial.suppressions (number, origin, code, reference, actor, recorded_at) values (1, 'list', 'list', '', 'ann', now() - interval '40 years')`);
  for (const table of ["attempts", "raw_outcomes", "gate_manifests"]) {
    await expect(client.query(`delete from outdial.${table}`)).rejects.toThrow("append-only");
    await client.query("begin");
    await client.query("select set_config('outdial.removes', $1, true)", [table]);
    await expect(client.query(`delete from outdial.${table}`)).rejects.toThrow("younger than five years");
    await client.query("rollback");
  }
  await client.query("begin");
  await client.query("select set_config('outdial.removes', 'suppressions', true)");
  await expect(client.query("delete from outdial.suppressions")).rejects.toThrow("append-only");
  await client.query("rollback");
});

test("of several processes one removes, again after an hour; at once, no row is counted twice", async () => {
  const other = await world.again();
  const fill = () =>
    sql(`insert into outdial.outbox (event_id, endpoint, subject, type, body, status, created_at, delivered_at)
      select 'e' || n, 'bi', 's', 'T', '{}', 'delivered', @9d, @8d from generate_series(1, 12000) n`);
  await fill();
  await Promise.all([world.store.lives.sweep({}, NONE), other.lives.sweep({}, NONE)]);
  const removed = async () => (await entries()).reduce((sum, { details }) => sum + (details as { removed: number }).removed, 0);
  expect([await count("outbox"), await removed()]).toEqual([0, 12_000]);
  await fill();
  await other.lives.sweep({}, NONE);
  expect(await count("outbox")).toBe(12_000);
  await sql("update outdial.removals set at = at - interval '61 minutes'");
  await other.lives.sweep({}, NONE);
  expect([await count("outbox"), await removed()]).toEqual([0, 24_000]);
  await fill();
  await Promise.all([sweep(), other.lives.sweep({}, NONE, { everyMs: 0 })]);
  expect([await count("outbox"), await removed()]).toEqual([0, 36_000]);
  expect(await world.store.audit.verify()).toMatchObject({ ok: true });
});

test("a removal that breaks off leaves whole batches with their entries, and goes on at the next turn", async () => {
  await sql(`insert into outdial.outbox (event_id, endpoint, subject, type, body, status, created_at, delivered_at)
    select 'e' || n, 'bi', 's', 'T', '{}', 'delivered', @9d, @8d from generate_series(1, 12000) n`);
  // The second batch is rolled back whole.
  await client.query(`create function outdial.break_off() returns trigger language plpgsql as $$ begin
      if (select count(*) from outdial.outbox) < 5000 then raise exception 'the disk is full'; end if; return null; end $$;
    create trigger break_off after delete on outdial.outbox for each statement execute function outdial.break_off()`);
  await expect(sweep()).rejects.toThrow("the disk is full");
  const told = async () => (await entries()).map(({ details }) => (details as { removed: number }).removed);
  expect([await count("outbox"), await told()]).toEqual([7_000, [5_000]]);
  await client.query("drop trigger break_off on outdial.outbox; drop function outdial.break_off");
  await sweep();
  expect([await count("outbox"), (await told()).reduce((sum, n) => sum + n, 0)]).toEqual([0, 12_000]);
});

test("outdial data lives says what is kept, as outdial.yaml has it; a time that is too short is refused with what is allowed", async () => {
  await sql(OLD_AND_YOUNG["outdial.outbox"] ?? "");
  await sweep();
  await using folder = await workFolder();
  const env = { DATABASE_URL: world.url };
  const cwd = folder.path;
  const run = (...args: string[]) => runCli(["data", "lives", ...args], { cwd, env });
  await writeFile(join(cwd, "outdial.yaml"), "kept: { jobs: 30d }\n");
  const { stdout } = await run("--json");
  const { items } = JSON.parse(stdout) as { items: Record<string, unknown>[] };
  const of = (name: string) => items.find((item) => item["name"] === name);
  expect(items.length).toBe(LIVES.length);
  expect(of("outdial.jobs")).toMatchObject({ days: 30, kept: "30 days", changed: "kept.jobs (7 to 3653 days)", removed: null });
  expect(of("outdial.outbox")).toMatchObject({ days: 7, removed: 1, removedAt: new Date(world.clock.now()).toISOString() });
  expect(of("outdial.suppressions")).toMatchObject({ days: null, by: "nobody", changed: "nobody" });
  expect((await run()).stdout).toMatch(/outdial\.jobs +30 days +the service, hourly/);
  await writeFile(join(cwd, "outdial.yaml"), "kept: { callRecords: 365d }\n");
  const refused = await run();
  expect([refused.code, refused.stderr]).toEqual([2, expect.stringMatching(/kept\.callRecords.*1827d to 18263d/s)]);
});

test("the audit log says with which hash rows were removed, of a job with all that goes with it; whoever kept the rows can compute it", async () => {
  await sql(`${JOB} ('r', 'retrieve', 'c', 'vendor', '', '{"at": "\\u0041"}', 'ops', 'done', @99d, @99d)`);
  await sql("insert into outdial.retrievals (job_id, campaign_id, from_ms, to_ms, page_limit) values ('r', 'c', 1, 2, 100)");
  await sql(
    "insert into outdial.retrieval_windows (job_id, no, from_ms, to_ms, page_size, done) values ('r', 0, 1, 2, 100, true), ('r', 1, 1, 2, 100, true)",
  );
  await sql("insert into outdial.crm_announcements values ('r', @98d)");
  await sql(`insert into outdial.outbox (event_id, endpoint, subject, type, body, status, created_at, delivered_at)
    select 'e' || n, 'bi', 's', 'T', repeat('é', n), 'delivered', @9d, @8d from generate_series(1, 9) n`);
  await sql("insert into outdial.delivery_attempts select id, @8d, 500, 'away' from outdial.outbox where event_id = 'e1'");
  await sql("set timezone to 'UTC'");
  const kept = async (tables: readonly string[]) => {
    const rows = tables.map(
      (table) => `select sha256(convert_to('${table} ' || row_to_json(t)::text, 'UTF8')) as h from outdial.${table} t`,
    );
    return (
      await ids(`select encode(sha256(string_agg(h, ''::bytea order by h)), 'hex') from (${rows.join(" union all ")}) r`)
    )[0];
  };
  const expected = {
    "outdial.jobs": await kept(["jobs", "retrievals", "retrieval_windows", "crm_announcements"]),
    "outdial.outbox": await kept(["outbox", "delivery_attempts"]),
  };
  await client.query("alter database " + new URL(world.url).pathname.slice(1) + " set timezone to 'Asia/Tokyo'");
  await (await world.again()).lives.sweep({}, NONE, { everyMs: 0 });
  const told = (await entries()).map(({ subject, details }) => [subject, (details as { hash: string }).hash]);
  expect(Object.fromEntries(told)).toEqual(expected);
});
