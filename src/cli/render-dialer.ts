// Text about dialer settings: differences, findings, the prediction, the progress and end of a change. Pure text.

import { CHANGE_PHASE_WORDS, factWords, percent, phaseWords, probabilityText } from "../kernel/index.ts";
import { REGULATORY_CHECKS } from "../operations/index.ts";
import type { DialerChange, DialerPreview, DialerVersion } from "../operations/views/index.ts";
import { table } from "./table.ts";
import { printable } from "./text.ts";

/** One line for each field that changes. */
export function diffLines(diff: DialerPreview["changes"]): string[] {
  const width = Math.max(0, ...diff.map(({ path }) => path.length));
  return diff.map(({ path, before, after }) => `  ${path.padEnd(width)}  ${shown(before)} → ${shown(after)}`);
}

const shown = (value: unknown): string =>
  value === undefined || value === null ? "absent" : printable(typeof value === "string" ? value : JSON.stringify(value));

/** Findings and the prediction. */
export function judgementLines({
  findings,
  checks,
  prediction,
  refusals,
  overridden,
}: Pick<DialerPreview, "findings" | "checks" | "prediction" | "refusals" | "overridden">): string[] {
  const lines = findings.map(
    ({ severity, check, path, message }) =>
      `${severity}: ${printable(check)}: ${path === "" ? "" : `${path}: `}${printable(message)}`,
  );
  const left = checks.length === 0 ? [] : REGULATORY_CHECKS.filter((check) => !checks.includes(check));
  if (left.length > 0) lines.push(`regulatory checks: ${checks.join(", ")}; not asked for: ${left.join(", ")}`);
  if (typeof prediction === "string") lines.push(`prediction: ${prediction}`);
  else {
    const { abandonment, occupancy, attemptsPerHour, chanceAboveLimit, basis } = prediction;
    lines.push(
      `prediction: abandonment ${percent(abandonment.median)} (90 % band ${percent(abandonment.low)} to ${percent(abandonment.high)}), above 3 % with a probability of ${probabilityText(chanceAboveLimit)}`,
      `            occupancy ${percent(occupancy.median)} (90 % band ${percent(occupancy.low)} to ${percent(occupancy.high)}), attempts an hour ${Math.round(attemptsPerHour.median)} (90 % band ${Math.round(attemptsPerHour.low)} to ${Math.round(attemptsPerHour.high)})`,
    );
    lines.push(`            stands on: ${basis.map(factWords).join(", ")}`);
    if (basis.some(({ from }) => from === "assumed")) lines.push(`            put what you know under "expected" in the file`);
  }
  for (const words of overridden) lines.push(`overridden: ${words}`);
  lines.push(refusals.length === 0 ? "gate: open" : `gate: closed: ${refusals.map(printable).join("; ")}`);
  return lines;
}

/** The progress of a change, in one line. */
export function phaseLine(state: Pick<DialerChange, "phase" | "purpose" | "looks" | "guard" | "stop">): string {
  const back = state.purpose === "restore" ? "putting the old settings back: " : "";
  const looks = state.phase === "polling" && state.looks > 0 ? `, look ${state.looks + 1}` : "";
  const { guard } = state;
  const watched =
    state.phase === "guarding" && guard !== null ? `: ${guard.abandoned} of ${guard.answered} answered calls abandoned` : "";
  const waits = state.stop === null ? "" : `; stands still: ${printable(state.stop.message)}`;
  return `${back}${phaseWords(CHANGE_PHASE_WORDS, state.phase)}${looks}${watched}${waits}`;
}

/** How a change ended or why it is stopped, with what to do next. */
export function endLines(change: DialerChange): string[] {
  const { version, outcome, message, taken, conflicts } = change;
  const lines = [`version ${version}: ${(outcome ?? phaseLine(change)).replaceAll("_", " ")}`];
  if (message !== null) lines.push(`  ${printable(message)}`);
  if (taken.length > 0 && outcome === "applied") lines.push(`  kept from somebody else: ${taken.join(", ")}`);
  for (const { path, ours, theirs } of conflicts)
    lines.push(`  conflict in ${path}: ours ${shown(ours)}, theirs ${shown(theirs)}`);
  const next = adviceFor(change);
  if (next !== undefined) lines.push(`  ${next}`);
  return lines;
}

function adviceFor({ version, outcome, phase, standing }: DialerChange): string | undefined {
  switch (outcome) {
    case "rollback_failed":
      return "ALARM: compare outdial dialer show with the settings from before in outdial dialer history --json, and correct them or pause the campaigns.";
    case "rolled_back":
    case "not_applied":
      return "This revision is remembered as rejected; outdial dialer apply --retry-rejected tries it again.";
    case "overtaken":
    case "conflict":
      return "Look at outdial dialer show, adapt the file, and apply it again.";
    case null:
      if (phase === "paused")
        return `outdial dialer resume ${version} --keep leaves the settings in force; --roll-back restores the earlier ones.`;
      return standing === "still"
        ? `outdial dialer resume ${version} continues it.`
        : `A service goes on with it; outdial dialer resume ${version} follows it to its end.`;
    default:
      return undefined;
  }
}

/** The history, a line for each version. */
export const HISTORY = table<DialerVersion>(
  [
    { title: "version", value: ({ version }) => version, align: "right", least: 4 },
    { title: "createdAt", value: ({ createdAt }) => createdAt },
    { title: "what", value: happened, least: 16 },
    { title: "actor", value: ({ actor }) => actor },
    {
      title: "source",
      value: ({ campaign, sourceName }) => (campaign === null ? sourceName : `campaign ${campaign}: ${sourceName}`),
    },
    { title: "message", value: ({ message }) => message },
  ],
  { heads: false },
);

function happened({ kind, status, phase, outcome }: DialerVersion): string {
  const open = `(${status === "running" ? "running" : "stopped"}: ${phaseWords(CHANGE_PHASE_WORDS, phase)})`;
  return kind === "observed" ? "found in force" : `${kind} ${outcome === null ? open : outcome.replaceAll("_", " ")}`;
}
