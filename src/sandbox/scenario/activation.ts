// Whether an activation of dialer settings fails by the scenario's rules (contract §3, activation.failWhen).

import type { ParsedScenario } from "./schema.ts";

/** The text of `errorDetails` when one of the rules holds for the settings, or undefined. */
export function activationFailure(activation: ParsedScenario["activation"], settings: unknown): string | undefined {
  const rules =
    activation.failWhen === undefined ? [] : Array.isArray(activation.failWhen) ? activation.failWhen : [activation.failWhen];
  for (const rule of rules) {
    const value = valueAt(settings, rule.field.split("."));
    const holds =
      (rule.above !== undefined && typeof value === "number" && value > rule.above) ||
      (rule.below !== undefined && typeof value === "number" && value < rule.below) ||
      (rule.equals !== undefined && value === rule.equals);
    if (holds) return rule.error ?? `activation refused: ${rule.field} is ${String(value)}`;
  }
  return undefined;
}

function valueAt(root: unknown, path: readonly string[]): unknown {
  let value = root;
  for (const name of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined;
    value = new Map<string, unknown>(Object.entries(value)).get(name);
  }
  return value;
}
