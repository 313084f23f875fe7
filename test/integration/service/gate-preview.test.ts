// The preview of a resume: it judges the beginning of a long list and says so.

import { afterAll, beforeAll, expect, test } from "vitest";
import { openWhole, type WholeService } from "./whole.ts";

/** Contacts without consent: nobody may be called, whatever the hour. */
const list = (id: string, count: number) => ({ id, generate: { count, consentRate: 0, zones: ["America/New_York"] } });

let at: WholeService;
beforeAll(async () => {
  at = await openWhole("", {
    scenario: {
      campaigns: [
        { id: "long", contactListId: "many", status: "paused" },
        { id: "short", contactListId: "few", status: "paused" },
      ],
      contactLists: [list("many", 10_000), list("few", 100)],
    },
  });
  const asOf = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
  const headers = { "content-type": "text/csv" };
  const loaded = await at.ask(`/api/v1/facts/registry?registry=US&asOf=${asOf}`, {
    method: "POST",
    headers,
    body: "2125550199\n",
  });
  expect(await loaded.json()).toMatchObject({ added: 1 });
});
afterAll(() => at[Symbol.asyncDispose]());

test("the beginning of a long list is judged, and that is said; the gate itself reads on", async () => {
  const { status, body } = await at.post("/api/v1/campaigns/long/resume/preview", {});
  expect(status).toBe(200);
  expect(body).toMatchObject({ refusals: [], judged: { contacts: 200, callable: 0, listed: 10_000, whole: false } });
  expect(body["effects"]).toContainEqual(
    expect.stringContaining("0 of 200 contacts looked at callable now (of 10000 on the list"),
  );
});

test("nobody on a list that was read to its end is a refusal", async () => {
  const { body } = await at.post("/api/v1/campaigns/short/resume/preview", {});
  expect(body).toMatchObject({ judged: { contacts: 100, callable: 0, whole: true } });
  expect(body["refusals"]).toEqual([expect.stringContaining("nobody of 100 contacts may be called now")]);
  const refused = await at.post("/api/v1/campaigns/short/resume", { confirm: body["confirm"] });
  expect(refused).toMatchObject({ status: 422, body: { code: "plan_refused" } });
  expect(await at.post("/api/v1/campaigns/short/pause/preview", {})).toMatchObject({ body: { judged: null } });
});
