// outdial contacts segment against a real sandbox and a real store, as a user runs it.

import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { STANDING } from "../../support/world.ts";
import { campaignWorld, NIGHT, OPEN } from "./segment-world.ts";

const person = (id: string, phoneNumber: string, call: boolean | undefined, more: object = {}) => ({
  id,
  phoneNumber,
  consentFlags: { outbound: call === undefined ? {} : { call } },
  ...more,
});
const PEOPLE = [
  person("gold", "+12125550101", true, { attributes: { plan: "gold" }, firstName: "=SUM(A1)" }),
  person("silver", "+12125550102", true, { attributes: { plan: "silver" } }),
  person("refuses", "+12125550103", false, { attributes: { plan: "gold" } }),
  person("silent", "+12125550104", undefined, { attributes: { plan: "gold" } }),
  person("listed", "+12125550199", true, { attributes: { plan: "gold" } }),
  person("again", "(212) 555-0101", true, { attributes: { plan: "gold" } }),
];
const scenario = {
  campaigns: [
    {
      id: "camp_1",
      contactListId: "people",
      complianceConfig: {
        timeZone: "America/New_York",
        dialingRules: { startTime: "15:00:00", endTime: "18:00:00", allowedDays: ["Tuesday" as const] },
      },
    },
  ],
  contactLists: [
    { id: "people", contacts: PEOPLE },
    { id: "broken", contacts: [...PEOPLE, person("short", "555-0100", true)] },
    { id: "many", generate: { count: 2_500, consentRate: 0.8, zones: ["America/New_York"] } },
  ],
};
const ids = (text: string) =>
  text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line).id);

it("writes who may be called, never one without the flag, with a manifest that verifies and the query in the audit", async () => {
  await using world = await campaignWorld({ scenario });
  const out = join(world.folder, "callable.ndjson");
  const { code, stdout, stderr } = await world.run([
    "contacts",
    "segment",
    "people",
    "--query",
    "true",
    "--at",
    OPEN,
    "--out",
    out,
    "--decisions",
    "decisions.ndjson",
    "--manifest",
    "gate.json",
  ]);
  expect({ code, stderr }).toMatchObject({ code: 0 });
  expect(ids(await readFile(out, "utf8"))).toEqual(["gold", "silver"]);
  expect(stderr).toMatch(STANDING);
  expect(stderr).toContain("people: query true");
  expect(stdout).toMatch(/6 loaded: 2 callable now/);
  expect(stdout).toContain("2 no consent");
  expect((await world.run(["compliance", "verify-manifest", "gate.json", "--decisions", "decisions.ndjson"])).code).toBe(0);
  const audit = await world.run(["audit", "list", "--subject", "people", "--json"]);
  expect(audit.stdout).toContain("contacts.segment");
  expect(audit.stdout).toContain('"queries":["true"]');
});

it("sends the query, judges it again, and applies --where on this side", async () => {
  await using world = await campaignWorld({ scenario });
  const where = ["--where", "attributes.plan==gold"];
  const { code } = await world.run(["contacts", "segment", "people", ...where, "--at", OPEN, "--out", "rows.csv"]);
  expect(code).toBe(0);
  const sent = world.sandbox.control.requests({ operation: "listContacts" });
  expect(sent).not.toHaveLength(0);
  expect(new URLSearchParams(sent[0]?.query).get("query")).toBe("consentFlags.outbound.call==true");
  const rows = (await readFile(join(world.folder, "rows.csv"), "utf8")).trim().split("\n");
  expect(rows).toEqual(["id,phoneNumber,firstName,lastName,timeZone,postalCode,state", "gold,'+12125550101,'=SUM(A1),,,,"]);
});

it("asks for everybody when the tenant finds nobody, and names the attribute that nobody has", async () => {
  await using world = await campaignWorld({ scenario });
  const { code, stdout } = await world.run([
    "contacts",
    "segment",
    "people",
    "--query",
    "consentFlag.outbound.call==true",
    "--at",
    OPEN,
  ]);
  expect(code).toBe(3);
  expect(stdout).toContain("the tenant found nobody for consentFlag.outbound.call==true; all contacts were read (true)");
  expect(stdout).toContain("no contact has consentFlag.outbound.call; did you mean consentFlags.outbound.call?");
  const sent = world.sandbox.control.requests({ operation: "listContacts" });
  expect(sent.map(({ query }) => new URLSearchParams(query).get("query"))).toEqual(["consentFlag.outbound.call==true", "true"]);
});

it("finds on the broader query what a tenant of other attribute names misses", async () => {
  await using world = await campaignWorld({ scenario });
  world.sandbox.control.faults.add({
    match: { operation: "listContacts" },
    times: 1,
    effect: { status: 200, body: { contacts: [], page: 1, pageSize: 100, total: 0 } },
  });
  const { code, stdout } = await world.run(["contacts", "segment", "people", "--at", OPEN, "--out", "rows.ndjson"]);
  expect({ code, stdout }).toMatchObject({ code: 0 });
  expect(ids(await readFile(join(world.folder, "rows.ndjson"), "utf8"))).toEqual(["gold", "silver"]);
});

it("judges by the rules that the campaign has at the tenant", async () => {
  await using world = await campaignWorld({ scenario });
  const early = await world.run(["contacts", "segment", "people", "--campaign", "camp_1", "--at", OPEN, "--json"]);
  expect(early.code).toBe(3);
  expect(JSON.parse(early.stdout).segment.manifest.byRule).toMatchObject({ HOURS_CAMPAIGN: expect.any(Number) });
  expect((await world.run(["contacts", "segment", "people", "--campaign", "camp_1", "--at", "2026-06-16T20:00:00Z"])).code).toBe(
    0,
  );
});

it("reads every page, and nobody may be called at night", async () => {
  await using world = await campaignWorld({ scenario });
  const { code, stdout } = await world.run([
    "contacts",
    "segment",
    "many",
    "--query",
    "true",
    "--at",
    NIGHT,
    "--json",
    "--no-limits",
  ]);
  expect(code).toBe(3);
  const { read, announced, manifest, changed } = JSON.parse(stdout).segment;
  expect({ read, announced, changed }).toEqual({ read: 2_500, announced: 2_500, changed: false });
  expect(manifest.counts.dial).toBe(0);
  expect(manifest.input.contacts).toBe(2_500);
});

it("names an entry that cannot be called, and leaves no file behind when the tenant's pages go round", async () => {
  await using world = await campaignWorld({ scenario });
  const broken = await world.run(["contacts", "segment", "broken", "--at", OPEN, "--out", "rows.ndjson"]);
  expect(broken.code).toBe(4);
  expect(broken.stderr).toContain('"555-0100" is not a telephone number');
  world.sandbox.control.faults.add({ match: { operation: "listContacts" }, after: 1, effect: { loopPage: true } });
  const before = await readdir(world.folder);
  const looped = await world.run(["contacts", "segment", "many", "--at", OPEN, "--out", "looped.ndjson", "--no-limits"]);
  expect(looped.code).toBe(1);
  expect(looped.stderr).toContain("a second time");
  expect(await readdir(world.folder)).toEqual(before);
});

it.each([
  [["--query", "call=true"], /expected == or !=/],
  [["--where", ""], /expected an attribute path/],
  [["--out", "a", "--decisions", "a"], /the same file/],
])("refuses %j before anything is asked", async (args, message) => {
  await using world = await campaignWorld({ scenario }, false);
  const { code, stderr } = await world.run(["contacts", "segment", "people", ...args]);
  expect(code).toBe(2);
  expect(stderr).toMatch(message);
  expect(world.sandbox.control.requests()).toHaveLength(0);
});
