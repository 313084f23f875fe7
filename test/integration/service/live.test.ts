// Live updates: resumed without a gap, reset when too late, and never held up by a reader that does not read.

import { afterAll, beforeAll, expect, test } from "vitest";
import { pairRunId } from "../../../src/store/index.ts";
import { anybodys } from "../../support/runs.ts";
import { type StartedServer, startServer } from "../../support/server.ts";

let at: StartedServer;
beforeAll(async () => {
  at = await startServer(
    {},
    { clock: { now: () => Date.now(), sleep: (ms) => new Promise((resolve) => setTimeout(resolve, Math.min(ms, 20))) } },
  );
  await at.world.store.feed.keep(600_000);
});
afterAll(() => at[Symbol.asyncDispose]());

const addJob = (id: string) =>
  at.world.store.jobs.createJob({ id, kind: "tag", sourceName: "f", contentHash: id, options: null, actor: "a", executor: "e" });

interface Live {
  /** Reads until a text has come, and gives everything so far. */
  until(text: string): Promise<string>;
  close(): void;
}

async function open(lastEventId?: string): Promise<Live> {
  const stop = new AbortController();
  const headers = lastEventId === undefined ? {} : { "last-event-id": lastEventId };
  const response = await at.ask("/api/v1/events", { token: at.tokens.viewer, headers, signal: stop.signal });
  const reader = response.body?.getReader();
  let seen = "";
  return {
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
      void reader?.cancel();
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
