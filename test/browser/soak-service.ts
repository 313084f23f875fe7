// A whole service in a process of its own for the soak: it makes updates, and says what it holds after a forced collection. It is told what to do by
// lines on stdin: a number makes so many updates at once, an empty line only asks. Each is answered by one JSON line.

import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { openBenchService } from "../../bench/support-service.ts";
import { dashboardFolder } from "../../src/app/index.ts";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;
/** The pages as they are now: something else may build them anew meanwhile. */
const pages = await mkdtemp(join(tmpdir(), "outdial-pages-"));
await using stack = new AsyncDisposableStack();
stack.defer(() => rm(pages, { recursive: true, force: true }));
await cp((await dashboardFolder((line) => void process.stderr.write(`${line}\n`))) ?? "dist/web", pages, { recursive: true });
await using opened = await openBenchService(pages);
const { service } = opened;
let n = 0;

async function update(): Promise<void> {
  n += 1;
  const now = Date.now();
  const reading = { windowMinutes: 30, successRate: (n % 100) / 100, activeCalls: n % 50, callsPlaced: 100, callsAnswered: 40 };
  await service.store.metrics.add({
    ...reading,
    campaignId: n % 2 === 0 ? "camp_primary_001" : "camp_backup_001",
    at: now,
    receivedAt: now,
    source: "pull",
    eventId: null,
    abandonmentRate: 0.01,
    failoverTriggered: false,
  });
}

/** Readers of live updates, as the service's own figures say. */
async function readers(): Promise<number> {
  const figures = await (await fetch(`${service.url}/metrics`)).text();
  return Number(/^outdial_sse_readers (\d+)$/m.exec(figures)?.[1] ?? Number.NaN);
}

const say = (value: object) => void process.stdout.write(`${JSON.stringify(value)}\n`);
say({ link: await service.loginLink("soak", "viewer"), url: service.url });
for await (const line of createInterface({ input: process.stdin })) {
  for (let i = 0; i < Number(line); i++) await update();
  // A collection takes longer than the updates: only what asks to be told about it has one.
  if (line === "") for (let i = 0; i < 2; i++) collect();
  const listeners = process.eventNames().reduce((sum, name) => sum + process.listenerCount(name), 0);
  const resources = process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
  say({ heap: process.memoryUsage().heapUsed, listeners, timers: resources, readers: await readers() });
}
