// The frame around every page: which tenant this is, the palette with its verbs, and the formats of the reader.

import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type BrowserWorld, NARROW, openBrowserWorld, tenantHost, WIDE } from "./world.ts";

let world: BrowserWorld;
let host: string;
beforeAll(async () => {
  world = await openBrowserWorld();
  host = await tenantHost(world.whole);
});
afterAll(() => world[Symbol.asyncDispose]());

test.each([WIDE, NARROW])("the tenant is named in the frame, the title and each confirmation: $width px", async (look) => {
  await using opened = await world.open(look, "operator");
  const { page, faults } = opened;
  await page.goto(world.whole.service.url);
  await opened.drawn("Campaigns");
  await page.getByRole("banner").getByText(host).waitFor();
  expect(await page.title()).toBe(`Campaigns · ${host} · outdial`);
  await page.getByRole("button", { name: "Stop all campaigns" }).click();
  await page.getByRole("dialog").getByText(`At ${host}`).waitFor();
  expect(await opened.violations()).toEqual([]);
  // The place of the scroll bar is as dark as what the backdrop covers.
  const behind = await page.evaluate<string[]>(
    "[document.documentElement, document.body].map((one) => getComputedStyle(one).backgroundColor)",
  );
  expect(behind[0]).not.toBe(behind[1]);
  expect(faults).toEqual([]);
});

test("the palette loses no letter, carries out verbs behind their confirmations, and forgives", async () => {
  await using opened = await world.open(WIDE, "operator");
  const { page, faults } = opened;
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  await page.route("**/assets/palette-choice-*", async (route) => {
    await held;
    await route.continue();
  });
  await page.goto(world.whole.service.url);
  await opened.drawn("Campaigns");
  await page.keyboard.press("Control+k");
  await page.keyboard.type("explain a");
  release();
  await page.getByRole("option", { name: "Explain a number" }).waitFor();
  await page.keyboard.type(" num");
  expect(await page.getByRole("combobox", { name: "Page, campaign, verb or id" }).inputValue()).toBe("explain a num");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: "Compliance" }).waitFor();

  const choose = async (text: string) => {
    await page.keyboard.press("Control+k");
    await page.keyboard.type(text);
    await page.getByRole("option").first().waitFor();
    expect(await opened.violations()).toEqual([]);
    await page.keyboard.press("Enter");
  };
  await choose("+12125550123");
  await page
    .getByRole("region", { name: "Explain a number" })
    .getByText(/may be called|must not be called/)
    .first()
    .waitFor();
  expect(page.url()).not.toContain("2125550123");

  await choose("dark them");
  expect(await page.evaluate("document.documentElement.dataset.theme")).toBe("dark");
  expect(await page.getByLabel("Theme").inputValue()).toBe("dark");

  await choose("pase camp_backup");
  await page.getByRole("dialog", { name: "Pause 1 campaign" }).getByRole("button", { name: "Pause" }).click();
  await page.getByRole("status").getByText("Confirmed paused: 1 of 1").waitFor();

  await choose("stop all");
  await page.getByRole("dialog", { name: "Stop all campaigns" }).getByText(`At ${host}`).waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });

  await page.keyboard.press("?");
  await page.getByRole("dialog", { name: "Keys" }).getByText("choose the campaign of the row").waitFor();
  expect(await opened.violations()).toEqual([]);
  await page.keyboard.press("Escape");
  // A question mark in a field is a question mark.
  await page.getByLabel("Postal code").fill("");
  await page.getByLabel("Postal code").press("?");
  expect(await page.getByRole("dialog").count()).toBe(0);
  expect(faults).toEqual([]);
});

test.each([
  ["en-US", "limit 3%", /\b\d{1,2}:\d\d [AP]M\b/],
  ["de-DE", "limit 3\u00a0%", /\b\d\d:\d\d\b(?! [AP]M)/],
])("numbers and times are those of the browser: %s", async (locale, limit, time) => {
  await using opened = await world.open({ ...WIDE, locale }, "operator");
  const { page, faults } = opened;
  await page.goto(`${world.whole.service.url}/simulator`);
  await page.getByText(limit).first().waitFor();
  await page.goto(`${world.whole.service.url}/audit`);
  await opened.drawn("Audit");
  await page.getByRole("main").getByText(time).first().waitFor();
  expect(faults).toEqual([]);
});

test("the typeface comes with the page, and figures have one width", async () => {
  await using opened = await world.open(WIDE, "viewer");
  const { page } = opened;
  await page.goto(world.whole.service.url);
  await opened.drawn("Campaigns");
  await expect.poll(() => page.evaluate("document.fonts.check('14px \"Inter Variable\"')")).toBe(true);
  const loaded =
    "[...document.fonts].filter(({ family, status }) => family.includes('Inter Variable') && status === 'loaded').length";
  await expect.poll(() => page.evaluate(loaded)).toBeGreaterThan(0);
  expect(await page.evaluate("getComputedStyle(document.documentElement).fontVariantNumeric")).toBe("tabular-nums");
});

test("from a number to its evidence: verdict, hours of the person's day, lists, and the pack as a file", async () => {
  await using opened = await world.open(WIDE, "operator");
  const { page, faults } = opened;
  await page.goto(world.whole.service.url);
  await opened.drawn("Campaigns");
  await page.keyboard.press("Control+k");
  await page.keyboard.type("+12125550123");
  await page.getByRole("option", { name: "+12125550123" }).waitFor();
  await page.keyboard.press("Enter");
  const explain = page.getByRole("region", { name: "Explain a number" });
  await explain
    .getByText(/^(may|must not) be called$/)
    .first()
    .waitFor();
  expect(page.url()).not.toContain("2125550123");
  await explain.getByRole("region", { name: "Suppression" }).getByText("not suppressed").waitFor();
  // Ticks are the person's midnight and every six hours, whatever the time is now.
  const ticks = await explain.locator("svg g text").allTextContents();
  expect(ticks.map((text) => text.replace(/\s/g, " "))).toEqual(
    expect.arrayContaining(["12:00 AM", "6:00 AM", "12:00 PM", "6:00 PM"]),
  );
  for (const [name, file, start] of [
    ["Evidence pack, PDF", "evidence.pdf", "%PDF-"],
    ["JSON", "evidence.ndjson", "{"],
  ] as const) {
    const [saved] = await Promise.all([page.waitForEvent("download"), explain.getByRole("button", { name }).click()]);
    expect(saved.suggestedFilename()).toBe(file);
    expect(readFileSync(await saved.path(), "latin1").slice(0, start.length)).toBe(start);
  }
  expect(await opened.violations()).toEqual([]);
  await using viewer = await world.open(WIDE, "viewer");
  await viewer.page.goto(`${world.whole.service.url}/compliance#%2B12125550123`);
  await viewer.page.getByRole("region", { name: "Evidence pack" }).getByText("Needs the role operator").waitFor();
  expect([...faults, ...viewer.faults]).toEqual([]);
});

test("the audit has one row for what a job did to many calls, and stays in shape when details open", async () => {
  const file = readFileSync("examples/calls.csv", "utf8").split("\n").slice(0, 13).join("\n");
  const path = "/api/v1/campaigns/camp_primary_001/tags?name=grouped.csv";
  const sent = await world.whole.ask(path, { method: "POST", headers: { "content-type": "text/csv" }, body: file });
  const { job } = (await sent.json()) as { job: { id: string } };
  expect(await world.whole.ended(job.id)).toMatchObject({ status: "done" });
  await using opened = await world.open(WIDE, "operator");
  const { page, faults } = opened;
  await page.goto(`${world.whole.service.url}/audit`);
  await opened.drawn("Audit");
  const rows = page.locator("tbody tr");
  const button = page.getByRole("button", { name: /more of this job$/ }).first();
  await button.waitFor({ timeout: 60_000 });
  // Other entries may come meanwhile: those of the kind are counted.
  const [what = ""] = (await button.locator("xpath=ancestor::td").innerText()).split("\n");
  expect(what).not.toBe("");
  const alike = rows.filter({ hasText: what });
  const before = await alike.count();
  const more = Number.parseInt((await button.textContent()) ?? "", 10);
  await opened.press(button);
  await expect.poll(() => alike.count()).toBe(before + more);
  const when = rows.first().getByRole("time").first();
  const line = (await when.boundingBox())?.height;
  await page.getByText("Details").first().click();
  expect((await when.boundingBox())?.height).toBe(line);
  expect(await opened.overflow()).toBe(0);
  expect(await opened.violations()).toEqual([]);
  expect(faults).toEqual([]);
});
