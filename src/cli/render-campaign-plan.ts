// Text about campaign plans: what is created, changed, left alone, the reach, what forbids it, the progress and end of an apply.
// Pure text.

import { APPLY_PHASE_WORDS, phaseWords } from "../kernel/index.ts";
import { type CampaignFieldChange, violationLine } from "../operations/index.ts";
import type { CampaignApplyView, CampaignDriftView, CampaignPlanMoved, CampaignPlanView } from "../operations/views/index.ts";
import { grouped, printable, printableWhole } from "./text.ts";

type Entry = CampaignPlanView["entries"][number];

/** Text of any length without control characters. */
const shown = (value: unknown): string => (value === undefined ? "absent" : printable(JSON.stringify(value)));

/** A long list by what leaves it and what comes to it: two lists that are cut before the difference look the same. */
function changeText({ before, after }: CampaignFieldChange): string {
  const whole = `${shown(before)} → ${shown(after)}`;
  if (!Array.isArray(before) || !Array.isArray(after) || whole.length < 120) return whole;
  const without = (all: readonly unknown[], others: readonly unknown[]) => {
    const texts = new Set(others.map((one) => JSON.stringify(one)));
    return all.filter((one) => !texts.has(JSON.stringify(one)));
  };
  const [gone, come] = [without(before, after), without(after, before)];
  if (gone.length + come.length === 0) return whole;
  const parts = [gone.length > 0 && `without ${shown(gone)}`, come.length > 0 && `with ${shown(come)}`].filter(Boolean);
  return `${before.length} → ${after.length} entries: ${parts.join(", ")}`;
}

const fieldLines = (changes: readonly CampaignFieldChange[], indent: string): string[] => {
  const width = Math.max(0, ...changes.map(({ path }) => path.length));
  return changes.map((change) => `${indent}${printable(change.path).padEnd(width)}  ${changeText(change)}`);
};

const SIGNS = { create: "+", change: "~", in_sync: "=" } as const;
const WORDS = { create: "create", change: "change", in_sync: "in sync" } as const;

/** The whole plan, campaign by campaign. */
export function planLines(plan: CampaignPlanView): string[] {
  const { entries, unmanaged, violations, notices } = plan;
  const lines = entries.flatMap((entry) => [
    ...entryLines(entry, entry.activates),
    ...(entry.action === "in_sync" ? [] : [`    reaches ${blastText(entry)}`]),
  ]);
  lines.push(...unmanaged.map(unmanagedLine), ...notices.map((notice) => `note: ${printable(notice)}`));
  lines.push(...violations.map(violationText));
  const count = (action: Entry["action"]) => entries.filter((entry) => entry.action === action).length;
  const summary = `${count("create")} to create, ${count("change")} to change, ${count("in_sync")} in sync, ${unmanaged.length} unmanaged`;
  lines.push(violations.length === 0 ? summary : `${summary}; refused: ${violations.length} rule violations`);
  lines.push(`plan ${plan.plan}`);
  return lines;
}

/** The differences between files and tenant. */
export function driftLines({ drifted, campaigns, unmanaged, unmatched, notices }: CampaignDriftView): string[] {
  return [
    ...campaigns.flatMap((entry) => entryLines(entry, false)),
    ...unmanaged.map(unmanagedLine),
    ...notices.map((notice) => `note: ${printable(notice)}`),
    ...unmatched.map(violationText),
    ...campaigns.filter(({ held }) => held).map(({ name }) => `~ ${printable(name)}: the file wants it active, and it is not`),
    drifted ? "tenant and files differ" : "tenant and files agree",
  ];
}

const unmanagedLine = ({ id, name, status }: CampaignPlanView["unmanaged"][number]): string =>
  `? ${printable(name)} (${printable(id)}, ${printable(status)}): unmanaged, no file describes it`;

const violationText = (violation: CampaignPlanView["violations"][number]): string =>
  `${violation.rule}: ${printableWhole(violationLine(violation))}`;

function entryLines({ action, name, id, source, changes }: CampaignDriftView["campaigns"][number], activates: boolean): string[] {
  const which = id === null ? "" : ` (${printable(id)})`;
  const head = `${SIGNS[action]} ${printable(name)}${which}: ${WORDS[action]}${activates ? ", then activate" : ""}  [${printable(source.file)}:${source.line}]`;
  return action === "in_sync" ? [head] : [head, ...fieldLines(changes, "    ")];
}

function blastText({ blast }: Entry): string {
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

/** What has changed since a plan was shown. */
export function movedLines(moved: CampaignPlanMoved["moved"]): string[] {
  return moved.flatMap(({ campaign, what, fields }) => [
    what === "rules"
      ? "the rules have changed:"
      : `${printable(campaign)} has ${what} since the plan was made${fields.length === 0 ? "" : ":"}`,
    ...fieldLines(fields, "    "),
  ]);
}

/** The progress of an apply, in one line. */
export function progressLine({ campaigns, results, phase }: CampaignApplyView, elsewhere: boolean): string {
  const campaign = campaigns[results.length]?.name;
  return elsewhere || campaign === undefined
    ? "run by another process"
    : `${printable(campaign)}: ${phaseWords(APPLY_PHASE_WORDS, phase)}`;
}

/** How an apply ended, campaign by campaign. */
export function endLines({ outcome: ended, results, stop, standing }: CampaignApplyView): string[] {
  const lines = results.flatMap(({ name, id, outcome, message, fields }) => [
    `${printable(name)}${id === null ? "" : ` (${printable(id)})`}: ${outcome === "moved" ? "somebody else changed it meanwhile; their change stays" : outcome.replaceAll("_", " ")}${message === null ? "" : `: ${printable(message)}`}`,
    ...fieldLines(fields, "    "),
  ]);
  if (stop !== null) lines.push(`stopped: ${printable(stop.message)}`, "  outdial campaign resume-apply continues it");
  else if (ended === null)
    lines.push(
      standing === "still"
        ? "not ended, and nobody works on it; outdial campaign resume-apply continues it"
        : "not ended: a service goes on with it; outdial campaign resume-apply follows it to its end",
    );
  return lines;
}
