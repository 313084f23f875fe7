// Fields that differ between two documents of any form.

import type { FieldChange } from "./schemas/common.ts";

type Leaf = FieldChange["before"];

/** Fields that differ; without a document before, all fields of the one after. */
export function differing(before: unknown, after: unknown): FieldChange[] {
  const [old, now] = [leavesOf(before), leavesOf(after)];
  return [...new Set([...old.keys(), ...now.keys()])]
    .filter((path) => old.get(path) !== now.get(path))
    .map((path) => ({ path, before: old.get(path) ?? null, after: now.get(path) ?? null }));
}

function leavesOf(value: unknown, path = "", found = new Map<string, Leaf>()): Map<string, Leaf> {
  if (typeof value === "object" && value !== null)
    for (const [name, member] of Object.entries(value)) leavesOf(member, path === "" ? name : `${path}.${name}`, found);
  else if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") found.set(path, value);
  return found;
}
