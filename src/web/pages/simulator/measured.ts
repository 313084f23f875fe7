// Where the simulator begins: the settings in force, what was expected of calls when they were put in force, and what the tenant has measured since. Pure.

import { CONTROLS, type Inputs } from "./inputs.ts";

/** Readings of the latest hours that are averaged. */
const HOURS = 24;

/** What is known of the dialer; null: not read yet. */
export interface KnownDialer {
  readonly settings: unknown;
  readonly basis: { readonly expected: Readonly<Record<string, number>> } | null;
}

/**
 * The inputs that are known, inside what the sliders allow.
 * @param rows hourly figures of the tenant, in any order of fields; those with a number as `answerRate` count, the last ones of the list
 */
export function measuredInputs(dialer: KnownDialer, rows: readonly Readonly<Record<string, unknown>>[]): Partial<Inputs> {
  const { settings, basis } = dialer;
  const measured = rows.flatMap(({ answerRate }) => (typeof answerRate === "number" && answerRate > 0 ? [answerRate] : []));
  const latest = measured.slice(-HOURS);
  const answered = latest.length === 0 ? basis?.expected["answer_rate"] : latest.reduce((a, b) => a + b, 0) / latest.length;
  const known: Partial<Record<keyof Inputs, unknown>> = {
    agents: within(settings, "concurrency", "max_agents"),
    maxCalls: within(settings, "concurrency", "max_simultaneous_calls"),
    spacingMs: within(settings, "concurrency", "call_spacing_ms"),
    target: within(settings, "algorithm", "abandonment_rate_target"),
    ratio: within(settings, "algorithm", "dial_ratio"),
    answerRate: answered,
    handleSeconds: basis?.expected["handle_seconds"],
  };
  const inputs: Partial<Record<keyof Inputs, number>> = {};
  for (const { name, min, max, step } of CONTROLS.flatMap(({ controls }) => controls)) {
    const value = known[name];
    if (typeof value !== "number" || !Number.isFinite(value)) continue;
    const stepped = min + Math.round((Math.min(max, Math.max(min, value)) - min) / step) * step;
    inputs[name] = Number(Math.min(max, stepped).toFixed(4));
  }
  return inputs;
}

function within(data: unknown, section: string, field: string): unknown {
  return fieldOf(fieldOf(data, section), field);
}

function fieldOf(data: unknown, name: string): unknown {
  return typeof data === "object" && data !== null ? Object.entries(data).find(([key]) => key === name)?.[1] : undefined;
}
