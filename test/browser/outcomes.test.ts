// Outcomes in the browser: days that were not read, or with some codes only, are told on the page, and have no figures.

import { afterAll, beforeAll, expect, test } from "vitest";
import { type BrowserWorld, openBrowserWorld, WIDE } from "./world.ts";

const ID = "camp_primary_001";
const OTHER = "camp_backup_001";
const DAY_MS = 86_400_000;
const MIDNIGHT = Math.floor(Date.now() / DAY_MS) * DAY_MS;
const timeOf = (days: number) => new Date(MIDNIGHT - days * DAY_MS).toISOString();
const dayOf = (days: number) => timeOf(days).slice(0, 10);

let world: BrowserWorld;
beforeAll(async () => {
  world = await openBrowserWorld();
  const read = async (body: object) => {
    const begun = await world.whole.post("/api/v1/outcomes/retrievals", body);
    expect(begun.status, JSON.stringify(begun.body)).toBeLessThan(300);
    await world.whole.ended(begun.body["jobId"] as string);
  };
  await read({ campaignId: ID, from: timeOf(6), to: timeOf(4) });
  await read({ campaignId: ID, from: timeOf(4), to: timeOf(3), codes: ["DISP_001"] });
  await read({ campaignId: OTHER, from: timeOf(4), to: timeOf(3), codes: ["DISP_001"] });
});
afterAll(() => world[Symbol.asyncDispose]());

test("whole days have figures; what the others lack is told, in the words of the report", async () => {
  await using opened = await world.open(WIDE, "viewer");
  await opened.page.goto(`${world.whole.service.url}/outcomes?campaign=${ID}&from=${dayOf(6)}&to=${dayOf(3)}`);
  await opened.drawn("Outcomes");
  const { covers, calls } = (await world.whole.get(`/api/v1/outcomes/report?campaign=${ID}&from=${dayOf(6)}&to=${dayOf(3)}`)) as {
    covers: { known: number; of: number; words: string };
    calls: number;
  };
  expect(covers).toMatchObject({ known: 2, of: 4, words: expect.stringContaining("DISP_001 only") as string });
  expect(calls).toBeGreaterThan(0);
  const notice = opened.page.locator("main .notice.warn");
  expect(await notice.innerText()).toBe(covers.words);
  expect(await opened.page.locator("main").innerText()).toMatch(/2 of 4 days/);
});

test("where no day was read whole nothing is a figure, no 0 and no trend", async () => {
  await using opened = await world.open(WIDE, "viewer");
  await opened.page.goto(`${world.whole.service.url}/outcomes?campaign=${OTHER}&from=${dayOf(4)}&to=${dayOf(3)}`);
  await opened.drawn("Outcomes");
  const main = await opened.page.locator("main").innerText();
  expect(main).toMatch(/no day was read whole/);
  expect(main).toMatch(/not read/);
  expect(main).toMatch(/Not known/);
  expect(main).not.toMatch(/No trend shown|rising|falling|0 %|0\.00\s?%/i);
  expect([...opened.faults]).toEqual([]);
});
