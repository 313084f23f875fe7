// Figures tick without anything moving: what the browser itself counts as a shift of the layout, over many updates.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type BrowserWorld, type Look, NARROW, type Opened, openBrowserWorld, WIDE } from "./world.ts";

let world: BrowserWorld;
beforeAll(async () => {
  world = await openBrowserWorld();
});
afterAll(() => world[Symbol.asyncDispose]());

const ID = "camp_primary_001";
/** Calls under way: one digit, three, two … */
const CALLS = [7, 118, 42, 3, 999, 56, 620, 8, 71, 305];
const COUNT = `
  window.shifts = [];
  new PerformanceObserver((list) => {
    for (const { value, sources } of list.getEntries())
      window.shifts.push({ value, of: sources.map(({ node }) => node?.outerHTML?.slice(0, 120) ?? String(node?.textContent)) });
  }).observe({ type: "layout-shift", buffered: false });
  0`;
/** Below this nobody sees anything move; a good page stays below 0.1 over its whole life. */
const INVISIBLE = 0.002;

interface Shift {
  readonly value: number;
  readonly of: readonly string[];
}

/** A reading as it comes from the vendor. */
function reading(activeCalls: number, i: number) {
  // Later than whatever the tenant itself says meanwhile: that nobody is called any more would rightly move the page.
  const at = Date.now() + 60_000;
  return world.whole.service.store.metrics.add({
    campaignId: ID,
    at,
    receivedAt: at,
    source: "push",
    eventId: null,
    windowMinutes: 30,
    successRate: [0.05, 0.128, 0.4][i % 3] ?? 0,
    activeCalls,
    callsPlaced: 100 + 900 * (i % 2),
    callsAnswered: 40,
    abandonmentRate: 0.012 * (i % 4),
    failoverTriggered: false,
  });
}

describe.each([
  ["1280 px", WIDE],
  ["390 px", NARROW],
] satisfies [string, Look][])("%s", (_, look) => {
  test.each([
    ["the list of campaigns", "/"],
    ["one campaign", `/campaigns/${ID}`],
  ])("%s", async (_name, path) => {
    await using opened = await world.open(look, "viewer");
    const { page, faults } = opened;
    await reading(1, 0);
    await page.goto(`${world.whole.service.url}${path}`);
    await opened.drawn();
    // What comes later than the first figures, the windows of every list, has come.
    const under = page.getByText(/no zones known|not known yet|not read yet|looked at yet/);
    await expect.poll(() => under.count(), { timeout: 60_000 }).toBe(0);
    await page.evaluate(COUNT);
    for (const [i, calls] of CALLS.entries()) {
      // Again and again: the tenant's own reading may come in between.
      const shown = page.getByText(String(calls), { exact: true }).first();
      await expect.poll(() => reading(calls, i).then(() => shown.isVisible()), { timeout: 60_000, interval: 400 }).toBe(true);
    }
    // What the pointer is at is told, and moves nothing either.
    if (path !== "/") {
      await page.locator(".plot-host:not([hidden])").last().hover();
      await page
        .locator(".plot-tip")
        .getByText(/^active calls \d/)
        .waitFor();
    }
    const shifts = await page.evaluate<readonly Shift[]>("window.shifts");
    const sum = shifts.reduce((all, { value }) => all + value, 0);
    expect(sum, JSON.stringify(shifts, null, 1)).toBeLessThan(INVISIBLE);
    expect(await opened.overflow()).toBe(0);
    if (path !== "/" && look === WIDE) await zoom(opened);
    expect(faults).toEqual([]);
  });
});

/** A part of the time is drawn out with the pointer, then zoomed and left with the keyboard alone; the address has it. */
async function zoom({ page }: Opened): Promise<void> {
  const asked = () => new URL(page.url()).searchParams;
  const length = () => Date.parse(asked().get("to") ?? "") - Date.parse(asked().get("from") ?? "");
  const box = await page.locator(".plot-host:not([hidden]) .u-over").last().boundingBox();
  if (box === null) throw new Error("there is no plot");
  const y = box.y + box.height / 2;
  await page.mouse.move(box.x + box.width * 0.1, y);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.9, y, { steps: 4 });
  await page.mouse.up();
  await expect.poll(length).toBeGreaterThan(0);
  expect(asked().get("hours")).toBe("1");
  await page.getByText(/^Shown: .* to /).waitFor();
  const drawn = length();
  await page.getByRole("button", { name: "Zoom out" }).focus();
  await page.keyboard.press("Enter");
  await expect.poll(length).toBeGreaterThan(drawn);
  for (let i = 0; i < 12 && asked().has("from"); i++) await page.keyboard.press("Enter");
  await page.getByText(/^Shown: /).waitFor({ state: "detached" });
  expect(await page.evaluate("document.activeElement.textContent")).toBe("Zoom out");
}
