// The preview of a resume: it judges the beginning of a long list and says so.

import { afterAll, beforeAll, expect, test } from "vitest";
import { EASTERN, type StartedService, startService } from "../../support/service.ts";

/** Contacts without consent: nobody may be called, whatever the hour. */
const list = (id: string, count: number) => ({ id, generate: { count, consentRate: 0, zones: ["America/New_York"] } });

let at: StartedService;
beforeAll(async () => {
  at = await startService({
    sandbox: {
      scenario: {
        campaigns: [
          { id: "long", contactListId: "many", status: "paused" },
          { id: "short", contactListId: "few", status: "paused" },
          { id: "first", contactListId: "consenting", status: "paused" },
          { id: "second", contactListId: "consenting", status: "active" },
        ],
        contactLists: [
          list("many", 10_000),
          list("few", 100),
          { id: "consenting", generate: { count: 10, consentRate: 1, zones: ["America/New_York"] } },
        ],
      },
    },
  });
  await at.registries(...EASTERN);
});
afterAll(() => at[Symbol.asyncDispose]());

test("the beginning of a long list is judged, and that is said; the gate itself reads on", async () => {
  const { status, body } = await at.post("/api/v1/campaigns/long/resume/preview", {});
  expect(status).toBe(200);
  expect(body).toMatchObject({ refusals: [], judged: { covers: { known: 200, of: 10_000 }, callable: 0 } });
  expect(body["effects"]).toContainEqual(
    expect.stringContaining("0 of 200 contacts looked at callable now (of 10000 on the list"),
  );
});

test("nobody on a list that was read to its end is a refusal", async () => {
  const { body } = await at.post("/api/v1/campaigns/short/resume/preview", {});
  expect(body).toMatchObject({ judged: { covers: { known: 100, of: 100 }, callable: 0 } });
  expect(body["refusals"]).toEqual([expect.stringContaining("nobody of 100 contacts may be called now")]);
  const refused = await at.post("/api/v1/campaigns/short/resume", { confirm: body["confirm"] });
  expect(refused).toMatchObject({ status: 422, body: { code: "plan_refused" } });
  expect(await at.post("/api/v1/campaigns/short/pause/preview", {})).toMatchObject({ body: { judged: null } });
});

test("a campaign whose partner in a failover pair dials is not resumed by itself: the way is the hand-over", async () => {
  const policy = { backup: "second", everySeconds: 3600 };
  await at.service.store.failovers.put({ primary: "first", backup: "second", policy, actor: "olga", audit: [] });
  const says = expect.stringMatching(
    /second, the backup of its failover pair, is active.*outdial campaign failover failback first$/,
  );
  const { body } = await at.post("/api/v1/campaigns/first/resume/preview", {});
  expect((body["refusals"] as string[])[0]).toEqual(says);
  expect((body["checks"] as unknown[])[0]).toEqual({ check: "failover pair", verdict: "not_ok", forbids: true, text: says });
  const refused = await at.post("/api/v1/campaigns/first/resume", { confirm: body["confirm"] });
  expect(refused).toMatchObject({ status: 422, body: { code: "plan_refused" } });
  expect(at.sandbox.control.state().campaigns.find(({ id }) => id === "first")?.status).toBe("paused");
  // The one that dials is paused: nothing is left against it but what the gate says.
  at.sandbox.control.simulateEdit({ kind: "campaign", id: "second", body: { status: "paused" } });
  const after = await at.post("/api/v1/campaigns/first/resume/preview", {});
  expect((after.body["checks"] as { check: string }[]).map(({ check }) => check)).not.toContain("failover pair");
});
