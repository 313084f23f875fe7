// outdial tag as a user meets it: a process, a file, a tenant on a socket, PostgreSQL.

import { readFile, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { join } from "node:path";
import pg from "pg";
import { afterEach, expect, test } from "vitest";
import { CAMPAIGN, callId, callsCsv, callsScenario } from "../../support/calls.ts";
import { type CliResult, runCli } from "../../support/cli.ts";
import { startSandbox } from "../../support/sandbox.ts";
import { type StartedWorld, startWorld } from "../../support/world.ts";

const HEADER = "call_id,disposition_code_id,reason_code_id,notes,tags\n";
let world: StartedWorld;

async function start(scenario: Record<string, unknown> = {}): Promise<void> {
  world = await startWorld({ sandbox: { scenario: callsScenario(300, scenario) } });
}

afterEach(() => world[Symbol.asyncDispose]());

const tag = (args: string[], input?: string) =>
  runCli(["tag", ...args, "--campaign", CAMPAIGN], {
    cwd: world.folder,
    env: world.environment,
    ...(input === undefined ? {} : { input }),
  });
const rowsOf = (result: CliResult) =>
  result.stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
const puts = () => world.sandbox.control.requests({ operation: "assignDisposition" }).length;

test("columns that have no field are named, the first of them where there are many", async () => {
  await start();
  const many = Array.from({ length: 50_000 }, (_, i) => `extra_${i}`);
  const csv = `call_id,disposition_code_id,${many.join(",")}\n${callId(1)},DISP_002${",".repeat(many.length)}\n`;
  const { code, stderr } = await tag(["-", "--dry-run"], csv);
  expect([code, stderr.split("\n")]).toEqual([
    0,
    expect.arrayContaining([expect.stringMatching(/^columns not used: extra_0, .*, extra_19 and 49,980 more$/)]),
  ]);
});

test("each row ends with its result, and a bad row never stops the good ones", async () => {
  await start({ calls: [{ id: "locked-1", campaignId: CAMPAIGN, startTime: "-1h", endTime: "-50m", locked: true }] });
  const csv = `${HEADER}${callId(1)},DISP_001,REASON_001,"a, note",a|b
${callId(2)},DISP_002,REASON_001,,
locked-1,DISP_002,,,
nobody,DISP_002,,,
${callId(3)},DIPS_002,,,
${callId(4)},DISP_002,,,
${callId(4)},DISP_002,,,
${callId(5)},DISP_002,,one,
${callId(5)},DISP_002,,two,
`;
  const result = await tag(["-", "--out", "-"], csv);
  expect(result.code).toBe(4);
  expect(rowsOf(result).map((row) => [row["line"], row["result"]])).toEqual([
    [2, "tagged"],
    [3, "refused"],
    [4, "locked"],
    [5, "not_found"],
    [6, "refused"],
    [7, "tagged"],
    [8, "duplicate"],
    [9, "refused"],
    [10, "refused"],
  ]);
  expect(rowsOf(result)[2]).toMatchObject({
    callId: "locked-1",
    statusCode: 409,
    callStatus: "completed",
    attempts: 1,
    latencyMs: expect.any(Number),
  });
  expect(result.stderr).toMatch(/locked: 1 row · 1 attempt · p50 .* ms · p95 .* ms · max .* ms\n/);
  expect(String(rowsOf(result)[4]?.["reason"])).toContain("did you mean DISP_002?");
  expect(world.sandbox.control.call(callId(1))?.disposition).toMatchObject({
    dispositionCodeId: "DISP_001",
    reasonCodeId: "REASON_001",
    notes: "a, note",
    tag: ["a", "b"],
  });
  const audit = await runCli(["audit", "list", "--subject", "locked-1", "--json"], { cwd: world.folder, env: world.environment });
  expect((JSON.parse(audit.stdout) as { items: object[] }).items.at(-1)).toMatchObject({
    action: "disposition.assign",
    subject: "locked-1",
    details: { result: "locked", attempts: 1, latencyMs: expect.any(Number) },
  });
});

test("a dry run checks the whole file and sends nothing", async () => {
  await start();
  const result = await tag(
    ["-", "--dry-run", "--out", "-"],
    `${HEADER}${callId(1)},DISP_001,REASON_001,,\n${callId(2)},DISP_009,,,\n`,
  );
  expect(result.code).toBe(4);
  expect(rowsOf(result)).toMatchObject([{ line: 3, callId: callId(2) }]);
  expect(result.stderr).toContain("2 rows: 1 to send, 1 refused");
  expect(puts()).toBe(0);
});

test("a file that was run before is recognised, and --again runs it once more", async () => {
  await start();
  await writeFile(join(world.folder, "calls.csv"), callsCsv(20));
  const first = await tag(["calls.csv"]);
  expect(first.code).toBe(0);
  const second = await tag(["calls.csv"]);
  expect(second.stderr).toContain("was run before");
  expect(second.stdout).toBe(first.stdout);
  expect(puts()).toBe(20);
  const piped = await tag(["-"], callsCsv(20));
  expect(piped.stdout).toBe(first.stdout);
  const third = await tag(["calls.csv", "--again", "--json"]);
  expect((JSON.parse(third.stdout) as { job: { counts: unknown } }).job.counts).toMatchObject({ unchanged: 20 });
  expect(puts()).toBe(40);
});

test("a missing scope stops the job at once and names the scope; with the scope the same command goes on", async () => {
  const scopes = ["outbound:campaign:read"];
  await start({ clients: [{ id: "poor", secret: "s3cret-of-poor", scopes }] });
  await writeFile(join(world.folder, "calls.csv"), callsCsv(200));
  const result = await tag(["calls.csv", "--concurrency", "4"]);
  expect(result.code).toBe(5);
  expect(result.stderr).toContain("outbound:calls:disposition:update");
  expect(puts()).toBeLessThanOrEqual(8);
  await using granted = await startSandbox({ scenario: callsScenario(300) });
  const resumed = await world.run(["tag", "calls.csv", "--campaign", CAMPAIGN], {
    env: {
      ...world.environment,
      OUTDIAL_TENANT_URL: granted.url,
      CXONE_CLIENT_ID: granted.clientId,
      CXONE_CLIENT_SECRET: granted.clientSecret,
    },
  });
  expect(resumed.stderr).toContain("and is continued");
  expect(resumed.code).toBe(0);
});

test("a 400 of the tenant refuses its row with the tenant's words", async () => {
  await start();
  world.sandbox.control.faults.add({
    match: { operation: "assignDisposition" },
    after: 10,
    effect: { status: 400, body: { error: { code: "x", message: "the tenant's own reason" } } },
    times: 1,
  });
  const result = await tag(["-", "--out", "-"], callsCsv(100));
  expect(result.code).toBe(4);
  expect(rowsOf(result).filter((row) => row["result"] === "refused")).toMatchObject([
    { statusCode: 400, reason: "the tenant's own reason" },
  ]);
});

test.each([
  ["answers 503", { status: 503, headers: { "retry-after": null } }],
  ["breaks every connection", { reset: true }],
])("a tenant that %s stops the job as unavailable, and the same command ends it later", async (_name, effect) => {
  await start();
  await world.configure("tenant: { retry: { baseDelay: 10ms } }\n");
  await writeFile(join(world.folder, "calls.csv"), callsCsv(300));
  world.sandbox.control.faults.add({ match: { operation: "assignDisposition" }, after: 50, effect });
  const away = await tag(["calls.csv", "--concurrency", "10"]);
  expect(away.code).toBe(6);
  expect(away.stderr).toContain("the tenant did not answer 20 calls in a row");
  world.sandbox.control.faults.clear();
  const later = await tag(["calls.csv", "--json"]);
  expect(later.code).toBe(0);
  expect((JSON.parse(later.stdout) as { job: { counts: unknown } }).job.counts).toEqual({ tagged: 300 });
});

test.each([
  [["missing.csv"], undefined, 2, "cannot read missing.csv"],
  [["-"], "", 2, "the input is empty"],
  [["-"], "a,b\n1,2\n", 2, "no column call_id"],
  [["-", "--column", "cal_id=x"], HEADER, 2, "did you mean call_id?"],
  [["-", "--format", "xml"], HEADER, 2, "--format xml is not one of csv, ndjson"],
] as const)("bad use is told apart and says what is allowed: %j", async (args, input, code, message) => {
  await start();
  const result = await tag([...args], input);
  expect(result.code).toBe(code);
  expect(result.stderr).toContain(message);
  expect(result.stdout).toBe("");
});

test("an unknown campaign and wrong credentials say so", async () => {
  await start();
  const unknown = await runCli(["tag", "-", "--campaign", "nowhere"], {
    cwd: world.folder,
    env: world.environment,
    input: callsCsv(1),
  });
  expect(unknown.code).toBe(1);
  expect(unknown.stderr).toContain("nowhere");
  const wrong = await runCli(["tag", "-", "--campaign", CAMPAIGN], {
    cwd: world.folder,
    env: { ...world.environment, CXONE_CLIENT_SECRET: "wrong" },
    input: callsCsv(1),
  });
  expect(wrong.code).toBe(5);
});

test("the client secret and the token appear nowhere: not in output, ledger, audit, outbox or journal", async () => {
  const marker = "CANARY-7f3a9c";
  await start({
    clients: [
      {
        id: "canary",
        secret: `${marker}-secret`,
        scopes: ["outbound:campaign:read", "outbound:calls:disposition:update", "outbound:calls:read"],
      },
    ],
  });
  const received: string[] = [];
  const receiver: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      received.push(JSON.stringify(request.headers) + Buffer.concat(chunks).toString());
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
  const address = receiver.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  // The tenant echoes what it was sent, as careless servers do: in an error body and in a header.
  const tokens: string[] = [];
  const catchToken = await fetch(`${world.url}/oauth/token`, {
    method: "POST",
    headers: {
      authorization: `Basic ${Buffer.from(`canary:${marker}-secret`).toString("base64")}`,
      "content-type": "application/x-www-form-urlencoded",
    },
    body: "grant_type=client_credentials",
  });
  tokens.push(((await catchToken.json()) as { access_token: string }).access_token);
  world.sandbox.control.faults.add({
    match: { operation: "assignDisposition" },
    times: 3,
    effect: { status: 400, body: { error: { code: "echo", message: `secret ${marker}-secret was refused` } } },
  });
  const secretEnv = {
    ...world.environment,
    OUTDIAL_BI_URL: `http://127.0.0.1:${port}/`,
    OUTDIAL_BI_SECRET: `whsec_${Buffer.from(`${marker}-signing-key-of-bi`).toString("base64")}`,
    OUTDIAL_DEBUG: "1",
  };
  const result = await runCli(["tag", "-", "--campaign", CAMPAIGN, "--out", "-", "--json"], {
    cwd: world.folder,
    env: secretEnv,
    input: callsCsv(30),
  });
  expect(received.length).toBe(27);
  const client = new pg.Client({ connectionString: world.databaseUrl });
  await client.connect();
  const tables = await client.query<{ name: string }>(
    "select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname in ('outdial', 'dbos')",
  );
  let stored = "";
  for (const { name } of tables.rows) stored += JSON.stringify((await client.query(`select t::text from ${name} t`)).rows);
  await client.end();
  receiver.close();
  expect(stored.length).toBeGreaterThan(5000);
  const journal = JSON.stringify(world.sandbox.control.requests({}));
  const signing = Buffer.from(`${marker}-signing-key-of-bi`).toString("base64");
  for (const [where, text] of Object.entries({
    output: result.stdout + result.stderr,
    events: received.join("\n"),
    database: stored,
    journal,
  })) {
    for (const secret of [`${marker}-secret`, signing, ...tokens])
      expect(text.includes(secret), `${where} holds a secret`).toBe(false);
    expect(/Bearer [A-Za-z0-9._-]{16,}/.test(text), `${where} holds a bearer token`).toBe(false);
  }
  expect(await readFile(join(world.folder, ".outdial", "audit.pub"), "utf8")).toContain("outdial");
});
