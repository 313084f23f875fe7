// The delivery worker over time: start, stop, idling, dead receivers and their circuit, replicas, trouble with the outbox.

import { afterEach, beforeEach, expect, test } from "vitest";
import { startReceiver } from "../../support/receiver.ts";
import { openWorld, SECRET, type World } from "./world.ts";

let world: World;
beforeEach(async () => {
  world = await openWorld();
});
afterEach(() => world.dispose());

const NOTHING = { delivered: 0, failed: 0, dead: 0, pending: 0 };
const many = (count: number, endpoint = "bi") =>
  Array.from({ length: count }, (_, i): [string, string, string] => [`${endpoint}${i}`, `S${i}`, endpoint]);
const allDelivered = (all: readonly { status: string }[]) => all.every(({ status }) => status === "delivered");

/** How an outbox that stands for the world's takes claims from dead workers. */
const ofTheDead = () => ({
  claimants: world.outbox.claimants.bind(world.outbox),
  releaseAll: world.outbox.releaseAll.bind(world.outbox),
});

test("a started worker delivers what comes, within a second of its clock", async () => {
  const worker = world.worker();
  worker.start();
  worker.start();
  for (const name of ["e1", "e2", "e3"]) {
    await world.add([name, "A"]);
    await world.clock.asleep(1);
    world.clock.advance(1_000);
    await world.until(allDelivered);
  }
  expect(world.receiver.received.map(({ id }) => id)).toEqual(["e1", "e2", "e3"]);
  await worker.stop();
  await worker.stop();
});

test("an idle worker asks the outbox once a second at most", async () => {
  let claims = 0;
  const { outbox } = world;
  const counting = {
    ...ofTheDead(),
    claimDue: (claim: Parameters<typeof outbox.claimDue>[0]) => {
      claims += 1;
      return outbox.claimDue(claim);
    },
    markDelivered: outbox.markDelivered.bind(outbox),
    markFailed: outbox.markFailed.bind(outbox),
    release: outbox.release.bind(outbox),
    counts: outbox.counts.bind(outbox),
  };
  const worker = world.worker({ outbox: counting });
  worker.start();
  for (let ms = 0; ms < 60_000; ms += 50) {
    await world.clock.asleep(1);
    world.clock.advance(50);
  }
  expect(claims).toBeGreaterThanOrEqual(58);
  expect(claims).toBeLessThanOrEqual(66);
  await worker.stop();
});

test("stop waits for what is under way and gives the rest back at once", async () => {
  await world.add(...many(5));
  world.receiver.answer = (_, index) => (index === 0 ? () => undefined : 200);
  const worker = world.worker({ concurrency: 1 });
  worker.start();
  await world.receiver.arrived(1);
  const stopped = worker.stop();
  const other = world.worker();
  await world.until((all) => all.filter(({ nextAttemptAt }) => (nextAttemptAt ?? 0) <= world.clock.now()).length === 4);
  expect(await other.drain()).toEqual({ ...NOTHING, delivered: 4, pending: 1 });
  world.clock.advance(5_000);
  await stopped;
  expect(await world.delivery("bi0")).toMatchObject({ status: "pending", attempts: 1, lastError: "no answer within 5000 ms" });
});

test("a worker that was stopped can be started again", async () => {
  const worker = world.worker();
  worker.start();
  const stopped = worker.stop();
  worker.start();
  await stopped;
  await world.add(["e1", "A"]);
  await world.clock.asleep(1);
  world.clock.advance(1_000);
  await world.until(allDelivered);
});

test("draining a started worker waits for what its loop has taken up, and the loop goes on afterwards", async () => {
  await world.add(...many(40));
  const held: (() => void)[] = [];
  world.receiver.answer = (_, index) => (index === 0 ? (response) => held.push(() => response.writeHead(200).end()) : 200);
  const worker = world.worker();
  worker.start();
  await world.receiver.arrived(1);
  let ended = false;
  const drained = worker.drain().then((result) => {
    ended = true;
    return result;
  });
  await world.until((all) => all.filter(({ status }) => status === "delivered").length === 39, 20);
  expect(ended).toBe(false);
  for (const answer of held) answer();
  expect(await drained).toMatchObject({ failed: 0, dead: 0, pending: 0 });
  await world.add(["later", "A"]);
  await world.clock.asleep(1);
  world.clock.advance(1_000);
  await world.until(allDelivered);
});

test("an aborted drain ends with the figures so far", async () => {
  await world.add(...many(3));
  world.receiver.answer = () => () => undefined;
  const worker = world.worker();
  worker.start();
  await world.receiver.arrived(3);
  const over = new AbortController();
  const drained = worker.drain(over.signal);
  over.abort();
  expect(await drained).toEqual({ ...NOTHING, pending: 3 });
  expect(await worker.drain(AbortSignal.abort())).toEqual({ ...NOTHING, pending: 3 });
});

test("stopping ends a drain", async () => {
  await world.add(...many(3));
  world.receiver.answer = () => () => undefined;
  const worker = world.worker();
  const drained = worker.drain();
  await world.receiver.arrived(3);
  const stopped = worker.stop();
  world.clock.advance(5_000);
  await stopped;
  expect(await drained).toEqual({ ...NOTHING, failed: 3, pending: 3 });
});

test("a dead receiver is asked a few times, then probed; when it is back it gets everything", async () => {
  world.receiver.answer = () => (response) => response.destroy();
  await world.add(...many(300));
  const worker = world.worker();
  const first = await worker.drain();
  expect(first.failed).toBeGreaterThanOrEqual(10);
  expect(first.failed).toBeLessThanOrEqual(17);
  expect(first).toMatchObject({ delivered: 0, dead: 0, pending: 300 });
  expect(world.log.filter((line) => line.includes("the receiver fails"))).toHaveLength(1);

  expect((await worker.drain()).failed, "while the circuit is open").toBe(0);
  // An hour of it: probes one at a time, at growing intervals up to five minutes.
  let probes = 0;
  for (let minute = 0; minute < 60; minute++) {
    world.clock.advance(60_000);
    const { failed } = await worker.drain();
    expect(failed).toBeLessThanOrEqual(1);
    probes += failed;
  }
  expect(probes).toBeGreaterThan(10);
  expect(probes).toBeLessThan(20);

  world.receiver.answer = () => 200;
  world.clock.advance(4 * 3_600_000);
  expect(await worker.drain()).toEqual({ ...NOTHING, delivered: 300 });
  expect(world.log.filter((line) => line.includes("the receiver is back"))).toHaveLength(1);
});

test("a receiver that says when to come back is left alone until then", async () => {
  await world.add(...many(20));
  world.receiver.answer = (_, index) => (index === 0 ? (r) => r.writeHead(429, { "retry-after": "120" }).end() : 200);
  const worker = world.worker({ concurrency: 1 });
  expect(await worker.drain()).toEqual({ ...NOTHING, failed: 1, pending: 20 });
  world.clock.advance(119_000);
  expect(await worker.drain()).toEqual({ ...NOTHING, pending: 20 });
  world.clock.advance(1_000);
  expect(await worker.drain()).toEqual({ ...NOTHING, delivered: 20 });
});

test("a receiver that hangs does not hold up another", async () => {
  const crm = await startReceiver(SECRET);
  world.receiver.answer = () => () => undefined;
  await world.add(...many(30), ...many(30, "crm"));
  const worker = world.worker({
    endpoints: { bi: { url: world.receiver.url, secret: SECRET }, crm: { url: crm.url, secret: SECRET } },
  });
  worker.start();
  await world.until((all) => all.filter(({ endpoint }) => endpoint === "crm").every(({ status }) => status === "delivered"));
  expect(crm.received).toHaveLength(30);
  expect(world.receiver.received.length).toBeLessThanOrEqual(8);
  await crm.close();
});

test("replicas share the work: nothing twice, every subject in order", async () => {
  const subjects = Array.from({ length: 20 }, (_, i) => `S${i}`);
  await world.add(...subjects.flatMap((s) => Array.from({ length: 10 }, (_, i): [string, string] => [`${s}-${i}`, s])));
  const other = await world.anotherStore();
  const results = await Promise.all([world.worker().drain(), world.worker({ outbox: other.outbox }).drain()]);
  expect(results.reduce((sum, { delivered }) => sum + delivered, 0)).toBeGreaterThan(0);
  await world.worker().drain();
  expect(world.receiver.received).toHaveLength(200);
  for (const subject of subjects) {
    const ids = world.receiver.received.filter((event) => event.subject === subject).map(({ id }) => id);
    expect(ids).toEqual(Array.from({ length: 10 }, (_, i) => `${subject}-${i}`));
  }
});

test("the claims of a worker that vanished are delivered by another when they lapse", async () => {
  await world.add(...many(3));
  // What a killed process leaves behind.
  await world.outbox.claimDue({ endpoint: "bi", limit: 10, claimMs: 65_000, by: "killed" });
  const worker = world.worker();
  expect(await worker.drain()).toEqual({ ...NOTHING, pending: 3 });
  world.clock.advance(65_000);
  expect(await worker.drain()).toEqual({ ...NOTHING, delivered: 3 });
});

test("what a process has claimed whose heartbeat is gone is delivered by another at once; a process that may be held for dead sends nothing", async () => {
  await world.add(...many(3), ["elsewhere", "s", "other"]);
  await world.outbox.claimDue({ endpoint: "bi", limit: 2, claimMs: 65_000, by: "killed" });
  await world.outbox.claimDue({ endpoint: "bi", limit: 1, claimMs: 65_000, by: "alive" });
  await world.outbox.claimDue({ endpoint: "other", limit: 1, claimMs: 65_000, by: "killed" });
  const isDead = (id: string) => Promise.resolve(id === "killed");
  let trusted = false;
  const worker = world.worker({ members: { id: "woken", isDead, isTrusted: () => trusted } });
  expect(await worker.drain()).toEqual({ ...NOTHING, pending: 4 });
  trusted = true;
  expect(await worker.drain()).toEqual({ ...NOTHING, delivered: 2, pending: 2 });
  expect(world.receiver.received).toHaveLength(2);
});

test("a process that falls asleep with claims gives them back when it wakes, and sends none of them", async () => {
  await world.add(...many(30));
  let trusted = true;
  // The first answers come after it has slept.
  world.receiver.answer = () => {
    trusted = false;
    return 204;
  };
  const worker = world.worker({ members: { id: "asleep", isDead: () => Promise.resolve(false), isTrusted: () => trusted } });
  const { delivered } = await worker.drain();
  expect(delivered).toBeLessThanOrEqual(8);
  expect(world.receiver.received).toHaveLength(delivered);
  expect(await world.outbox.claimants("bi", 65_000)).toEqual([]);
});

test("a receiver slower than claims hold: every event is sent while it is claimed, what would be late is claimed anew", async () => {
  await world.add(...many(60));
  const { outbox } = world;
  const claimedUntil = new Map<string, number>();
  const watching = {
    ...ofTheDead(),
    claimDue: async (claim: Parameters<typeof outbox.claimDue>[0]) => {
      const claimed = await outbox.claimDue(claim);
      for (const event of claimed) claimedUntil.set(event.eventId, event.claimedUntil);
      return claimed;
    },
    markDelivered: outbox.markDelivered.bind(outbox),
    markFailed: outbox.markFailed.bind(outbox),
    release: outbox.release.bind(outbox),
    counts: outbox.counts.bind(outbox),
  };
  const late: string[] = [];
  world.receiver.answer = ({ id }) => {
    // A claim holds for 260 seconds; at nine seconds an event the first 32 would take 288.
    world.clock.advance(9_000);
    if (world.clock.now() > (claimedUntil.get(id) ?? 0)) late.push(id);
    return 200;
  };
  const worker = world.worker({ outbox: watching, concurrency: 4, timeoutMs: 200_000 });
  worker.start();
  await world.until(allDelivered, 20);
  expect(late).toEqual([]);
});

test("marks that the outbox does not take are written when it does: until then little is sent, and nothing twice", async () => {
  await world.add(...many(1_000));
  const { outbox } = world;
  let away = true;
  const failing = {
    ...ofTheDead(),
    claimDue: outbox.claimDue.bind(outbox),
    markDelivered: (marks: Parameters<typeof outbox.markDelivered>[0]) =>
      away ? Promise.reject(new Error("the database is away")) : outbox.markDelivered(marks),
    markFailed: outbox.markFailed.bind(outbox),
    release: outbox.release.bind(outbox),
    counts: outbox.counts.bind(outbox),
  };
  const worker = world.worker({ outbox: failing });
  const started = world.clock.now();
  worker.start();
  const failures = () => world.log.filter((line) => line.includes("the outbox failed: the database is away")).length;
  await world.until(() => failures() >= 3, 100);
  // It is asked again once a second, however many deliveries end meanwhile.
  expect(failures()).toBeLessThanOrEqual((world.clock.now() - started) / 1_000 + 1);
  expect(world.log.length).toBeLessThan(failures() + 3);
  expect(world.receiver.received.length).toBeLessThan(600);
  away = false;
  await world.until(allDelivered, 20);
  expect(world.receiver.received).toHaveLength(1_000);
  await worker.stop();
});

test("a drain tells when the outbox fails", async () => {
  const { outbox } = world;
  const failing = {
    ...ofTheDead(),
    claimDue: () => Promise.reject(new Error("the database is away")),
    markDelivered: outbox.markDelivered.bind(outbox),
    markFailed: outbox.markFailed.bind(outbox),
    release: outbox.release.bind(outbox),
    counts: outbox.counts.bind(outbox),
  };
  await expect(world.worker({ outbox: failing }).drain()).rejects.toThrow("the database is away");
});
