// Receivers that the company names: each takes the types that it asks for, in its own form and order, whoever else takes them.

import { afterEach, beforeEach, expect, test } from "vitest";
import { cloudEvent, typesNamed, usualTypes } from "../../../src/operations/index.ts";
import { type Receiver, startReceiver } from "../../support/receiver.ts";
import { openWorld, SECRET, type World } from "./world.ts";

const LAKE_SECRET = `whsec_${Buffer.from("the-secret-that-the-lake-has-only").toString("base64")}`;

let world: World;
let lake: Receiver;
beforeEach(async () => {
  [world, lake] = await Promise.all([openWorld(), startReceiver(LAKE_SECRET)]);
});
afterEach(async () => {
  await lake.close();
  await world.dispose();
});

const NOTHING = { delivered: 0, failed: 0, dead: 0, pending: 0 };

type Type = Parameters<typeof cloudEvent>[0]["type"];

/** Emits an event as the product does: for whoever takes its type. */
async function emit(eventId: string, type: Type, subject: string) {
  const body = cloudEvent({
    id: eventId,
    source: "/outdial/test",
    type,
    subject,
    time: world.clock.now(),
    data: { message: eventId },
  });
  await world.outbox.add([{ eventId, subject, type, body }]);
}

const learn = (own: Record<string, readonly string[]>, how: "set" | "widen" | "keep" = "set") =>
  world.store.endpoints.learn(own, how);
const rows = async () =>
  (await world.outbox.listDeliveries()).map(({ endpoint, eventId, status }) => `${endpoint} ${eventId} ${status}`);
const typesOf = async (name: string) => (await world.store.endpoints.list()).find((one) => one.name === name)?.types;

test("two systems that want the same event each get it, in their own form, and one that is away is tried again alone", async () => {
  await learn({
    bi: usualTypes("bi"),
    "data-lake": ["DISPOSITION_ASSIGNED", "OUTCOMES_RETRIEVED"],
    siem: typesNamed("FAILOVER_*"),
  });
  await emit("e1", "DISPOSITION_ASSIGNED", "call_1");
  await emit("e2", "OUTCOMES_RETRIEVED", "camp_1");
  await emit("e3", "DISPOSITION_UPDATED", "call_1");
  expect(await rows()).toEqual(["bi e1 pending", "data-lake e1 pending", "data-lake e2 pending"]);

  lake.answer = () => 503;
  const worker = world.worker({
    endpoints: {
      bi: { url: world.receiver.url, secret: SECRET },
      "data-lake": { url: lake.url, secret: LAKE_SECRET, form: "plain", headers: { "x-team": "data" } },
    },
  });
  expect(await worker.drain()).toEqual({ ...NOTHING, delivered: 1, failed: 2, pending: 2 });
  lake.answer = () => 200;
  world.clock.advance(10_000);
  expect(await worker.drain()).toEqual({ ...NOTHING, delivered: 2 });
  expect(world.receiver.received.map(({ id, signed }) => [id, signed])).toEqual([["e1", true]]);
  expect(lake.received.map(({ id }) => id).sort()).toEqual(["e1", "e1", "e2", "e2"]);
  for (const { signed, headers } of lake.received) {
    expect(signed).toBe(true);
    expect(headers).toMatchObject({ "x-team": "data", "content-type": "application/json" });
  }
  expect(JSON.parse(lake.received.find(({ id }) => id === "e1")?.body ?? "")).toEqual({
    event_type: "DISPOSITION_ASSIGNED",
    message: "e1",
  });
});

test("with order none an event that is refused or waits holds no other of its subject; with order subject the next one waits", async () => {
  for (const order of ["subject", "none"] as const) {
    const name = `in-${order}`;
    await learn({ [name]: typesNamed("DISPOSITION_ASSIGNED") });
    for (const id of ["first", "second", "third"]) await world.add([`${name}-${id}`, "A", name]);
    world.receiver.answer = ({ id }) => (id.endsWith("first") ? 500 : 200);
    const worker = world.worker({ endpoints: { [name]: { url: world.receiver.url, secret: SECRET, order } } });
    const delivered = order === "none" ? 2 : 0;
    expect(await worker.drain(), order).toMatchObject({ delivered, failed: 1 });
    const { nextAttemptAt } = await world.delivery(`${name}-first`);
    expect(nextAttemptAt).toBeGreaterThan(world.clock.now());
    // What follows moves its own time only.
    await world.add([`${name}-fourth`, "A", name]);
    expect(await worker.drain(), order).toMatchObject({ delivered: order === "none" ? 1 : 0 });
    expect((await world.delivery(`${name}-first`)).nextAttemptAt).toBe(nextAttemptAt);
    world.receiver.answer = () => 200;
    world.clock.advance(10_000);
    expect(await worker.drain(), order).toMatchObject({ delivered: order === "none" ? 1 : 4, pending: 0 });
    const ids = world.receiver.received.map(({ id }) => id).filter((id) => id.startsWith(name));
    if (order === "subject") expect(ids.slice(1)).toEqual(["first", "second", "third", "fourth"].map((id) => `${name}-${id}`));
    else expect(ids.at(-1)).toBe(`${name}-first`);
    world.clock.advance(60_000);
  }
});

test("what a receiver says of an event that it refuses is kept, on one line and without what authorises the request", async () => {
  const token = "the-token-of-this-receiver";
  const endpoints = { bi: { url: world.receiver.url, secret: SECRET, headers: { authorization: `Bearer ${token}` } } };
  const long = `{"error":\n "no field team", "you sent": "Bearer ${token}"}${" and so on".repeat(100_000)}`;
  world.receiver.answer =
    ({ headers }) =>
    (response) =>
      response.writeHead(422).end(`${String(headers["webhook-signature"])} ${long}`);
  await world.add(["e1", "A"]);
  expect(await world.worker({ endpoints }).drain()).toMatchObject({ failed: 1 });
  const { lastError } = await world.delivery("e1");
  expect(lastError).toMatch(/^answered 422: it refuses this event: … \{"error": "no field team", "you sent": "…"\} and so on/);
  expect(lastError?.length).toBeLessThan(300);
  // A text that stalls is not waited for longer than for an answer.
  world.receiver.answer = (_, index) =>
    index === 1 ? (response) => response.writeHead(422, { "content-length": 100 }).write("half an answer") : 200;
  world.clock.advance(10_000);
  const drained = world.worker({ timeoutMs: 60_000 }).drain();
  await world.receiver.arrived(2);
  await world.until((all) => (all[0]?.attempts ?? 0) >= 2, 1_000);
  expect(await world.outbox.failures(1)).toHaveLength(2);
  await drained;
});

test("as many requests are open at once as the receiver is configured for", async () => {
  await world.add(...Array.from({ length: 60 }, (_, i): [string, string] => [`e${i}`, `S${i}`]));
  const held: (() => void)[] = [];
  world.receiver.answer = () => (response) => void held.push(() => response.writeHead(200).end());
  const worker = world.worker({ endpoints: { bi: { url: world.receiver.url, secret: SECRET, concurrency: 40 } } });
  const drained = worker.drain();
  await world.receiver.arrived(40);
  expect(world.receiver.mostAtOnce).toBe(40);
  world.receiver.answer = () => 200;
  for (const answer of held) answer();
  expect(await drained).toEqual({ ...NOTHING, delivered: 60 });
  expect(world.receiver.mostAtOnce).toBe(40);
});

test("a service sets what its receivers take; a command that is set up with less takes nothing from it; what is gone comes back", async () => {
  await learn({ siem: typesNamed("FAILOVER_*") });
  await learn({ siem: ["VENDOR_DRIFT"] }, "widen");
  expect(await typesOf("siem")).toEqual(expect.arrayContaining(["VENDOR_DRIFT", "FAILOVER_CLOCK"]));
  await learn({ siem: ["AUDIT_SET_BACK"] }, "keep");
  expect(await typesOf("siem")).not.toContain("AUDIT_SET_BACK");
  await learn({ siem: ["VENDOR_DRIFT"] });
  expect(await typesOf("siem")).toEqual(["VENDOR_DRIFT"]);
  expect(await world.store.endpoints.forget("siem", { actor: "dana", action: "webhooks.forget", subject: "siem" })).toBe(true);
  expect(world.store.endpoints.takes("VENDOR_DRIFT")).toBe(false);
  await learn({ siem: ["AUDIT_SET_BACK"] }, "keep");
  expect(await typesOf("siem")).toEqual(["AUDIT_SET_BACK"]);

  // Another process reads it, and writes for it what it takes.
  const other = await world.anotherStore();
  expect([other.endpoints.takes("AUDIT_SET_BACK"), other.endpoints.takes("VENDOR_DRIFT")]).toEqual([true, false]);
});

test("one type, the beginning of some, or all can be named; a type that there is not names none", () => {
  expect(typesNamed("DISPOSITION_ASSIGNED")).toEqual(["DISPOSITION_ASSIGNED"]);
  expect(typesNamed("DISPOSITION_*")).toEqual(["DISPOSITION_ASSIGNED", "DISPOSITION_UPDATED"]);
  expect(typesNamed("*").length).toBeGreaterThan(20);
  expect(typesNamed("DISPOSITION")).toEqual([]);
  expect(usualTypes("mail")).toEqual(usualTypes("alarms"));
  expect(usualTypes("data-lake")).toEqual([]);
});
