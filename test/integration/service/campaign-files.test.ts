// Campaigns as code through the API: plan, apply past a confirmation, applies, export, drift; and the emergency stop.

import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type StartedService, startService } from "../../support/service.ts";
import { until } from "../../support/until.ts";

const EXAMPLE = new URL("../../../examples/campaigns/spring-renewals.yaml", import.meta.url);

/** The contacts are not what is tested here. */
const LOOK = { contactPages: 1 };

let at: StartedService;
let files: { name: string; text: string }[];
beforeAll(async () => {
  at = await startService();
  files = [{ name: "spring.yaml", text: await readFile(EXAMPLE, "utf8") }];
});
afterAll(() => at[Symbol.asyncDispose]());

interface Plan {
  plan: string;
  confirm: string;
  entries: { name: string; action: string }[];
  violations: unknown[];
}

const planOf = async (given = files): Promise<Plan> => {
  const { status, body } = await at.post("/api/v1/campaigns/plan", { ...LOOK, files: given });
  expect([status, body]).toEqual([200, expect.anything()]);
  return body as unknown as Plan;
};

/** Waits for the end of an apply. */
async function applied(job: string): Promise<Record<string, unknown>> {
  for (;;) {
    const view = await at.get(`/api/v1/campaigns/applies/${job}`, "viewer");
    if ((view["endedAt"] !== null || view["stop"] !== null) && view["running"] === false) return view;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

test("files are planned, applied by hash and confirmation, exported, and in sync afterwards", async () => {
  // What was sent reads no file of the service's machine.
  const [first] = files;
  const named = `${first?.text.split("\n---\n")[0] ?? ""}\ncontactListFile: { path: /etc/passwd, externalId: a, phone: b }\n`;
  expect(await at.post("/api/v1/campaigns/plan", { ...LOOK, files: [{ name: "named.yaml", text: named }] })).toMatchObject({
    status: 400,
    body: { detail: expect.stringContaining("contactListFile.path: only the command line reads files of records") },
  });
  const plan = await planOf();
  expect(plan.entries.map(({ name, action }) => [name, action])).toEqual([
    ["Spring renewals 2026, backup", "create"],
    ["Spring renewals 2026", "create"],
  ]);
  const { plan: hash, confirm } = plan;
  expect(await at.post("/api/v1/campaigns/apply", { ...LOOK, plan: hash, confirm: "0".repeat(64) })).toMatchObject({
    status: 409,
    body: { code: "plan_changed" },
  });
  const begun = await at.post("/api/v1/campaigns/apply", { ...LOOK, plan: hash, confirm, sourceName: "spring" });
  expect(begun).toMatchObject({ status: 202, body: { plan: hash, actor: "olga", sourceName: "spring" } });
  const ended = await applied(String(begun.body["job"]));
  expect(ended).toMatchObject({
    outcome: "applied",
    campaigns: [
      { name: "Spring renewals 2026, backup", id: null, action: "create", activates: false },
      { name: "Spring renewals 2026" },
    ],
    results: [{ outcome: "applied" }, { outcome: "applied" }],
  });
  expect(await at.get("/api/v1/campaigns/applies", "viewer")).toMatchObject({ items: [{ plan: hash, outcome: "applied" }] });
  // One that has ended stays as it is.
  expect(await at.post(`/api/v1/campaigns/applies/${String(begun.body["job"])}/resume`, undefined)).toMatchObject({
    status: 202,
    body: { outcome: "applied", running: false },
  });

  const again = await at.post("/api/v1/campaigns/apply", { ...LOOK, plan: hash, confirm });
  expect(again).toMatchObject({
    status: 409,
    body: { code: "plan_changed", details: { moved: expect.any(Array) as unknown[] } },
  });
  const same = await planOf();
  expect(same.entries.map(({ action }) => action)).toEqual(["in_sync", "in_sync"]);
  expect(await at.post("/api/v1/campaigns/apply", { ...LOOK, plan: same.plan, confirm: same.confirm })).toMatchObject({
    status: 422,
    body: { code: "plan_refused" },
  });

  const exported = (await at.get("/api/v1/campaigns/export", "viewer")) as unknown as { files: typeof files };
  const own = exported.files.filter(({ text }) => text.includes("name: Spring renewals 2026"));
  expect(own).toHaveLength(2);
  const asExported = await planOf(own.map(({ name, text }) => ({ name, text })));
  expect(asExported.entries.map(({ action }) => action)).toEqual(["in_sync", "in_sync"]);
});

test("drift is told, and a viewer may ask", async () => {
  const asked = (unmanaged: boolean) => at.post("/api/v1/campaigns/drift", { files, unmanaged }, "viewer");
  const unmanaged: unknown = expect.arrayContaining([expect.anything()]);
  expect(await asked(false)).toMatchObject({ status: 200, body: { drifted: false, campaigns: [], unmanaged } });
  expect(await asked(true)).toMatchObject({ body: { drifted: true, campaigns: [], unmanaged } });
  const changed = files.map(({ name, text }) => ({ name, text: text.replace("callRate: 12", "callRate: 13") }));
  expect(await at.post("/api/v1/campaigns/drift", { files: changed }, "viewer")).toMatchObject({
    body: { drifted: true, campaigns: [{ changes: [{ path: "dialerConfig.predictiveSettings.callRate" }] }] },
  });
});

test("what breaks a rule is told with line and field, and cannot be applied", async () => {
  const broken = await planOf(
    files.map(({ name, text }) => ({ name, text: text.replace("answerRatio: 0.85", "answerRatio: 8.5") })),
  );
  expect(broken.violations).toMatchObject([
    { file: "spring.yaml", line: 9, rule: "OUT_OF_RANGE", field: "dialerConfig.predictiveSettings.answerRatio" },
  ]);
  expect(await at.post("/api/v1/campaigns/apply", { ...LOOK, plan: broken.plan, confirm: broken.confirm })).toMatchObject({
    status: 422,
    body: { code: "plan_refused", detail: expect.stringContaining("spring.yaml:9:") as string },
  });
  expect(await at.post("/api/v1/campaigns/plan", { files: [{ name: "x.yaml", text: "nonsense: [" }] })).toMatchObject({
    status: 400,
    body: {
      detail: expect.stringContaining("x.yaml:1:") as string,
      details: {
        mistakes: [{ file: "x.yaml", line: 1, column: expect.any(Number) as number, message: expect.any(String) as string }],
      },
    },
  });
});

test("a viewer may plan, with as many contacts looked at as by default, and not apply", async () => {
  const plan = (contactPages: number) => at.post("/api/v1/campaigns/plan", { contactPages, files }, "viewer");
  const { status, body } = await plan(1);
  expect(status).toBe(200);
  expect(await plan(11)).toMatchObject({
    status: 403,
    body: { detail: "more than 10 pages of contacts need the role operator; vera has the role viewer" },
  });
  const { plan: hash, confirm } = body;
  expect(await at.post("/api/v1/campaigns/apply", { ...LOOK, plan: hash, confirm }, "viewer")).toMatchObject({ status: 403 });
});

test("a viewer who sends many plans of 10,000 characters is bounded at once, and everybody else is answered meanwhile", async () => {
  const [first] = files;
  const text = `${first?.text ?? ""}\n`.padEnd(10_000, "# a remark\n");
  expect(text).toHaveLength(10_000);
  const ends: { status: number; body: Record<string, unknown>; retryAfter: string | null }[] = [];
  const over = new AbortController();
  const body = JSON.stringify({ ...LOOK, files: [{ name: "long.yaml", text }] });
  const headers = { "content-type": "application/json" };
  const sends = async () => {
    while (!over.signal.aborted) {
      const answer = await at.ask("/api/v1/campaigns/plan", { as: "viewer", method: "POST", headers, body });
      const retryAfter = answer.headers.get("retry-after");
      ends.push({ status: answer.status, body: (await answer.json()) as Record<string, unknown>, retryAfter });
    }
  };
  const sending = Promise.all(Array.from({ length: 12 }, sends));
  try {
    const refused = () => ends.filter(({ status }) => status === 429).length;
    await until(() => refused() > 0);
    // A person beside: pages, a plan of their own that is as long, and what is refused to the viewer only.
    for (let turn = 0; turn < 3; turn++) {
      const before = refused();
      expect((await at.ask("/api/v1/campaigns")).status).toBe(200);
      expect((await at.ask("/readyz")).status).toBe(200);
      expect((await at.ask("/api/v1/campaigns/plan", { as: "second", method: "POST", headers, body })).status).toBe(200);
      // The viewer was at it all the while.
      await until(() => refused() > before);
    }
  } finally {
    over.abort();
    await sending;
  }
  expect(new Set(ends.map(({ status }) => status))).toEqual(new Set([200, 429]));
  for (const { status, body: told, retryAfter } of ends)
    if (status === 429)
      expect([told["code"], told["detail"], retryAfter]).toEqual([
        "too_many_at_once",
        "vera has 2 readings of campaign files under way, which is as many as one caller may have",
        "1",
      ]);
  // It is a bound of what is under way, and over with it.
  expect((await at.post("/api/v1/campaigns/plan", JSON.parse(body), "viewer")).status).toBe(200);
});

test("the emergency stop pauses every campaign at once, needs no confirmation and may be repeated", async () => {
  expect(await at.post("/api/v1/campaigns/stop", {}, "viewer")).toMatchObject({ status: 403 });
  const { status, body } = await at.post("/api/v1/campaigns/stop", { reason: "a wrong list" });
  expect([status, body["listProblem"]]).toEqual([202, null]);
  const { changes } = body as unknown as { changes: { campaignId: string; status: string }[] };
  expect(changes.length).toBeGreaterThan(0);
  expect(new Set(changes.map((one) => one.status))).toEqual(new Set(["paused"]));
  const active = async () => {
    const { items } = (await at.get("/api/v1/campaigns")) as { items: { id: string; status: string }[] };
    return items.filter((one) => one.status === "active");
  };
  await expect.poll(active, { timeout: 60_000 }).toEqual([]);
  // Those whose calls were not seen to end are looked at again, the others are seen paused.
  const again = await at.post("/api/v1/campaigns/stop", {});
  const { changes: more } = again.body as unknown as { changes: { campaignId: string; status: string }[] };
  expect(more.filter((one) => one.status !== "paused")).toEqual([]);
  const audit = await at.service.store.audit.list({ limit: 500 });
  const told = audit.filter(({ action }) => action === "api.campaigns.stop" || action === "campaign.pause");
  expect(new Set(told.map(({ actor }) => actor))).toEqual(new Set(["olga"]));
});
