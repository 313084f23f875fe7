// A contact list that shrank to less than half: told by the gate, a segment, a plan and a rehearsal, and no campaign is started on it.

import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { stringify } from "yaml";
import { startRewriting } from "../../support/rewriting.ts";
import { createTestClock } from "../../support/test-clock.ts";
import { startWorld } from "../../support/world.ts";
import { DRAFT } from "../campaigns/plan-world.ts";
import { OPEN } from "../campaigns/segment-world.ts";

/** Contacts of a page. */
const PAGE = 100;
const people = { count: 250, consentRate: 1, zones: ["America/New_York"] };
const campaign = (id: string) => ({ ...DRAFT, id, name: id, status: "paused", contactListId: "list_east" });

interface Contacts {
  readonly contacts: readonly unknown[];
}

async function openWorld(profile: "rest" | "acd") {
  await using stack = new AsyncDisposableStack();
  const scenario = {
    seed: 5,
    campaigns: [campaign("camp_a")],
    contactLists: [{ id: "list_east", generate: people }],
    limits: "off",
  };
  const world = stack.use(
    await startWorld({
      profile,
      sandbox: { clock: "frozen", now: OPEN, scenario },
      environment: { TEST_NOW: OPEN },
      yaml: profile === "acd" ? "tenant: { acd: { consentField: consent.call } }\n" : "",
    }),
  );
  const gateway = stack.use(await startRewriting(world.sandbox));
  const env = { ...world.environment, OUTDIAL_TENANT_URL: gateway.url };
  await writeFile(join(world.folder, "registry.txt"), "2125550199\n");
  const clock = createTestClock(Date.parse(OPEN));
  const outdial = (...args: readonly string[]) => world.run(args, { env, clock });
  await outdial("dnc", "import", "registry.txt", "--list", "national", "--as-of", "2026-06-10");
  await outdial("dnc", "declare-empty", "--reason", "a test", "--yes");
  const owned = stack.move();
  return {
    ...world,
    gateway,
    outdial,
    /** From now on the tenant gives so many contacts of the list, and says that these are all. */
    gives(most: number) {
      gateway.rewrite = ({ method, path, query }, body) => {
        if (method !== "GET" || !/\/contact-?lists\/[^/]+\/contacts$/i.test(path)) return undefined;
        const before = (Number(query.get("page") ?? "1") - 1) * PAGE;
        const contacts = (body as unknown as Contacts).contacts.slice(0, Math.max(0, most - before));
        return { ...body, contacts, total: most };
      };
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

test("20 of 250: the segment, the gate and the plan tell it, nothing is started, and a person's word ends it", async () => {
  await using world = await openWorld("rest");
  await mkdir(join(world.folder, "campaigns"));
  await writeFile(join(world.folder, "campaigns", "a.yaml"), stringify(campaign("camp_a")));
  const whole = await world.outdial("contacts", "segment", "list_east", "--json");
  expect(JSON.parse(whole.stdout.trim().split("\n").at(-1) ?? "").segment).toMatchObject({ read: 250, shorter: null });
  world.gives(20);

  const short = await world.outdial("contacts", "segment", "list_east", "--json");
  const { segment } = JSON.parse(short.stdout.trim().split("\n").at(-1) ?? "");
  expect(short.code).toBe(4);
  expect(segment.shorter).toContain(
    "contact list list_east is shorter than known: it has 20 contacts, and the most that it had says 250",
  );
  const of = await world.outdial("contacts", "segment", "list_east", "--query", "firstName!=Nobody");
  expect({ code: of.code, says: `${of.stdout}${of.stderr}`.includes("is shorter than known") }).toEqual({ code: 4, says: true });

  const resumed = await world.outdial("campaign", "resume", "camp_a", "--yes");
  expect(resumed.code).toBe(3);
  expect(`${resumed.stdout}${resumed.stderr}`).toContain("has 20 contacts, and the most that it had says 250");
  const planned = await world.outdial("campaign", "plan", "--activate");
  expect(planned.code).toBe(3);
  expect(planned.stdout).toContain("SHRUNK: campaigns/a.yaml:");
  expect(world.sandbox.control.state().campaigns.map(({ status }) => status)).toEqual(["paused"]);

  const said = await world.outdial("tenant", "gone", "list_east", "--reason", "the others were called", "--yes");
  expect({ code: said.code, stdout: said.stdout }).toEqual({
    code: 0,
    stdout: "contact list list_east has as few contacts as the tenant says\n",
  });
  const believed = await world.outdial("campaign", "resume", "camp_a", "--yes");
  expect(`${believed.stdout}${believed.stderr}`).not.toContain("shorter than known");
  // A list that is whole again is whole again, and half of it is not far fewer.
  world.gives(90);
  expect((await world.outdial("contacts", "segment", "list_east")).code).toBe(0);
  world.gives(46);
  expect((await world.outdial("contacts", "segment", "list_east")).code).toBe(0);
});

test("a list that shrinks step by step is compared with the most that it had, until a person's word", async () => {
  await using world = await openWorld("rest");
  const segment = () => world.outdial("contacts", "segment", "list_east", "--query", "firstName!=Nobody");
  const steps = [250, 130, 126, 70, 40, 130];
  const found: unknown[] = [];
  for (const count of steps) {
    world.gives(count);
    const { code, stdout, stderr } = await segment();
    found.push([count, code, `${stdout}${stderr}`.includes("and the most that it had says 250")]);
  }
  // Each step is more than half of the one before: their sum counts.
  expect(found).toEqual([
    [250, 0, false],
    [130, 0, false],
    [126, 0, false],
    [70, 4, true],
    [40, 4, true],
    [130, 0, false],
  ]);
  world.gives(70);
  const resumed = await world.outdial("campaign", "resume", "camp_a", "--yes");
  expect([resumed.code, `${resumed.stdout}${resumed.stderr}`.includes("has 70 contacts")]).toEqual([3, true]);
  expect((await world.outdial("tenant", "gone", "list_east", "--reason", "worked off", "--yes")).code).toBe(0);
  expect((await segment()).code).toBe(0);
  world.gives(40);
  expect((await segment()).code).toBe(0);
  world.gives(30);
  expect((await segment()).code).toBe(4);
});

test("on the ACD API the tenant's own counter is asked: contacts that it counts and does not give forbid a start", async () => {
  await using world = await openWorld("acd");
  const skill = "4001";
  const first = await world.outdial("campaign", "status", skill, "--json");
  expect(first.code).toBe(0);
  world.gateway.rewrite = ({ method, path }, body) => {
    if (method !== "GET" || !/\/call-lists\/\d+$/.test(path)) return undefined;
    const { _links: _, ...content } = body["resultSet"] as { readonly _links?: unknown; readonly contactRecords: unknown[] };
    return { resultSet: { ...content, contactRecords: content.contactRecords.slice(0, 20) } };
  };
  const resumed = await world.outdial("campaign", "resume", skill, "--yes");
  expect(resumed.code).toBe(3);
  expect(`${resumed.stdout}${resumed.stderr}`).toContain("has 20 contacts, and the tenant's own counter says 250");
});

test("on the ACD API a segment of a list that is named by itself asks the tenant's own counter, too; a list of lists without it counts nothing of it", async () => {
  await using world = await openWorld("acd");
  const segment = () => world.outdial("contacts", "segment", "501", "--json");
  const shorter = (stdout: string) => JSON.parse(stdout.trim().split("\n").at(-1) ?? "").segment.shorter;
  const whole = await segment();
  expect([whole.code, shorter(whole.stdout)]).toEqual([0, null]);
  const of = (path: string) => path.endsWith("/call-lists") || /\/call-lists\/\d+$/.test(path);
  world.gateway.rewrite = ({ method, path }, body) => {
    if (method !== "GET" || !/\/call-lists\/\d+$/.test(path)) return undefined;
    const { _links: _, ...content } = body["resultSet"] as { readonly _links?: unknown; readonly contactRecords: unknown[] };
    return { resultSet: { ...content, contactRecords: content.contactRecords.slice(0, 20) } };
  };
  const short = await segment();
  expect([short.code, shorter(short.stdout)]).toEqual([
    4,
    expect.stringContaining("it has 20 contacts, and the tenant's own counter says 250"),
  ]);

  // The list of lists lacks it, and so its counter.
  const records = world.gateway.rewrite;
  world.gateway.rewrite = (asked, body) =>
    of(asked.path) && !/\d$/.test(asked.path) ? { totalRecords: 0, callingLists: [] } : records(asked, body);
  const blind = await segment();
  expect([blind.code, shorter(blind.stdout)]).toEqual([
    4,
    expect.stringContaining("it has 0 contacts, and the most that it had says 250"),
  ]);
  const resumed = await world.outdial("campaign", "resume", "4001", "--yes");
  expect(resumed.code).toBe(3);
  expect(world.sandbox.control.state().campaigns.map(({ status }) => status)).toEqual(["paused"]);
});

test("a list that the tenant does not have is an answer: the gate names it", async () => {
  await using world = await openWorld("rest");
  world.sandbox.control.faults.add({ match: { operation: "listContacts" }, effect: { status: 404 } });
  const resumed = await world.outdial("campaign", "resume", "camp_a", "--yes");
  expect(resumed.code).toBe(3);
  expect(`${resumed.stdout}${resumed.stderr}`).toContain("the tenant has no contact list list_east, which the campaign calls");
});
