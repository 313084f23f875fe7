// What a person does on the pages, done in Chromium against the whole service and a tenant.

import { readFileSync } from "node:fs";
import type { Locator } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { lay } from "../support/cable.ts";
import { openHolds } from "./holds.ts";
import { type BrowserWorld, HAS_FOCUS, NARROW, openBrowserWorld, WIDE } from "./world.ts";

/** Only a failure waits so long. */
const SOON = { timeout: 20_000 };

/** Whether the dialog's disabled button looks otherwise than it would if it were not disabled. */
const LOOKS_DISABLED = `(() => {
  const button = document.querySelector("dialog button[type=submit]:disabled");
  const look = () => { const { backgroundColor, color, cursor } = getComputedStyle(button); return [backgroundColor, color, cursor]; };
  const disabled = look();
  button.disabled = false;
  const enabled = look();
  button.disabled = true;
  return disabled.every((value, i) => value !== enabled[i]);
})()`;

let world: BrowserWorld;
let url: string;
beforeAll(async () => {
  world = await openBrowserWorld("dialer: { activation: { first: 50ms, most: 200ms, looks: 500 } }\n");
  url = world.whole.service.url;
});
afterAll(() => world[Symbol.asyncDispose]());

test("a file is tried out before it is sent, and its job is followed to the end", async () => {
  await using opened = await world.open(WIDE, "operator");
  const { page, faults } = opened;
  const lines = readFileSync("examples/calls.csv", "utf8").split("\n").slice(0, 61);
  lines.splice(5, 0, (lines[5] ?? "").replace(/^[^,]+,[^,]+/, "call_bad,<img src=x onerror=alert(1)>"));
  await page.goto(`${url}/jobs`);
  await page
    .getByLabel("CSV or NDJSON")
    .setInputFiles({ name: "calls.csv", mimeType: "text/csv", buffer: Buffer.from(lines.join("\n")) });
  const form = page.getByRole("region", { name: "Tag calls from a file" });
  const campaign = form.getByRole("combobox", { name: "Campaign" });
  // By the keyboard: the first letter of the name chooses it or the next one, however long it is until the key is pressed again.
  await campaign.getByRole("option", { name: /camp_primary_001/ }).waitFor({ state: "attached" });
  await campaign.focus();
  for (let i = 0; i < 2 && (await campaign.inputValue()) !== "camp_primary_001"; i++) await page.keyboard.press("S");
  expect(await campaign.inputValue()).toBe("camp_primary_001");
  await opened.press(form.getByRole("button", { name: "Dry run" }));
  await page.getByText("Dry run: nothing was sent").waitFor();
  expect(await page.getByText("No jobs yet").isVisible()).toBe(true);
  await opened.press(form.getByRole("button", { name: /^Tag \d+ calls$/ }));
  await page.getByRole("heading", { level: 1, name: "Tagging: calls.csv" }).waitFor();
  await page
    .locator(".page-head .pill")
    .getByText(/^(Done|Partly failed)$/)
    .waitFor();
  await page.getByRole("group", { name: "Results, table" }).getByRole("row").nth(20).waitFor();
  const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "Download results" }).click()]);
  expect(file.suggestedFilename()).toMatch(/^\S+\.ndjson$/);
  expect(
    readFileSync(await file.path(), "utf8")
      .trimEnd()
      .split("\n").length,
  ).toBeGreaterThanOrEqual(60);
  // The same rows as a table, also those that the page does not show yet.
  const [table] = await Promise.all([
    page.waitForEvent("download"),
    opened.press(page.getByRole("button", { name: "CSV of results" })),
  ]);
  const tagged = readFileSync(await table.path(), "utf8")
    .trimEnd()
    .split("\r\n");
  expect([tagged[0]?.split(",")[0], tagged.length]).toEqual(["line", expect.any(Number)]);
  expect(tagged.length).toBeGreaterThan(60);
  expect(await opened.violations()).toEqual([]);

  // A campaign that nobody knows is named by its id; comparisons are fields, and words only in the address.
  // The list of campaigns comes late: the focus goes to the field for an id all the same.
  const late = Promise.withResolvers<void>();
  await page.route("**/api/v1/campaigns", async (route) => {
    await late.promise;
    await route.continue();
  });
  await opened.go("/outcomes?compare=hour%3D9%7C10+vs+hour%3D17");
  const scope = page.getByRole("search", { name: "Outcomes" });
  expect(await scope.getByLabel("The first").inputValue()).toBe("9, 10");
  await scope.getByLabel("The second").fill("18");
  await scope.getByLabel("Campaign").selectOption("Another one, by its id …");
  late.resolve();
  const focused = "document.activeElement.tagName + ' ' + document.activeElement.labels?.[0]?.textContent";
  await expect.poll(() => page.evaluate(focused)).toBe("INPUT Campaign");
  await page.keyboard.type("camp_gone");
  await page.keyboard.press("Enter");
  await expect.poll(() => new URL(page.url()).search).toBe("?campaign=camp_gone&compare=hour%3D9%7C10+vs+hour%3D18");
  expect(await scope.getByLabel("Campaign").inputValue()).toBe("camp_gone");
  expect(faults).toEqual([]);
});

test("settings are previewed, confirmed by a typed word, followed step by step, and rolled back", async () => {
  await using opened = await world.open(WIDE, "operator");
  const { page, faults } = opened;
  await page.goto(`${url}/dialer`);
  const form = page.getByRole("region", { name: "New settings" });
  await form.getByLabel("Dial ratio").fill("1.3");
  await form.getByLabel("Abandonment target").fill("0.02");
  await form.getByLabel("Expected answer rate").fill("0.2");
  await opened.press(form.getByRole("button", { name: "Check and preview" }));
  const dialog = page.getByRole("dialog");
  await dialog.getByText("Dial ratio").first().waitFor();
  expect(await opened.violations()).toEqual([]);
  const apply = dialog.getByRole("button", { name: "Apply" });
  expect(await apply.isDisabled()).toBe(true);
  await dialog.getByLabel("to confirm").fill("appl");
  expect(await apply.isDisabled()).toBe(true);
  await dialog.getByLabel("to confirm").fill("apply");
  // The tenant takes the credentials no more: the change stands still until a person lets it go on.
  const { faults: refusals } = world.whole.sandbox.control;
  refusals.add({ match: { operation: "putDialerSettings" }, effect: { status: 401 } });
  await opened.press(apply);
  await dialog.waitFor({ state: "detached" });
  const change = page.getByRole("region", { name: "Change under way" });
  const goOn = change.getByRole("button", { name: "Go on" });
  await goOn.waitFor();
  refusals.clear();
  await opened.press(goOn);
  await goOn.waitFor({ state: "detached" });
  await expect.poll(() => page.evaluate(HAS_FOCUS)).toBe(true);
  await change.locator(".pill").getByText("Applied").waitFor();
  expect(await change.locator("li.done").count()).toBe(5);
  await page.getByRole("region", { name: "In force" }).getByText("1.3", { exact: true }).waitFor();

  const history = page.getByRole("region", { name: "History" });
  await opened.press(history.getByRole("button", { name: /^Roll back to version/ }).last());
  await dialog.getByLabel("to confirm").fill((await dialog.locator("label strong").textContent()) ?? "");
  await opened.press(dialog.getByRole("button", { name: "Roll back" }));
  await dialog.waitFor({ state: "detached" });
  // The change before this one was applied as well: what tells this one's end is what is in force.
  await page.getByRole("region", { name: "In force" }).getByText("1.3", { exact: true }).waitFor({ state: "detached" });
  await change.locator(".pill").getByText("Applied").waitFor();
  expect(faults).toEqual([]);
});

test("what nobody touched stays as it is at the tenant, its name and what somebody else sets meanwhile included", async () => {
  const { control } = world.whole.sandbox;
  control.simulateEdit({ kind: "dialerSettings", body: { name: "Night shift" } });
  await world.whole.get("/api/v1/dialer?fresh=true");
  await using opened = await world.open(WIDE, "operator");
  const { page, faults } = opened;
  await page.goto(`${url}/dialer`);
  const form = page.getByRole("region", { name: "New settings" });
  expect(await form.getByLabel("Name", { exact: true }).inputValue()).toBe("Night shift");
  await form.getByLabel("Dial ratio").fill("1.45");
  await form.getByLabel("Expected answer rate").fill("0.2");
  control.simulateEdit({ kind: "dialerSettings", body: { name: "Night shift, theirs" } });
  await form.getByRole("button", { name: "Check and preview" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("to confirm").waitFor();
  expect(await dialog.locator(".diff dt").allTextContents()).toEqual(["Dial ratio"]);
  expect(faults).toEqual([]);
});

test("a campaign file begins with what the tenant has, is mended line by line, planned, and applied to its end, by the keyboard alone", async () => {
  const { control } = world.whole.sandbox;
  await using opened = await world.open(WIDE, "operator");
  const { page, faults } = opened;
  await page.goto(`${url}/campaign-files?campaign=camp_backup_001`);
  const text = page.getByLabel(/^Campaign files, YAML or JSON/);
  await text.waitFor();
  expect(await text.inputValue()).toContain("id: camp_backup_001");
  const press = (name: string) => opened.press(page.getByRole("button", { name, exact: true }));
  const retype = async (from: RegExp, to: string) => text.fill((await text.inputValue()).replace(from, to));
  await retype(/callRate: .*/, "callRate: [");
  await press("Plan");
  const plan = page.getByRole("region", { name: "Plan" });
  await plan.getByText("This is no campaign file yet").waitFor();
  await opened.press(plan.getByRole("button", { name: /^Line/ }).first());
  const chosen = "document.activeElement.value.slice(document.activeElement.selectionStart, document.activeElement.selectionEnd)";
  const line = await page.evaluate<string>(chosen);
  expect((await text.inputValue()).split("\n")).toContain(line);
  await retype(/callRate: .*/, 'callRate: "19"');
  await press("Plan");
  await plan.getByText("NUMBER_AS_TEXT").waitFor();
  expect(await opened.violations()).toEqual([]);
  await opened.press(plan.getByRole("button", { name: /^Line/ }).last());
  expect(await page.evaluate(chosen)).toContain('callRate: "19"');
  await retype(/callRate: .*/, "callRate: 19");
  // What was planned is not this text: it says so before it can be applied.
  expect(await opened.violations()).toEqual([]);
  // Somebody else changes the campaign; a reload keeps the draft, and the plan says what it would put back.
  control.simulateEdit({ kind: "campaign", id: "camp_backup_001", body: { description: "edited elsewhere" } });
  await page.reload();
  await text.waitFor();
  expect(await text.inputValue()).toContain("callRate: 19");
  await press("Plan");
  await plan
    .getByRole("alert")
    .getByText(/^Changed at the tenant since this draft began/)
    .waitFor();
  await plan.getByRole("alert").getByText("edited elsewhere").waitFor();
  await press("Apply");
  const dialog = page.getByRole("dialog");
  control.faults.add({ match: { operation: "updateCampaign" }, effect: { status: 401 } });
  await dialog.getByLabel("to confirm").focus();
  await page.keyboard.type("apply");
  await page.keyboard.press("Enter");
  await dialog.waitFor({ state: "detached" });
  const apply = page.getByRole("region", { name: "Apply", exact: true });
  await apply.getByRole("button", { name: "Go on" }).waitFor();
  control.faults.clear();
  await opened.press(apply.getByRole("button", { name: "Go on" }));
  await apply.locator(".pill").getByText("applied, read back").waitFor();
  expect(await apply.locator("li.done").count()).toBe(1);
  await expect.poll(() => page.evaluate(HAS_FOCUS)).toBe(true);
  expect(new URL(page.url()).searchParams.get("apply")).toMatch(/^job_/);
  expect(await opened.violations()).toEqual([]);
  expect(await opened.overflow()).toBe(0);
  await page.getByRole("row").filter({ hasText: "operator-person" }).first().waitFor();
  await using viewer = await world.open(WIDE, "viewer");
  await viewer.page.goto(`${url}/campaign-files?campaign=camp_backup_001`);
  await viewer.page.getByRole("button", { name: "Plan", exact: true }).click();
  await viewer.page.getByText("Needs the role operator").waitFor();
  expect(await viewer.page.getByRole("button", { name: "Apply", exact: true }).isDisabled()).toBe(true);
  expect([...faults, ...viewer.faults]).toEqual([]);
});

test("messages go after a while, not while somebody points at them; errors stay until they are dismissed; none covers the page", async () => {
  await using opened = await world.open(WIDE, "operator");
  const { page } = opened;
  await page.clock.install();
  await page.goto(`${url}/jobs`);
  await page.getByText("Live", { exact: true }).waitFor();
  const body = JSON.stringify({ data: { message: "look at this" } });
  await world.whole.service.store.outbox.add([{ eventId: "look", endpoint: "alarms", subject: "camp", type: "ALARM", body }]);
  const error = page.getByRole("alert").getByText("camp: look at this");
  await error.waitFor();
  const file = readFileSync("examples/calls.csv", "utf8").split("\n").slice(0, 3).join("\n");
  await page.getByLabel("CSV or NDJSON").setInputFiles({ name: "short.csv", mimeType: "text/csv", buffer: Buffer.from(file) });
  const form = page.getByRole("region", { name: "Tag calls from a file" });
  await form.getByLabel("Campaign").selectOption("camp_primary_001");
  await form.getByRole("button", { name: "Dry run" }).click();
  await form.getByRole("button", { name: /^Tag \d+ calls$/ }).click();
  const message = page.getByRole("status").getByText("The job is running");
  await message.hover();
  await page.clock.fastForward(60_000);
  expect(await message.count()).toBe(1);
  // Beside the rail, and at the page's end below everything.
  const box = async (of: Locator) => (await of.boundingBox()) ?? { x: 0, y: 0, width: 1e9, height: 1e9 };
  const rail = await box(page.getByRole("banner"));
  expect((await box(page.getByRole("region", { name: "Messages" }))).x).toBeGreaterThanOrEqual(rail.x + rail.width);
  await page.evaluate("scrollTo(0, document.documentElement.scrollHeight)");
  const content = await box(page.getByRole("main"));
  expect((await box(page.getByRole("region", { name: "Messages" }))).y).toBeGreaterThan(content.y + content.height - 1);
  expect(await opened.violations()).toEqual([]);

  await page.getByRole("heading", { level: 1 }).hover();
  await page.clock.fastForward(60_000);
  await message.waitFor({ state: "detached" });
  expect(await error.count()).toBe(1);
  await page.getByRole("button", { name: "Dismiss" }).click();
  await error.waitFor({ state: "detached" });
  expect(await page.evaluate("document.activeElement !== document.body")).toBe(true);
});

test("a refusal is told in the service's words, with the fields that are wrong", async () => {
  await using opened = await world.open(WIDE, "operator");
  const { page } = opened;
  await page.goto(`${url}/dialer?dial_ratio=-1`);
  const form = page.getByRole("region", { name: "New settings" });
  expect(await form.getByLabel("Dial ratio").inputValue()).toBe("-1");
  await form.getByRole("button", { name: "Check and preview" }).click();
  const dialog = page.getByRole("dialog");
  await dialog
    .getByText(/dial_ratio/)
    .first()
    .waitFor();
  const apply = dialog.getByRole("button", { name: "Apply" });
  expect(await apply.isDisabled()).toBe(true);
  expect(await page.evaluate(LOOKS_DISABLED)).toBe(true);
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  // The focus goes back to where it came from, a moment after the dialog has gone.
  await expect.poll(() => page.evaluate("document.activeElement.textContent")).toBe("Check and preview");
});

test("the simulator answers while a slider moves, and its settings become a plan for the dialer", async () => {
  await using opened = await world.open(WIDE, "viewer");
  const { page, faults } = opened;
  await page.goto(`${url}/simulator`);
  const occupancy = page.getByRole("region", { name: "Prediction" }).locator("dd.value").first();
  await expect.poll(() => occupancy.textContent(), SOON).toMatch(/\d/);
  const before = await occupancy.textContent();
  const agents = page.getByLabel("Agents signed in");
  await agents.focus();
  // It begins with the settings in force.
  const begun = Number(await page.locator("output").first().textContent());
  for (let i = 0; i < 12; i++) await page.keyboard.press("ArrowLeft");
  await expect.poll(() => occupancy.textContent(), SOON).not.toBe(before);
  const left = String(begun - 12);
  expect(await page.locator("output").first().textContent()).toBe(left);
  // The curves come after the operating point.
  await expect.poll(() => page.locator(".frontier circle").count(), SOON).toBeGreaterThan(5);
  await page.getByRole("link", { name: "Use as settings" }).click();
  await page.getByRole("heading", { level: 1, name: "Dialer" }).waitFor();
  const form = page.getByRole("region", { name: "New settings" });
  expect(await form.getByLabel("Agents at most").inputValue()).toBe(left);
  expect(await form.getByRole("button", { name: "Check and preview" }).isDisabled()).toBe(true);
  expect(faults).toEqual([]);
});

test("a lost connection is said, with its time, and nothing that happened meanwhile is missed", async () => {
  await using cable = await lay(url);
  await using opened = await world.open(WIDE, "operator", cable.url);
  const { page } = opened;
  await page.goto(`${cable.url}/jobs`);
  await page.getByText("Live", { exact: true }).waitFor();
  cable.pull();
  await page.getByText(/^Disconnected since \d{1,2}:\d\d:\d\d\s[AP]M\.$/).waitFor();
  expect(await opened.violations()).toEqual([]);
  const file = readFileSync("examples/calls.csv", "utf8").split("\n").slice(0, 4).join("\n");
  const path = "/api/v1/campaigns/camp_primary_001/tags?name=meanwhile.csv";
  await world.whole.ask(path, { method: "POST", headers: { "content-type": "text/csv" }, body: file });
  cable.putBack();
  await page.getByText("Live", { exact: true }).waitFor();
  await page.getByRole("link", { name: "Tagging: meanwhile.csv" }).waitFor();
  expect(await page.getByText(/^Disconnected since/).count()).toBe(0);
});

test("a number is explained with the hours ahead, masked unless an operator asks for it", async () => {
  await using opened = await world.open(WIDE, "operator");
  const { page, faults } = opened;
  await page.goto(`${url}/compliance`);
  const explain = page.getByRole("region", { name: "Explain a number" });
  await explain.getByLabel("Number", { exact: true }).fill("+1 212 555 0123");
  await opened.press(explain.getByRole("button", { name: "Explain" }));
  await explain.getByRole("img", { name: /^May be called/ }).waitFor();
  expect(await explain.textContent()).not.toContain("5550123");
  await explain.getByLabel("Show the number in full").check();
  await opened.press(explain.getByRole("button", { name: "Explain" }));
  await explain
    .getByText(/\+?1?2125550123/)
    .first()
    .waitFor();
  expect(await opened.violations()).toEqual([]);

  // A call that is allowed at whatever hour this runs.
  const question = { at: "2026-06-16T15:31:00Z", facts: { dnc: { national: false }, registryFiles: { US: "2026-06-10" } } };
  await page.route("**/api/v1/compliance/explain", (route) =>
    route.continue({ postData: JSON.stringify({ ...route.request().postDataJSON(), ...question }) }),
  );
  await opened.press(explain.getByRole("button", { name: "Explain" }));
  const weighed = explain.getByRole("list", { name: "What was weighed" });
  await weighed.getByText(/United States: .*: it is Tue 2026-06-16 11:31 in America\/New_York \(47 CFR/).waitFor();
  await weighed.getByText(/national registry: not on it, file of US of 2026-06-10 \(47 CFR/).waitFor();
  expect(await opened.violations()).toEqual([]);

  await using store = await openHolds(world.whole.databaseUrl);
  await store.query("delete from outdial.fact_imports where id = 'imp_template'");
  await page.reload();
  const list = page.getByRole("region", { name: "Company do-not-call list" });
  await list.getByLabel("Your name").fill("Olga Person");
  await list.getByLabel("Why there is no list").fill("a test has none");
  await opened.press(list.getByRole("button", { name: "Declare the list empty" }));
  await list.getByText("declared empty").waitFor();
  await expect.poll(() => page.evaluate(HAS_FOCUS)).toBe(true);
  expect(faults).toEqual([]);
});

test("the audit is verified, searched, and gives proofs", async () => {
  await using opened = await world.open(WIDE, "operator");
  const { page } = opened;
  await page.goto(`${url}/audit`);
  await opened.press(page.getByRole("button", { name: "Verify" }));
  await page.getByText(/^Verified: /).waitFor();
  await page.getByLabel("Action").fill("api.compliance.explain");
  await opened.press(page.getByRole("button", { name: "Search" }));
  const found = async () => {
    const rows = await page.locator("tbody tr").allTextContents();
    return rows.length > 0 && rows.every((row) => row.includes("api.compliance.explain"));
  };
  await expect.poll(found, SOON).toBe(true);
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    page
      .getByRole("link", { name: /^Proof/ })
      .first()
      .click(),
  ]);
  expect(JSON.parse(readFileSync(await file.path(), "utf8"))).toBeTypeOf("object");
});

test("a viewer may look at everything and change nothing", async () => {
  await using opened = await world.open(WIDE, "viewer");
  const { page } = opened;
  await page.goto(`${url}/dialer`);
  await page.getByRole("region", { name: "In force" }).waitFor();
  expect(await page.getByRole("button", { name: "Check and preview" }).isDisabled()).toBe(true);
  await page.goto(`${url}/jobs`);
  await page.getByText("Needs the role operator").first().waitFor();
  await page.goto(`${url}/audit`);
  await page.locator("tbody tr").first().waitFor();
  expect(await page.getByRole("link", { name: /^Proof/ }).count()).toBe(0);
});

test("a session that ends elsewhere shows nothing more, and signing in again finds what was typed, in a dialog too", async () => {
  await using opened = await world.open(WIDE, "operator");
  const { page, faults } = opened;
  await page.goto(`${url}/audit`);
  await page.locator("tbody tr").first().waitFor();
  await page.getByLabel("Text").fill("half a sentence");
  await page.keyboard.press("Control+k");
  await page.keyboard.type("stop all");
  await page.getByRole("option").first().waitFor();
  await page.keyboard.press("Enter");
  await page.getByLabel("Reason").fill("a drill");
  await page.context().clearCookies();
  await page.getByRole("button", { name: "Stop all" }).click();
  const login = page.getByRole("dialog", { name: "Sign in" });
  await login.getByRole("alert").getByText("Your session has ended").waitFor();
  expect(await page.locator("table:visible").count()).toBe(0);
  expect(await opened.violations()).toEqual([]);
  await page.keyboard.press("Escape");
  await login.getByLabel("Token").fill(world.whole.tokens.viewer);
  await login.getByRole("button", { name: "Sign in" }).click();
  // Another person, who finds the page, and nothing of the one before.
  await page.getByRole("heading", { level: 1, name: "Audit" }).waitFor();
  expect(await page.getByRole("dialog").count()).toBe(0);
  expect(await page.getByLabel("Text").inputValue()).toBe("");

  await page.getByLabel("Text").fill("half a sentence");
  await page.context().clearCookies();
  await page.getByRole("button", { name: "Verify" }).click();
  await login.getByLabel("Token").fill(world.whole.tokens.viewer);
  await login.getByRole("button", { name: "Sign in" }).click();
  await login.waitFor({ state: "detached" });
  expect(await page.getByLabel("Text").inputValue()).toBe("half a sentence");
  await page.locator("tbody tr").first().waitFor();
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("heading", { level: 1, name: "Sign in" }).waitFor();
  expect(await page.locator("table").count()).toBe(0);
  expect(faults).toEqual([]);
});

test("another's session is ended, with role and sign-in beside it, and its holder is told", async () => {
  await using other = await world.open(WIDE, "viewer", undefined, "vincent");
  await using opened = await world.open(NARROW, "admin");
  const { page } = opened;
  await page.goto(`${world.whole.service.url}/access`);
  await opened.drawn("Users and tokens");
  const row = page.getByRole("region", { name: "Sessions", exact: true }).getByRole("row").filter({ hasText: "vincent" });
  await row.getByText("viewer", { exact: true }).waitFor();
  expect(await opened.violations()).toEqual([]);
  await opened.press(row.getByRole("button", { name: "End the session of vincent" }));
  await opened.press(page.getByRole("dialog").getByRole("button", { name: "End", exact: true }));
  await row.waitFor({ state: "detached" });
  await other.page.goto(world.whole.service.url);
  await other.page
    .getByRole("heading", { name: /Sign in/ })
    .first()
    .waitFor();
  expect(opened.faults).toEqual([]);
});

test("a token is revoked by the keyboard alone, and its row is where the focus was", async () => {
  await world.whole.post("/api/v1/tokens", { name: "leaver", role: "viewer", days: 1 }, "admin");
  await using opened = await world.open(WIDE, "admin");
  const { page, faults } = opened;
  await page.goto(`${url}/access`);
  const row = page.getByRole("row").filter({ hasText: "leaver" });
  await opened.press(row.getByRole("button", { name: /^Revoke/ }));
  const dialog = page.getByRole("dialog");
  await opened.press(dialog.getByRole("button", { name: "Revoke" }));
  await dialog.waitFor({ state: "detached" });
  await page.getByText("The token of leaver is revoked").waitFor();
  await expect.poll(() => page.evaluate("document.activeElement !== document.body")).toBe(true);
  expect(faults).toEqual([]);
});

test("a list is kept as a view, calls are retrieved, jobs are resumed and cancelled, a token is made, and one signs out, by the keyboard alone", async () => {
  await using opened = await world.open(WIDE, "admin", url, "keys");
  const { page, faults } = opened;
  const button = (name: string) => page.getByRole("button", { name, exact: true });
  await page.goto(`${url}/?q=camp&sort=name`);
  await opened.drawn("Campaigns");
  const views = page.locator("details.views");
  await opened.press(views.locator("summary"));
  await views.getByLabel("Save this list as").fill("By name");
  await opened.press(button("Save"));
  await views.getByText("Views: By name").waitFor();
  await opened.go("/");
  await views.getByText("Views", { exact: true }).waitFor();
  if (!(await views.getByRole("link", { name: "By name" }).isVisible())) await opened.press(views.locator("summary"));
  await opened.press(views.getByRole("link", { name: "By name" }));
  await expect.poll(() => new URL(page.url()).search).toBe("?q=camp&sort=name");

  const { control } = world.whole.sandbox;
  control.faults.add({ match: { operation: "listCalls" }, effect: { status: 403 } });
  /** @returns its pill */
  const retrieve = async () => {
    await opened.go("/jobs");
    await opened.drawn("Jobs");
    const form = page.getByRole("region", { name: "Retrieve outcomes" });
    await form.getByLabel("Campaign").selectOption("camp_primary_001");
    await opened.press(form.getByRole("button", { name: "Preview" }));
    await opened.press(page.getByRole("dialog").getByRole("button", { name: "Retrieve" }));
    await page.getByRole("heading", { level: 1, name: "Retrieval of outcomes: camp_primary_001" }).waitFor();
    return (state: string) => page.locator(".page-head .pill").getByText(state, { exact: true }).waitFor();
  };
  let is = await retrieve();
  await is("Stopped");
  await opened.press(button("Cancel"));
  await is("Cancelled");
  is = await retrieve();
  await is("Stopped");
  control.faults.clear();
  await opened.press(button("Resume"));
  await is("Done");

  await opened.go("/access");
  await opened.drawn("Users and tokens");
  await page.getByLabel("Name", { exact: true }).fill("made-by-keys");
  await opened.press(button("Make a token"));
  await page.getByText("it is not shown again").waitFor();
  await opened.press(button("I have copied it"));
  await page.getByRole("row").filter({ hasText: "made-by-keys" }).waitFor();
  expect(await opened.violations()).toEqual([]);
  await opened.press(button("Sign out"));
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  expect(faults).toEqual([]);
});

test("markup in the vendor's words is shown as words and does nothing", async () => {
  const markup = '"><img src=x onerror="document.title=1"><script>document.title=2</script>';
  world.whole.sandbox.control.simulateEdit({
    kind: "campaign",
    id: "camp_primary_001",
    body: { name: markup, description: markup, queueId: markup },
  });
  await world.whole.get("/api/v1/campaigns/camp_primary_001?fresh=true");
  await using opened = await world.open(WIDE, "admin");
  const { page, faults } = opened;
  await page.goto(`${url}/`);
  // What needs attention may name it too, by the hour.
  await page.getByRole("group", { name: "Campaigns, table" }).getByRole("link", { name: markup }).click();
  await page.locator(".page-head .pill").first().waitFor();
  await page.getByText("Configuration at the vendor").click();
  await page.locator("pre").getByText("onerror").waitFor();
  expect(await page.locator("main img, main script").count()).toBe(0);
  expect(await page.title()).toMatch(/ · outdial$/);
  expect(await opened.violations()).toEqual([]);
  // A refusal of the policy would be here: there was not even an attempt.
  expect(faults).toEqual([]);
});

test("a campaign is paused behind a preview, and cannot be dialed again before it is said what that would do", async () => {
  await using opened = await world.open(WIDE, "operator");
  const { page, faults } = opened;
  await page.goto(`${url}/`);
  await page.getByLabel("Search").fill("camp_backup_001");
  await page.getByText("1 of 2 shown").waitFor();
  expect(new URL(page.url()).search).toBe("?q=camp_backup_001");
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    opened.press(page.getByRole("button", { name: "CSV of campaigns" })),
  ]);
  const [head = "", row = "", ...rest] = readFileSync(await file.path(), "utf8").split("\r\n");
  expect([head.split(",")[0], row.split(",")[0], rest]).toEqual(["id", "camp_backup_001", [""]]);
  const choice = page.getByRole("checkbox", { name: /^Choose / });
  await choice.check();
  await opened.press(page.getByRole("button", { name: "Choose none" }));
  await page.getByText("1 chosen").waitFor({ state: "detached" });
  expect([await choice.isChecked(), await page.evaluate(HAS_FOCUS)]).toEqual([false, true]);
  await choice.check();
  await opened.press(page.getByRole("button", { name: "Pause 1" }));
  const dialog = page.getByRole("dialog");
  await opened.press(dialog.getByRole("button", { name: "Pause" }));
  await page.getByText("Confirmed paused: 1 of 1").waitFor();
  await page.goto(`${url}/campaigns/camp_primary_001?hours=720`);
  expect(await page.getByLabel("Time shown").inputValue()).toBe("720");
  await page.getByText(/^Times are those of UTC\. (The readings cover|There is one reading)/).waitFor();
  expect(await page.getByRole("button", { name: "Resume" }).count()).toBe(0);
  await opened.press(page.getByRole("button", { name: "Pause" }));
  await dialog.getByRole("listitem").first().waitFor();
  expect(await opened.violations()).toEqual([]);
  await opened.press(dialog.getByRole("button", { name: "Pause" }));
  await dialog.waitFor({ state: "detached" });
  await page.locator(".page-head .pill").getByText("Paused").waitFor();
  // A mark in the plots leads to what the audit says of it.
  const at = Date.now() + 60_000;
  const figures = { successRate: 0.4, activeCalls: 0, callsPlaced: 90, callsAnswered: 40, abandonmentRate: 0 };
  const reading = { campaignId: "camp_primary_001", at, receivedAt: at, source: "push", eventId: null } as const;
  await world.whole.service.store.metrics.add({ ...reading, ...figures, windowMinutes: 30, failoverTriggered: false });
  await page.reload();
  const plot = page.locator(".plot-host:not([hidden]) .u-over").first();
  const told = page.locator(".plot-tip").first();
  const { width = 0 } = (await plot.boundingBox()) ?? {};
  for (let x = width - 2; x > 0 && !(await told.textContent())?.match(/pause/i); x -= 5)
    await plot.hover({ position: { x, y: 40 } });
  await page.mouse.down();
  await page.mouse.up();
  await page.getByRole("heading", { level: 1, name: "Audit" }).waitFor();
  await page.getByRole("row").filter({ hasText: "camp_primary_001" }).filter({ hasText: /paus/i }).first().waitFor();
  await page.goBack();
  await opened.press(page.getByRole("button", { name: "Resume" }));
  // The gate looks at every contact of the list meanwhile: nothing can be confirmed before it has.
  await dialog.getByRole("heading", { name: /^Let the campaign dial again/ }).waitFor();
  expect(await dialog.getByRole("button", { name: "Resume" }).isDisabled()).toBe(true);
  await opened.press(dialog.getByRole("button", { name: "Cancel" }));
  await dialog.waitFor({ state: "detached" });
  expect(await page.getByRole("button", { name: "Pause" }).count()).toBe(0);

  await page.goto(`${url}/`);
  // The figures of the dialog do not come: nobody waits for them.
  await page.route("**/api/v1/campaigns", () => undefined);
  await opened.press(page.getByRole("button", { name: "Stop all campaigns" }));
  await dialog.getByText(/^Stop all campaigns of .+: how many calls .+ you need not wait for the answer\.$/).waitFor();
  await dialog.getByLabel("Reason").fill("a rehearsal");
  await opened.press(dialog.getByRole("button", { name: "Stop all" }));
  await page.getByText(/^Stop: /).waitFor();
  expect(faults).toEqual([]);
});
