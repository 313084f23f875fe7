// The course of an apply, campaign by campaign: a pure function from what happened to what is next. The journal of events is its only memory.
//
//   looking ─ as planned ─▶ intending ─▶ sending ─ accepted ─▶ verifying ─ as sent ─▶ registering ─▶ gating ─▶ activating ─▶ confirming ─▶ next
//      │                                   │ lost, interrupted                                         │ denied
//      └─ otherwise ─▶ moved               └─▶ settling ─ as sent ─▶ verifying                         └─▶ not activated
//                                               └─ as before ─▶ sending, same key
//
// A campaign whose fields at the tenant are in order begins at registering.

import { differences, type FieldChange, only } from "../file/document.ts";
import { pathsOf, reliedOn, sentOf } from "../plan/sent.ts";
import type { CampaignPlan, PlanEntry } from "../plan/types.ts";
import type {
  ApplyCommand,
  ApplyEvent,
  ApplyOutcome,
  ApplyPatience,
  ApplyPhase,
  ApplyState,
  EntryOutcome,
  FoundCampaign,
} from "./state.ts";

/**
 * Raise it when an event leads to another state or command than before: applies that are open then are not continued by this version. A test
 * knows what the events led to.
 */
export const APPLY_MACHINE = 1;

/** What decisions depend on besides state and event. */
export interface Course {
  readonly plan: CampaignPlan;
  readonly patience: ApplyPatience;
}

/** The result of an event: the new state, and the next command. */
interface Decision {
  readonly state: ApplyState;
  /** Undefined when the apply has ended or is paused. */
  readonly command: ApplyCommand | undefined;
}

/** The entries with something to do, in order. */
export const stepsOf = ({ entries }: CampaignPlan): readonly PlanEntry[] => entries.filter(({ action }) => action !== "in_sync");

/** The first state of an apply. */
export function applyBeginning({ plan }: Course): ApplyState {
  const first = stepsOf(plan)[0];
  return { ...fresh(first), at: 0, results: [], stop: null, phase: first === undefined ? "ended" : "looking" };
}

const fresh = (entry: PlanEntry | undefined) => ({
  id: entry?.id ?? null,
  onto: entry?.before?.etag ?? null,
  placed: [],
  notes: [],
  missing: null,
  sends: 0,
  reads: 0,
  unanswered: 0,
});

/** The result of an event. Events that do not fit the phase change nothing. */
export function applyTransition(course: Course, before: ApplyState, event: ApplyEvent): Decision {
  const entry = stepsOf(course.plan)[before.at];
  if (entry === undefined || before.phase === "ended") return { state: { ...before, phase: "ended" }, command: undefined };
  const state = { ...before, stop: null };
  switch (event.type) {
    case "begun":
      return next(state);
    case "resumed":
      // A request that was under way may have reached the tenant.
      return state.phase === "sending" ? to(state, "settling") : next({ ...state, unanswered: 0 });
    case "intended":
      return state.phase === "intending" ? to(state, "sending") : next(state);
    case "placed": {
      const id = event.id ?? state.id;
      const placed = [...state.placed, event.piece];
      // When a piece must be made a second time, the tenant did not keep it: the present state is read and reported.
      if (state.placed.includes(event.piece) && id !== null)
        return to({ ...state, id, placed, unanswered: 0, reads: 0 }, "verifying");
      return to({ ...state, id, placed, unanswered: 0, sends: 0 }, "sending");
    }
    case "sent":
      return to({ ...state, id: event.id, notes: event.notes ?? [], unanswered: 0, reads: 0 }, "verifying");
    case "lost":
      return state.phase === "activating"
        ? to(state, "confirming", course.patience.pauseMs)
        : to(state, "settling", course.patience.pauseMs);
    case "stale":
      // Our own earlier attempt may have changed the version.
      return to(state, "settling");
    case "refused":
      return settle(course, state, entry, state.phase === "activating" ? "not_activated" : "refused", event.message);
    case "found":
      return found(course, { ...state, unanswered: 0 }, entry, event.campaign);
    case "registered":
      return entry.activates ? to({ ...state, unanswered: 0 }, "gating") : settle(course, state, entry, "applied", null);
    case "gated":
      return event.pass
        ? to({ ...state, unanswered: 0, sends: 0 }, "activating")
        : settle(course, state, entry, "not_activated", event.message);
    case "activated":
      // Accepted: it is not requested a second time, even if the campaign is paused right afterwards.
      return to({ ...state, reads: 0, unanswered: 0, sends: course.patience.sends }, "confirming");
    case "unanswered": {
      const unanswered = state.unanswered + 1;
      if (!event.fatal && unanswered < course.patience.unanswered) return next({ ...state, unanswered }, course.patience.pauseMs);
      return { state: { ...state, unanswered: 0, stop: { code: event.code, message: event.message } }, command: undefined };
    }
  }
}

/** Handles a reading. */
function found(course: Course, state: ApplyState, entry: PlanEntry, campaign: FoundCampaign | null): Decision {
  const again = { ...state, reads: state.reads + 1 };
  switch (state.phase) {
    case "looking":
      return looked(course, state, entry, campaign);
    case "settling": {
      if (campaign !== null && sentDifferences(entry, campaign).length === 0)
        return to({ ...state, id: campaign.id }, "verifying");
      const underWay = campaign !== null && isUnderWay(entry, campaign);
      if (underWay || isAsPlanned(entry, campaign)) {
        const missing = underWay ? sentDifferences(entry, campaign).length : null;
        // A lost sending that has changed something is not counted.
        const sends = missing !== null && missing < (state.missing ?? Number.POSITIVE_INFINITY) ? 0 : state.sends;
        if (sends < course.patience.sends) return to({ ...state, id: campaign?.id ?? state.id, missing, sends }, "sending");
        const message = "its reply was lost again and again, and the tenant shows no trace of it";
        return { state: { ...state, sends: 0, stop: { code: "unknown_outcome", message } }, command: undefined };
      }
      return settle(course, state, entry, "moved", null, movedFields(entry, campaign));
    }
    case "verifying": {
      const fields = campaign === null ? [{ path: "id", after: null }] : sentDifferences(entry, campaign);
      if (fields.length === 0) return to({ ...state, id: campaign?.id ?? null, reads: 0 }, "registering");
      if (again.reads < course.patience.reads) return next(again, course.patience.pauseMs);
      return settle(course, state, entry, "mismatch", "read back, it is not what was sent", fields);
    }
    case "confirming": {
      if (campaign?.status === "active") return settle(course, state, entry, "applied", null);
      if (again.reads < course.patience.reads) return next(again, course.patience.pauseMs);
      if (state.sends < course.patience.sends) return to({ ...state, reads: 0 }, "activating");
      const shown = campaign === null ? "it is gone" : `the tenant shows it ${campaign.status}`;
      return settle(course, state, entry, "not_activated", `it was to be activated, and ${shown}`);
    }
    default:
      return next(state);
  }
}

function looked(course: Course, state: ApplyState, entry: PlanEntry, campaign: FoundCampaign | null): Decision {
  if (isAsPlanned(entry, campaign)) return to(state, entry.writes ? "intending" : "registering");
  // A campaign that is already as planned was changed by us before, or needs nothing.
  if (entry.writes && campaign !== null && entry.before !== null && sentDifferences(entry, campaign).length === 0)
    return to({ ...state, id: campaign.id }, "verifying");
  return settle(course, state, entry, "moved", null, movedFields(entry, campaign));
}

/** Whether the tenant shows what it showed when the plan was made. */
function isAsPlanned({ before, wanted }: PlanEntry, campaign: FoundCampaign | null): boolean {
  if (before === null || campaign === null) return before === null && campaign === null;
  return before.etag !== null && campaign.etag !== null
    ? before.etag === campaign.etag
    : differences(before.document, reliedOn(campaign.document, wanted)).length === 0;
}

/**
 * Whether a campaign that is made of pieces is being made: every field that is sent is as before or as planned. A new one did not
 * exist before, and nobody else has started it.
 */
function isUnderWay(entry: PlanEntry, campaign: FoundCampaign): boolean {
  if (entry.fitted?.merges !== true) return false;
  if (entry.before === null) return campaign.status !== "active";
  const after = new Set(sentDifferences(entry, campaign).map(({ path }) => path));
  const state = (document: unknown, status: string) => ({ ...only(document, pathsOf(entry)), status });
  return differences(state(entry.before.document, entry.before.status), state(campaign.document, campaign.status)).every(
    ({ path }) => !after.has(path),
  );
}

const movedFields = ({ before, wanted }: PlanEntry, campaign: FoundCampaign | null): FieldChange[] => {
  const fields = differences(before?.document, campaign === null ? undefined : reliedOn(campaign.document, wanted));
  const [old, now] = [before?.etag ?? null, campaign?.etag ?? null];
  return fields.length > 0 ? fields : [{ path: "version", before: old, after: now }];
};

/** Fields of the campaign that differ from what is sent, including the state. */
function sentDifferences(entry: PlanEntry, campaign: FoundCampaign): FieldChange[] {
  const sent = { ...sentOf(entry), status: entry.status };
  return differences(sent, { ...only(campaign.document, pathsOf(entry)), status: campaign.status });
}

/** Enters a phase, with the phase's command. */
function to(state: ApplyState, phase: ApplyPhase, afterMs = 0): Decision {
  return next({ ...state, phase, sends: phase === "sending" || phase === "activating" ? state.sends + 1 : state.sends }, afterMs);
}

/** The command of the present phase. */
function next(state: ApplyState, afterMs = 0): Decision {
  const command = (): ApplyCommand | undefined => {
    switch (state.phase) {
      case "looking":
      case "settling":
        return { kind: "look", afterMs };
      case "intending":
        return { kind: "intend" };
      case "sending":
        return { kind: "send" };
      case "verifying":
      case "confirming":
        return { kind: "read", afterMs };
      case "registering":
        return { kind: "register", afterMs };
      case "gating":
        return { kind: "gate", afterMs };
      case "activating":
        return { kind: "activate", afterMs };
      default:
        return undefined;
    }
  };
  return { state, command: command() };
}

/** Settles the present campaign and moves to the next one. */
function settle(
  course: Course,
  state: ApplyState,
  entry: PlanEntry,
  outcome: EntryOutcome,
  message: string | null,
  fields: readonly FieldChange[] = [],
): Decision {
  const half = outcome !== "applied" && state.placed.length > 0 ? `created or changed so far: ${state.placed.join(", ")}` : null;
  const sent = entry.writes && (outcome === "applied" || outcome === "not_activated" || outcome === "mismatch");
  // An activation was sent as well.
  const found = sent && state.placed.length === 0 && state.sends === 0;
  const wrote = state.placed.length > 0 || (sent && !found);
  const what = message ?? (found ? "it was so already: nothing was sent" : null);
  const said = [what, ...state.notes, half].filter((part) => part !== null).join("; ") || null;
  const result = { name: entry.name, id: state.id, action: entry.action, outcome, wrote, message: said, fields };
  const at = state.at + 1;
  const following = stepsOf(course.plan)[at];
  const settled = { ...state, ...fresh(following), at, results: [...state.results, result] };
  return following === undefined ? { state: { ...settled, phase: "ended" }, command: undefined } : to(settled, "looking");
}

/** How an apply has ended. */
export function applyOutcomeOf({ results }: ApplyState): ApplyOutcome {
  const applied = results.filter(({ outcome, wrote }) => outcome === "applied" || wrote).length;
  if (results.every(({ outcome }) => outcome === "applied")) return "applied";
  return applied === 0 ? "not_applied" : "partly_applied";
}
