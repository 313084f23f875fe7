// The curves of a campaign: what is told at the pointer and by the keyboard, another day beside it, and the picture to take along.

import { afterAll, beforeAll, expect, test } from "vitest";
import { type BrowserWorld, NARROW, openBrowserWorld, WIDE } from "./world.ts";

const ID = "camp_primary_001";
const DAY_MS = 86_400_000;

let world: BrowserWorld;
beforeAll(async () => {
  world = await openBrowserWorld();
  const now = Date.now();
  const readings = (daysBefore: number, successRate: number) =>
    Array.from({ length: 40 }, (_, n) => {
      const at = now - daysBefore * DAY_MS - (n + 5) * 60_000;
      const figures = { successRate, activeCalls: 7, callsPlaced: 90, callsAnswered: 40, abandonmentRate: 0.01 };
      const reading = { campaignId: ID, at, receivedAt: at, source: "push", eventId: null } as const;
      return world.whole.service.store.metrics.add({ ...reading, ...figures, windowMinutes: 30, failoverTriggered: false });
    });
  await Promise.all([...readings(0, 0.4), ...readings(1, 0.8)]);
});
afterAll(() => world[Symbol.asyncDispose]());

test.each([WIDE, { ...NARROW, locale: "de-DE" }])(
  "curves tell their values at the pointer and by the keyboard: $width px, $colorScheme",
  async (look) => {
    await using opened = await world.open(look, "viewer");
    const { page, faults } = opened;
    await page.goto(`${world.whole.service.url}/campaigns/${ID}`);
    await opened.drawn();
    const plot = page.getByRole("slider", { name: /^Success rate/ });
    await plot.locator(".u-over").waitFor();
    const tip = plot.locator(".plot-tip");
    expect(await tip.isVisible()).toBe(false);
    const told = () => plot.getAttribute("aria-valuetext");
    const fortyPercent = /success rate 40\s?%/;
    // From the first reading on, one by one.
    await plot.focus();
    await page.keyboard.press("Home");
    await page.keyboard.press("ArrowRight");
    await expect.poll(told).toMatch(fortyPercent);
    const second = await told();
    await page.keyboard.press("ArrowRight");
    await expect.poll(told).not.toBe(second);
    expect(await tip.innerText()).toMatch(fortyPercent);
    await page.keyboard.press("Escape");
    await expect.poll(() => tip.isVisible()).toBe(false);
    // At the pointer, and inside of the plot.
    const box = await plot.locator(".u-over").boundingBox();
    if (box === null) throw new Error("there is no plot");
    for (const share of [0.3, 0.95]) {
      await page.mouse.move(box.x + share * box.width, box.y + 20);
      await tip.waitFor();
      const shown = await tip.boundingBox();
      expect(shown?.x).toBeGreaterThanOrEqual(box.x - 1);
      expect((shown?.x ?? 0) + (shown?.width ?? 0)).toBeLessThanOrEqual(box.x + box.width + 1);
    }
    expect(await opened.violations()).toEqual([]);
    expect(await opened.overflow()).toBe(0);
    expect(faults).toEqual([]);
  },
);

test("a curve is compared with the day before, and the address has it", async () => {
  await using opened = await world.open(WIDE, "viewer");
  const { page, faults } = opened;
  await page.goto(`${world.whole.service.url}/campaigns/${ID}?hours=1`);
  await opened.drawn();
  await page.getByLabel("Compare with").selectOption({ label: "24 hours before" });
  await expect.poll(() => new URL(page.url()).searchParams.get("compare")).toBe("day");
  const plot = page.getByRole("slider", { name: /^Success rate/ });
  await plot.locator(".u-over").waitFor();
  await plot.focus();
  await page.keyboard.press("Home");
  for (let i = 0; i < 10; i++) await page.keyboard.press("ArrowRight");
  await expect.poll(() => plot.getAttribute("aria-valuetext")).toMatch(/success rate 40%.*24 hours before 80%/);
  // Another time shown keeps it; a week before there are no readings, which is said.
  await page.getByLabel("Time shown").selectOption("6");
  await expect.poll(() => new URL(page.url()).searchParams.get("compare")).toBe("day");
  await page.getByLabel("Compare with").selectOption({ label: "7 days before" });
  await page.getByText("There are no readings of 7 days before.").waitFor();
  expect(await opened.violations()).toEqual([]);
  expect(faults).toEqual([]);
});

test("a curve is copied as a picture; where the browser does not let it, it is saved", async () => {
  await using opened = await world.open(WIDE, "viewer");
  const { page, faults } = opened;
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.goto(`${world.whole.service.url}/campaigns/${ID}`);
  await opened.drawn();
  await page.locator(".u-over").first().waitFor();
  const copy = page.getByRole("button", { name: /^Copy as a picture: Success rate/ });
  await opened.press(copy);
  await page.getByText("Copied as a picture").waitFor();
  const size = await page.evaluate<number>(
    "navigator.clipboard.read().then(async ([item]) => (await item.getType('image/png')).size)",
  );
  expect(size).toBeGreaterThan(2000);
  await page.evaluate("navigator.clipboard.write = () => Promise.reject(new DOMException('no', 'NotAllowedError'))");
  const [saved] = await Promise.all([page.waitForEvent("download"), copy.click()]);
  expect(saved.suggestedFilename()).toBe("success-rate-with-its-95-band.png");
  expect(faults).toEqual([]);
});
