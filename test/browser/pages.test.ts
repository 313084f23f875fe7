// Every page in both widths and themes: it says what it is, throws nothing, is refused nothing by its policy, is not wider than its window, and
// a screen reader finds its way.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { haltPair } from "../integration/service/halted-pair.ts";
import { HALT } from "../support/failover-states.ts";
import { until } from "../support/until.ts";
import { openHolds } from "./holds.ts";
import { type BrowserWorld, type Look, NARROW, openBrowserWorld, tenantHost, WIDE } from "./world.ts";

let world: BrowserWorld;
let host: string;
beforeAll(async () => {
  world = await openBrowserWorld();
  host = await tenantHost(world.whole);
});
afterAll(() => world[Symbol.asyncDispose]());

const PAGES = [
  ["/", "Campaigns"],
  ["/campaign-files", "Campaign files"],
  ["/dialer", "Dialer"],
  ["/simulator", "Simulator"],
  ["/jobs", "Jobs"],
  ["/outcomes", "Outcomes"],
  ["/compliance", "Compliance"],
  ["/audit", "Audit"],
  ["/deliveries", "Deliveries"],
  ["/setup", "Set up"],
  ["/tenant", "Tenant"],
  ["/access", "Users and tokens"],
  ["/nowhere", "No such page"],
  // As a chat cuts a link inside an encoded character.
  ["/campaigns/%E0%A4%A", "No such page"],
] as const;

const NEEDS = /^(Needs|.* needs) the role operator$/;

/** What the browser counts as a shift of the layout while a page comes to be. */
const COUNT_SHIFTS = `
  window.shifts = [];
  new PerformanceObserver((list) => {
    for (const { value, sources } of list.getEntries())
      window.shifts.push({ value, of: sources.map(({ node }) => node?.outerHTML?.slice(0, 100) ?? String(node?.textContent)) });
  }).observe({ type: "layout-shift", buffered: true });`;
/** Half of what a good page may have over its whole life. */
const MOST_SHIFT = 0.05;

/** Of each row of the list of campaigns: whether it is higher than three lines, and whether text in it is cut. */
const CUT_ROWS = `[...document.querySelectorAll("table.dense tbody tr:not(.gap)")].map((row) => [
  row.getBoundingClientRect().height > 64,
  [...row.querySelectorAll(".lines, .cell-note, a, .small, .middle > :first-child")].some((one) => getComputedStyle(one).overflow !== "visible"
    && (one.scrollHeight > one.clientHeight + 1 || one.scrollWidth > one.clientWidth + 1)),
])`;

interface Shift {
  readonly value: number;
  readonly of: readonly string[];
}

describe.each([
  ["1280 px, light", WIDE],
  ["390 px, dark", NARROW],
] satisfies [string, Look][])("%s", (_, look) => {
  test("every page", async () => {
    await using opened = await world.open(look, "admin");
    const { page, faults } = opened;
    await page.addInitScript(COUNT_SHIFTS);
    for (const [i, [path, title]] of PAGES.entries()) {
      // Each page is loaded by its address once, and reached from the one before it once.
      if (look === WIDE || i === 0) await page.goto(`${world.whole.service.url}${path}`);
      else await opened.go(path);
      await opened.drawn(title);
      expect.soft([path, await opened.violations()]).toEqual([path, []]);
      expect.soft([path, await opened.overflow()]).toEqual([path, 0]);
      // Every table can be saved.
      const tables = await page.locator("main table.cards").count();
      expect.soft([path, await page.getByRole("button", { name: /^CSV of / }).count()]).toEqual([path, tables]);
      expect.soft(await page.title()).toBe(`${title} · ${host} · outdial`);
      const shifts = await page.evaluate<readonly Shift[]>("window.shifts.splice(0)");
      const shifted = shifts.reduce((sum, { value }) => sum + value, 0);
      expect.soft(shifted, `${path}: ${JSON.stringify(shifts)}`).toBeLessThan(MOST_SHIFT);
    }
    expect(faults).toEqual([]);
  });

  test("login", async () => {
    await using opened = await world.open(look);
    const { page } = opened;
    // Of a provider that the service of this test does not have: its button, and that it leaves the dashboard.
    await page.route("**/api/v1/sign-in", (route) =>
      route.fulfill({ json: { provider: { name: "Example SSO", path: "/sign-in" } } }),
    );
    await page.route("**/sign-in?to=**", (route) => route.fulfill({ body: `sent to ${route.request().url()}` }));
    await page.goto(`${world.whole.service.url}/jobs?state=open`);
    await page.getByRole("link", { name: "Sign in with Example SSO" }).waitFor();
    expect(await opened.violations()).toEqual([]);
    await page.getByRole("link", { name: "Sign in with Example SSO" }).click();
    await page.getByText("/sign-in?to=%2Fjobs%3Fstate%3Dopen").waitFor();
    await page.goto(`${world.whole.service.url}/login?refused=no_role`);
    await page.getByRole("alert").getByText("none of your groups has a role here").waitFor();
    expect(await opened.overflow()).toBe(0);
    await page.getByLabel("Token").fill("odt_wrong");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("alert").getByText("the token is unknown").waitFor();
    await page.getByLabel("Token").fill(world.whole.tokens.viewer);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("heading", { level: 1, name: "Campaigns" }).waitFor();
  });
});

test("an address that cannot be used as it is says what is wrong with it", async () => {
  await using opened = await world.open(WIDE, "viewer");
  const { page, faults } = opened;
  await page.goto(world.whole.service.url);
  for (const [path, said] of [
    ["/audit?from=2026-12-01&to=2026-01-01", "From in the address is not before Before"],
    ["/audit?from=yesterday", "From “yesterday” in the address is no time"],
    ["/audit?seq=999999999999999999999", "“999999999999999999999” is not the number of an entry"],
    ["/campaigns/camp_primary_001?from=2026-03-02T14:40:00Z&to=2026-03-02T14:20:00Z", "From in the address is not before To"],
  ] as const) {
    await opened.go(path);
    await page.getByText(said).first().waitFor();
    expect.soft([path, await page.getByText("Search with fewer words").count()]).toEqual([path, 0]);
    expect.soft([path, await opened.violations()]).toEqual([path, []]);
  }
  expect(faults).toEqual([]);
});

test("the first page has begun to read who is there and the campaigns before its scripts ask, and reads neither twice", async () => {
  await using opened = await world.open(WIDE, "viewer");
  const { page, faults } = opened;
  await page.goto(world.whole.service.url);
  await page.getByRole("heading", { level: 1, name: "Campaigns" }).waitFor();
  // A read is on the browser's list when it has ended, which may be after the heading is there.
  // It is asked from here: a wait inside the page would evaluate text there, which the policy of the page refuses.
  const initiators = async (path: string) => {
    const reads = await page.evaluate<[string, string][]>(
      "performance.getEntriesByType('resource').map(({ name, initiatorType }) => [new URL(name).pathname, initiatorType])",
    );
    return reads.flatMap(([read, initiator]) => (read === path ? [initiator] : []));
  };
  await until(async () => (await initiators("/api/v1/campaigns")).length > 0);
  expect(await initiators("/api/v1/me")).toEqual(["link"]);
  // Campaigns of which something is unread are read again a second and a half later.
  expect((await initiators("/api/v1/campaigns"))[0]).toBe("link");
  expect(faults).toEqual([]);
});

test("the pages are reached with the keyboard alone, also through the menu of a narrow window", async () => {
  await using opened = await world.open(NARROW, "viewer");
  const { page } = opened;
  await page.goto(world.whole.service.url);
  const menu = page.getByRole("button", { name: "Menu" });
  expect(await menu.getAttribute("aria-expanded")).toBe("false");
  await menu.focus();
  await page.keyboard.press("Enter");
  expect(await menu.getAttribute("aria-expanded")).toBe("true");
  const focused = () => page.evaluate<string | null>("document.activeElement.textContent");
  for (let i = 0; i < 20 && (await focused()) !== "Audit"; i++) await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: "Audit" }).waitFor();
  expect(await menu.getAttribute("aria-expanded")).toBe("false");

  await page.keyboard.press("Control+k");
  const field = page.getByRole("combobox", { name: "Page, campaign or id" });
  await page.keyboard.type("camp_");
  await page.getByRole("option").nth(1).waitFor();
  expect(await opened.violations()).toEqual([]);
  await page.keyboard.press("ArrowDown");
  const name = await page.getByRole("option", { selected: true }).locator("span").first().textContent();
  await page.keyboard.press("Enter");
  await field.waitFor({ state: "detached" });
  await page.getByRole("heading", { level: 1, name: name ?? "", exact: true }).waitFor();
});

test("the theme that was chosen holds after a reload", async () => {
  await using opened = await world.open(WIDE, "viewer");
  const { page } = opened;
  await page.goto(world.whole.service.url);
  const background = () => page.evaluate<string>("getComputedStyle(document.documentElement).backgroundColor");
  const light = await background();
  await page.getByLabel("Theme").selectOption("dark");
  const dark = await background();
  expect(dark).not.toBe(light);
  await page.reload();
  await page.getByRole("heading", { level: 1 }).waitFor();
  expect(await background()).toBe(dark);
});

describe("a viewer reads every page, can do nothing, and is told what needs another role", () => {
  /** A job that is stopped, and an apply that stands still. */
  let job: string;
  let apply: string;
  beforeAll(async () => {
    const { whole } = world;
    const { control } = whole.sandbox;
    const event = { eventId: "evt_1", endpoint: "bi", subject: "call_1", type: "DISPOSITION_ASSIGNED", body: "{}" };
    await whole.service.store.outbox.add([event]);
    await using store = await openHolds(whole.databaseUrl);
    await store.query("update outdial.outbox set status = 'dead', next_attempt_at = null");
    // One change of the settings was applied; the tenant takes the credentials no more for what comes after it.
    const { settings } = (await whole.get("/api/v1/dialer?fresh=true")) as { settings: { algorithm: object } };
    const { versionTag: _, ...own } = settings as { versionTag?: string; algorithm: object };
    const change = async (ratio: number) => {
      const algorithm = { ...own.algorithm, dial_ratio: ratio };
      const file = { ...own, algorithm, carrier_capacity: { max_trunks: 400 }, expected: { answer_rate: 0.2 } };
      const { confirm } = (await whole.post("/api/v1/dialer/preview", { file })).body;
      const { version } = (await whole.post("/api/v1/dialer/apply", { file, confirm })).body;
      return async () => await whole.get(`/api/v1/dialer/versions/${Number(version)}`);
    };
    const applied = await change(1.3);
    await until(async () => (await applied())["outcome"] === "applied");
    for (const operation of ["putDialerSettings", "listCalls", "updateCampaign"] as const)
      control.faults.add({ match: { operation }, effect: { status: 401 } });
    const still = await change(1.35);
    const retrieval = { campaignId: "camp_primary_001", lastHours: 24 };
    job = String((await whole.post("/api/v1/outcomes/retrievals", retrieval)).body["jobId"]);
    const [file] = (
      (await whole.get("/api/v1/campaigns/export?id=camp_backup_001")) as { files: { name: string; text: string }[] }
    ).files;
    const files = [{ name: "backup.yaml", text: `${file?.text}\n`.replace(/callRate: .*/, "callRate: 19") }];
    const { plan, confirm } = (await whole.post("/api/v1/campaigns/plan", { files })).body;
    apply = String((await whole.post("/api/v1/campaigns/apply", { plan, confirm, sourceName: "backup.yaml" })).body["job"]);
    for (const id of [job, apply]) await whole.ended(id);
    await until(async () => (await still())["stop"] !== null);
    control.faults.clear();
  });

  test("each button that a viewer may not use stands there with what it needs", async () => {
    await using opened = await world.open(WIDE, "viewer");
    const { page, faults } = opened;
    const pages: readonly (readonly [path: string, title: string, ...buttons: string[]])[] = [
      ["/", "Campaigns", "Stop all campaigns"],
      ["/campaigns/camp_primary_001", "Spring renewals", "Pause"],
      [`/campaign-files?apply=${apply}`, "Campaign files", "Go on"],
      ["/dialer", "Dialer", "Go on", "Check and preview", "Roll back to version 1"],
      ["/simulator", "Simulator"],
      ["/outcomes", "Outcomes"],
      ["/jobs", "Jobs", "Dry run", "Preview"],
      [`/jobs/${job}`, "Retrieval of outcomes: camp_primary_001", "Resume", "Cancel"],
      ["/compliance", "Compliance"],
      ["/audit", "Audit"],
      ["/deliveries", "Deliveries", "Switch off", "Send 1 dead letter again", "Replay event 1"],
      ["/tenant", "Tenant", "Probe"],
      ["/access", "Users and tokens"],
      ["/approvals", "Approvals"],
    ];
    await page.goto(world.whole.service.url);
    for (const [path, title, ...names] of pages) {
      await opened.go(path);
      await opened.drawn(title);
      for (const name of names) {
        const button = page.getByRole("button", { name, exact: true }).first();
        await button.waitFor();
        const said = page.locator(`[id="${await button.getAttribute("aria-describedby")}"]`);
        expect
          .soft([path, name, await button.isDisabled(), await said.textContent()])
          .toEqual([path, name, true, expect.stringMatching(NEEDS)]);
      }
      // The same reason stands there once for buttons beside each other.
      const [told, of] = [await page.getByText(NEEDS).count(), names.length];
      expect.soft([path, told > 0, told <= of]).toEqual([path, of > 0, true]);
      expect.soft([path, await opened.violations()]).toEqual([path, []]);
      expect.soft([path, await opened.overflow()]).toEqual([path, 0]);
    }
    expect(faults).toEqual([]);
  });

  test("a viewer is offered no full numbers, and gets none by asking for them", async () => {
    await using opened = await world.open(WIDE, "viewer");
    const { page } = opened;
    await page.goto(`${world.whole.service.url}/compliance`);
    await page.getByRole("region", { name: "Explain a number" }).waitFor();
    expect(await page.getByText(/in full/).count()).toBe(0);
    await page.goto(`${world.whole.service.url}/audit?reveal=true`);
    // Beside it a banner may tell of the tenant, which refused the credentials before.
    const alert = page.getByRole("main").getByRole("alert").filter({ hasText: "Your role does not allow this" });
    await alert.getByRole("heading").waitFor();
    expect(await alert.textContent()).toContain("Ask an administrator for the role operator");
    expect(await page.locator("tbody tr").count()).toBe(0);
    expect(await opened.violations()).toEqual([]);
  });

  test("what a page offers by mistake is refused by the service, in its words", async () => {
    await using opened = await world.open(WIDE, "viewer");
    const { page } = opened;
    await page.goto(`${world.whole.service.url}/deliveries`);
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
});

test("a halted pair is told as one that does not dial, with the reason and what is to be done", async () => {
  const { whole } = world;
  await haltPair(whole, "camp_primary_001", "camp_backup_001");
  await using opened = await world.open(NARROW, "viewer");
  const { page } = opened;
  const main = page.locator("main");
  await page.goto(`${whole.service.url}/`);
  await main.getByText("Halted pairs").waitFor();
  const attention = main.getByRole("region", { name: "Needs attention" });
  await attention.getByText(HALT).waitFor();
  expect(await attention.getByRole("button").count()).toBe(0);
  for (const [id, why] of [
    ["camp_primary_001", "paused by the watch"],
    ["camp_backup_001", "the watch has halted"],
  ] as const) {
    const row = page.getByRole("row").filter({ has: page.getByRole("link", { name: id }).or(page.locator(`a[href$="/${id}"]`)) });
    await row.getByText(why).getByText(HALT).first().waitFor();
    await row.getByText("tries again").waitFor();
    await row.getByText("Halted", { exact: true }).waitFor();
  }
  expect(await main.textContent()).not.toMatch(/failed over|stands in|in its place|not through outdial/);
  expect(await opened.overflow()).toBe(0);
  await page.goto(`${whole.service.url}/campaigns/camp_backup_001`);
  await main.getByText("halted: neither dials, a person must decide").waitFor();
  await main.getByText(HALT).first().waitFor();
  await main.getByText("tries again").first().waitFor();
  expect(await opened.overflow()).toBe(0);
});

test("two hundred campaigns with odd names: the rows that the window shows are there, and give way to others as it scrolls", async () => {
  const { whole } = world;
  const { control } = whole.sandbox;
  const many: ReturnType<typeof control.snapshot> = JSON.parse(JSON.stringify(control.snapshot()));
  const [like] = many.campaigns;
  if (like === undefined) throw new Error("the sandbox has no campaign");
  const odd = ["<b>bold</b>", "Frühjahr & Söhne", "שלום", "a".repeat(180), "🎄 tree", "=1+1", "  ", "null"];
  const campaigns = Array.from({ length: 200 }, (_, n) => {
    const id = `camp_odd_${String(n).padStart(3, "0")}`;
    return { ...like, document: { ...like.document, id, name: `${odd[n % odd.length]} ${n}` } };
  });
  const all = [...many.campaigns, ...campaigns];
  control.restore({ ...many, campaigns: all });
  // As the next reading of the tenant's list would find them.
  await whole.service.store.knownCampaigns.keep(
    all.map(({ document: { id, name, status } }) => ({ id, name: typeof name === "string" ? name : id, status })),
    Date.now(),
  );
  await using opened = await world.open({ ...WIDE, width: 1920, height: 1080, colorScheme: "dark" }, "operator");
  const { page, faults } = opened;
  await page.goto(`${whole.service.url}/`);
  const table = page.getByRole("table", { name: "Campaigns" });
  await expect.poll(() => table.getAttribute("aria-rowcount"), { timeout: 60_000 }).toBe(String(all.length + 1));
  await page.goto(`${whole.service.url}/?sort=name`);
  await opened.drawn("Campaigns");
  const drawn = () => table.locator("tbody tr:not(.gap)");
  const last = () => drawn().last();
  await expect.poll(() => drawn().count()).toBeGreaterThan(8);
  expect(await drawn().count()).toBeLessThan(80);
  expect(await opened.violations()).toEqual([]);
  expect(await opened.overflow()).toBe(0);
  // Rows turn out higher than they were thought to be: the end may be further away than it was when the key was pressed.
  const atEnd = () =>
    expect
      .poll(() => page.keyboard.press("End").then(() => last().getAttribute("aria-rowindex")), { timeout: 30_000 })
      .toBe(String(all.length + 1));
  // By the keyboard alone to the last row: each one that a key leads to is there.
  const first = drawn().first().getByRole("checkbox");
  await first.focus();
  await atEnd();
  expect(await drawn().count()).toBeLessThan(80);
  // The one that holds the focus is still there, with its place.
  expect(await page.evaluate("document.activeElement.closest('tr').ariaRowIndex")).toBe("2");
  expect(await opened.overflow()).toBe(0);
  const row = last().getByRole("checkbox");
  await row.check();
  await page.getByRole("group", { name: "Chosen campaigns" }).getByText("1 chosen").waitFor();
  // A name that a row has no room for ends in a sign, and a button shows all of it; no other row grows.
  await page.setViewportSize(WIDE);
  await opened.go("/?q=aaaa&sort=name");
  const named = drawn().filter({ hasText: "camp_odd_003" });
  const rows = () => page.evaluate<[isHigh: boolean, isCut: boolean][]>(CUT_ROWS);
  await expect.poll(rows).toEqual(Array.from({ length: 25 }, () => [false, true]));
  await opened.press(named.getByRole("button", { name: "The whole row" }));
  await expect.poll(async () => (await rows()).filter(([isHigh, isCut]) => isHigh && !isCut).length).toBe(1);
  expect(await rows()).toContainEqual([false, true]);
  expect(await opened.violations()).toEqual([]);
  await opened.press(named.getByRole("button", { name: "The whole row", expanded: true }));
  await expect.poll(rows).not.toContainEqual([true, false]);
  await opened.go("/?sort=name");
  await expect.poll(() => table.getAttribute("aria-rowcount")).toBe(String(all.length + 1));
  // The same as a list of cards, whose rows are of other heights.
  await page.setViewportSize(NARROW);
  await page.evaluate("document.activeElement.blur(), scrollTo(0, 0)");
  await expect.poll(() => drawn().first().getAttribute("aria-rowindex")).toBe("2");
  await expect.poll(() => page.evaluate<number>("document.documentElement.scrollHeight")).toBeGreaterThan(200 * 64);
  await atEnd();
  expect(await drawn().count()).toBeLessThan(80);
  expect(await opened.overflow()).toBe(0);
  expect(faults).toEqual([]);
});
