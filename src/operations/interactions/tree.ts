// The rules for the dispositions of one interaction: the tree of codes, and mutually exclusive codes. Pure.

import { nearest, parseInstant } from "../../kernel/index.ts";
import type { DispositionTreeView } from "../../tenant/port.ts";
import type { RowProblem as AnyRowProblem } from "../jobs/index.ts";
import { listed, shown } from "../jobs/row-values.ts";
import type { Entry } from "./entry.ts";

/** Why a correction is not sent. */
export type InteractionProblem = AnyRowProblem<
  | "missing_field"
  | "malformed_id"
  | "malformed_timestamp"
  | "unknown_policy"
  | "unreadable_row"
  | "not_utf8"
  | "conflicting_duplicate"
  | "unknown_code"
  | "retired_code"
  | "broken_parent"
  | "exclusive_codes"
  | "malformed_etag"
  | "stale_etag"
  | "unwritable_entry"
>;

type TreeNode = DispositionTreeView["dispositions"][number];

/** The codes of a tenant by name. */
export type DispositionTree = ReadonlyMap<string, TreeNode>;

/** Builds the look-up. */
export function indexTree(reply: DispositionTreeView): DispositionTree {
  return new Map(reply.dispositions.map((node) => [node.code, node]));
}

/**
 * Mutually exclusive codes: of the patterns in one rule only one may occur on an interaction. A pattern is a code, or the
 * beginning of codes followed by a star.
 */
export type ExclusiveRules = readonly (readonly string[])[];

/** Primary codes (1xx) and secondary codes (2xx) never occur together: contract §2.2. */
export const DEFAULT_EXCLUSIVE: ExclusiveRules = [["1*", "2*"]];

function matches(pattern: string, code: string): boolean {
  return pattern.endsWith("*") ? code.startsWith(pattern.slice(0, -1)) : code === pattern;
}

/** The problems of a new entry's code: it and its parents must exist and be active. */
export function codeProblems(code: string, tree: DispositionTree): InteractionProblem[] {
  const node = tree.get(code);
  const field = "code";
  if (node === undefined) {
    const near = nearest(code, usable(tree));
    const hint = near === undefined ? `allowed: ${listed(usable(tree))}` : `did you mean ${near}?`;
    return [{ code: "unknown_code", field, message: `disposition code ${shown(code)} is not in the tree; ${hint}` }];
  }
  if (!node.active) {
    return [
      {
        code: "retired_code",
        field,
        message: `disposition code ${shown(code)} (${node.description}) is retired; allowed: ${listed(usable(tree))}`,
      },
    ];
  }
  const broken = brokenParent(node, tree);
  return broken === undefined ? [] : [{ code: "broken_parent", field, message: broken }];
}

/** What is wrong with the chain of parents above a code, or undefined. */
function brokenParent(node: TreeNode, tree: DispositionTree): string | undefined {
  const passed = new Set([node.code]);
  for (let child = node; ; ) {
    const name = child.parent ?? "";
    if (name === "") return undefined;
    const parent = tree.get(name);
    if (parent === undefined)
      return `disposition code ${shown(child.code)} belongs under ${shown(name)}, which is not in the tree`;
    if (!parent.active) return `disposition code ${shown(child.code)} belongs under ${shown(name)}, which is retired`;
    if (passed.has(name)) return `disposition code ${shown(node.code)} stands under itself in the tree`;
    passed.add(name);
    child = parent;
  }
}

function usable(tree: DispositionTree): string[] {
  return [...tree.values()].filter(({ active }) => active).map(({ code }) => code);
}

/**
 * Checks a merged array as a whole and returns all problems. Earlier entries may have codes that were retired since, but it must
 * be possible to write them back.
 */
export function validateMerged(
  merged: readonly Entry[],
  wanted: Entry,
  tree: DispositionTree,
  exclusive: ExclusiveRules,
): InteractionProblem[] {
  const problems = codeProblems(wanted.code, tree);
  for (const entry of merged) if (entry !== wanted) problems.push(...keptProblems(entry, tree));
  for (const rule of exclusive) {
    const groups = rule.map((pattern) => merged.filter(({ code }) => matches(pattern, code))).filter((group) => group.length > 0);
    if (groups.length < 2) continue;
    const named = groups.map((group) => group.map((entry) => nameOf(entry, wanted)).join(", "));
    problems.push({
      code: "exclusive_codes",
      field: "code",
      message: `${named.join(" and ")} exclude each other: an interaction may have only one of ${rule.join(" and ")}`,
    });
  }
  return problems;
}

function nameOf(entry: Entry, wanted: Entry): string {
  return entry === wanted ? `the new code ${entry.code}` : `${entry.code} of ${entry.agent_id}`;
}

/** What prevents another writer's entry from being written back unchanged. */
function keptProblems(entry: Entry, tree: DispositionTree): InteractionProblem[] {
  const lacks = [
    ...(tree.has(entry.code) ? [] : ["a code that is in the tree"]),
    ...(entry.agent_id === "" ? ["an agent"] : []),
    ...(isOffsetTime(entry.timestamp) ? [] : ["a time with an offset"]),
  ];
  if (lacks.length === 0) return [];
  const message = `the entry ${shown(entry.code)} that is there already lacks ${lacks.join(" and ")}, so that it cannot be kept; the policy replace would drop it`;
  return [{ code: "unwritable_entry", message }];
}

/** Whether a text is a valid ISO 8601 time with its offset from UTC. */
export function isOffsetTime(text: string): boolean {
  return parseInstant(text) !== undefined;
}
