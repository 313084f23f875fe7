// Live updates: resumed without a gap, reset when too late, and never held up by a reader that does not read.

import { afterAll, beforeAll, expect, test } from "vitest";
import { pairRunId } from "../../../src/store/index.ts";
import { anybodys } from "../../support/runs.ts";
import { type StartedServer, startServer } from "../../support/server.ts";

let at: StartedServer;
let url: string;
beforeAll(async () => {
  at = await startServer(
    {},
    { clock: { now: () => Date.now(), sleep: (ms) => new Promise((resolve) => setTimeout(resolve, Math.min(ms, 20))) } },
  );
  await at.world.store.feed.keep(600_000);
  url = await at.listen();
});
afterAll(() => at[Symbol.asyncDispose]());

const addJob = (id: string) =>
  at.world.store.jobs.createJob({ id, kind: "tag", sourceName: "f", contentHash: id, options: null, actor: "a", executor: "e" });

interface Live {
  /** Reads until a text has come, and gives everything so far. */
  until(text: string): Promise<string>;
  /** Reads until the service ends the stream, and gives everything so far. */
  end(): Promise<string>;
  close(): void;
}

const open = (lastEventId?: string): Promise<Live> => {
  const headers = { authorization: `Bearer ${at.tokens.viewer}` };
  return openAs(lastEventId === undefined ? headers : { ...headers, "last-event-id": lastEventId });
};

/** Over HTTP. */
async function openAs(headers: Readonly<Record<string, string>>): Promise<Live> {
  const stop = new AbortController();
  const response = await fetch(`${url}/api/v1/events`, { headers, signal: stop.signal });
  expect(response.status).toBe(200);
  const reader = response.body?.getReader();
  let seen = "";
  return {
    async end() {
      for (;;) {
        const { value, done } = (await reader?.read()) ?? { value: undefined, done: true };
        if (done) return seen;
        seen += new TextDecoder().decode(value);
      }
    },
    async until(text) {
      while (!seen.includes(text)) {
        const { value, done } = (await reader?.read()) ?? { value: undefined, done: true };
        if (done) throw new Error(`the stream ended before ${text}: ${seen}`);
        seen += new TextDecoder().decode(value);
      }
      return seen;
    },
    close() {
      stop.abort();
      reader?.cancel().catch(() => undefined);
    },
  };
}

const idsOf = (seen: string) => [...seen.matchAll(/"jobId":"([^"]+)"/g)].map(([, id]) => id);
const lastIdOf = (seen: string) => [...seen.matchAll(/^id: (\S+)$/gm)].at(-1)?.[1] ?? "";

test("a reader sees what happens, and one that comes back sees what happened meanwhile, once and in order", async () => {
  const first = await open();
  await first.until("id: ");
  await addJob("a1");
  const place = lastIdOf(await first.until('"jobId":"a1"'));
  first.close();
  for (const id of ["a2", "a3", "a4"]) await addJob(id);
  const second = await open(place);
  await second.until('"jobId":"a4"');
  await addJob("a5");
  expect(idsOf(await second.until('"jobId":"a5"'))).toEqual(["a2", "a3", "a4", "a5"]);
  second.close();
});

test("more than a buffer is read on without a gap", async () => {
  const slow = await open();
  const place = lastIdOf(await slow.until("id: "));
  const count = 1500;
  for (let i = 0; i < count; i += 100) await Promise.all(Array.from({ length: 100 }, (_, n) => addJob(`b${i + n}`)));
  const quick = await open(place);
  await addJob("last");
  // The slow one has taken nothing so far; the quick one was not held up by it.
  for (const reader of [quick, slow]) {
    const seen = idsOf(await reader.until('"jobId":"last"'));
    expect(new Set(seen).size).toBe(count + 1);
    expect(seen).toHaveLength(count + 1);
  }
  slow.close();
  quick.close();
});

test("what is no longer kept is said, and so is a place that never was", async () => {
  const live = await open();
  const place = lastIdOf(await live.until("id: "));
  live.close();
  await addJob("c1");
  const { feed } = at.world.store;
  const [tx = "0", id = "0"] = place.split("-");
  await expect
    .poll(async () => {
      await feed.sweep(0);
      return feed.reaches({ tx, id: Number(id) });
    })
    .toBe(false);
  for (const lost of [place, "nonsense"]) {
    const late = await open(lost);
    expect(await late.until("event: reset")).toContain('"type":"reset"');
    late.close();
  }
});

test("a reader that leaves is forgotten", async () => {
  const live = await open();
  await live.until("id: ");
  live.close();
  await expect.poll(() => at.service.readers).toBe(0);
});

test("a stream ends soon after the token that opened it was revoked or has expired, or its session ended; others go on", async () => {
  const { access } = at.world.store;
  const adding = { role: "viewer", by: "test" } as const;
  const revoked = await access.addToken({ ...adding, name: "revoked", expiresAt: null });
  const brief = await access.addToken({ ...adding, name: "brief", expiresAt: at.world.clock.now() + 60_000 });
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
  const admin = bearer(at.tokens.admin);
  const signedIn = async (token: string) => {
    const headers = { "content-type": "application/json", "x-outdial-request": "1" };
    const opened = await fetch(`${url}/api/v1/session`, { method: "POST", headers, body: JSON.stringify({ token }) });
    return { cookie: (opened.headers.get("set-cookie") ?? "").split(";")[0] ?? "" };
  };
  const [own, leaving] = [await signedIn(revoked.token), await signedIn(at.tokens.operator)];
  const other = await open();
  const begun = async (headers: Readonly<Record<string, string>>) => {
    const live = await openAs(headers);
    await live.until("id: ");
    return live;
  };
  const [byToken, bySession] = [await begun(bearer(revoked.token)), await begun(own)];
  const [expiring, closing] = [await begun(bearer(brief.token)), await begun(leaving)];

  expect((await fetch(`${url}/api/v1/tokens/${revoked.id}`, { method: "DELETE", headers: admin })).status).toBe(200);
  await Promise.all([byToken.end(), bySession.end()]);
  await addJob("for-those-who-may");
  await Promise.all([other, expiring, closing].map((live) => live.until("for-those-who-may")));
  const close = { method: "DELETE", headers: { ...leaving, "x-outdial-request": "1" } };
  expect((await fetch(`${url}/api/v1/session`, close)).status).toBe(200);
  await closing.end();
  at.world.clock.advance(60_001);
  await expiring.end();
  await addJob("after-all-of-them");
  await other.until("after-all-of-them");
  other.close();
});

test("streams end with the service", async () => {
  const server = await startServer();
  try {
    await server.world.store.feed.keep(600_000);
    const stream = await server.ask("/api/v1/events", { token: server.tokens.viewer });
    await server.service.close();
    // The beginning, and nothing after it.
    expect((await stream.text()).match(/still here/g)).toBeNull();
  } finally {
    await server[Symbol.asyncDispose]();
  }
});

test("a hand-over is told at each phase that it enters, and only then", async () => {
  const { failovers } = at.world.store;
  await failovers.put({ primary: "p", backup: "b", policy: {}, actor: "a", audit: [] });
  const live = await open();
  await live.until("id: ");
  expect(await failovers.runs.take(anybodys(pairRunId("p")), "e")).toBe("taken");
  for (const phase of ["watching", "pausing", "pausing", "failed-over"]) {
    const { seq = 0 } = (await failovers.find("p")) ?? {};
    const quiet = { looked: true, orderTaken: false, event: null, alarms: [], audit: [], events: [] };
    await failovers.record({ primary: "p", executor: "e", seq, state: {}, phase, at: Date.now(), ...quiet });
  }
  const seen = await live.until('"phase":"failed-over"');
  const told = [...seen.matchAll(/"primary":"p","backup":"b","phase":"([^"]+)"/g)].map(([, phase]) => phase);
  expect(told).toEqual(["pausing", "failed-over"]);
  live.close();
});

test("an alarm comes with what it says, and one that says nothing with its name", async () => {
  const reader = await open();
  await reader.until("id: ");
  const event = { endpoint: "alarms", type: "WEBHOOK_RECEIVER_OFF" };
  await at.world.store.outbox.add([
    { ...event, eventId: "evt_said", subject: "webhooks/bi", body: JSON.stringify({ data: { message: "Events wait." } }) },
    { ...event, eventId: "evt_mute", subject: "webhooks/crm", body: "no JSON" },
  ]);
  const seen = await reader.until("webhooks/crm");
  const alarms = [...seen.matchAll(/^data: (\{"type":"alarm".*\})$/gm)].map(([, data]) => JSON.parse(data ?? "") as unknown);
  expect(alarms).toMatchObject([
    { code: "WEBHOOK_RECEIVER_OFF", subject: "webhooks/bi", message: "Events wait." },
    { subject: "webhooks/crm", message: "webhook receiver off" },
  ]);
  reader.close();
});
