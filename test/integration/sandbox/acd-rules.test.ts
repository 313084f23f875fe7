// The ACD side of the sandbox: recorded error texts, tokens and discovery, switches, and that both dialects show one world.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createSandbox, type Sandbox } from "../../../src/sandbox/index.ts";
import { AcdClient } from "../../clients/acd-client.ts";

const NOW = "2026-03-15T15:00:00Z";
const ORIGIN = "http://tenant.localhost:8080";
const KEY = { id: "sandbox-client", secret: "a/b+c=%41" };
const DAY = 86_400_000;
const ago = (ms: number): string => new Date(Date.parse(NOW) - ms).toISOString();
const SCENARIO = {
  clients: [KEY],
  campaigns: [
    {
      id: "camp_a",
      name: "Spring renewals",
      contactListId: "list_a",
      dialerConfig: {
        type: "predictive",
        predictiveSettings: { answerRatio: 0.5, maxCallsInFlight: 60, callRate: 60, abandonmentThreshold: 1 },
      },
    },
  ],
  contactLists: [{ id: "list_a", generate: { count: 300, consented: 300 }, answerRate: 0.8, talk: 20, wrap: 5 }],
  generateCalls: [{ campaignId: "camp_a", count: 50, days: 4, prefix: "call_", digits: 4 }],
};

let sandbox: Sandbox;
let classic: AcdClient;
let present: AcdClient;
beforeAll(async () => {
  sandbox = createSandbox({ scenario: SCENARIO, now: NOW, clock: "frozen", seed: 3 });
  const open = (version: number) => new AcdClient((url, init) => sandbox.fetch(url, init), ORIGIN, KEY, version);
  [classic, present] = [open(21), open(33)];
  await classic.logInByPassword("body");
  await present.logIn();
});
afterAll(() => sandbox.close());

const many = Array.from({ length: 101 }, (_, tag) => tag).join("|");
const range = { startDate: ago(DAY), endDate: ago(0) };

describe("the texts recorded for refusals", () => {
  test.each<[path: string, query: Record<string, string | number>, status: number, text: string, code?: string]>([
    ["/contacts/completed", { endDate: ago(0) }, 400, "Invalid startDate"],
    ["/contacts/completed", {}, 400, "Invalid DateRange - No dates fields provided"],
    [
      "/contacts/completed",
      { startDate: ago(0), endDate: ago(DAY) },
      400,
      "Invalid DateRange - startDate must be less than endDate",
    ],
    [
      "/contacts/completed",
      { startDate: ago(32 * DAY), endDate: ago(0) },
      400,
      "Invalid DateRange - Date Range must be 30 days or less",
    ],
    ["/contacts/completed", { updatedSince: "2026-01-01" }, 400, "Invalid updatedSince - '2026-01-01', must be 30 days or less"],
    ["/contacts/completed", { ...range, fields: "contactId,nothing" }, 400, "Invalid fields list", "InvalidProperty"],
    ["/contacts/completed", { ...range, skip: -1 }, 400, "Invalid skip"],
    ["/contacts/completed", { ...range, top: "x" }, 400, "Invalid top"],
    ["/contacts/completed", { ...range, orderby: "nothing asc" }, 400, "Invalid orderby arguments"],
    ["/contacts/completed", { ...range, tags: many }, 400, "Invalid tags - Maximum limit of 100 exceeded"],
    ["/contacts/completed", { startDate: "2026-02-30" }, 400, "Invalid startDate"],
    ["/contacts/completed", { startDate: "13/32/2026" }, 400, "Invalid startDate"],
    ["/contacts/12345", {}, 404, "Invalid contactId"],
    ["/contacts/active", { skillId: "abc" }, 400, "Invalid filter parameter skillId - 'abc', must be an integer"],
    ["/contacts/active", { skillId: 99 }, 400, "invalid skillId"],
    ["/skills/activity", { mediaTypeId: "x" }, 400, "Invalid mediaTypeId", "InvalidMediaType"],
    ["/skills/activity", { updatedSince: "x" }, 400, "Invalid updatedSince", "InvalidUpdatedSince"],
    ["/skills/activity", { isOutbound: "x" }, 400, "Invalid isOutbound", "InvalidIsOutbound"],
    ["/skills/activity", { fields: "x" }, 400, "Invalid fields list", "InvalidProperty"],
    ["/agents/states", { updatedSince: "x" }, 400, "Invalid Updated Since"],
    ["/skills/summary", { endDate: ago(0) }, 400, "Invalid startDate"],
    ["/skills/summary", { startDate: ago(0) }, 400, "Invalid endDate"],
    ["/skills/summary", { startDate: ago(0), endDate: ago(DAY) }, 400, "Invalid date range"],
    ["/skills/summary", { startDate: ago(31 * DAY), endDate: ago(0) }, 400, "Invalid date range. Max 30 days."],
    ["/skills/sla-summary", {}, 400, "Invalid Start Date"],
    ["/wfm-data/skills/dialer-contacts", { startDate: ago(DAY), endDate: ago(0) }, 400, "maximum amount of 6 hours"],
    ["/wfm-data/skills/contacts", { startDate: ago(-DAY), endDate: ago(-DAY) }, 409, "Interval Contact Data Pending"],
    ["/lists/call-lists/99", {}, 404, "Invalid listId", "InvalidListId"],
    ["/lists/call-lists/abc", {}, 404, "Invalid listId", "InvalidListId"],
    ["/lists/call-lists/99999999999", {}, 404, "Invalid listId", "InvalidListId"],
    ["/lists/call-lists/501", { finalized: "x" }, 400, "Invalid finalized", "InvalidUpdatedSince"],
    ["/lists/call-lists/jobs", {}, 400, "startDate and endDate is required"],
    ["/nothing", {}, 404, "There is no such resource", "InvalidUri"],
    ["/skills//activity", {}, 404, "There is no such resource", "InvalidUri"],
  ])("%s %o: %i %s", async (path, query, status, text, code) => {
    // Both generations refuse alike: a case is asked of one of them.
    const client = text.length % 2 === 0 ? classic : present;
    const answer = await client.ask("GET", path, { query });
    expect(answer.status).toBe(status);
    const body = answer.body as { error: string; error_description: string };
    expect(body.error_description).toContain(text);
    expect(answer.said).toBe(body.error_description);
    if (code !== undefined) expect(body.error).toBe(code);
  });

  test("writes", async () => {
    const asked = async (method: string, path: string, options: Parameters<AcdClient["ask"]>[2] = {}) => {
      const { status, body } = await present.ask(method, path, options);
      return [status, (body as { error_description?: string } | undefined)?.error_description];
    };
    expect(await asked("POST", "/skills/abc/start")).toEqual([404, "not a valid Natural Calling skill"]);
    expect(await asked("POST", "/skills/4001/stop", { query: { force: "x" } })).toEqual([400, "force must be a boolean"]);
    expect((await asked("POST", "/lists/call-lists//upload", { body: {} }))[0]).toBe(405);
    expect((await asked("DELETE", "/skills/4001"))[0]).toBe(405);
    const upload = { listFile: "YQ==", forceOverwrite: false, expirationDate: "", startSkill: false, sendEmail: false };
    expect(await asked("POST", "/lists/call-lists/501/upload", { body: upload })).toEqual([
      400,
      "Calling list must be created and mapped before uploading",
    ]);
    expect((await asked("POST", "/campaigns", { body: { name: "" } }))[0]).toBe(400);
    expect((await classic.ask("POST", "/campaigns", { body: { name: "Flat" } })).status).toBe(500);
    const v23 = new AcdClient((url, init) => sandbox.fetch(url, init), ORIGIN, KEY, 23);
    await v23.logIn();
    await expect(v23.ask("POST", "/skills", { body: { skills: [{}] } })).rejects.toThrow(TypeError);
    expect((await v23.ask("GET", "/skills/4001")).status).toBe(200);
  });

  test("a fault meets an operation, and may leave the reason to the header", async () => {
    const effect = { status: 429, body: "", headers: { "retry-after": null, icstatusdescription: "Too many" } };
    sandbox.control.faults.add({ match: { acd: "agentStates" }, times: 1, effect });
    expect((await present.ask("GET", "/skills/activity")).status).toBe(200);
    expect(await present.ask("GET", "/agents/states")).toEqual({ status: 429, said: "Too many", body: undefined });
    expect((await present.ask("GET", "/agents/states")).status).toBe(200);
    expect(
      sandbox.control
        .requests({ operation: "acd.agentStates" })
        .map(({ status }) => status)
        .slice(-2),
    ).toEqual([429, 200]);
  });

  test("a bad token: 401 without a text", async () => {
    const reply = await sandbox.fetch(`${ORIGIN}/incontactapi/services/v33.0/skills`, { headers: { authorization: "Bearer x" } });
    expect([reply.status, await reply.text()]).toEqual([401, ""]);
  });
});

describe("tokens and discovery", () => {
  test("every form of the client is taken, a wrong secret by none", async () => {
    for (const style of ["basic", "raw", "body"] as const) {
      const open = (secret: string) => new AcdClient((url, init) => sandbox.fetch(url, init), ORIGIN, { ...KEY, secret }, 33);
      const good = open(KEY.secret);
      await good.logInByPassword(style);
      expect((await good.ask("GET", "/server-time")).body).toEqual({ ServerTime: new Date(NOW).toISOString() });
      await expect(open("wrong").logInByPassword(style)).rejects.toThrow(/^token: 401 /);
      await expect(open("wrong").logIn()).rejects.toThrow(/^token: 401 /);
    }
  });

  test("discovery names the origin that was asked, with and without a tenant", async () => {
    const at = `${ORIGIN}/.well-known/cxone-configuration`;
    const found = (await (await sandbox.fetch(at)).json()) as { api_endpoint: string; tenantId: string };
    expect(found.api_endpoint).toBe(ORIGIN);
    expect((await sandbox.fetch(`${at}?tenantId=${found.tenantId}`)).status).toBe(200);
    expect((await sandbox.fetch(`${at}?tenantId=another`)).status).toBe(404);
    const open = (await (await sandbox.fetch(`${ORIGIN}/.well-known/openid-configuration`)).json()) as { token_endpoint: string };
    expect(open.token_endpoint).toBe(`${ORIGIN}/auth/token`);
  });

  test("an id token is a bearer, too, and a token is refreshed under other names", async () => {
    const body = JSON.stringify({ accessKeyId: KEY.id, accessKeySecret: KEY.secret });
    const reply = await sandbox.fetch(`${ORIGIN}/authentication/v1/token/access-key`, { method: "POST", body });
    const token = (await reply.json()) as { id_token: string; refresh_token: string };
    const headers = { authorization: `Bearer ${token.id_token}` };
    expect((await sandbox.fetch(`${ORIGIN}/InContactAPI/services/V27.0/Skills`, { headers })).status).toBe(200);
    const refreshed = await sandbox.fetch(`${ORIGIN}/public/user/refresh`, {
      method: "POST",
      body: JSON.stringify({ token: token.refresh_token }),
    });
    expect(await refreshed.json()).toMatchObject({ token: expect.any(String), tokenExpirationTimeSec: 3600, sessionId: null });
  });
});

describe("one world", () => {
  let rest: (method: string, path: string, body?: unknown) => Promise<Record<string, unknown>>;
  beforeAll(async () => {
    const form = new URLSearchParams({ grant_type: "client_credentials", client_id: KEY.id, client_secret: KEY.secret });
    const token = (await (await sandbox.fetch(`${ORIGIN}/oauth/token`, { method: "POST", body: form })).json()) as {
      access_token: string;
    };
    rest = async (method, path, body) => {
      const headers = { authorization: `Bearer ${token.access_token}`, "content-type": "application/json" };
      const reply = await sandbox.fetch(`${ORIGIN}${path}`, {
        method,
        headers,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return (await reply.json()) as Record<string, unknown>;
    };
  });
  const campaign = "/api/v2/omnichannel/campaigns/camp_a";

  test("a campaign started in one dialect runs in the other with the same counters, and is stopped from either", async () => {
    const isRunning = async () => ((await present.ask("GET", "/skills/4001")).body as { isRunning: unknown }).isRunning;
    expect(await isRunning()).toBe(false);
    await rest("PUT", campaign, { status: "active" });
    expect(await isRunning()).toBe(true);
    await sandbox.control.advance(1800);
    const metrics = await rest("GET", `${campaign}/metrics?windowMinutes=30`);
    const [sums] = await present.rows("/skills/summary", "skillSummaries", { startDate: ago(0), endDate: ago(-1_800_000) });
    expect(Number(sums?.["dials"])).toBe(metrics["callsPlaced"]);
    expect(Number(sums?.["contactsActive"])).toBe(metrics["activeCalls"]);
    const [live] = await present.rows("/skills/4001/activity", "skillActivity");
    expect(live?.["contactsActive"]).toBe(metrics["activeCalls"]);

    expect((await present.ask("POST", "/skills/4001/stop")).status).toBe(202);
    expect((await rest("GET", campaign))["status"]).toBe("active");
    await sandbox.control.advance(2);
    expect((await rest("GET", campaign))["status"]).toBe("paused");
    await sandbox.control.advance(900);

    // Every call is over: both dialects tell the same calls with the same ends.
    const { calls } = (await rest("GET", "/api/v2/outbound/calls?campaignId=camp_a&limit=5000")) as {
      calls: { dispositionCode?: string; status: string; endTime: string }[];
    };
    const unanswered = new Set(["NO_ANSWER", "BUSY", "DISCONNECTED"]);
    const handled = calls.filter(
      ({ status, dispositionCode }) => status === "abandoned" || !unanswered.has(dispositionCode ?? ""),
    );
    const attempts = await present.rows("/lists/call-lists/501/attempts", "contactAttempts");
    expect(attempts).toHaveLength(calls.length);
    const completed = await present.rows("/contacts/completed", "completedContacts", { startDate: ago(5 * DAY) });
    expect(completed).toHaveLength(handled.length);
    const abandoned = calls.filter(({ status }) => status === "abandoned").length;
    expect(completed.filter((row) => row["abandoned"] === true)).toHaveLength(abandoned);
    expect(attempts.filter((row) => row["systemClass"] === 24)).toHaveLength(abandoned);
    const sold = (rows: readonly Readonly<Record<string, unknown>>[], name: string) =>
      rows.filter((row) => row[name] === "CONVERTED").length;
    expect(sold(attempts, "agentDispDesc")).toBe(sold(calls, "dispositionCode"));
  });

  test("pages until 204, in any size, in the order asked for, and later changes move a contact", async () => {
    const query = { updatedSince: ago(6 * DAY), orderBy: "lastUpdateTime asc" };
    const all = await classic.completed(query, 10_000);
    expect(await classic.completed(query, 37)).toEqual(all);
    const since = { updatedSince: new Date(Date.parse(sandbox.control.clock().now) - 1000).toISOString() };
    expect(await present.completed(since, 10)).toEqual([]);
    const { tagId } = (await present.ask("POST", "/tags", { query: { tagName: "late" } })).body as { tagId: number };
    await present.ask("POST", `/contacts/${all[0] ?? ""}/tags`, { body: { tags: [{ tagId }] } });
    expect(await present.completed(since, 10)).toEqual([all[0]]);
  });

  test("a callback that is due is called once its skill runs; a forced stop ends the calls on the line", async () => {
    const at = (ms: number) => new Date(Date.parse(sandbox.control.clock().now) + ms).toISOString();
    const callback = { firstName: "A", lastName: "B", phoneNumber: "801 244 0005", skillId: 4001, notes: "" };
    await present.ask("POST", "/scheduled-callbacks", { body: { ...callback, scheduleDate: at(5000) } });
    const calledBack = async () =>
      (await present.rows("/lists/call-lists/501/attempts", "contactAttempts")).filter(
        (row) => row["formattedPhone"] === "8012440005",
      ).length;
    await sandbox.control.advance(10);
    expect([await calledBack(), (await present.rows("/skills/4001/scheduled-callbacks", "callbacks")).length]).toEqual([0, 1]);
    await present.ask("POST", "/skills/4001/start");
    await sandbox.control.advance(30);
    expect((await present.ask("GET", "/skills/4001/scheduled-callbacks")).status).toBe(204);
    const active = async () => (await present.rows("/contacts/active", "activeContacts", { skillId: 4001 })).length;
    expect(await active()).toBeGreaterThan(0);
    await present.ask("POST", "/skills/4001/stop", { query: { force: true } });
    // Wrap-up takes 5 s on average.
    await sandbox.control.advance(1);
    const metrics = await rest("GET", `${campaign}/metrics?windowMinutes=30`);
    expect(metrics["activeCalls"]).toBeLessThanOrEqual(await active());
    await sandbox.control.advance(60);
    expect([await active(), await calledBack()]).toEqual([0, 1]);
  });

  test("settings written act at once in the living dialer, and numbers of a scrubbed group are not dialed", async () => {
    const dialed = async () => (await present.rows("/lists/call-lists/501/attempts", "contactAttempts")).length;
    const put = (maximumRatio: number) =>
      present.ask("PUT", "/skills/4001/parameters/general-settings", { body: { generalSettings: { maximumRatio } } });
    expect((await present.ask("GET", "/skills/4001/parameters/general-settings")).body).toMatchObject({ maximumRatio: 2 });
    await put(1);
    expect((await present.ask("GET", "/skills/4001/parameters/general-settings")).body).toMatchObject({ maximumRatio: 1 });

    const people = await present.rows("/lists/call-lists/501", "contactRecords", {
      includeRecords: true,
      finalized: false,
      top: 10_000,
    });
    const done = await present.rows("/lists/call-lists/501", "contactRecords", {
      includeRecords: true,
      finalized: true,
      top: 10_000,
    });
    const numbers = [...people, ...done].map((row) => ({ phoneNumber: row["icProspectiveContactDestValue"] }));
    expect(numbers).toHaveLength(300);
    const made = (await present.ask("POST", "/dnc-groups", { body: { dncGroupName: "All" } })).body as {
      dncGroups: { dncGroupId: number }[];
    };
    const group = made.dncGroups[0]?.dncGroupId ?? 0;
    await present.ask("POST", `/dnc-groups/${group}/records`, { body: { dncGroupRecords: numbers.slice(1) } });
    await present.ask("POST", `/dnc-groups/${group}/scrubbed-skills/4001`);
    const before = await dialed();
    await present.ask("POST", "/skills/4001/start");
    await sandbox.control.advance(600);
    const after = await present.rows("/lists/call-lists/501/attempts", "contactAttempts");
    const phones = new Set(after.slice(before).map((row) => row["formattedPhone"]));
    expect([...phones]).toEqual([numbers[0]?.phoneNumber]);

    // A snapshot holds both sides of the world.
    const snapshot = sandbox.control.snapshot();
    sandbox.control.reset();
    await present.logIn();
    expect((await present.ask("GET", "/dnc-groups")).status).toBe(204);
    sandbox.control.restore(JSON.parse(JSON.stringify(snapshot)));
    await present.logIn();
    expect(await present.rows("/dnc-groups", "dncGroups")).toHaveLength(1);
    expect((await present.ask("GET", "/skills/4001/parameters/general-settings")).body).toMatchObject({ maximumRatio: 1 });
  });
});
