// Retrieval on the wire: what a tenant is asked that shares no code with this program, and what is made of each form that its answers may have
// (contract §2.6 and its details).

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, expect, test } from "vitest";
import { type OutcomesRuntime, openOutcomes } from "../../../src/app/index.ts";
import type { Retrieval } from "../../../src/store/index.ts";
import { workFolder } from "../../support/cli.ts";
import { collect } from "../../support/collect.ts";
import { createDatabase } from "../../support/database.ts";
import { type Answer, type Asked, type ScriptedServer, startScriptedServer } from "../../support/scripted-server.ts";

const DAY = 86_400_000;
const CAMPAIGN = "camp/ä 1";
/** One UTC day that is over. */
const FROM = Math.floor(Date.now() / DAY - 1) * DAY;
const TO = FROM + DAY - 1;
const at = (seconds: number) => new Date(FROM + seconds * 1000).toISOString();
const call = (n: number, more: Record<string, unknown> = {}) => ({
  id: `call_${n}`,
  campaignId: CAMPAIGN,
  dispositionCode: "BUSY",
  startTime: at(n),
  endTime: at(n + 60),
  ...more,
});
const calls = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, n) => call(first + n));
const queryOf = ({ url }: Asked) => new URL(url, "http://tenant").searchParams;

let stack = new AsyncDisposableStack();
afterEach(async () => {
  await stack.disposeAsync();
  stack = new AsyncDisposableStack();
});

type Api = (query: URLSearchParams, index: number) => Answer;

/** A tenant whose tokens come from one host and its calls from another, and a runtime that retrieves from it. */
async function against(api: Api): Promise<{ api: ScriptedServer; login: ScriptedServer; runtime: OutcomesRuntime }> {
  const server = stack.use(await startScriptedServer({ api: (asked, index) => api(queryOf(asked), index) }));
  const login = stack.use(await startScriptedServer({}));
  const database = await createDatabase();
  stack.defer(() => database.dispose());
  const folder = stack.use(await workFolder());
  const config = join(folder.path, "outdial.yaml");
  const token = { url: `${login.url}/oauth/token`, auth: "basic", scopes: ["outbound:call:read", "outbound:campaign:read"] };
  // JSON is YAML as well.
  await writeFile(config, JSON.stringify({ tenant: { token, hosts: { outcomes: server.url } } }));
  const environment = {
    DATABASE_URL: database.url,
    OUTDIAL_DIR: join(folder.path, ".outdial"),
    CXONE_CLIENT_ID: "cliënt",
    CXONE_CLIENT_SECRET: "secret",
  };
  const runtime = await openOutcomes({ config }, environment, { warn: () => undefined, limits: "off", deliver: false });
  stack.use(runtime);
  return { api: server, login, runtime };
}

async function pull(runtime: OutcomesRuntime, more: { codes?: string[]; limit?: number } = {}): Promise<Retrieval> {
  const { request } = await runtime.retrieving.check({ campaignId: CAMPAIGN, from: FROM, to: TO, limit: 2, ...more });
  return runtime.retrieving.run((await runtime.retrieving.submit(request)).retrieval.jobId);
}

const kept = async (runtime: OutcomesRuntime) => (await collect(runtime.lake.records())).map(({ callId }) => callId);

test("asks as documented: campaign, times, joined codes and size on every page, the token from the second on", async () => {
  const { api, login, runtime } = await against((_query, index) => ({
    json: { calls: [call(index)], ...(index < 2 ? { nextPageToken: `t+/=${index}` } : {}) },
  }));
  expect(await pull(runtime, { codes: ["CONVERTED", "BUSY"] })).toMatchObject({ status: "done", calls: 3 });
  expect(api.asked.map(({ method, url }) => `${method} ${url.split("?")[0]}`)).toEqual(
    Array.from({ length: 3 }, () => "GET /api/v2/outbound/calls"),
  );
  const queries = api.asked.map((asked) => Object.fromEntries(queryOf(asked)));
  const same = { campaignId: CAMPAIGN, startDateTime: at(0), endDateTime: new Date(TO).toISOString(), limit: "2" };
  expect(queries).toEqual([
    { ...same, dispositionCode: "BUSY,CONVERTED" },
    { ...same, dispositionCode: "BUSY,CONVERTED", nextPageToken: "t+/=0" },
    { ...same, dispositionCode: "BUSY,CONVERTED", nextPageToken: "t+/=1" },
  ]);
  expect(api.asked[0]?.url).toContain("BUSY%2CCONVERTED");
  // One token of the login host for all of it, which no page goes to; the secret goes nowhere else.
  expect(api.asked.map(({ headers }) => headers.authorization)).toEqual(Array.from({ length: 3 }, () => "Bearer token-1-secret"));
  expect(login.asked).toEqual([]);
  expect(login.tokenRequests).toHaveLength(1);
  expect(Object.fromEntries(new URLSearchParams(login.tokenRequests[0]?.body))).toEqual({
    grant_type: "client_credentials",
    scope: "outbound:call:read outbound:campaign:read",
  });
  expect(login.tokenRequests[0]?.headers.authorization).toBe(`Basic ${Buffer.from("cliënt:secret").toString("base64")}`);
});

test.each([
  ["absent", {}],
  ["null", { nextPageToken: null }],
  ["empty", { nextPageToken: "" }],
])("a token that is %s ends the listing", async (_what, end) => {
  const { api, runtime } = await against(() => ({ json: { calls: [call(1)], ...end } }));
  expect(await pull(runtime)).toMatchObject({ status: "done", calls: 1, totals: { pagesOk: 1 } });
  expect(api.asked).toHaveLength(1);
});

test("a page with no calls is an empty page and not the last one; one without its list is broken, and asked for again", async () => {
  const pages = [
    { nextPageToken: "a" },
    { calls: null, nextPageToken: "b" },
    { calls: [], nextPageToken: "c" },
    { calls: [call(1)] },
  ];
  const { runtime } = await against((_query, index) => ({ json: pages[index] }));
  expect(await pull(runtime)).toMatchObject({ status: "done", calls: 1, totals: { pagesOk: 2, pagesFailed: 1, attempts: 4 } });
});

test("rows may lack a code and all that is not read, have offsets or none, and fields that nobody knows", async () => {
  const bare = { id: "bare", startTime: at(10), endTime: at(20) };
  const offset = {
    ...bare,
    id: "offset",
    startTime: at(30).replace("Z", "+00:00"),
    endTime: new Date(FROM + 3_640_000).toISOString().replace("Z", "+01:00"),
  };
  const naive = { ...bare, id: "naive", startTime: at(40).replace("000Z", "123456"), endTime: at(50).replace("Z", "") };
  const more = { ...bare, id: "more", dispositionCode: "DISP_77", attempt: 2, agentId: 7, talk: { seconds: 5 } };
  const { runtime } = await against(() => ({ json: { calls: [bare, offset, naive, more], total: 4 } }));
  expect(await pull(runtime, { limit: 10 })).toMatchObject({ status: "done", calls: 4 });
  const records = new Map((await collect(runtime.lake.records())).map((record) => [record.callId, record]));
  expect(records.get("bare")).toMatchObject({
    dispositionCode: "UNKNOWN",
    campaignId: CAMPAIGN,
    direction: "OUTBOUND",
    durationSeconds: 10,
  });
  expect(records.get("offset")).toMatchObject({ startTime: FROM + 30_000, endTime: FROM + 40_000 });
  expect(records.get("naive")).toMatchObject({ startTime: FROM + 40_123, endTime: FROM + 50_000 });
  expect(records.get("more")).toMatchObject({
    dispositionCode: "DISP_77",
    attempt: 2,
    agentId: "7",
    raw: '{"talk":{"seconds":5}}',
  });
});

test("bodies may come compressed, in pieces, or with a byte order mark", async () => {
  const json = (index: number) => JSON.stringify({ calls: [call(index)], ...(index < 2 ? { nextPageToken: `t${index}` } : {}) });
  const { runtime } = await against((_query, index) => (response) => {
    if (index === 0) response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync(json(0)));
    else if (index === 1) {
      response.writeHead(200);
      for (const mark of json(1)) response.write(mark);
      response.end();
    } else response.writeHead(200).end(`\ufeff${json(2)}`);
  });
  expect(await pull(runtime)).toMatchObject({ status: "done", calls: 3, totals: { pagesFailed: 0 } });
});

test("a token that has expired is fetched anew, and the same page asked for again", async () => {
  const { api, login, runtime } = await against((query, index) => {
    if (index === 1) return { status: 401 };
    return { json: query.has("nextPageToken") ? { calls: [call(2)] } : { calls: [call(1)], nextPageToken: "t" } };
  });
  expect(await pull(runtime)).toMatchObject({ status: "done", calls: 2, totals: { pagesFailed: 0, restarts: 0 } });
  expect(login.tokenRequests).toHaveLength(2);
  expect(api.asked.map(({ headers }) => headers.authorization)).toEqual(["1", "1", "2"].map((n) => `Bearer token-${n}-secret`));
});

test.each([
  [401, "unauthorized"],
  [403, "missing_scope"],
])("%i for fresh tokens stops at once and says which right is needed", async (status, code) => {
  const { api, runtime } = await against(() => ({ status, text: "<html>no</html>" }));
  expect(await pull(runtime)).toMatchObject({ status: "stopped", complianceHash: null, error: { code } });
  expect(api.asked.length).toBeLessThanOrEqual(2);
});

test("what the tenant says of a request that it does not take is told, and nothing is asked twice", async () => {
  const { api, runtime } = await against(() => ({
    status: 400,
    json: { error: { code: "bad_request", message: "code NEVER unknown" } },
  }));
  const stopped = await pull(runtime);
  expect(stopped).toMatchObject({
    status: "stopped",
    error: { code: "refused", message: expect.stringContaining("code NEVER unknown") },
  });
  expect(api.asked).toHaveLength(1);
});

test("429 is waited out, with seconds, with a date, and without a word; it is no failed page", async () => {
  const told: (Record<string, string> | undefined)[] = [{ "retry-after": "0" }, { "retry-after": new Date(0).toUTCString() }, {}];
  const { api, runtime } = await against((_query, index) => {
    const headers = told[index];
    return headers === undefined ? { json: { calls: [call(1)] } } : { status: 429, headers };
  });
  expect(await pull(runtime)).toMatchObject({ status: "done", calls: 1, totals: { pagesOk: 1, pagesFailed: 0 } });
  expect(api.asked).toHaveLength(4);
});

test("where a token is good for its own page size only, pages that shrink and grow again lose nothing", async () => {
  const all = calls(1, 700);
  let cut = 0;
  const { runtime } = await against((query) => {
    const limit = Number(query.get("limit"));
    const [size, from = 0] = (query.get("nextPageToken") ?? `${limit},0`).split(",").map(Number);
    if (size !== limit) return { status: 400, json: { error: { code: "bad_request", message: "token of another query" } } };
    const next = from + limit;
    const body = JSON.stringify({
      calls: all.slice(from, next),
      ...(next < all.length ? { nextPageToken: `${limit},${next}` } : {}),
    });
    // Both attempts at the second page are cut off.
    if (from === 40 && limit === 40 && cut++ < 2) return { text: body.slice(0, -20) };
    return { text: body };
  });
  const ended = await pull(runtime, { limit: 40 });
  expect(ended).toMatchObject({ status: "done", calls: all.length, error: null });
  expect(ended.totals.restarts).toBeGreaterThan(0);
  expect(await kept(runtime)).toEqual(all.map(({ id }) => id));
});

test("a page of millions of calls, or one that would not fit into memory, is refused and asked for again in a smaller size", async () => {
  const hostile = [`{"calls":[${"1,".repeat(2_000_000)}1]}`, `{"calls":[${"{},".repeat(5_000_000)}{}]}`];
  const { api, runtime } = await against((query, index) => {
    const text = hostile[index - 1];
    if (text !== undefined) return { text };
    return { json: query.has("nextPageToken") ? { calls: [call(2)] } : { calls: [call(1)], nextPageToken: "t" } };
  });
  const ended = await pull(runtime, { limit: 1000 });
  expect(ended).toMatchObject({ status: "done", calls: 2, totals: { pagesOk: 2, pagesFailed: 2, quarantined: {} } });
  expect(api.asked.map((asked) => queryOf(asked).get("limit"))).toEqual(["1000", "1000", "500", "250"]);
});
