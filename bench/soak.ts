// A page and a service left alone with five updates a second while somebody walks through the pages: heap after a forced collection and listeners,
// of both, at the beginning and at the end. OUTDIAL_SOAK_MINUTES says how long; 30 by default.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface, type Interface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { CDPSession, Page } from "playwright-core";
import { rounded } from "./support.ts";
import { launchBrowser } from "./support-browser.ts";

const MINUTES = Number(process.env["OUTDIAL_SOAK_MINUTES"] ?? "30");
const PATHS = ["/", "/campaigns/camp_primary_001", "/jobs", "/simulator", "/audit", "/deliveries"];
const STAY_MS = 1500;
/** Rounds through all pages before the first measurement: caches fill. */
const WARM_ROUNDS = 2;
const MEGABYTE = 1_048_576;

interface Sample {
  readonly pageHeap: number;
  readonly pageListeners: number;
  readonly pageNodes: number;
  readonly serviceHeap: number;
  readonly serviceListeners: number;
  readonly serviceResources: number;
}

const child = spawn(process.execPath, [fileURLToPath(new URL("./support-soak.ts", import.meta.url))], {
  stdio: ["pipe", "pipe", "inherit"],
});
const lines = createInterface({ input: child.stdout });

async function answer<T>(from: Interface): Promise<T> {
  const [line] = (await once(from, "line")) as [string];
  return JSON.parse(line) as T;
}

/** Follows links of the rail, so that the page stays the same page. */
async function round(page: Page): Promise<void> {
  for (const path of PATHS) {
    await page.evaluate(`history.pushState(null, "", ${JSON.stringify(path)}); dispatchEvent(new PopStateEvent("popstate")); 0`);
    await page.getByRole("heading", { level: 1 }).waitFor();
    await page.waitForTimeout(STAY_MS);
  }
}

async function measure(cdp: CDPSession, service: ChildProcess): Promise<Sample> {
  await cdp.send("HeapProfiler.collectGarbage");
  await cdp.send("HeapProfiler.collectGarbage");
  const { metrics } = await cdp.send("Performance.getMetrics");
  const of = (name: string) => metrics.find((one) => one.name === name)?.value ?? Number.NaN;
  service.stdin?.write("\n");
  const { heap, listeners, resources } = await answer<{ heap: number; listeners: number; resources: number }>(lines);
  return {
    pageHeap: rounded(of("JSHeapUsedSize") / MEGABYTE, 2),
    pageListeners: of("JSEventListeners"),
    pageNodes: of("Nodes"),
    serviceHeap: rounded(heap / MEGABYTE, 2),
    serviceListeners: listeners,
    serviceResources: resources,
  };
}

const { link } = await answer<{ link: string }>(lines);
const browser = await launchBrowser();
try {
  const page = await (await browser.newContext({ viewport: { width: 1280, height: 800 } })).newPage();
  await page.goto(link);
  await page.locator("nav a[aria-current=page]").waitFor({ state: "attached", timeout: 60_000 });
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("Performance.enable");
  for (let i = 0; i < WARM_ROUNDS; i++) await round(page);
  const first = await measure(cdp, child);
  const end = performance.now() + MINUTES * 60_000;
  let rounds = 0;
  do {
    await round(page);
    rounds += 1;
  } while (performance.now() < end);
  await page.evaluate(`history.pushState(null, "", "/"); dispatchEvent(new PopStateEvent("popstate")); 0`);
  const last = await measure(cdp, child);
  process.stdout.write(
    `${JSON.stringify({
      pageHeapRatio: rounded(last.pageHeap / first.pageHeap, 2),
      serviceHeapRatio: rounded(last.serviceHeap / first.serviceHeap, 2),
      pageListenersMore: last.pageListeners - first.pageListeners,
      serviceListenersMore: last.serviceListeners - first.serviceListeners,
      minutes: MINUTES,
      rounds,
      first,
      last,
    })}\n`,
  );
} finally {
  await browser.close();
  child.stdin?.end();
  await once(child, "exit");
}
