// A list of campaigns that is shorter than what is known: no second campaign is made of it, and a person says what is gone.

import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { stringify } from "yaml";
import { startRewriting } from "../../support/rewriting.ts";
import { startWorld } from "../../support/world.ts";
import { DRAFT } from "../campaigns/plan-world.ts";

const east = { id: "list_east", generate: { count: 30, consentRate: 1, zones: ["America/New_York"] } };
const A = { ...DRAFT, id: "camp_a", name: "Spring" };
const B = { ...DRAFT, id: "camp_b", name: "Summer" };

/** Ids of the same two by each interface, and what it calls a campaign. */
const OF = {
  rest: {
    ids: ["camp_a", "camp_b"],
    list: /\/omnichannel\/campaigns$/,
    items: "campaigns",
    total: "total",
    makes: "createCampaign",
  },
  acd: { ids: ["4001", "4002"], list: /\/skills$/, items: "skills", total: "totalRecords", makes: "acd.createSkills" },
} as const;

/** A new skill is in the list at once, and what is begun has ended. */
const AT_ONCE = { newSkillHiddenSeconds: 0, uploadSeconds: 0, startSeconds: 0, stopSeconds: 0 };

async function openWorld(profile: keyof typeof OF = "rest") {
  await using stack = new AsyncDisposableStack();
  const scenario = { seed: 5, campaigns: [A, B], contactLists: [east], limits: "off", acd: AT_ONCE };
  const world = stack.use(await startWorld({ profile, sandbox: { clock: "frozen", now: "2026-03-03T16:00:00Z", scenario } }));
  const { list, items, total, makes } = OF[profile];
  const gateway = stack.use(await startRewriting(world.sandbox));
  const env = { ...world.environment, OUTDIAL_TENANT_URL: gateway.url };
  await mkdir(join(world.folder, "campaigns"));
  const owned = stack.move();
  return {
    ...world,
    gateway,
    outdial: (...args: readonly string[]) => world.run(args, { env }),
    file: (name: string, document: object) => writeFile(join(world.folder, "campaigns", name), stringify(document)),
    /** From now on the tenant lists only these, and says that these are all. */
    lists(...ids: readonly string[]) {
      gateway.rewrite = ({ method, path }, body) => {
        if (method !== "GET" || !list.test(path)) return undefined;
        const of = body[items] as readonly { readonly id?: string; readonly skillId?: number }[];
        const left = of.filter(({ id, skillId }) => ids.includes(String(id ?? skillId)));
        return { ...body, [items]: left, [total]: left.length };
      };
    },
    honest() {
      gateway.rewrite = () => undefined;
    },
    made: () => world.sandbox.control.requests({ limit: 10_000 }).filter(({ operation }) => operation === makes).length,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

const { id: _, ...SPRING } = A;
const { id: __, ...SUMMER } = B;

for (const [profile, words, kept] of [
  ["rest", "an empty list", 0],
  ["rest", "a list of one", 1],
  ["acd", "an empty list", 0],
  ["acd", "a list of one", 1],
] as const)
  test(`${words} makes no second campaign over ${profile}: plan, apply, drift and export tell what it lacks`, async () => {
    await using world = await openWorld(profile);
    const { ids } = OF[profile];
    const left = ids.slice(ids.length - kept);
    await world.file("spring.yaml", SPRING);
    await world.file("summer.yaml", SUMMER);
    const honest = await world.outdial("campaign", "plan", "--json");
    expect({ code: honest.code, stderr: honest.stderr }).toEqual({ code: 0, stderr: "" });
    world.lists(...left);

    const planned = await world.outdial("campaign", "plan", "--json");
    expect(planned.code).toBe(3);
    const { violations, notices, plan } = JSON.parse(planned.stdout);
    const lacking = ids.slice(0, ids.length - kept);
    // What the tenant cannot hold of a new skill is said besides.
    const told = violations.filter(({ rule }: { rule: string }) => profile === "rest" || rule !== "NOT_HELD");
    expect(told.map(({ rule, message }: { rule: string; message: string }) => [rule, message])).toEqual(
      lacking.map((id) => ["MISSING", expect.stringContaining(`the tenant's list lacks campaign ${id}, which is known`)]),
    );
    expect(notices[0]).toContain(`is shorter than known: it lacks ${lacking.length} campaign`);
    const applied = await world.outdial("campaign", "apply", "--plan", plan, "--yes");
    expect(applied.code).toBe(3);
    const agreed = await world.outdial("campaign", "apply", "--plan", JSON.parse(honest.stdout).plan, "--yes");
    expect(agreed.code).not.toBe(0);
    expect(world.made()).toBe(0);

    const drift = await world.outdial("campaign", "drift");
    expect({ code: drift.code, says: drift.stdout.includes("MISSING: ") }).toEqual({ code: 3, says: true });
    const exported = await world.outdial("campaign", "export", "--json");
    expect(exported.code).toBe(4);
    expect(exported.stderr).toContain(`it lacks ${lacking.length} campaign`);
    expect(JSON.parse(exported.stdout).files).toHaveLength(left.length);

    const missing = await world.outdial("tenant", "missing", "--json");
    expect(missing.code).toBe(3);
    expect(JSON.parse(missing.stdout).items.map(({ what, id }: { what: string; id: string }) => [what, id])).toEqual(
      lacking.map((id) => ["campaign", id]),
    );
    world.honest();
    expect((await world.outdial("campaign", "plan")).code).toBe(0);
    expect((await world.outdial("tenant", "missing")).stdout).toMatch(/^nothing is missing, as of 20\S+Z\n$/);
  });

test("what a person says is gone may be made again; nothing else may be called gone, and a campaign that is back is back", async () => {
  await using world = await openWorld();
  await world.file("spring.yaml", SPRING);
  await world.outdial("campaign", "plan");
  const early = await world.outdial("tenant", "gone", "camp_a", "--reason", "deleted by ann", "--yes");
  expect({ code: early.code, says: early.stderr.includes("nothing of camp_a is missing") }).toEqual({ code: 2, says: true });
  world.lists("camp_b");
  expect((await world.outdial("campaign", "plan")).code).toBe(3);
  const said = await world.outdial("tenant", "gone", "camp_a", "--reason", "deleted by ann", "--yes");
  expect({ code: said.code, stdout: said.stdout }).toEqual({ code: 0, stdout: "camp_a is gone\n" });
  const planned = await world.outdial("campaign", "plan", "--json");
  expect(planned.code).toBe(0);
  expect(JSON.parse(planned.stdout).entries.map(({ action }: { action: string }) => action)).toEqual(["create"]);
  const [entry] = await world.query("select actor, subject, details from outdial.audit where action = 'campaign.gone'");
  expect(entry).toMatchObject({ subject: "camp_a" });
  expect(JSON.stringify(entry)).toContain("deleted by ann");
  world.honest();
  const back = await world.outdial("campaign", "plan", "--json");
  expect(JSON.parse(back.stdout).entries.map(({ action }: { action: string }) => action)).toEqual(["in_sync"]);
  world.lists("camp_b");
  expect((await world.outdial("campaign", "plan")).code).toBe(3);
});

test.each(["rest", "acd"] as const)(
  "a campaign that outdial made itself over %s is known at once: an empty list after the plan makes no second one",
  async (profile) => {
    await using world = await openWorld(profile);
    const records = { path: "people.csv", externalId: "id", phone: "phone", columns: { firstName: "first" } };
    const made = { contactListId: "Autumn people", reportingGroup: "Renewals", callerId: "8005550199", contactListFile: records };
    await writeFile(join(world.folder, "campaigns", "people.csv"), "id,first,phone\np1,Ann,2125550101\n");
    await world.file("new.yaml", { ...SPRING, name: "Autumn", ...(profile === "acd" ? made : {}) });
    const planned = await world.outdial("campaign", "plan", "--json");
    const hash = JSON.parse(planned.stdout).plan;
    expect((await world.outdial("campaign", "apply", "--plan", hash, "--yes")).code).toBe(0);
    expect(world.made()).toBe(1);
    world.lists(...OF[profile].ids);
    const again = await world.outdial("campaign", "plan", "--json");
    expect(again.code).toBe(3);
    const { violations, plan } = JSON.parse(again.stdout);
    expect(violations).toMatchObject([{ rule: "MISSING", campaign: "Autumn", field: "name" }]);
    expect((await world.outdial("campaign", "apply", "--plan", plan, "--yes")).code).toBe(3);
    expect(world.made()).toBe(1);
  },
);

test("a list that outdial filled itself is known at once: an empty list of calling lists after the apply makes no second one", async () => {
  await using world = await openWorld("acd");
  const records = { path: "people.csv", externalId: "id", phone: "phone", columns: { firstName: "first" } };
  const made = { contactListId: "Autumn people", reportingGroup: "Renewals", callerId: "8005550199", contactListFile: records };
  await writeFile(join(world.folder, "campaigns", "people.csv"), "id,first,phone\np1,Ann,2125550101\n");
  await world.file("new.yaml", { ...SPRING, name: "Autumn", ...made });
  const plan = async () => JSON.parse((await world.outdial("campaign", "plan", "--json")).stdout);
  expect((await world.outdial("campaign", "apply", "--plan", (await plan()).plan, "--yes")).code).toBe(0);
  const lists = () => world.sandbox.control.requests({ operation: "acd.mapCallList", limit: 100 }).length;
  const before = lists();
  world.gateway.rewrite = ({ method, path }, body) =>
    method === "GET" && path.endsWith("/call-lists") ? { ...body, callingLists: [], totalRecords: 0, _links: {} } : undefined;
  const again = await plan();
  expect(again.violations).toMatchObject([{ rule: "SHRUNK", campaign: "Autumn", field: "contactListId" }]);
  expect((await world.outdial("campaign", "apply", "--plan", again.plan, "--yes")).code).toBe(3);
  expect(lists()).toBe(before);
  world.honest();
  expect((await plan()).violations).toEqual([]);
});
