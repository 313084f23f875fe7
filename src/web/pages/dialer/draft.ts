// The draft of new settings: which fields there are, where their values come from, and the file that is proposed. Pure.

import type { ApiTypes } from "../../../server/index.ts";
import { readPath } from "../../view/changes.ts";

interface DraftField {
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
  {
    name: "max_trunks",
    path: "carrier_capacity.max_trunks",
    label: "Lines of the carrier",
    hint: "for the checks; never sent; empty: as many as calls",
  },
  {
    name: "answer_rate",
    path: "expected.answer_rate",
    label: "Expected answer rate",
    hint: "as measured, where it was; for the prediction: without one nothing is applied",
  },
  {
    name: "handle_seconds",
    path: "expected.handle_seconds",
    label: "Expected handle time, s",
    hint: "for the prediction; may be left empty",
  },
];

const LABELS: ReadonlyMap<string, string> = new Map([
  ["name", "Name"],
  ["type", "Type"],
  ["algorithm.type", "Algorithm"],
  ...FIELDS.map(({ path, label }) => [path, label] as const),
]);

/** What a field of the settings is called, here and in the form; by the vendor's name where it has no other. */
export const labelOf = (path: string): string => LABELS.get(path) ?? path;

/** Every field as text, and `name`. */
export type Draft = Readonly<Record<string, string>>;

/** A draft outlives a reload and the end of a session, until it is applied or the window is closed. @param campaign whose settings; null: the tenant's */
export const draftKey = (campaign: string | null): string => `outdial draft ${campaign ?? ""}`;

/** What was kept of a draft; what is no draft is none. */
export function keptDraft(text: string | null): Draft {
  if (text === null) return {};
  try {
    const kept: unknown = JSON.parse(text);
    if (typeof kept !== "object" || kept === null) return {};
    const known = new Set(["name", GUARD, ...FIELDS.map(({ name }) => name)]);
    return Object.fromEntries(
      Object.entries(kept).flatMap(([name, value]) => (known.has(name) && typeof value === "string" ? [[name, value]] : [])),
    );
  } catch {
    return {};
  }
}

/** Kept with the fields of the settings, and sent beside them. */
export const GUARD = "guard_minutes";

/** What the draft begins with: the settings in force, and the lines and expectations that came with them. */
interface Begin {
  readonly settings: unknown;
  readonly basis: ApiTypes.DialerView["basis"];
  readonly measured: ApiTypes.DialerView["measured"];
}

/** Fields of the address: a plan of the simulator. */
export function touchedBy(query: Readonly<Record<string, string>>): Draft {
  return Object.fromEntries(FIELDS.flatMap(({ name }) => (query[name] === undefined ? [] : [[name, query[name]]])));
}

/** The answer rate that was measured, to a tenth of a percent. */
const measuredShare = ({ numerator, denominator }: NonNullable<ApiTypes.DialerView["measured"]>): number =>
  Math.round((1000 * numerator) / denominator) / 1000;

/** Every field: as it was touched, else as it is in force. What is in force nowhere is empty: nobody said anything of it. */
export function draftOf({ settings, basis, measured }: Begin, touched: Draft): Draft {
  const name = readPath(settings, "name");
  const inForce = FIELDS.map(({ name: field, path }) => {
    const counted = path === "expected.answer_rate" && measured !== null ? measuredShare(measured) : undefined;
    const value = readPath(settings, path) ?? counted ?? readPath(basis, path);
    return [field, typeof value === "number" ? String(value) : ""];
  });
  return { name: typeof name === "string" ? name : "", ...Object.fromEntries(inForce), ...touched };
}

/**
 * The settings file: what was touched over what is in force. What was left empty is left out; what is no number stays text, so that the service
 * says what is wrong with it. Lines of the carrier are in no settings: as many as calls, when nobody said how many there are.
 */
export function fileOf(begin: Begin, touched: Draft): Record<string, unknown> {
  const { name = "", ...draft } = draftOf(begin, touched);
  const { carrier_capacity: carrier = {}, expected = {} } = begin.basis ?? {};
  const sections: Record<string, Record<string, unknown>> = {
    concurrency: {},
    algorithm: { type: "predictive" },
    // Also what no field of the form shows.
    carrier_capacity: { ...carrier },
    expected: { ...expected },
  };
  for (const field of FIELDS) {
    const text = (draft[field.name] ?? "").trim();
    const [section, key] = field.path.split(".");
    const own = section === undefined ? undefined : sections[section];
    if (own === undefined || key === undefined) continue;
    delete own[key];
    if (text !== "") own[key] = valueOf(text);
  }
  const calls = sections["concurrency"]?.["max_simultaneous_calls"];
  const lines = sections["carrier_capacity"];
  if (lines !== undefined && calls !== undefined) lines["max_trunks"] ??= calls;
  return {
    name,
    type: "predictive",
    ...Object.fromEntries(Object.entries(sections).filter(([, own]) => Object.keys(own).length > 0)),
  };
}

function valueOf(text: string): number | string {
  const number = Number(text);
  return Number.isFinite(number) ? number : text;
}
