// Replies of the ACD API: the two generations of their form, and pages.

import { CONTACT_NAMES, RECORDS_PAGE } from "../../contract/acd/index.ts";
import { type AcdAnswer, invalid, nothing, ok } from "./answer.ts";
import { type AcdCall, words } from "./call.ts";

type Fields = Readonly<Record<string, unknown>>;

/**
 * The last version whose records have texts where later ones have numbers and booleans, and the last one with the older names.
 */
const TEXT_UP_TO = 23;
const OLD_NAMES_UP_TO = 30;
/** The last version in which the campaign of an active contact is a number, among texts. */
const NUMBERED_UP_TO = 20;

function asText(value: unknown): unknown {
  if (typeof value === "number") return String(value);
  if (typeof value === "boolean") return value ? "True" : "False";
  if (Array.isArray(value)) return value.map(asText);
  if (typeof value === "object" && value !== null) return mapValues(value as Fields, asText);
  return value;
}
const mapValues = (fields: Fields, change: (value: unknown) => unknown): Fields =>
  Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, change(value)]));

const OLD_CONTACT_NAMES = Object.fromEntries(Object.entries(CONTACT_NAMES).map(([old, present]) => [present, old]));
const OLD_CAMPAIGN_NAMES = { id: "campaignId", name: "campaignName" };
const oldNames = { contacts: OLD_CONTACT_NAMES, campaigns: OLD_CAMPAIGN_NAMES } as Readonly<
  Record<string, Readonly<Record<string, string>>>
>;

/** A record in the form of the call's generation. Groups of settings are separate objects and keep their types. */
export function inForm(call: AcdCall, record: Fields): Fields {
  const names = call.v <= OLD_NAMES_UP_TO ? oldNames[call.section] : undefined;
  const renamed =
    names === undefined
      ? record
      : Object.fromEntries(Object.entries(record).map(([name, value]) => [names[name] ?? name, value]));
  if (call.v > TEXT_UP_TO || call.section === "settings") return renamed;
  const texts = asText(renamed) as Fields;
  return call.id === "listActive" && call.v <= NUMBERED_UP_TO ? { ...texts, campaignId: renamed["campaignId"] } : texts;
}

/** Whether the content of a reply is under resultSet. */
type Wrapping = "always" | "never" | { readonly upTo: number };

export const wrapped = (call: AcdCall, wrapping: Wrapping, content: Fields): Fields =>
  wrapping === "always" || (wrapping !== "never" && call.v <= wrapping.upTo) ? { resultSet: content } : content;

export interface ListOptions<Row> {
  /**
   * Turns a row into a record; called only for rows that are shown, unless an order is requested. Default: the row is a record.
   */
  readonly shown?: (row: Row) => Fields;
  readonly wrapping?: Wrapping;
  /** Fields beside the list. */
  readonly beside?: Fields;
  /** Default true: 204 when there are no rows. */
  readonly emptyIs204?: boolean;
  /** Largest and default page size. */
  readonly most?: number;
  readonly usual?: number;
  /** Refusal texts that differ for this list. */
  readonly texts?: Partial<Record<"fields" | "skip" | "top" | "orderBy", string>>;
  readonly noRows?: string;
}

const LIST_TEXTS = {
  fields: "Invalid fields list",
  skip: "Invalid skip",
  top: "Invalid top",
  orderBy: "Invalid orderby arguments",
};

/** One page of rows under `name`: sorted, cut, in the call's form. */
export function page<Row = Fields>(call: AcdCall, name: string, rows: readonly Row[], options: ListOptions<Row> = {}): AcdAnswer {
  const make = options.shown ?? ((row: Row): Fields => row as Fields);
  const { wrapping = "never", beside = {}, emptyIs204 = true, most = RECORDS_PAGE, usual = most } = options;
  const texts = { ...LIST_TEXTS, ...options.texts };
  const skip = call.query.whole("skip", texts.skip) ?? 0;
  const top = Math.min(most, call.query.whole("top", texts.top, 1) ?? usual);
  const asked = call.query.text("orderBy");
  const made =
    asked === undefined
      ? rows.slice(skip, skip + top).map(make)
      : order(rows.map(make), asked, texts.orderBy).slice(skip, skip + top);
  const [first] = rows;
  const shown = select(call, made, first === undefined ? undefined : make(first), texts.fields);
  if (shown.length === 0 && emptyIs204) return nothing(options.noRows);
  const content = {
    totalRecords: rows.length,
    businessUnitId: call.state.businessUnitId,
    lastPollTime: new Date(call.now).toISOString(),
    _links: links(call, skip, top, rows.length),
    ...beside,
    [name]: shown,
  };
  return ok(wrapped(call, wrapping, content));
}

function links({ target, switches, version }: AcdCall, skip: number, top: number, total: number) {
  const at = (place: number): string => {
    const url = new URL(target, switches.linkOrigin);
    url.pathname = url.pathname.replace(/\/v\d+\.0\//i, `/v${Math.max(version, 35)}.0/`);
    url.searchParams.set("skip", String(place));
    url.searchParams.set("top", String(top));
    return url.href;
  };
  return {
    self: at(skip),
    ...(skip + top < total ? { next: at(skip + top) } : {}),
    ...(skip > 0 ? { previous: at(Math.max(0, skip - top)) } : {}),
  };
}

function order(rows: readonly Fields[], words: string | undefined, text: string): readonly Fields[] {
  if (words === undefined || rows.length === 0) return rows;
  const keys = words.split(",").map((word) => {
    const [name = "", direction = "asc", ...rest] = word.trim().split(/\s+/);
    const key = Object.keys(rows[0] ?? {}).find((known) => known.toLowerCase() === name.toLowerCase());
    if (key === undefined || rest.length > 0 || !/^(asc|desc)$/i.test(direction)) throw invalid(text);
    return { key, sign: direction.toLowerCase() === "desc" ? -1 : 1 };
  });
  return [...rows].sort((a, b) => {
    for (const { key, sign } of keys) {
      const compared = compare(a[key], b[key]);
      if (compared !== 0) return sign * compared;
    }
    return 0;
  });
}

function compare(a: unknown, b: unknown): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  const [left, right] = [words(a), words(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Only the requested fields, by the names of either generation; a name that no record has is refused. */
function select(call: AcdCall, rows: readonly Fields[], sample: Fields | undefined, text: string): Fields[] {
  const formed = rows.map((row) => inForm(call, row));
  const asked = call.query.list("fields");
  if (asked.length === 0) return formed;
  const known = new Set(Object.keys(sample === undefined ? {} : inForm(call, sample)).map((name) => name.toLowerCase()));
  if (sample !== undefined && asked.some((name) => !known.has(name.toLowerCase()))) throw invalid(text, "InvalidProperty");
  const wanted = new Set(asked.map((name) => name.toLowerCase()));
  return formed.map((row) => Object.fromEntries(Object.entries(row).filter(([name]) => wanted.has(name.toLowerCase()))));
}
