// Dialer settings as one document (contract §2.5): their form, their fields one by one, comparison, and merging.

import { createHash } from "node:crypto";
import { z } from "zod";
import { canonicalJson, issueText } from "../../kernel/index.ts";

const count = z.int().min(0).max(1_000_000);
const share = z.number().min(0).max(1);

const concurrency = {
  max_agents: count.describe("Agents that the dialer may keep busy"),
  max_simultaneous_calls: count.describe("Calls in flight at most, ringing ones included"),
  call_spacing_ms: z.int().min(0).max(600_000).describe("Least time between two dials, milliseconds"),
};
const algorithm = {
  type: z.literal("predictive"),
  abandonment_rate_target: share.describe("Share of answered calls that may find no agent; the law allows 0.03"),
  agent_availability_estimate: share.describe("Share of the agents that are expected to be available"),
  dial_ratio: z.number().positive().max(100).describe("Calls dialed for each available agent"),
  warm_line_timeout_sec: z.int().min(0).max(3600).optional().describe("Seconds that an answered call waits for an agent"),
};

/** Fields of the settings; `strict` for files, where an unknown one is a mistake. */
export const settingsFields = {
  name: z.string().min(1).max(256).describe("Name of the settings"),
  type: z.literal("predictive"),
  concurrency: z.strictObject(concurrency),
  algorithm: z.strictObject(algorithm),
};

/** The tenant's settings, reduced to the fields that can be sent back; other fields are neither sent nor compared. */
const shown = z.object({
  ...settingsFields,
  type: settingsFields.type.default("predictive"),
  concurrency: z.object(concurrency),
  algorithm: z.object(algorithm),
});

/** Dialer settings in the vendor's form. */
export type DialerSettings = z.output<typeof shown>;

/** The settings in a reply, or the problem with them. */
export function readSettings(value: unknown): { readonly settings: DialerSettings } | { readonly problem: string } {
  const parsed = shown.safeParse(value);
  if (parsed.success) return { settings: parsed.data };
  const issue = parsed.error.issues[0];
  return { problem: `${issue?.path.join(".") || "the settings"}: ${issueText(issue)}` };
}

/** Values by path, such as `algorithm.dial_ratio`. */
type Leaf = string | number;

/** Every field with its path, in the order of the document. */
function leavesOf(settings: DialerSettings): Map<string, Leaf> {
  const leaves = new Map<string, Leaf>();
  const walk = (value: object, path: string) => {
    for (const [name, member] of Object.entries(value)) {
      if (member === undefined) continue;
      const at = path === "" ? name : `${path}.${name}`;
      if (typeof member === "object" && member !== null) walk(member, at);
      else if (typeof member === "string" || typeof member === "number") leaves.set(at, member);
    }
  };
  walk(settings, "");
  return leaves;
}

/** The document made from fields by path; undefined when they do not make a valid one. */
function fromLeaves(leaves: ReadonlyMap<string, Leaf>): DialerSettings | undefined {
  const document: Record<string, Leaf | Record<string, Leaf>> = {};
  for (const [path, leaf] of leaves) {
    const [group = "", name] = path.split(".");
    if (name === undefined) document[group] = leaf;
    else document[group] = { ...(typeof document[group] === "object" ? document[group] : {}), [name]: leaf };
  }
  const read = readSettings(document);
  return "settings" in read ? read.settings : undefined;
}

/** One field that differs. A side that lacks it is undefined. */
export interface FieldChange {
  readonly path: string;
  readonly before: Leaf | undefined;
  readonly after: Leaf | undefined;
}

/** Fields that differ, in the order of the document. */
export function diffSettings(before: DialerSettings, after: DialerSettings): FieldChange[] {
  const [old, now] = [leavesOf(before), leavesOf(after)];
  return [...new Set([...old.keys(), ...now.keys()])]
    .filter((path) => old.get(path) !== now.get(path))
    .map((path) => ({ path, before: old.get(path), after: now.get(path) }));
}

/** Whether two settings agree in every field. */
export const sameSettings = (a: DialerSettings, b: DialerSettings): boolean => diffSettings(a, b).length === 0;

/** Fields that a file leaves out stay as they are: fields of `wanted` over those of `present`. */
export function complete(wanted: DialerSettings, present: DialerSettings): DialerSettings {
  return fromLeaves(new Map([...leavesOf(present), ...leavesOf(wanted)])) ?? wanted;
}

/** Settings with the fields at these paths taken from `from`. */
export function withFieldsOf(settings: DialerSettings, from: DialerSettings, paths: readonly string[]): DialerSettings {
  const [leaves, others] = [leavesOf(settings), leavesOf(from)];
  for (const path of paths) {
    const leaf = others.get(path);
    if (leaf !== undefined) leaves.set(path, leaf);
  }
  return fromLeaves(leaves) ?? settings;
}

/** SHA-256 over the canonical form, hex: equal settings have the same hash, whatever file they came from. */
export function settingsHash(settings: DialerSettings): string {
  return createHash("sha256").update(canonicalJson(settings)).digest("hex");
}

/** A field that two writers set to different values. */
export interface FieldConflict {
  readonly path: string;
  readonly base: Leaf | undefined;
  readonly ours: Leaf | undefined;
  readonly theirs: Leaf | undefined;
}

/** Settings of two writers merged by field, or the fields that both changed. */
type Merge =
  | {
      readonly merged: DialerSettings;
      /** Paths whose value came from the other writer. */
      readonly taken: readonly string[];
    }
  | { readonly conflicts: readonly FieldConflict[] };

/**
 * Merges our settings and another writer's, which have the same base, field by field. It is a conflict when both changed one
 * field differently.
 */
export function mergeSettings(base: DialerSettings, ours: DialerSettings, theirs: DialerSettings): Merge {
  const [old, mine, other] = [leavesOf(base), leavesOf(ours), leavesOf(theirs)];
  const merged = new Map<string, Leaf>();
  const taken: string[] = [];
  const conflicts: FieldConflict[] = [];
  for (const path of new Set([...old.keys(), ...mine.keys(), ...other.keys()])) {
    const [was, ourValue, theirValue] = [old.get(path), mine.get(path), other.get(path)];
    const weChanged = ourValue !== was;
    const theyChanged = theirValue !== was;
    if (weChanged && theyChanged && ourValue !== theirValue)
      conflicts.push({ path, base: was, ours: ourValue, theirs: theirValue });
    if (theyChanged && !weChanged) taken.push(path);
    const value = weChanged ? ourValue : theirValue;
    if (value !== undefined) merged.set(path, value);
  }
  if (conflicts.length > 0) return { conflicts };
  const document = fromLeaves(merged);
  // Merging documents of one form field by field cannot lose a required field: neither side lacks it.
  return document === undefined ? { conflicts: [] } : { merged: document, taken };
}
