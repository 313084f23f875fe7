// Receivers over time: switched off loudly with nothing lost, on again, secrets changed, addresses that are not theirs, what people see of it.

import { Webhook } from "standardwebhooks";
import { afterEach, beforeEach, expect, test } from "vitest";
import { DeliveryUseCases, usualTypes } from "../../../src/operations/index.ts";
import { startReceiver } from "../../support/receiver.ts";
import { openWorld, SECRET, type World } from "./world.ts";

let world: World;
beforeEach(async () => {
  world = await openWorld();
});
afterEach(() => world.dispose());

const NOTHING = { delivered: 0, failed: 0, dead: 0, pending: 0 };
const HOUR = 3_600_000;

const deliveriesOf = (receivers = { bi: { url: world.receiver.url, secret: SECRET } }) =>
  new DeliveryUseCases(world, () => receivers);
const reportOn = async (name: string) => (await deliveriesOf().receivers()).find(({ endpoint }) => endpoint === name);
const audited = async (action: string) =>
  (await world.store.audit.list({ action })).map(({ subject, details }) => ({ subject, details }));

test("410 switches the receiver off at once: an alarm, an audit entry, nothing more is sent, nothing is lost", async () => {
  await using alarms = await listening();
  await world.add(["e1", "A"], ["e2", "A"], ["e3", "B"]);
  world.receiver.answer = () => 410;
  const endpoints = { bi: { url: world.receiver.url, secret: SECRET }, alarms: { url: alarms.url, secret: SECRET } };
  await world.store.endpoints.learn({ bi: usualTypes("bi"), alarms: usualTypes("alarms") }, "set");
  const worker = world.worker({ endpoints });
  await worker.drain();
  const asked = world.receiver.received.length;
  // The alarm went with the first drain or goes with this one.
  expect(await worker.drain()).toMatchObject({ dead: 0, pending: 3 });
  expect(alarms.received).toHaveLength(1);
  expect(JSON.parse(alarms.received[0]?.body ?? "")).toMatchObject({
    type: "WEBHOOK_RECEIVER_OFF",
    subject: "webhooks/bi",
    data: { receiver: "bi", reason: expect.stringContaining("410") },
  });
  expect(await audited("webhooks.off")).toEqual([
    { subject: "bi", details: expect.objectContaining({ reason: expect.stringContaining("410") }) },
  ]);
  expect(world.log.filter((line) => line.startsWith("error"))).toHaveLength(1);

  // Off for everybody, for as long as it takes.
  world.receiver.answer = () => 200;
  world.clock.advance(48 * HOUR);
  expect(await world.worker({ endpoints }).drain()).toMatchObject({ delivered: 0, pending: 3 });
  expect(world.receiver.received.length).toBe(asked);
  expect(await reportOn("bi")).toMatchObject({ pending: 3, dead: 0, message: expect.stringContaining("410") });

  expect(await deliveriesOf().switchOn("bi", "dana")).toBe(true);
  expect(await deliveriesOf().switchOn("bi", "dana")).toBe(false);
  expect(await world.worker({ endpoints }).drain()).toMatchObject({ delivered: 3, pending: 0 });
  expect(new Set(world.receiver.received.slice(asked).map(({ id }) => id))).toEqual(new Set(["e1", "e2", "e3"]));
  expect(await audited("webhooks.on")).toEqual([{ subject: "bi", details: {} }]);
  expect(await reportOn("bi")).toMatchObject({ offSince: null, failingSince: null });
});

test.each([
  ["asked to be left alone for hours", 429, { "retry-after": "14000" }],
  ["wants no more events", 410, undefined],
  ["fails again and again", 500, undefined],
] as const)(
  "a receiver that %s is tried again by the running service as soon as it is switched on",
  async (_, status, headers) => {
    const events = Array.from({ length: 12 }, (__, i) => [`e${i}`, `subject ${i}`] as const);
    await world.add(...events);
    world.receiver.answer = () => (response) => response.writeHead(status, headers).end();
    const worker = world.worker();
    await worker.drain();
    await worker.drain();
    world.receiver.answer = () => 200;
    if (status !== 410) expect(await deliveriesOf().switchOff("bi", "dana")).toBe(true);
    world.clock.advance(2_000);
    expect(await worker.drain()).toMatchObject({ delivered: 0, pending: 12 });
    expect(await deliveriesOf().switchOn("bi", "dana")).toBe(true);
    world.clock.advance(2_000);
    expect(await worker.drain()).toMatchObject({ delivered: 12, pending: 0 });
  },
);

test("a receiver written after the published guides gets the flat body, signed, with the headers and the token that it wants", async () => {
  await world.add(["e1", "A"]);
  const headers = { "x-source": "outdial", authorization: "Bearer the-token-of-the-receiver" };
  const endpoints = { bi: { url: world.receiver.url, secret: SECRET, form: "plain", headers } } as const;
  expect(await world.worker({ endpoints }).drain()).toMatchObject({ delivered: 1 });
  const [got] = world.receiver.received;
  expect(got).toMatchObject({ id: "e1", signed: true, headers: { ...headers, "content-type": "application/json" } });
  const body = JSON.parse(got?.body ?? "") as object;
  expect(body).toHaveProperty("event_type", "DISPOSITION_ASSIGNED");
  expect(body).not.toHaveProperty("specversion");
  expect(JSON.stringify(await world.delivery("e1"))).not.toContain("the-token");
});

test("a receiver that takes nothing for the configured time is switched off once, whoever notices", async () => {
  await world.add(["e1", "A"], ["a1", "A", "alarms"]);
  world.receiver.answer = () => 500;
  const endpoints = { bi: { url: world.receiver.url, secret: SECRET, offAfterMs: 6 * HOUR } };
  const workers = [1, 2].map(() => world.worker({ endpoints }));
  const begun = world.clock.now();
  let last = begun;
  for (let hour = 0; hour < 40; hour++) {
    const before = world.receiver.received.length;
    for (const worker of workers) await worker.drain();
    if (world.receiver.received.length > before) last = world.clock.now();
    world.clock.advance(HOUR / 2);
  }
  expect((last - begun) / HOUR).toBeGreaterThanOrEqual(6);
  expect((last - begun) / HOUR).toBeLessThan(11);
  expect(await audited("webhooks.off")).toHaveLength(1);
  expect(await world.delivery("e1")).toMatchObject({ status: "pending" });
  const report = await reportOn("bi");
  expect(report).toMatchObject({
    pending: 1,
    failingSince: new Date(begun).toISOString(),
    message: expect.stringContaining("answered 500"),
  });
});

test("one delivery ends a failure: a receiver that works now and then stays on", async () => {
  world.receiver.answer = ({ id }) => (id.startsWith("bad") ? 500 : 200);
  const endpoints = { bi: { url: world.receiver.url, secret: SECRET, offAfterMs: 6 * HOUR } };
  const [failing, working] = [world.worker({ endpoints }), world.worker({ endpoints })];
  await world.add(["bad", "A"]);
  for (let hour = 0; hour < 20; hour++) {
    await failing.drain();
    await world.add([`good${hour}`, `S${hour}`]);
    await working.drain();
    world.clock.advance(HOUR);
  }
  expect(await reportOn("bi")).toMatchObject({ offSince: null, delivered: 20 });
  expect(await audited("webhooks.off")).toEqual([]);
});

test("while a secret is being changed the receiver may know either", async () => {
  const old = `whsec_${Buffer.from("the-secret-that-was-used-before").toString("base64")}`;
  const until = world.clock.now() + HOUR;
  const endpoints = { bi: { url: world.receiver.url, secret: SECRET, previous: { secret: old, until } } };
  await world.add(["during", "A"], ["after", "B"]);
  world.receiver.answer = ({ id }, index) => (id === "after" && index < 2 ? 503 : 200);
  expect(await world.worker({ endpoints }).drain()).toMatchObject({ delivered: 1, failed: 1 });
  const [report] = await deliveriesOf(endpoints).receivers();
  expect(report).toMatchObject({ rotating: { until: new Date(until).toISOString() } });
  world.clock.advance(HOUR);
  expect(await world.worker({ endpoints }).drain()).toMatchObject({ delivered: 1 });
  const verifies = (secret: string, name: string) => {
    const event = world.receiver.received.findLast(({ id }) => id === name);
    if (event === undefined) throw new Error(`${name} did not arrive`);
    const headers = {
      "webhook-id": "",
      "webhook-timestamp": "",
      "webhook-signature": "",
      ...(event.headers as Record<string, string>),
    };
    // The library's own tolerance is of the system's clock, which the hand clock left an hour ago.
    headers["webhook-signature"] = headers["webhook-signature"] ?? "";
    const at = new Date(Number(headers["webhook-timestamp"]) * 1000);
    return headers["webhook-signature"].split(" ").includes(new Webhook(secret).sign(name, at, event.body));
  };
  expect([verifies(SECRET, "during"), verifies(old, "during")]).toEqual([true, true]);
  expect([verifies(SECRET, "after"), verifies(old, "after")]).toEqual([true, false]);
  expect((await deliveriesOf(endpoints).receivers())[0]).toMatchObject({ rotating: null });
});

test("a name that comes to point into this network is not connected to; the event waits", async () => {
  const port = new URL(world.receiver.url).port;
  const answers = [["127.0.0.1"], ["10.0.0.1"], ["93.184.216.34", "127.0.0.1"], ["169.254.169.254"]];
  const endpoints = { bi: { url: `https://rebinding.example.com:${port}/`, secret: SECRET } };
  await world.add(["e1", "A"]);
  for (const addresses of answers) {
    const worker = world.worker({ endpoints, resolve: async () => addresses });
    expect(await worker.drain()).toMatchObject({ delivered: 0, failed: 1, pending: 1 });
    expect((await world.delivery("e1")).lastError).toMatch(
      /^no answer: address_refused: an address of rebinding\.example\.com is not/,
    );
    world.clock.advance(24 * HOUR);
  }
  expect(world.receiver.connections).toBe(0);
});

test("with allowPrivate a name within the own network is connected to, over plain http never beyond it", async () => {
  const port = new URL(world.receiver.url).port;
  const endpoints = { bi: { url: `http://receiver.internal:${port}/events`, secret: SECRET, allowPrivate: true } };
  await world.add(["e1", "A"], ["e2", "B"]);
  const beyond = world.worker({ endpoints, resolve: async () => ["93.184.216.34"] });
  expect(await beyond.drain()).toMatchObject({ failed: 2 });
  expect((await world.delivery("e1")).lastError).toContain("plain http must not leave");
  world.clock.advance(HOUR);
  const within = world.worker({ endpoints, resolve: async () => ["127.0.0.1"] });
  expect(await within.drain()).toEqual({ ...NOTHING, delivered: 2 });
});

test("people see each attempt, and replay by id and by range, in the audit", async () => {
  await world.add(["e1", "A"], ["e2", "B"], ["e3", "C"]);
  world.receiver.answer = (_, index) => (index < 3 ? 500 : 200);
  const worker = world.worker({ concurrency: 1 });
  await worker.drain();
  world.clock.advance(HOUR);
  await worker.drain();
  const { id } = await world.delivery("e2");
  const deliveries = deliveriesOf();
  expect(await deliveries.show(id)).toMatchObject({
    status: "delivered",
    attempts: 2,
    failures: [{ status: 500, error: expect.stringContaining("answered 500") }],
  });
  expect(await deliveries.show(id + 100)).toBeUndefined();
  expect(await deliveries.replay({ ids: [id], status: "delivered" }, "dana")).toBe(1);
  expect(await deliveries.replay({ fromId: id, toId: id + 1, status: "delivered" }, "dana")).toBe(1);
  await expect(deliveries.replay({ status: "delivered" }, "dana")).rejects.toMatchObject({ code: "invalid_input" });
  await expect(deliveries.replay({ fromId: 5, toId: 4 }, "dana")).rejects.toMatchObject({ code: "invalid_input" });
  expect(await audited("webhooks.replay")).toMatchObject([
    { details: { queued: 1, ids: [id] } },
    { details: { queued: 1, fromId: id, toId: id + 1 } },
  ]);
  const before = world.receiver.received.length;
  await worker.drain();
  expect(world.receiver.received.slice(before).map((event) => event.id)).toEqual(["e2", "e3"]);
  expect(await deliveries.switchOff("bi", "dana")).toBe(true);
  await world.add(["e4", "D"]);
  expect(await worker.drain()).toEqual({ ...NOTHING, pending: 1 });
});

async function listening() {
  const receiver = await startReceiver(SECRET);
  return Object.assign(receiver, { [Symbol.asyncDispose]: () => receiver.close() });
}
