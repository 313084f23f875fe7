// outdial attention: that nothing needs attention is said only when all is known.

import { expect, onTestFinished, test } from "vitest";
import { systemClock } from "../../../src/tenant/index.ts";
import { runCli } from "../../support/cli.ts";
import { openTestStore } from "../../support/store.ts";

test("a check ends with 4 while the tenant's campaigns are not known, with 0 when they are, and with 3 when something needs somebody", async () => {
  const world = await openTestStore(systemClock);
  const { store, url, dir } = world;
  onTestFinished(() => world.dispose());
  const env = { DATABASE_URL: url, OUTDIAL_DIR: dir };
  const check = () => runCli(["attention", "--check"], { cwd: dir, env });
  const unknown = ["nothing known needs attention", "NOT known: the list of campaigns (1); 0 of 0 campaigns known", ""].join(
    "\n",
  );
  expect(await check()).toMatchObject({ code: 4, stdout: unknown });
  expect((await runCli(["attention"], { cwd: dir, env })).code).toBe(0);

  const now = systemClock.now();
  await store.tenantReadings.keep({ what: "campaigns" }, { count: 0 }, { at: now, now });
  expect(await check()).toMatchObject({ code: 0, stdout: "nothing needs attention\n0 of 0 campaigns known\n" });

  // Nothing tells yet whether it dials: that alone is nothing known.
  await store.knownCampaigns.keep([{ id: "a", name: "Spring", status: "active" }], now);
  expect(await check()).toMatchObject({ code: 4, stdout: expect.stringContaining("calling windows (1)") as string });

  const failure = { code: "vendor_unavailable", message: "503" };
  await store.tenantReadings.fail({ what: "campaigns" }, failure, now + 1);
  const away = await check();
  expect(away.code).toBe(3);
  expect(away.stdout).toMatch(
    /^needs attention: 1\nthe tenant has not answered since [^\n]*: 503; this is what it showed last\n\nurgent: tenant: /,
  );
});

test("by a list of long ago it is not known whether the tenant's answers lack anything", async () => {
  const world = await openTestStore(systemClock);
  const { store, url, dir } = world;
  onTestFinished(() => world.dispose());
  const missing = () => runCli(["tenant", "missing"], { cwd: dir, env: { DATABASE_URL: url, OUTDIAL_DIR: dir } });
  expect(await missing()).toMatchObject({ code: 4, stdout: expect.stringContaining("NOT KNOWN: not read yet") as string });
  const now = systemClock.now();
  const listed = (at: number) => store.tenantReadings.keep({ what: "campaigns" }, { count: 0 }, { at, now });
  await listed(now - 3_600_000);
  const old = await missing();
  expect(old.code).toBe(4);
  expect(old.stdout).toMatch(/^whether anything is missing since \S+Z is NOT KNOWN: the tenant's latest list is \S.* old\n$/);
  await listed(now);
  expect(await missing()).toMatchObject({ code: 0, stdout: expect.stringMatching(/^nothing is missing, as of /) as string });
});
