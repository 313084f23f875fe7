// The database goes away under an open page: nothing that is shown passes for what is so now.

import { expect, test } from "vitest";
import { lay } from "../support/cable.ts";
import { createDatabase } from "../support/database.ts";
import { PAGES } from "../support/pages-setup.ts";
import { startService } from "../support/service.ts";
import { openDashboardBrowser, WIDE } from "./world.ts";

test.each(["rest", "acd"] as const)(
  "%s: while the database is away, what is shown says of when it is, its age grows, and nothing is live",
  async (profile) => {
    const database = await createDatabase();
    await using stack = new AsyncDisposableStack();
    stack.defer(() => database.dispose());
    const cable = stack.use(await lay(database.url));
    const whole = stack.use(await startService({ profile, pages: PAGES, environment: { DATABASE_URL: cable.url } }));
    const browser = stack.use(await openDashboardBrowser(whole.service));
    const opened = stack.use(await browser.open(WIDE, "viewer"));
    const { page } = opened;
    await page.clock.install({ time: Date.now() });
    await page.goto(`${whole.service.url}/`);
    await opened.drawn();
    const foot = page.locator(".link-state");
    const attention = page.getByRole("region", { name: "Needs attention" });
    const row = page.getByRole("row").filter({ has: page.getByRole("link", { name: "Spring renewals", exact: true }) });
    await foot.getByText("Live", { exact: true }).waitFor();
    await row.getByText(/ ago$/).waitFor();

    cable.pull();
    const pass = async (seconds: number) => {
      for (let beat = 0; beat < seconds; beat += 2) await page.clock.runFor(2000);
    };
    const old = page.getByText(/^Shown as of \d.*the database does not answer/);
    // What needs attention is read every quarter of a minute.
    await pass(20);
    await attention.getByText(/^Shown as of/).waitFor();
    await foot.getByText("Not live", { exact: true }).waitFor();
    // The list is read when the stream has been silent; that is given up then.
    await pass(60);
    await expect.poll(() => old.count()).toBe(2);
    await foot.getByText(/^Lost since/).waitFor();
    expect(await foot.locator(".dot.good").count()).toBe(0);
    for (const age of await page.locator("main time.age").allInnerTexts()) expect(age).toMatch(/^\d+ min ago$/);
    expect(await opened.violations()).toEqual([]);

    cable.putBack();
    await expect
      .poll(
        async () => {
          await page.clock.runFor(2000);
          return [await old.count(), await foot.innerText()];
        },
        { timeout: 60_000 },
      )
      .toEqual([0, expect.stringMatching(/^Live/)]);
  },
);
