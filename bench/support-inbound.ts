// The sending side of the inbound benchmark: posts events over kept connections and says how many a second were answered 202, and how fast.

import { createInterface } from "node:readline";
import { Pool } from "undici";

interface Order {
  readonly url: string;
  readonly round: number;
  readonly events: number;
  readonly concurrency: number;
  readonly secret: string;
}

async function post({ url, round, events, concurrency, secret }: Order): Promise<{ perSecond: number; p99Ms: number }> {
  const { origin, pathname } = new URL(url);
  const pool = new Pool(origin, { connections: concurrency, pipelining: 1 });
  const headers = { "content-type": "application/json", "x-outdial-secret": secret };
  const took: number[] = [];
  let next = 0;
  const begun = performance.now();
  await Promise.all(
    Array.from({ length: concurrency }, async () => {
      while (next < events) {
        const id = `evt_${round}_${next++}`;
        const occurredAt = new Date().toISOString();
        const data = {
          campaignId: `camp_${next % 50}`,
          windowMinutes: 30,
          successRate: 0.31,
          activeCalls: 40,
          callsPlaced: 900,
          callsAnswered: 400,
          abandonmentRate: 0.012,
          failoverTriggered: false,
          lastUpdated: occurredAt,
        };
        const body = JSON.stringify({ id, type: "omnichannel.campaign.metrics.update", occurredAt, data });
        const sent = performance.now();
        const answer = await pool.request({ method: "POST", path: pathname, headers, body });
        await answer.body.dump();
        if (answer.statusCode !== 202) throw new Error(`status ${answer.statusCode}`);
        took.push(performance.now() - sent);
      }
    }),
  );
  const seconds = (performance.now() - begun) / 1000;
  await pool.close();
  took.sort((a, b) => a - b);
  return { perSecond: events / seconds, p99Ms: took[Math.floor(took.length * 0.99)] ?? 0 };
}

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(await post(JSON.parse(line) as Order))}\n`);
}
