// Delay of live updates: 200 readers, 20 events a second, from the event's time in the database to its arrival, against a bare hono stream to as many
// readers at the same pace; the readers in a process of their own.

import { Hono } from "hono";
import { streamSSE } from "hono/streaming";
import { rounded, sized } from "./support.ts";
import { openBenchService, serveBare, startClients } from "./support-service.ts";

const READERS = sized(200, 5);
const PER_SECOND = 20;
const SECONDS = sized(15, 1);
const EVENTS = PER_SECOND * SECONDS;
const PAUSE_MS = 1000 / PER_SECOND;

interface Delays {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
}

/** Calls `send` at the pace, whatever each call takes. */
async function atPace(send: (n: number) => Promise<unknown>): Promise<void> {
  const began = performance.now();
  for (let n = 0; n < EVENTS; n++) {
    const wait = began + n * PAUSE_MS - performance.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    await send(n);
  }
}

await using opened = await openBenchService();
const { service, token } = opened;
const senders = new Set<(at: string) => Promise<void>>();
const app = new Hono();
app.get("/bare", (c) =>
  streamSSE(c, async (stream) => {
    senders.add((at) => stream.writeSSE({ data: JSON.stringify({ at }) }));
    await new Promise<void>((resolve) => stream.onAbort(() => resolve()));
  }),
);
await using bare = await serveBare(app);
using clients = startClients();
const common = { kind: "listen", token, clients: READERS, count: EVENTS } as const;
/** Sends when all listen, and waits for both: readers may have enough before the last one is sent, since the service tells of other things, too. */
async function measured(origin: string, path: string, send: (n: number) => Promise<unknown>): Promise<Delays> {
  let sending: Promise<void> | undefined;
  const delays = await clients.run<Delays>({ ...common, origin, paths: [path] }, () => {
    sending = atPace(send);
  });
  await sending;
  return delays;
}
const baseline = await measured(bare.origin, "/bare", async () => {
  const at = new Date().toISOString();
  await Promise.all([...senders].map((send) => send(at)));
});
const live = await measured(service.url, "/api/v1/events", (n) =>
  service.store.metrics.add({
    campaignId: `camp_${n % 4}`,
    at: Date.now(),
    receivedAt: Date.now(),
    source: "pull",
    eventId: null,
    windowMinutes: 1,
    successRate: 0.4,
    activeCalls: n,
    callsPlaced: 100,
    callsAnswered: 40,
    abandonmentRate: 0.01,
    failoverTriggered: false,
  }),
);
process.stdout.write(
  `${JSON.stringify({
    p99Ratio: rounded(live.p99 / baseline.p99, 2),
    liveP99Ms: rounded(live.p99, 1),
    liveP50Ms: rounded(live.p50, 1),
    bareP99Ms: rounded(baseline.p99, 1),
    readers: READERS,
    perSecond: PER_SECOND,
    received: live.count,
    sent: READERS * EVENTS,
  })}\n`,
);
