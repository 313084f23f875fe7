// Parses the texts of campaign files: YAML or JSON, several documents in one. The result is plain data, which can be passed
// between threads.

import { z } from "zod";
import { messageOf, problemsOf, yamlValue } from "../../../kernel/index.ts";
import type { CampaignDocument } from "./document.ts";
import { campaignFileSchemas, type Extent, type OwnPolicy, readOwn, VENDOR_FIELDS } from "./schema.ts";

/** The form of a place. */
export const place = z.object({ file: z.string(), line: z.number(), column: z.number() });
/** A place in a file; line and column from 1. */
export type Place = Readonly<z.output<typeof place>>;

/** The form of a violation as a plan keeps it. */
export const violation = place.extend({
  rule: z.enum([
    "NUMBER_AS_TEXT",
    "OUT_OF_RANGE",
    "TIME_ZONE",
    "WINDOW",
    "CAP",
    "ABANDONMENT",
    "DUPLICATE",
    "AMBIGUOUS",
    "UNKNOWN_CAMPAIGN",
    "BACKUP",
    "WEBHOOK",
    "STATE",
    "NOT_HELD",
    "RECORDS",
    "MISSING",
    "SHRUNK",
    "LIST_UNREAD",
  ]),
  campaign: z.string(),
  /** Such as `dialerConfig.predictiveSettings.callRate`. */
  field: z.string(),
  message: z.string(),
});
/**
 * A reason why a readable campaign must not be applied. `NUMBER_AS_TEXT`, `OUT_OF_RANGE` (answer ratio, call rate and the like),
 * `TIME_ZONE`, `WINDOW` (wider than the law), `CAP` (above the law), `ABANDONMENT`, `DUPLICATE` (two files name one campaign),
 * `AMBIGUOUS` (two campaigns of the tenant have the name), `UNKNOWN_CAMPAIGN` (no campaign of this id), `BACKUP` (does not exist,
 * or cannot be the backup), `WEBHOOK`, `STATE` (a state that cannot be kept), `NOT_HELD` (the tenant would refuse it), `RECORDS`
 * (an unreadable file of records), `MISSING` (the tenant's list lacks campaigns that are known), `SHRUNK` (a contact list has far
 * fewer contacts than it had), `LIST_UNREAD` (a contact list cannot be read).
 */
export type Violation = Readonly<z.output<typeof violation>>;

/** The text of a file, with its name for messages. */
export interface FileText {
  readonly name: string;
  readonly text: string;
}

/** A campaign of a file, as data. */
export interface ReadCampaign {
  readonly id: string | null;
  readonly name: string;
  readonly status: "active" | "paused" | null;
  readonly document: CampaignDocument;
  readonly own: OwnPolicy;
  /** Line and column of the document and of its fields, by the path to them (`a.b.0.c`; the document itself has the empty path). */
  readonly places: ReadonlyMap<string, readonly [line: number, column: number]>;
  readonly file: string;
}

/** Why a file is not a campaign file, and where. */
interface Mistake extends Place {
  readonly message: string;
}

/** The result of parsing. */
export interface ReadTexts {
  readonly campaigns: readonly ReadCampaign[];
  readonly violations: readonly Violation[];
  /** The first mistakes. */
  readonly mistakes: readonly Mistake[];
  /** Number of further mistakes. */
  readonly moreMistakes: number;
}

/** Far more than any campaign file; limits the time of reading. Characters. */
const MOST_TEXT = 200_000;
const MOST_LINES = 10_000;
const MOST_DOCUMENTS = 500;
/** Most campaigns in all files. */
const MOST_CAMPAIGNS = 5_000;
/** A campaign has a few dozen fields; the place of a field beyond these is given as that of its parent. */
const MOST_PLACES = 2_000;
/** So many are listed; of the others only the number is given. */
const MOST_MISTAKES = 100;
/** Violations of a file beyond this number are not determined: they count as mistakes. */
const MOST_VIOLATIONS = 1_000;

/** Why a file is not read at all; undefined when it is read. */
function tooLarge(text: string): string | undefined {
  if (text.length > MOST_TEXT) return `${text.length} characters; a file has at most ${MOST_TEXT}`;
  const lines = text.split("\n", MOST_LINES + 1);
  if (lines.length > MOST_LINES) return `more than ${MOST_LINES} lines; split it into several files`;
  return separators(text) > MOST_DOCUMENTS ? `more than ${MOST_DOCUMENTS} campaigns; split it into several files` : undefined;
}

const separators = (text: string): number => text.match(/^---/gm)?.length ?? 0;

class Reading {
  readonly campaigns: ReadCampaign[] = [];
  readonly violations: Violation[] = [];
  readonly mistakes: Mistake[] = [];
  #more = 0;

  mistake(...found: readonly Mistake[]): void {
    for (const one of found) {
      if (this.mistakes.length < MOST_MISTAKES) this.mistakes.push(one);
      else this.#more += 1;
    }
  }

  result(): ReadTexts {
    const { campaigns, violations, mistakes } = this;
    if (mistakes.length > 0 || violations.length > MOST_VIOLATIONS) this.mistake(...violations.map(mistakeOf));
    return mistakes.length > 0
      ? { campaigns: [], violations: [], mistakes, moreMistakes: this.#more }
      : { campaigns, violations, mistakes, moreMistakes: 0 };
  }
}

/** Parses the texts of whole campaigns. Never rejects because of their contents. */
export const readTexts = (files: readonly FileText[]): Promise<ReadTexts> => readAll(files, "whole");
/** Parses texts that need not say all of a campaign. Never rejects because of their contents. */
export const readParts = (files: readonly FileText[]): Promise<ReadTexts> => readAll(files, "part");

async function readAll(files: readonly FileText[], extent: Extent): Promise<ReadTexts> {
  const { isAlias, isMap, isScalar, isSeq, LineCounter, parseAllDocuments } = await import("yaml");
  const reading = new Reading();
  let documentsSoFar = 0;
  for (const { name: file, text } of files) {
    const lines = new LineCounter();
    const at = (offset: number): [number, number] => {
      const { line, col } = lines.linePos(offset);
      return [Math.max(1, line), Math.max(1, col)];
    };
    const told = (offset: number, message: string): Mistake => {
      const [line, column] = at(offset);
      return { file, line, column, message };
    };
    const whole = (message: string): Mistake => ({ file, line: 1, column: 1, message });
    const large = tooLarge(text);
    if (large !== undefined) {
      reading.mistake(whole(large));
      continue;
    }
    documentsSoFar += Math.max(1, separators(text));
    if (documentsSoFar > MOST_CAMPAIGNS) {
      reading.mistake(whole(`more than ${MOST_CAMPAIGNS} campaigns in all; give fewer at a time`));
      break;
    }
    const documents = parseAllDocuments(text.startsWith("\uFEFF") ? text.slice(1) : text, {
      lineCounter: lines,
      prettyErrors: false,
      // The library's own check compares each key with all others; the one below is linear.
      uniqueKeys: false,
    });
    if (documents.length === 0) {
      reading.mistake(whole("the file is empty"));
      continue;
    }
    for (const document of documents) {
      // A separator at the end begins a document without content.
      if (documents.length > 1 && document.contents === null && document.errors.length === 0) continue;
      const [broken] = document.errors;
      if (broken !== undefined) {
        reading.mistake(told(broken.pos[0], wordsOf(broken.message)));
        // The text after a broken document may be part of it.
        break;
      }
      const twice = new Set<number>();
      // The library's own walk keeps the way to each node, which for deep nesting takes more memory than there is.
      const nodes: unknown[] = [document.contents];
      for (const node of nodes) {
        const seen = new Set<unknown>();
        if (isSeq(node)) for (const item of node.items) nodes.push(item);
        else if (isMap(node))
          for (const { key, value } of node.items) {
            nodes.push(value);
            if (!isScalar(key)) continue;
            if (seen.has(key.value)) twice.add(key.range?.[0] ?? 0);
            seen.add(key.value);
          }
      }
      for (const offset of twice) reading.mistake(told(offset, "Map keys must be unique"));
      if (twice.size > 0) continue;
      const places = new Map<string, [number, number]>();
      const open: { readonly node: unknown; readonly path: string }[] = [{ node: document.contents, path: "" }];
      for (let next = open.shift(); next !== undefined && places.size < MOST_PLACES; next = open.shift()) {
        const { node, path } = next;
        if (!isMap(node) && !isSeq(node) && !isScalar(node) && !isAlias(node)) continue;
        places.set(path, at(node.range?.[0] ?? 0));
        const below = (name: string | number) => (path === "" ? `${name}` : `${path}.${name}`);
        if (isMap(node))
          for (const { key, value } of node.items)
            open.push({ node: value, path: below(isScalar(key) ? String(key.value) : "") });
        if (isSeq(node))
          for (const [i, item] of node.items.slice(0, MOST_PLACES).entries()) open.push({ node: item, path: below(i) });
      }
      let value: unknown;
      try {
        value = yamlValue(document, (why) => new Error(why));
      } catch (thrown) {
        // Aliases that expand without end.
        reading.mistake(whole(messageOf(thrown)));
        continue;
      }
      readDocument(value, campaignFileSchemas[extent], { file, places }, reading);
    }
  }
  return reading.result();
}

/** The parser follows nested lists and groups by recursion. */
function wordsOf(message: string): string {
  return message.startsWith("Maximum call stack size") ? "nested too deeply" : (message.split("\n")[0] ?? message);
}

/** `file:line:column: what is wrong`. */
export const mistakeLine = ({ file, line, column, message }: Mistake): string => `${file}:${line}:${column}: ${message}`;

const mistakeOf = ({ file, line, column, field, message }: Violation): Mistake => ({
  file,
  line,
  column,
  message: `${field}: ${message}`,
});

/** `file:line:column: field: what is wrong`. */
export function violationLine({ file, line, column, field, message }: Omit<Violation, "rule">): string {
  return `${file}:${line}:${column}: ${field}: ${message}`;
}

/** The place of a field (`a.b[0].c`), or of the nearest thing around it. */
export function placeIn({ file, places }: Pick<ReadCampaign, "file" | "places">, path: string): Place {
  for (let parts = path.split(/[.[\]]+/).filter((part) => part !== ""); ; parts = parts.slice(0, -1)) {
    const found = places.get(parts.join("."));
    if (found !== undefined) return { file, line: found[0], column: found[1] };
    if (parts.length === 0) return { file, line: 1, column: 1 };
  }
}

function readDocument(
  value: unknown,
  schema: (typeof campaignFileSchemas)[Extent],
  from: Pick<ReadCampaign, "file" | "places">,
  reading: Reading,
): void {
  const parsed = schema.safeParse(value ?? {});
  const record = new Map<string, unknown>(typeof value === "object" && value !== null ? Object.entries(value) : []);
  const text = (name: string): string | null => {
    const found = record.get(name);
    return typeof found === "string" ? found : null;
  };
  const name = text("name") ?? "";
  let isCampaign = true;
  for (const issue of parsed.error?.issues ?? []) {
    const rule = ruleOf(issue, value);
    for (const { path, message } of problemsOf(schema, value ?? {}, new z.ZodError([issue]))) {
      const place = placeIn(from, path);
      const said = rule === "NUMBER_AS_TEXT" ? "a number is needed, without quotes; this is text" : message;
      if (rule === undefined) {
        isCampaign = false;
        reading.mistake({ ...place, message: `${path === "" ? "" : `${path}: `}${message}` });
      } else reading.violations.push({ ...place, rule, campaign: name, field: path, message: said });
    }
  }
  if (!isCampaign) return;
  const document = Object.fromEntries(
    VENDOR_FIELDS.flatMap((field) => (record.get(field) === undefined ? [] : [[field, record.get(field)]])),
  );
  const status = parsed.success ? (parsed.data.status ?? null) : null;
  reading.campaigns.push({ id: text("id"), name, status, document, own: readOwn(value) ?? {}, ...from });
}

/** The rule that a problem violates; undefined for a mistake. */
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
