// Ended calls of the ACD API, read from sides of which one answers shorter than what is known: told in the result of a retrieval, and not verified as whole.

import { expect, test } from "vitest";
import { retrievalVerdict, retrievalView } from "../../../src/operations/views/index.ts";
import { type Rewriting, startRewriting } from "../../support/rewriting.ts";
import { createTestClock } from "../../support/test-clock.ts";
import { startWorld } from "../../support/world.ts";
import { OPEN } from "../campaigns/segment-world.ts";

const SKILL = "4001";
type Rewrite = Rewriting["rewrite"];

async function openWorld() {
  await using stack = new AsyncDisposableStack();
  const scenario = {
    campaigns: [{ id: "camp_1", name: "One", status: "active" as const, contactListId: "people" }],
    contactLists: [
      { id: "people", generate: { count: 2_000, consentRate: 1 }, answerRate: 0.6, abandonRate: 0.02, talk: 40, wrap: 10 },
    ],
    limits: "off",
  };
  const world = stack.use(await startWorld({ profile: "acd", sandbox: { clock: "frozen", now: OPEN, seed: 3, scenario } }));
  await world.sandbox.control.advance(4 * 3600);
  const clock = createTestClock(Date.parse(OPEN) + 4 * 3_600_000);
  const gateway = stack.use(await startRewriting(world.sandbox));
  const env = { ...world.environment, OUTDIAL_TENANT_URL: gateway.url };
  const owned = stack.move();
  return {
    gateway,
    sandbox: world.sandbox,
    async pull() {
      const pulled = await world.run(["outcomes", "pull", "--campaign", SKILL, "--last", "27h", "--json"], { env, clock });
      const { retrieval: told } = JSON.parse(pulled.stdout || "{}") as { retrieval: unknown };
      if (told === undefined) throw new Error(pulled.stderr);
      const { jobId, status, calls, doubt, compared } = retrievalView.parse(told);
      const verified = await world.run(["outcomes", "verify", jobId, "--json"], { env, clock });
      const [item] = (JSON.parse(verified.stdout) as { items: unknown[] }).items;
      const { whole } = retrievalVerdict.parse(item);
      return { code: pulled.code, status, calls, doubt, compared, verified: verified.code, whole };
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

const emptied =
  (of: RegExp, name: string): Rewrite =>
  ({ method, path }, body) => {
    if (method !== "GET" || !of.test(path)) return undefined;
    const { resultSet, ...rest } = body;
    if (resultSet !== undefined)
      return { ...rest, resultSet: { ...(resultSet as object), totalRecords: 0, _links: {}, [name]: [] } };
    return { ...rest, totalRecords: 0, _links: {}, [name]: [] };
  };

const SIDES = {
  completed: emptied(/\/contacts\/completed$/, "completedContacts"),
  attempts: emptied(/\/attempts$/, "contactAttempts"),
  lists: emptied(/\/call-lists$/, "callingLists"),
  counter: emptied(/\/dialer-contacts$/, "outboundStats"),
} as const;
type Side = keyof typeof SIDES;

test.each<readonly [string, readonly Side[]]>([
  ["no attempts", ["attempts"]],
  ["no attempts, and no dials counted", ["attempts", "counter"]],
  ["no calling lists, and no dials counted", ["lists", "counter"]],
  ["nothing at all", ["completed", "attempts", "lists", "counter"]],
])("%s: never whole, and told once the lake or the tenant's earlier count has more", async (_, sides) => {
  await using world = await openWorld();
  const short: Rewrite = (asked, body) => sides.map((side) => SIDES[side](asked, body)).find((one) => one !== undefined);
  world.gateway.rewrite = short;
  const first = await world.pull();
  expect([first.whole, first.verified === 0]).toEqual([sides.includes("counter") ? null : false, false]);
  world.gateway.rewrite = () => undefined;
  const whole = await world.pull();
  expect(whole).toMatchObject({ code: 0, status: "done", doubt: null, whole: true });
  world.gateway.rewrite = short;
  const again = await world.pull();
  expect(again).toMatchObject({ code: 4, status: "partly_failed", whole: false });
  expect(again.doubt).toContain(`it has ${again.calls} calls, and the lake says ${whole.calls}`);
});

test("what the tenant counted of a quarter stays counted when a later answer counts nothing", async () => {
  await using world = await openWorld();
  const { compared } = await world.pull();
  const counter = compared?.filter(({ by }) => by.includes("counter of dials"));
  expect(counter).toMatchObject([{ count: expect.any(Number), below: false }]);
  world.gateway.rewrite = SIDES.counter;
  const later = await world.pull();
  expect(later.compared?.filter(({ by }) => by.includes("counter of dials"))).toEqual(counter);
});
