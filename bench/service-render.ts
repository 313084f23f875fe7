// First render of the campaigns page, with 2 campaigns, and with 200 of them and 50,000 jobs in the store, and of the jobs page there: from the navigation to the first row of the table, against a page of plain markup
// from a bare hono route with the service's own headers, in the same Chromium, in turn. (The headers matter: `cross-origin-opener-policy` makes a
// browser begin a process for a tab's first page, whatever that page is; `withoutHeadersMs` is a bare page that does not ask for it.) The service has just been started on a store that was filled before, and its tenant takes
// three seconds for every answer: nothing of the page may wait for it. `cold` is the first page of each of several starts.

import { Hono } from "hono";
import type { Browser } from "playwright-core";
import { dashboardFolder } from "../src/app/index.ts";
import { median, rounded, sized } from "./support.ts";
import { launchBrowser } from "./support-browser.ts";
import { fillJobs, openBenchWorld, serveBare } from "./support-service.ts";

const STARTS = sized(3, 1);
const ROUNDS = sized(7, 2);
const SLOW_MS = sized(3000, 100);
/** Beside many campaigns; some of them stand still. */
const JOBS = sized(50_000, 50);
/** To fill the store quickly. */
const NO_LIMITS = "limits: { campaigns: off, other: off }\n";

type Page = (url: string) => Promise<number>;

/** Signs in when given a link, and times pages. */
async function visitor(
  browser: Browser,
  link?: string,
): Promise<{ readonly timed: Page; readonly asked: Page } & AsyncDisposable> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const timed: Page = async (url) => {
    const page = await context.newPage();
    const began = performance.now();
    await page.goto(url, { waitUntil: "commit" });
    await page.locator("tbody tr").first().waitFor({ timeout: 60_000 });
    const ms = performance.now() - began;
    await page.close();
    return ms;
  };
  if (link !== undefined) {
    const page = await context.newPage();
    await page.goto(link);
    await page.locator("nav a[aria-current=page]").waitFor({ state: "attached", timeout: 60_000 });
    // Somewhere else: the page that is measured has asked for nothing yet.
    await page.close();
  }
  const asked: Page = async (url) => {
    const began = performance.now();
    const reply = await context.request.get(url);
    if (!reply.ok()) throw new Error(`${url}: ${reply.status()}`);
    await reply.body();
    return performance.now() - began;
  };
  return { timed, asked, [Symbol.asyncDispose]: () => context.close() };
}

function scenario(count: number) {
  const campaigns = Array.from({ length: count }, (_, n) => ({
    id: `camp_${String(n).padStart(3, "0")}`,
    name: `Campaign ${n}`,
    status: n % 3 === 0 ? ("paused" as const) : ("active" as const),
    contactListId: "list_1",
  }));
  const zones = ["America/New_York", "America/Chicago", "America/Los_Angeles"];
  return {
    limits: { campaigns: "off", other: "off" } as const,
    campaigns,
    contactLists: [{ id: "list_1", generate: { count: 200, consentRate: 0.5, zones } }],
  };
}

/** Runs a service until everything of every campaign is known. */
async function fill(world: Awaited<ReturnType<typeof openBenchWorld>>, jobs: number): Promise<void> {
  await using service = await world.open({ yaml: NO_LIMITS });
  await fillJobs(service.store.url, jobs);
  const { token } = await service.store.access.addToken({ name: "bench", role: "viewer", expiresAt: null, by: "bench" });
  for (;;) {
    const reply = await fetch(`${service.url}/api/v1/campaigns`, { headers: { authorization: `Bearer ${token}` } });
    const { items } = (await reply.json()) as { items: { known: Record<string, { at: string | null }> }[] };
    if (items.length > 0 && items.every(({ known }) => Object.values(known).every(({ at }) => at !== null))) return;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

async function measured(
  { campaigns: count, jobs }: { readonly campaigns: number; readonly jobs: number },
  browser: Browser,
  bare: string,
) {
  await using world = await openBenchWorld({ scenario: scenario(count), clock: "frozen" });
  await fill(world, jobs);
  world.sandbox.control.faults.add({ match: {}, effect: { delayMs: SLOW_MS } });
  const pages = await dashboardFolder((line) => void process.stderr.write(`${line}\n`));
  await using plainly = await visitor(browser);
  const cold: number[] = [];
  const warm: number[] = [];
  const plain: number[] = [];
  const jobsPage: number[] = [];
  const attention: number[] = [];
  const without: number[] = [];
  await plainly.timed(`${bare}/without`);
  for (let start = 0; start < STARTS; start++) {
    await using service = await world.open({ pages });
    await using signedIn = await visitor(browser, await service.loginLink("bench", "viewer"));
    await takeHeaders(service.url);
    for (let i = 0; i < ROUNDS; i++) {
      plain.push(await plainly.timed(bare));
      without.push(await plainly.timed(`${bare}/without`));
      (i === 0 ? cold : warm).push(await signedIn.timed(service.url));
      jobsPage.push(await signedIn.timed(`${service.url}/jobs`));
      attention.push(await signedIn.asked(`${service.url}/api/v1/attention`));
    }
  }
  const base = median(plain);
  return {
    ratio: rounded(median(warm) / base, 2),
    coldRatio: rounded(median(cold) / base, 2),
    campaignsMs: rounded(median(warm), 0),
    jobsRatio: rounded(median(jobsPage) / base, 2),
    jobsMs: rounded(median(jobsPage), 0),
    attentionMs: rounded(median(attention), 0),
    coldMs: rounded(median(cold), 0),
    bareMs: rounded(base, 0),
    withoutHeadersMs: rounded(median(without), 0),
  };
}

/** Of one answer, or of one connection: not of every page. */
const OWN = new Set([
  "connection",
  "content-length",
  "content-type",
  "date",
  "etag",
  "keep-alive",
  "transfer-encoding",
  "x-request-id",
]);
const headers = new Map<string, string>();

/** The headers with which the service sends its pages. */
async function takeHeaders(url: string): Promise<void> {
  headers.clear();
  for (const [name, value] of (await fetch(url)).headers) if (!OWN.has(name)) headers.set(name, value);
}

const BARE = "<!doctype html><title>bare</title><table><tbody><tr><td>camp_primary_001</td></tr></tbody></table>";
const app = new Hono();
app.get("/", (c) => c.html(BARE, 200, Object.fromEntries(headers)));
app.get("/without", (c) => c.html(BARE));
await using bare = await serveBare(app);
const browser = await launchBrowser();
try {
  const few = await measured({ campaigns: 2, jobs: 3 }, browser, bare.origin);
  const many = await measured({ campaigns: sized(200, 5), jobs: JOBS }, browser, bare.origin);
  process.stdout.write(`${JSON.stringify({ few, many, starts: STARTS, rounds: ROUNDS, tenantMs: SLOW_MS })}\n`);
} finally {
  await browser.close();
}
