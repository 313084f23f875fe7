// The settings that only a skill has, as campaign files: refused, planned, applied, read back, exported and in sync.

import { expect, test } from "vitest";
import { stringify } from "yaml";
import { openCampaignApplies } from "../../../src/app/index.ts";
import type { CampaignPlan } from "../../../src/operations/index.ts";
import { createAcdTenant } from "../../../src/tenant/acd/index.ts";
import { UNLIMITED_ACD } from "../../support/world.ts";
import { openSkillPlanWorld, PAGES, type SkillPlanWorld } from "./plan-world.ts";

type Json = Readonly<Record<string, unknown>>;

const HOURS = { startTime: "10:00:00", endTime: "18:00:00" };

/** A skill that is paused, and what a person does with a file of it and behind that. */
async function openControlWorld() {
  await using stack = new AsyncDisposableStack();
  const world: SkillPlanWorld = stack.use(await openSkillPlanWorld());
  const vendor = createAcdTenant({ issuer: world.url, credentials: world.sandbox.accessKey, limits: UNLIMITED_ACD });
  stack.defer(() => vendor.close());
  const path = { skillId: "4001" };
  await vendor.request("stopSkill", { path, query: { force: true } });
  const { plans } = stack.use(
    await openCampaignApplies({}, world.environment, {
      warn: () => undefined,
      limits: "off",
      deliver: false,
      retry: { maxAttempts: 1 },
      patience: { sends: 3, reads: 3, unanswered: 3, pauseMs: 1 },
    }),
  );
  const parsed = (text: string) => plans.parse([{ name: "old.yaml", text }]);
  const planned = async (document: Json) =>
    plans.plan(
      await parsed(stringify({ id: "4001", name: "Old", complianceConfig: { dialingRules: HOURS }, ...document })),
      PAGES,
    );
  const owned = stack.move();
  return {
    world,
    vendor,
    path,
    plans,
    parsed,
    planned,
    applied: async (document: Json) => {
      const plan = await planned(document);
      expect(plan.violations).toEqual([]);
      const { jobId } = await plans.begin(plan, "old.yaml");
      const { apply, state } = await plans.run(jobId);
      return { plan, outcome: apply.outcome, message: state.results[0]?.message ?? null, stop: state.stop };
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

const APPLIED = { outcome: "applied", stop: null };
const changesOf = ({ entries }: CampaignPlan) => entries[0]?.changes;

const CONTROL = {
  schedule: { monday: { startTime: "09:00", endTime: "17:00" }, tuesday: { startTime: "10:00" } },
  retry: { maximumAttempts: 5, minimumRetryMinutes: 1620, loadNonFresh: false },
};

test("schedule, retries, order, agents and codes are planned, applied once, read back, exported, and are in sync", async () => {
  await using at = await openControlWorld();
  const { vendor, path, plans, parsed, planned, applied, world } = at;
  // Hours that a file leaves out are the tenant's, and are judged as well.
  expect((await planned({ complianceConfig: undefined })).violations).toMatchObject([
    {
      rule: "WINDOW",
      message: expect.stringMatching(/^21:00:00 on .*; these are the tenant's present hours, because the file says none$/),
    },
  ]);
  expect(await applied({})).toMatchObject(APPLIED);
  await vendor.request("assignSkillAgents", { path, body: { agents: [{ agentId: "5001", proficiency: 3 }] } });
  const draft = {
    skillName: "Other",
    mediaTypeId: 4,
    isOutbound: true,
    outboundStrategy: "Personal Connection",
    campaignId: "101",
  };
  const { skillsResults } = (await vendor.request("createSkills", { body: { skills: [draft] } })).reply;
  const other = { skillId: skillsResults?.[0]?.skillId ?? "" };
  const staff = ["5002", "5003"].map((agentId) => ({ agentId }));
  await vendor.request("assignSkillAgents", { path: other, body: { agents: staff } });
  const order = [{ orderType: "Score", direction: "Descending" }];
  await vendor.request("putListManagement", { path: other, body: { listOrderingOptions: order } });
  const control = {
    ...CONTROL,
    listOrder: order,
    agents: [
      { agentId: "5003", proficiency: 7 },
      { agentId: "5002", proficiency: 1 },
    ],
    dispositions: ["NOT_INTERESTED", "CONVERTED"],
  };
  for (const acd of ["putRetry", "putListManagement", "assignSkillAgents", "putSchedule", "updateSkill"])
    world.sandbox.control.faults.add({ match: { acd }, times: 1, effect: { acceptThenFail: true } });
  const before = world.writes().length;
  const done = await applied({ skillControl: control });
  expect(done).toMatchObject({ ...APPLIED, message: null });
  expect(done.plan.notices.join("\n")).toContain(
    "only the vendor's own pages set: a schedule on, the order of a contact's numbers",
  );
  expect(changesOf(done.plan)?.map((change) => change.path)).toEqual([
    "skillControl.schedule.monday.startTime",
    "skillControl.schedule.monday.endTime",
    "skillControl.schedule.tuesday.startTime",
    "skillControl.retry.maximumAttempts",
    "skillControl.retry.minimumRetryMinutes",
    "skillControl.retry.loadNonFresh",
    "skillControl.listOrder",
    "skillControl.agents",
    "skillControl.dispositions",
  ]);
  // A reply that was lost is looked up: nothing is written twice.
  expect(world.writes().slice(before)).toEqual([
    "updateSkill",
    "putRetry",
    "putListManagement",
    "assignSkillAgents",
    "putSchedule",
  ]);
  expect((await vendor.request("getRetry", { path })).reply).toMatchObject({
    maximumAttempts: 5,
    minimumRetryMinutes: 1620,
    loadNonFresh: false,
    finalizeWhenExhausted: true,
  });
  expect((await vendor.request("getSchedule", { path })).reply).toMatchObject({
    isScheduled: false,
    mondayStartTime: "09:00",
    mondayEndTime: "17:00",
    tuesdayStartTime: "10:00",
    tuesdayEndTime: "23:59",
  });
  const { agents } = (await vendor.request("listSkillAgents", { path })).reply;
  expect(agents.filter(({ isActive }) => isActive === true)).toMatchObject([
    { agentId: "5002", proficiency: 1 },
    { agentId: "5003", proficiency: 7 },
  ]);
  expect((await vendor.request("getSkill", { path })).reply.dispositions).toMatchObject([
    { dispositionName: "NOT_INTERESTED", priority: 1 },
    { dispositionName: "CONVERTED", priority: 2 },
  ]);
  const overview = (await vendor.request("getSkillParameters", { path })).reply;
  expect(overview.listManagementSettings?.listOrderingOptions).toEqual(order);

  expect((await planned({ skillControl: control })).entries).toMatchObject([{ action: "in_sync", changes: [] }]);
  const { files } = await plans.export(["4001"]);
  expect(files).toMatchObject([{ name: "old.yaml", text: expect.stringContaining("maximumAttempts: 5") }]);
  expect(files[0]?.text).toContain("# Not in this file: order of a contact's numbers: ");
  const exported = await plans.plan(await parsed(files[0]?.text ?? ""), PAGES);
  expect(exported).toMatchObject({ violations: [], entries: [{ action: "in_sync", changes: [] }] });
  // A tenant that does not tell the settings of all skills in one request: the skill's own order is known all the same, and no other.
  world.sandbox.control.faults.add({ match: { acd: "listSkillParameters" }, effect: { status: 404 } });
  expect((await plans.plan(await parsed(files[0]?.text ?? ""), PAGES)).violations).toEqual([]);
  expect(
    (await planned({ skillControl: { listOrder: [{ orderType: "Moon", direction: "Descending" }] } })).violations,
  ).toMatchObject([{ field: "skillControl.listOrder[0].orderType", message: expect.stringContaining('"Moon" is unknown') }]);

  // What the file does not describe is a person's; what it describes is in the plan.
  await vendor.request("putRetry", { path, body: { callbackRestMinutes: 90 } });
  await vendor.request("assignSkillAgents", { path, body: { agents: [{ agentId: "5001", proficiency: 9 }] } });
  const fewer = { retry: { maximumAttempts: 4 } };
  const changed = await applied({ skillControl: fewer });
  expect(changed).toMatchObject(APPLIED);
  expect(changesOf(changed.plan)).toEqual([{ path: "skillControl.retry.maximumAttempts", before: 5, after: 4 }]);
  expect((await vendor.request("getRetry", { path })).reply).toMatchObject({ maximumAttempts: 4, callbackRestMinutes: 90 });
  const alone = await planned({ skillControl: { agents: [{ agentId: "5002" }] } });
  expect(changesOf(alone)).toMatchObject([
    {
      path: "skillControl.agents",
      before: [{ agentId: "5001" }, { agentId: "5002" }, { agentId: "5003" }],
      after: [{ agentId: "5002", proficiency: 1 }],
    },
  ]);
  // Who and what leaves the skill is said by name: an exported file lacks whoever was assigned after it.
  expect(alone.notices).toContain("Old: agents that the file does not name are taken off the skill: 5001, 5003");
  const fewerCodes = await planned({ skillControl: { dispositions: ["CONVERTED"] } });
  expect(fewerCodes.notices).toContain("Old: codes that the file does not name are taken off the skill: NOT_INTERESTED");
  // Somebody was put on the skill since: the plan is another one where the file says who is on it, and only there.
  const whoever = await planned({ skillControl: { retry: { maximumAttempts: 6 } } });
  await vendor.request("assignSkillAgents", { path, body: { agents: [{ agentId: "5004" }] } });
  await expect(plans.planApply(alone)).rejects.toMatchObject({
    code: "plan_changed",
    details: {
      moved: [{ campaign: "Old", fields: expect.arrayContaining([expect.objectContaining({ path: "skillControl.agents" })]) }],
    },
  });
  expect((await plans.planApply(whoever)).refusals).toEqual([]);
  const { jobId } = await plans.begin(whoever, "old.yaml");
  expect((await plans.run(jobId)).apply.outcome).toBe("applied");
});

test("what the tenant has not, rounds, or leaves to its own pages is said before anything is sent", async () => {
  await using at = await openControlWorld();
  const { vendor, path, planned, applied, world } = at;
  const own = ["AGREED", "NO"].map((dispositionName) => ({ dispositionName, isPreviewDisposition: false }));
  await vendor.request("createDispositions", { body: { dispositions: own } });
  const odd = await planned({
    skillControl: {
      schedule: { isScheduled: true, friday: { startTime: "17:00", endTime: "09:00" } },
      listOrder: [{ orderType: "Moon", direction: "Ascending" }],
      agents: [
        { agentId: "77", proficiency: 1 },
        { agentId: "77", proficiency: 2 },
      ],
      dispositions: ["AGREED", "NEVER", "AGREED"],
    },
  });
  expect(odd.violations.map(({ rule, field, message }) => [rule, field, message])).toEqual([
    ["NOT_HELD", "skillControl.schedule.friday.endTime", "09:00 is not after the start at 17:00"],
    ["NOT_HELD", "skillControl.listOrder[0].orderType", expect.stringMatching(/"Moon" is unknown: .* "Create Date"/)],
    ["NOT_HELD", "skillControl.agents[0].agentId", "the tenant has no active agent 77"],
    ["NOT_HELD", "skillControl.agents[1].agentId", "the tenant has no active agent 77"],
    ["NOT_HELD", "skillControl.agents[1].agentId", "agent 77 is named twice"],
    ["NOT_HELD", "skillControl.dispositions[1]", 'the tenant has no active code "NEVER"'],
    ["NOT_HELD", "skillControl.dispositions[2]", '"AGREED" is named twice'],
  ]);
  expect(odd.violations.every(({ line }) => line > 2)).toBe(true);
  expect(odd.notices.join("\n")).toContain(
    "Old: skillControl.schedule.isScheduled is not sent: a schedule starts the skill by itself, past no gate",
  );

  const made = await planned({ id: undefined, name: "New", complianceConfig: undefined });
  expect(made.violations).toMatchObject([{ rule: "NOT_HELD", field: "complianceConfig.dialingRules" }]);
  // Numbers are rounded by the plan, not by the apply.
  const { notices } = await planned({
    dialerConfig: { predictiveSettings: { abandonmentThreshold: 0.021234 } },
    complianceConfig: {
      dialingRules: { startTime: "09:00:30", endTime: "18:00:59" },
      rateLimits: { maxCallsPerContactPerDay: 12 },
    },
  });
  for (const rounded of [
    "dialerConfig.predictiveSettings.abandonmentThreshold 0.021234 becomes 0.0212",
    "complianceConfig.dialingRules.startTime 09:00:30 becomes 09:01:00",
    "complianceConfig.dialingRules.endTime 18:00:59 becomes 18:00:00",
    "complianceConfig.rateLimits.maxCallsPerContactPerDay 12 becomes 10",
  ])
    expect(notices.join("\n")).toContain(rounded);
  expect(world.writes().filter((one) => one.startsWith("put"))).toEqual([]);

  // A week that the tenant refuses: its reason, and all else of the plan is done.
  const week = await applied({ skillControl: { schedule: { sunday: { isActive: false } }, retry: { maximumAttempts: 2 } } });
  expect(week.plan.notices.join("\n")).toContain("one tenant refused weeks with a day off");
  expect(week).toMatchObject({
    outcome: "partly_applied",
    message: expect.stringMatching(/refuses this week \(.*\): set the days on the vendor's pages; created or changed so far: /),
  });
  expect((await vendor.request("getRetry", { path })).reply).toMatchObject({ maximumAttempts: 2 });

  // A schedule that is on is said and can be switched off; never on.
  await vendor.request("putSchedule", { path, body: { isScheduled: true } });
  const later = await planned({ skillControl: { schedule: { monday: { startTime: "08:00" } } } });
  expect(later.notices.join("\n")).toContain("its schedule is on: the tenant starts it by itself");
  expect(await applied({ skillControl: { schedule: { isScheduled: false } } })).toMatchObject(APPLIED);
  expect((await vendor.request("getSchedule", { path })).reply.isScheduled).toBe(false);

  // Codes of a running skill, and of one without after-contact work by disposition.
  const codes = { skillControl: { dispositions: ["AGREED"] } };
  await vendor.request("startSkill", { path });
  expect((await planned(codes)).violations).toMatchObject([
    { field: "skillControl.dispositions", message: expect.stringContaining("pause it first") },
  ]);
  await vendor.request("stopSkill", { path, query: { force: true } });
  await vendor.request("updateSkill", { path, body: { dispositions: [], acwTypeId: 1 } });
  expect(await applied(codes)).toMatchObject({
    outcome: "not_applied",
    message: expect.stringContaining("has no after-contact work by disposition"),
  });
});
