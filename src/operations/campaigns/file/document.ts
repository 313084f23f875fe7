// Campaigns as JSON documents: their fields, and the differences between two documents.

import { canonicalJson } from "../../../kernel/index.ts";

/** A campaign as the tenant takes it, without id and state; JSON. */
export type CampaignDocument = Readonly<Record<string, unknown>>;

/** A field that differs. A side without the field is left out. */
export interface FieldChange {
  /** Such as `dialerConfig.predictiveSettings.callRate`. */
  readonly path: string;
  readonly before?: unknown;
  readonly after?: unknown;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Every field with a value, by path. A list is one field; null is no value. */
export function leavesOf(value: unknown): Map<string, unknown> {
  const leaves = new Map<string, unknown>();
  const walk = (member: unknown, path: string): void => {
    if (isObject(member)) for (const [name, inner] of Object.entries(member)) walk(inner, path === "" ? name : `${path}.${name}`);
    else if (member !== undefined && member !== null) leaves.set(path, member);
  };
  walk(value, "");
  return leaves;
}

/** Lists without order. */
const UNORDERED: ReadonlySet<string> = new Set(["complianceConfig.dialingRules.allowedDays", "doNotCallGroups"]);

/** Whether a field has the same value on both sides. */
function same(path: string, a: unknown, b: unknown): boolean {
  const text = (value: unknown) =>
    canonicalJson(UNORDERED.has(path) && Array.isArray(value) ? [...new Set(value.map(String))].sort() : (value ?? null));
  return text(a) === text(b);
}

/** Fields that differ, in order of appearance. */
export function differences(before: unknown, after: unknown): FieldChange[] {
  const [old, now] = [leavesOf(before), leavesOf(after)];
  return [...new Set([...old.keys(), ...now.keys()])]
    .filter((path) => !same(path, old.get(path), now.get(path)))
    .map((path) => ({
      path,
      ...(old.has(path) ? { before: old.get(path) } : {}),
      ...(now.has(path) ? { after: now.get(path) } : {}),
    }));
}

/** The document with only these fields, without empty groups. */
export function only(value: unknown, paths: ReadonlySet<string>): CampaignDocument {
  const document: Record<string, unknown> = {};
  for (const [path, leaf] of leavesOf(value)) {
    if (!paths.has(path)) continue;
    const parts = path.split(".");
    let group = document;
    for (const part of parts.slice(0, -1)) {
      const next = isObject(group[part]) ? { ...group[part] } : {};
      group[part] = next;
      group = next;
    }
    group[parts.at(-1) ?? ""] = leaf;
  }
  return document;
}
