// A whole service in a process of its own for the soak: it makes updates at a pace, and says how much is on its heap after a collection whenever it
// is asked by a line on stdin.

import { createInterface } from "node:readline";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { dashboardFolder } from "../src/app/index.ts";
import { openBenchService } from "./support-service.ts";

const PAUSE_MS = 200;

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;
await using opened = await openBenchService(await dashboardFolder());
const { service } = opened;
let n = 0;
const told = setInterval(() => {
  n += 1;
  const now = Date.now();
  const reading = { windowMinutes: 30, successRate: (n % 100) / 100, activeCalls: n % 50, callsPlaced: 100, callsAnswered: 40 };
  void service.store.metrics.add({
    ...reading,
    campaignId: n % 2 === 0 ? "camp_primary_001" : "camp_backup_001",
    at: now,
    receivedAt: now,
    source: "pull",
    eventId: null,
    abandonmentRate: 0.01,
    failoverTriggered: false,
  });
}, PAUSE_MS);
process.stdout.write(`${JSON.stringify({ link: await service.loginLink("soak", "viewer"), url: service.url })}\n`);
for await (const _ of createInterface({ input: process.stdin })) {
  collect();
  collect();
  const listeners = process.eventNames().reduce((sum, name) => sum + process.listenerCount(name), 0);
  process.stdout.write(
    `${JSON.stringify({ heap: process.memoryUsage().heapUsed, listeners, resources: process.getActiveResourcesInfo().length })}\n`,
  );
}
clearInterval(told);
