// The living demo from end to end in Chromium: every page at all widths with axe, every action once, and pictures for the documents when
// OUTDIAL_SCREENSHOTS is set.

import { chmodSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openDemo } from "../../src/app/index.ts";
import { hastenedClock } from "../support/hastened-clock.ts";
import { PAGES as pages } from "../support/pages-setup.ts";
import { IS_DEEP, seeded } from "../support/scale.ts";
import { TEMPORARY } from "../support/temporary.ts";
import { type DashboardBrowser, type Look, NARROW, type Opened, openDashboardBrowser, WIDE } from "./world.ts";

const PICTURES = join(import.meta.dirname, "../../docs/img");
const takes = process.env["OUTDIAL_SCREENSHOTS"] === "1";
/** Longest picture, px. */
const LONGEST = 2600;
/** What the story waits for takes minutes; so many of them pass in one. */
const HASTE = 12;
const clock = hastenedClock();
/** The story's longest wait on a busy machine, ms; only a failure waits so long. */
const PATIENCE_MS = 240_000;

type Demo = Awaited<ReturnType<typeof openDemo>>;
let demo: Demo;
let browser: DashboardBrowser;
const said: string[] = [];
/** Open to the server's account, so that its data is here too. */
const dir = mkdtempSync(join(TEMPORARY, "outdial-demo-"));
chmodSync(dir, 0o755);

beforeAll(async () => {
  const log = (level: string, message: string) => void (level === "error" && said.push(message));
  demo = await openDemo(process.env, { dir, clock, pages, log, say: () => undefined });
  browser = await openDashboardBrowser(demo.service);
}, 300_000);
afterAll(async () => {
  await browser?.[Symbol.asyncDispose]();
  await demo?.[Symbol.asyncDispose]();
  rmSync(dir, { recursive: true, force: true });
}, 60_000);

const PRIMARY = "camp_renewals_spring";
/** Address, heading, and the name of the picture where the documents have one. */
const PAGES: readonly (readonly [path: string, title: string, picture?: string])[] = [
  ["/", "Campaigns", "campaigns"],
  [`/campaigns/${PRIMARY}`, "Spring renewals", "campaign"],
  ["/dialer", "Dialer", "dialer"],
  ["/simulator", "Simulator", "simulator"],
  ["/jobs", "Jobs", "jobs"],
  ["/outcomes", "Outcomes", "outcomes"],
  ["/compliance", "Compliance", "compliance"],
  ["/audit", "Audit", "audit"],
  ["/deliveries", "Deliveries", "deliveries"],
  ["/campaign-files", "Campaign files"],
  ["/approvals", "Approvals"],
  ["/setup", "Set up"],
  ["/tenant", "Tenant"],
  ["/access", "Users and tokens"],
];

async function settled(opened: Opened, title?: string): Promise<void> {
  const { page } = opened;
  await opened.drawn(title);
  // A picture has both curves, and no more runs come; so it is waited for at the full scale. What is only looked at shows points.
  const runs = takes || IS_DEEP ? /simulated runs, in / : /[1-9]\d* simulated runs/;
  if (page.url().endsWith("/simulator")) await page.getByText(runs).waitFor({ timeout: 120_000 });
}

async function take({ page }: Opened, name: string): Promise<void> {
  if (!takes) return;
  mkdirSync(PICTURES, { recursive: true });
  // A long list says no more than its beginning.
  const { width } = page.viewportSize() ?? WIDE;
  const height = Math.min(LONGEST, await page.evaluate<number>("document.documentElement.scrollHeight"));
  await page.screenshot({ path: join(PICTURES, `${name}.png`), fullPage: true, clip: { x: 0, y: 0, width, height } });
}

/** Rows of the list of campaigns that are higher than they may be, px, and words that end in the middle without a sign of it. */
const cut = (page: Opened["page"]): Promise<{ rows: number[]; words: string[] }> =>
  page.evaluate(`(() => {
    const rows = [...document.querySelectorAll("table.dense tbody tr")];
    const cells = rows.flatMap((row) => [...row.querySelectorAll(".pill, .meter-rate, .meter strong, .interval > *")]);
    return {
      rows: rows.map((row) => row.getBoundingClientRect().height).filter((height) => height > 66),
      words: cells.filter((one) => one.getBoundingClientRect().right > one.closest("td").getBoundingClientRect().right + 1).map((one) => one.textContent),
    };
  })()`);

test("the story: the first campaign falls, the watch hands over, the page shows both", { timeout: 400_000 }, async () => {
  await using opened = await browser.open(WIDE, "admin");
  const { page, faults } = opened;
  clock.pace(HASTE);
  await page.goto(`${demo.service.url}/`);
  await page
    .getByRole("group", { name: "Campaigns, table" })
    .getByRole("link", { name: "Spring renewals", exact: true })
    .waitFor();
  const row = page.getByRole("row").filter({ hasText: "second list" });
  await row.getByText("Active", { exact: true }).waitFor({ timeout: PATIENCE_MS });
  await page.goto(`${demo.service.url}/campaigns/${PRIMARY}`);
  await settled(opened);
  await expect.poll(() => page.getByText(/handed over/i).count(), { timeout: 60_000 }).toBeGreaterThan(0);
  // The box of the first page follows the story.
  await opened.go("/");
  await page
    .getByRole("complementary", { name: "What you are seeing" })
    .getByText(/second list dials in its place/)
    .waitFor();
  const { control } = demo.sandbox;
  expect(control.state().campaigns.map(({ status }) => status)).toEqual(["paused", "active"]);
  expect(control.requests({ operation: "updateCampaign" }).map(({ body }) => body)).toMatchObject([
    { status: "paused" },
    { status: "active" },
  ]);
  expect(faults).toEqual([]);
});

/** Pages are drawn at these sizes in both schemes: all at the full scale, else two at a time, by the run's seed; two are pictures in the documents. */
const ROUNDS: readonly (readonly Look[])[] = [
  [WIDE, NARROW],
  [
    { ...NARROW, colorScheme: "light" },
    { width: 1920, height: 1080, colorScheme: "dark" },
  ],
  [
    { width: 1920, height: 1080, colorScheme: "light" },
    { ...WIDE, colorScheme: "dark" },
  ],
];
const LOOKS = takes || IS_DEEP ? ROUNDS.flat() : (ROUNDS[seeded("looks").int(ROUNDS.length)] ?? []);
const SUFFIX = new Map([
  [WIDE, ""],
  [NARROW, "-narrow"],
]);
/** The README has its picture in both schemes. */
const DARK_TOO = new Set(["campaigns"]);

describe.each(LOOKS)("$width px, $colorScheme", (look) => {
  const suffix = SUFFIX.get(look);
  test("every page is whole, fits its window and is accessible", { timeout: 300_000 }, async () => {
    clock.pace(1);
    await using opened = await browser.open(look, "admin");
    const { page, faults } = opened;
    for (const [i, [path, title, name]] of PAGES.entries()) {
      // Each page is loaded by its address once, and reached from the one before it once.
      if (look === LOOKS[0] || takes || IS_DEEP || i === 0) await page.goto(`${demo.service.url}${path}`);
      else await opened.go(path);
      await settled(opened, title);
      expect.soft([path, await opened.violations()]).toEqual([path, []]);
      expect.soft([path, await opened.overflow()]).toEqual([path, 0]);
      if (path === "/" && look.width >= 1280) expect.soft([path, await cut(page)]).toEqual([path, { rows: [], words: [] }]);
      if (suffix !== undefined && name !== undefined) await take(opened, `${name}${suffix}`);
      if (look.width === WIDE.width && look.colorScheme === "dark" && DARK_TOO.has(name ?? ""))
        await take(opened, `${name}-dark`);
    }
    expect(faults).toEqual([]);
  });
});

/** Guarded changes of settings whose watch ends without a verdict: one is kept, one is put back, by the keyboard alone. */
async function decide(opened: Opened): Promise<void> {
  const { page } = opened;
  const dialog = page.getByRole("dialog");
  const change = page.getByRole("region", { name: "Change under way" });
  await page.goto(`${demo.service.url}/dialer`);
  for (const [name, verb, end] of [
    ["Kept", "Keep the new settings", /^applied/],
    ["Not kept", "Put the old ones back", /^rolled back/],
  ] as const) {
    await settled(opened, "Dialer");
    await page.getByLabel("Name", { exact: true }).fill(name);
    // Whatever this tenant's few calls say.
    await page.getByLabel(/^Pass the gate on predicted abandonment/).check();
    await page.getByLabel("Guard, minutes").fill("1");
    await opened.press(page.getByRole("button", { name: "Check and preview" }));
    const refused = dialog.getByRole("alert");
    for (let isOpen = true; isOpen; isOpen = (await dialog.count()) > 0) {
      await dialog.getByLabel("to confirm").fill("apply");
      await opened.press(dialog.getByRole("button", { name: "Apply" }));
      await Promise.race([
        dialog.waitFor({ state: "detached", timeout: PATIENCE_MS }),
        refused.waitFor({ timeout: PATIENCE_MS }),
      ]);
      if ((await refused.count()) === 0) continue;
      // The guard watches what dials, and the hand-over beside it has just changed that: a person looks at the preview again.
      expect(await refused.innerText()).toContain("plan_changed");
      await opened.press(refused.getByRole("button", { name: "Try again" }));
    }
    const button = change.getByRole("button", { name: verb });
    await button.waitFor({ timeout: PATIENCE_MS });
    await opened.press(button);
    await button.waitFor({ state: "detached", timeout: PATIENCE_MS });
    await change.locator(".pill").getByText(end).waitFor({ timeout: PATIENCE_MS });
  }
}

/** Hands over and back, with a rehearsal first. */
async function handOver(opened: Opened): Promise<void> {
  const { page } = opened;
  const order = async (verb: string, word: string) => {
    await opened.press(page.getByRole("button", { name: verb, exact: true }));
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("listitem").first().waitFor({ timeout: 60_000 });
    expect(await opened.violations()).toEqual([]);
    const button = dialog.getByRole("button", { name: verb, exact: true });
    expect(await button.isDisabled()).toBe(true);
    await dialog.getByLabel("to confirm").fill(word);
    await opened.press(button);
    await dialog.waitFor({ state: "detached", timeout: 60_000 });
  };
  const dials = (text: string) =>
    page.locator(".page-head .pill").getByText(text, { exact: true }).waitFor({ timeout: PATIENCE_MS });
  // The demo's hours pass quickly: what happened an hour ago may be minutes old.
  await page.goto(`${demo.service.url}/campaigns/${PRIMARY}?hours=24`);
  await settled(opened);
  await order("Drill", PRIMARY);
  await page
    .locator(".toast")
    .getByText(/campaign would dial at the end|would NOT end/)
    .waitFor({ timeout: 60_000 });
  await dials("Paused");
  await order("Fail back", PRIMARY);
  await dials("Active");
  await order("Fail over", PRIMARY);
  await dials("Paused");
  const handedOver = page.getByRole("region", { name: "What happened" }).getByRole("listitem").filter({ hasText: "handed over" });
  await expect.poll(() => handedOver.count(), { timeout: PATIENCE_MS }).toBeGreaterThan(1);
}

// Both wait for minutes of the tenant: they do so together.
test("a hand-over is rehearsed, ordered back, and ordered again; settings are kept and put back", {
  timeout: 900_000,
}, async () => {
  await using opened = await browser.open(WIDE, "operator");
  await using decider = await browser.open(WIDE, "operator", demo.service.url, "decider");
  clock.pace(HASTE);
  await Promise.all([handOver(opened), decide(decider)]);
  expect([opened.faults, decider.faults]).toEqual([[], []]);
});

test("nothing went wrong in the service meanwhile, and the tenant's documented limits were kept", () => {
  expect(said).toEqual([]);
  const sent = demo.sandbox.control.requests();
  expect(sent.length).toBeGreaterThan(100);
  const refused = sent.filter(({ status }) => status === 429);
  expect(refused.map(({ at, operation }) => ({ at, operation }))).toEqual([]);
});
