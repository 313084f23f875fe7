// A list of a thousand campaigns scrolls: only what is seen is drawn.

import { expect, test } from "vitest";
import { PAGES } from "../support/pages-setup.ts";
import { startService } from "../support/service.ts";
import { openDashboardBrowser, WIDE } from "./world.ts";

test("a thousand campaigns: while they scroll by, no more rows are drawn than a window has, down to the last", async () => {
  await using whole = await startService({
    pages: PAGES,
    sandbox: {
      scenario: {
        limits: "off",
        campaigns: Array.from({ length: 1000 }, (_, n) => ({
          id: `camp_${String(n).padStart(4, "0")}`,
          name: `Campaign ${String(n).padStart(4, "0")}`,
          status: n % 3 === 0 ? "paused" : "active",
          contactListId: "list_0",
        })),
        contactLists: [{ id: "list_0", generate: { count: 200, consentRate: 0.5, zones: ["America/New_York"] } }],
      },
    },
  });
  await using own = await openDashboardBrowser(whole.service);
  await using opened = await own.open({ ...WIDE, width: 1440 }, "viewer");
  const { page, faults } = opened;
  await page.goto(`${whole.service.url}/?sort=name`);
  await opened.drawn("Campaigns");
  const table = page.getByRole("table", { name: "Campaigns" });
  await expect.poll(() => table.getAttribute("aria-rowcount"), { timeout: 60_000 }).toBe("1001");
  const { frames, most, last, empty } = await page.evaluate<{ frames: number; most: number; last: string; empty: number }>(
    SCROLLED,
  );
  expect(frames).toBeGreaterThan(40);
  expect(most).toBeLessThan(100);
  expect(empty).toBe(0);
  expect(last).toContain("Campaign 0999");
  expect(faults).toEqual([]);
});

/** Scrolls to the end by most of a window each frame: how many rows were drawn at most, how often none was in the window, and the last one. */
const SCROLLED = `(async () => {
  const rows = () => [...document.querySelectorAll("table.one tbody tr:not(.gap)")];
  const frame = () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
  let [frames, most, empty] = [0, 0, 0];
  for (let before = -1; before !== window.scrollY && frames < 500; frames++) {
    before = window.scrollY;
    window.scrollBy(0, 0.8 * window.innerHeight);
    await frame();
    most = Math.max(most, rows().length);
    if (!rows().some((row) => row.getBoundingClientRect().top < window.innerHeight && row.getBoundingClientRect().bottom > 0)) empty++;
  }
  return { frames, most, last: rows().at(-1).textContent, empty };
})()`;
