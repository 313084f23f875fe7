// Parses a vendor row into a record, an unfinished call, or a quarantined row with the reason. Nothing is guessed: an unreadable
// time never becomes a duration of zero.

import { parseInstantOrNaiveUtc } from "../../contract/times.ts";
import { canonicalJson, type Instant } from "../../kernel/index.ts";
import { type OutcomeRecord, UNKNOWN_CODE } from "./record.ts";

// A faster parser for the times of a listing: neighbouring rows are mostly of the same day.

const DAY_LENGTH = "2026-03-01T".length;
const SECONDS_LENGTH = "2026-03-01T08:00:00Z".length;
const MILLIS_LENGTH = "2026-03-01T08:00:00.000Z".length;

/** A parser with the results of `parseInstantOrNaiveUtc` that remembers the last day. Use one for each page. */
export function createInstantReader(): (text: string) => Instant | undefined {
  let day = "";
  let midnight: Instant | undefined;
  return (text) => {
    if ((text.length !== MILLIS_LENGTH && text.length !== SECONDS_LENGTH) || !text.endsWith("Z"))
      return parseInstantOrNaiveUtc(text);
    if (!text.startsWith(day) || day === "") {
      day = text.slice(0, DAY_LENGTH);
      midnight = parseInstantOrNaiveUtc(`${day}00:00:00Z`);
    }
    const hours = twoDigits(text, 11);
    const minutes = twoDigits(text, 14);
    const seconds = twoDigits(text, 17);
    const millis = text.length === SECONDS_LENGTH ? 0 : digit(text, 20) * 100 + twoDigits(text, 21);
    const marked = text[13] === ":" && text[16] === ":" && (text.length === SECONDS_LENGTH || text[19] === ".");
    // Any other form, including the hour 24, is left to the general parser. Comparisons with NaN are false.
    if (midnight === undefined || !marked || !(hours < 24 && minutes < 60 && seconds < 60 && millis < 1000)) {
      return parseInstantOrNaiveUtc(text);
    }
    return midnight + ((hours * 60 + minutes) * 60 + seconds) * 1000 + millis;
  };
}

function digit(text: string, at: number): number {
  const code = text.charCodeAt(at) - 48;
  return code >= 0 && code <= 9 ? code : Number.NaN;
}

function twoDigits(text: string, at: number): number {
  return digit(text, at) * 10 + digit(text, at + 1);
}

/** Reasons why a row is not a record. */
export const QUARANTINE_REASONS = [
  "not_an_object",
  "missing_id",
  "missing_start",
  "missing_end",
  "bad_start",
  "bad_end",
  "end_before_start",
  "wrong_type",
  "other_campaign",
  "outside_window",
] as const;
type QuarantineReason = (typeof QUARANTINE_REASONS)[number];

/** The result of parsing a row. */
type ParsedRow =
  | { readonly kind: "record"; readonly record: OutcomeRecord }
  /** The call has not ended: it has no outcome yet, and is not an error. */
  | { readonly kind: "unfinished"; readonly startTime: Instant }
  | {
      readonly kind: "quarantined";
      readonly reason: QuarantineReason;
      readonly detail: string;
      readonly callId?: string | undefined;
    };

/** What was requested; a row that does not belong to it is quarantined. */
export interface RowContext {
  readonly campaignId: string;
  /** The window, both ends inclusive. */
  readonly from: Instant;
  readonly to: Instant;
  readonly observedAt: Instant;
  readonly runId: string;
  /** Parses times; see `createInstantReader`. */
  readonly readInstant?: ((text: string) => Instant | undefined) | undefined;
  /** Writes the only further field of a row; see `createFieldWriter`. */
  readonly writeField?: ((name: string, value: string) => string) | undefined;
}

const MAX_ID = 256;
/** States of a call that has not ended (contract §2.1 and the sandbox's states). */
const ONGOING: ReadonlySet<unknown> = new Set(["queued", "dialing", "ringing", "connected"]);
const KNOWN: ReadonlySet<string> = new Set([
  "id",
  "campaignId",
  "dispositionCode",
  "startTime",
  "endTime",
  "direction",
  "agentId",
  "contactId",
  "listId",
  "contactListId",
  "attempt",
  "attemptNumber",
]);

/** A problem with a row, thrown inside of `parseRow` only. */
class Problem {
  readonly reason: QuarantineReason;
  readonly detail: string;
  constructor(reason: QuarantineReason, detail: string) {
    this.reason = reason;
    this.detail = detail;
  }
}

/** Parses one row. Never throws. */
export function parseRow(row: unknown, context: RowContext): ParsedRow {
  if (!isFields(row)) return { kind: "quarantined", reason: "not_an_object", detail: `the row is ${kindOf(row)}` };
  const callId = typeof row["id"] === "string" && row["id"] !== "" ? row["id"].slice(0, MAX_ID).toWellFormed() : undefined;
  const result = readFields(row, context);
  return result instanceof Problem ? { kind: "quarantined", reason: result.reason, detail: result.detail, callId } : result;
}

function readFields(row: Readonly<Record<string, unknown>>, context: RowContext): ParsedRow | Problem {
  const id = row["id"];
  if (id === undefined || id === null || id === "") return new Problem("missing_id", "id is missing");
  if (typeof id !== "string") return new Problem("wrong_type", `id is ${kindOf(id)}, not a text`);
  if (id.length > MAX_ID) return new Problem("wrong_type", `id is longer than ${MAX_ID} characters`);
  const campaign = row["campaignId"] ?? context.campaignId;
  if (typeof campaign !== "string") return new Problem("wrong_type", `campaignId is ${kindOf(campaign)}, not a text`);
  if (campaign !== context.campaignId)
    return new Problem("other_campaign", `campaignId is not ${JSON.stringify(context.campaignId)}`);

  const startTime = instant(row["startTime"], "start", context);
  if (startTime instanceof Problem) return startTime;
  if (startTime < context.from || startTime > context.to)
    return new Problem("outside_window", `startTime ${new Date(startTime).toISOString()} was not asked for`);
  const end = row["endTime"] ?? undefined;
  if (end === undefined && ONGOING.has(row["status"])) return { kind: "unfinished", startTime };
  const endTime = instant(end, "end", context);
  if (endTime instanceof Problem) return endTime;
  if (endTime < startTime) return new Problem("end_before_start", `endTime lies ${startTime - endTime} ms before startTime`);

  const code = row["dispositionCode"] ?? UNKNOWN_CODE;
  const direction = row["direction"] ?? "OUTBOUND";
  if (typeof code !== "string") return new Problem("wrong_type", `dispositionCode is ${kindOf(code)}, not a text`);
  if (typeof direction !== "string") return new Problem("wrong_type", `direction is ${kindOf(direction)}, not a text`);
  const agentId = optionalId(row, "agentId");
  if (agentId instanceof Problem) return agentId;
  const contactId = optionalId(row, "contactId");
  if (contactId instanceof Problem) return contactId;
  const listId = optionalId(row, row["listId"] === undefined ? "contactListId" : "listId");
  if (listId instanceof Problem) return listId;
  const attempt = attemptOf(row);
  if (attempt instanceof Problem) return attempt;
  const raw = furtherFields(row, context.writeField ?? writeField);
  if (raw instanceof Problem) return raw;

  return {
    kind: "record",
    record: {
      callId: id.toWellFormed(),
      campaignId: context.campaignId,
      dispositionCode: code === "" ? UNKNOWN_CODE : code.toWellFormed(),
      startTime,
      endTime,
      durationSeconds: (endTime - startTime) / 1000,
      direction: direction.toWellFormed(),
      agentId,
      contactId,
      listId,
      attempt,
      raw,
      observedAt: context.observedAt,
      runId: context.runId,
    },
  };
}

function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

function instant(value: unknown, which: "start" | "end", { readInstant }: RowContext): Instant | Problem {
  if (value === undefined || value === null || value === "") return new Problem(`missing_${which}`, `${which}Time is missing`);
  if (typeof value !== "string") return new Problem("wrong_type", `${which}Time is ${kindOf(value)}, not a text`);
  const at = (readInstant ?? parseInstantOrNaiveUtc)(value);
  return at ?? new Problem(`bad_${which}`, `${which}Time ${JSON.stringify(value.slice(0, 40))} is no ISO 8601 time`);
}

function optionalId(row: Readonly<Record<string, unknown>>, field: string): string | undefined | Problem {
  const value = row[field];
  if (value === undefined || value === null || value === "") return undefined;
  if (typeof value === "number") return String(value);
  return typeof value === "string" ? value.toWellFormed() : new Problem("wrong_type", `${field} is ${kindOf(value)}, not a text`);
}

function attemptOf(row: Readonly<Record<string, unknown>>): number | undefined | Problem {
  const value = row["attempt"] ?? row["attemptNumber"] ?? undefined;
  if (value === undefined) return undefined;
  if (typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= 0x7fffffff) return value;
  return new Problem("wrong_type", `attempt is ${typeof value === "number" ? "no whole number" : kindOf(value)}`);
}

/** A field as the text of a JSON object with one member. */
function writeField(name: string, value: string): string {
  return JSON.stringify({ [name]: value });
}

/**
 * A function with the results of `writeField` that remembers the last field, such as a status that is equal in most rows. Use one
 * for each page.
 */
export function createFieldWriter(): (name: string, value: string) => string {
  let [lastName, lastValue, text] = ["", "", '{"":""}'];
  return (name, value) => {
    if (name !== lastName || value !== lastValue) [lastName, lastValue, text] = [name, value, writeField(name, value)];
    return text;
  };
}

function furtherFields(
  row: Readonly<Record<string, unknown>>,
  write: (name: string, value: string) => string,
): string | undefined | Problem {
  let only: string | undefined;
  let names: string[] | undefined;
  for (const name in row) {
    if (KNOWN.has(name) && !(name === "contactListId" && row["listId"] !== undefined)) continue;
    if (row[name] === undefined) continue;
    if (only === undefined) only = name;
    else if (names === undefined) names = [only, name];
    else names.push(name);
  }
  if (only === undefined) return undefined;
  // Mostly there is only one, with a text.
  const value = row[only];
  if (names === undefined && typeof value === "string") return write(only, value);
  const sorted = names?.sort((a, b) => (a < b ? -1 : 1)) ?? [only];
  try {
    return `{${sorted.map((name) => `${JSON.stringify(name)}:${canonicalJson(row[name])}`).join(",")}}`;
  } catch {
    return new Problem("wrong_type", `one of ${sorted.join(", ").slice(0, 200)} is nested too deeply to be written down`);
  }
}
