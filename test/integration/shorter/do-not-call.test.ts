// The tenant's do-not-call groups, answered shorter than what outdial's last push proved in them: told beside the comparison.

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type Clock, DAY_MS } from "../../../src/kernel/index.ts";
import { takeOut } from "../../../src/operations/index.ts";
import { createAcdTenant } from "../../../src/tenant/acd/index.ts";
import { systemClock } from "../../../src/tenant/index.ts";
import { type Rewriting, startRewriting } from "../../support/rewriting.ts";
import { openTestStore } from "../../support/store.ts";
import { createTestClock } from "../../support/test-clock.ts";
import { startWorld, UNLIMITED_ACD } from "../../support/world.ts";
import { DRAFT } from "../campaigns/plan-world.ts";
import { OPEN } from "../campaigns/segment-world.ts";

const SKILL = "4001";
const [NUMBERS, GIVEN] = [40, 15];

async function openWorld() {
  await using stack = new AsyncDisposableStack();
  const campaign = { ...DRAFT, id: "camp_a", name: "camp_a", status: "paused", contactListId: "list_east" };
  const contactLists = [{ id: "list_east", generate: { count: 20, consentRate: 1, zones: ["America/New_York"] } }];
  const scenario = { seed: 5, campaigns: [campaign], contactLists, limits: "off" };
  const world = stack.use(
    await startWorld({
      profile: "acd",
      sandbox: { clock: "frozen", now: OPEN, scenario },
      environment: { TEST_NOW: OPEN },
      yaml: "tenant: { acd: { consentField: consent.call } }\n",
    }),
  );
  const gateway = stack.use(await startRewriting(world.sandbox));
  const env = { ...world.environment, OUTDIAL_TENANT_URL: gateway.url };
  const outdial = (...args: readonly string[]) => world.run(args, { env });
  const numbers = Array.from({ length: NUMBERS }, (_, n) => `+1212555${String(1000 + n)}`);
  await writeFile(join(world.folder, "dnc.txt"), ["number", ...numbers].join("\n"));
  await outdial("dnc", "import", "dnc.txt");
  // A first empty answer about callbacks proves nothing: there was one before.
  const clock = { ...systemClock, now: () => systemClock.now() - 60_000 };
  await world.run(["callbacks", "list", "--campaign", SKILL], { env, clock });
  const tenant = createAcdTenant({ issuer: world.url, credentials: world.sandbox.accessKey, limits: UNLIMITED_ACD });
  stack.defer(() => tenant.close());
  const owned = stack.move();
  return {
    ...world,
    gateway,
    /** A group that the campaign obeys, with none of the numbers. */
    async group() {
      const { reply } = await tenant.request("createDncGroup", { body: { dncGroupName: "Company" } });
      const groupId = reply.dncGroups[0]?.dncGroupId ?? "";
      await tenant.request("addScrubbedSkill", { path: { groupId, skillId: SKILL } });
      return groupId;
    },
    outdial,
    async compare() {
      const { code, stdout } = await outdial("dnc", "compare", "--campaign", SKILL, "--json");
      const text = await outdial("dnc", "compare", "--campaign", SKILL);
      return { code, ...(JSON.parse(stdout) as { shorter: string | null }), text: text.stdout };
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** An answer with only so many rows of that name, which says that these are all. */
function cut(body: Readonly<Record<string, unknown>>, name: string, most: number): object {
  const { resultSet = {} } = body as { readonly resultSet?: Readonly<Record<string, unknown>> };
  const { _links: _, [name]: rows, ...rest } = resultSet;
  return { ...body, resultSet: { ...rest, totalRecords: most, [name]: (rows as readonly unknown[]).slice(0, most) } };
}

test("groups with fewer numbers than were pushed, and no groups at all, are shorter than known until the next push", async () => {
  await using world = await openWorld();
  expect(await world.compare()).toMatchObject({ code: 3, groups: [], shorter: null });
  const group = await world.group();
  expect(await world.compare()).toMatchObject({ code: 3, missing: NUMBERS, shorter: null });
  expect(await world.outdial("dnc", "push", "--campaign", SKILL)).toMatchObject({ code: 0 });
  expect(await world.compare()).toMatchObject({ code: 0, missing: 0, shorter: null });

  const says = `the tenant's answer about the do-not-call groups of campaign ${SKILL} is shorter than known`;
  const short = async (path: RegExp, name: string, most: number) => {
    world.gateway.rewrite = (asked, body) =>
      asked.method === "GET" && path.test(asked.path) ? cut(body, name, most) : undefined;
    const found = await world.compare();
    expect(found).toMatchObject({ code: 4, shorter: expect.stringContaining(says) });
    expect(found.text).toContain(says);
    return found;
  };
  expect(await short(/\/records$/, "dncRecords", GIVEN)).toMatchObject({
    missing: NUMBERS - GIVEN,
    shorter: expect.stringContaining(`it has ${GIVEN} numbers, and outdial's last push says ${NUMBERS}`),
  });
  for (const [path, name] of [
    [/\/dnc-groups$/, "dncGroups"],
    [/\/scrubbed-skills$/, "scrubbedSkills"],
  ] as const) {
    expect((await short(path, name, 0)).shorter).toContain(`it lacks 1 group: ${group}`);
    const refused = await world.outdial("dnc", "push", "--campaign", SKILL);
    expect(refused.stderr).toContain(says);
  }
  world.gateway.rewrite = () => undefined;
  expect(await world.compare()).toMatchObject({ code: 0, missing: 0, shorter: null });
});

test("an opt-out leaves lists that the tenant's list of lists lacks, looked at by themselves, and tells a list that gives far fewer records than it counts", async () => {
  await using world = await openWorld();
  await world.group();
  const path = { listId: "501" };
  await using direct = createClosing(world.url, world.sandbox.accessKey);
  const { reply } = await direct.tenant.request("readCallList", { path, query: { includeRecords: true } });
  const [first = "", second = ""] = (reply.contactRecords ?? []).map((one) => one.destinations?.[0]?.formattedDestination ?? "");
  // Since then the list is known.
  await world.outdial("contacts", "segment", "501");

  const push = async (number: string) => {
    await world.outdial("dnc", "add", `+1${number}`, "--reason", "asked");
    const { code, stdout } = await world.outdial("dnc", "push", "--campaign", SKILL, "--json");
    const { takenOff, stillListed } = JSON.parse(stdout) as { takenOff: number; stillListed: number };
    return { code, takenOff, stillListed };
  };
  world.gateway.rewrite = ({ method, path }) =>
    method === "GET" && path.endsWith("/call-lists") ? { totalRecords: 0, callingLists: [] } : undefined;
  expect(await push(first)).toEqual({ code: 0, takenOff: 1, stillListed: 0 });
  world.gateway.rewrite = ({ method, path }, body) =>
    method === "GET" && path.endsWith("/call-lists/501") ? cut(body, "contactRecords", 0) : undefined;
  expect(await push(second)).toMatchObject({ takenOff: 0, stillListed: 1 });
  world.gateway.rewrite = () => undefined;
  // The list gave fewer than it counts: the person is taken off with the next push, although the group has the number since.
  const again = JSON.parse((await world.outdial("dnc", "push", "--campaign", SKILL, "--json")).stdout) as object;
  expect(again).toMatchObject({ missing: 0, takenOff: 1, stillListed: 0 });
});

test("a list that the tenant says not to have is believed when it says so again a minute later, by any process, and asked for again a day later", async () => {
  await using world = await openWorld();
  const at = await openTestStore();
  await using _ = { [Symbol.asyncDispose]: () => at.dispose() };
  const clock = createTestClock(Date.parse(OPEN));
  const off = async (number: string) => {
    // A process of its own.
    await using one = createClosing(world.gateway.url, world.sandbox.accessKey, clock);
    const taken = { numbers: [number], campaigns: [], by: "ann", why: "asked" };
    return await takeOut({ tenant: one.tenant, store: at.store, clock }, taken);
  };
  await using honest = createClosing(world.url, world.sandbox.accessKey);
  const { reply } = await honest.tenant.request("readCallList", { path: { listId: "501" }, query: { includeRecords: true } });
  const [first = "", second = ""] = (reply.contactRecords ?? []).map((one) => one.destinations?.[0]?.formattedDestination ?? "");
  expect(await off(first)).toMatchObject({ records: 1, failed: [] });
  const { control } = world.sandbox;
  control.faults.add({ match: { acd: "readCallList" }, effect: { status: 404 } });
  // It is on the tenant's list of lists: both cannot be true, however often.
  for (const _turn of [0, 1]) {
    expect(await off(second)).toMatchObject({ records: 0, failed: [expect.stringContaining("the tenant lists it")] });
    clock.skip(60_000);
  }
  world.gateway.rewrite = ({ method, path }) =>
    method === "GET" && path.endsWith("/call-lists") ? { totalRecords: 0, callingLists: [] } : undefined;
  expect(await off(second)).toMatchObject({ failed: [expect.stringContaining("one answer proves nothing")] });
  clock.skip(60_000);
  expect(await off(second)).toMatchObject({ records: 0, failed: [] });
  const asked = () => control.requests({ operation: "acd.readCallList" }).length;
  const before = asked();
  expect(await off(second)).toMatchObject({ records: 0, failed: [] });
  expect(asked()).toBe(before);
  control.faults.clear();
  clock.skip(DAY_MS);
  expect(await off(second)).toMatchObject({ records: 1, failed: [] });
});

test("an opt-out also ends callbacks that an earlier answer had and a later one lacks, whichever process had it", async () => {
  await using world = await openWorld();
  const at = await openTestStore();
  await using _ = { [Symbol.asyncDispose]: () => at.dispose() };
  const clock = createTestClock(Date.parse(OPEN));
  await using honest = createClosing(world.url, world.sandbox.accessKey);
  const out = async (number: string, url = world.gateway.url) => {
    await using one = createClosing(url, world.sandbox.accessKey, clock);
    const taken = { numbers: [number], campaigns: [SKILL], by: "ann", why: "asked" };
    return await takeOut({ tenant: one.tenant, store: at.store, clock }, taken);
  };
  const left = async () =>
    (await honest.tenant.capabilities.scheduledCallbacks.list(SKILL)).map(({ phoneNumber }) => phoneNumber);
  const nothing: Rewriting["rewrite"] = ({ method, path }) =>
    method === "GET" && path.endsWith("/scheduled-callbacks") ? { callbacks: [] } : undefined;
  const due = new Date(Date.parse(OPEN) + DAY_MS).toISOString();
  const callback = { firstName: "Ann", lastName: "Lee", skillId: SKILL, scheduleDate: due };
  for (const phoneNumber of ["2125550171", "2125550172", "2125550173"])
    await honest.tenant.request("createCallback", { body: { ...callback, phoneNumber } });

  // Nothing is known besides an empty answer: whether callbacks are left is not known.
  world.gateway.rewrite = nothing;
  expect(await out("2125550171")).toMatchObject({ callbacks: 0, unproven: [expect.stringContaining("is not known")] });
  world.gateway.rewrite = () => undefined;
  expect(await out("2125550171")).toMatchObject({ callbacks: 1, failed: [] });
  world.gateway.rewrite = nothing;
  expect(await out("2125550172")).toMatchObject({ callbacks: 1, failed: [expect.stringContaining("it lacks 2")] });
  expect(await left()).toEqual(["2125550173"]);
  clock.skip(60_000);
  expect(await out("2125550172")).toMatchObject({ callbacks: 0, failed: [] });
  // Not for ever, but until a day after they were due.
  expect(await out("2125550173")).toMatchObject({ callbacks: 1, failed: [] });
  // A callback that is listed and that cannot be deleted is left.
  world.gateway.rewrite = () => undefined;
  await honest.tenant.request("createCallback", { body: { ...callback, phoneNumber: "2125550174" } });
  world.sandbox.control.faults.add({ match: { acd: "deleteCallback" }, times: 1, effect: { status: 404 } });
  expect(await out("2125550174")).toMatchObject({ callbacks: 0, failed: [expect.stringContaining("the tenant lists it")] });
  expect(await out("2125550174")).toMatchObject({ callbacks: 1, failed: [] });
  // Whom one without a number calls is not known.
  world.gateway.rewrite = ({ method, path }) =>
    method === "GET" && path.endsWith("/scheduled-callbacks") ? { callbacks: [{ callbackId: 77, skillId: SKILL }] } : undefined;
  await honest.tenant.request("createCallback", { body: { ...callback, phoneNumber: "2125550175" } });
  expect(await out("2125550175")).toMatchObject({ failed: [expect.stringContaining("does not say which number")] });
});

function createClosing(
  issuer: string,
  credentials: { readonly accessKeyId: string; readonly accessKeySecret: string },
  clock?: Clock,
) {
  const tenant = createAcdTenant({ issuer, credentials, limits: UNLIMITED_ACD }, clock === undefined ? {} : { clock });
  return { tenant, [Symbol.asyncDispose]: () => tenant.close() };
}
