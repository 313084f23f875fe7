// Campaigns as code over the ACD API: the same files make a campaign, a skill, its parameters, its list and the groups it obeys, piece by piece.

import { join } from "node:path";
import { expect, test } from "vitest";
import { openCampaignApplies } from "../../../src/app/index.ts";
import { parseCampaignFiles, readCampaignFiles } from "../../../src/operations/index.ts";
import { apply, filesOf, openSkillPlanWorld, PAGES, SKILL_DRAFT } from "./plan-world.ts";

/** All but the last. */
const MAKES = ["createCampaign", "createSkills", "putGeneralSettings", "putTimeZones", "mapCallList", "uploadCallList"] as const;

test("a campaign is made piece by piece, once, though the reply to each piece is lost; a plan says what is not held; a change sends what changes", async () => {
  await using world = await openSkillPlanWorld();
  await using runtime = await openCampaignApplies({}, world.environment, {
    warn: () => undefined,
    deliver: false,
    retry: { maxAttempts: 1 },
    patience: { sends: 3, reads: 3, unanswered: 3, pauseMs: 1 },
  });
  const folder = join(world.folder, "campaigns");
  const files = await parseCampaignFiles(await readCampaignFiles(folder));

  const bad = await runtime.plans.plan(
    await filesOf({
      ...SKILL_DRAFT,
      name: "A name that is longer than what a skill may have",
      contactListFile: undefined,
      doNotCallGroups: ["Nobody"],
    }),
    PAGES,
  );
  expect(bad.violations.map(({ rule, field }) => [rule, field])).toEqual([
    ["NOT_HELD", "name"],
    ["NOT_HELD", "contactListId"],
    ["NOT_HELD", "doNotCallGroups[0]"],
  ]);
  const gone = await filesOf({ ...SKILL_DRAFT, contactListFile: { ...SKILL_DRAFT.contactListFile, path: "/nowhere.csv" } });
  expect((await runtime.plans.plan(gone, PAGES)).violations).toMatchObject([{ rule: "RECORDS" }]);

  for (const acd of MAKES) world.sandbox.control.faults.add({ match: { acd }, times: 1, effect: { acceptThenFail: true } });
  const { plan, apply: ended, state } = await apply(runtime, files);
  expect(plan.notices.join("\n")).toContain("Spring: this tenant holds no queueId, ");
  expect(plan.notices.join("\n")).toContain(
    "dialerConfig.predictiveSettings.callRate is not sent: the dialer paces by calls per agent",
  );
  expect({ outcome: ended.outcome, message: state.results[0]?.message, stop: state.stop }).toEqual({
    outcome: "applied",
    message: null,
    stop: null,
  });
  const held = world.held();
  expect(held.groups.map(({ name }) => name)).toEqual(["Outbound", "Renewals"]);
  expect(held.skills.map(({ skillId, fields }) => [skillId, fields["callerIdOverride"]])).toEqual([
    [4001, undefined],
    [4002, "8005550199"],
  ]);
  expect(held.lists.map(({ listName, files: uploaded }) => [listName, uploaded.length])).toEqual([
    ["list_east", 0],
    ["Spring people", 1],
  ]);
  expect(held.jobs).toHaveLength(1);
  expect(held.dnc[0]?.scrubbed).toEqual([4001, 4002]);
  // Nothing that it made dials, and every piece was asked for once, but for what may be sent again.
  expect(world.sandbox.control.state().campaigns.map(({ status }) => status)).toEqual(["active", "paused"]);
  expect(world.writes()).not.toContain("startSkill");
  const told = await world.query("select 1 from outdial.audit where action = 'campaign.piece'");
  expect(told.length).toBeGreaterThan(0);

  const again = await runtime.plans.plan(files, PAGES);
  expect(again.entries.map(({ action, changes }) => ({ action, changes }))).toEqual([{ action: "in_sync", changes: [] }]);

  const before = world.writes().length;
  const threshold = { ...SKILL_DRAFT.dialerConfig.predictiveSettings, abandonmentThreshold: 0.02 };
  const changed = await filesOf({
    ...SKILL_DRAFT,
    contactListFile: undefined,
    dialerConfig: { ...SKILL_DRAFT.dialerConfig, predictiveSettings: threshold },
    complianceConfig: {
      ...SKILL_DRAFT.complianceConfig,
      rateLimits: { ...SKILL_DRAFT.complianceConfig.rateLimits, maxCallsPerContactPerDay: 2 },
    },
  });
  expect((await apply(runtime, changed)).apply.outcome).toBe("applied");
  expect(world.writes().slice(before)).toEqual(["putGeneralSettings", "putRetry"]);
});
