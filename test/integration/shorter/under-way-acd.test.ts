// Calls under way by two witnesses of the ACD API, its contacts and the activity of its skills: none is known to be under way only when both say so.

import { expect, test } from "vitest";
import { createAcdTenant } from "../../../src/tenant/acd/index.ts";
import { type Rewriting, startRewriting } from "../../support/rewriting.ts";
import { startWorld, UNLIMITED_ACD } from "../../support/world.ts";

const SKILL = "4001";
const NOON = Date.parse("2026-06-10T17:00:00Z");

const emptied =
  (of: RegExp, name: string): Rewriting["rewrite"] =>
  ({ method, path }, body) =>
    method === "GET" && of.test(path) ? { ...body, totalRecords: 0, [name]: [] } : undefined;
const noContacts = emptied(/\/contacts\/active$/, "activeContacts");
const noDials = emptied(/\/dialer-contacts$/, "outboundStats");
const noActivity = emptied(/\/skills\/(\d+\/)?activity$/, "skillActivity");

async function openWorld() {
  await using stack = new AsyncDisposableStack();
  const scenario = {
    campaigns: [{ id: "camp_1", name: "One", status: "active" as const, contactListId: "people" }],
    contactLists: [{ id: "people", generate: { count: 2_000, consentRate: 1, zones: ["America/New_York"] }, talk: 600 }],
    limits: "off",
  };
  const world = stack.use(
    await startWorld({ profile: "acd", sandbox: { clock: "frozen", now: new Date(NOON).toISOString(), seed: 3, scenario } }),
  );
  await world.sandbox.control.advance(900);
  const gateway = stack.use(await startRewriting(world.sandbox));
  const tenant = createAcdTenant({ issuer: gateway.url, credentials: world.sandbox.accessKey, limits: UNLIMITED_ACD });
  stack.defer(() => tenant.close());
  const owned = stack.move();
  const { metricsSource, contactSource } = tenant.capabilities;
  return {
    gateway,
    run: (...args: readonly string[]) =>
      world.run(args, { env: { ...world.environment, OUTDIAL_TENANT_URL: gateway.url, TEST_NOW: new Date(NOON).toISOString() } }),
    underWay: async () => (await metricsSource.campaign(SKILL, undefined)).activeCalls,
    figure: async () => (await metricsSource.campaign(SKILL, 15)).activeCalls,
    dialed: async () => (await metricsSource.campaign(SKILL, 30)).callsPlaced,
    contacts: async () => (await tenant.request("listActive", {})).reply.activeContacts.map(({ contactId }) => contactId),
    advance: (seconds: number) => world.sandbox.control.advance(seconds),
    placed: async () => (await contactSource.placed?.("501", NOON))?.size,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

test.each([
  ["no contacts under way", noContacts],
  ["neither contacts nor activity", (asked, body) => noContacts(asked, body) ?? noActivity(asked, body)],
] as const satisfies [string, Rewriting["rewrite"]][])("%s while calls are: their number is not known", async (_, rewrite) => {
  await using world = await openWorld();
  expect(await world.underWay()).toBeGreaterThan(0);
  const placed = await world.placed();
  world.gateway.rewrite = rewrite;
  expect(await world.underWay()).toBeNull();
  expect(await world.figure()).toBeNull();
  await expect(world.placed()).rejects.toMatchObject({ code: "invalid_reply", message: expect.stringContaining("under way") });
  const refused = await world.run("campaign", "resume", SKILL, "--check");
  expect(refused.code).not.toBe(0);
  expect(`${refused.stdout}${refused.stderr}`).toContain("under way");
  world.gateway.rewrite = noActivity;
  expect(await world.placed()).toBe(placed);
});

test("statistics without a campaign's calls are no word that it placed none, when nothing counts those under way", async () => {
  await using world = await openWorld();
  world.gateway.rewrite = (asked, body) => noContacts(asked, body) ?? noActivity(asked, body) ?? noDials(asked, body);
  expect(await world.dialed()).toBeNull();
});

test("a call under way that the calls under way lack is not called completed: its own states decide", async () => {
  await using world = await openWorld();
  const shown = async (id: string) => {
    const { stdout } = await world.run("calls", "show", id, "--json");
    return (JSON.parse(stdout) as { status: string }).status;
  };
  const [under = ""] = await world.contacts();
  expect(await shown(under)).toBe("active");
  world.gateway.rewrite = noContacts;
  expect(await shown(under)).toBe("unknown");
  await world.advance(7200);
  expect(await shown(under)).toBe("completed");
  // Where the record does not say its state, the history does; where neither says, it is not known.
  const noState: Rewriting["rewrite"] = (asked, body) =>
    /\/contacts\/\d+$/.test(asked.path) ? without(body, ["stateId", "stateName", "state"]) : noContacts(asked, body);
  world.gateway.rewrite = noState;
  expect(await shown(under)).toBe("completed");
  world.gateway.rewrite = (asked, body) =>
    asked.path.endsWith("/state-history") ? { ...body, contactStateHistory: [] } : noState(asked, body);
  expect(await shown(under)).toBe("unknown");
});

function without(body: Readonly<Record<string, unknown>>, names: readonly string[]): Readonly<Record<string, unknown>> {
  const entries = Object.entries(body).filter(([name]) => !names.includes(name));
  return Object.fromEntries(
    entries.map(([name, value]) => [
      name,
      typeof value === "object" && value !== null && !Array.isArray(value)
        ? without(value as Readonly<Record<string, unknown>>, names)
        : value,
    ]),
  );
}
