// Deliveries and the vendor's events through the API: what people see, switch and try again, and who may.

import { afterEach, beforeEach, expect, test } from "vitest";
import { type StartedServer, startServer } from "../../support/server.ts";

let at: StartedServer;
beforeEach(async () => {
  at = await startServer();
});
afterEach(() => at[Symbol.asyncDispose]());

const ask = async (path: string, init: { method?: string; body?: unknown; token?: string } = {}) => {
  const response = await at.ask(`/api/v1${path}`, {
    method: init.method ?? "GET",
    token: init.token ?? at.tokens.operator,
    ...(init.body === undefined ? {} : { body: JSON.stringify(init.body), headers: { "content-type": "application/json" } }),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
};

test("a dead letter with its attempts, sent again by id; a receiver off and on; each in the audit under the caller's name", async () => {
  const { store } = at.world;
  await store.outbox.add([{ eventId: "e1", endpoint: "bi", subject: "s", type: "T", body: "{}" }]);
  const [claimed] = await store.outbox.claimDue({ endpoint: "bi", limit: 1, claimMs: 1000, by: "w" });
  const id = claimed?.id ?? 0;
  await store.outbox.markFailed("w", [{ id, status: 500, error: "answered 500", nextAttemptAt: null }]);
  expect(await ask(`/deliveries/${id}`)).toMatchObject({
    status: 200,
    body: { status: "dead", attempts: 1, failures: [{ status: 500, error: "answered 500" }] },
  });
  expect((await ask(`/deliveries/${id + 1}`)).status).toBe(404);
  const refused = await ask("/deliveries/replay", { method: "POST", body: { ids: [id] }, token: at.tokens.viewer });
  expect(refused.status).toBe(403);
  expect(await ask("/deliveries/replay", { method: "POST", body: { ids: [id] } })).toMatchObject({ body: { queued: 1 } });
  expect(await ask("/deliveries/endpoints/bi/disable", { method: "POST" })).toMatchObject({
    body: { name: "bi", changed: true },
  });
  expect(await ask("/deliveries/endpoints")).toMatchObject({
    body: { items: [{ endpoint: "bi", url: null, pending: 1, enabled: false, message: "switched off by operator" }] },
  });
  expect(await store.outbox.claimDue({ endpoint: "bi", limit: 1, claimMs: 1000, by: "w" })).toEqual([]);
  expect(await ask("/deliveries/endpoints/bi/enable", { method: "POST" })).toMatchObject({ body: { changed: true } });
  expect(await ask("/deliveries/endpoints/bi/enable", { method: "POST" })).toMatchObject({ body: { changed: false } });
  expect((await ask("/deliveries/endpoints/nobody/enable", { method: "POST" })).status).toBe(404);
  expect(await store.outbox.claimDue({ endpoint: "bi", limit: 1, claimMs: 1000, by: "w" })).toHaveLength(1);
  const entries = (await store.audit.list({ actor: "operator" })).map(({ action }) => action);
  for (const action of ["webhooks.replay", "webhooks.off", "webhooks.on"]) expect(entries).toContain(action);
});

test("events of the vendor that were put aside are listed with the reason, without their bodies, and tried again", async () => {
  const { store, clock } = at.world;
  const event = { channel: "dialer", type: "t", occurredAt: clock.now(), body: '{"private":"MARKER"}' } as const;
  await store.inbound.add(["v1", "v2", "v3"].map((eventId) => ({ ...event, eventId })));
  const claimed = await store.inbound.claimDue("w", 2, 1000);
  await store.inbound.settle(
    "w",
    claimed.map(({ id }) => ({ id, status: "aside", reason: "makes no sense" })),
  );
  const listed = await ask("/inbound?status=aside&limit=1");
  expect(listed.body).toMatchObject({
    items: [{ eventId: "v2", status: "aside", reason: "makes no sense" }],
    next: expect.any(String),
  });
  const second = await ask(`/inbound?status=aside&limit=1&cursor=${String(listed.body["next"])}`);
  expect(second.body).toMatchObject({ items: [{ eventId: "v1" }], next: null });
  expect(JSON.stringify([listed, second])).not.toContain("MARKER");
  expect((await ask("/inbound/replay", { method: "POST", body: {}, token: at.tokens.viewer })).status).toBe(403);
  expect(await ask("/inbound/replay", { method: "POST", body: {} })).toMatchObject({ status: 200, body: { queued: 2 } });
  expect((await store.inbound.counts()).pending).toBe(3);
});
