// The draft of new settings: which fields there are, where their values come from, and the file that is proposed. Pure.

import { readPath } from "../../view/changes.ts";

export interface DraftField {
  /** Name in the address and of the field. */
  readonly name: string;
  readonly path: string;
  readonly label: string;
  readonly hint?: string;
  readonly unit?: string;
}

/** The fields that dialer-settings.schema.json asks for. */
export const FIELDS: readonly DraftField[] = [
  { name: "max_agents", path: "concurrency.max_agents", label: "Agents at most" },
  { name: "max_simultaneous_calls", path: "concurrency.max_simultaneous_calls", label: "Simultaneous calls at most" },
  { name: "call_spacing_ms", path: "concurrency.call_spacing_ms", label: "Spacing between calls, ms" },
  {
    name: "abandonment_rate_target",
    path: "algorithm.abandonment_rate_target",
    label: "Abandonment target",
    hint: "a share: the law allows 0.03",
  },
  {
    name: "agent_availability_estimate",
    path: "algorithm.agent_availability_estimate",
    label: "Agents available",
    hint: "a share, 0 to 1",
  },
  { name: "dial_ratio", path: "algorithm.dial_ratio", label: "Dial ratio", hint: "calls for each available agent" },
  { name: "warm_line_timeout_sec", path: "algorithm.warm_line_timeout_sec", label: "Warm line, s", hint: "may be left empty" },
  { name: "max_trunks", path: "carrier_capacity.max_trunks", label: "Lines of the carrier", hint: "for the checks; never sent" },
  {
    name: "answer_rate",
    path: "expected.answer_rate",
    label: "Expected answer rate",
    hint: "for the prediction; may be left empty",
  },
  {
    name: "handle_seconds",
    path: "expected.handle_seconds",
    label: "Expected handle time, s",
    hint: "for the prediction; may be left empty",
  },
];

export type Draft = Readonly<Record<string, string>>;

/**
 * Every field as text: from the address first (a plan of the simulator), then from the settings in force.
 * Lines of the carrier are in no settings: at least the calls that are asked for.
 */
export function draftOf(settings: unknown, query: Readonly<Record<string, string>>): Draft {
  const draft = new Map(
    FIELDS.map(({ name, path }) => {
      const inForce = readPath(settings, path);
      return [name, query[name] ?? (typeof inForce === "number" ? String(inForce) : "")];
    }),
  );
  if (draft.get("agent_availability_estimate") === "") draft.set("agent_availability_estimate", "1");
  if (draft.get("max_trunks") === "") draft.set("max_trunks", draft.get("max_simultaneous_calls") ?? "");
  return Object.fromEntries(draft);
}

/** Whether the address brings a plan. */
export function bringsPlan(query: Readonly<Record<string, string>>): boolean {
  return FIELDS.some(({ name }) => query[name] !== undefined);
}

/** The settings file. What was left empty is left out; what is no number stays text, so that the service says what is wrong with it. */
export function fileOf(draft: Draft, name: string): Record<string, unknown> {
  const sections: Record<string, Record<string, unknown>> = { concurrency: {}, algorithm: { type: "predictive" } };
  for (const field of FIELDS) {
    const text = (draft[field.name] ?? "").trim();
    const [section, key] = field.path.split(".");
    if (text === "" || section === undefined || key === undefined) continue;
    const number = Number(text);
    const own = sections[section] ?? {};
    own[key] = Number.isFinite(number) ? number : text;
    sections[section] = own;
  }
  return { name, type: "predictive", ...sections };
}
