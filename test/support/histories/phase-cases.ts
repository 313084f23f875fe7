// Changes of settings and applies of campaigns in every state that their machines come to, as the API shows them, with what is true of each. Found by
// trying every event in every state, so a phase that is added later is among them.

import {
  applyOutcomeOf,
  applyTransition as decideApply,
  applyBeginning as startOfApply,
} from "../../../src/operations/campaigns/apply/machine.ts";
import type { ApplyEvent, ApplyState } from "../../../src/operations/campaigns/apply/state.ts";
import type { CampaignPlan, PlanEntry } from "../../../src/operations/campaigns/plan/types.ts";
import { changeBeginning, changeTransition } from "../../../src/operations/settings/machine.ts";
import { type DialerSettings, sameSettings } from "../../../src/operations/settings/model.ts";
import { type ChangeEvent, type ChangePlan, type ChangeState, DEFAULT_PATIENCE } from "../../../src/operations/settings/state.ts";
import type { DialerChange } from "../../../src/operations/views/index.ts";
import { changeOf } from "../../../src/operations/views/index.ts";

export { APPLY_OUTCOMES, APPLY_PHASES } from "../../../src/operations/campaigns/apply/state.ts";
export { OUTCOMES, PHASES } from "../../../src/operations/settings/state.ts";

const settings = (ratio: number): DialerSettings => ({
  name: "main",
  type: "predictive",
  concurrency: { max_agents: 50, max_simultaneous_calls: 200, call_spacing_ms: 150 },
  algorithm: { type: "predictive", abandonment_rate_target: 0.03, agent_availability_estimate: 0.85, dial_ratio: ratio },
});
const [OLD, NEW, OTHERS] = [settings(2), settings(3), settings(7)];

const PLAN: ChangePlan = {
  wanted: NEW,
  snapshot: { settings: OLD, tag: "v1" },
  patience: { ...DEFAULT_PATIENCE, looks: 1, sends: 1, merges: 1, restores: 1, reads: 1, unanswered: 1, settleMs: 0 },
  guard: null,
  gate: { carrier: { max_trunks: 300 }, expected: {}, chance: 0.05, overrides: [] },
};
const GUARDED: ChangePlan = {
  ...PLAN,
  guard: { durationMs: 1, everyMs: 1, campaigns: ["c"], limit: 0.03, alternative: 0.045, alpha: 0.01, beta: 0.05 },
};

type Bare<E> = E extends { readonly at: number } ? Omit<E, "at"> : never;

const EVENTS: readonly Bare<ChangeEvent>[] = [
  { type: "resumed" },
  { type: "intended" },
  { type: "accepted", operationId: "op", tag: "v2" },
  { type: "stale" },
  { type: "refused", message: "refused" },
  { type: "lost", message: "no reply" },
  { type: "found", settings: OLD, tag: "v1" },
  { type: "found", settings: NEW, tag: "v2" },
  { type: "found", settings: OTHERS, tag: "v9" },
  { type: "found", settings: null, tag: null },
  { type: "looked", status: "COMPLETED" },
  { type: "looked", status: "FAILED" },
  { type: "looked", status: "IN_PROGRESS" },
  { type: "unknown_operation" },
  { type: "unanswered", code: "vendor_unavailable", message: "no answer", fatal: true },
  { type: "judged", pass: true, message: "" },
  { type: "judged", pass: false, message: "breaks a rule" },
  { type: "measured", answered: 5000, abandoned: 900 },
  { type: "measured", answered: 100_000, abandoned: 10 },
  { type: "unmeasured", message: "no counts" },
  { type: "decided", keep: true, by: "olga" },
  { type: "decided", keep: false, by: "olga" },
];

/** Phases in which the tenant is read. */
const READS: ReadonlySet<string> = new Set(["settling", "watching", "verifying", "merging", "examining"]);

/** A change that is interrupted again and again sends again and again. */
const MOST_SENDS = 1;

/** What has happened at the tenant, whatever the state says. */
export interface Truth {
  /** A write of the new settings has left. */
  readonly sent: boolean;
  /** The tenant took it, or was read with it in force. */
  readonly taken: boolean;
  /** The last reading. */
  readonly inForce: "old" | "new" | "others" | null;
}

export interface ChangeCase {
  readonly change: DialerChange;
  readonly truth: Truth;
}

const named = (found: DialerSettings): Truth["inForce"] =>
  sameSettings(found, OLD) ? "old" : sameSettings(found, NEW) ? "new" : "others";

function truthAfter(truth: Truth, before: ChangeState, event: ChangeEvent): Truth {
  if (event.type === "intended" && before.phase === "sending" && before.purpose === "apply") return { ...truth, sent: true };
  if (event.type === "accepted" && before.phase === "sent" && before.purpose === "apply") return { ...truth, taken: true };
  if (event.type !== "found" || event.settings === null) return truth;
  const inForce = named(event.settings);
  return { ...truth, inForce, taken: truth.taken || inForce === "new" };
}

/** Every state once, by what a page tells of it. */
export function changeCases(): readonly ChangeCase[] {
  const found = new Map<
    string,
    { readonly plan: ChangePlan; readonly state: ChangeState; readonly truth: Truth; readonly at: number }
  >();
  const start: Truth = { sent: false, taken: false, inForce: null };
  const open = [PLAN, GUARDED].map((plan) => ({ plan, state: changeBeginning(plan), truth: start, at: 0 }));
  for (let one = open.pop(); one !== undefined; one = open.pop()) {
    const { plan, state, truth, at } = one;
    const told = [state.phase, state.purpose, state.outcome, state.failure?.code, state.stop !== null, state.guard !== null];
    const key = JSON.stringify([
      told,
      state.restores,
      state.merges,
      state.sends,
      state.operationId,
      state.onto,
      state.ours,
      truth,
    ]);
    if (found.has(key)) continue;
    found.set(key, one);
    if (state.outcome !== null || state.sends > MOST_SENDS) continue;
    for (const bare of EVENTS) {
      const event = { ...bare, at: at + 1 } as ChangeEvent;
      // What stands still is gone on with before anything else happens.
      if (state.stop !== null && event.type !== "resumed") continue;
      if (event.type === "found" && !READS.has(state.phase)) continue;
      const next = changeTransition(plan, state, event).state;
      if (next !== state) open.push({ plan, state: next, truth: truthAfter(truth, state, event), at: at + 1 });
    }
  }
  return [...found.values()].map(({ state, truth }) => ({
    change: changeOf(
      {
        change: { version: 2, outcome: state.outcome, message: state.message } as Parameters<typeof changeOf>[0]["change"],
        state,
      },
      { standing: "still", running: false },
    ),
    truth,
  }));
}

const entry = (name: string): PlanEntry => ({
  action: "create",
  name,
  id: null,
  source: { file: "f", line: 1, column: 1 },
  wanted: { id: null, name, status: null, document: { name }, own: {} },
  before: null,
  changes: [],
  writes: true,
  status: "paused",
  activates: true,
  held: false,
  own: {},
  registrations: [],
  blast: { contacts: null, contactsRead: 0, zones: {}, agents: null, callsPerHour: null, callsInFlight: null, dials: false },
});
const CAMPAIGNS: CampaignPlan = {
  format: "outdial-campaign-plan/1",
  hash: "h",
  activate: true,
  pack: "p",
  entries: [entry("A"), entry("B")],
  unmanaged: [],
  violations: [],
  notices: [],
};
const shown = (name: string, status: string) => ({ id: `id_${name}`, status, etag: "v1", document: { name } });

const APPLY_EVENTS: readonly Bare<ApplyEvent>[] = [
  { type: "begun" },
  { type: "resumed" },
  { type: "intended" },
  { type: "sent", id: "id" },
  { type: "stale", message: "stale" },
  { type: "refused", message: "refused" },
  { type: "lost", message: "no reply" },
  { type: "found", campaign: null },
  ...["A", "B"].flatMap((name) => [
    { type: "found" as const, campaign: shown(name, "paused") },
    { type: "found" as const, campaign: shown(name, "active") },
  ]),
  { type: "registered", webhooks: 0 },
  { type: "gated", pass: true, message: "" },
  { type: "gated", pass: false, message: "denied" },
  { type: "activated", already: false },
  { type: "unanswered", code: "vendor_unavailable", message: "no answer", fatal: true },
];

export interface ApplyCase {
  readonly phase: ApplyState["phase"];
  readonly outcome: string | null;
  readonly isStill: boolean;
  /** How each campaign that is settled ended. */
  readonly ends: readonly string[];
}

export function applyCases(): readonly ApplyCase[] {
  const course = { plan: CAMPAIGNS, patience: { sends: 1, reads: 1, unanswered: 1, pauseMs: 1 } };
  const found = new Map<string, ApplyState>();
  const open = [startOfApply(course)];
  for (let state = open.pop(); state !== undefined; state = open.pop()) {
    const ends = state.results.map(({ outcome, wrote }) => [outcome, wrote]);
    const key = JSON.stringify([state.at, state.phase, ends, state.stop !== null, state.sends, state.reads]);
    if (found.has(key)) continue;
    found.set(key, state);
    for (const bare of state.phase === "ended" || state.sends > MOST_SENDS ? [] : APPLY_EVENTS)
      open.push(decideApply(course, state, { ...bare, at: 0 }).state);
  }
  return [...found.values()].map((state) => ({
    phase: state.phase,
    outcome: state.phase === "ended" ? applyOutcomeOf(state) : null,
    isStill: state.stop !== null,
    ends: state.results.map(({ outcome }) => outcome),
  }));
}
