// Failover pairs as text: a description of a pair, lines for its events. Pure.

import { z } from "zod";
import { pairPhaseTold } from "../kernel/index.ts";
import { type FailoverProgress, pairWords } from "../operations/index.ts";
import type { FailoverHappeningView, FailoverPairView } from "../operations/views/index.ts";
import { printable, printableWhole } from "./text.ts";

const timeText = (at: number): string => new Date(at).toISOString().slice(0, 19).replace("T", " ");

/** The state of a pair, its reason, and what a person must do. */
export function pairText(pair: FailoverPairView): string {
  const { primary, backup, policy, phase, words, verdict, reason, nextStep } = pair;
  const standing = pair.alarms
    .filter((name) => name !== "NEITHER_DIALS" || phase !== "halted")
    .map((name) => name.toLowerCase().replaceAll("_", " "));
  const alarms = standing.length === 0 ? "" : ` · alarms: ${standing.join(", ")}`;
  const rule = `${policy.rule}, ${policy.threshold * 100} % over ${policy.windowMinutes} min`;
  const line = `${primary} with ${backup} (${rule}): ${words}${verdict === null ? "" : ` · ${verdict}`}${alarms}`;
  const more = [reason, nextStep].flatMap((text) => (text === null ? [] : [`  ${text}`]));
  return [line, ...more].map(printableWhole).join("\n");
}

/** An event of a pair: when, what, the state then, and its alarms. */
export function happeningLine({ at, phase, event, alarms }: FailoverHappeningView): string {
  const { type, unreadable, until } = happened.parse(event);
  const told = messages.parse(alarms).map(({ message }) => message);
  if (until !== null) told.push(`until ${new Date(until).toISOString()}`);
  if (unreadable > 0) told.push(`of ${unreadable} contacts it is not known on which number they were called, or may be called`);
  return printable(`${at} ${type.padEnd(10)} ${pairPhaseTold(phase, told)}`);
}

const happened = z
  .object({ type: z.string().catch(""), unreadable: z.number().catch(0), until: z.number().nullable().catch(null) })
  .catch({ type: "", unreadable: 0, until: null });
const messages = z.array(z.object({ message: z.string().catch("") })).catch([]);

/**
 * Lines for an event that is worth reporting; empty for others. @param waits whether this process waits to take over a pair that
 * another one watches. @param timed false omits when it was: to compare
 */
export function failoverLines(progress: Parameters<FailoverProgress>[0], waits = true, timed = true): string[] {
  const { pair } = progress;
  if (progress.elsewhere)
    return [
      printable(
        `${pair.primary}: watched by another process (${pair.executor ?? "unknown"}); this one ${waits ? "waits to take over" : "leaves it there"}`,
      ),
    ];
  const { event, alarms } = progress;
  const time = timed ? `${timeText(event.at)} ` : "";
  const lines = alarms.map(
    ({ name, message }) => `${time}${pair.primary} ${name.toLowerCase().replaceAll("_", " ")}: ${message}`,
  );
  if (event.type === "looked" && event.verdict !== null) lines.push(`${pair.primary}: ${event.verdict.words}`);
  else if (event.type === "unanswered") lines.push(`${time}${pair.primary}: no answer: ${event.message}`);
  else if (pair.state.handover !== null)
    lines.push(`${time}${pair.primary}: hand-over ${pair.state.handover.number}: ${pairWords(pair.state, pair.primary).words}`);
  return lines.map(printableWhole);
}
