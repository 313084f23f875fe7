// A campaign's story: a hand-over, a guarded change of settings and a stop, each as a strip that is scrubbed, with what was known at each moment.

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { runCli } from "../support/cli.ts";
import { hastenedClock } from "../support/hastened-clock.ts";
import { PAGES } from "../support/pages-setup.ts";
import { startService } from "../support/service.ts";
import { until } from "../support/until.ts";
import { NARROW, type Opened, openDashboardBrowser, WIDE } from "./world.ts";

/** A Tuesday, 13:00 in New York. */
const OPEN = "2026-06-16T17:00:00Z";
const [PRIMARY, BACKUP] = ["camp_000", "camp_001"];
/** Where pictures go; none are made without it. */
const PICTURES = process.env["OUTDIAL_STORY_PICTURES"];

const people = (id: string, area: number) => ({
  id,
  contacts: Array.from({ length: 60 }, (_, i) => ({
    id: `${id}-${i}`,
    phoneNumber: `+1${area}${3_450_000 + i}`,
    consentFlags: { outbound: { call: true } },
  })),
  talk: 2,
  wrap: 1,
});

async function openStories(count: number) {
  const clock = hastenedClock(Date.parse(OPEN));
  clock.pace(10);
  const whole = await startService({
    clock,
    pages: PAGES,
    sandbox: {
      now: OPEN,
      clock: { speed: 10 },
      scenario: {
        campaigns: Array.from({ length: count }, (_, n) => ({
          id: `camp_${String(n).padStart(3, "0")}`,
          name: `Campaign ${n}`,
          status: n === 1 ? "paused" : "active",
          contactListId: n % 2 === 0 ? "list_a" : "list_b",
        })),
        contactLists: [people("list_a", 212), people("list_b", 646)],
        limits: "off",
        activation: { seconds: 2 },
      },
    },
    yaml: "compliance: {}\ndialer: { activation: { first: 200ms, most: 1s, looks: 1000, settle: 2s } }\n",
  });
  await whole.registries("US");
  return { whole, clock };
}

async function picture({ page }: Opened, name: string): Promise<void> {
  if (PICTURES === undefined) return;
  mkdirSync(PICTURES, { recursive: true });
  await page
    .getByRole("region", { name: "Story" })
    .first()
    .screenshot({ path: join(PICTURES, `${name}.png`) });
}

describe.each([2, 200])("of %i campaigns", { timeout: 240_000 }, (count) => {
  test("each story is a strip: its curve, its steps, and what was known at the moment that is chosen", async () => {
    const { whole, clock } = await openStories(count);
    await using _ = whole;
    await using browser = await openDashboardBrowser(whole.service);
    const confirmed = async (path: string, body: object = {}, preview = `${path}/preview`) => {
      const shown = await whole.post(preview, body);
      expect([preview, shown.status, shown.body]).toMatchObject([preview, 200, { refusals: [] }]);
      const done = await whole.post(path, { ...body, confirm: shown.body["confirm"] });
      expect([path, done.status < 300, done.body]).toEqual([path, true, done.body]);
      return done.body;
    };
    const open = async (path: string, look = WIDE) => {
      const opened = await browser.open(look, "operator");
      await opened.page.clock.install({ time: clock.now() });
      await opened.page.goto(`${whole.service.url}${path}`);
      await opened.drawn();
      return opened;
    };

    // A hand-over that a person ordered.
    await confirmed("/api/v1/failover/pairs", { primary: PRIMARY, policy: { backup: BACKUP, everySeconds: 30 } });
    await until(async () => ((await whole.service.store.failovers.find(PRIMARY))?.lookedAt ?? null) !== null);
    await confirmed(`/api/v1/campaigns/id/${PRIMARY}/failover`);
    await until(async () => (await whole.service.store.failovers.find(PRIMARY))?.phase === "failed-over");
    for (const look of [WIDE, NARROW]) {
      await using opened = await open(`/campaigns/${PRIMARY}`, look);
      const story = opened.page.getByRole("region", { name: "Story" });
      await story.getByRole("heading", { name: `Hand-over from ${PRIMARY} to ${BACKUP}` }).waitFor();
      const frames = story.getByRole("list", { name: "Steps" }).getByRole("button");
      const texts = (await frames.allInnerTexts()).map((text) => text.split("\n").at(-1) ?? "");
      const order = [/paus/i, /call.*end|drain/i, /gate/i, /activ/i].map((word) => texts.findIndex((text) => word.test(text)));
      expect([texts, order]).toEqual([texts, order.toSorted((a, b) => a - b)]);
      expect(order).not.toContain(-1);
      const known = story.locator("dl");
      // At its end everything is known; at its first step nothing of what came later.
      await known.getByText("Gate", { exact: true }).waitFor();
      await known.getByText(`fail-over by olga`).waitFor();
      await frames.first().click();
      await expect.poll(() => known.getByText("Gate", { exact: true }).count()).toBe(0);
      const scrubber = story.getByRole("slider", { name: "Moment" });
      await scrubber.focus();
      await opened.page.keyboard.press("End");
      await known.getByText("Gate", { exact: true }).waitFor();
      // Another person gets the same moment by its address.
      await frames.first().click();
      const { search } = new URL(opened.page.url());
      await opened.page.goto(`${whole.service.url}/campaigns/${PRIMARY}${search}`);
      await frames.first().and(opened.page.locator("[aria-current=step]")).waitFor();
      expect(await known.getByText("Gate", { exact: true }).count()).toBe(0);
      expect(await opened.violations()).toEqual([]);
      expect(await opened.overflow()).toBe(0);
      expect(opened.faults).toEqual([]);
      await picture(opened, `handover-${count}-${look.width}`);
    }

    // The command line tells the same, without a service and through one.
    const { environment, dir, tokens } = whole;
    const through = { ...environment, OUTDIAL_URL: whole.service.url, OUTDIAL_TOKEN: tokens.viewer };
    for (const env of [environment, Object.fromEntries(Object.entries(through).filter(([name]) => name !== "DATABASE_URL"))]) {
      const { code, stdout } = await runCli(["campaign", "story", BACKUP], { cwd: join(dir, ".."), env });
      const texts = ["The campaign that hands over is being paused", "Ordered: fail-over by olga", "Gate: open"];
      const places = texts.map((text) => stdout.indexOf(text));
      expect([code, stdout, places]).toEqual([0, stdout, places.toSorted((a, b) => a - b)]);
      expect([stdout, places.includes(-1)]).toEqual([stdout, false]);
      expect(stdout).toContain(`Hand-over from ${PRIMARY} to ${BACKUP}: `);
    }

    // The same strip is in what needs attention, and opens by the address that it has.
    {
      await using opened = await open("/");
      const entry = opened.page
        .getByRole("region", { name: "Needs attention" })
        .getByRole("listitem")
        .filter({ hasText: "Step by step" });
      await opened.press(entry.getByText("Step by step"));
      const story = entry.getByRole("region", { name: "Story" });
      await story.getByRole("heading", { name: `Hand-over from ${PRIMARY} to ${BACKUP}` }).waitFor();
      const frames = story.getByRole("list", { name: "Steps" }).getByRole("button");
      await opened.press(frames.first());
      expect(await opened.violations()).toEqual([]);
      expect(await opened.overflow()).toBe(0);
      const address = opened.page.url();
      expect(new URL(address).searchParams.get("story")).toMatch(`hand-over ${PRIMARY} `);
      await picture(opened, `incident-${count}`);
      await opened.page.goto(address);
      await frames.first().and(opened.page.locator("[aria-current=step]")).waitFor();
      expect(opened.faults).toEqual([]);
    }

    // A change of settings that is watched.
    const { settings } = (await whole.get("/api/v1/dialer?fresh=true")) as { settings: { algorithm: object } };
    const { versionTag: __, ...own } = settings as { versionTag?: string; algorithm: object };
    const file = {
      ...own,
      algorithm: { ...own.algorithm, dial_ratio: 2.1 },
      carrier_capacity: { max_trunks: 400 },
      expected: { answer_rate: 0.2 },
    };
    const body = { file, overrides: ["predicted_abandonment"], guardMinutes: 2 };
    const { version } = await confirmed("/api/v1/dialer/apply", body, "/api/v1/dialer/preview");
    {
      await using opened = await open("/dialer");
      const story = opened.page.getByRole("region", { name: "Story" });
      await story.getByRole("heading", { name: `Dialer settings, version ${String(version)}, under guard` }).waitFor();
      await story.getByRole("button", { name: "Read back" }).first().waitFor({ timeout: 60_000 });
      await story.getByText("Abandonment since they are in force", { exact: true }).first().waitFor();
      expect(await opened.violations()).toEqual([]);
      expect(opened.faults).toEqual([]);
      await picture(opened, `guard-${count}`);
    }

    // A stop of all.
    const stopped = await whole.post("/api/v1/campaigns/stop", { reason: "the line is noisy" });
    expect(stopped.status).toBe(202);
    const id = String(stopped.body["id"]);
    await until(async () => (await whole.get(`/api/v1/campaigns/stops/${id}`))["endedAt"] !== null);
    await using opened = await open(`/campaigns/${PRIMARY}`, { ...WIDE, colorScheme: "dark" });
    const story = opened.page.getByRole("region", { name: "Story" });
    await story.getByRole("heading", { name: "Stop of all campaigns" }).waitFor();
    await story.getByText("the line is noisy").waitFor();
    await story.getByRole("button", { name: "Ended: all confirmed paused" }).waitFor();
    // The others are a choice away.
    const others = story.getByRole("combobox", { name: "Story shown" });
    expect(await others.getByRole("option").count()).toBe(3);
    expect(await opened.violations()).toEqual([]);
    await picture(opened, `stop-${count}`);
    expect(opened.faults).toEqual([]);
  });
});
