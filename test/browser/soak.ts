// Somebody walks through the pages for a long time while figures tick and the line breaks off now and then; what page and service hold on to meanwhile,
// after a forced collection.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { lay } from "../support/cable.ts";
import { launchBrowser, WIDE } from "./world.ts";

const PATHS = ["/campaigns/camp_primary_001", "/jobs", "/simulator", "/outcomes", "/dialer", "/audit", "/deliveries", "/"];
const MEGABYTE = 1_048_576;
/** Only a failure waits so long, ms. */
const PATIENCE = 60_000;

/** What is held after a collection; heaps in MB. */
export interface Held {
  readonly pageHeap: number;
  readonly pageListeners: number;
  readonly pageNodes: number;
  readonly serviceHeap: number;
  readonly serviceListeners: number;
  readonly serviceTimers: number;
  /** Readers of live updates. */
  readonly serviceReaders: number;
}

export interface Soak extends AsyncDisposable {
  /** Makes so many updates, breaks the stream off and lets it come back, and opens every page. */
  round(updates: number): Promise<void>;
  measure(): Promise<Held>;
}

interface Said {
  readonly heap: number;
  readonly listeners: number;
  readonly timers: number;
  readonly readers: number;
}

/** Opens a service of its own process and one page that stays the same page. */
export async function openSoak(): Promise<Soak> {
  await using stack = new AsyncDisposableStack();
  const child = spawn(process.execPath, [fileURLToPath(new URL("./soak-service.ts", import.meta.url))], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  stack.defer(async () => {
    child.stdin.end();
    if (child.exitCode === null) await once(child, "exit");
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  async function answer<T>(): Promise<T> {
    const { value, done } = await lines.next();
    if (done === true) throw new Error("the service has ended");
    return JSON.parse(value) as T;
  }
  const { link, url } = await answer<{ link: string; url: string }>();
  const cable = stack.use(await lay(url));
  const browser = await launchBrowser();
  stack.defer(() => browser.close());
  const page = await (await browser.newContext({ viewport: WIDE })).newPage();
  page.setDefaultTimeout(PATIENCE);
  await page.goto(link.replace(url, cable.url));
  await page.locator("nav a[aria-current=page]").waitFor({ state: "attached" });
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("Performance.enable");

  const live = page.getByText("Live", { exact: true });
  const visit = async (path: string) => {
    await page.evaluate(`history.pushState(null, "", ${JSON.stringify(path)}); dispatchEvent(new PopStateEvent("popstate")); 0`);
    await page.locator("nav a[aria-current=page]").waitFor({ state: "attached" });
    await page.getByRole("heading", { level: 1 }).waitFor();
    await page.locator(".state.loading").first().waitFor({ state: "detached" });
  };
  const ask = async (updates?: number) => {
    child.stdin.write(`${updates ?? ""}\n`);
    return answer<Said>();
  };
  const owned = stack.move();
  return {
    async round(updates) {
      for (const path of PATHS) {
        await visit(path);
        await ask(Math.ceil(updates / PATHS.length));
      }
      cable.pull();
      await page.getByText(/^Lost since/).waitFor();
      cable.putBack();
      await live.waitFor();
    },
    async measure() {
      await visit("/");
      await live.waitFor();
      for (let i = 0; i < 3; i++) await cdp.send("HeapProfiler.collectGarbage");
      const { metrics } = await cdp.send("Performance.getMetrics");
      const of = (name: string) => metrics.find((one) => one.name === name)?.value ?? Number.NaN;
      const { heap, listeners, timers, readers } = await ask();
      const megabytes = (bytes: number) => Math.round((100 * bytes) / MEGABYTE) / 100;
      return {
        pageHeap: megabytes(of("JSHeapUsedSize")),
        pageListeners: of("JSEventListeners"),
        pageNodes: of("Nodes"),
        serviceHeap: megabytes(heap),
        serviceListeners: listeners,
        serviceTimers: timers,
        serviceReaders: readers,
      };
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
