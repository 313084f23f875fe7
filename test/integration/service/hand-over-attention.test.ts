// A hand-over needs attention through all its phases, until somebody fails back or accepts the new order.

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { failoverPolicySchema } from "../../../src/operations/index.ts";
import type { AttentionList, CampaignList } from "../../../src/operations/views/index.ts";
import { workFolder } from "../../support/cli.ts";
import { startService } from "../../support/service.ts";
import { ANY_HOUR } from "../../support/world.ts";

const dialerConfig = {
  type: "predictive" as const,
  predictiveSettings: { answerRatio: 0.85, maxCallsInFlight: 20, callRate: 5, abandonmentThreshold: 0.03 },
};
const people = (id: string, zone: string) => ({ id, generate: { count: 500, consentRate: 1, zones: [zone] } });

test.each(["rest", "acd"] as const)(
  "%s: a hand-over is an item of what needs attention, the same through all phases",
  async (profile) => {
    await using folder = await workFolder();
    const pack = join(folder.path, "pack.json");
    await writeFile(pack, JSON.stringify(ANY_HOUR));
    await using at = await startService({
      profile,
      yaml: `compliance: { pack: ${pack} }\n`,
      sandbox: {
        clock: "frozen",
        scenario: {
          campaigns: [
            { id: "first", name: "first", status: "active", contactListId: "a", dialerConfig },
            { id: "second", name: "second", status: "paused", contactListId: "b", dialerConfig },
          ],
          contactLists: [people("a", "America/New_York"), people("b", "America/Chicago")],
        },
      },
    });
    const { control } = at.sandbox;
    await at.post("/api/v1/suppressions/declare-empty", { name: "olga" });
    const calls = (name: string) => control.state().campaigns.find(({ id }) => id === name)?.activeCalls ?? 0;
    while (calls("first") === 0) await control.advance(5);
    const { items } = (await at.get("/api/v1/campaigns?fresh=true")) as unknown as CampaignList;
    const [primary = "", backup = ""] = ["first", "second"].map((name) => items.find((one) => one.name === name)?.id);
    const policy = failoverPolicySchema.parse({ backup, everySeconds: 5, drainMinutes: 60 });
    await at.service.store.failovers.put({ primary, backup, policy, actor: "olga", audit: [] });
    const phase = async () => (await at.get(`/api/v1/failover/pairs/${primary}`))["phase"];
    const handOver = async () =>
      ((await at.get("/api/v1/attention")) as unknown as AttentionList).items.find(({ code }) => code === "hand_over");
    /** Lets the tenant's time pass until the pair is in a phase; in each phase on the way the hand-over is told, the same. */
    const until = async (wanted: string, one: { readonly key: string; readonly since: string | null }) => {
      const step = async () => {
        await control.advance(1);
        const [before, item, now] = [await phase(), await handOver(), await phase()];
        if (before !== "watching" && now !== "watching") expect(item).toMatchObject({ ...one, subject: { id: primary } });
        return now;
      };
      await expect.poll(step, { timeout: 120_000, interval: 200 }).toBe(wanted);
    };
    await expect
      .poll(() => at.get(`/api/v1/failover/pairs/${primary}`), { timeout: 60_000 })
      .toMatchObject({ lookedAt: expect.any(String) as string });
    expect(await handOver()).toBeUndefined();

    const order = async (verb: "failover" | "failback") => {
      const path = `/api/v1/campaigns/${primary}/${verb}`;
      const { confirm } = (await at.post(`${path}/preview`, {})).body;
      expect(await at.post(path, { confirm })).toMatchObject({ status: 202 });
    };
    await order("failover");
    await expect
      .poll(handOver, { timeout: 60_000 })
      .toMatchObject({ acknowledged: null, severity: "soon", since: expect.any(String) as string });
    const { key = "", since = null } = (await handOver()) ?? {};
    await until("failed-over", { key, since });
    expect(await handOver()).toMatchObject({ key, since, acknowledged: null });

    // Who accepts the new order: it stays, and is nobody's work any more. A failback ends it.
    expect(await at.post("/api/v1/attention", { key, verb: "acknowledge" })).toMatchObject({ status: 200 });
    expect(await handOver()).toMatchObject({ key, since, acknowledged: { by: "olga" } });
    await order("failback");
    await expect.poll(phase, { timeout: 60_000 }).not.toBe("failed-over");
    await until("watching", { key, since });
    expect(await handOver()).toBeUndefined();
  },
);
