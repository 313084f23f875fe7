// What people read about campaign plans: what is created, changed, left alone, what it reaches, what forbids it, how an apply goes and ends. Pure text.

import {
  type ApplyProgress,
  type ApplyReport,
  type CampaignFieldChange,
  type CampaignPlan,
  type Moved,
  type PlanEntry,
  violationLine,
} from "../operations/index.ts";
import { grouped, printable, printableWhole } from "./text.ts";

/** Text without control characters, however long it is. */
const shown = (value: unknown): string => (value === undefined ? "absent" : printable(JSON.stringify(value)));

const fieldLines = (changes: readonly CampaignFieldChange[], indent: string): string[] => {
  const width = Math.max(0, ...changes.map(({ path }) => path.length));
  return changes.map(
    (change) => `${indent}${printable(change.path).padEnd(width)}  ${shown(change.before)} → ${shown(change.after)}`,
  );
};

const SIGNS = { create: "+", change: "~", in_sync: "=" } as const;
const WORDS = { create: "create", change: "change", in_sync: "in sync" } as const;

/** The whole plan, campaign by campaign. */
export function planLines(plan: CampaignPlan): string[] {
  const lines = plan.entries.flatMap(entryLines);
  for (const { id, name, status } of plan.unmanaged)
    lines.push(`? ${printable(name)} (${printable(id)}, ${printable(status)}): unmanaged, no file describes it`);
  for (const notice of plan.notices) lines.push(`note: ${printable(notice)}`);
  for (const violation of plan.violations) lines.push(`${violation.rule}: ${printableWhole(violationLine(violation))}`);
  const count = (action: PlanEntry["action"]) => plan.entries.filter((entry) => entry.action === action).length;
  const summary = `${count("create")} to create, ${count("change")} to change, ${count("in_sync")} in sync, ${plan.unmanaged.length} unmanaged`;
  lines.push(plan.violations.length === 0 ? summary : `${summary}; refused: ${plan.violations.length} rule violations`);
  lines.push(`plan ${plan.hash}`);
  return lines;
}

function entryLines(entry: PlanEntry): string[] {
  const { action, name, id, source, changes } = entry;
  const which = id === null ? "" : ` (${printable(id)})`;
  const head = `${SIGNS[action]} ${printable(name)}${which}: ${WORDS[action]}${entry.activates ? ", then activate" : ""}  [${printable(source.file)}:${source.line}]`;
  if (action === "in_sync") return [head];
  return [head, ...fieldLines(changes, "    "), `    reaches ${blastText(entry)}`];
}

function blastText({ blast }: PlanEntry): string {
  const parts = [blast.contacts === null ? "an unknown number of contacts" : `${grouped(blast.contacts)} contacts`];
  const zones = Object.entries(blast.zones);
  if (zones.length > 0) {
    const some = zones.slice(0, 4).map(([zone]) => zone);
    parts.push(`in ${some.join(", ")}${zones.length > some.length ? ` and ${zones.length - some.length} more zones` : ""}`);
  }
  if (blast.agents !== null) parts.push(`${blast.agents} agents`);
  if (blast.callsPerHour !== null) parts.push(`up to ${grouped(Math.round(blast.callsPerHour))} calls an hour`);
  return `${parts.join(", ")}${blast.dials ? "; it dials" : "; it does not dial"}`;
}

/** What has moved since a plan was shown. */
export function movedLines(moved: readonly Moved[]): string[] {
  return moved.flatMap(({ campaign, what, fields }) => [
    what === "rules"
      ? "the rules have changed:"
      : `${printable(campaign)} has ${what} since the plan was made${fields.length === 0 ? "" : ":"}`,
    ...fieldLines(fields, "    "),
  ]);
}

const PHASES: Readonly<Record<NonNullable<ApplyProgress["phase"]>, string>> = {
  looking: "reading it once more",
  intending: "about to be sent",
  sending: "sending",
  settling: "the reply was lost; reading what is there",
  verifying: "reading back",
  registering: "keeping what is outdial's, registering webhooks",
  gating: "asking the gate",
  activating: "activating",
  confirming: "confirming that it is active",
  ended: "ended",
};

/** Where an apply stands, in one line. */
export function progressLine({ campaign, phase }: ApplyProgress): string {
  return campaign === undefined || phase === undefined ? "run by another process" : `${printable(campaign)}: ${PHASES[phase]}`;
}

/** How an apply ended, campaign by campaign. */
export function endLines({ apply, state }: ApplyReport): string[] {
  const lines = state.results.flatMap(({ name, id, outcome, message, fields }) => [
    `${printable(name)}${id === null ? "" : ` (${printable(id)})`}: ${outcome === "moved" ? "somebody else changed it meanwhile; theirs stands" : outcome.replaceAll("_", " ")}${message === null ? "" : `: ${printable(message)}`}`,
    ...fieldLines(fields, "    "),
  ]);
  if (state.stop !== null)
    lines.push(`stands still: ${printable(state.stop.message)}`, "  outdial campaign resume-apply goes on with it");
  else if (apply.outcome === null) lines.push("not ended; outdial campaign resume-apply goes on with it");
  return lines;
}
