// `outdial data erase`: a person who is in every place is found in none afterwards, by a search over all bytes that is written without the product's own, but
// where a duty holds; nothing of others is touched, and every proof of everything else holds.

import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import pg from "pg";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createRandom } from "../../../src/kernel/index.ts";
import { ComplianceHash, openLake } from "../../../src/outcomes/index.ts";
import { verifyProof } from "../../../src/store/index.ts";
import { runCli, workFolder } from "../../support/cli.ts";
import { openTestStore, type TestStore } from "../../support/store.ts";

const NUMBER = "+12125550123";
const OTHER = "+12125550124";
const FORMS = [
  "+12125550123",
  "12125550123",
  "2125550123",
  "(212) 555-0123",
  "+1 212 555 0123",
  "212.555.0123",
  "1-212-555-0123",
];

let world: TestStore;
let client: pg.Client;
let folder: Awaited<ReturnType<typeof workFolder>>;
let dir: string;
beforeEach(async () => {
  world = await openTestStore();
  client = new pg.Client({ connectionString: world.url });
  await client.connect();
  folder = await workFolder();
  dir = join(folder.path, ".outdial");
  await mkdir(dir, { recursive: true });
  await writeFile(join(dir, "audit.key"), await readFile(join(world.dir, "audit.key")));
});
afterEach(async () => {
  await client.end();
  await world.dispose();
  await folder[Symbol.asyncDispose]();
});

const cli = (...args: string[]) => runCli(args, { cwd: folder.path, env: { DATABASE_URL: world.url, OUTDIAL_DIR: dir } });
const erase = (number = NUMBER) => cli("data", "erase", number, "--reason", `asked for it; ${number}`, "--yes", "--json");
const lakeOf = () =>
  openLake({
    root: join(dir, "lake"),
    catalog: world.store.lakeFiles,
    random: createRandom("erase", "lake"),
    now: () => world.clock.now(),
  });

/** Whether the digits of a number stand in bytes, whatever but letters and digits stands between them. Says nothing of how the product looks. */
function hasDigits(bytes: string, number: string): boolean {
  const national = number.slice(2);
  // Escapes of JSON and of URLs have digits of their own.
  const plain = bytes.replaceAll(/\\u[0-9a-f]{4}|%[0-9A-F]{2}/gi, " ").replaceAll(/[^A-Za-z0-9\n"',{}:;\0]/g, "");
  for (let at = plain.indexOf(national); at >= 0; at = plain.indexOf(national, at + 1)) {
    const [before, behind] = [plain.slice(0, at).replace(/^.*[^0-9]/s, ""), plain[at + national.length] ?? ""];
    if (!/[0-9]/.test(behind) && /^(00)?1?$/.test(before)) return true;
  }
  return false;
}

/** Every column of every row of the database as text, each table by itself. */
async function tablesWith(number: string): Promise<string[]> {
  const { rows: tables } = await client.query<{ name: string }>(
    "select format('%I.%I', nspname, relname) as name from pg_class c join pg_namespace n on n.oid = relnamespace where relkind = 'r' and nspname in ('outdial', 'dbos') order by 1",
  );
  const found: string[] = [];
  for (const { name } of tables) {
    const { rows } = await client.query<{ row: string }>(`select row_to_json(t)::text as row from ${name} t`);
    if (rows.some(({ row }) => hasDigits(row, number))) found.push(name);
  }
  return found;
}

/** Every byte of the folder, and every cell of its Parquet files. */
async function filesWith(number: string): Promise<string[]> {
  const found: string[] = [];
  const duck = await (await DuckDBInstance.create(":memory:")).connect();
  for (const entry of await readdir(dir, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const cells = path.endsWith(".parquet")
      ? JSON.stringify(
          await (await duck.run(`select * from read_parquet('${path}', hive_partitioning = false)`)).getRowObjectsJson(),
        )
      : "";
    if (hasDigits((await readFile(path, "latin1")) + cells, number)) found.push(path.slice(dir.length + 1));
  }
  duck.closeSync();
  return found;
}

/** Puts somebody into every table of the schema that has a place for it, into the lake and into the folder. */
async function everywhere(number: string, tag: string, forms: readonly string[]): Promise<void> {
  const digits = number.slice(1);
  const at = "now()";
  for (const [n, form] of forms.entries())
    await client.query(
      `insert into outdial.jobs (id, kind, source_name, content_hash, options, actor, status, created_at, finished_at, error)
       values ($1, 'tag', $2, 'h', $3, 'ops', 'done', ${at}, ${at}, $4)`,
      [
        `${tag}-${n}`,
        `calls of ${form}.csv`,
        JSON.stringify({ only: form, n: Number(digits) }),
        JSON.stringify({ message: `no ${form}` }),
      ],
    );
  const call = `call-${tag}`;
  await client.query(`insert into outdial.attempts values (${digits}, ${at}, 'attempt', 's', 'c', '${call}', null)`);
  await client.query(`insert into outdial.raw_outcomes values ('${call}', '900', ${at}, ${digits}, 'c', 'stop', ${at})`);
  await client.query(`insert into outdial.gate_manifests values ('m-${tag}', 'c', ${at}, $1, ${at})`, [
    JSON.stringify({ said: number }),
  ]);
  const payload = JSON.stringify([
    [1, call, "101", "camp", "Mrs Smith said secret-of-" + tag, ""],
    [2, "call-else", "101", "camp", `told by ${forms[3] ?? number}`, ""],
    [3, "call-third", "101", "camp", "a note of somebody else", ""],
  ]);
  await client.query(
    "insert into outdial.job_chunks (job_id, chunk_no, first_line, last_line, payload, done) values ($1, 0, 1, 3, $2, true)",
    [`${tag}-0`, payload],
  );
  await client.query(
    `insert into outdial.job_items (job_id, line, call_id, result, reason, attempts, finished_at, vendor_body) values
       ($1, 1, $2, 'tagged', null, 1, ${at}, $3), ($1, 2, 'call-else', 'refused', $4, 1, ${at}, null)`,
    [`${tag}-0`, call, `{"name":"secret-of-${tag}"}`, `${number} is no call`],
  );
  await client.query(`insert into outdial.interaction_changes values ($1, 1, $2, 't', $3, $3, ${at}, $3)`, [
    `${tag}-1`,
    call,
    JSON.stringify([{ code: "101", description: `secret-of-${tag}`, agent_id: "a" }]),
  ]);
  await client.query(
    `insert into outdial.outbox (event_id, endpoint, subject, type, body, status, created_at, last_error) values
       ('e-${tag}', 'bi', $1, 'T', $2, 'pending', ${at}, $3), ('d-${tag}', 'bi', $4, 'T', $5, 'delivered', ${at}, null)`,
    [
      call,
      JSON.stringify({ data: { call, notes: `secret-of-${tag}` } }),
      `refused ${number}`,
      number,
      JSON.stringify({ data: { number: Number(digits) } }),
    ],
  );
  await client.query(
    `insert into outdial.delivery_attempts select id, ${at}, 500, $1 from outdial.outbox where event_id = 'e-${tag}'`,
    [`not for ${number}`],
  );
  await client.query(
    `insert into outdial.inbound_events (channel, event_id, type, occurred_at, received_at, body, status, settled_at) values
       ('dialer', 'i-${tag}', 'x', ${at}, ${at}, $1, 'done', ${at}), ('dialer', 'j-${tag}', 'x', ${at}, ${at}, $2, 'aside', ${at})`,
    [`{"ani":"${number}","name":"secret-of-${tag}"}`, `{"contact":"${call}","name":"secret-of-${tag}"}`],
  );
  await client.query(
    `insert into outdial.approvals (id, operation, summary, confirm, request, requested_by, requested_at, expires_at, state, plan)
     values ('a-${tag}', 'suppressions.lift', 's', 'c', $1, 'ann', ${at}, ${at}, 'rejected', $2)`,
    [JSON.stringify({ body: { number } }), JSON.stringify({ preview: [number, Number(digits)] })],
  );
  await client.query(
    `insert into outdial.idempotency_keys (principal, key, request_hash, status, body, created_at, locked_until) values ('ann', 'k-${tag}', '', 200, $1, ${at}, ${at})`,
    [`{"number":"${number}"}`],
  );
  await client.query(`insert into outdial.attention (key, note, updated_at) values ('k-${tag}', $1, ${at})`, [
    `call back ${forms[4] ?? number}`,
  ]);
  await client.query(`insert into outdial.line_types values (${digits}, 'mobile', current_date)`);
  await client.query(`insert into outdial.disconnections values (${digits}, current_date)`);
  await client.query(`insert into outdial.relationships values (${digits}, 'inquiry', current_date)`);
  await client.query(`insert into outdial.reassigned_queries values (${digits}, current_date)`);
  await client.query(
    `insert into outdial.fact_imports (id, kind, source_name, actor, started_at, finished_at) values ('imp-${tag}', 'consent', $1, 'ann', ${at}, ${at})`,
    [`${digits}.csv`],
  );
  await client.query(
    `insert into outdial.state_changes (campaign_id, target, actor, reason, at) values ('c', 'paused', 'ann', $1, ${at})`,
    [`${number} complained`],
  );
  await client.query(
    `insert into outdial.stops (id, actor, reason, created_at, ended_at) values ('stop-${tag}', 'ann', $1, ${at}, ${at})`,
    [`${forms[5] ?? number} complained`],
  );
  await client.query(`insert into outdial.told_dials values ('c-${tag}', current_date, '{}', array[$1, 'list'], '{}', ${at})`, [
    `list of ${number}`,
  ]);
  await client.query("create schema if not exists dbos");
  await client.query(
    "create table if not exists dbos.workflow_status (workflow_uuid text primary key, inputs text, output text)",
  );
  await client.query("insert into dbos.workflow_status (workflow_uuid, inputs, output) values ($1, $2, $3)", [
    `w-${tag}`,
    JSON.stringify(JSON.stringify({ number: Number(digits) })),
    `[{"number":"${number.slice(0, 2)} (${number.slice(2, 5)})\\u00a0${number.slice(5, 8)}-${number.slice(8)}"}]`,
  ]);
  await world.store.facts.addRevocations(
    [{ number: Number(digits), revokedAt: world.clock.now(), reference: `ticket-${tag}`, channel: "call" }],
    { actor: "ann" },
  );
  await world.store.audit.append([
    { actor: "ann", action: "note", subject: `s-${tag}`, details: { said: `${forms[2] ?? number} is home`, n: Number(digits) } },
    { actor: "ann", action: "dnc.add", subject: number, details: { name: `secret-of-${tag}` } },
    { actor: "ann", action: "disposition.assign", subject: call, details: { code: "101" } },
  ]);
  const lake = lakeOf();
  const record = {
    campaignId: "c",
    dispositionCode: "101",
    startTime: 1,
    endTime: 2,
    durationSeconds: 0.001,
    direction: "OUTBOUND",
    observedAt: 3,
    runId: `r-${tag}`,
  };
  const files = await lake.write(
    [
      { ...record, callId: call, contactId: `contact-${tag}`, raw: `{"name":"secret-of-${tag}"}` },
      { ...record, callId: `x-${tag}`, raw: `{"phone":"${number.slice(2)}","n":${digits}}` },
      { ...record, callId: `y-${tag}`, contactId: digits },
    ],
    `n-${tag}`,
  );
  const aside = await lake.quarantine(
    [
      {
        campaignId: "c",
        reason: "bad",
        detail: `phone ${number}`,
        callId: "q",
        row: `{"phone":"${number}"}`,
        observedAt: 3,
        runId: `r-${tag}`,
      },
    ],
    `q-${tag}`,
  );
  await world.store.lakeFiles.replace([], [...files, ...aside]);
  await lake.close();
  await mkdir(join(dir, "stops"), { recursive: true });
  await writeFile(join(dir, "stops", `${tag}.ndjson`), `{"reason":"${number} was called twice","b":"${forms[3] ?? number}"}\n`);
}

/** Where a duty holds. */
const HELD = [
  "outdial.attempts",
  "outdial.disconnections",
  "outdial.gate_manifests",
  "outdial.raw_outcomes",
  "outdial.reassigned_queries",
  "outdial.relationships",
  "outdial.revocations",
  "outdial.suppressions",
];

async function digestsOf(run: string): Promise<string> {
  const lake = lakeOf();
  const digests: Buffer[] = [];
  for await (const some of lake.digests({ runId: run })) digests.push(Buffer.from(some));
  await lake.close();
  return Buffer.concat(digests).toString("hex");
}

/** A retrieval that brought these digests. */
async function retrieved(id: string, digests: string): Promise<void> {
  const fold = new ComplianceHash();
  for (let at = 0; at < digests.length; at += 64) fold.add(digests.slice(at, at + 64));
  await client.query(
    "insert into outdial.jobs (id, kind, source_name, content_hash, options, actor, status, created_at, finished_at) values ($1, 'retrieve', '', '', '{}', 'ops', 'done', now(), now())",
    [id],
  );
  await client.query(
    "insert into outdial.retrievals (job_id, campaign_id, from_ms, to_ms, page_limit, calls, compliance_hash) values ($1, 'c', 0, 10, 100, $2, $3)",
    [id, fold.count, fold.digest()],
  );
}

test("somebody who is everywhere is nowhere afterwards, but where a duty holds; somebody else is everywhere as before, and each proof holds", async () => {
  await everywhere(NUMBER, "own", FORMS);
  await everywhere(OTHER, "other", [OTHER, OTHER, OTHER, "(212) 555-0124", OTHER, "212.555.0124"]);
  const before = { tables: await tablesWith(OTHER), files: await filesWith(OTHER), own: await tablesWith(NUMBER) };
  expect(before.own.length).toBeGreaterThanOrEqual(24);
  const digests = await digestsOf("r-own");
  await retrieved("r-own", digests);
  const verified = async () =>
    (JSON.parse((await cli("outcomes", "verify", "r-own", "--json")).stdout) as { items: object[] }).items[0];
  const whole = await verified();
  expect(whole).toMatchObject({ damaged: { count: 0 }, erased: 0, calls: 3, expected: 3 });
  const { audit } = world.store;
  const entries = await audit.list({ limit: 100 });
  const others = entries.filter(({ subject }) => /other|0124/.test(subject));
  const proofs = await Promise.all(others.map(({ seq }) => audit.proof(seq)));

  const { code, stdout, stderr } = await erase();
  expect([code, stderr]).toEqual([0, expect.any(String)]);
  const answer = JSON.parse(stdout) as { id: string; left: { name: string; held: boolean }[]; erased: { name: string }[] };
  expect(hasDigits(stdout + stderr, NUMBER)).toBe(false);

  expect(await tablesWith(NUMBER)).toEqual(HELD);
  expect(await filesWith(NUMBER)).toEqual([]);
  // What was noted of the calls is gone with it; nothing that was the other's is.
  const all = JSON.stringify([
    (
      await client.query(
        "select row_to_json(t)::text from outdial.job_chunks t union all select row_to_json(t)::text from outdial.job_items t union all select row_to_json(t)::text from outdial.outbox t union all select row_to_json(t)::text from outdial.interaction_changes t union all select row_to_json(t)::text from outdial.inbound_events t union all select row_to_json(t)::text from outdial.audit t",
      )
    ).rows,
  ]);
  expect(all).not.toContain("secret-of-own");
  expect(all.split("secret-of-other").length).toBeGreaterThan(7);
  expect(all).toContain("a note of somebody else");
  expect({ tables: await tablesWith(OTHER), files: (await filesWith(OTHER)).length }).toEqual({
    tables: before.tables,
    files: before.files.length,
  });

  // What it says is left is what is left.
  expect(answer.left.map(({ name }) => name)).toEqual(expect.arrayContaining(HELD));
  expect((await audit.list({ action: "data.erase" })).map(({ subject, details }) => [subject, details])).toEqual([
    [
      answer.id,
      {
        reason: `asked for it; ${answer.id}`,
        erased: expect.arrayContaining([{ name: "lake", rows: 4, left: expect.stringMatching(/^[0-9a-f]{64}$/) }]),
        held: expect.arrayContaining([
          expect.objectContaining({ name: "outdial.suppressions", why: expect.stringContaining("could be called again") }),
        ]),
      },
    ],
  ]);

  // Proofs of before and of now, the log, and what the retrieval brought.
  expect(await audit.verify()).toMatchObject({ ok: true });
  for (const proof of [...proofs, ...(await Promise.all(others.map(({ seq }) => audit.proof(seq))))])
    expect(verifyProof(proof, audit.vkey)).toMatchObject({ ok: true });
  expect(await digestsOf("r-own")).toBe(digests);
  expect(await verified()).toEqual({ ...whole, erased: 3 });
  const lake = lakeOf();
  expect(
    await lake.query("select call_id, contact_id, raw from calls where call_id in ('call-own', 'x-own', 'y-own') order by 1"),
  ).toEqual([
    { call_id: "call-own", contact_id: null, raw: '{"erased":true}' },
    { call_id: "x-own", contact_id: null, raw: '{"erased":true}' },
    { call_id: "y-own", contact_id: null, raw: '{"erased":true}' },
  ]);
  await lake.close();
  for (const entry of await readdir(join(dir, "lake"), { recursive: true, withFileTypes: true }))
    if (entry.isFile()) expect((await stat(join(entry.parentPath, entry.name))).mode & 0o777).toBe(0o600);

  // Once more does nothing, and is told as another erasure.
  const again = JSON.parse((await erase()).stdout) as { id: string; erased: unknown[] };
  expect([again.erased, again.id === answer.id]).toEqual([[], false]);
});

const JOB = "insert into outdial.jobs (id, kind, source_name, content_hash, options, actor, status, created_at) values";

test.each(["planning", "ready", "running", "stopped", "failed"])(
  "a job that is %s and has the person's row, or one of a call, is named, and nothing is erased",
  async (status) => {
    await client.query("insert into outdial.attempts values (12125550123, now(), 'attempt', 's', 'c', 'call-own', null)");
    await client.query("insert into outdial.attention (key, note, updated_at) values ('k', $1, now())", [NUMBER]);
    for (const [id, payload] of [
      ["job_number", `[[1,"x","101","call ${NUMBER}",""]]`],
      ["job_call", '[[1,"call-own","101","c",""]]'],
      ["job_else", '[[1,"call-own-2","101","c",""]]'],
    ] as const) {
      await client.query(`${JOB} ($1, 'tag', 'f', 'h', '{}', 'ops', $2, now())`, [id, status]);
      await client.query(
        "insert into outdial.job_chunks (job_id, chunk_no, first_line, last_line, payload) values ($1, 0, 1, 1, $2)",
        [id, payload],
      );
    }
    const refused = await erase();
    expect([refused.code, refused.stdout]).toEqual([
      3,
      expect.stringContaining("jobs that have not ended: job_call, job_number;"),
    ]);
    expect((await client.query("select note from outdial.attention")).rows).toEqual([{ note: NUMBER }]);
    expect((await client.query("select from outdial.erasures")).rows).toEqual([]);
    await client.query("update outdial.jobs set status = 'cancelled', finished_at = now() where id <> 'job_else'");
    expect(await erase()).toMatchObject({ code: 0 });
    expect((await client.query("select job_id, payload from outdial.job_chunks order by 1")).rows).toEqual([
      { job_id: "job_call", payload: '[[1,"call-own","101",[]]]' },
      { job_id: "job_else", payload: '[[1,"call-own-2","101","c",""]]' },
      { job_id: "job_number", payload: expect.stringMatching(/^\[\[1,"x","101","call erased-[a-z]{14}",""\]\]$/) },
    ]);
  },
);

test("the database lets nothing else be removed: not without an erasure, not of others, nothing changed, and no other table", async () => {
  await client.query(
    "insert into outdial.line_types values (12125550123, 'mobile', current_date), (12125550124, 'mobile', current_date)",
  );
  await client.query("insert into outdial.attempts values (12125550123, now(), 'attempt', 's', 'c', '', null)");
  const attempt = async (sql: string, number = "12125550123") => {
    await client.query("begin");
    await client.query("select set_config('outdial.erases', $1, true)", [number]);
    const result = await client.query(sql).then(
      ({ rowCount }) => rowCount,
      (thrown: Error) => thrown.message,
    );
    await client.query("rollback");
    return result;
  };
  const own = "delete from outdial.line_types where number = 12125550123";
  await expect(client.query(own)).rejects.toThrow("append-only");
  // Only while an erasure is under way.
  expect(await attempt(own)).toMatch(/append-only/);
  await client.query("insert into outdial.erasures (id, sealed, actor, reason, begun_at) values ('e', '', 'a', 'r', now())");
  expect(await attempt(own)).toBe(1);
  await expect(client.query(own)).rejects.toThrow("append-only");
  for (const sql of [
    "delete from outdial.line_types",
    "delete from outdial.line_types where number = 12125550124",
    "update outdial.line_types set line_type = 'landline'",
    "truncate outdial.line_types",
    "delete from outdial.attempts where number = 12125550123",
    "delete from outdial.disconnections",
    "delete from outdial.suppressions",
    "delete from outdial.consents",
  ])
    expect([sql, await attempt(sql)]).toEqual([sql, expect.stringMatching(/append-only/)]);
  expect(await attempt("delete from outdial.line_types", "")).toMatch(/append-only/);
});

test("when the list of erasures cannot be kept, nothing is erased", async () => {
  await client.query("insert into outdial.attention (key, note, updated_at) values ('k', $1, now())", [NUMBER]);
  await writeFile(join(folder.path, "outdial.yaml"), `audit: { heads: [{ folder: ${join(folder.path, "away")} }] }\n`);
  const refused = await erase();
  expect([refused.code === 0, refused.stdout]).toEqual([false, expect.stringContaining("the list of erasures at")]);
  expect((await client.query("select note from outdial.attention")).rows).toEqual([{ note: NUMBER }]);
});

test("a person of more calls than one look has ids for is erased with all of them", async () => {
  await client.query(
    "insert into outdial.attempts select 12125550123, now() - n * interval '1 minute', 'attempt', 's', 'c', 'call-' || n, null from generate_series(1, 450) n",
  );
  await client.query(`${JOB} ('j', 'tag', 'f', 'h', '{}', 'ops', 'done', now())`);
  await client.query(
    `insert into outdial.job_items (job_id, line, call_id, result, attempts, finished_at, vendor_body)
     select 'j', n, 'call-' || n, 'tagged', 1, now(), '{"name":"Mrs Smith"}' from generate_series(1, 460) n`,
  );
  expect(await erase()).toMatchObject({ code: 0 });
  const { rows } = await client.query("select line from outdial.job_items where vendor_body is not null order by line");
  expect(rows.map(({ line }: { line: number }) => line)).toEqual([451, 452, 453, 454, 455, 456, 457, 458, 459, 460]);
});
