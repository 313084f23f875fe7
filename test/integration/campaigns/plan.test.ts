// Campaigns as code against the sandbox: every field goes there and comes back, an export changes nothing, edits of others are noticed.

import fc from "fast-check";
import { expect, test } from "vitest";
import { stringify } from "yaml";
import { z } from "zod";
import { openFailover } from "../../../src/app/index.ts";
import { usCaUk2026 } from "../../../src/compliance/index.ts";
import { campaignDraft } from "../../../src/contract/index.ts";
import {
  campaignFileJsonSchema,
  compileRulePack,
  exportCampaigns,
  failoverPolicySchema,
  parseCampaignFiles,
  planCampaigns,
  readPlanFacts,
  readTenantCampaigns,
} from "../../../src/operations/index.ts";
import { collect } from "../../support/collect.ts";
import { connect } from "../tenant/connect.ts";
import { apply, DRAFT, filesOf, INBOUND_SECRET, openWorld, PAGES } from "./plan-world.ts";

type Schema = Readonly<Record<string, unknown>>;
type Json = Readonly<Record<string, unknown>>;

const asSchema = (value: unknown): Schema => (typeof value === "object" && value !== null ? { ...value } : {});
const contract = asSchema(z.toJSONSchema(campaignDraft, { io: "input" }));

/** Every field of the contract's campaign with its schema. */
function fieldsOf(schema: Schema, path: readonly string[] = []): { readonly path: readonly string[]; readonly schema: Schema }[] {
  const properties = asSchema(schema["properties"]);
  if (schema["properties"] === undefined) return [{ path, schema }];
  return Object.entries(properties).flatMap(([name, member]) => fieldsOf(asSchema(member), [...path, name]));
}

const FIELDS = fieldsOf(contract).filter(({ path }) => path[0] !== "status");

/** Two different lawful values of a field; one where the contract knows only one. */
function valuesOf({ path, schema }: (typeof FIELDS)[number]): readonly unknown[] {
  const name = path.at(-1) ?? "";
  if (schema["const"] !== undefined) return [schema["const"]];
  if (name === "timeZone") return ["America/New_York", "America/Chicago"];
  if (name === "startTime") return ["11:00:00", "12:30:00"];
  if (name === "endTime") return ["18:00:00", "17:15:00"];
  if (name === "abandonmentThreshold") return [0.03, 0.01];
  if (name === "contactListId") return ["list_east", "list_other"];
  if (name === "maxCallsPerContactPerDay") return [1, 0];
  if (name === "maxCallsPerContactPerWeek") return [3, 2];
  switch (schema["type"]) {
    case "string":
      return [`${name} one`, `${name} — two: “x”`];
    case "number":
      return [0.5, 0.25];
    case "integer":
      return [7, 9];
    case "boolean":
      return [true, false];
    case "array":
      return [["Monday", "Friday"], ["Wednesday"]];
    default:
      throw new Error(`no value for ${path.join(".")}: ${JSON.stringify(schema)}`);
  }
}

function withField(document: Json, [first = "", ...rest]: readonly string[], value: unknown): Json {
  return { ...document, [first]: rest.length === 0 ? value : withField(asSchema(document[first]), rest, value) };
}

const documentOf = (which: 0 | 1): Json =>
  FIELDS.reduce<Json>((document, field) => withField(document, field.path, valuesOf(field)[which] ?? valuesOf(field)[0]), {});

const at = (document: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>((value, part) => asSchema(value)[part], document);

test("a campaign file has every field of the contract, under its name, and needs what the contract needs", () => {
  const file = asSchema(campaignFileJsonSchema());
  const walk = (ours: Schema, theirs: Schema, path: string): void => {
    if (theirs["properties"] === undefined) return;
    const needed = (schema: Schema) =>
      (Array.isArray(schema["required"]) ? schema["required"].map(String) : []).filter((name) => name !== "status").sort();
    expect({ path, required: needed(ours) }).toEqual({ path, required: needed(theirs) });
    for (const [name, member] of Object.entries(asSchema(theirs["properties"]))) {
      const mine = asSchema(ours["properties"])[name];
      expect(mine, `${path}.${name}`).toBeDefined();
      walk(asSchema(mine), asSchema(member), `${path}.${name}`);
    }
  };
  walk(file, contract, "");
});

test("every field is created, read back, changed and in sync afterwards", async () => {
  await using world = await openWorld();
  await using runtime = await world.open();
  const first = documentOf(0);
  const created = await apply(runtime, await filesOf(first));
  expect(created.apply.outcome).toBe("applied");
  const [shown] = await world.campaigns();
  for (const { path } of FIELDS) expect([path, at(shown, path)]).toEqual([path, at(first, path)]);
  expect(shown?.["status"]).toBe("paused");
  const id = String(shown?.["id"]);
  expect((await runtime.plans.plan(await filesOf(first), { ...PAGES, activate: false })).entries[0]?.action).toBe("in_sync");

  for (const field of FIELDS) {
    const [, other] = valuesOf(field);
    if (other === undefined) continue;
    const plan = await runtime.plans.plan(await filesOf({ id, ...withField(first, field.path, other) }), {
      ...PAGES,
      activate: false,
    });
    expect(plan.entries[0]?.changes).toEqual([{ path: field.path.join("."), before: at(first, field.path), after: other }]);
  }

  const second = documentOf(1);
  const changed = await apply(runtime, await filesOf({ id, ...second }));
  expect(changed.apply.outcome).toBe("applied");
  const [now] = await world.campaigns();
  for (const { path } of FIELDS) expect([path, at(now, path)]).toEqual([path, at(second, path)]);
  expect((await runtime.plans.plan(await filesOf({ id, ...second }), { ...PAGES, activate: false })).entries[0]?.action).toBe(
    "in_sync",
  );
});

const time = fc
  .tuple(fc.nat(23), fc.nat(59), fc.nat(59))
  .map((parts) => parts.map((part) => String(part).padStart(2, "0")).join(":"));
const share = fc.double({ min: 0, max: 1, noNaN: true });
const words = fc.string({ minLength: 1, maxLength: 30, unit: "grapheme" });
const count = fc.nat(1_000_000);
const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"] as const;

const anyCampaign = fc.record({
  name: words,
  description: optional(fc.string({ maxLength: 60, unit: "grapheme" })),
  status: fc.constantFrom("active" as const, "paused" as const),
  contactListId: fc.constantFrom("list_12345", "list_unknown"),
  queueId: optional(words),
  dialerConfig: fc.record({
    type: fc.constant("predictive" as const),
    predictiveSettings: fc.record({
      answerRatio: share,
      maxCallsInFlight: count,
      callRate: fc.double({ min: 0.001, max: 1e6, noNaN: true }),
      abandonmentThreshold: share,
    }),
  }),
  complianceConfig: optional(
    fc.record({
      timeZone: fc.constantFrom("America/New_York", "Europe/London", "Pacific/Kiritimati", "UTC"),
      dialingRules: optional(fc.record({ startTime: time, endTime: time, allowedDays: fc.subarray([...DAYS]) })),
      rateLimits: optional(
        fc.record({ maxCallsPerContactPerDay: count, maxCallsPerContactPerWeek: count, maxCallsPerDay: count }),
      ),
    }),
  ),
  failoverConfig: optional(
    fc.record({
      enabled: fc.boolean(),
      thresholdType: fc.constant("success_rate" as const),
      thresholdValue: share,
      evaluationWindowMinutes: fc.integer({ min: 1, max: 1440 }),
    }),
  ),
});

test("a plan of what was exported changes nothing, whatever the campaigns are", async () => {
  const pack = compileRulePack(usCaUk2026());
  let campaigns = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(anyCampaign, { minLength: 1, maxLength: 3 }), fc.boolean(), async (drafts, keepsPolicy) => {
      await using connection = await connect("in process", { config: { limits: { campaigns: "off" } } });
      const { tenant } = connection;
      const { campaignProvisioning: provisioning, contactSource: contacts, pacingSettings: pacing } = tenant.capabilities;
      const ids: string[] = [];
      for (const draft of drafts) {
        const { complianceConfig, failoverConfig, description, queueId, ...needed } = draft;
        const { dialingRules, rateLimits } = complianceConfig ?? {};
        const document = {
          ...needed,
          ...(description === undefined ? {} : { description }),
          ...(queueId === undefined ? {} : { queueId }),
          ...(failoverConfig === undefined ? {} : { failoverConfig }),
          ...(complianceConfig === undefined
            ? {}
            : {
                complianceConfig: {
                  timeZone: complianceConfig.timeZone,
                  ...(dialingRules === undefined ? {} : { dialingRules }),
                  ...(rateLimits === undefined ? {} : { rateLimits }),
                },
              }),
        };
        ids.push((await tenant.campaigns.create(document)).id);
      }
      const policy = { consent: { required: true, attribute: "consentFlags.outbound.call" } };
      const policies = new Map(keepsPolicy ? ids.map((id) => [id, { policy }]) : []);
      const plain = new Map([...policies].map(([id]) => [id, policy]));
      const everything = (await collect(provisioning.campaigns())).map(({ id }) => id);
      const exported = await exportCampaigns(await readTenantCampaigns(provisioning, everything), plain);
      const files = await parseCampaignFiles(exported);
      const deps = {
        provisioning,
        contacts,
        pacing,
        webhooks: { list: async () => [], create: async () => "", update: async () => undefined },
        policies: async () => policies,
        pack,
        callType: "telemarketing" as const,
        clock: { now: () => Date.UTC(2026, 2, 3), sleep: async () => undefined },
      };
      const plan = planCampaigns(files, await readPlanFacts(files, deps, { activate: false, contactPages: 1 }));
      expect(plan.entries.map(({ action, changes, held }) => ({ action, changes, held }))).toEqual(
        plan.entries.map(() => ({ action: "in_sync", changes: [], held: false })),
      );
      expect(plan.unmanaged).toEqual([]);
      campaigns += plan.entries.length;
    }),
    { numRuns: 60, seed: 7 },
  );
  expect(campaigns).toBeGreaterThan(180);
});

test("100 random edits by somebody else between plan and apply are all noticed, and nothing is written", async () => {
  const camp = (name: string) => ({ ...DRAFT, id: `camp_${name}`, name, status: "paused" });
  const wanted = (name: string) => ({ ...camp(name), description: `wanted ${name}` });
  await using world = await openWorld([camp("a"), camp("b"), camp("c")]);
  await using runtime = await world.open();
  const files = await filesOf(wanted("a"), wanted("b"), wanted("c"));
  const field = fc.constantFrom(...FIELDS.filter((one) => valuesOf(one).length > 1 && one.path[0] !== "contactListId"));
  const edits = fc.sample(
    fc.record({ id: fc.constantFrom("camp_a", "camp_b", "camp_c"), field, which: fc.nat(1), status: fc.nat(9) }),
    {
      numRuns: 100,
      seed: 11,
    },
  );
  let noticed = 0;
  for (const { id, field: edited, which, status } of edits) {
    const shown = await runtime.plans.plan(files, { contactPages: 1, activate: false });
    const present = (await world.campaigns()).find((one) => one["id"] === id);
    const [group = ""] = edited.path;
    // Now and then somebody starts or stops the campaign, or writes what is there already.
    const body =
      status === 0
        ? { status: present?.["status"] === "active" ? "paused" : "active" }
        : { [group]: withField(asSchema(present), edited.path, valuesOf(edited)[which])[group] };
    world.sandbox.control.simulateEdit({ kind: "campaign", id, body });
    const { plan, moved } = await runtime.plans.again(shown, { contactPages: 1 });
    expect(plan.hash).not.toBe(shown.hash);
    const before = at(present, edited.path);
    const seen = moved.flatMap((one) => one.fields.map(({ path }) => path));
    const expected = status === 0 ? ["status"] : before === valuesOf(edited)[which] ? [] : [edited.path.join(".")];
    expect({ id, seen }).toEqual({ id, seen: expect.arrayContaining([...expected, "version"]) });
    noticed += 1;
  }
  expect(noticed).toBe(100);
  expect(world.writes()).toEqual([]);
});

test("an edit after the plan was agreed to wins: the campaign is left as somebody else made it", async () => {
  await using world = await openWorld([{ ...DRAFT, id: "camp_a", status: "active" }]);
  let edited = false;
  await using runtime = await world.open({
    pause: async (point) => {
      // The tenant was read once more, the write is about to leave.
      if (point !== "0.sending.send.before" || edited) return;
      edited = true;
      world.sandbox.control.simulateEdit({ kind: "campaign", id: "camp_a", body: { description: "theirs" } });
    },
  });
  const { apply: ended, state } = await apply(runtime, await filesOf({ ...DRAFT, id: "camp_a", description: "ours" }));
  expect(ended.outcome).toBe("not_applied");
  expect(state.results).toMatchObject([{ outcome: "moved", fields: [{ path: "description", after: "theirs" }] }]);
  const [shown] = await world.campaigns();
  expect(shown).toMatchObject({ description: "theirs", status: "active" });
  expect(world.writes().map(({ status }) => status)).toEqual([412]);
});

test("what is written keeps the state; a lost reply is settled by reading back and nothing is written twice", async () => {
  await using world = await openWorld([{ ...DRAFT, id: "camp_a", name: "Old", status: "active" }]);
  for (const operation of ["createCampaign", "updateCampaign"])
    world.sandbox.control.faults.add({ match: { operation }, times: 1, effect: { acceptThenFail: true } });
  await using runtime = await world.open();
  const files = await filesOf({ ...DRAFT, name: "New" }, { ...DRAFT, id: "camp_a", name: "Old", description: "changed" });
  const { apply: ended, state } = await apply(runtime, files);
  expect(state.results.map(({ outcome }) => outcome)).toEqual(["applied", "applied"]);
  expect(ended.outcome).toBe("applied");
  expect((await world.campaigns()).map(({ name, status, description }) => ({ name, status, description }))).toEqual([
    { name: "Old", status: "active", description: "changed" },
    { name: "New", status: "paused", description: undefined },
  ]);
  const audit = await world.query("select action from outdial.audit order by seq");
  expect(audit.map(({ action }) => action)).toEqual(
    expect.arrayContaining(["campaign.send", "campaign.reply_lost", "campaign.applied"]),
  );
});

test.each([
  ["listCampaigns", {}],
  ["listCampaigns", { campaigns: null }],
  ["listOmnichannelWebhooks", {}],
] as const)("nothing is planned onto a list that is not there: %s answers %j", async (operation, body) => {
  const webhooks = [{ name: "Stream", callbackUrl: "https://x.example/", events: ["omnichannel.campaign.state.change"] }];
  await using world = await openWorld([{ ...DRAFT, id: "camp_a" }]);
  const fault = world.sandbox.control.faults.add({ match: { operation }, effect: { status: 200, body } });
  await using runtime = await world.open();
  const files = await filesOf({ ...DRAFT, webhooks });
  await expect(runtime.plans.plan(files, { ...PAGES, activate: false })).rejects.toMatchObject({ code: "invalid_reply" });
  world.sandbox.control.faults.clear(fault[0]?.id);
  expect((await runtime.plans.plan(files, { ...PAGES, activate: false })).entries.map(({ id }) => id)).toEqual(["camp_a"]);
});

test("activation goes past the gate; what it denies is applied and stays paused", async () => {
  await using world = await openWorld();
  await using runtime = await world.open();
  const { plan, apply: ended, state } = await apply(runtime, await filesOf({ ...DRAFT, status: "active" }), true);
  expect(plan.entries[0]).toMatchObject({ action: "create", activates: true });
  // There is no do-not-call registry: nobody may be called.
  expect(state.results).toMatchObject([{ outcome: "not_activated", message: expect.stringContaining("registry") }]);
  expect(ended.outcome).toBe("partly_applied");
  expect((await world.campaigns()).map(({ status }) => status)).toEqual(["paused"]);
  const events = await world.query("select type from outdial.outbox");
  expect(events).toEqual([{ type: "CAMPAIGN_APPLY_INCOMPLETE" }]);
});

test.each([
  ["an emergency stop", ["--all"], /gave an emergency stop .*; nothing was sent$/],
  ["a pause", ["camp_a"], /^tester paused it since; nothing was sent$/],
])("a campaign that dials is not written after %s: its document says that it dials", async (_, which, words) => {
  await using world = await openWorld([{ ...DRAFT, id: "camp_a", name: "Old", status: "active" }]);
  await using runtime = await world.open({
    pause: async (point) => {
      if (point === "0.sending.send.before") await world.run(["campaign", "pause", ...which, "--yes", "--timeout", "0s"]);
    },
  });
  const before = world.writes().length;
  const { state } = await apply(runtime, await filesOf({ ...DRAFT, id: "camp_a", name: "Old", description: "changed" }));
  expect(state.results).toMatchObject([{ outcome: "refused", message: expect.stringMatching(words) }]);
  expect(await world.campaigns()).toMatchObject([{ status: "paused" }]);
  // The stop's own, once more when the plan's start may have been on its way.
  expect([1, 2]).toContain(world.writes().length - before);
});

test("an apply that another version of the machine began is not continued: it stands still, and that is told", async () => {
  await using world = await openWorld();
  await using runtime = await world.open();
  const plan = await runtime.plans.plan(await filesOf(DRAFT), { ...PAGES, activate: false });
  const { jobId } = await runtime.plans.begin(plan, "campaigns.yaml");
  await world.query("update outdial.campaign_applies set machine = 0");
  const { apply: stood, state } = await runtime.plans.run(jobId);
  expect(stood).toMatchObject({ endedAt: null, status: "stopped" });
  expect(state.stop).toMatchObject({ code: "other_version" });
  expect(world.writes()).toEqual([]);
  const [job] = await world.query("select id, kind, error from outdial.jobs where status = 'stopped'");
  expect(job?.["error"]).toMatchObject({ code: "other_version", message: expect.stringContaining("another version of outdial") });
});

test("activation asks the failover pair as a resume does: beside a partner that dials the campaign stays paused", async () => {
  await using world = await openWorld([
    { ...DRAFT, id: "camp_a", status: "paused" },
    { ...DRAFT, id: "camp_b", name: "Backup", contactListId: "list_other", status: "active" },
  ]);
  await using failovers = await openFailover({}, world.environment, { warn: () => undefined, deliver: false, limits: "off" });
  await failovers.failover.put("camp_a", failoverPolicySchema.parse({ backup: "camp_b" }));
  await using runtime = await world.open();
  const { state } = await apply(runtime, await filesOf({ ...DRAFT, status: "active" }), true);
  expect(state.results).toMatchObject([
    {
      outcome: "not_activated",
      message: expect.stringContaining("camp_b, the backup of its failover pair, is active: both would dial"),
    },
  ]);
  expect((await world.campaigns()).map(({ id, status }) => [id, status])).toEqual([
    ["camp_a", "paused"],
    ["camp_b", "active"],
  ]);
});

test("the service's own address is registered with the secret that it expects, and no other address gets it", async () => {
  await using world = await openWorld();
  await using runtime = await world.open();
  const events = ["omnichannel.campaign.metrics.update"];
  const webhooks = [
    { name: "own", callbackUrl: "https://outdial.example.com/webhooks/vendor/omnichannel", events },
    { name: "other", callbackUrl: "https://example.com/m", events },
  ];
  expect((await apply(runtime, await filesOf({ ...DRAFT, webhooks }))).apply.outcome).toBe("applied");
  const there = await runtime.workplace.tenant.capabilities.vendorEvents.registrations("campaign");
  expect(there).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ name: "own", headers: { "X-Outdial-Secret": INBOUND_SECRET } }),
      expect.not.objectContaining({ headers: expect.objectContaining({ "X-Outdial-Secret": INBOUND_SECRET }) as unknown }),
    ]),
  );
  const audit = await world.query("select details::text from outdial.audit");
  expect(JSON.stringify(audit)).not.toContain(INBOUND_SECRET);
});

test("what is outdial's is kept, the backup by its id, and webhooks are registered once", async () => {
  await using world = await openWorld();
  await using runtime = await world.open();
  const own = {
    failover: { backup: "Backup", threshold: 0.2 },
    consent: { required: true },
    webhooks: [{ name: "m", callbackUrl: "https://example.com/m", events: ["omnichannel.campaign.metrics.update"] }],
  };
  const files = await filesOf({ ...DRAFT, ...own }, { ...DRAFT, name: "Backup" });
  const { plan, apply: ended } = await apply(runtime, files);
  expect(plan.entries.map(({ name }) => name)).toEqual(["Backup", "Spring"]);
  expect(ended.outcome).toBe("applied");
  const ids = new Map((await world.campaigns()).map(({ name, id }) => [name, id]));
  const [kept] = await world.query(
    `select policy from outdial.campaign_policies where campaign_id = '${String(ids.get("Spring"))}'`,
  );
  expect(kept?.["policy"]).toMatchObject({
    failover: { backup: ids.get("Backup"), threshold: 0.2, windowMinutes: 30 },
    consent: { required: true, attribute: "consentFlags.outbound.call" },
  });
  const again = await runtime.plans.plan(files, { ...PAGES, activate: false });
  expect(again.entries.map(({ action }) => action)).toEqual(["in_sync", "in_sync"]);
  const later = await apply(runtime, await filesOf({ ...DRAFT, ...own, webhooks: [{ ...own.webhooks[0], enabled: false }] }));
  expect(later.plan.entries[0]?.changes).toEqual([{ path: "webhooks[m].enabled", before: true, after: false }]);
  expect(world.writes().map(({ operation }) => operation)).toEqual([
    "createCampaign",
    "createCampaign",
    "createOmnichannelWebhook",
    "updateOmnichannelWebhook",
  ]);
  expect(stringify(later.state.results.map(({ outcome }) => outcome))).toBe("- applied\n");
});
