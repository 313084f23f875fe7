// Every phase of every machine on the pages that show it, as in phases.test.ts. Here: applies of campaign files, jobs, retrievals, approvals.

import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { ApprovalView, JobSummary } from "../../src/operations/views/index.ts";
import { APPLY_OUTCOMES, APPLY_PHASES } from "../support/histories/phase-cases.ts";
import { until } from "../support/until.ts";
import { BACKUP, openPhases, type PhasesWorld, PRIMARY, WALKED } from "./phases-world.ts";
import type { Opened } from "./world.ts";

const MINE = WALKED.filter((one) => ["apply", "jobs", "retrieval", "approval"].includes(one));

let world: PhasesWorld;
beforeAll(async () => {
  if (MINE.length > 0) world = await openPhases();
});
afterEach(() => world?.holds.free());
afterAll(() => world?.[Symbol.asyncDispose]());

type ApplyPhase = (typeof APPLY_PHASES)[number];
type ApplyOutcome = (typeof APPLY_OUTCOMES)[number];
type JobStatus = JobSummary["status"];

/** What an apply is called while it is in a phase, and after its end. */
const APPLY: Readonly<Record<Exclude<ApplyPhase, "ended">, string>> = {
  looking: "looking at what is there",
  intending: "about to send",
  sending: "sending",
  settling: "answer lost, reading",
  verifying: "reading back",
  registering: "registering webhooks",
  gating: "asking the gate",
  activating: "activating",
  confirming: "reading back whether it is active",
};
const APPLIED: Readonly<Record<ApplyOutcome, string>> = {
  applied: "applied, read back",
  partly_applied: "applied in part",
  not_applied: "not applied",
};

const fileOf = (name: string) => `name: ${name}
contactListId: list_c
queueId: default_outbound_queue
status: active
dialerConfig:
  type: predictive
  predictiveSettings: { answerRatio: 0.5, maxCallsInFlight: 20, callRate: 12, abandonmentThreshold: 0.03 }
complianceConfig:
  timeZone: America/New_York
  dialingRules: { startTime: "12:00:00", endTime: "20:00:00", allowedDays: [Monday, Tuesday, Wednesday, Thursday, Friday] }
  rateLimits: { maxCallsPerContactPerDay: 1, maxCallsPerContactPerWeek: 3, maxCallsPerDay: 5000 }
consent: { required: true, attribute: consentFlags.outbound.call }
`;

/** Of the page of campaign files: what the apply is called, there and in the list of applies, and each campaign's step. */
const FILES = `(() => ({
  called: document.querySelector('main section[aria-label="Apply"] .pill')?.textContent ?? null,
  listed: document.querySelector('main section[aria-label="Applies"] tbody .pill')?.textContent ?? null,
  steps: [...document.querySelectorAll('main section[aria-label="Apply"] ol.steps li')].map((one) => [one.className, one.querySelector(".break").textContent]),
}))()`;
interface FilesShown {
  readonly called: string | null;
  readonly listed: string | null;
  readonly steps: readonly (readonly [state: string, text: string])[];
}

test.runIf(WALKED.includes("apply"))(
  "an apply of campaigns: what is done, by each page, is done at the tenant",
  { timeout: 400_000 },
  async () => {
    const { whole, holds, open } = world;
    await using files = await open("/campaign-files");
    await using jobs = await open("/jobs");
    const { control } = whole.sandbox;
    /** Of the campaigns that the tenant has under these names: whether each dials. */
    const tenant = () =>
      new Map(control.snapshot().campaigns.map(({ document: { name, status } }) => [String(name), status === "active"]));
    await holds.hold("apply", APPLY_PHASES);
    const seen = new Set<string>();
    const shown = async () => {
      const { called, listed, steps } = await files.page.evaluate<FilesShown>(FILES);
      const job = await jobs.page.locator("main section[aria-label=Progress] .pill").first().textContent();
      return { called: [called, listed, job], steps };
    };
    const apply = async (names: readonly string[], end: ApplyOutcome, before?: () => unknown) => {
      const given = {
        files: names.map((name) => ({ name: `${name}.yaml`, text: fileOf(name) })),
        contactPages: 1,
        activate: true,
      };
      const { body: plan } = await whole.post("/api/v1/campaigns/plan", given);
      expect(plan).toMatchObject({ violations: [] });
      const { plan: hash, confirm } = plan;
      const asked = await whole.post("/api/v1/campaigns/apply", {
        plan: hash,
        confirm,
        contactPages: 1,
        sourceName: names.join(" "),
      });
      const { approval } = asked.body as { approval: { id: string; confirm: string } };
      await before?.();
      const done = await whole.post(`/api/v1/approvals/${approval.id}/approve`, { confirm: approval.confirm }, "second");
      const { job: id } = (done.body as { answer: { job: string } }).answer;
      await Promise.all([files.go(`/campaign-files?apply=${id}`), jobs.go(`/jobs/${id}`)]);
      for (let phase = await holds.phaseOf("apply", id); phase !== "ended"; phase = await holds.next("apply", id)) {
        if (seen.has(phase)) continue;
        seen.add(phase);
        const called = APPLY[phase as Exclude<ApplyPhase, "ended">];
        await expect
          .poll(async () => ({ phase, called: (await shown()).called }))
          .toEqual({ phase, called: [called, called, called] });
        expect.soft([phase, (await shown()).steps.map(([state]) => state)]).toEqual([phase, ["running"]]);
      }
      seen.add("ended").add(end);
      const words = APPLIED[end];
      await expect.poll(async () => (await shown()).called).toEqual([words, words, words]);
      // Done is what the tenant has, and lets dial.
      const { steps } = await shown();
      expect
        .soft([end, steps.map(([state]) => state === "done")])
        .toEqual([end, names.map((name) => tenant().get(name) === true)]);
    };
    const fault = (effect: object, after = 0) => control.faults.add({ match: { operation: "createCampaign" }, after, effect });
    await apply(["Autumn"], "applied", () => fault({ acceptThenFail: true }));
    expect(seen).toEqual(new Set([...APPLY_PHASES, "applied"]));
    control.faults.clear();
    await apply(["Winter", "Snow"], "partly_applied", () => fault({ status: 422 }, 1));
    control.faults.clear();
    await apply(["Summer"], "not_applied", () => fault({ status: 422 }));
    control.faults.clear();
    expect(seen).toEqual(new Set([...APPLY_PHASES, ...APPLY_OUTCOMES]));
    expect([files.faults, jobs.faults]).toEqual([[], []]);
  },
);

/** What a job is called while it is in a state, and what a person can do then. */
const JOB: Readonly<Record<JobStatus, readonly [called: string, verbs: readonly string[]]>> = {
  planning: ["Planning", ["Cancel"]],
  ready: ["Ready", ["Resume", "Cancel"]],
  running: ["Running", ["Cancel"]],
  stopped: ["Stopped", ["Resume", "Cancel"]],
  failed: ["Failed", ["Resume", "Cancel"]],
  done: ["Done", []],
  partly_failed: ["Partly failed", []],
  cancelled: ["Cancelled", []],
};

/** Of the first job of the list, and of a job's own page. */
const JOBS = `(() => {
  const table = [...document.querySelectorAll("main table")].find((one) => one.caption?.textContent === "Jobs");
  const cells = [...(table?.tBodies[0].rows[0]?.cells ?? [])];
  return { called: cells[1]?.textContent ?? "", progress: cells[2]?.textContent ?? "", results: cells[3]?.textContent ?? "" };
})()`;
const JOB_PAGE = `(() => ({
  called: document.querySelector(".page-head .pill")?.textContent ?? "",
  verbs: [...document.querySelectorAll(".page-head button")].map((one) => one.textContent),
  words: document.querySelector("main")?.textContent ?? "",
}))()`;
interface JobsShown {
  readonly called: string;
  readonly progress: string;
  readonly results: string;
}
interface JobShown {
  readonly called: string;
  readonly verbs: readonly string[];
  readonly words: string;
}

/** What the list and a job's page say of a job, and what they offer. */
function lookAtJobs(list: Opened, one: Opened, seen: Set<string>) {
  return async (id: string, status: JobStatus, told: { readonly progress: RegExp; readonly results: RegExp }) => {
    seen.add(status);
    await one.go(`/jobs/${id}`);
    const [called, verbs] = JOB[status];
    const progress = expect.stringMatching(told.progress) as string;
    const results = expect.stringMatching(told.results) as string;
    await expect
      .poll(async () => ({ status, ...(await list.page.evaluate<JobsShown>(JOBS)) }))
      .toEqual({ status, called, progress, results });
    // Somebody works on what is ready and held, or under way: nothing is to be gone on with then.
    const offered = status === "ready" ? [["Cancel"], [...verbs]] : [[...verbs]];
    await expect
      .poll(async () => {
        const shown = await one.page.evaluate<JobShown>(JOB_PAGE);
        return [status, shown.called, offered.some((right) => right.join() === shown.verbs.join())];
      })
      .toEqual([status, called, true]);
  };
}

test.runIf(WALKED.includes("jobs"))(
  "jobs: which rows are tagged, by each page, is so at the tenant",
  {
    timeout: 400_000,
  },
  async () => {
    const { whole, holds, open } = world;
    await using list = await open("/jobs");
    await using one = await open("/jobs");
    const { control } = whole.sandbox;
    const tagged = () => control.state().calls.effects;
    const seen = new Set<string>();
    const look = lookAtJobs(list, one, seen);
    const submit = async (name: string, rows: readonly string[]) => {
      const body = ["call_id,disposition_code_id", ...rows.map((row) => `${row},DISP_001`), ""].join("\n");
      const path = `/api/v1/campaigns/${BACKUP}/tags?name=${name}`;
      const sent = whole.ask(path, { method: "POST", headers: { "content-type": "text/csv" }, body });
      const found = async () =>
        (await holds.query<{ id: string }>("select id from outdial.jobs where source_name = $1", [name]))[0]?.id;
      await until(async () => (await found()) !== undefined);
      return { id: (await found()) ?? "", sent };
    };
    const calls = (from: number, to: number) =>
      Array.from({ length: to - from }, (_, i) => `call_${String(from + i).padStart(7, "0")}`);

    await holds.hold("job", ["planning", "ready", "running"]);
    const { id, sent } = await submit("whole.csv", calls(1, 6));
    await look(id, "planning", { progress: /^(counting rows|0 of 5)$/, results: /^–$/ });
    expect(await holds.next("job", id)).toBe("ready");
    await sent;
    await look(id, "ready", { progress: /^0 of 5$/, results: /^–$/ });
    expect(tagged()).toBe(0);
    expect(await holds.next("job", id)).toBe("running");
    await until(() => tagged() === 5);
    await look(id, "running", { progress: /^[0-5] of 5$/, results: /^(–|Tagged [1-5])$/ });
    expect(await holds.next("job", id)).toBe("done");
    await look(id, "done", { progress: /^5 of 5$/, results: /^Tagged 5$/ });
    await holds.free();

    // A call that the tenant does not know; the rest of the file is tagged.
    const partly = await submit("partly.csv", [...calls(6, 9), "call_nobody"]);
    await partly.sent;
    await whole.ended(partly.id);
    await look(partly.id, "partly_failed", { progress: /^4 of 4$/, results: /Tagged 3/ });
    expect(tagged()).toBe(8);
    // The tenant takes the credentials no more.
    control.faults.add({ match: { operation: "assignDisposition" }, effect: { status: 401 } });
    const stopped = await submit("stopped.csv", calls(9, 12));
    await stopped.sent;
    await whole.ended(stopped.id);
    await look(stopped.id, "stopped", { progress: /^0 of 3$/, results: /^–$/ });
    control.faults.clear();
    await whole.post(`/api/v1/jobs/${stopped.id}/cancel`, {});
    await look(stopped.id, "cancelled", { progress: /^0 of 3$/, results: /^–$/ });
    expect(tagged()).toBe(8);
    // Nothing ends so today; what another version wrote is told as it is.
    await holds.query("update outdial.jobs set status = 'failed' where id = $1", [stopped.id]);
    await list.page.reload();
    await look(stopped.id, "failed", { progress: /^0 of 3$/, results: /^–$/ });
    await holds.query("update outdial.jobs set status = 'cancelled' where id = $1", [stopped.id]);
    expect(seen).toEqual(new Set(Object.keys(JOB)));

    expect([list.faults, one.faults]).toEqual([[], []]);
  },
);

test.runIf(WALKED.includes("retrieval"))(
  "a retrieval: which calls are home and why it goes no further, by each page, is so at the tenant and in the lake",
  { timeout: 400_000 },
  async () => {
    const { whole, holds, open, clock } = world;
    await using list = await open("/jobs");
    await using one = await open("/jobs");
    const { control } = whole.sandbox;
    const look = lookAtJobs(list, one, new Set());
    const to = new Date(clock.now()).toISOString();
    const from = new Date(clock.now() - 8 * 86_400_000).toISOString();
    const home = () =>
      control.calls(1000).filter(({ campaignId, startTime }) => campaignId === BACKUP && startTime >= from && startTime < to)
        .length;
    const begin = async () =>
      String((await whole.post("/api/v1/outcomes/retrievals", { campaignId: BACKUP, from, to })).body["jobId"]);
    const ended = async (id: string) =>
      (await whole.ended(id)) as { status: JobStatus; retrieval: { rows: number; windows: number } };
    const said = (text: string | RegExp) => one.page.locator("main").getByText(text).first().waitFor();
    const listCalls = { operation: "listCalls" } as const;

    // The tenant is away: it is tried again, and no row is there.
    control.faults.add({ match: listCalls, effect: { status: 503 } });
    const id = await begin();
    await until(() => control.requests({ operation: "listCalls" }).length > 0);
    await look(id, "running", { progress: /^0 of [1-9]\d* windows$/, results: /^–$/ });
    // It is no longer tried: a person may go on with it.
    await ended(id);
    await look(id, "stopped", { progress: /^0 of [1-9]\d* windows$/, results: /^–$/ });
    await said(/503|not available|no answer|does not answer|unavailable/i);
    control.faults.clear();
    // It is refused.
    control.faults.add({ match: listCalls, effect: { status: 403 } });
    await whole.post(`/api/v1/jobs/${id}/resume`, {});
    await until(async () => (await whole.get(`/api/v1/jobs/${id}`))["status"] === "running");
    await ended(id);
    await look(id, "stopped", { progress: /^0 of [1-9]\d* windows$/, results: /^–$/ });
    await said(/scope|refuses/);
    control.faults.clear();
    // Its service was ended: another one goes on with it.
    await holds.hold("job", ["stopped"]);
    const left = {
      code: "interrupted",
      message: "its service ended; another service, or its next start, continues it",
      leaves: true,
    };
    await holds.query("update outdial.jobs set error = $2 where id = $1", [id, JSON.stringify(left)]);
    await list.page.reload();
    await look(id, "stopped", { progress: /^0 of [1-9]\d* windows$/, results: /^–$/ });
    await said("its service ended; another service, or its next start, continues it");
    await holds.free();
    await whole.post(`/api/v1/jobs/${id}/resume`, {});
    await until(async () => (await whole.get(`/api/v1/jobs/${id}`))["status"] === "done");
    const all = await ended(id);
    expect(all.retrieval.rows).toBe(home());
    const windows = new RegExp(`^${all.retrieval.windows} of ${all.retrieval.windows} windows$`);
    await look(id, "done", { progress: windows, results: new RegExp(`^Rows ${home()}New ${home()}$`) });

    // A page whose read fails is read again; a call that ends before it begins is put aside, and that is told.
    const at = clock.now() - 3_600_000;
    const [startTime, endTime] = [at, at - 1000].map((time) => new Date(time).toISOString());
    control.simulateCall({ campaignId: BACKUP, id: "backwards", startTime, endTime });
    control.faults.add({ match: listCalls, times: 2 * all.retrieval.windows, effect: { garbage: true } });
    const second = await begin();
    await ended(second);
    await look(second, "partly_failed", {
      progress: windows,
      results: new RegExp(`^Rows ${home() - 1}New ${home() - 1}Put aside 1$`),
    });
    await said("end before start");
    await said("Failed reads");
    // Nothing ends so today; what another version wrote is told as it is.
    await holds.query("update outdial.jobs set status = 'failed' where id = $1", [second]);
    await list.page.reload();
    await look(second, "failed", { progress: windows, results: /Put aside 1$/ });
    await holds.query("update outdial.jobs set status = 'cancelled' where id = $1", [second]);
    expect([list.faults, one.faults]).toEqual([[], []]);
  },
);

type ApprovalState = ApprovalView["state"];
/** What came of an approval, whether it was done at the tenant, and whether it can still be decided. */
const APPROVAL: Readonly<Record<ApprovalState, readonly [called: string, isDone: boolean, isOpen: boolean]>> = {
  pending: ["Pending", false, true],
  approved: ["Approved", true, false],
  rejected: ["Rejected", false, false],
  failed: ["Failed", false, false],
  expired: ["Expired", false, false],
  interrupted: ["Interrupted", false, false],
  outcome_unknown: ["Approved, outcome unknown", false, false],
};

test.runIf(WALKED.includes("approval"))(
  "an approval: what was done, by each page, was done at the tenant",
  { timeout: 400_000 },
  async () => {
    const { whole, holds, open, clock, statusOf } = world;
    // A process that is late for its heartbeats sends nothing: at ten times the pace this one would be.
    clock.pace(1);
    await using list = await open("/approvals");
    await using one = await open("/approvals");
    await whole.post(`/api/v1/campaigns/${PRIMARY}/pause`, {});
    await whole.post(`/api/v1/campaigns/${BACKUP}/pause`, {});
    /** Asks for the resume of a campaign, which is done when it dials. */
    const ask = async () => {
      const path = `/api/v1/campaigns/${PRIMARY}/resume`;
      const { body: shown } = await whole.post(`${path}/preview`, {});
      const asked = await whole.post(path, { confirm: shown["confirm"], reason: String(seen.size) });
      return (asked.body as { approval: { id: string; confirm: string } }).approval;
    };
    const seen = new Set<ApprovalState>();
    const look = async (state: ApprovalState, { id }: { readonly id: string }) => {
      seen.add(state);
      const [called, isDone, isOpen] = APPROVAL[state];
      await one.go(`/approvals/${id}`);
      const row = list.page.locator("main tbody tr").filter({ has: list.page.locator(`a[href="/approvals/${id}"]`) });
      await expect
        .poll(async () => ({
          state,
          list: await row.locator("td .pill").first().textContent(),
          page: await one.page.locator(".page-head .pill").first().textContent(),
          decide: [await row.getByRole("button").count(), await one.page.locator(".page-head button").count()],
        }))
        .toEqual({ state, list: called, page: called, decide: isOpen ? [2, 2] : [0, 0] });
      expect([state, statusOf(PRIMARY) === "active"]).toEqual([state, isDone]);
    };
    const decide = ({ id, confirm }: { readonly id: string; readonly confirm: string }) =>
      whole.post(`/api/v1/approvals/${id}/approve`, { confirm }, "second");
    const pending = await ask();
    await look("pending", pending);
    await whole.post(`/api/v1/approvals/${pending.id}/reject`, {}, "second");
    await look("rejected", pending);
    const expired = await ask();
    await holds.query("update outdial.approvals set expires_at = requested_at where id = $1", [expired.id]);
    await list.page.reload();
    await look("expired", expired);
    // The process that carried it out is gone.
    const interrupted = await ask();
    await holds.query(
      "update outdial.approvals set state = 'approved', decided_by = 'oscar', decided_at = requested_at, executor = 'gone' where id = $1",
      [interrupted.id],
    );
    await until(async () => (await whole.get(`/api/v1/approvals/${interrupted.id}`))["state"] === "interrupted");
    await list.page.reload();
    await look("interrupted", interrupted);
    const failed = await ask();
    whole.sandbox.control.simulateEdit({ kind: "campaign", id: PRIMARY, body: { contactListId: "list_nobody" } });
    expect((await decide(failed)).status).toBeGreaterThanOrEqual(400);
    await look("failed", failed);
    whole.sandbox.control.simulateEdit({ kind: "campaign", id: PRIMARY, body: { contactListId: "list_a" } });
    // The tenant breaks off, and nobody knows whether it has done it.
    whole.sandbox.control.faults.add({ match: { operation: "updateCampaign" }, effect: { reset: true } });
    const unknown = await ask();
    expect((await decide(unknown)).body).toMatchObject({ answer: { status: "unknown" } });
    await look("outcome_unknown", unknown);
    await one.go("/");
    const concern = one.page.locator(".attention li").filter({ has: one.page.locator(`a[href="/approvals/${unknown.id}"]`) });
    await concern.getByText("it is not known whether it was carried out").waitFor();
    whole.sandbox.control.faults.clear();
    const approved = await ask();
    const done = await decide(approved);
    expect([done.status, done.body["answer"]]).toEqual([200, expect.objectContaining({ confirmed: true })]);
    await look("approved", approved);
    expect(seen).toEqual(new Set(Object.keys(APPROVAL)));
    expect([list.faults, one.faults]).toEqual([[], []]);
  },
);
