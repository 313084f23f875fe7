// Lists in pages: whoever follows `next` sees each item once, in the order of the whole list.

import { afterAll, beforeAll, expect, test } from "vitest";
import { type StartedService, startService } from "../../support/service.ts";

let at: StartedService;
beforeAll(async () => {
  at = await startService();
});
afterAll(() => at[Symbol.asyncDispose]());

/** The items of all pages, and how many pages there were. */
async function walk(path: string): Promise<{ items: unknown[]; pages: number }> {
  const items: unknown[] = [];
  let cursor = "";
  for (let pages = 1; ; pages++) {
    const page = await at.get(`${path}${path.includes("?") ? "&" : "?"}limit=2${cursor}`);
    items.push(...(page["items"] as unknown[]));
    if (page["next"] === null) return { items, pages };
    cursor = `&cursor=${encodeURIComponent(page["next"] as string)}`;
  }
}
const whole = async (path: string) => (await at.get(path))["items"] as Record<string, unknown>[];

test("manifests of gates", async () => {
  for (let i = 0; i < 5; i++) {
    const response = await at.ask("/api/v1/compliance/gate?campaign=c&callType=telemarketing", {
      method: "POST",
      headers: { "content-type": "text/csv" },
      body: `phone\n+1212555012${i}\n`,
    });
    expect(await response.text()).toContain("manifest");
  }
  expect(await whole("/api/v1/compliance/manifests?campaign=c")).toHaveLength(5);
  expect(await walk("/api/v1/compliance/manifests?campaign=c")).toEqual({
    items: await whole("/api/v1/compliance/manifests?campaign=c"),
    pages: 3,
  });
});

test("revocations: by age, two at one moment included", async () => {
  const revokedAt = Date.parse("2026-03-02T10:00:00Z");
  const rows = [0, 1, 2, 3, 4].map((i) => ({
    number: 12125550130 + i,
    revokedAt: revokedAt + Math.floor(i / 2) * 60_000,
    channel: "call",
    reference: `r${i}`,
  }));
  await at.service.store.facts.addRevocations(rows, { actor: "test" });
  const path = "/api/v1/compliance/revocations";
  const { items, pages } = await walk(path);
  expect(pages).toBe(3);
  const references = (list: unknown[]) => list.map((one) => (one as { reference: string }).reference).sort();
  expect(references(items)).toEqual(["r0", "r1", "r2", "r3", "r4"]);
  expect(references(items)).toEqual(references(await whole(path)));
  expect(references(items.slice(0, 2))).toEqual(["r0", "r1"]);
});

test("approvals: the newest first, those of one moment included", async () => {
  const { requests } = at.service.store;
  for (const n of [0, 1, 2, 3, 4])
    await requests.askApproval({
      operation: "x",
      summary: `plan ${n}`,
      confirm: `${n}`,
      request: {},
      plan: null,
      requestedBy: "ann",
    });
  const all = await whole("/api/v1/approvals");
  expect(all).toHaveLength(5);
  expect(await walk("/api/v1/approvals")).toEqual({ items: all, pages: 3 });
  await requests.decideApproval(String(all[1]?.["id"]), { state: "rejected", executor: "r", by: "bob" });
  const waiting = await whole("/api/v1/approvals?pending=true");
  expect(waiting).toHaveLength(4);
  expect(await walk("/api/v1/approvals?pending=true")).toEqual({ items: waiting, pages: 2 });
});

test("opt-outs whose number is not known: the longest waiting first, several at one moment included", async () => {
  const asked = Date.parse("2026-03-02T10:00:00Z");
  const outcomes = [0, 1, 2, 3, 4].map((i) => ({
    callId: `call/${i % 3} é`,
    code: i < 3 ? "DO_NOT_CALL" : "STOP",
    at: asked + (i === 2 ? 1 : 0),
    number: null,
    campaign: "c",
    optOut: "DO_NOT_CALL",
  }));
  await at.service.store.facts.addOutcomes(outcomes, { actor: "test" });
  const path = "/api/v1/suppressions/pending";
  const all = await whole(path);
  expect(all.map(({ callId, code }) => `${String(callId)} ${String(code)}`)).toEqual([
    "call/0 é DO_NOT_CALL",
    "call/0 é STOP",
    "call/1 é DO_NOT_CALL",
    "call/1 é STOP",
    "call/2 é DO_NOT_CALL",
  ]);
  expect(await walk(path)).toEqual({ items: all, pages: 3 });
  expect(await at.get(`${path}?limit=2`)).toMatchObject({ all: 5 });
});

test("retrievals and their schedules", async () => {
  for (const campaign of ["a", "b", "c"]) {
    const asked = { campaignId: campaign, lastHours: 1 };
    expect(await at.post("/api/v1/outcomes/retrievals", asked)).toMatchObject({ status: 202 });
    const body = JSON.stringify({ everyMinutes: 60 });
    const headers = { "content-type": "application/json" };
    expect((await at.ask(`/api/v1/outcomes/schedules/${campaign}`, { method: "PUT", headers, body })).status).toBe(200);
  }
  const ids = (list: unknown[]) => list.map((one) => (one as { jobId?: string; campaignId: string }).campaignId);
  const retrievals = await walk("/api/v1/outcomes/retrievals?campaign=b");
  expect(ids(retrievals.items)).toContain("b");
  const all = await whole("/api/v1/outcomes/retrievals");
  expect(new Set(ids((await walk("/api/v1/outcomes/retrievals")).items))).toEqual(new Set(ids(all)));
  const schedules = await walk("/api/v1/outcomes/schedules");
  expect({ ids: ids(schedules.items), pages: schedules.pages }).toEqual({ ids: ["a", "b", "c"], pages: 2 });
});

test("a cursor that is none of ours is refused or begins nothing anew", async () => {
  expect(await at.get("/api/v1/compliance/revocations?cursor=x")).toMatchObject({ status: 400, code: "invalid_request" });
  expect(await at.get("/api/v1/suppressions/pending?cursor=x")).toMatchObject({ status: 400, code: "invalid_request" });
  for (const told of [{ at: 9_000_000_000_000_000, callId: "c", code: "x" }, { at: 1, callId: "\0", code: "x" }, { at: 1 }]) {
    const cursor = Buffer.from(JSON.stringify(told)).toString("base64url");
    expect(await at.get(`/api/v1/suppressions/pending?cursor=${cursor}`)).toMatchObject({ status: 400, code: "invalid_request" });
  }
  expect(await at.get("/api/v1/compliance/manifests?cursor=nowhere")).toMatchObject({ items: [], next: null });
  expect(await at.get("/api/v1/approvals?cursor=%00")).toMatchObject({ status: 400, code: "invalid_request" });
  expect(await at.get("/api/v1/approvals?cursor=nowhere")).toMatchObject({ items: [], next: null });
});
