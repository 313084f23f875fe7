// What a viewer meets: every page can be read, nothing can be done, and what needs another role says so.

import { afterAll, beforeAll, expect, test } from "vitest";
import { type BrowserWorld, openBrowserWorld, WIDE } from "./world.ts";

let world: BrowserWorld;
let url: string;
beforeAll(async () => {
  world = await openBrowserWorld();
  url = world.whole.service.url;
  const event = { eventId: "evt_1", endpoint: "bi", subject: "call_1", type: "DISPOSITION_ASSIGNED", body: "{}" };
  await world.whole.service.store.outbox.add([event]);
});
afterAll(() => world[Symbol.asyncDispose]());

test.each([
  ["/campaigns/camp_primary_001", ["Pause"]],
  ["/dialer", ["Check and preview"]],
  ["/deliveries", ["Switch off"]],
])("%s shows what could be done and lets a viewer do none of it", async (path, names) => {
  await using opened = await world.open(WIDE, "viewer");
  const { page, faults } = opened;
  await page.goto(`${url}${path}`);
  for (const name of names) {
    const button = page.getByRole("button", { name, exact: true }).first();
    await button.waitFor();
    expect([name, await button.isDisabled()]).toEqual([name, true]);
  }
  expect(await opened.violations()).toEqual([]);
  expect(faults).toEqual([]);
});

test("a viewer is offered no full numbers, and gets none by asking for them", async () => {
  await using opened = await world.open(WIDE, "viewer");
  const { page } = opened;
  await page.goto(`${url}/compliance`);
  await page.getByRole("region", { name: "Suppression" }).waitFor();
  expect(await page.getByText(/in full/).count()).toBe(0);
  await page.goto(`${url}/audit?reveal=true`);
  const alert = page.getByRole("main").getByRole("alert");
  await alert.getByRole("heading", { name: "Your role does not allow this" }).waitFor();
  expect(await alert.textContent()).toContain("Ask an administrator for the role operator");
  expect(await page.locator("tbody tr").count()).toBe(0);
  expect(await opened.violations()).toEqual([]);
});

test("what a page offers by mistake is refused by the service, in its words", async () => {
  await using opened = await world.open(WIDE, "viewer");
  const { page } = opened;
  await page.goto(`${url}/deliveries`);
  const button = page.getByRole("button", { name: "Switch off" }).first();
  await button.waitFor();
  await page.evaluate(
    `[...document.querySelectorAll("button")].find((one) => one.textContent === "Switch off").disabled = false; 0`,
  );
  await button.click();
  await page
    .locator(".toast.bad")
    .getByText(/needs the role operator/)
    .waitFor();
});
