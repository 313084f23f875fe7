// Deliveries of the vendor over real HTTP into the real queue: who is believed, what is refused, what is kept, once.

import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type InboundWorld, metricsEvent, openInboundWorld, openRequest, SECRETS } from "./world.ts";

let world: InboundWorld;
beforeEach(async () => {
  world = await openInboundWorld();
});
afterEach(async () => {
  for (const secret of [...SECRETS.omnichannel, ...SECRETS.dialer]) expect(world.log.join("\n")).not.toContain(secret);
  await world[Symbol.asyncDispose]();
});

const HOUR = 3_600_000;
const now = () => world.opened.clock.now();

test("an event is durable when 202 is answered, and a repetition is known as one, by another process as well", async () => {
  const event = metricsEvent(now(), 0.4, "evt_1");
  expect(await world.post(event)).toEqual({ status: 202, body: { accepted: true } });
  expect(await world.post(event)).toEqual({ status: 202, body: { accepted: true, duplicate: true } });
  const other = await world.opened.again();
  const [kept] = await other.inbound.list();
  expect(kept).toMatchObject({ channel: "omnichannel", eventId: "evt_1", status: "pending", occurredAt: now() });
  expect(JSON.parse(kept?.body ?? "")).toEqual(event);
  // The same id on the other channel is another event.
  expect(await world.post(event, { channel: "dialer" })).toMatchObject({ status: 202, body: { accepted: true } });
  expect((await world.events()).length).toBe(2);
});

test("hundreds at once, many of them twice: each is kept once", async () => {
  const ids = Array.from({ length: 300 }, (_, i) => `evt_${i % 150}`);
  const answers = await Promise.all(ids.map((id) => world.post(metricsEvent(now(), 0.4, id))));
  expect(answers.every(({ status }) => status === 202)).toBe(true);
  expect(answers.filter(({ body }) => (body as { duplicate?: boolean }).duplicate).length).toBe(150);
  expect(new Set((await world.events()).map(({ eventId }) => eventId)).size).toBe(150);
});

describe("who is believed", () => {
  test.each([
    ["the registered header", { "x-outdial-secret": SECRETS.omnichannel[0] }, 202],
    ["the secret as a bearer token", { "x-outdial-secret": undefined, authorization: `Bearer ${SECRETS.omnichannel[0]}` }, 202],
    ["no secret", { "x-outdial-secret": undefined }, 401],
    ["an empty header", { "x-outdial-secret": "" }, 401],
    ["a wrong one", { "x-outdial-secret": "omnichannel-secret-2" }, 401],
    ["a beginning of it", { "x-outdial-secret": SECRETS.omnichannel[0].slice(0, -1) }, 401],
    ["the other channel's", { "x-outdial-secret": SECRETS.dialer[0] }, 401],
    ["another scheme", { "x-outdial-secret": undefined, authorization: `Basic ${SECRETS.omnichannel[0]}` }, 401],
  ])("%s", async (_, headers, status) => {
    const given = Object.entries(headers).filter(([, value]) => value !== undefined);
    const response = await fetch(`${world.url}/webhooks/vendor/omnichannel`, {
      method: "POST",
      headers: Object.fromEntries(given) as Record<string, string>,
      body: JSON.stringify(metricsEvent(now(), 0.4, "evt_1")),
    });
    expect(response.status).toBe(status);
    expect((await world.events()).length).toBe(status === 202 ? 1 : 0);
    if (status === 401) expect(response.headers.get("www-authenticate")).toBe("Bearer");
  });

  test("both secrets during a rotation, and nobody where none is set", async () => {
    await using rotating = await openInboundWorld({ secrets: () => ({ omnichannel: ["new-secret", SECRETS.omnichannel[0]] }) });
    const event = metricsEvent(rotating.opened.clock.now(), 0.4, "evt_1");
    expect((await rotating.post(event)).status).toBe(202);
    expect((await rotating.post(event, { headers: { "x-outdial-secret": "new-secret" } })).status).toBe(202);
    expect(await rotating.post(event, { channel: "dialer" })).toMatchObject({ status: 404, body: { code: "not_set_up" } });
  });
});

test.each([
  ["nothing", "", 400, "not_json"],
  ["no JSON", "{", 400, "not_json"],
  ["bytes", "\u0000\u0001\ufffd", 400, "not_json"],
  ["a list", [1], 400, "not_an_event"],
  ["no id", { type: "t", occurredAt: "2026-03-02T15:00:00Z" }, 400, "not_an_event"],
  ["an id with a line break", { id: "a\nb", type: "t", occurredAt: "2026-03-02T15:00:00Z" }, 400, "not_an_event"],
  ["an endless id", { id: "a".repeat(201), type: "t", occurredAt: "2026-03-02T15:00:00Z" }, 400, "not_an_event"],
  ["no time", { id: "a", type: "t" }, 400, "not_an_event"],
  ["a time of no zone", { id: "a", type: "t", occurredAt: "2026-03-02T15:00:00" }, 400, "not_an_event"],
  ["an old event", { id: "a", type: "t", occurredAt: "2026-03-01T14:59:59Z" }, 422, "too_old"],
  ["one of the future", { id: "a", type: "t", occurredAt: "2026-03-02T15:05:01Z" }, 422, "from_the_future"],
])("%s is refused and not kept", async (_, body, status, code) => {
  expect(await world.post(body)).toMatchObject({ status, body: { status, code } });
  expect(await world.events()).toEqual([]);
  expect(world.answers).toEqual([{ channel: "omnichannel", result: code }]);
});

test("what is just young enough, or just not too early, is taken", async () => {
  const times = [now() - 24 * HOUR, now() + 300_000];
  for (const at of times) expect((await world.post(metricsEvent(at, 0.4))).status).toBe(202);
});

describe("bodies", () => {
  const headers = { "x-outdial-secret": SECRETS.omnichannel[0], "content-type": "application/json" };
  const at = () => `${world.url}/webhooks/vendor/omnichannel`;

  test("larger than allowed by their own word are refused before they are sent", async () => {
    const sent = openRequest(at(), { ...headers, "content-length": String(256 * 1024 + 1) });
    sent.write("{");
    expect(await sent.answered).toBe(413);
    sent.destroy();
  });

  test("that grow too large without having said so are cut off", async () => {
    const sent = openRequest(at(), { ...headers, "transfer-encoding": "chunked" });
    sent.answered.catch(() => undefined);
    for (let i = 0; i < 5; i++) sent.write("x".repeat(64 * 1024));
    expect(await sent.answered).toBe(413);
    sent.destroy();
    expect(await world.events()).toEqual([]);
  });

  test("that do not come are not waited for beyond the time allowed", async () => {
    let late: () => void = () => undefined;
    const asked: number[] = [];
    await using slow = await openInboundWorld({
      clock: {
        now: Date.now,
        sleep: (ms) =>
          new Promise((resolve) => {
            asked.push(ms);
            late = resolve;
          }),
      },
      body: { maxBytes: 1024, timeoutMs: 7_000 },
    });
    const sent = openRequest(`${slow.url}/webhooks/vendor/omnichannel`, { ...headers, "content-length": "100" });
    sent.write('{"id":');
    while (asked.length === 0) await new Promise(setImmediate);
    late();
    expect(await sent.answered).toBe(408);
    expect(asked).toEqual([7_000]);
    sent.destroy();
    expect(slow.answers).toEqual([{ channel: "omnichannel", result: "too_slow" }]);
  });

  test("of a multi-byte script arrive as they are", async () => {
    const event = { ...metricsEvent(now(), 0.4), note: "Ünïcode ✓ 漢字" };
    const sent = openRequest(at(), { ...headers, "transfer-encoding": "chunked" });
    sent.write(JSON.stringify(event));
    sent.end();
    expect(await sent.answered).toBe(202);
    const [kept] = await world.events();
    expect(JSON.parse(kept?.body ?? "")).toEqual(event);
  });
});

test("while the store is away 503 asks the vendor to come again, and nothing is answered for that is not kept", async () => {
  await using broken = await openInboundWorld({
    intake: { full: false, keep: () => Promise.reject(new Error("the database is away, its password is hunter2")) },
  });
  const answered = await broken.post(metricsEvent(broken.opened.clock.now(), 0.4));
  expect(answered).toMatchObject({ status: 503, body: { code: "store_unavailable" } });
  expect(JSON.stringify(answered)).not.toContain("hunter2");
  await using full = await openInboundWorld({ intake: { full: true, keep: () => Promise.resolve(true) } });
  expect(await full.post(metricsEvent(full.opened.clock.now(), 0.4))).toMatchObject({ status: 503, body: { code: "busy" } });
});
