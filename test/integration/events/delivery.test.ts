// Delivery from the real outbox to a real HTTP receiver: signatures, order, what counts as success, retries, dead letters.

import type { ServerResponse } from "node:http";
import { CloudEvent } from "cloudevents";
import { Webhook } from "standardwebhooks";
import { afterEach, beforeEach, expect, test } from "vitest";
import { startReceiver } from "../../support/receiver.ts";
import { openWorld, SECRET, type World } from "./world.ts";

let world: World;
beforeEach(async () => {
  world = await openWorld();
});
afterEach(async () => {
  // Whatever a test provoked: what is said about it holds no secret.
  expect(world.log.join("\n")).not.toContain(SECRET.slice("whsec_".length));
  await world.dispose();
});

const NOTHING = { delivered: 0, failed: 0, dead: 0, pending: 0 };

test("an event arrives as a CloudEvent that the receiver can verify, without any credentials", async () => {
  await world.add(["e1", "call_ä"]);
  expect(await world.worker().drain()).toEqual({ ...NOTHING, delivered: 1 });
  const [event] = world.receiver.received;
  if (event === undefined) throw new Error("nothing received");
  const headers = {
    "webhook-id": "",
    "webhook-timestamp": "",
    "webhook-signature": "",
    ...(event.headers as Record<string, string>),
  };
  expect(new Webhook(SECRET).verify(event.body, headers)).toMatchObject({ id: "e1", subject: "call_ä", data: { name: "e1" } });
  expect(new CloudEvent(JSON.parse(event.body)).validate()).toBe(true);
  expect(event.headers).toMatchObject({ "content-type": "application/cloudevents+json; charset=utf-8", "webhook-id": "e1" });
  expect(event.headers).not.toHaveProperty("authorization");
  expect(event.headers).not.toHaveProperty("cookie");
  expect(event.path).toBe("/events");
  expect(await world.delivery("e1")).toMatchObject({ status: "delivered", attempts: 1, lastStatus: 204, lastError: null });
});

test("events of a subject arrive in order, subjects side by side, over a bounded number of kept connections", async () => {
  const subjects = ["A", "B", "C", "D", "E", "F", "G", "H", "I", "J", "K", "L"];
  await world.add(...subjects.flatMap((s) => Array.from({ length: 15 }, (_, i): [string, string] => [`${s}${i}`, s])));
  world.receiver.answer = (_, index) => (response) => {
    // Later requests are answered first now and then.
    if (index % 3 === 0) setImmediate(() => setImmediate(() => response.writeHead(201).end("ok")));
    else response.writeHead(200).end();
  };
  expect(await world.worker().drain()).toEqual({ ...NOTHING, delivered: 180 });
  for (const subject of subjects) {
    const ids = world.receiver.received.filter((event) => event.subject === subject).map(({ id }) => id);
    expect(ids).toEqual(Array.from({ length: 15 }, (_, i) => `${subject}${i}`));
  }
  expect(world.receiver.received.every(({ signed }) => signed)).toBe(true);
  expect(world.receiver.mostAtOnce).toBeGreaterThan(1);
  expect(world.receiver.mostAtOnce).toBeLessThanOrEqual(8);
  expect(world.receiver.connections).toBeLessThanOrEqual(8);
});

test("a receiver that fails is asked again later, with the same id and a fresh signature; the subject's next event waits", async () => {
  await world.add(["e1", "A"], ["e2", "A"]);
  const answers = [500, (response: ServerResponse) => response.destroy(), 203];
  world.receiver.answer = (_, index) => answers[index] ?? 200;
  const worker = world.worker();
  const said = ["answered 500", "no answer", "answered 203"];
  for (const [i, text] of said.entries()) {
    expect(await worker.drain()).toEqual({ ...NOTHING, failed: 1, pending: 2 });
    const { attempts, nextAttemptAt, lastError, lastStatus } = await world.delivery("e1");
    expect({ attempts, lastStatus }).toEqual({ attempts: i + 1, lastStatus: [500, null, 203][i] });
    expect(lastError).toContain(text);
    expect(await worker.drain(), "before its time").toEqual({ ...NOTHING, pending: 2 });
    world.clock.advance((nextAttemptAt ?? 0) - world.clock.now());
  }
  expect(await worker.drain()).toEqual({ ...NOTHING, delivered: 2 });
  expect(world.receiver.received.map(({ id }) => id)).toEqual(["e1", "e1", "e1", "e1", "e2"]);
  expect(world.receiver.received.every(({ signed }) => signed)).toBe(true);
  expect(new Set(world.receiver.received.map(({ headers }) => headers["webhook-timestamp"])).size).toBe(4);
  expect(await world.delivery("e1")).toMatchObject({ status: "delivered", attempts: 4, lastStatus: 200, lastError: null });
});

test("an event that never gets through is a dead letter after about a day; replayed, it is delivered", async () => {
  await world.add(["e1", "A"]);
  world.receiver.answer = () => 503;
  const worker = world.worker();
  const begun = world.clock.now();
  let result = await worker.drain();
  for (let at = await world.outbox.nextDue("bi"); at !== undefined; at = await world.outbox.nextDue("bi")) {
    expect(result).toEqual({ ...NOTHING, failed: 1, pending: 1 });
    world.clock.advance(Math.max(0, at - world.clock.now()));
    result = await worker.drain();
  }
  expect(result).toEqual({ ...NOTHING, dead: 1 });
  const hours = (world.clock.now() - begun) / 3_600_000;
  expect(hours).toBeGreaterThan(22);
  expect(hours).toBeLessThan(28);
  expect(world.receiver.received).toHaveLength(14);
  expect(await world.delivery("e1")).toMatchObject({ status: "dead", attempts: 14, lastStatus: 503, nextAttemptAt: null });
  expect(world.log.some((line) => line.includes("e1 is a dead letter"))).toBe(true);

  world.receiver.answer = () => 202;
  expect(await world.outbox.replay()).toBe(1);
  world.clock.advance(300_000);
  expect(await worker.drain()).toEqual({ ...NOTHING, delivered: 1 });
  expect(world.receiver.received.at(-1)).toMatchObject({ id: "e1", signed: true });
});

test.each([400, 413, 422])(
  "an event that is refused with %i is final after three attempts and slows no other event",
  async (status) => {
    const refused = Array.from({ length: 40 }, (_, i): [string, string] => [`bad${i}`, `B${i}`]);
    const good = Array.from({ length: 40 }, (_, i): [string, string] => [`good${i}`, `G${i}`]);
    world.receiver.answer = ({ id }) => (id.startsWith("bad") ? status : 200);
    await world.add(...refused, ...good);
    const worker = world.worker({ concurrency: 4 });
    const begun = world.clock.now();
    expect(await worker.drain()).toEqual({ ...NOTHING, delivered: 40, failed: 40, pending: 40 });
    expect(world.clock.now(), "no time passed").toBe(begun);
    for (let at = await world.outbox.nextDue("bi"); at !== undefined; at = await world.outbox.nextDue("bi")) {
      world.clock.advance(Math.max(0, at - world.clock.now()));
      await worker.drain();
    }
    expect(world.clock.now() - begun).toBeLessThan(30_000);
    expect(world.receiver.received).toHaveLength(40 + 3 * 40);
    expect(await world.delivery("bad0")).toMatchObject({ status: "dead", attempts: 3, lastStatus: status });
    // The receiver works: it is neither failing nor off, and what comes next goes at once.
    expect((await world.store.endpoints.list()).filter(({ failingSince, offSince }) => failingSince ?? offSince)).toEqual([]);
    await world.add(["next", "B0"]);
    expect(await worker.drain()).toEqual({ ...NOTHING, delivered: 1 });

    world.receiver.answer = () => 200;
    expect(await world.outbox.replay({ endpoint: "bi" })).toBe(40);
    expect(await worker.drain()).toEqual({ ...NOTHING, delivered: 40 });
  },
);

test.each([301, 302, 307, 308])("a redirect (%i) is a failure and is not followed", async (status) => {
  const elsewhere = await startReceiver(SECRET);
  world.receiver.answer = () => (response) => response.writeHead(status, { location: elsewhere.url }).end();
  await world.add(["e1", "A"]);
  expect(await world.worker().drain()).toEqual({ ...NOTHING, failed: 1, pending: 1 });
  expect(elsewhere.received).toEqual([]);
  expect(world.receiver.received).toHaveLength(1);
  expect(await world.delivery("e1")).toMatchObject({ lastStatus: status, lastError: expect.stringContaining("not followed") });
  await elsewhere.close();
});

test("a receiver that does not answer in time has failed; nobody else waits for it", async () => {
  await world.add(["hangs", "A"], ["e2", "B"], ["e3", "C"]);
  world.receiver.answer = ({ id }) => (id === "hangs" ? () => undefined : 200);
  const drained = world.worker({ timeoutMs: 60_000 }).drain();
  await world.receiver.arrived(3);
  const begun = world.clock.now();
  await world.until((all) => all.filter(({ status }) => status === "delivered").length === 2, 20);
  world.clock.advance(begun + 59_999 - world.clock.now());
  expect(await world.delivery("hangs")).toMatchObject({ status: "pending", attempts: 0 });
  world.clock.advance(1);
  expect(await drained).toEqual({ ...NOTHING, delivered: 2, failed: 1, pending: 1 });
  expect(await world.delivery("hangs")).toMatchObject({ attempts: 1, lastStatus: null, lastError: "no answer within 60000 ms" });
});

test("the status decides: a body that stalls does not undo a delivery, an endless one is cut off", async () => {
  await world.add(["e1", "A"], ["e2", "B"]);
  let sent = 0;
  const piece = Buffer.alloc(65_536);
  const flood = (response: ServerResponse) => {
    response.writeHead(200);
    const more = () => {
      while (!response.destroyed) {
        sent += piece.length;
        if (!response.write(piece)) break;
      }
    };
    response.on("drain", more);
    more();
  };
  const held: ServerResponse[] = [];
  world.receiver.answer = () => (response) => {
    held.push(response);
    const [stalls, endless] = held;
    if (stalls === undefined || endless === undefined) return;
    stalls.writeHead(200, { "content-length": 10 }).write("a");
    setImmediate(flood, endless);
  };
  const drained = world.worker({ timeoutMs: 60_000 }).drain();
  // The endless one came to its end behind the status of the one that stalls, which is therefore known.
  await world.until((all) => all.some(({ status }) => status === "delivered"), 20);
  world.clock.advance(60_000);
  expect(await drained).toEqual({ ...NOTHING, delivered: 2 });
  expect(sent).toBeLessThan(64 * 1024 * 1024);
});

test("what is recorded of a failure is bounded and shows neither secret nor path", async () => {
  const url = "http://127.0.0.1:1/path-that-is-a-secret?token=query-that-is-a-secret";
  const attempts: object[] = [];
  await world.add(["e1", "A"]);
  const worker = world.worker({ endpoints: { bi: { url, secret: SECRET } }, onAttempt: (attempt) => attempts.push(attempt) });
  expect(await worker.drain()).toEqual({ ...NOTHING, failed: 1, pending: 1 });
  const { lastError } = await world.delivery("e1");
  expect(lastError).toContain("ECONNREFUSED");
  expect(lastError?.length).toBeLessThan(310);
  expect(attempts).toEqual([
    {
      endpoint: "bi",
      eventId: "e1",
      type: "DISPOSITION_ASSIGNED",
      attempt: 1,
      outcome: "failed",
      status: undefined,
      error: lastError,
      latencyMs: 0,
    },
  ]);
  expect(`${lastError} ${world.log.join("\n")}`).not.toMatch(/that-is-a-secret/);
});

test("a supplied fetch takes the place of the network, even one that ignores its signal", async () => {
  await world.add(["e1", "A"], ["e2", "B"]);
  const asked: string[] = [];
  const worker = world.worker({
    endpoints: { bi: { url: "https://bi.example.com/in", secret: SECRET } },
    fetch: (url, { body, headers, redirect }) => {
      const { id }: { id: string } = JSON.parse(body);
      asked.push(`${url} ${redirect} ${headers["webhook-id"]}`);
      return id === "e1" ? Promise.resolve(new Response("thanks", { status: 200 })) : new Promise(() => undefined);
    },
  });
  const drained = worker.drain();
  // Both are begun before time is over for the one that hangs.
  await world.until(() => asked.length === 2, 1);
  await world.until((all) => all.some(({ status }) => status === "delivered"), 1);
  world.clock.advance(5_000);
  expect(await drained).toEqual({ ...NOTHING, delivered: 1, failed: 1, pending: 1 });
  expect(asked).toEqual(["https://bi.example.com/in manual e1", "https://bi.example.com/in manual e2"]);
});

test("events for a receiver that is not configured stay, and are spoken of", async () => {
  await world.add(["e1", "A"], ["c1", "A", "crm"]);
  expect(await world.worker().drain()).toEqual({ ...NOTHING, delivered: 1, pending: 1 });
  expect(world.log.join("\n")).toContain('1 events wait for the receiver "crm", which is not configured here');
});

test.each([
  [{ endpoints: { bi: { url: "http://bi.example.com/", secret: SECRET } } }, "neither https nor http on loopback"],
  [{ endpoints: { bi: { url: "https://bi.example.com/", secret: "whsec_no" } } }, "the signing secret"],
  [{ timeoutMs: 0 }, "timeoutMs is 0"],
  [{ concurrency: 1.5 }, "concurrency is 1.5"],
])("a configuration that cannot work is refused when the worker is made: %o", (options, message) => {
  expect(() => world.worker(options)).toThrow(
    expect.objectContaining({ code: "invalid_input", message: expect.stringContaining(message) }),
  );
});
