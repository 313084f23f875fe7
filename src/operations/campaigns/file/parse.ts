// Campaign files: YAML or JSON, several documents in one, several files in a folder; every mistake with file, line, column, field and what is allowed.

import { z } from "zod";
import { problemsOf } from "../../../kernel/index.ts";
import { OperationError } from "../../error.ts";
import type { CampaignDocument } from "./document.ts";
import { campaignFileSchema, type OwnPolicy, readOwn, VENDOR_FIELDS } from "./schema.ts";

/** A place in a file; line and column from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/**
 * Something that forbids a campaign: it can be read, and must not be applied.
 * `NUMBER_AS_TEXT`, `OUT_OF_RANGE` (answer ratio, call rate and the like), `TIME_ZONE`, `WINDOW` (wider than the law), `CAP` (above the law),
 * `ABANDONMENT`, `DUPLICATE` (two files name one campaign), `AMBIGUOUS` (two campaigns of the tenant have the name), `UNKNOWN_CAMPAIGN` (no
 * campaign of this id), `BACKUP` (does not exist, or cannot be the backup), `WEBHOOK`, `STATE` (a state that cannot be kept).
 */
export interface Violation extends Place {
  readonly rule:
    | "NUMBER_AS_TEXT"
    | "OUT_OF_RANGE"
    | "TIME_ZONE"
    | "WINDOW"
    | "CAP"
    | "ABANDONMENT"
    | "DUPLICATE"
    | "AMBIGUOUS"
    | "UNKNOWN_CAMPAIGN"
    | "BACKUP"
    | "WEBHOOK"
    | "STATE";
  readonly campaign: string;
  /** Such as `dialerConfig.predictiveSettings.callRate`. */
  readonly field: string;
  readonly message: string;
}

/** A campaign of a file. */
export interface CampaignFile {
  readonly source: Place;
  readonly id: string | null;
  readonly name: string;
  readonly status: "active" | "paused" | null;
  readonly document: CampaignDocument;
  readonly own: OwnPolicy;
  /** The place of a field, or of the nearest thing around it. */
  readonly placeOf: (path: string) => Place;
}

export interface ParsedFiles {
  readonly campaigns: readonly CampaignFile[];
  readonly violations: readonly Violation[];
}

/** The text of a file with its name for messages. */
export interface FileText {
  readonly name: string;
  readonly text: string;
}

/** What no campaign file comes near, and what keeps the reading of one short. */
const MOST_TEXT = 200_000;
const MOST_LINES = 10_000;
const MOST_DOCUMENTS = 500;

/** Why a file is not read at all; undefined when it is. */
function tooLarge(text: string): string | undefined {
  if (text.length > MOST_TEXT) return `${text.length} characters; a file has at most ${MOST_TEXT}`;
  const lines = text.split("\n", MOST_LINES + 1);
  if (lines.length > MOST_LINES) return `more than ${MOST_LINES} lines; split it into several files`;
  const documents = lines.filter((line) => line.startsWith("---")).length;
  return documents > MOST_DOCUMENTS ? `more than ${MOST_DOCUMENTS} campaigns; split it into several files` : undefined;
}

/**
 * Reads campaign files.
 * @throws OperationError `invalid_input` naming every mistake, when a file is no campaign file
 */
export async function parseCampaignFiles(files: readonly FileText[]): Promise<ParsedFiles> {
  const { isScalar, LineCounter, parseAllDocuments, visit } = await import("yaml");
  const campaigns: CampaignFile[] = [];
  const violations: Violation[] = [];
  const mistakes: string[] = [];
  for (const { name: file, text } of files) {
    const lines = new LineCounter();
    const at = (offset: number): Place => {
      const { line, col } = lines.linePos(offset);
      return { file, line: Math.max(1, line), column: Math.max(1, col) };
    };
    const large = tooLarge(text);
    if (large !== undefined) {
      mistakes.push(`${file}:1:1: ${large}`);
      continue;
    }
    const documents = parseAllDocuments(text.startsWith("\uFEFF") ? text.slice(1) : text, {
      lineCounter: lines,
      prettyErrors: false,
      // Its own look compares each key with all others; the one below takes each once.
      uniqueKeys: false,
    });
    if (documents.length === 0) {
      mistakes.push(`${file}:1:1: the file is empty`);
      continue;
    }
    for (const document of documents) {
      // A separator at the end begins a document without content.
      if (documents.length > 1 && document.contents === null && document.errors.length === 0) continue;
      const [broken] = document.errors;
      if (broken !== undefined) {
        const mark = at(broken.pos[0]);
        mistakes.push(`${file}:${mark.line}:${mark.column}: ${broken.message.split("\n")[0]}`);
        // What follows a broken document may be part of it.
        break;
      }
      const twice = new Set<number>();
      visit(document, {
        Map(_, { items }) {
          const seen = new Set<unknown>();
          for (const { key } of items) {
            if (!isScalar(key)) continue;
            if (seen.has(key.value)) twice.add(key.range?.[0] ?? 0);
            seen.add(key.value);
          }
        },
      });
      for (const offset of twice) {
        const mark = at(offset);
        mistakes.push(`${file}:${mark.line}:${mark.column}: Map keys must be unique`);
      }
      if (twice.size > 0) continue;
      const placeOf = (path: string): Place => at(offsetOf(document, path));
      let value: unknown;
      try {
        value = document.toJS();
      } catch (thrown) {
        // Aliases that unfold without end.
        mistakes.push(`${file}:1:1: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
        continue;
      }
      const read = readDocument(value, placeOf);
      mistakes.push(...read.mistakes);
      violations.push(...read.violations);
      if (read.campaign !== undefined) campaigns.push(read.campaign);
    }
  }
  if (mistakes.length > 0) throw invalid([...mistakes, ...violations.map(violationLine)]);
  return { campaigns, violations: [...violations, ...duplicates(campaigns)] };
}

/** `file:line:column: field: what is wrong`. */
export function violationLine({ file, line, column, field, message }: Omit<Violation, "rule">): string {
  return `${file}:${line}:${column}: ${field}: ${message}`;
}

interface Read {
  readonly campaign: CampaignFile | undefined;
  readonly violations: readonly Violation[];
  readonly mistakes: readonly string[];
}

function readDocument(value: unknown, placeOf: (path: string) => Place): Read {
  const parsed = campaignFileSchema.safeParse(value ?? {});
  const record = new Map<string, unknown>(typeof value === "object" && value !== null ? Object.entries(value) : []);
  const text = (name: string): string | null => {
    const found = record.get(name);
    return typeof found === "string" ? found : null;
  };
  const name = text("name") ?? "";
  const violations: Violation[] = [];
  const mistakes: string[] = [];
  for (const issue of parsed.error?.issues ?? []) {
    const rule = ruleOf(issue, value);
    for (const { path, message } of problemsOf(campaignFileSchema, value ?? {}, new z.ZodError([issue]))) {
      const place = placeOf(path);
      const said = rule === "NUMBER_AS_TEXT" ? "a number is needed, without quotes; this is text" : message;
      if (rule === undefined)
        mistakes.push(`${place.file}:${place.line}:${place.column}: ${path === "" ? "" : `${path}: `}${message}`);
      else violations.push({ ...place, rule, campaign: name, field: path, message: said });
    }
  }
  if (mistakes.length > 0) return { campaign: undefined, violations, mistakes };
  const document = Object.fromEntries(
    VENDOR_FIELDS.flatMap((field) => (record.get(field) === undefined ? [] : [[field, record.get(field)]])),
  );
  const status = parsed.success ? (parsed.data.status ?? null) : null;
  const campaign = { source: placeOf(""), id: text("id"), name, status, document, own: readOwn(value) ?? {}, placeOf };
  return { campaign, violations, mistakes };
}

/** The rule that a problem breaks; undefined for what makes the file no campaign file. */
function ruleOf(issue: z.core.$ZodIssue, value: unknown): Violation["rule"] | undefined {
  const given = issue.path.reduce<unknown>(
    (at, part) => (typeof at === "object" && at !== null ? Reflect.get(at, part) : undefined),
    value,
  );
  switch (issue.code) {
    case "invalid_type":
      return (issue.expected === "number" || issue.expected === "int") && typeof given === "string"
        ? "NUMBER_AS_TEXT"
        : undefined;
    case "too_small":
    case "too_big":
      return typeof given === "number" ? "OUT_OF_RANGE" : undefined;
    case "custom":
      return issue.path.at(-1) === "timeZone" ? "TIME_ZONE" : undefined;
    default:
      return undefined;
  }
}

/** Campaigns that two documents describe: by id, or by name. */
function duplicates(campaigns: readonly CampaignFile[]): Violation[] {
  const found: Violation[] = [];
  for (const field of ["id", "name"] as const) {
    const first = new Map<string, CampaignFile>();
    for (const campaign of campaigns) {
      const key = campaign[field];
      if (key === null) continue;
      const earlier = first.get(key);
      if (earlier === undefined) first.set(key, campaign);
      // Campaigns of one name are told apart by their ids.
      else if (field === "id" || earlier.id === null || campaign.id === null) {
        const { file, line } = earlier.source;
        const message = `${JSON.stringify(key)} is described at ${file}:${line} as well; one campaign stands in one place`;
        found.push({ ...campaign.placeOf(field), rule: "DUPLICATE", campaign: campaign.name, field, message });
      }
    }
  }
  return found;
}

/** A parsed YAML document, as far as places need it. */
interface Tree {
  readonly contents: unknown;
  getIn(path: Iterable<unknown>, keepScalar: true): unknown;
}

/** Where a path stands in the text; an absent field is told at the nearest thing around it. */
function offsetOf(document: Tree, path: string): number {
  for (let parts = path.split(/[.[\]]+/).filter((part) => part !== ""); ; parts = parts.slice(0, -1)) {
    const node = parts.length === 0 ? document.contents : document.getIn(parts, true);
    const range = typeof node === "object" && node !== null && "range" in node ? node.range : undefined;
    if (Array.isArray(range) && typeof range[0] === "number") return range[0];
    if (parts.length === 0) return 0;
  }
}

/** So many mistakes are told; of the others there is the number. */
const MOST_MISTAKES = 100;

function invalid(all: readonly string[]): OperationError {
  const left = all.length - MOST_MISTAKES;
  const problems = left > 0 ? [...all.slice(0, MOST_MISTAKES), `and ${left} more mistakes`] : all;
  return new OperationError("invalid_input", problems.join("\n"), {
    advice: "schemas/campaign.schema.json describes the file; examples/campaigns holds some.",
    details: { problems },
  });
}
