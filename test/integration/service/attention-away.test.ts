// What needs attention on both profiles: campaigns that call at night are one thing, and stay one while the tenant answers 503.

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { AttentionList, CampaignList } from "../../../src/operations/views/index.ts";
import { runCli } from "../../support/cli.ts";
import { hastenedClock } from "../../support/hastened-clock.ts";
import { startService } from "../../support/service.ts";
import { TEMPORARY } from "../../support/temporary.ts";
import { ANY_HOUR } from "../../support/world.ts";

/** Rules by which nobody may be called at any hour. */
const CLOSED = {
  ...ANY_HOUR,
  rules: [
    {
      kind: "calling-hours",
      id: "hours",
      jurisdiction: "US",
      binds: ["telemarketing"],
      confidence: "policy",
      citation: "test",
      week: Object.fromEntries(["sun", "mon", "tue", "wed", "thu", "fri", "sat"].map((day) => [day, []])),
      violation: "HOURS",
    },
  ],
};
const NAMES = ["one", "two", "three"];
const dialerConfig = {
  type: "predictive" as const,
  predictiveSettings: { answerRatio: 0.85, maxCallsInFlight: 20, callRate: 5, abandonmentThreshold: 0.03 },
};

test.each(["rest", "acd"] as const)(
  "%s: campaigns that call at night are one thing, which stays while the tenant is away",
  async (profile) => {
    const folder = await mkdtemp(join(TEMPORARY, "outdial-rules-"));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const pack = join(folder, "pack.json");
    await writeFile(pack, JSON.stringify(CLOSED));
    const clock = hastenedClock();
    await using at = await startService({
      profile,
      clock,
      yaml: `compliance: { pack: ${pack} }\n`,
      sandbox: {
        clock: "frozen",
        scenario: {
          campaigns: [
            ...NAMES.map((id) => ({ id, name: id, status: "active" as const, contactListId: "list", dialerConfig })),
            { id: "still", name: "still", status: "paused", contactListId: "list", dialerConfig },
          ],
          contactLists: [{ id: "list", generate: { count: 2000, consentRate: 1, zones: ["America/New_York"] } }],
        },
      },
    });
    const { control } = at.sandbox;
    const calls = () => control.state().campaigns.filter(({ activeCalls }) => activeCalls > 0).length;
    while (calls() < NAMES.length) await control.advance(5);
    const { items } = (await at.get("/api/v1/campaigns?fresh=true")) as unknown as CampaignList;
    const ids = items.filter(({ status }) => status === "active").map(({ id }) => id);
    for (const id of ids) await at.get(`/api/v1/campaigns/${id}?fresh=true`);

    const attention = async () => (await at.get("/api/v1/attention")) as unknown as AttentionList;
    const outside = async () => (await attention()).items.find(({ code }) => code === "calls_outside_hours");
    const before = await outside();
    expect(before).toMatchObject({ severity: "urgent", subject: { name: `${ids.length} campaigns` }, lastSeen: null });
    expect(before?.campaigns.map(({ id }) => id).sort()).toEqual([...ids].sort());
    const dialing = async () =>
      ((await at.get("/api/v1/campaigns")) as unknown as CampaignList).items.flatMap((one) =>
        ids.includes(one.id) ? [one.lastDialing.value] : [],
      );
    expect(await at.get("/api/v1/tenant/missing")).toMatchObject({ items: [], known: { code: null, why: null } });
    expect(await dialing()).toEqual(ids.map(() => true));

    control.faults.add({ match: {}, effect: { status: 503 } });
    // It is tried for half a minute each time.
    clock.pace(20);
    const { tenantReadings } = at.service.store;
    const now = clock.now();
    await tenantReadings.expire(["campaigns"], "", now);
    for (const id of ids) await tenantReadings.expire(["figures"], id, now);
    await expect
      .poll(async () => (await attention()).known, { timeout: 120_000 })
      .toMatchObject({
        verdict: "not_ok",
        away: { since: expect.any(String) as string },
      });
    // The same thing, with its time, last seen then; and what dialed is not said to dial no more.
    const { key, since } = before ?? {};
    await expect.poll(outside, { timeout: 120_000 }).toMatchObject({ key, since, lastSeen: expect.any(String) as string });
    expect((await outside())?.campaigns).toHaveLength(ids.length);
    expect(await dialing()).toEqual(ids.map(() => true));
    // Nor does the command show as of now what it is told of before.
    const env = { OUTDIAL_URL: at.service.url, OUTDIAL_TOKEN: at.tokens.viewer };
    const { stdout } = await runCli(["campaign", "status", ids[0] ?? ""], { cwd: at.dir, env });
    expect(stdout).toMatch(/ · active, last seen \S+Z · \d+ calls under way, last seen \S+Z\n/);
    expect(stdout).toMatch(/^windows.*, last seen \S+Z: /m);
    // Whether its answers lack anything is not known, nor, after some minutes, whether a campaign that was paused dials.
    expect(await at.get("/api/v1/tenant/missing")).toMatchObject({
      items: [],
      known: { at: expect.any(String) as string, code: expect.any(String) as string, why: expect.any(String) as string },
    });
    const still = async () =>
      ((await at.get("/api/v1/campaigns")) as unknown as CampaignList).items.find(({ name }) => name === "still");
    await expect.poll(still, { timeout: 120_000 }).toMatchObject({
      status: "paused",
      dialing: null,
      notDialing: { all: expect.arrayContaining([expect.objectContaining({ code: "state_stale" })]) as unknown[] },
    });
  },
);
