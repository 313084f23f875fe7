// The text of campaign files that is edited: what is kept of it in the window, where its lines are, and what was found wrong in which line. Pure.

import type { ApiTypes } from "../../../server/index.ts";

export interface FilesDraft {
  readonly text: string;
  /** What the file is called in messages and in the audit. */
  readonly name: string;
  /** The text as it was exported of the tenant; null when it began otherwise. */
  readonly base: string | null;
  /** Whether campaigns are activated once they are applied. */
  readonly activate: boolean;
}

export const NAME = "campaigns.yaml";
/** It outlives a reload and the end of a session, until it is discarded or the window is closed. */
export const DRAFT_KEY = "outdial draft of campaign files";

export const draftOf = (text: string, more: Partial<FilesDraft> = {}): FilesDraft => ({
  name: NAME,
  base: null,
  activate: false,
  ...more,
  text,
});

/** What was kept of a draft; undefined for what is none. */
export function keptDraft(kept: string | null): FilesDraft | undefined {
  if (kept === null) return undefined;
  try {
    const { text, name, base, activate } = JSON.parse(kept) as Partial<Record<keyof FilesDraft, unknown>>;
    if (typeof text !== "string" || text === "" || typeof name !== "string" || name === "") return undefined;
    return { text, name, base: typeof base === "string" ? base : null, activate: activate === true };
  } catch {
    return undefined;
  }
}

/** Files behind one another, as documents of one file. */
export const joined = (texts: readonly string[]): string =>
  texts
    .map((text) => text.trimEnd())
    .join("\n---\n")
    .concat("\n");

export const lineCount = (text: string): number => text.split("\n").length;

/** From the beginning of a line's content to its end, as offsets into the text; the last line for one that is not there. */
export function lineAt(text: string, line: number): readonly [from: number, to: number] {
  const before = text.split("\n", Math.max(0, line - 1));
  const from = Math.min(
    before.reduce((sum, one) => sum + one.length + 1, 0),
    text.lastIndexOf("\n") + 1,
  );
  const end = text.indexOf("\n", from);
  return [from, end < 0 ? text.length : end];
}

interface LineFinding {
  readonly line: number;
  readonly column: number;
  /** The rule that is broken; undefined for what makes the text no campaign file. */
  readonly rule: string | undefined;
  readonly text: string;
}

export const findingsOf = (violations: ApiTypes.CampaignPlanView["violations"]): readonly LineFinding[] =>
  violations.map(({ line, column, rule, field, message }) => ({ line, column, rule, text: `${field}: ${message}` }));

/** Mistakes in the details of a refusal; none when it was refused for something else. */
export function mistakesOf(problem: ApiTypes.Problem | undefined): readonly LineFinding[] {
  const mistakes = problem?.details?.["mistakes"];
  if (!Array.isArray(mistakes)) return [];
  return mistakes.flatMap((one: unknown) => {
    if (typeof one !== "object" || one === null) return [];
    const { line, column, message } = one as Readonly<Record<string, unknown>>;
    if (typeof line !== "number" || typeof column !== "number" || typeof message !== "string") return [];
    return [{ line, column, rule: undefined, text: message }];
  });
}

/** What has moved since a plan was shown, in a sentence; undefined when a refusal tells nothing of it. */
export function movedWords(problem: ApiTypes.Problem | undefined): string | undefined {
  const moved = problem?.details?.["moved"];
  if (!Array.isArray(moved) || moved.length === 0) return undefined;
  return moved
    .map((one: unknown) => {
      const { campaign, what, fields } = (typeof one === "object" && one !== null ? one : {}) as Readonly<
        Record<string, unknown>
      >;
      const paths = (Array.isArray(fields) ? fields : []).flatMap((field: unknown) =>
        typeof field === "object" && field !== null && "path" in field && typeof field.path === "string" ? [field.path] : [],
      );
      if (what === "rules") return "the rules have changed";
      return `${String(campaign)} has ${String(what)}${paths.length === 0 ? "" : ` (${paths.join(", ")})`}`;
    })
    .join("; ");
}

type Entries = ApiTypes.CampaignPlanView["entries"];

/** "1 to create, 2 to change, 3 in sync, 0 unmanaged", as the command line has it. */
export function planSummary({ entries, unmanaged, violations }: ApiTypes.CampaignPlanView): string {
  const count = (action: Entries[number]["action"]) => entries.filter((entry) => entry.action === action).length;
  const all = `${count("create")} to create, ${count("change")} to change, ${count("in_sync")} in sync, ${unmanaged.length} unmanaged`;
  return violations.length === 0 ? all : `${all}; refused: ${violations.length} rule violations`;
}

/** Why a plan cannot be applied; undefined when it can. */
export function whyNotApplied({ entries, violations }: ApiTypes.CampaignPlanView): string | undefined {
  if (violations.length > 0)
    return `Refused: ${violations.length === 1 ? "a rule is" : `${violations.length} rules are`} broken.`;
  return entries.some(({ action }) => action !== "in_sync") ? undefined : "Tenant and file agree: there is nothing to apply.";
}
