// Writers kept apart: entity tags, version tags, idempotency keys, the upsert of dispositions. Contract §2.1 to §2.5.

import { describe, expect, test } from "vitest";
import { campaignBody, entry, INTERACTION, openBench, settingsBody, TRANSPORTS } from "./bench-tenant.ts";

const CAMPAIGNS = "/api/v2/omnichannel/campaigns";
const SETTINGS = "/api/v1/dialer/settings";

describe.each(TRANSPORTS)("locks, %s", (transport) => {
  test("of ten writers with one entity tag exactly one wins; the tag changes with it alone", async () => {
    await using tenant = await openBench(transport);
    const path = `/api/v1/interactions/${INTERACTION}`;
    const before = await tenant.api("GET", path);
    const etag = before.headers.get("etag") ?? "";
    expect(etag).toMatch(/^W\/"[0-9a-f]+"$/);
    const replies = await Promise.all(
      Array.from({ length: 10 }, (_, i) =>
        tenant.api("PATCH", path, {
          body: { dispositions: [entry("101", { agent_id: `a${i}` })] },
          headers: { "if-match": etag },
        }),
      ),
    );
    expect(replies.map(({ status }) => status).sort((a, b) => a - b)).toEqual([200, ...Array.from({ length: 9 }, () => 409)]);
    const winner = replies.find(({ status }) => status === 200);
    const after = await tenant.api("GET", path);
    expect(after.headers.get("etag")).toBe(winner?.headers.get("etag"));
    expect(after.headers.get("etag")).not.toBe(etag);
    expect(after.body.dispositions).toEqual(winner?.body.dispositions);
  });

  test("the array replaces what is stored; a retired code may stay", async () => {
    await using tenant = await openBench(transport);
    const path = `/api/v1/interactions/${INTERACTION}`;
    tenant.sandbox.control.simulateEdit({ kind: "interaction", id: INTERACTION, body: { dispositions: [entry("199")] } });
    const etag = (await tenant.api("GET", path)).headers.get("etag") ?? "";
    const both = { dispositions: [entry("199"), entry("101")] };
    const reply = await tenant.api("PATCH", path, { body: both, headers: { "if-match": etag } });
    expect([reply.status, reply.body.dispositions.length]).toEqual([200, 2]);
  });

  test("the same disposition again changes nothing, another one does", async () => {
    await using tenant = await openBench(transport);
    const put = (body: unknown) => tenant.api("PUT", "/api/v2/outbound/calls/call_done/disposition", { body });
    const body = { dispositionCodeId: "DISP_1", notes: "n", reasonCodeId: "R_11", tag: ["a"] };
    expect((await put(body)).body.changed).toBe(true);
    await tenant.sandbox.control.advance(60);
    const again = await put({ dispositionCodeId: "DISP_1", notes: "n", reasonCodeId: "R_11", tags: ["a"] });
    expect(again.body).toMatchObject({ changed: false, disposition: { tag: ["a"], updatedAt: "2026-03-04T15:00:00.000Z" } });
    expect((await put({ dispositionCodeId: "DISP_2", notes: "" })).body.changed).toBe(true);
    expect(tenant.sandbox.control.call("call_done")).toMatchObject({ writes: 3, effects: 2, dispositionCode: "DISP_2" });
    const { body: shown } = await tenant.api("GET", "/api/v2/outbound/calls/call_done");
    expect(shown.disposition).toEqual({ dispositionCodeId: "DISP_2", notes: "", tag: [], updatedAt: "2026-03-04T15:01:00.000Z" });
    const { body: page } = await tenant.api("GET", "/api/v2/outbound/calls?dispositionCode=DISP_2");
    expect(page.calls).toHaveLength(1);
    expect((await put({ dispositionCodeId: "DISP_2", notes: "", reasonCodeId: null, tag: null })).body.changed).toBe(false);
  });

  test("wrap-up and abandoned calls take a disposition too", async () => {
    await using tenant = await openBench(transport);
    for (const call of ["call_wrap_up", "call_abandoned"]) {
      const path = `/api/v2/outbound/calls/${call}/disposition`;
      expect((await tenant.api("PUT", path, { body: { dispositionCodeId: "DISP_1", notes: "" } })).status).toBe(200);
    }
  });

  test("a repeated creation under one key makes one campaign; another body is refused", async () => {
    await using tenant = await openBench(transport);
    const headers = { "x-idempotency-key": "create-1" };
    const create = (body: unknown, token?: string) =>
      tenant.api("POST", CAMPAIGNS, { body, headers, ...(token === undefined ? {} : { token }) });
    const first = await create(campaignBody());
    const again = await create(Object.fromEntries(Object.entries(campaignBody()).reverse()));
    expect([again.status, again.body]).toEqual([201, first.body]);
    expect(again.headers.get("etag")).toBe(first.headers.get("etag"));
    const other = await create(campaignBody({ name: "Other" }));
    expect([other.status, other.body.error.code]).toEqual([422, "idempotency_conflict"]);
    expect((await create(campaignBody(), await tenant.token("other"))).body.id).not.toBe(first.body.id);
    await tenant.sandbox.control.advance(25 * 3600);
    expect((await create(campaignBody({ name: "Other" }), await tenant.token())).status).toBe(201);
    expect((await tenant.api("GET", CAMPAIGNS, { token: await tenant.token() })).body.total).toBe(5);
  });

  test("a replayed transition gets its first answer, also after the state went on", async () => {
    await using tenant = await openBench(transport);
    const put = (status: string, key?: string) =>
      tenant.api("PUT", `${CAMPAIGNS}/camp`, {
        body: { status },
        headers: key === undefined ? {} : { "x-idempotency-key": key },
      });
    const first = await put("active", "k1");
    const replay = await put("active", "k1");
    expect([replay.status, replay.body]).toEqual([200, first.body]);
    expect((await put("active", "k2")).status).toBe(409);
    expect((await put("paused", "k1")).status).toBe(422);
    await put("paused");
    expect((await put("active", "k1")).body.status).toBe("active");
    expect((await put("active", "k2")).status).toBe(409);
    expect((await tenant.api("GET", `${CAMPAIGNS}/camp`)).body.status).toBe("paused");
  });

  test("a body refused as wrong may be mended under its key", async () => {
    await using tenant = await openBench(transport);
    const headers = { "x-idempotency-key": "k" };
    expect((await tenant.api("PUT", `${CAMPAIGNS}/camp`, { body: { status: "running" }, headers })).status).toBe(400);
    expect((await tenant.api("PUT", `${CAMPAIGNS}/camp`, { body: { status: "active" }, headers })).status).toBe(200);
  });

  test("a campaign's version lets one writer through", async () => {
    await using tenant = await openBench(transport);
    const made = await tenant.api("POST", CAMPAIGNS, { body: campaignBody() });
    const path = `${CAMPAIGNS}/${made.body.id}`;
    const etag = made.headers.get("etag") ?? "";
    expect((await tenant.api("GET", path)).headers.get("etag")).toBe(etag);
    const put = (body: unknown, tag: string) => tenant.api("PUT", path, { body, headers: { "if-match": tag } });
    const changed = await put(campaignBody({ name: "Renamed" }), etag);
    expect([changed.status, changed.body.name, changed.body.id]).toEqual([200, "Renamed", made.body.id]);
    expect((await put({ status: "active" }, etag)).status).toBe(412);
    expect((await put({ status: "active" }, changed.headers.get("etag") ?? "")).status).toBe(200);
    tenant.sandbox.control.simulateEdit({ kind: "campaign", id: made.body.id, body: { description: "by another" } });
    expect((await put({ status: "paused" }, changed.headers.get("etag") ?? "")).status).toBe(412);
  });

  test("a campaign as it was read may be written back", async () => {
    await using tenant = await openBench(transport);
    const made = await tenant.api("POST", CAMPAIGNS, { body: campaignBody() });
    const reply = await tenant.api("PUT", `${CAMPAIGNS}/${made.body.id}`, { body: { ...made.body, name: "Renamed" } });
    expect(reply.body).toMatchObject({ ...made.body, name: "Renamed", lastModifiedTime: expect.any(String) });
  });

  test("of ten activations with one version tag exactly one is accepted", async () => {
    await using tenant = await openBench(transport);
    const { versionTag } = (await tenant.api("GET", SETTINGS)).body;
    const replies = await Promise.all(
      Array.from({ length: 10 }, (_, i) =>
        tenant.api("PUT", SETTINGS, { body: settingsBody(2 + i / 10), headers: { "if-match": versionTag } }),
      ),
    );
    expect(replies.map(({ status }) => status).sort((a, b) => a - b)).toEqual([202, ...Array.from({ length: 9 }, () => 412)]);
  });
});
