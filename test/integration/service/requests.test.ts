// Every operation of the API under requests that its description does not foresee: never a failure of the service, and no answer but a documented one.

import { readdir } from "node:fs/promises";
import { request } from "node:http";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Documented, documentedBy, shown, TWO_CAMPAIGNS } from "../../support/documented.ts";
import { seeded } from "../../support/scale.ts";
import { type StartedService, startService } from "../../support/service.ts";

/** No index takes it, and it cannot be made shorter. */
const LONG = String.fromCharCode(...Array.from({ length: 3000 }, (_, i) => 0x4e00 + ((i * 7919) % 20_000)));

let at: StartedService;
let answers: Documented;
beforeAll(async () => {
  at = await startService(TWO_CAMPAIGNS);
  answers = await documentedBy(at);
});
afterAll(() => at[Symbol.asyncDispose]());

test.each<[method: string, path: string, body: string | undefined, status: number, field?: string]>([
  ["GET", "/jobs?kind=nope", undefined, 400, "query.kind"],
  ["GET", "/jobs/%00", undefined, 400, "path.id"],
  ["GET", "/campaigns/a%00b", undefined, 400, "path.id"],
  ["GET", "/audit?actor=%00", undefined, 400, "query.actor"],
  ["GET", "/audit?%00=1", undefined, 400, "query.\u{fffd}"],
  ["GET", `/audit?actor=${"x".repeat(2001)}`, undefined, 400, "query.actor"],
  ["GET", "/audit?from=9999-12-31T23:59:59Z", undefined, 400, "query.from"],
  ["POST", "/suppressions", '{"number":"+12125550101","reason":"a\\u0000b"}', 400, "body.reason"],
  ["POST", "/suppressions", '{"number":"+12125550101","reason":"a\\ud800b"}', 400, "body.reason"],
  ["POST", "/compliance/check", '{"questions":[{},{"a\\u0000":1}]}', 400, "body.questions[1].a\u{fffd}"],
  ["POST", "/compliance/check", '{"questions":[{"a":1e999}]}', 400, "body.questions[0].a"],
  ["POST", "/simulate", `{"scenario":${'{"a":'.repeat(8000)}1${"}".repeat(8000)}}`, 400],
  ["POST", "/simulate", `{"scenario":{"a":${"[".repeat(8000)}${"]".repeat(8000)}}}`, 400],
  ["POST", "/outcomes/retrievals/preview", '{"campaignId":"first","lastHours":0.3333333333}', 200],
  ["POST", "/outcomes/retrievals", '{"campaignId":"first","lastHours":0.3333333333}', 202],
  ["PUT", "/outcomes/schedules/first", '{"everyMinutes":1.00001,"overlapMinutes":0.3333333333,"firstHours":0.3333333333}', 200],
  ["PUT", "/outcomes/schedules", '{"campaigns":["first","second"],"everyMinutes":30,"staggerMinutes":10}', 200],
  ["PUT", "/outcomes/schedules", '{"campaigns":["first","second"],"everyMinutes":30,"staggerMinutes":30}', 400],
  ["PUT", "/outcomes/schedules", '{"campaigns":[],"everyMinutes":30}', 400, "body.campaigns"],
  ["PUT", "/outcomes/schedules", `{"campaigns":["x","${LONG}"],"everyMinutes":30}`, 400, "body.campaigns[1]"],
  ["POST", "/dialer/simulate", '{"file":{"name":"x"}}', 400],
  ["POST", "/dialer/simulate", '{"file":{},"minutes":0}', 400, "body.minutes"],
  ["POST", "/dialer/validate", '{"file":{},"checks":["tcpa"]}', 400, "body.checks[0]"],
  ["GET", "/dialer/versions/2147483648", undefined, 400, "path.version"],
  ["POST", "/dialer/versions/2147483648/resume", undefined, 400, "path.version"],
  ["GET", "/dialer/versions?cursor=2147483648", undefined, 400],
  ["POST", "/dialer/rollback/preview", '{"version":2147483648}', 400, "body.version"],
  ["POST", "/campaigns/first/drill", undefined, 404],
])("%s %s: a value out of bounds is named, a fraction is no mistake", async (method, path, body, status, field) => {
  const headers = { "content-type": "application/json" };
  const response = await at.ask(`/api/v1${path}`, { method, ...(body === undefined ? {} : { body, headers }) });
  const answer = (await response.json()) as { problems?: { path: string; message: string }[] };
  expect({ status: response.status, answer }).toMatchObject({ status });
  if (field !== undefined) expect(answer.problems?.map((one) => one.path)).toContain(field);
});

test("a body that is not UTF-8 is refused, not mended", async () => {
  const body = Buffer.from('{"questions":[{"a":"\u{e9}"}]}', "latin1");
  const headers = { "content-type": "application/json" };
  const response = await at.ask("/api/v1/compliance/check", { method: "POST", headers, body });
  expect({ status: response.status, ...((await response.json()) as object) }).toMatchObject({
    status: 400,
    code: "invalid_request",
  });
});

test("a caller that breaks off its upload is no error of the service", async () => {
  const { hostname, port } = new URL(at.service.url);
  const before = at.logged.length;
  const asked = request({
    hostname,
    port,
    method: "POST",
    path: "/api/v1/facts/kind/registry?registry=US&asOf=2026-01-01",
    headers: { authorization: `Bearer ${at.tokens.operator}`, "content-type": "text/csv", "content-length": 1_000_000 },
  });
  asked.on("error", () => undefined);
  asked.write("2125550199\n");
  // The service reads the body once the file that keeps it is there.
  await expect.poll(async () => (await readdir(join(at.dir, "uploads"), { recursive: true })).length).toBeGreaterThan(1);
  asked.destroy();
  const said = () => at.logged.slice(before);
  await expect.poll(() => said().join("\n"), { timeout: 30_000 }).toMatch(/broke off|request failed/);
  expect(said().filter((line) => line.includes('"error"'))).toEqual([]);
});

test("an answer in lines that fails after its first line says why in its last one, also to whoever did not ask for its end", async () => {
  const headers = { "content-type": "text/csv" };
  const body = "number,date,type\nno number,2026-01-01,mobile\n";
  for (const asked of ["", "?end=true"]) {
    const answer = await at.ask(`/api/v1/facts/kind/lines/lines${asked}`, { method: "POST", headers, body });
    const lines = (await answer.text()).trimEnd().split("\n");
    expect([answer.status, ...lines.map((line) => JSON.parse(line) as unknown)], asked).toMatchObject([
      200,
      { refused: { line: 2 } },
      { end: { lines: 1, problem: { code: "invalid_input", detail: expect.stringContaining("its only line is refused") } } },
    ]);
  }
});

test("a report over more days than it can show is refused at once", async () => {
  const long = /1100 days at most/;
  for (const [question, says] of [
    ["from=0000-01-01T00:00:00Z", /before the year 1900/],
    ["from=0001-01-01", /before the year 1900/],
    ["from=1999-01-01&zone=America/New_York", long],
    ["last=9999999d", long],
    ["to=9999-12-31T00:00:00Z", /1900 to 2199/],
    // In the words of the address, not of the command line.
    ["from=2026-02-30", /^from: 2026-02-30 is no day of the calendar/],
    ["to=2026-02-30", /^to: 2026-02-30 is no day of the calendar/],
    ["from=2026-02-30T00:00:00Z", /^from: "2026-02-30T00:00:00Z" is neither a day/],
    ["from=garbage", /^from: "garbage" is neither a day/],
    ["last=soon", /^last soon is no span/],
  ] as const) {
    const answer = await at.ask(`/api/v1/outcomes/report?${question}`, { as: "viewer" });
    const body = (await answer.json()) as { code: string; detail: string };
    expect([answer.status, body.code], question).toEqual([400, "invalid_input"]);
    expect(body.detail).toMatch(says);
  }
});

test("whoever has a lower role than an operation needs is refused, everywhere", async () => {
  const headers = { "content-type": "application/json" };
  const asked = answers.operations.flatMap(({ id, method, path, role }) => {
    const below = role === "admin" ? (["viewer", "operator"] as const) : role === "operator" ? (["viewer"] as const) : [];
    return below.map((as) => ({ id, method, as, path: path.replaceAll(/\{[^}]+\}/g, "1") }));
  });
  expect(asked.length).toBeGreaterThan(20);
  for (const { id, method, as, path } of asked) {
    const body = method === "get" ? {} : { headers, body: "{}" };
    expect([id, as, (await at.ask(path, { as, method: method.toUpperCase(), ...body })).status]).toEqual([id, as, 403]);
  }
});

test("what may be null is documented so", () => {
  // So the generator writes a schema of a name that may be null, and then it may not.
  expect(JSON.stringify(answers.document)).not.toContain('"allOf"');
});

test("what is read without a parameter is answered as documented", async () => {
  const asked = answers.operations.filter(({ method, path }) => method === "get" && !path.includes("{"));
  expect(asked.length).toBeGreaterThan(20);
  for (const operation of asked) {
    const { id, path } = operation;
    expect
      .soft([id, (await answers.ask(operation, { method: "GET", path, contentType: undefined, body: undefined })).wrong])
      .toEqual([id, undefined]);
  }
});

test("a tenant that refuses or answers nonsense is told as the tenant's failure, not as the service's", {
  timeout: 600_000,
}, async () => {
  const policy = { backup: "second" };
  const wrong: string[] = [];
  for (const effect of [{ status: 403 }, { garbage: true }]) {
    // One of the requests below may have ended the pair.
    const { confirm } = (await at.post("/api/v1/failover/pairs/preview", { primary: "first", policy })).body;
    expect(await at.post("/api/v1/failover/pairs", { primary: "first", policy, confirm })).toMatchObject({ status: 200 });
    at.sandbox.control.faults.add({ match: {}, effect });
    const drill = await at.post("/api/v1/campaigns/first/drill", {});
    expect(drill, JSON.stringify(effect)).toMatchObject({ status: 502 });
    for (const operation of answers.operations) {
      const made = answers.make(operation, seeded(operation.id));
      const { wrong: problem } = await answers.ask(operation, made, [502, 503]);
      if (problem !== undefined) wrong.push(`${operation.id}: ${shown(made)}\n  ${problem.slice(0, 600)}`);
    }
    at.sandbox.control.faults.clear();
  }
  expect(wrong).toEqual([]);
});

test("the emergency stop is reached with a good token, whatever wrong ones came before it", async () => {
  const stop = (token: string) =>
    fetch(`${at.service.url}/api/v1/campaigns/stop`, { method: "POST", headers: { authorization: `Bearer ${token}` } });
  const statuses: number[] = [];
  for (let i = 0; i < 110; i++) statuses.push((await stop(`odt_${String(i).padStart(43, "w")}`)).status);
  expect(new Set(statuses)).toEqual(new Set([401, 429]));
  expect((await stop(at.tokens.operator)).status).toBe(202);
});

const many = (count: number, one: string) => `[${Array.from({ length: count }, () => one).join(",")}]`;
const fields = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`field${i}`, 1]));
test.each<[what: string, path: string, body: string]>([
  ["rules without anything", "/compliance/pack/validate", `{"pack":{"rules":${many(60_000, "{}")}}}`],
  ["a document of rules without anything", "/compliance/pack/convert", `{"document":{"rules":${many(30_000, "{}")}}}`],
  ["values beyond any need", "/compliance/pack/validate", `{"pack":{"rules":${many(200_000, "{}")}}}`],
  ["unknown fields", "/simulate", JSON.stringify({ scenario: fields(50_000) })],
  ["unknown fields beside the known", "/compliance/explain", JSON.stringify(fields(50_000))],
  [
    "a campaign of many fields",
    "/campaigns/drift",
    JSON.stringify({ files: [{ name: "a.yaml", text: JSON.stringify(fields(9000)) }] }),
  ],
  ["many campaigns", "/campaigns/drift", JSON.stringify({ files: [{ name: "a.yaml", text: "name: x\n---\n".repeat(10_000) }] })],
  ["many lines", "/campaigns/drift", JSON.stringify({ files: [{ name: "a.yaml", text: "\n".repeat(190_000) }] })],
])("%s are refused with what a person can read, not with all that is wrong", async (_, path, body) => {
  const headers = { "content-type": "application/json" };
  const response = await at.ask(`/api/v1${path}`, { as: "viewer", method: "POST", headers, body });
  const text = await response.text();
  expect({ status: response.status, text: text.slice(0, 300) }).toMatchObject({ status: 400 });
  expect(text.length).toBeLessThan(100_000);
});
