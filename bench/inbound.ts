// The vendor's events a second, verified and durable (answered 202 after the commit), against a bare hono route that reads the same body and
// answers: the same server, the same sender in a process of its own, in turn. fsync is on, as in service.

import { spawn } from "node:child_process";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { serve } from "@hono/node-server";
import { Hono } from "hono";
import { Intake } from "../src/operations/index.ts";
import { inboundRoutes } from "../src/server/index.ts";
import { openStore } from "../src/store/index.ts";
import { systemClock } from "../src/tenant/index.ts";
import { benchFolder, median, rounded, sized } from "./support.ts";

const EVENTS = sized(10_000, 200);
const ROUNDS = sized(5, 1);
const CONCURRENCY = 64;
const SECRET = "the-secret-of-the-bench";

interface Round {
  readonly perSecond: number;
  readonly p99Ms: number;
}

/** What the sending process is told: one line each, one line back. */
async function sender(): Promise<{ run(url: string, round: number): Promise<Round>; stop(): void }> {
  const child = spawn(process.execPath, [fileURLToPath(new URL("./support-inbound.ts", import.meta.url))], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const lines = createInterface({ input: child.stdout });
  return {
    async run(url, round) {
      const answered = once(lines, "line") as Promise<[string]>;
      child.stdin.write(`${JSON.stringify({ url, round, events: EVENTS, concurrency: CONCURRENCY, secret: SECRET })}\n`);
      const [line] = await answered;
      return JSON.parse(line) as Round;
    },
    stop: () => child.kill(),
  };
}

await using folder = await benchFolder();
const store = await openStore({ dir: `${folder.path}/.outdial`, clock: systemClock });
const app = new Hono();
app.post("/bare", async (c) => {
  await c.req.text();
  return c.json({ accepted: true }, 202);
});
app.route(
  "/",
  inboundRoutes({ intake: new Intake(store.inbound), secrets: () => ({ omnichannel: [SECRET] }), clock: systemClock }),
);
const server = serve({ fetch: app.fetch, hostname: "127.0.0.1", port: 0 });
await once(server, "listening");
const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
const sending = await sender();
try {
  const bare: Round[] = [];
  const durable: Round[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const one = await sending.run(`${origin}/bare`, round);
    const other = await sending.run(`${origin}/webhooks/vendor/omnichannel`, round);
    // The first round warms both up.
    if (round > 0) {
      bare.push(one);
      durable.push(other);
    }
  }
  const { pending } = await store.inbound.counts();
  if (pending !== EVENTS * (ROUNDS + 1)) throw new Error(`${pending} events are in the queue, not ${EVENTS * (ROUNDS + 1)}`);
  const ratios = durable.map(({ perSecond }, round) => perSecond / (bare[round]?.perSecond ?? Number.NaN));
  process.stdout.write(
    `${JSON.stringify({
      ratio: rounded(median(ratios)),
      atLeast: 0.3,
      durablePerSecond: rounded(median(durable.map(({ perSecond }) => perSecond)), 0),
      barePerSecond: rounded(median(bare.map(({ perSecond }) => perSecond)), 0),
      durableP99Ms: rounded(median(durable.map(({ p99Ms }) => p99Ms)), 1),
      concurrency: CONCURRENCY,
      events: EVENTS,
    })}\n`,
  );
} finally {
  sending.stop();
  server.close();
  await store.close();
}
