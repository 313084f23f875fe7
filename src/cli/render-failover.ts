// Failover pairs for people: one line for a pair, lines for what happens to it. Pure.

import type { FailoverProgress, PairReport } from "../operations/index.ts";
import { printable } from "./render-tagging.ts";

const timeText = (at: number): string => new Date(at).toISOString().slice(0, 19).replace("T", " ");

const WORDS: Readonly<Record<PairReport["state"]["phase"], string>> = {
  watching: "the primary dials",
  pausing: "being paused",
  draining: "waiting for calls to end",
  "handing-over": "holding back who was called",
  gating: "asking the gate",
  activating: "being activated",
  verifying: "reading back",
  "failed-over": "the backup dials",
  securing: "being paused to be safe",
  halted: "neither dials: a person must decide",
};

/** Where a pair stands. */
export function pairLine({ primary, backup, state, policy }: PairReport): string {
  const verdict = state.verdict === null ? "" : ` · ${state.verdict.words}`;
  const halt = state.halt === null ? "" : ` (${state.halt})`;
  const standing = Object.keys(state.standing)
    .filter((name) => name !== "NEITHER_DIALS" || state.halt === null)
    .map((name) => name.toLowerCase().replaceAll("_", " "));
  const alarms = standing.length === 0 ? "" : ` · alarms: ${standing.join(", ")}`;
  const rule = `${policy.rule}, ${policy.threshold * 100} % over ${policy.windowMinutes} min`;
  return printable(`${primary} with ${backup} (${rule}): ${WORDS[state.phase]}${halt}${verdict}${alarms}`);
}

/** What is worth telling of an event; empty when nothing is. */
export function failoverLines(progress: Parameters<FailoverProgress>[0]): string[] {
  const { pair } = progress;
  if (progress.elsewhere)
    return [printable(`${pair.primary}: watched by ${pair.executor ?? "another process"}; this one waits to take over`)];
  const { event, alarms } = progress;
  const time = timeText(event.at);
  const lines = alarms.map(
    ({ name, message }) => `${time} ${pair.primary} ${name.toLowerCase().replaceAll("_", " ")}: ${message}`,
  );
  if (event.type === "looked" && event.verdict !== null) lines.push(`${pair.primary}: ${event.verdict.words}`);
  else if (event.type === "unanswered") lines.push(`${time} ${pair.primary}: no answer: ${event.message}`);
  else if (pair.state.handover !== null)
    lines.push(`${time} ${pair.primary}: hand-over ${pair.state.handover.number}: ${WORDS[pair.state.phase]}`);
  return lines.map(printable);
}
