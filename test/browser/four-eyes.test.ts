// Four eyes in the browser: whoever asks may not approve, another person may, and both pages follow what becomes of it.

import { afterAll, beforeAll, expect, test } from "vitest";
import { until } from "../support/until.ts";
import { openHolds } from "./holds.ts";
import { type BrowserWorld, type Opened, openBrowserWorld, WIDE } from "./world.ts";

let world: BrowserWorld;
let url: string;
beforeAll(async () => {
  world = await openBrowserWorld(
    "service: { fourEyes: true }\ndialer: { activation: { first: 50ms, most: 200ms, looks: 500, settle: 1s } }\n",
  );
  url = world.whole.service.url;
});
afterAll(() => world[Symbol.asyncDispose]());

const person = (name: string) => world.open(WIDE, "operator", url, name);
const askedBy = ({ page }: Opened, name: string, state: string) =>
  page.getByRole("row").filter({ hasText: name }).filter({ hasText: state });

/** Asks for a dial ratio and goes to what waits. */
async function ask({ page }: Opened, ratio: string): Promise<void> {
  await page.goto(`${url}/dialer?dial_ratio=${ratio}&answer_rate=0.2`);
  const form = page.getByRole("region", { name: "New settings" });
  await form.getByRole("button", { name: "Check and preview" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("to confirm").fill("apply");
  await dialog.getByRole("button", { name: "Apply" }).click();
  await page.getByText(/^Waits until another person approves it/).waitFor();
  await page.getByRole("navigation").getByRole("link", { name: "Approvals" }).click();
  await page.getByRole("heading", { level: 1, name: "Approvals" }).waitFor();
}

test("one asks, another approves, and only then it is done", async () => {
  await using olga = await person("olga");
  await using oscar = await person("oscar");
  await oscar.page.goto(`${url}/approvals`);
  await oscar.page.getByText("Nothing waits").waitFor();
  await ask(olga, "1.7");
  const own = askedBy(olga, "olga", "Pending");
  await own.getByText("another person must approve").waitFor();
  expect(await own.getByRole("button", { name: "Approve" }).count()).toBe(0);
  expect(await olga.violations()).toEqual([]);

  // It comes to the other one's page by itself, and every page of the dashboard tells that it waits.
  await oscar.page.getByRole("navigation").getByText("1 waiting for you").waitFor();
  await oscar.page
    .locator(".toast")
    .getByText(/^Waits for approval: .*olga/)
    .waitFor();
  await oscar.press(askedBy(oscar, "olga", "Pending").getByRole("button", { name: "Approve" }));
  const dialog = oscar.page.getByRole("dialog");
  expect(await dialog.getByRole("button", { name: "Approve" }).isDisabled()).toBe(true);
  expect(await oscar.violations()).toEqual([]);
  await dialog.getByLabel("to confirm").fill("approve");
  await oscar.press(dialog.getByRole("button", { name: "Approve" }));
  await dialog.waitFor({ state: "detached" });
  await askedBy(oscar, "oscar", "Approved").waitFor();
  // The button that had the focus is gone: it is at what is left of its row.
  await expect
    .poll(() => oscar.page.evaluate("document.activeElement.closest('tr')?.textContent ?? 'nowhere'"))
    .toContain("olga");
  await askedBy(olga, "oscar", "Approved").waitFor();
  await olga.page.goto(`${url}/dialer`);
  await olga.page.getByRole("region", { name: "In force" }).getByText("1.7", { exact: true }).waitFor();
  expect([...olga.faults, ...oscar.faults]).toEqual([]);
});

test("one that was begun and whose answer is lost is told as not known, and as done once it was read back", async () => {
  const { whole } = world;
  const { control } = whole.sandbox;
  await using olga = await person("olga");
  await ask(olga, "1.8");
  const { items } = (await whole.get("/api/v1/approvals?pending=true")) as { items: { id: string; confirm: string }[] };
  const link = olga.page.locator(`a[href="/approvals/${items[0]?.id}"]`);
  const state = olga.page.getByRole("row").filter({ has: link }).locator(".pill");
  control.clearRequests();
  control.faults.add({ match: { operation: "putDialerSettings" }, times: 1, effect: { acceptThenFail: true } });
  await using holds = await openHolds(whole.databaseUrl);
  await holds.hold("settings", ["sent"]);
  await whole.post(`/api/v1/approvals/${items[0]?.id}/approve`, { confirm: items[0]?.confirm }, "second");
  await state.getByText("Approved", { exact: true }).waitFor();
  await until(() => control.requests({ operation: "putDialerSettings" }).length > 0);
  // The tenant has taken it, and cannot be read since.
  control.faults.add({ match: { operation: "getDialerSettings" }, effect: { status: 403 } });
  await holds.free();
  await state.getByText("Approved, outcome unknown").waitFor();
  await olga.page
    .locator(".toast.bad")
    .getByText(/^Approved by oscar, .*: but it is not known whether it was carried out: /)
    .waitFor();
  await link.click();
  await olga.page.locator(".page-head .pill").getByText("Approved, outcome unknown").waitFor();
  control.faults.clear();
  await olga.page.getByRole("link", { name: "the job" }).click();
  await olga.page.getByRole("link", { name: /^Dialer settings, version/ }).click();
  await olga.press(olga.page.getByRole("button", { name: "Go on" }));
  await olga.page.getByRole("region", { name: "Change under way" }).locator(".pill").getByText("applied").waitFor();
  await olga.page.goBack();
  await olga.page.goBack();
  await olga.page.locator(".page-head .pill").getByText("Approved", { exact: true }).waitFor();
  expect(olga.faults).toEqual([]);
});

test("the second person sees the difference, the checks and the prediction that the first one saw, and whether they still hold", async () => {
  await using olga = await person("olga");
  await using oscar = await person("oscar");
  await olga.page.goto(`${url}/dialer?dial_ratio=1.6&answer_rate=0.2`);
  await olga.page.getByRole("region", { name: "New settings" }).getByRole("button", { name: "Check and preview" }).click();
  const first = olga.page.getByRole("dialog");
  const bands = (within: typeof first) =>
    within
      .getByRole("table", { name: /^Predicted/ })
      .locator("td")
      .allTextContents();
  await first.getByText("Attempts an hour").waitFor();
  const predicted = await bands(first);
  // Four figures, now and then.
  expect(predicted).toHaveLength(8);
  const difference = (await first.locator(".diff").textContent()) ?? "";
  expect(difference).toContain("1.6");
  await first.getByLabel("to confirm").fill("apply");
  await first.getByRole("button", { name: "Apply" }).click();
  await olga.page.getByText(/^Waits until another person approves it/).waitFor();

  const { page } = oscar;
  await page.goto(`${url}/approvals`);
  const row = askedBy(oscar, "olga", "Pending");
  await row.getByRole("button", { name: "Approve" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("Attempts an hour").waitFor();
  expect(await bands(dialog)).toEqual(predicted);
  expect(await dialog.locator(".diff").textContent()).toBe(difference);
  await dialog.getByRole("heading", { name: "Checks" }).waitFor();
  await dialog.getByText("answer rate 0.2").waitFor();
  await dialog.getByText(/^olga, /).waitFor();
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });

  // The same on a page of its own, which can be shared; it says so when the tenant has moved meanwhile.
  world.whole.sandbox.control.simulateEdit({ kind: "dialerSettings", body: { name: "Edited elsewhere" } });
  await row.getByRole("link").click();
  await page.getByText(/^It has changed since it was asked for/).waitFor();
  const shown = page.getByRole("region", { name: "What was shown" });
  expect(await bands(shown)).toEqual(predicted);
  expect(await shown.locator(".diff").textContent()).toBe(difference);
  expect(await oscar.violations()).toEqual([]);
  await page.getByRole("button", { name: "Approve" }).click();
  await dialog.getByText(/^It has changed since it was asked for/).waitFor();
  expect(await dialog.getByLabel("to confirm").count()).toBe(0);
  expect(await dialog.getByRole("button", { name: "Approve" }).isDisabled()).toBe(true);
  await page.keyboard.press("Escape");
  await oscar.press(page.getByRole("button", { name: "Reject" }));
  await oscar.press(dialog.getByRole("button", { name: "Reject" }));
  await page.locator(".page-head .pill").getByText("Rejected").waitFor();
  expect([...olga.faults, ...oscar.faults]).toEqual([]);
});

test("what another person rejects is not done", async () => {
  await using olga = await person("olga");
  await using oscar = await person("oscar");
  await ask(olga, "1.9");
  await oscar.page.goto(`${url}/approvals`);
  await askedBy(oscar, "olga", "Pending").getByRole("button", { name: "Reject" }).click();
  const dialog = oscar.page.getByRole("dialog");
  await dialog.getByLabel("A word for the person who asked").fill("not on a Monday");
  await dialog.getByRole("button", { name: "Reject" }).click();
  await askedBy(olga, "oscar", "Rejected").getByText("not on a Monday").waitFor();
  await olga.page
    .locator(".toast.bad")
    .getByText(/^Rejected by oscar, .*: not on a Monday$/)
    .waitFor();
  await olga.page.goto(`${url}/dialer`);
  const force = olga.page.getByRole("region", { name: "In force" });
  await force.getByText("Dial ratio", { exact: true }).waitFor();
  expect(await force.getByText("1.9", { exact: true }).count()).toBe(0);
});

test("a viewer sees what waits and has no word on it", async () => {
  await using olga = await person("olga");
  await ask(olga, "2.1");
  // What waits needs attention: it is acknowledged and taken, and the focus stays beside the buttons that go.
  await using oscar = await person("oscar");
  await oscar.page.goto(url);
  const attention = oscar.page.getByRole("region", { name: "Needs attention" });
  await oscar.press(attention.getByRole("button", { name: /^Acknowledge/ }).first());
  await attention.getByText("acknowledged by oscar").waitFor({ state: "attached" });
  await expect.poll(() => oscar.page.evaluate("document.activeElement !== document.body")).toBe(true);
  await oscar.press(attention.getByText(/^Acknowledged: \d+$/));
  await oscar.press(attention.getByRole("button", { name: /^Take/ }).first());
  await attention.getByText("oscar sees to it").waitFor();
  await oscar.press(attention.getByRole("button", { name: /^Give back/ }).first());
  await attention.getByText("oscar sees to it").waitFor({ state: "detached" });
  await using viewer = await world.open(WIDE, "viewer");
  await viewer.page.goto(`${url}/approvals`);
  await askedBy(viewer, "olga", "Pending").waitFor();
  // The list can be saved, and nothing else is offered.
  const buttons = viewer.page.getByRole("main").getByRole("button");
  expect(await buttons.allTextContents()).toEqual(["CSV of approvals", "PDF of approvals"]);
  await askedBy(viewer, "olga", "Pending").getByRole("link").click();
  await viewer.page.getByRole("region", { name: "What was shown" }).getByText("Attempts an hour").waitFor();
  expect(await viewer.page.getByRole("main").getByRole("button").count()).toBe(0);
});
