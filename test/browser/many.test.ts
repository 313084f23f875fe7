// A desk of two hundred campaigns.

import { afterAll, beforeAll, expect, test } from "vitest";
import { hastenedClock } from "../support/hastened-clock.ts";
import { PAGES } from "../support/pages-setup.ts";
import { type StartedService, startService } from "../support/service.ts";
import { until } from "../support/until.ts";
import { type DashboardBrowser, openDashboardBrowser, WIDE } from "./world.ts";

const COUNT = 200;
const idOf = (n: number) => `camp_${String(n).padStart(3, "0")}`;
/** Alike in the first forty letters, as campaigns are that a program names. */
const nameOf = (n: number) =>
  n % 8 === 0 ? `Renewals of household insurance, spring wave ${n}` : `Campaign ${String(n).padStart(3, "0")}`;

const clock = hastenedClock();
let whole: StartedService;
let browser: DashboardBrowser;
beforeAll(async () => {
  whole = await startService({
    pages: PAGES,
    clock,
    sandbox: {
      scenario: {
        limits: "off",
        campaigns: Array.from({ length: COUNT }, (_, n) => ({
          id: idOf(n),
          name: nameOf(n),
          status: n % 3 === 0 ? "paused" : "active",
          contactListId: `list_${n % 5}`,
        })),
        contactLists: Array.from({ length: 5 }, (_, n) => ({
          id: `list_${n}`,
          generate: { count: 200, consentRate: 0.5, zones: ["America/New_York"] },
        })),
      },
    },
  });
  browser = await openDashboardBrowser(whole.service);
});
afterAll(async () => {
  await browser[Symbol.asyncDispose]();
  await whole[Symbol.asyncDispose]();
});

/** So many of the service's seconds pass in one of the machine's; the page's pass as the service's. */
const PACE = 5;
const STEP_MS = 5000;

test("an open list costs at most 0.3 MB in its first minute, and 50 kB in each after it", async () => {
  await using opened = await browser.open(WIDE, "operator");
  const { page, faults } = opened;
  const line = await page.context().newCDPSession(page);
  const paths = new Map<string, string>();
  const counted: [path: string, bytes: number][] = [];
  const add = (id: string, bytes: number) => counted.push([paths.get(id) ?? "", bytes]);
  await line.send("Network.enable");
  line.on("Network.requestWillBeSent", ({ requestId, request }) => paths.set(requestId, new URL(request.url).pathname));
  line.on("Network.responseReceived", ({ requestId, response }) => add(requestId, response.encodedDataLength));
  line.on("Network.dataReceived", ({ requestId, encodedDataLength }) => add(requestId, encodedDataLength));
  await page.clock.install();
  clock.pace(PACE);
  await page.goto(whole.service.url);
  const minute = async () => {
    const begun = clock.now();
    for (let at = STEP_MS; at <= 60_000; at += STEP_MS) {
      await until(() => clock.now() >= begun + at);
      await page.clock.runFor(STEP_MS);
    }
    const of = (wanted: string) => counted.filter(([path]) => path === wanted).length;
    const told = { bytes: counted.reduce((sum, [, bytes]) => sum + bytes, 0), lists: of("/api/v1/campaigns") };
    counted.length = 0;
    return told;
  };
  const first = await minute();
  expect(first.lists).toBeGreaterThan(0);
  expect(first.bytes).toBeLessThan(300_000);
  const later = await minute();
  expect(later.lists).toBe(0);
  expect(later.bytes).toBeGreaterThan(1000);
  expect(later.bytes).toBeLessThan(50_000);
  // What has changed at the tenant comes by itself.
  await whole.post(`/api/v1/campaigns/id/${idOf(1)}/pause`, {});
  await page.clock.runFor(STEP_MS);
  const row = page.getByRole("row").filter({ has: page.getByRole("link", { name: nameOf(1), exact: true }) });
  await page.getByRole("searchbox", { name: "Search" }).fill(idOf(1));
  await row
    .getByText(/paused/i)
    .first()
    .waitFor();
  expect(counted.filter(([path]) => path === "/api/v1/campaigns")).toEqual([]);
  expect(faults).toEqual([]);
  clock.pace(1);
});

test("menus of campaigns read names alone", async () => {
  await using opened = await browser.open(WIDE, "operator");
  const { page } = opened;
  const asked: string[] = [];
  page.on("request", (request) => void asked.push(new URL(request.url()).pathname));
  for (const [path, title] of [
    ["/jobs", "Jobs"],
    ["/outcomes", "Outcomes"],
    ["/campaign-files", "Campaign files"],
  ] as const) {
    await page.goto(`${whole.service.url}${path}`);
    await opened.drawn(title);
  }
  await page.keyboard.press("Control+k");
  await page.getByRole("option").first().waitFor();
  expect(asked).toContain("/api/v1/campaigns/names");
  expect(asked.filter((path) => path === "/api/v1/campaigns")).toEqual([]);
});

test("an answer is compressed, has a tag, and is not sent to whoever has it", async () => {
  const first = await whole.ask("/api/v1/campaigns/names");
  const tag = first.headers.get("etag") ?? "";
  expect([first.headers.get("content-encoding"), tag.startsWith("W/")]).toEqual(["gzip", true]);
  const again = await whole.ask("/api/v1/campaigns/names", { headers: { "if-none-match": tag } });
  expect([again.status, await again.text()]).toEqual([304, ""]);
  const other = await whole.ask("/api/v1/campaigns/names", { headers: { "if-none-match": '"other"' } });
  expect([other.status, await other.json()]).toEqual([200, await first.json()]);
});

test("two hundred campaigns: a line each, totals that filter, heads that sort, columns that are hidden, rows that are chosen by the keyboard", async () => {
  await using opened = await browser.open({ ...WIDE, width: 1440 }, "operator");
  const { page, faults } = opened;
  await page.goto(whole.service.url);
  await opened.drawn("Campaigns");
  const table = page.getByRole("table", { name: "Campaigns" });
  const rows = table.locator("tbody tr:not(.gap)");
  const heights = () => page.evaluate<number[]>(HEIGHTS);
  await expect.poll(async () => Math.max(...(await heights()))).toBeLessThan(40);
  expect(await opened.violations()).toEqual([]);
  expect(await opened.overflow()).toBe(0);
  // Names that are alike in forty letters can be told apart, and each row has its id.
  await opened.go("/?q=household&sort=name");
  await expect.poll(() => table.getAttribute("aria-rowcount")).toBe(null);
  await expect.poll(() => rows.count()).toBe(25);
  expect(await page.evaluate(SEEN_ENDS)).toEqual(Array.from({ length: 25 }, () => [true, true]));
  // A head sorts, a second time from the other end, and says so.
  const head = table.getByRole("columnheader", { name: /^Campaign/ });
  const first = () => rows.first().getByRole("link").textContent();
  expect(await head.getAttribute("aria-sort")).toBe("ascending");
  expect(await first()).toBe(nameOf(0));
  await opened.press(head.getByRole("button"));
  await expect.poll(first).toBe(nameOf(96));
  expect(await head.getAttribute("aria-sort")).toBe("descending");
  expect(new URL(page.url()).search).toBe("?q=household&sort=-name");
  // The totals are of all campaigns, and show one state alone.
  await opened.go("/");
  const paused = page.getByRole("group", { name: "States" }).getByRole("button", { name: /^Paused \d+$/ });
  await expect.poll(async () => Number(/\d+$/.exec((await paused.textContent()) ?? "")?.[0])).toBeGreaterThan(60);
  await opened.press(paused);
  expect(await paused.getAttribute("aria-pressed")).toBe("true");
  await page.getByText(/^6\d of 200 shown$/).waitFor();
  expect(await rows.first().locator(".mark").textContent()).toBe("Paused");
  await opened.press(paused);
  // A column that is hidden stays hidden.
  await page.getByText("Columns", { exact: true }).click();
  await page.getByRole("checkbox", { name: "Work left" }).uncheck();
  await page.reload();
  await table.waitFor();
  expect(await table.getByRole("columnheader", { name: "Work left" }).count()).toBe(0);
  // By the keyboard from row to row; what is chosen has a bar with what can be done.
  await opened.go("/?sort=name");
  await rows.first().getByRole("checkbox").focus();
  await page.keyboard.press("Space");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("j");
  await page.keyboard.press("x");
  const bar = page.getByRole("group", { name: "Chosen campaigns" });
  await bar.getByText("2 chosen").waitFor();
  expect(await opened.violations()).toEqual([]);
  await page.getByRole("checkbox", { name: "All that are shown" }).check();
  await bar.getByRole("button", { name: "Pause 200" }).waitFor();
  await bar.getByRole("button", { name: "Choose none" }).click();
  expect(faults).toEqual([]);
});

/** How high each row is, px. */
const HEIGHTS = `[...document.querySelectorAll("table.one tbody tr:not(.gap)")].map((row) => row.getBoundingClientRect().height)`;
/** Of each row: whether the end of its name, and its id, are inside the cell. */
const SEEN_ENDS = `[...document.querySelectorAll("table.one tbody th")].map((cell) => [".lines > a .middle > :last-child", ".id .middle > :last-child"].map((part) => {
  const [inner, outer] = [cell.querySelector(part).getBoundingClientRect(), cell.getBoundingClientRect()];
  return inner.width > 20 && inner.right <= outer.right && inner.left >= outer.left;
}))`;
