// The published program for closed interactions, unchanged but for its base URL, against the sandbox.

import { afterEach, describe, expect, test } from "vitest";
import * as z from "zod";
import { InteractionClient } from "../../clients/interaction-client.ts";
import { openTenant, RECEIVER, SECRET, type TenantUnderTest, TRANSPORTS } from "./tenant-under-test.ts";

const ID = "a1b2c3d4-e5f6-7890-abcd-ef1234567890";
const resolved = { code: "101", description: "Issue Resolved", agentId: "agent_xyz_123" };
const callback = { code: "103", description: "Callback Scheduled", agentId: "agent_xyz_123" };
const foreignEntry = {
  code: "102",
  description: "Issue Escalated",
  agent_id: "somebody_else",
  timestamp: "2025-03-05T14:00:00Z",
  source: "agent",
};

describe.each(TRANSPORTS)("interactions, %s", (transport) => {
  let tenant: TenantUnderTest;
  afterEach(async () => await tenant.close());

  async function ready(clientId = "desk"): Promise<{ client: InteractionClient; tag: string }> {
    tenant = await openTenant(transport);
    const client = new InteractionClient(tenant.env, tenant.account(clientId), `${RECEIVER}/webhook`);
    return { client, tag: (await client.readTag(ID)) ?? "" };
  }
  const edit = () => tenant.sandbox.control.simulateEdit({ kind: "interaction", id: ID, body: { dispositions: [foreignEntry] } });
  const patches = () => tenant.sent.filter((request) => request.method === "PATCH");
  async function stored(): Promise<Record<string, unknown>[]> {
    const body: unknown = await (await tenant.raw("GET", `/api/v1/interactions/${ID}`)).json();
    return z.object({ dispositions: z.array(z.record(z.string(), z.unknown())) }).parse(body).dispositions;
  }

  test("replaces the dispositions under the weak tag as received, which then changes", async () => {
    const { client, tag } = await ready();
    expect(tag).toMatch(/^W\/"[^"]+"$/);
    const result = await client.update(ID, [resolved], tag);
    expect(result).toMatchObject({ status: "success", attempts: 1, data: { dispositions: [{ code: "101" }] } });
    expect(patches()[0]?.headers.get("if-match")).toBe(tag);
    expect(await client.readTag(ID)).not.toBe(tag);
    expect(await stored()).toEqual([
      {
        code: "101",
        description: "Issue Resolved",
        agent_id: "agent_xyz_123",
        timestamp: expect.stringMatching(/^2025-03-05T15:00:00\.\d{6}Z$/),
        source: "api",
      },
    ]);
    expect(JSON.parse(tenant.received[0]?.body ?? "")).toMatchObject({ type: "DISPOSITION_UPDATED", interaction_id: ID });
  });

  test("works with no scope but interactions:write: the read is let in, the asked-for rest left out of the grant", async () => {
    const { client, tag } = await ready("corrector");
    expect((await client.update(ID, [resolved], tag)).status).toBe("success");
    const form = new URLSearchParams({
      grant_type: "client_credentials",
      client_id: "corrector",
      client_secret: SECRET,
      scope: "interactions:write dispositions:read",
    });
    const url = `${tenant.account().baseUrl}/v1/oauth/token`;
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    const reply: unknown = await (await tenant.env.fetch(url, { method: "POST", headers, body: form.toString() })).json();
    expect(reply).toMatchObject({ scope: "interactions:write", token_type: "Bearer", expires_in: 3600 });
    await expect(client.codes()).rejects.toMatchObject({ status: 403 });
  });

  test("after another writer: 409, fresh tag, half a second, and the second PATCH replaces the other's entry", async () => {
    const { client, tag } = await ready();
    edit();
    expect(await client.update(ID, [resolved], tag)).toMatchObject({ status: "success", attempts: 2 });
    expect(tenant.waits).toEqual([0.5]);
    expect(patches().map((request) => request.status)).toEqual([409, 200]);
    expect((await stored()).map((entry) => entry["code"])).toEqual(["101"]);
  });

  test("a refused PATCH leaves the tag as it was", async () => {
    const { client, tag } = await ready();
    const body = { dispositions: [foreignEntry] };
    const path = `/api/v1/interactions/${ID}`;
    expect((await tenant.raw("PATCH", path, body, { "if-match": 'W/"0000000000000000"' })).status).toBe(409);
    expect((await tenant.raw("PATCH", path, body)).status).toBe(428);
    expect((await tenant.raw("PATCH", path, { dispositions: [] }, { "if-match": tag })).status).toBe(400);
    expect(await client.readTag(ID)).toBe(tag);
  });

  test("a writer who always comes in between ends in a persistent conflict after 0.5 and 1 s", async () => {
    const { client, tag } = await ready();
    edit();
    const sleep = tenant.env.sleep;
    const racing = new InteractionClient(
      {
        ...tenant.env,
        sleep: async (seconds) => {
          await sleep(seconds);
          edit();
        },
      },
      tenant.account(),
    );
    expect(await racing.update(ID, [resolved], tag)).toMatchObject({ status: "conflict_persistent", attempts: 3 });
    expect(tenant.waits).toEqual([0.5, 1]);
    expect(await client.update(ID, [resolved], (await client.readTag(ID)) ?? "")).toMatchObject({ status: "success" });
  });

  test("of several PATCHes under one tag exactly one gets through at first", async () => {
    const { client, tag } = await ready();
    const results = await Promise.all([1, 2, 3].map(() => client.update(ID, [resolved], tag)));
    expect(results.filter((result) => result.attempts === 1 && result.status === "success")).toHaveLength(1);
    const first = patches().filter((request) => request.headers.get("if-match") === tag);
    expect(first.map((request) => request.status).toSorted((a, b) => a - b)).toEqual([200, 409, 409]);
  });

  test("without a tag in the read reply the stale one goes out again", async () => {
    const { client, tag } = await ready();
    edit();
    tenant.sandbox.control.faults.add({ match: { operation: "getInteraction" }, effect: { headers: { etag: null } } });
    expect(await client.update(ID, [resolved], tag)).toMatchObject({ status: "conflict_persistent" });
    expect(patches().map((request) => request.headers.get("if-match"))).toEqual([tag, tag, tag]);
  });

  test("any 2xx but 200 counts as no answer and is sent again until the attempts are used up", async () => {
    const { client, tag } = await ready();
    tenant.sandbox.control.faults.add({ match: { operation: "patchInteraction" }, effect: { status: 202 } });
    expect(await client.update(ID, [resolved], tag)).toMatchObject({ status: "exhausted_retries" });
    expect(patches()).toHaveLength(3);
  });

  test("429: whole seconds are waited, 2 s without the header; a fraction or a date crashes", async () => {
    const { client, tag } = await ready();
    const limit = (told: string | null) =>
      tenant.sandbox.control.faults.add({
        match: { operation: "patchInteraction" },
        times: 1,
        effect: { status: 429, headers: { "retry-after": told } },
      });
    limit("7");
    limit(null);
    expect(await client.update(ID, [resolved], tag)).toMatchObject({ status: "success", attempts: 3 });
    expect(tenant.waits).toEqual([7, 2]);
    for (const told of ["1.5", "Wed, 21 Oct 2015 07:28:00 GMT"]) {
      limit(told);
      await expect(client.update(ID, [resolved], tag)).rejects.toThrow(TypeError);
    }
  });

  test("the tenant refuses an unknown code, a time without offset and mixed levels", async () => {
    const { client, tag } = await ready();
    await expect(client.update(ID, [{ ...resolved, code: "999" }], tag)).rejects.toMatchObject({ status: 400 });
    const naive = { ...resolved, timestamp: "2025-03-05T10:00:00.123456" };
    await expect(client.update(ID, [naive], tag)).rejects.toMatchObject({ status: 400 });
    const mixed = [foreignEntry, { ...foreignEntry, code: "201" }];
    const reply = await tenant.raw("PATCH", `/api/v1/interactions/${ID}`, { dispositions: mixed }, { "if-match": tag });
    expect(reply.status).toBe(400);
    expect(await client.readTag(ID)).toBe(tag);
  });

  test("the client refuses mixed levels and unreadable times before it sends", async () => {
    const { client, tag } = await ready();
    expect(await client.update(ID, [resolved, { ...callback, code: "203" }], tag)).toMatchObject({ status: "validation_error" });
    expect(await client.update(ID, [{ ...resolved, timestamp: "yesterday" }], tag)).toMatchObject({ status: "validation_error" });
    expect(await client.update(ID, [resolved, callback], tag)).toMatchObject({ status: "success" });
    expect(client.errorRate()).toBeCloseTo(2 / 3);
    expect(patches()).toHaveLength(1);
  });

  test("another organization's interaction is 403, an unknown one 404, a revoked token 401, a server error raises at once", async () => {
    const { client, tag } = await ready();
    await expect(client.readTag("interaction_elsewhere")).rejects.toMatchObject({ status: 403 });
    await expect(client.update("interaction_elsewhere", [resolved], tag)).rejects.toMatchObject({ status: 403 });
    await expect(client.readTag("nowhere")).rejects.toMatchObject({ status: 404 });
    tenant.sandbox.control.faults.add({ match: { operation: "patchInteraction" }, times: 1, effect: { status: 502 } });
    await expect(client.update(ID, [resolved], tag)).rejects.toMatchObject({ status: 502 });
    tenant.sandbox.control.revokeTokens();
    await expect(client.update(ID, [resolved], tag)).rejects.toMatchObject({ status: 401 });
  });

  test("the matrix of codes names parents, and every code the program uses is in it", async () => {
    const { client } = await ready();
    const codes = await client.codes();
    expect(codes.map((entry) => entry.code)).toEqual(expect.arrayContaining(["101", "103"]));
    const known = new Set(codes.map((entry) => entry.code));
    expect(codes.every((entry) => entry.parent === undefined || entry.parent === null || known.has(entry.parent))).toBe(true);
  });

  test("a token serves until 60 s before its end", async () => {
    const { client } = await ready();
    const tokens = () => tenant.sent.filter((request) => request.url.pathname === "/v1/oauth/token").length;
    await tenant.sandbox.control.advance(3539);
    await client.readTag(ID);
    expect(tokens()).toBe(1);
    await tenant.sandbox.control.advance(2);
    await client.readTag(ID);
    expect(tokens()).toBe(2);
  });
});
