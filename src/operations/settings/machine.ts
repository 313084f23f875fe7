// A change of dialer settings as a state machine: (state, event) → (state, commands). Pure: the process that runs it records each event, then carries
// out the commands. Settings are `ours` when their tag was announced for a write of ours or their fields are those we sent.
//
//                    ┌───────────── somebody else changed them: 412 ─────────────┐
//                    ▼                                                           │
//   (checking) ◀─ merging ──▶ conflict          ┌─ lost ─▶ settling ─▶ watching ─┤
//       │  └▶ refused                           │                         │      │
//       └──▶ sending ─intent─▶ sent ─PUT─ accepted ─▶ polling ─COMPLETED─▶ verifying ──▶ guarding ──▶ applied
//                                 │                     │                  │       │        ├─▶ paused ─keep─▶ applied
//                                 refused               FAILED, time up    differs │        bad │ put back
//                                 ▼                     ▼                  ▼       │        ▼   ▼
//                              examining ◀──────────────────────────────────       └──▶ overtaken
//                                 │ old settings are there ──▶ not_applied, rolled_back
//                                 │ somebody else's are there ──▶ overtaken
//                                 │ ours are there ──▶ sending (the old ones, onto the current tag) … verifying ──▶ rolled_back
//                                 └ too often ──▶ rollback_failed (alarm)
//
// After a crash: a change in `sent` goes to `settling`, because the reply is lost; every other step is repeated, because it only reads.

import { shortPercent } from "../../kernel/index.ts";
import { beginGuard, watch } from "./guard.ts";
import { type DialerSettings, diffSettings, mergeSettings, sameSettings } from "./model.ts";
import type { ChangeCommand, ChangeEvent, ChangeOutcome, ChangePlan, ChangeState, Failure, SettingsVersion } from "./state.ts";

/**
 * Raise it when an event leads to another state or command than before: changes that are open then are not continued by this version. A test
 * knows what the events led to.
 */
export const CHANGE_MACHINE = 1;

/** What follows from an event: the new state, and the commands to carry out. */
interface Decision {
  readonly state: ChangeState;
  readonly commands: readonly ChangeCommand[];
}

/** The state before anything happened. */
export function changeBeginning({ wanted, snapshot }: ChangePlan): ChangeState {
  return {
    phase: "sending",
    purpose: "apply",
    snapshot,
    target: wanted,
    onto: snapshot.tag,
    ours: [],
    operationId: null,
    looks: 0,
    reads: 0,
    sends: 0,
    merges: 0,
    restores: 0,
    unanswered: 0,
    settleAt: null,
    taken: [],
    guard: null,
    failure: null,
    stop: null,
    outcome: null,
    message: null,
    conflicts: [],
    seen: null,
  };
}

/** The settings that are being sent or activated. */
export const underWay = (state: ChangeState): DialerSettings =>
  state.purpose === "apply" ? state.target : state.snapshot.settings;

/** What follows from an event. An event that does not fit the phase changes nothing. */
export function changeTransition(plan: ChangePlan, before: ChangeState, event: ChangeEvent): Decision {
  const state = transition(plan, before, event);
  const alarm = alarmOf(before, state);
  const next = nextCommand(plan, state);
  return { state, commands: [...(alarm === undefined ? [] : [alarm]), ...(next === undefined ? [] : [next])] };
}

/** What is to be done in a state; undefined when the change has ended, waits for a person, or is stopped. */
function nextCommand(plan: ChangePlan, state: ChangeState): ChangeCommand | undefined {
  if (state.stop !== null) return undefined;
  const { firstMs, mostMs } = plan.patience;
  const pause = (turn: number) => Math.min(mostMs, firstMs * 2 ** turn);
  const again = state.unanswered === 0 ? 0 : pause(state.unanswered - 1);
  switch (state.phase) {
    case "sending":
      return { kind: "intend" };
    case "sent":
      return { kind: "send", settings: underWay(state), onto: state.onto };
    case "polling":
      return { kind: "look", operationId: state.operationId ?? "", afterMs: pause(state.looks) };
    case "watching":
      return { kind: "read", afterMs: pause(state.looks) };
    case "verifying":
      return { kind: "read", afterMs: Math.max(again, state.reads === 0 ? 0 : pause(state.reads - 1)) };
    case "settling":
    case "merging":
    case "examining":
      return { kind: "read", afterMs: again };
    case "checking":
      return { kind: "check", settings: state.target };
    case "guarding":
      return { kind: "measure", afterMs: plan.guard?.everyMs ?? 0 };
    default:
      return undefined;
  }
}

function alarmOf(before: ChangeState, state: ChangeState): ChangeCommand | undefined {
  if (state.outcome === "rollback_failed" && before.outcome === null)
    return { kind: "alarm", type: "DIALER_ROLLBACK_FAILED", message: state.message ?? "" };
  const restoring = state.purpose === "restore" || state.phase === "examining";
  if (restoring && state.stop !== null && before.stop === null) {
    const message = `the old settings are not back yet: ${state.stop.message}`;
    return { kind: "alarm", type: "DIALER_ROLLBACK_FAILED", message };
  }
  if (state.phase === "paused" && before.phase !== "paused")
    return { kind: "alarm", type: "DIALER_ROLLOUT_PAUSED", message: state.message ?? "" };
  return undefined;
}

const end = (state: ChangeState, outcome: ChangeOutcome, message: string): ChangeState => ({
  ...state,
  phase: "ended",
  outcome,
  message,
  stop: null,
});

const failed = (state: ChangeState, code: Failure["code"], message: string): ChangeState => ({
  ...state,
  phase: "examining",
  purpose: state.purpose,
  // The first failure is the cause; what goes wrong during the rollback is reported with it.
  failure: state.failure ?? { code, message },
  message: state.purpose === "restore" ? message : state.message,
  operationId: null,
  looks: 0,
  reads: 0,
  settleAt: null,
});

function transition(plan: ChangePlan, state: ChangeState, event: ChangeEvent): ChangeState {
  if (state.phase === "ended") return state;
  switch (event.type) {
    case "begun":
      return state;
    case "resumed":
      return { ...state, stop: null, unanswered: 0, phase: state.phase === "sent" ? "settling" : state.phase };
    case "unanswered":
      return unanswered(plan, state, event);
    case "found":
      return found(plan, { ...state, unanswered: 0 }, event);
    case "decided":
      if (state.phase !== "paused") return state;
      return event.keep
        ? end(state, "applied", `kept by ${event.by} after an inconclusive watch`)
        : failed({ ...state, stop: null }, "decided", `${event.by} decided to put the old settings back`);
    default:
      return answered(plan, { ...state, unanswered: 0 }, event);
  }
}

/** Events that belong to one phase. */
function answered(plan: ChangePlan, state: ChangeState, event: ChangeEvent): ChangeState {
  switch (state.phase) {
    case "sending":
      return event.type === "intended" ? { ...state, phase: "sent", sends: state.sends + 1 } : state;
    case "sent":
      return replied(plan, state, event);
    case "polling":
      return looked(plan, state, event);
    case "checking":
      if (event.type !== "judged") return state;
      return event.pass ? { ...state, phase: "sending", sends: 0 } : end(state, "refused", event.message);
    case "guarding":
      return measured(plan, state, event);
    default:
      return state;
  }
}

/** The state after the reply to a write. */
function replied(plan: ChangePlan, state: ChangeState, event: ChangeEvent): ChangeState {
  switch (event.type) {
    case "accepted":
      return {
        ...state,
        phase: "polling",
        operationId: event.operationId,
        ours: [...state.ours, event.tag],
        looks: 0,
        reads: 0,
      };
    case "lost":
      return { ...state, phase: "settling" };
    case "stale":
      if (state.purpose === "restore") return { ...state, phase: "examining" };
      if (state.merges < plan.patience.merges) return { ...state, phase: "merging", merges: state.merges + 1 };
      return end(
        state,
        "conflict",
        `others changed the settings ${state.merges} times while these were to be applied; nothing of ours is in force`,
      );
    case "refused":
      return failed(state, "refused_by_tenant", event.message);
    default:
      return state;
  }
}

function looked(plan: ChangePlan, state: ChangeState, event: ChangeEvent): ChangeState {
  if (event.type === "unknown_operation") return watching(plan, state, event.at);
  if (event.type !== "looked") return state;
  const looks = state.looks + 1;
  if (event.status === "COMPLETED") {
    const ours = event.tag === undefined || state.ours.includes(event.tag) ? state.ours : [...state.ours, event.tag];
    return { ...state, phase: "verifying", ours, looks, reads: 0 };
  }
  if (event.status === "FAILED")
    return failed(
      state,
      "activation_failed",
      `the tenant could not activate the settings: ${event.details ?? "it gave no reason"}`,
    );
  return timedOut(plan, { ...state, looks });
}

function timedOut(plan: ChangePlan, state: ChangeState): ChangeState {
  // Operations end in the order in which they were accepted: one that restores may have to wait for the one before it.
  if (state.looks < plan.patience.looks * (state.purpose === "restore" ? 2 : 1)) return state;
  const message = `the activation had not ended after ${state.looks} looks`;
  if (state.purpose === "apply") return failed(state, "activation_timeout", message);
  return { ...state, phase: "examining", message };
}

/** The operation is not known: reading the settings shows whether they stay in force. */
function watching(plan: ChangePlan, state: ChangeState, at: number): ChangeState {
  return { ...state, phase: "watching", looks: 0, settleAt: at + plan.patience.settleMs };
}

function unanswered(plan: ChangePlan, state: ChangeState, event: Extract<ChangeEvent, { type: "unanswered" }>): ChangeState {
  const stop = { code: event.code, message: event.message };
  const back: ChangeState = { ...state, phase: state.phase === "sent" ? "sending" : state.phase };
  if (event.fatal) return { ...back, stop };
  if (state.phase === "polling") return timedOut(plan, { ...state, looks: state.looks + 1 });
  const count = state.unanswered + 1;
  return count < plan.patience.unanswered ? { ...back, unanswered: count } : { ...back, unanswered: 0, stop };
}

type Found = Extract<ChangeEvent, { type: "found" }>;

function found(plan: ChangePlan, before: ChangeState, event: Found): ChangeState {
  const { settings, tag } = event;
  if (settings === null) {
    const stop = {
      code: "invalid_reply",
      message: `the tenant's settings cannot be read: ${event.problem ?? "not as promised"}`,
    };
    return { ...before, stop };
  }
  const seen = { settings, tag };
  const state = { ...before, seen };
  switch (state.phase) {
    case "settling":
      return settled(plan, state, seen, event.at);
    case "watching":
      return watched(plan, state, seen, event.at);
    case "verifying":
      return verified(plan, state, seen, event.at);
    case "merging":
      return merged(plan, state, seen, event.at);
    case "examining":
      return examined(plan, state, seen);
    default:
      return state;
  }
}

const names = (state: ChangeState, settings: DialerSettings): string =>
  diffSettings(underWay(state), settings)
    .map(({ path, before, after }) => `${path} is ${after ?? "absent"} instead of ${before ?? "absent"}`)
    .join(", ");

/** The write's reply was lost: decides whether it was carried out. */
function settled(plan: ChangePlan, state: ChangeState, seen: SettingsVersion, at: number): ChangeState {
  const sent = underWay(state);
  const unmoved = state.onto === null ? !sameSettings(seen.settings, sent) : seen.tag === state.onto;
  if (unmoved && sameSettings(seen.settings, sent)) return verified(plan, state, seen, at);
  if (unmoved) {
    if (state.sends < plan.patience.sends) return { ...state, phase: "sending" };
    return failed(state, "activation_lost", `the settings were sent ${state.sends} times and did not arrive`);
  }
  if (sameSettings(seen.settings, sent)) return watching(plan, claim(state, seen), at);
  if (plan.inPieces === true && arrivedInPart(state, seen)) {
    const partly = { ...claim(state, seen), onto: seen.tag };
    if (state.sends < plan.patience.sends) return { ...partly, phase: "sending" };
    return failed(partly, "activation_lost", `the settings were sent ${state.sends} times and arrived in part`);
  }
  return state.purpose === "restore" ? { ...state, phase: "examining" } : overtaken(state, seen);
}

/** Whether each field has either the value that was sent or the value from before. */
function arrivedInPart(state: ChangeState, seen: SettingsVersion): boolean {
  const before = state.purpose === "apply" ? state.snapshot.settings : state.target;
  const moved = new Set(diffSettings(before, seen.settings).map(({ path }) => path));
  return diffSettings(underWay(state), seen.settings).every(({ path }) => !moved.has(path));
}

const claim = (state: ChangeState, { tag }: SettingsVersion): ChangeState =>
  tag === null || state.ours.includes(tag) ? state : { ...state, ours: [...state.ours, tag] };

function watched(plan: ChangePlan, state: ChangeState, seen: SettingsVersion, at: number): ChangeState {
  if (sameSettings(seen.settings, underWay(state))) {
    if (at >= (state.settleAt ?? 0)) return verified(plan, state, seen, at);
    return { ...state, looks: state.looks + 1 };
  }
  const back = (seen.tag !== null && seen.tag === state.onto) || sameSettings(seen.settings, state.snapshot.settings);
  if (back && state.purpose === "apply")
    return failed(state, "activation_failed", "the tenant went back to the settings before: the activation failed");
  return state.purpose === "restore" ? { ...state, phase: "examining" } : overtaken(state, seen);
}

/** The settings in force, read back after the activation. */
function verified(plan: ChangePlan, state: ChangeState, seen: SettingsVersion, at: number): ChangeState {
  if (sameSettings(seen.settings, underWay(state))) {
    if (state.purpose === "restore") return restored(state);
    const inForce = claim(state, seen);
    if (plan.guard === null) return end(inForce, "applied", "in force, read back field by field");
    return { ...inForce, phase: "guarding", guard: beginGuard(plan.guard, at) };
  }
  // A copy that lags behind shows the previous version.
  const earlier = seen.tag !== null && seen.tag === state.onto;
  if (earlier && state.reads + 1 < plan.patience.reads) return { ...state, phase: "verifying", reads: state.reads + 1 };
  if (earlier || seen.tag === null || state.ours.includes(seen.tag))
    return failed(state, "read_back_mismatch", `read back, ${names(state, seen.settings)}`);
  return state.purpose === "restore" ? { ...state, phase: "examining" } : overtaken(state, seen);
}

/**
 * Another writer was faster: the merged settings are sent onto that writer's version, which also becomes the version to restore.
 */
function merged(plan: ChangePlan, state: ChangeState, seen: SettingsVersion, at: number): ChangeState {
  if (sameSettings(seen.settings, state.target)) return watching(plan, claim({ ...state, onto: null }, seen), at);
  const merge = mergeSettings(state.snapshot.settings, state.target, seen.settings);
  if ("conflicts" in merge) {
    const fields = merge.conflicts.map(
      ({ path, ours, theirs }) => `${path} (ours ${ours ?? "absent"}, theirs ${theirs ?? "absent"})`,
    );
    return {
      ...end(state, "conflict", `somebody else set the same fields otherwise: ${fields.join(", ")}; nothing was sent`),
      conflicts: merge.conflicts,
    };
  }
  const taken = [...new Set([...state.taken, ...merge.taken])];
  return { ...state, phase: "checking", snapshot: seen, target: merge.merged, onto: seen.tag, taken };
}

/** The settings that are in force now decide whether there is something to restore, and onto which tag. */
function examined(plan: ChangePlan, state: ChangeState, seen: SettingsVersion): ChangeState {
  const { snapshot, target } = state;
  if (sameSettings(seen.settings, snapshot.settings)) {
    // The tenant shows settings that it is still activating: whether they will stay in force is not known.
    const unfinished =
      state.purpose === "restore" && state.operationId !== null && (seen.tag === null || state.ours.includes(seen.tag));
    return unfinished ? notRestored(state) : restored(state);
  }
  const ourDoing = (seen.tag !== null && state.ours.includes(seen.tag)) || sameSettings(seen.settings, target);
  if (!ourDoing) return overtaken(state, seen);
  if (state.restores >= plan.patience.restores) return notRestored(state);
  return {
    ...state,
    purpose: "restore",
    phase: "sending",
    onto: seen.tag,
    restores: state.restores + 1,
    sends: 0,
    operationId: null,
  };
}

function notRestored(state: ChangeState): ChangeState {
  const why = state.failure?.message ?? "the change failed";
  const last = state.message === null ? "" : `; the last attempt: ${state.message}`;
  const times = state.restores === 1 ? "once" : `${state.restores} times`;
  return end(state, "rollback_failed", `${why}; the old settings were sent ${times} and are not surely in force${last}`);
}

function restored(state: ChangeState): ChangeState {
  const why = state.failure?.message ?? "the change failed";
  const outcome = state.failure?.code === "refused_by_tenant" && state.restores === 0 ? "not_applied" : "rolled_back";
  return end(state, outcome, `${why}; the settings from before are in force, read back field by field`);
}

function overtaken(state: ChangeState, seen: SettingsVersion): ChangeState {
  const why = state.failure === null ? "" : `${state.failure.message}; `;
  const others = diffSettings(state.snapshot.settings, seen.settings).map(({ path }) => path);
  return end(
    state,
    "overtaken",
    `${why}somebody else changed the settings meanwhile (${others.join(", ") || "the version"}); theirs stand and were not overwritten`,
  );
}

function measured(plan: ChangePlan, state: ChangeState, event: ChangeEvent): ChangeState {
  if (plan.guard === null || state.guard === null) return state;
  if (event.type !== "measured" && event.type !== "unmeasured") return state;
  const portion = event.type === "measured" ? event : { problem: event.message };
  const { state: guard, verdict } = watch(plan.guard, state.guard, portion, event.at);
  const next = { ...state, guard };
  const rate = guard.answered === 0 ? "no answered calls" : `${guard.abandoned} of ${guard.answered} answered calls abandoned`;
  switch (verdict) {
    case "bad":
      return failed(next, "abandonment_too_high", `abandonment is above ${shortPercent(plan.guard.limit)}: ${rate}`);
    case "good":
      return end(next, "applied", `in force, read back; abandonment in order: ${rate}`);
    case "inconclusive": {
      const blind =
        guard.blind === 0
          ? ""
          : `; ${guard.blind === 1 ? "one reading" : `${guard.blind} readings`} gave no counts (${guard.problem ?? ""})`;
      const message = `the watch ended without a verdict: ${rate}${blind}`;
      return { ...next, phase: "paused", message };
    }
    default:
      return next;
  }
}
