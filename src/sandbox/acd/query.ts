// Parses the parameters of a request: names in any case, the date formats that tenants accept, numbers and booleans as text.

import type { Instant } from "../../kernel/index.ts";
import { AcdRefusal, invalid } from "./answer.ts";

const ISO = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,7}))?)?(Z|[+-]\d{2}:?\d{2})?)?$/i;
const AMERICAN = /^(\d{1,2})\/(\d{1,2})\/(\d{4})(?: (\d{1,2}):(\d{2})(?::(\d{2}))?)?$/;

/** An instant in one of the accepted formats; undefined for other text and for days that do not exist. */
export function readDate(text: string): Instant | undefined {
  // An unencoded "+" of an offset arrives as a space.
  const mended = text.trim().replace(/ (\d{2}:?\d{2})$/, (whole, offset: string) => (text.includes("T") ? `+${offset}` : whole));
  const iso = ISO.exec(mended);
  const american = iso === null ? AMERICAN.exec(mended) : null;
  const parts = iso ?? (american === null ? null : [american[0], american[3], american[1], american[2], ...american.slice(4)]);
  if (parts === null) return undefined;
  const [year, month, day, hour, minute, second] = [1, 2, 3, 4, 5, 6].map((place) => Number(parts[place] ?? 0));
  if (year === undefined || month === undefined || day === undefined) return undefined;
  const ms = iso?.[7] === undefined ? 0 : Number(`0.${iso[7]}`) * 1000;
  const at = Date.UTC(year, month - 1, day, hour ?? 0, minute ?? 0, second ?? 0, ms);
  const date = new Date(at);
  const exists = date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  if (!exists || (hour ?? 0) > 23 || (minute ?? 0) > 59 || (second ?? 0) > 59) return undefined;
  const offset = /^([+-])(\d{2}):?(\d{2})$/.exec(iso?.[8] ?? "");
  if (offset === null) return at;
  return at - (offset[1] === "-" ? -1 : 1) * (Number(offset[2]) * 60 + Number(offset[3])) * 60_000;
}

/** The parameters of a request by name, in any case; parameters in the body are used where the query lacks them. */
export class Parameters {
  readonly #values = new Map<string, string[]>();

  constructor(search: string, body?: unknown) {
    for (const [name, value] of new URLSearchParams(search)) this.#add(name, value);
    if (typeof body !== "object" || body === null || Array.isArray(body)) return;
    for (const [name, value] of Object.entries(body)) {
      if (typeof value !== "object" && value !== undefined && !this.#values.has(name.toLowerCase()))
        this.#add(name, String(value));
    }
  }

  #add(name: string, value: string): void {
    const key = name.toLowerCase();
    this.#values.set(key, [...(this.#values.get(key) ?? []), value]);
  }

  /** Undefined when missing or empty. */
  text(...names: readonly string[]): string | undefined {
    for (const name of names) {
      const value = this.#values.get(name.toLowerCase())?.[0];
      if (value !== undefined && value !== "") return value;
    }
    return undefined;
  }

  has(name: string): boolean {
    return this.#values.has(name.toLowerCase());
  }

  names(): string[] {
    return [...this.#values.keys()];
  }

  /** Parts joined by commas. */
  list(name: string): string[] {
    return (this.#values.get(name.toLowerCase()) ?? [])
      .flatMap((value) => value.split(","))
      .map((part) => part.trim())
      .filter((part) => part !== "");
  }

  whole(name: string, text: string, least = 0): number | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    if (!/^\d{1,10}$/.test(value) || Number(value) < least) throw invalid(text);
    return Number(value);
  }

  flag(name: string, text = `Invalid ${name}`, code?: string): boolean | undefined {
    const value = this.text(name)?.toLowerCase();
    if (value === undefined) return undefined;
    if (value !== "true" && value !== "false") throw invalid(text, code);
    return value === "true";
  }

  date(name: string, text = `Invalid ${name}`, code?: string): Instant | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    const at = readDate(value);
    if (at === undefined) throw invalid(text, code);
    return at;
  }
}

/** An id of the path: a whole number of 32 bits. Anything else is unknown. */
export function pathId(value: string | undefined, text: string, code?: string): number {
  if (value === undefined || !/^\d{1,10}$/.test(value) || Number(value) > 2_147_483_647) {
    throw new AcdRefusal(404, code ?? "InvalidParameter", text);
  }
  return Number(value);
}

const RANGE_TEXTS = { start: "Invalid startDate", end: "Invalid endDate", reversed: "Invalid date range" };

/** The range of time that a report is asked for. */
export function itemRangeOf({ query }: { readonly query: Parameters }, texts = RANGE_TEXTS): { from: Instant; to: Instant } {
  const from = query.date("startDate", texts.start);
  const to = query.date("endDate", texts.end);
  if (from === undefined) throw invalid(texts.start);
  if (to === undefined) throw invalid(texts.end);
  if (to < from) throw invalid(texts.reversed);
  return { from, to };
}
