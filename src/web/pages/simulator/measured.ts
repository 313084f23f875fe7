// Where the simulator begins: the settings in force, what was expected of calls when they were put in force, and what the tenant has measured since. Pure.

import { CONTROLS, type Inputs } from "./inputs.ts";

/** What is known of the dialer; null: not read yet. */
export interface KnownDialer {
  readonly settings: unknown;
  readonly basis: { readonly expected: Readonly<Record<string, number>> } | null;
  readonly measured: { readonly numerator: number; readonly denominator: number } | null;
}

/** Where the simulator's answer rate is from, as for the prediction of the settings in force. */
export function answerRateFrom({ basis, measured }: KnownDialer): "measured" | "given" | "assumed" {
  if (measured !== null) return "measured";
  return basis?.expected["answer_rate"] === undefined ? "assumed" : "given";
}

/** The inputs that are known, inside what the sliders allow: the basis of the prediction of the settings in force. */
export function measuredInputs({ settings, basis, measured }: KnownDialer): Partial<Inputs> {
  const answered = measured === null ? basis?.expected["answer_rate"] : measured.numerator / measured.denominator;
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
