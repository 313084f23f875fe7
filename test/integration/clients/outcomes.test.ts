// The published program for call outcomes, unchanged but for its base URLs, against the sandbox.

import { afterEach, describe, expect, test } from "vitest";
import * as z from "zod";
import { OutcomeClient, type OutcomeQuery } from "../../clients/outcome-client.ts";
import { openTenant, RECEIVER, type TenantUnderTest, TRANSPORTS } from "./tenant-under-test.ts";

const DAY = 86_400;
const CALLS = "/api/v2/outbound/calls";
const CODES = [
  "CONVERTED",
  "APPOINTMENT_SET",
  "INTERESTED",
  "CALLBACK_REQUESTED",
  "NOT_INTERESTED",
  "BUSY",
  "NO_ANSWER",
  "DISCONNECTED",
  "WRONG_NUMBER",
];
const generateCalls = [
  {
    campaignId: "camp_backup_001",
    count: 2500,
    days: 7,
    prefix: "out_",
    mix: { CONVERTED: 1, BUSY: 2, INTERESTED: 1, WRONG_NUMBER: 1 },
  },
];

describe.each(TRANSPORTS)("outcomes, %s", (transport) => {
  let tenant: TenantUnderTest;
  afterEach(async () => await tenant.close());

  async function ready(scenario: Record<string, unknown> = {}): Promise<OutcomeClient> {
    tenant = await openTenant(transport, { generateCalls, ...scenario });
    // Login on one host name, calls on the other.
    const login = { ...tenant.account(), baseUrl: tenant.otherHost };
    return new OutcomeClient(tenant.env, login, tenant.account().baseUrl, `${RECEIVER}/crm`);
  }
  function week(more: Partial<OutcomeQuery> = {}): OutcomeQuery {
    const now = tenant.env.now();
    return { campaignId: "camp_backup_001", start: now - 8 * DAY, end: now, codes: CODES, ...more };
  }
  const pages = () => tenant.sent.filter((request) => request.url.pathname === CALLS);

  test("retrieves every call once over pages of a thousand, with a token from the other host", async () => {
    const client = await ready();
    const report = await client.retrieve(week());
    expect(report.pages).toBe(3);
    expect(new Set(report.records.map((record) => record.id)).size).toBe(2500);
    expect(report.records.every((record) => record.durationSeconds > 0)).toBe(true);
    const { success, warm, neutral, failure, cold } = report.distribution;
    expect(success + warm + neutral + failure).toBe(2500);
    expect(cold).toBe(0);
    for (const share of [success, warm, neutral, failure]) expect(share).toBeGreaterThan(0);
    expect(report.conversionPercent).toBeCloseTo((100 * success) / 2500);
    expect((await client.retrieve(week())).complianceHash).toBe(report.complianceHash);
  });

  test("tells the CRM what it found (and, as published, its token)", async () => {
    const client = await ready();
    const report = await client.retrieve(week());
    expect(tenant.received).toHaveLength(1);
    expect(tenant.received[0]?.headers.get("authorization")).toBe(pages()[0]?.headers.get("authorization"));
    expect(JSON.parse(tenant.received[0]?.body ?? "")).toMatchObject({
      metrics: { total_records: 2500, summary: { category_distribution: report.distribution } },
      audit: { campaign_id: "camp_backup_001", records_processed: 2500, compliance_hash: report.complianceHash },
    });
  });

  test("filters by joined codes and by time", async () => {
    const client = await ready();
    const all = await client.retrieve(week());
    const some = await client.retrieve(week({ codes: ["CONVERTED", "BUSY"] }));
    const wanted = all.records.filter((record) => record.dispositionCode === "CONVERTED" || record.dispositionCode === "BUSY");
    expect(some.records.map((record) => record.id).sort()).toEqual(wanted.map((record) => record.id).sort());
    const now = tenant.env.now();
    const early = await client.retrieve(week({ end: now - 3 * DAY }));
    const late = await client.retrieve(week({ start: now - 3 * DAY }));
    expect(early.records.length).toBeGreaterThan(0);
    expect(late.records.length).toBeGreaterThan(0);
    expect(early.records.length + late.records.length).toBe(2500);
  });

  test("a full ninety days that end now are accepted, even a moment later", async () => {
    const client = await ready();
    const now = tenant.env.now();
    const report = await client.retrieve(week({ start: now - 90 * DAY, end: now }));
    expect(report.records).toHaveLength(2500);
    expect(pages()[0]?.url.searchParams.get("startDateTime")).toBe("2024-12-05T15:00:00.000001");
    const query = new URLSearchParams({
      campaignId: "camp_backup_001",
      startDateTime: "2024-12-05T14:59:30.000000",
      endDateTime: "2025-03-05T15:00:30.000000",
    });
    expect((await tenant.raw("GET", `${CALLS}?${query.toString()}`)).status).toBe(200);
  });

  test("naive times mean UTC; an offset is honoured", async () => {
    await ready();
    const count = async (startDateTime: string) => {
      const query = new URLSearchParams({
        campaignId: "camp_backup_001",
        startDateTime,
        endDateTime: "2025-03-05T15:00:00Z",
        limit: "5000",
      });
      const body: unknown = await (await tenant.raw("GET", `${CALLS}?${query.toString()}`)).json();
      return z.object({ calls: z.array(z.unknown()) }).parse(body).calls.length;
    };
    const naive = await count("2025-03-02T12:00:00.123456");
    expect(naive).toBeGreaterThan(0);
    expect(await count("2025-03-02T12:00:00.123456Z")).toBe(naive);
    expect(await count("2025-03-02T07:00:00.123456-05:00")).toBe(naive);
    expect(await count("2025-03-02T07:00:00.123456")).toBeGreaterThan(naive);
  });

  test("the client refuses what is out of bounds, and so does the tenant", async () => {
    const client = await ready();
    const now = tenant.env.now();
    await expect(client.retrieve(week({ start: now - 91 * DAY }))).rejects.toThrow("older than 90 days");
    await expect(client.retrieve(week({ end: now + 1 }))).rejects.toThrow("in the future");
    await expect(client.retrieve(week({ limit: 5001 }))).rejects.toThrow("limit above 5000");
    expect(pages()).toEqual([]);
    const good = {
      campaignId: "camp_backup_001",
      startDateTime: "2025-03-01T00:00:00",
      endDateTime: "2025-03-05T15:00:00",
      limit: "10",
    };
    const status = async (change: Record<string, string>) =>
      (await tenant.raw("GET", `${CALLS}?${new URLSearchParams({ ...good, ...change }).toString()}`)).status;
    expect(await status({})).toBe(200);
    expect(await status({ startDateTime: "2024-12-05T14:58:00" })).toBe(400);
    expect(await status({ endDateTime: "2025-03-05T15:02:00" })).toBe(400);
    expect(await status({ startDateTime: "2025-03-05T00:00:00", endDateTime: "2025-03-04T00:00:00" })).toBe(400);
    expect(await status({ startDateTime: "last week" })).toBe(400);
    expect(await status({ limit: "5001" })).toBe(400);
    expect(await status({ limit: "5000" })).toBe(200);
    expect(await status({ dispositionCode: "CONVERTED,NEVER_HEARD" })).toBe(400);
    expect(await status({ dispositionCode: "DISP_001" })).toBe(200);
    expect(await status({ nextPageToken: "eyJwYWdlIjoxfQ==" })).toBe(400);
  });

  test("codes may be repeated instead of joined; a page is a thousand calls unless told; a page token belongs to its query", async () => {
    const client = await ready();
    const page = async (more: string) => {
      const window = "startDateTime=2025-02-20T00:00:00&endDateTime=2025-03-05T15:00:00";
      const reply = await tenant.raw("GET", `${CALLS}?campaignId=camp_backup_001&${window}${more}`);
      const body: unknown = await reply.json();
      const { calls, nextPageToken } = z
        .object({ calls: z.array(z.unknown()).default([]), nextPageToken: z.string().nullish() })
        .parse(body);
      return { status: reply.status, calls: calls.length, token: nextPageToken ?? "" };
    };
    const both = (await client.retrieve(week({ codes: ["CONVERTED", "INTERESTED"], limit: 5000 }))).records.length;
    expect((await page("&dispositionCode=CONVERTED&dispositionCode=INTERESTED&limit=5000")).calls).toBe(both);
    const first = await page("");
    expect(first).toMatchObject({ status: 200, calls: 1000, token: expect.stringMatching(/./) });
    const token = encodeURIComponent(first.token);
    expect(await page(`&nextPageToken=${token}`)).toMatchObject({ status: 200, calls: 1000 });
    expect(await page(`&dispositionCode=BUSY&nextPageToken=${token}`)).toMatchObject({ status: 400 });
  });

  test("an unknown code raises in the program too", async () => {
    const client = await ready();
    await expect(client.retrieve(week({ codes: ["NEVER_HEARD"] }))).rejects.toMatchObject({ status: 400 });
  });

  test("more pages than a minute allows are read to the end, waiting as told", async () => {
    const client = await ready();
    const report = await client.retrieve(week({ limit: 20 }));
    expect(report.pages).toBe(125);
    expect(new Set(report.records.map((record) => record.id)).size).toBe(2500);
    const refused = pages().filter((request) => request.status === 429).length;
    expect(refused).toBeGreaterThan(0);
    expect(tenant.waits).toHaveLength(refused);
    expect(tenant.waits.every((seconds) => Number.isInteger(seconds) && seconds >= 1)).toBe(true);
  });

  test("without Retry-After it waits 2, 4, 8 s; a fraction or a date crashes it; a server error raises", async () => {
    const client = await ready();
    const fault = (effect: Record<string, unknown>, times = 1) =>
      tenant.sandbox.control.faults.add({ match: { operation: "listCalls" }, times, effect });
    fault({ status: 429, headers: { "retry-after": null } }, 3);
    await client.retrieve(week());
    expect(tenant.waits).toEqual([2, 4, 8]);
    for (const told of ["1.5", "Wed, 21 Oct 2015 07:28:00 GMT"]) {
      fault({ status: 429, headers: { "retry-after": told } });
      await expect(client.retrieve(week())).rejects.toThrow(TypeError);
    }
    fault({ status: 500, body: "<html>overload</html>" });
    await expect(client.retrieve(week())).rejects.toMatchObject({ status: 500, body: "<html>overload</html>" });
  });

  test("calls without a code count as neutral", async () => {
    const client = await ready();
    const effect = { status: 200, body: { calls: [{ id: "c1" }, { id: "c2", dispositionCode: "CONVERTED", startTime: "?" }] } };
    tenant.sandbox.control.faults.add({ match: { operation: "listCalls" }, effect });
    const report = await client.retrieve(week());
    expect(report.records).toMatchObject([
      { dispositionCode: "UNKNOWN", category: "neutral", durationSeconds: 0 },
      { category: "success", durationSeconds: 0 },
    ]);
  });

  test("a missing scope is 403 and a wrong secret 401", async () => {
    await ready();
    const { baseUrl } = tenant.account();
    // None of the asked scopes is held, so the token itself is refused.
    const visitor = new OutcomeClient(tenant.env, tenant.account("visitor"), baseUrl);
    await expect(visitor.retrieve(week())).rejects.toMatchObject({ status: 400, body: expect.stringContaining("invalid_scope") });
    // One of the two is held: the token is granted, the call refused.
    const tagger = new OutcomeClient(tenant.env, tenant.account("tagger"), baseUrl);
    await expect(tagger.retrieve(week())).rejects.toMatchObject({ status: 403 });
    const stranger = new OutcomeClient(tenant.env, { ...tenant.account(), clientSecret: "wrong" }, baseUrl);
    await expect(stranger.retrieve(week())).rejects.toMatchObject({ status: 401 });
  });
});
