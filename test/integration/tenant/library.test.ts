// The library as docs/sdk.md shows it: what a program writes without the declarations at hand.

import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { openOutdial } from "../../../src/index.ts";
import { startWorld } from "../../support/world.ts";

test("a pause, a resume, figures, a schedule, a policy and a registration need nothing that is undefined", async () => {
  await using world = await startWorld({
    sandbox: {
      scenario: {
        campaigns: ["camp_primary_001", "camp_backup_001"].map((id) => ({ id, name: id, status: "active" })),
        generateCalls: [],
      },
    },
  });
  const { environment } = world;
  await using outdial = await openOutdial({ environment, makeStore: true, deliver: false });
  const { campaigns, actor, settings, tenant, outcomes, failover, webhooks } = outdial;

  expect(await campaigns.pause("camp_primary_001", actor)).toMatchObject({ status: "paused" });
  const { plan } = await campaigns.plan("camp_primary_001", "resume");
  // No do-not-call list is loaded: the gate says so, and nothing dials.
  expect(await campaigns.resume("camp_primary_001", actor, plan)).toMatchObject({ refusals: [expect.any(String)] });

  for await (const { timestamp, abandonmentRate } of settings.metrics("camp_primary_001", ["abandonmentRate"]))
    expect([typeof timestamp, typeof abandonmentRate]).toEqual(["string", "number"]);
  if (tenant.profile === "rest") expect((await tenant.campaigns.get("camp_primary_001")).name).toBe("camp_primary_001");
  else expect((await tenant.place()).api.origin).toBe(world.url);

  await outcomes.setSchedules(["camp_primary_001"], { lastMs: 3_600_000 }, { everyMs: 3_600_000, by: actor });
  expect(await outcomes.schedules()).toMatchObject([{ overlapMs: 3_600_000 }]);

  const { summary } = await failover.planPut("camp_primary_001", { backup: "camp_backup_001" });
  expect(summary).toContain("camp_backup_001");

  const url = "https://hooks.example.com/omnichannel";
  const { id } = await webhooks.register({ kind: "metrics", name: "figures", url, headers: { "X-Secret": "s" } });
  const there = await tenant.capabilities.vendorEvents.registrations("campaign");
  expect(there).toEqual([expect.objectContaining({ id, headers: { "X-Secret": "s" } })]);
});

test("docs/sdk.md names the method of every operation", async () => {
  const page = await readFile(new URL("../../../docs/sdk.md", import.meta.url), "utf8");
  const [contract, client] = await Promise.all([
    import("../../../src/contract/index.ts"),
    readFile(new URL("../../../src/tenant/tenant.ts", import.meta.url), "utf8"),
  ]);
  for (const operation of Object.keys(contract.OPERATIONS)) {
    const [, method = "none"] = new RegExp(`\\| \`${operation}\` \\| \`\\w+\\.(\\w+)\` \\|`).exec(page) ?? [];
    expect(client).toContain(`${method}: "${operation}"`);
  }
});
