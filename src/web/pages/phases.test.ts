// Every phase of every machine on the pages that show it: drawn from what the machines themselves come to, and held against what is true at the tenant.

import { h, type VNode } from "preact";
import { renderToString } from "preact-render-to-string";
import { describe, expect, test } from "vitest";
import {
  APPLY_OUTCOMES,
  APPLY_PHASES,
  applyCases,
  type ChangeCase,
  changeCases,
  OUTCOMES,
  PHASES,
} from "../../../test/support/histories/phase-cases.ts";
import type { ApiTypes } from "../../server/index.ts";
import { createDashboard, DashboardContext } from "../api/dashboard.ts";
import { toneOf } from "../view/tone.ts";
import { Asked } from "./approval/asked.tsx";
import { approvedNews } from "./approval/verbs.tsx";
import { Apply } from "./campaign-files/page.tsx";
import { applySteps } from "./campaign-files/steps.ts";
import { Change } from "./dialer/change.tsx";
import { stepsOf } from "./dialer/steps.ts";
import { applyCalled, changeCalled } from "./dialer/words.ts";
import { Change as JobChange, Verbs } from "./job/page.tsx";
import { progressOf } from "./job/state.ts";

const dashboard = createDashboard({
  fetch: () => Promise.reject(new Error("a page that is drawn asks nothing")),
  now: () => 0,
  chance: () => 0,
  newKey: () => "key",
});
dashboard.session.set({ kind: "signed_in", me: { name: "olga", role: "operator" } as ApiTypes.Me });

/** The words of a part, without its markup. */
const markup = (part: unknown) => renderToString(h(DashboardContext.Provider, { value: dashboard }, part as VNode));
const drawn = (part: unknown) =>
  markup(part)
    .replaceAll(/<[^>]*>/g, " ")
    .replaceAll(/\s+/g, " ");
const buttons = (page: string) => [...page.matchAll(/<button[^>]*>([^<]*)/g)].map(([, text]) => text);

describe("a change of dialer settings", () => {
  const cases = changeCases();
  const nothing = () => undefined;
  const name = ({ change: { phase, purpose, outcome, stop, failure }, truth }: ChangeCase) =>
    JSON.stringify([phase, purpose, outcome, failure?.code, stop !== null, truth]);

  test("comes to every phase and every end", () => {
    expect(new Set(cases.map(({ change }) => change.phase))).toEqual(new Set(PHASES));
    expect(new Set(cases.flatMap(({ change: { outcome } }) => outcome ?? []))).toEqual(new Set(OUTCOMES));
  });

  test("is told done only as far as it came", () => {
    for (const one of cases) {
      const steps = new Map(stepsOf(one.change).map((step) => [step.name, step]));
      const done = (step: string) => steps.get(step)?.state === "done";
      const { sent, taken, inForce } = one.truth;
      const { outcome, phase } = one.change;
      if (done("sending")) expect.soft(sent, name(one)).toBe(true);
      if (done("polling") || done("verifying")) expect.soft(taken, name(one)).toBe(true);
      if (done("restoring")) expect.soft(inForce, name(one)).toBe("old");
      if (steps.get("ended")?.state === "done") expect.soft([outcome, inForce], name(one)).toEqual(["applied", "new"]);
      expect.soft(steps.get("ended")?.state === "waiting", name(one)).toBe(phase !== "ended");
      // Something is under way, waits for somebody, or has ended.
      const active = [...steps.values()].filter(({ state }) => state === "running" || state === "stopped");
      expect.soft(active.length, name(one)).toBe(phase === "ended" ? 0 : 1);
    }
  });

  test("offers what its state takes, and says what is in force only as it was read", () => {
    const pages = new Map<string, string>();
    for (const one of cases) {
      const { phase } = one.change;
      // What the machine itself says of its end is its own test's matter.
      const change = {
        ...one.change,
        message: null,
        seen: null,
        settings: null,
        settingsBefore: null,
        guard: one.change.guard === null ? null : { answered: 0, abandoned: 0 },
      };
      const key = JSON.stringify(change);
      const page = pages.get(key) ?? markup(h(Change, { change, onDone: nothing }));
      pages.set(key, page);
      const right = phase === "ended" ? [] : phase === "paused" ? ["Keep the new settings", "Put the old ones back"] : ["Go on"];
      expect.soft(buttons(page), name(one)).toEqual(right);
      const { inForce } = one.truth;
      if (/settings from before are in force/.test(page)) expect.soft(inForce, name(one)).toBe("old");
      if (/applied, read back|in force, figures watched|in force, waits/.test(page)) expect.soft(inForce, name(one)).toBe("new");
      if (/somebody else's settings stand/.test(page)) expect.soft(inForce, name(one)).toBe("others");
    }
    const elsewhere = cases.find(({ change }) => change.phase === "polling")?.change;
    expect(elsewhere).toBeDefined();
    if (elsewhere !== undefined)
      expect(buttons(markup(h(Change, { change: { ...elsewhere, standing: "elsewhere" }, onDone: nothing })))).toEqual([]);
  });

  test("is called alike in the history and among the jobs; what stands still is never in the colour of what goes well", () => {
    for (const phase of PHASES) {
      const { text, tone } = changeCalled({ phase, outcome: null, isStill: true });
      if (phase !== "ended") expect([phase, tone]).toEqual([phase, "bad"]);
      expect(
        drawn(
          h(JobChange, { job: "j", change: { version: 2, plan: null, phase, outcome: null, message: null }, status: "stopped" }),
        ),
      ).toContain(text);
    }
    for (const outcome of OUTCOMES)
      expect(changeCalled({ phase: "ended", outcome, isStill: false }).tone === "good").toBe(outcome === "applied");
  });
});

describe("an apply of campaigns", () => {
  const cases = applyCases();

  test("comes to every phase and every end, and is told good only when each campaign is", () => {
    expect(new Set(cases.map(({ phase }) => phase))).toEqual(new Set(APPLY_PHASES));
    expect(new Set(cases.flatMap(({ outcome }) => outcome ?? []))).toEqual(new Set(APPLY_OUTCOMES));
    for (const one of cases) {
      const { text, tone } = applyCalled(one);
      expect.soft(tone === "good", JSON.stringify(one)).toBe(one.phase === "ended" && one.ends.every((end) => end === "applied"));
      if (one.isStill) expect.soft([tone, text.startsWith("stopped: ")], JSON.stringify(one)).toEqual(["bad", true]);
      const change = { version: null, plan: "h", phase: one.phase, outcome: one.outcome, message: null };
      const page = drawn(h(JobChange, { job: "j", change, status: one.isStill ? "stopped" : "running" }));
      expect.soft(page).toContain(text);
      expect.soft(/Continue it under Campaign files/.test(page), JSON.stringify(one)).toBe(one.isStill);
    }
  });

  test("is followed campaign by campaign: done only what is as planned, one at work until it has ended, going on offered where nobody does", () => {
    for (const { phase, outcome, isStill, ends } of cases) {
      const name = JSON.stringify([phase, outcome, isStill, ends]);
      const campaigns = ["A", "B"].map((one) => ({ name: one, id: `id_${one}`, action: "change", activates: true }) as const);
      const results = ends.map((end, i) => ({ ...campaigns[i], outcome: end, wrote: true, message: null, fields: [] }));
      const apply = {
        job: "j",
        plan: "h".repeat(64),
        sourceName: "f.yaml",
        actor: "olga",
        status: "",
        message: null,
        running: !isStill,
        phase,
        outcome,
        results,
        campaigns,
        standing: isStill || outcome !== null ? "still" : "here",
        stop: isStill ? { code: "vendor_unavailable", message: "no answer" } : null,
        createdAt: "2026-03-02T15:00:00Z",
        endedAt: outcome === null ? null : "2026-03-02T15:01:00Z",
      } as ApiTypes.CampaignApplyView;
      const states = applySteps(apply).map(({ state }) => state);
      const ended = ends.map((end) => (end === "applied" ? "done" : "failed"));
      const working = outcome === null && ends.length < 2 ? [isStill ? "stopped" : "running"] : [];
      expect.soft(states, name).toEqual([...ended, ...working, "waiting", "waiting"].slice(0, 2));
      const page = markup(h(Apply, { apply, onDone: () => undefined }));
      expect.soft(buttons(page), name).toEqual(isStill ? ["Go on"] : []);
      expect.soft(page.includes("no answer"), name).toBe(isStill);
    }
  });
});

describe("a job", () => {
  const STATES: Readonly<Record<ApiTypes.JobSummary["status"], readonly string[]>> = {
    planning: ["Cancel"],
    ready: ["Resume", "Cancel"],
    running: ["Resume", "Cancel"],
    stopped: ["Resume", "Cancel"],
    failed: ["Resume", "Cancel"],
    done: [],
    partly_failed: [],
    cancelled: [],
  };
  const job = (change: Partial<ApiTypes.JobDetail>) =>
    ({ id: "j", kind: "tag", running: false, standing: "still", change: null, push: null, ...change }) as ApiTypes.JobDetail;
  const verbs = (change: Partial<ApiTypes.JobDetail>) =>
    buttons(markup(h(Verbs, { job: job(change), onDone: () => undefined }))).filter((text) => text !== "Download results");

  test.each(Object.entries(STATES))(
    "that is %s offers %j, and nothing to go on with while somebody works on it",
    (state, right) => {
      const status = state as ApiTypes.JobSummary["status"];
      expect(verbs({ status })).toEqual(right);
      expect(verbs({ status, standing: "elsewhere" })).toEqual(right.filter((verb) => verb === "Cancel"));
      expect(verbs({ status, change: { version: 1, plan: null, phase: "polling", outcome: null, message: null } })).toEqual([]);
      // A colour of its own, except what a person ended.
      expect(toneOf(status) === "none").toBe(status === "cancelled");
    },
  );

  test("tells how far it is in what it is counted by", () => {
    const far = (change: Partial<ApiTypes.JobDetail>, retrieval: ApiTypes.JobDetail["retrieval"] = null) =>
      progressOf(job({ totalRows: null, done: 0, finishedAt: null, ...change }), retrieval);
    const retrieval = { from: "", to: "", windows: 7, windowsDone: 2, rows: 10, added: 10, pagesFailed: 0, quarantined: {} };
    expect(far({ status: "running" })).toBe("under way");
    expect(far({ status: "planning" })).toBe("counting rows");
    expect(far({ status: "planning", kind: "retrieve" })).toBe("being planned");
    expect(far({ status: "running", kind: "retrieve" }, retrieval)).toEqual({ done: 2, total: 7, what: "windows" });
    expect(far({ status: "done", kind: "push", finishedAt: "2026-03-02T15:00:00Z" })).toBe("–");
    expect(far({ status: "running", totalRows: 4, done: 1 })).toEqual({ done: 1, total: 4, what: "rows" });
  });
});

describe("an approval", () => {
  const STATES: Readonly<Record<ApiTypes.ApprovalView["state"], RegExp>> = {
    pending: /Waits until/,
    approved: /Decided by oscar/,
    rejected: /Decided by oscar.*Rejected too fast/,
    failed: /Decided by oscar.*Failed too fast/,
    expired: /Asked for by/,
    interrupted: /Decided by oscar.*too fast/,
    outcome_unknown: /Decided by oscar.*Approved, outcome unknown too fast/,
  };

  test.each(Object.entries(STATES))("that is %s says so, and what it waits for only while it waits", (text, right) => {
    const state = text as ApiTypes.ApprovalView["state"];
    const decided = state === "pending" || state === "expired" ? null : "oscar";
    const approval = {
      id: "a",
      operation: "dialer.apply",
      summary: "Apply x",
      requestedBy: "olga",
      requestedAt: "2026-03-02T15:00:00Z",
      expiresAt: "2026-03-02T16:00:00Z",
      state,
      decidedBy: decided,
      decidedAt: decided === null ? null : "2026-03-02T15:30:00Z",
      message: decided === null || state === "approved" ? null : "too fast",
    } as ApiTypes.ApprovalDetail;
    const page = drawn(h(Asked, { approval }));
    expect(page).toMatch(right);
    expect(/Waits until/.test(page)).toBe(state === "pending");
  });

  test("is called carried out only when that was read back", () => {
    const paused = { campaignId: "c", status: "paused", confirmed: true, already: false, message: "confirmed paused" };
    const approval = { state: "approved", message: null } as const;
    expect(approvedNews({ approval, status: 200, answer: paused })).toEqual(["good", "Approved: confirmed paused"]);
    const open = { ...paused, confirmed: false, message: "not confirmed" };
    expect(approvedNews({ approval, status: 200, answer: open })).toEqual(["bad", "Approved: not confirmed"]);
    expect(approvedNews({ approval, status: 202, answer: { version: 3 } })[1]).toContain("begun");
    const lost = { state: "outcome_unknown", message: "no answer" } as const;
    expect(approvedNews({ approval: lost, status: 200, answer: { ...open, status: "unknown", message: "no answer" } })).toEqual([
      "bad",
      "Approved, but it is not known whether it was carried out: no answer",
    ]);
  });
});
