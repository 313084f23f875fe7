// Four eyes: the second person sees what the first one saw, whatever the verb, and is told when it no longer holds.

import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openHolds } from "../../browser/holds.ts";
import { runCli } from "../../support/cli.ts";
import { hastenedClock } from "../../support/hastened-clock.ts";
import { EASTERN, type StartedService, startService } from "../../support/service.ts";
import { until } from "../../support/until.ts";

/** A Tuesday, 13:00 in New York. */
const OPEN = "2026-06-16T17:00:00Z";

let at: StartedService;
beforeAll(async () => {
  at = await startService({
    clock: hastenedClock(Date.parse(OPEN)),
    yaml: "service: { fourEyes: true }\ndialer: { activation: { first: 50ms, most: 200ms, looks: 500, settle: 1s } }\n",
    sandbox: {
      now: OPEN,
      scenario: {
        campaigns: [
          { id: "first", contactListId: "people", status: "active" },
          { id: "second", contactListId: "people", status: "paused" },
          { id: "long", contactListId: "many", status: "paused" },
        ],
        contactLists: [
          { id: "people", generate: { count: 40, consentRate: 1, zones: ["America/New_York"] } },
          // Longer than what a preview looks at: nobody at its beginning is no refusal, whatever the hour.
          { id: "many", generate: { count: 300, consentRate: 0, zones: ["America/New_York"] } },
        ],
      },
    },
  });
  await at.registries(...EASTERN);
});
afterAll(() => at[Symbol.asyncDispose]());

const band = { low: expect.any(Number) as number, median: expect.any(Number) as number, high: expect.any(Number) as number };
const ANY = expect.anything() as unknown;

interface Preview extends Record<string, unknown> {
  readonly confirm: string;
}

/** Previews a verb and asks for it. @returns what the one who asks was shown, and the id of the approval */
async function ask(path: string, preview: string, body: object): Promise<{ shown: Preview; id: string }> {
  const previewed = await at.post(preview, body);
  expect([path, previewed.status, previewed.body]).toEqual([path, 200, ANY]);
  const shown = previewed.body as Preview;
  return { shown, id: await waits(path, { ...body, confirm: shown.confirm }) };
}

async function waits(path: string, body: object): Promise<string> {
  const asked = await at.post(path, body);
  expect([path, asked.status, asked.body]).toEqual([path, 202, { approval: ANY }]);
  return (asked.body as { approval: { id: string } }).approval.id;
}

const seen = (id: string) => at.get(`/api/v1/approvals/${id}`, "viewer");
const reject = (id: string) => at.post(`/api/v1/approvals/${id}/reject`, {}, "second");

/** A settings file that differs from what is in force in its dial ratio, and in nothing else. */
async function settingsWith(ratio: number): Promise<object> {
  const { settings } = (await at.get("/api/v1/dialer")) as { settings: { algorithm: object } & Record<string, unknown> };
  const { versionTag: _, ...own } = settings;
  return {
    ...own,
    algorithm: { ...settings.algorithm, dial_ratio: ratio },
    carrier_capacity: { max_trunks: 400 },
    expected: { answer_rate: 0.2 },
  };
}

test("dialer settings: difference, checks, prediction and what it was made with, as the first person saw them", async () => {
  const body = { file: await settingsWith(1.35), guardMinutes: 30 };
  const { shown, id } = await ask("/api/v1/dialer/apply", "/api/v1/dialer/preview", body);
  const found = await seen(id);
  expect(found).toMatchObject({
    id,
    operation: "dialer.apply",
    requestedBy: "olga",
    requestedAt: ANY,
    state: "pending",
    confirm: shown.confirm,
    standing: { state: "holds", reasons: [] },
    plan: {
      kind: "dialer",
      preview: {
        changes: [{ path: "algorithm.dial_ratio", after: 1.35 }],
        findings: expect.any(Array) as unknown[],
        prediction: { abandonment: band, occupancy: band, attemptsPerHour: band },
        basis: { carrier_capacity: { max_trunks: 400 }, expected: { answer_rate: 0.2 } },
        guard: { minutes: 30, campaigns: ["first"] },
      },
    },
  });
  expect((found["plan"] as { preview: unknown }).preview).toEqual(shown);
  // Who looked is in the audit.
  const audit = await at.service.store.audit.list({ limit: 20 });
  expect(audit.map(({ actor, action, subject }) => `${actor} ${action} ${subject}`)).toContain(`vera api.approvals.show ${id}`);

  // The same through a command from another machine: it names the approval that waits.
  await writeFile(join(at.dir, "settings.json"), JSON.stringify(body.file));
  const env = { OUTDIAL_URL: at.service.url, OUTDIAL_TOKEN: at.tokens.operator };
  const asked = await runCli(["dialer", "apply", "settings.json", "--guard", "30m", "--yes"], { cwd: at.dir, env });
  expect(asked).toMatchObject({ code: 4, stdout: `not done yet: another person must agree to ${id}, in the service\n` });

  // Expectations are part of what is agreed to: another prediction is another plan.
  const other = await at.post("/api/v1/dialer/preview", {
    ...body,
    file: { ...body.file, expected: { answer_rate: 0.4 } },
  });
  expect(other.body["confirm"]).not.toBe(shown.confirm);

  // Somebody sets something else at the tenant.
  at.sandbox.control.simulateEdit({ kind: "dialerSettings", body: { name: "edited elsewhere" } });
  const later = await seen(id);
  expect(later).toMatchObject({
    standing: { state: "changed", reasons: ["not as shown any more: the difference to what is in force"] },
  });
  // What is shown stays what was agreed to.
  expect((later["plan"] as { preview: unknown }).preview).toEqual(shown);
  const approved = await at.post(`/api/v1/approvals/${id}/approve`, { confirm: shown.confirm, message: "for today" }, "second");
  expect(approved).toMatchObject({ status: 409, body: { code: "plan_changed" } });
  expect(await seen(id)).toMatchObject({ state: "failed", decidedBy: "oscar", standing: null, plan: { kind: "dialer" } });
  // Why it failed, and what the person who decided said.
  const why = String(approved.body["detail"]);
  expect((await seen(id))["message"]).toBe(`oscar said: for today; ${why}`);
});

test("campaign files: every field of every campaign, and what they reach", async () => {
  const text = await readFile(new URL("../../../examples/campaigns/spring-renewals.yaml", import.meta.url), "utf8");
  const files = (rate: string) => [{ name: "spring.yaml", text: text.replace("callRate: 12", `callRate: ${rate}`) }];
  const plan = await at.post("/api/v1/campaigns/plan", { files: files("12"), contactPages: 1 });
  const { plan: hash, confirm } = plan.body as { plan: string; confirm: string };
  const id = await waits("/api/v1/campaigns/apply", { plan: hash, confirm, contactPages: 1, sourceName: "spring" });
  const found = await seen(id);
  expect(found).toMatchObject({ standing: { state: "holds" }, plan: { kind: "campaign_files", sourceName: "spring" } });
  expect((found["plan"] as { preview: unknown }).preview).toEqual(plan.body);
  // The same through a command from another machine: it names the approval that waits.
  const env = { OUTDIAL_URL: at.service.url, OUTDIAL_TOKEN: at.tokens.operator };
  const asked = await runCli(["campaign", "apply", "--plan", hash, "--contacts", "100", "--yes"], { cwd: at.dir, env });
  expect(asked).toMatchObject({ code: 4, stdout: `not done yet: another person must agree to ${id}, in the service\n` });
  at.sandbox.control.simulateEdit({ kind: "campaign", id: "second", body: { name: "another name" } });
  expect(await seen(id)).toMatchObject({
    standing: { state: "changed", reasons: [ANY, expect.stringContaining("second: changed (name)")] },
  });
  await reject(id);
});

test("a resume: what the gate looked at, with results, and the reason that was given", async () => {
  const path = "/api/v1/campaigns/long/resume";
  const preview = (await at.post(`${path}/preview`, {})).body as Preview;
  const check = (name: string, verdict: unknown, text: string) => ({
    check: name,
    verdict,
    forbids: false,
    text: expect.stringContaining(text) as string,
  });
  expect(preview["checks"]).toEqual([
    check("company's do-not-call list", "ok", "declared empty by "),
    check("do-not-call registries", "ok", "US as of "),
    check("calling windows", expect.toBeOneOf(["ok", "not_ok"]), " zones open"),
    check("contacts", "unknown", "0 of 200 looked at of 300 on the list may be called now; not now: 200 "),
    check(
      "abandonment, us-abandonment",
      "unknown",
      "not known: no live answer of it is among the imported calls of 30 d; 3 % are allowed",
    ),
  ]);
  const id = await waits(path, { confirm: preview.confirm, reason: "the list is mended" });
  expect(await seen(id)).toMatchObject({
    standing: { state: "holds" },
    plan: {
      kind: "campaign",
      reason: "the list is mended",
      preview: { ...preview, judged: { covers: { known: 200, of: 300 }, callable: 0 } },
    },
  });
  // Dialing already: there is nothing left to agree to.
  at.sandbox.control.simulateEdit({ kind: "campaign", id: "long", body: { status: "active" } });
  expect(await seen(id)).toMatchObject({ standing: { state: "changed" } });
  await reject(id);
});

test("a failover pair and its hand-over", async () => {
  const policy = { backup: "second", threshold: 0.05 };
  const { shown, id } = await ask("/api/v1/failover/pairs", "/api/v1/failover/pairs/preview", { primary: "first", policy });
  expect(shown["changes"]).toContainEqual({ path: "backup", before: null, after: "second" });
  const found = await seen(id);
  expect(found).toMatchObject({ standing: { state: "holds" }, plan: { kind: "failover_pair", preview: shown } });
  expect(await at.post(`/api/v1/approvals/${id}/approve`, { confirm: shown.confirm }, "second")).toMatchObject({ status: 200 });
  const over = await ask("/api/v1/campaigns/first/failover", "/api/v1/campaigns/first/failover/preview", {});
  // The lists are read in the hand-over alone: what that may find is said before.
  expect(over.shown["effects"]).toContainEqual(expect.stringMatching(/list of second .* is not known before .* would halt/));
  expect(await seen(over.id)).toMatchObject({
    plan: {
      kind: "campaign",
      preview: {
        verb: "failover",
        effects: over.shown["effects"],
        checks: expect.arrayContaining([
          expect.objectContaining({ check: "who dials", verdict: "ok" }),
          expect.objectContaining({ check: "calling windows", verdict: "ok" }),
        ]) as unknown,
      },
    },
  });
  // The same through a command from another machine: it names the approval that waits.
  const run = (...args: string[]) =>
    runCli(["campaign", "failover", ...args], {
      cwd: at.dir,
      env: { OUTDIAL_URL: at.service.url, OUTDIAL_TOKEN: at.tokens.operator },
    });
  expect(await run("start", "first", "--yes")).toMatchObject({
    code: 4,
    stdout: `not done yet: another person must agree to ${over.id}, in the service\n`,
    stderr: expect.stringContaining(String((over.shown["effects"] as string[])[0])) as string,
  });
  expect(await run("start", "first")).toMatchObject({ code: 2, stderr: expect.stringContaining("Pass --yes") as string });
  expect((await run("status", "first")).stdout).toContain("contacts held back from second");
  await reject(over.id);
});

test("what lets a campaign dial, asked for before an emergency stop, is not approved after it", async () => {
  at.sandbox.control.simulateEdit({ kind: "campaign", id: "long", body: { status: "paused" } });
  const resume = await ask("/api/v1/campaigns/long/resume", "/api/v1/campaigns/long/resume/preview", {});
  const text = await readFile(new URL("../../../examples/campaigns/spring-renewals.yaml", import.meta.url), "utf8");
  const plan = async (activate: boolean) => {
    const files = [{ name: "spring.yaml", text }];
    const { body } = await at.post("/api/v1/campaigns/plan", { files, contactPages: 1, activate });
    const { plan: hash, confirm } = body as { plan: string; confirm: string };
    return { confirm, id: await waits("/api/v1/campaigns/apply", { plan: hash, confirm, contactPages: 1 }) };
  };
  const [dials, paused] = [await plan(true), await plan(false)];
  for (const { id } of [resume, dials, paused]) expect(await seen(id)).toMatchObject({ standing: { state: "holds" } });
  await at.service.store.stops.give({ id: "given_meanwhile", actor: "olga", scope: null });
  for (const [id, confirm] of [
    [resume.id, resume.shown.confirm],
    [dials.id, dials.confirm],
  ] as const) {
    expect(await seen(id)).toMatchObject({ standing: { state: "changed" } });
    expect(await at.post(`/api/v1/approvals/${id}/approve`, { confirm }, "second")).toMatchObject({
      status: 409,
      body: { code: "plan_changed" },
    });
  }
  // One that activates nothing has nothing to do with it.
  expect(await seen(paused.id)).toMatchObject({ standing: { state: "holds" } });
  await reject(paused.id);
});

test("a number that somebody wrote into a reason or a reference is masked with the others", async () => {
  const number = "+12125550142";
  const written = { reason: "ring (212) 555-0142 no more", reference: "ticket 212.555.0142" };
  await at.post("/api/v1/suppressions", { number, ...written });
  const inWords = await ask("/api/v1/suppressions/lift", "/api/v1/suppressions/lift/preview", {
    number,
    reason: "not 212-555-0142",
  });
  await reject(inWords.id);
  for (const told of [
    await seen(inWords.id),
    await at.post("/api/v1/compliance/suppression", { number }, "viewer"),
    await at.get("/api/v1/compliance/revocations"),
    await at.get("/api/v1/audit?limit=20&order=newest"),
  ])
    expect(JSON.stringify(told)).not.toMatch(/212.{0,2}555.?0142/);
  expect((await at.post("/api/v1/compliance/suppression", { number, reveal: true })).body).toMatchObject({
    history: [{ code: written.reason, reference: written.reference }],
  });
});

test("a lift: what it takes back, the number masked", async () => {
  const number = "+12125550145";
  await at.post("/api/v1/suppressions", { number, reason: "said so" });
  const lift = { number, reason: "a wrong number", mistake: true };
  const { id } = await ask("/api/v1/suppressions/lift", "/api/v1/suppressions/lift/preview", lift);
  const found = await seen(id);
  expect(found).toMatchObject({
    standing: { state: "holds" },
    plan: { kind: "lift", reason: "a wrong number", mistake: true, preview: { suppression: { history: [{ code: "said so" }] } } },
  });
  expect(JSON.stringify(found)).not.toContain("2125550145");
  await at.post("/api/v1/suppressions", { number, reason: "said so again" });
  expect(await seen(id)).toMatchObject({ standing: { state: "changed" } });
});

test("an erasure: where it erases and what stays, without the number; carried out, the request itself has the number no more", async () => {
  const number = "+12125550146";
  await at.post("/api/v1/suppressions", { number, reason: "said so" });
  const body = { person: number, reason: "asked for it, 212 555 0146" };
  expect((await at.post("/api/v1/data/erase/preview", body)).status).toBe(403);
  const { body: shown } = await at.post("/api/v1/data/erase/preview", body, "admin");
  const { confirm } = shown as { confirm: string };
  const asked = await at.post("/api/v1/data/erase", { ...body, confirm }, "admin");
  expect(asked).toMatchObject({ status: 202 });
  const { id } = (asked.body as { approval: { id: string } }).approval;
  const found = await seen(id);
  expect(found).toMatchObject({ standing: { state: "holds" }, plan: { kind: "erase", preview: { places: ANY } } });
  expect(JSON.stringify([shown, found])).not.toMatch(/212.?555.?0146/);
  // Meanwhile more is known of the person: it is erased with the rest.
  await at.post("/api/v1/suppressions", { number, reason: "said so again" });
  const done = await at.post(`/api/v1/approvals/${id}/approve`, { confirm }, "second");
  expect(done).toMatchObject({ status: 200, body: { approval: { state: "approved" }, status: 200 } });
  const { erased, left } = (done.body as { answer: { erased: { name: string }[]; left: { name: string; held: boolean }[] } })
    .answer;
  expect(erased.map(({ name }) => name)).toEqual(expect.arrayContaining(["outdial.approvals", "outdial.audit"]));
  expect(left.map(({ name, held }) => [name, held])).toEqual([
    ["outdial.revocations", true],
    ["outdial.suppressions", true],
  ]);
  expect(JSON.stringify(await at.get("/api/v1/audit?limit=50&order=newest", "admin"))).not.toMatch(/212.?555.?0146/);
});

test("one that was approved and whose answer is lost says that its outcome is not known, until it is asked for again", async () => {
  const { control } = at.sandbox;
  control.simulateEdit({ kind: "campaign", id: "first", body: { status: "paused" } });
  const approve = async () => {
    const path = "/api/v1/campaigns/first/resume";
    const { shown, id } = await ask(path, `${path}/preview`, {});
    const answer = await at.post(`/api/v1/approvals/${id}/approve`, { confirm: shown.confirm, message: "go" }, "second");
    return { id, status: answer.status, body: answer.body as { approval: object; answer: { message: string } } };
  };
  const unknown = async () => {
    const { items } = (await at.get("/api/v1/attention", "viewer")) as { items: { code: string; subject: { id: string } }[] };
    return items.filter(({ code }) => code === "approval_outcome_unknown");
  };
  control.faults.add({ match: { operation: "updateCampaign" }, effect: { reset: true } });
  const { id, status, body } = await approve();
  const { message } = body.answer;
  const kept = `oscar said: go; ${message}`;
  expect([status, body]).toEqual([
    200,
    {
      approval: expect.objectContaining({ id, state: "outcome_unknown", decidedBy: "oscar", message: kept }) as object,
      status: 200,
      answer: expect.objectContaining({ status: "unknown", confirmed: false }) as object,
    },
  ]);
  expect(await unknown()).toEqual([
    expect.objectContaining({
      severity: "urgent",
      subject: { kind: "approval", id, name: ANY },
      what: "oscar approved it, and it is not known whether it was carried out",
      evidence: [kept],
    }),
  ]);
  control.faults.clear();
  expect((await approve()).body).toMatchObject({ approval: { state: "approved", message: "go" }, answer: { status: "active" } });
  expect(await unknown()).toEqual([]);
  // A resume that the tenant refuses has failed, whatever the status of the answer.
  control.simulateEdit({ kind: "campaign", id: "first", body: { status: "paused" } });
  control.faults.add({ match: { operation: "updateCampaign" }, effect: { status: 422 } });
  expect((await approve()).body).toMatchObject({ approval: { state: "failed" }, answer: { status: "failed" } });
  control.faults.clear();
});

test("a change of dialer settings that was approved says how it ended, also long after it was begun", async () => {
  const { control } = at.sandbox;
  const approve = async (ratio: number) => {
    const body = { file: await settingsWith(ratio) };
    const { shown, id } = await ask("/api/v1/dialer/apply", "/api/v1/dialer/preview", body);
    const { body: answer } = await at.post(
      `/api/v1/approvals/${id}/approve`,
      { confirm: shown.confirm, message: "go" },
      "second",
    );
    const { version, job } = answer["answer"] as { version: number; job: string };
    expect(answer["approval"]).toMatchObject({ id, job });
    return { id, version, job };
  };
  const told = async (id: string) => {
    const { state, message, job } = await seen(id);
    return { state, message, job };
  };
  const change = (version: number) => at.get(`/api/v1/dialer/versions/${version}`);
  // The answer to the write is lost after the tenant has taken it, and the tenant cannot be read since.
  control.faults.add({ match: { operation: "putDialerSettings" }, times: 1, effect: { acceptThenFail: true } });
  await using holds = await openHolds(at.databaseUrl);
  await holds.hold("settings", ["sent"]);
  const one = await approve(1.4);
  await until(() => control.requests({ operation: "putDialerSettings" }).length > 0);
  control.faults.add({ match: { operation: "getDialerSettings" }, effect: { status: 403 } });
  await holds.free();
  await until(async () => (await change(one.version))["stop"] !== null);
  const { stop, phase } = (await change(one.version)) as { stop: { message: string }; phase: string };
  expect(phase).toBe("settling");
  await expect
    .poll(() => told(one.id))
    .toEqual({ state: "outcome_unknown", message: `oscar said: go; ${stop.message}`, job: one.job });
  const { items } = (await at.get("/api/v1/approvals")) as { items: { id: string; state: string }[] };
  expect(items.find(({ id }) => id === one.id)).toMatchObject({ state: "outcome_unknown" });
  // It is known again once somebody has gone on with it.
  control.faults.clear();
  await at.post(`/api/v1/dialer/versions/${one.version}/resume`, {});
  await until(async () => (await change(one.version))["outcome"] === "applied");
  await expect.poll(() => told(one.id)).toEqual({ state: "approved", message: "go", job: one.job });
  // One that the tenant refuses has failed.
  control.faults.add({ match: { operation: "putDialerSettings" }, times: 1, effect: { status: 422 } });
  const refused = await approve(1.45);
  await until(async () => (await change(refused.version))["outcome"] === "not_applied");
  await expect
    .poll(() => told(refused.id))
    .toEqual({ state: "failed", message: expect.stringMatching(/^oscar said: go; .* in force/) as string, job: refused.job });
  control.faults.clear();
});

test("what was asked for before plans were kept says that there is none; what does not exist is not found", async () => {
  const { id } = await at.service.store.requests.askApproval({
    operation: "dialer.apply",
    summary: "an old one",
    confirm: "0".repeat(64),
    request: { params: {}, query: {}, body: { file: {}, confirm: "0".repeat(64) } },
    plan: null,
    requestedBy: "olga",
  });
  expect(await seen(id)).toMatchObject({ plan: null, standing: { state: "refused" } });
  expect(await at.get("/api/v1/approvals/none")).toMatchObject({ status: 404 });
});

test("one whose process died while it carried it out says so; one that was carried out stays approved", async () => {
  const { store } = at.service;
  const asked = async (number: string) => {
    await at.post("/api/v1/suppressions", { number, reason: "said so" });
    const lift = { number, reason: "a wrong number", mistake: true };
    return ask("/api/v1/suppressions/lift", "/api/v1/suppressions/lift/preview", lift);
  };
  const done = await asked("+12125550143");
  const answer = await at.post(`/api/v1/approvals/${done.id}/approve`, { confirm: done.shown.confirm }, "second");
  expect(answer).toMatchObject({ status: 200, body: { approval: { state: "approved" }, status: 200 } });
  const left = await asked("+12125550144");
  await store.requests.decideApproval(left.id, { state: "approved", executor: "one that died", by: "oscar" });
  await expect
    .poll(() => seen(left.id), { timeout: 60_000 })
    .toMatchObject({
      state: "interrupted",
      decidedBy: "oscar",
      message: expect.stringContaining("The audit log") as string,
    });
  expect(await seen(done.id)).toMatchObject({ state: "approved", message: null });
  const { items } = (await at.get("/api/v1/attention")) as { items: { subject: { id: string } }[] };
  expect(items).toContainEqual(
    expect.objectContaining({ code: "approval_outcome_unknown", subject: { kind: "approval", id: left.id, name: ANY } }),
  );
});

test("what was asked for by a token that was revoked since, or in a session of it, is not carried out", async () => {
  const { access } = at.service.store;
  const body = { reason: "back from lunch" };
  const json = { "content-type": "application/json" };
  for (const [name, session] of [
    ["tess", false],
    ["tara", true],
  ] as const) {
    const { token, id: tokenId } = await access.addToken({ name, role: "operator", expiresAt: null, by: "test" });
    const opened = session ? await access.openWithToken(token) : undefined;
    const who: Record<string, string> =
      opened === undefined
        ? { authorization: `Bearer ${token}` }
        : { cookie: `outdial_session=${opened.value}`, "x-outdial-request": "1" };
    const post = async (path: string, given: object) => {
      const response = await fetch(`${at.service.url}${path}`, {
        method: "POST",
        headers: { ...json, ...who },
        body: JSON.stringify(given),
      });
      return (await response.json()) as Record<string, unknown>;
    };
    const { confirm } = await post("/api/v1/campaigns/second/resume/preview", body);
    const { approval } = (await post("/api/v1/campaigns/second/resume", { ...body, confirm })) as { approval: { id: string } };
    await access.revokeToken(tokenId, "adam");
    const why = `the token of ${name}, who asked for this, was revoked: it is not carried out in that name any more; whoever may can ask anew`;
    expect(await seen(approval.id)).toMatchObject({
      state: "expired",
      message: why,
      standing: { state: "refused", reasons: [why] },
    });
    const listed = async (query: string) =>
      ((await at.get(`/api/v1/approvals${query}`))["items"] as { id: string }[]).find(({ id }) => id === approval.id);
    expect(await listed("")).toMatchObject({ state: "expired", message: why });
    expect(await listed("?pending=true")).toBeUndefined();
    const approved = await at.post(`/api/v1/approvals/${approval.id}/approve`, { confirm }, "second");
    expect(approved).toMatchObject({ status: 409, body: { code: "invalid_state", detail: why } });
    expect(await seen(approval.id)).toMatchObject({ state: "expired", decidedBy: null });
    expect((await reject(approval.id)).status).toBe(200);
  }
});

test("the command line lists, shows, gives and rejects approvals, never in the name of the person who asked", async () => {
  const number = "+12125550188";
  const body = { number, reason: "a mistake", mistake: true };
  await at.post("/api/v1/suppressions", { number, reason: "said so" });
  const ids = await Promise.all(
    ["first reason", "second reason"].map(
      async (reason) => (await ask("/api/v1/suppressions/lift", "/api/v1/suppressions/lift/preview", { ...body, reason })).id,
    ),
  );
  const [one = "", other = ""] = ids;
  const run = (as: "operator" | "second", ...args: readonly string[]) =>
    runCli(["approvals", ...args], { cwd: at.dir, env: { OUTDIAL_URL: at.service.url, OUTDIAL_TOKEN: at.tokens[as] } });
  for (const id of ids) expect((await run("second", "list")).stdout).toContain(id);
  expect(await run("second", "show", one)).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/asked for by olga.*"reason": "first reason".*as shown: holds/s) as string,
  });
  expect((await run("operator", "approve", one, "--yes")).code).not.toBe(0);
  expect(await seen(one)).toMatchObject({ state: "pending" });
  expect(await run("second", "reject", other, "--message", "not today")).toMatchObject({
    code: 0,
    stdout: `${other} rejected\n`,
  });
  expect(await seen(other)).toMatchObject({ state: "rejected", decidedBy: "oscar" });
  expect(await run("second", "approve", one)).toMatchObject({ code: 2 });
  expect(await run("second", "approve", one, "--yes")).toMatchObject({
    code: 0,
    stdout: expect.stringContaining("approved") as string,
  });
  expect(await seen(one)).toMatchObject({ state: "approved", decidedBy: "oscar" });
  expect((await run("second", "list")).stdout).not.toContain(one);
  expect(await runCli(["approvals", "list"], { cwd: at.dir, env: at.environment })).toMatchObject({ code: 2 });
});
