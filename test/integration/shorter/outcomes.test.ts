// Listings of calls that are shorter than what is known: told in the result of a retrieval, and not verified as whole.

import { expect, test } from "vitest";
import { retrievalVerdict, retrievalView } from "../../../src/operations/views/index.ts";
import { CAMPAIGN } from "../../support/calls.ts";
import { outcomesScenario } from "../../support/outcomes.ts";
import { type Rewriting, startRewriting } from "../../support/rewriting.ts";
import { startWorld } from "../../support/world.ts";

const CALLS = 300;
type Rewrite = Rewriting["rewrite"];

async function openWorld(days = 1) {
  await using stack = new AsyncDisposableStack();
  const generateCalls = [{ campaignId: CAMPAIGN, count: CALLS, days, prefix: "call_", digits: 7, untaggedRate: 0.1 }];
  const world = stack.use(await startWorld({ sandbox: { scenario: outcomesScenario(CALLS, { generateCalls }) } }));
  const gateway = stack.use(await startRewriting(world.sandbox));
  const env = { ...world.environment, OUTDIAL_TENANT_URL: gateway.url };
  const owned = stack.move();
  const outdial = async (...args: readonly string[]) => {
    const { code, stdout, stderr } = await world.run([...args, "--json"], { env });
    return { code, stderr, said: JSON.parse(stdout || "null") as unknown };
  };
  const verify = async (jobId: string) => {
    const { code, said } = await outdial("outcomes", "verify", jobId);
    const [item] = (said as { items: unknown[] }).items;
    const { stdout } = await world.run(["outcomes", "verify", jobId], { env });
    return { code, verdict: retrievalVerdict.parse(item), text: stdout };
  };
  return {
    gateway,
    /** Retrieves 27 hours by default, and verifies what came. */
    async pull(...range: readonly string[]) {
      const asked = range.length === 0 ? ["--last", "27h"] : range;
      const { code, said, stderr } = await outdial("outcomes", "pull", "--campaign", CAMPAIGN, ...asked, "--limit", "100");
      const retrieval = retrievalView.parse((said as { retrieval: unknown }).retrieval);
      const { code: verified, verdict, text } = await verify(retrieval.jobId);
      return { code, stderr, retrieval, verified, verdict, text };
    },
    verify,
    reconcile: () => world.run(["outcomes", "reconcile", "--campaign", CAMPAIGN, "--last", "27h", "--limit", "100"], { env }),
    faults: world.sandbox.control.faults,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** A tenant whose counter of answered calls says so many. */
const counting =
  (answered: number | null, listing: Rewrite = () => undefined): Rewrite =>
  (asked, body) => {
    if (asked.path.endsWith("/calls")) return listing(asked, body);
    if (asked.path.endsWith("/metrics"))
      return { campaignId: CAMPAIGN, successRate: null, activeCalls: 0, callsAnswered: answered };
    return undefined;
  };
const nothing: Rewrite = () => ({ calls: [] });

test("a listing that fits what the tenant counts is whole, and says what it was compared with", async () => {
  await using world = await openWorld();
  world.gateway.rewrite = counting(CALLS - 20);
  const { code, retrieval, verified, verdict } = await world.pull();
  expect([code, retrieval.status, verified, verdict.whole]).toEqual([0, "done", 0, true]);
  const compared = [{ by: "the tenant's own counter of answered calls", count: CALLS - 20, below: false }];
  expect([retrieval.compared, verdict.compared, retrieval.doubt]).toEqual([compared, compared, null]);
});

test("no calls where the tenant's own counter says that there were some", async () => {
  await using world = await openWorld();
  world.gateway.rewrite = counting(CALLS, nothing);
  const { code, stderr, retrieval, verified, verdict } = await world.pull();
  expect([code, retrieval.status, retrieval.calls, verified, verdict.whole]).toEqual([4, "partly_failed", 0, 1, false]);
  expect(retrieval.doubt).toBe(
    `what the tenant listed is shorter than known: it has 0 calls, and the tenant's own counter of answered calls says ${CALLS}`,
  );
  expect(stderr).toContain("is shorter than known");
});

test("no calls, and nothing that counts them: that is not known to be whole", async () => {
  await using world = await openWorld();
  world.gateway.rewrite = counting(null, nothing);
  const { code, stderr, retrieval, verified, verdict } = await world.pull();
  expect([code, retrieval.compared, retrieval.whole, verified, verdict.whole]).toEqual([0, [], null, 4, null]);
  expect(stderr).toContain("whether these are all calls is not known: nothing else counts the calls of this time");
});

test("a first retrieval that was cut short is not known to be whole, and is short once the lake has the others", async () => {
  await using world = await openWorld();
  const cut: Rewrite = (_, { nextPageToken: __, ...body }) => body;
  world.gateway.rewrite = counting(null, cut);
  const first = await world.pull();
  expect([first.retrieval.status, first.retrieval.compared, first.verified, first.verdict.whole]).toEqual(["done", [], 4, null]);
  expect(first.verdict.calls).toBeGreaterThan(0);
  expect(first.text).toMatch(/NOT KNOWN · \d+ calls, unchanged, and nothing else counts the calls of this time/);
  world.gateway.rewrite = counting(null);
  expect((await world.pull()).retrieval.calls).toBe(CALLS);
  const { code, verdict, text } = await world.verify(first.retrieval.jobId);
  expect([code, verdict.whole]).toEqual([1, false]);
  expect(verdict.compared).toEqual([{ by: "the lake", count: CALLS, below: true }]);
  expect(text).toContain(`SHORT · what the tenant listed is shorter than known: it has ${first.retrieval.calls} calls`);
});

test("a first page without its token, and no calls at all, after the lake has them", async () => {
  await using world = await openWorld();
  world.gateway.rewrite = counting(null);
  expect((await world.pull()).retrieval.calls).toBe(CALLS);
  world.gateway.rewrite = counting(null, (_, { nextPageToken: __, ...body }) => body);
  const first = await world.pull();
  expect(first.retrieval.calls).toBeLessThan(CALLS);
  for (const { code, retrieval, verdict } of [first, await emptied()]) {
    expect([code, retrieval.status, verdict.whole]).toEqual([4, "partly_failed", false]);
    expect(retrieval.compared).toContainEqual({ by: "the lake", count: CALLS, below: true });
  }
  // Read again by a tenant that tells the truth, nothing is missing.
  world.gateway.rewrite = counting(null);
  const again = await world.pull();
  // Other retrievals in the lake may have read a part of its time: as many as they have are not known to be all.
  expect([again.code, again.retrieval.status, again.verdict.whole]).toEqual([0, "done", null]);

  function emptied() {
    world.gateway.rewrite = counting(null, nothing);
    return world.pull();
  }
});

test("far fewer calls than the day before are told; that alone may be a quiet day", async () => {
  await using world = await openWorld(2);
  const [from, noon, to] = [48, 24, 0].map((hours) => new Date(Date.now() - hours * 3_600_000 - 1000).toISOString());
  world.gateway.rewrite = counting(null);
  const { retrieval: before } = await world.pull("--from", String(from), "--to", String(noon));
  expect(before.calls).toBeGreaterThan(100);
  world.gateway.rewrite = counting(null, nothing);
  const { code, stderr, retrieval, verdict } = await world.pull("--from", String(noon), "--to", String(to));
  // Nor does the day before show that all came.
  expect([code, retrieval.status, verdict.whole]).toEqual([0, "done", null]);
  expect(retrieval.compared).toEqual([{ by: "the day before", count: before.calls, below: true }]);
  expect(stderr).toContain(`it has 0 calls, and the day before says ${before.calls}`);
});

test("new tokens with empty pages for ever end after a hundred pages, with the reason", async () => {
  await using world = await openWorld();
  let pages = 0;
  world.gateway.rewrite = counting(null, () => {
    pages += 1;
    return { calls: [], nextPageToken: `token-${pages}` };
  });
  const { code, retrieval } = await world.pull();
  expect([code, retrieval.status, retrieval.stop?.code]).toEqual([1, "stopped", "paging_loop"]);
  expect(retrieval.stop?.message).toContain("100 pages in a row without an item, each with another page to follow");
  // At most one more of each window is on the way when that is noticed.
  expect(pages).toBeLessThanOrEqual(retrieval.windows * 101);
});

test("a comparison with a tenant that answers half, or nothing, never finds both alike", async () => {
  await using world = await openWorld();
  // Nothing was retrieved yet, and the tenant lists nothing.
  world.gateway.rewrite = counting(null, nothing);
  const neither = await world.reconcile();
  expect([neither.code, neither.stderr.includes("NOT KNOWN")]).toEqual([4, true]);
  world.gateway.rewrite = () => undefined;
  await world.pull();
  expect((await world.reconcile()).code).toBe(0);
  const cut: Rewrite = ({ path }, { nextPageToken: _next, ...body }) => (path.endsWith("/calls") ? body : undefined);
  for (const rewrite of [counting(null, nothing), cut]) {
    world.gateway.rewrite = rewrite;
    const short = await world.reconcile();
    expect([short.code, short.stdout.includes("not at vendor")]).toEqual([4, true]);
  }
  world.gateway.rewrite = () => undefined;
  const answers = [{ status: 503 }, { status: 204 }, { status: 200, body: {} }, { status: 200, body: "<html>busy</html>" }];
  for (const effect of answers) {
    const [fault] = world.faults.add({ match: { operation: "listCalls" }, effect });
    const { code, stdout } = await world.reconcile();
    expect([effect, code === 0, stdout.includes("not at vendor")]).toEqual([effect, false, false]);
    world.faults.clear(fault?.id);
  }
});
