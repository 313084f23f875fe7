// Facts from raw outcomes. Outcome maps have no effect here: opt-outs are recognised in the raw code, and only a lift ends them.

import { findOptOut } from "../../compliance/opt-outs.ts";
import type { Facts } from "../../store/index.ts";
import { phones } from "./values.ts";

/** A disposition as the vendor reported it. */
export interface RawOutcome {
  readonly callId: string;
  /** The raw code. */
  readonly code: string;
  /** The code's name or a note, if any: it is searched as well. */
  readonly text?: string | undefined;
  /** ms since the epoch. */
  readonly at: number;
  /** The digits of every E.164 number that the report may name; none when it says none. */
  readonly numbers?: readonly number[] | undefined;
  readonly campaign?: string | undefined;
}

/** The result of recording outcomes. */
interface OutcomesReport {
  /** Outcomes that were not known before. */
  readonly added: number;
  /** Numbers newly suppressed. */
  readonly suppressed: number;
  /** Opt-outs of calls whose number is not known yet: they suppress when the attempt of their call is imported. */
  readonly unresolved: number;
}

/**
 * Stores raw outcomes and suppresses the numbers of opt-outs, in one transaction. Recording them again has no effect.
 * @param optOutCodes the operator's own codes and phrases, in addition to the shipped ones
 */
export function recordOutcomes(
  facts: Facts,
  outcomes: readonly RawOutcome[],
  by: { readonly actor: string },
  optOutCodes: readonly string[] = [],
): Promise<OutcomesReport> {
  return facts.addOutcomes(
    outcomes.flatMap(({ callId, code, text, at, numbers = [], campaign = "" }) => {
      const optOut = findOptOut({ code, message: text }, optOutCodes) ?? null;
      return (numbers.length === 0 ? [null] : numbers).map((number) => ({ callId, code, at, number, campaign, optOut }));
    }),
    by,
  );
}

/** Information about a page of calls that is not on the page. */
interface CallPage {
  readonly campaign: string;
  /** ms since the epoch. */
  readonly now: number;
}

/** Fields in which a vendor's row may contain the called number. */
const NUMBER_FIELDS = ["phoneNumber", "contactPhoneNumber", "toNumber", "number"] as const;
/** Fields in which it may describe the outcome in words. */
const TEXT_FIELDS = ["dispositionName", "dispositionDescription"] as const;

/**
 * Finds the opt-outs on a page of raw calls, for `recordOutcomes`, before the page is processed otherwise: every row counts, even
 * a malformed one, and each of several rows of one call. Other outcomes go to the lake only. Pure.
 * @param optOutCodes the operator's own codes and phrases, in addition to the shipped ones
 */
export function optOutsOf(rows: readonly unknown[], page: CallPage, optOutCodes: readonly string[] = []): RawOutcome[] {
  // A page has thousands of rows and few codes: each code is judged once, and only an opt-out is examined further.
  const codes = new Map<string, boolean>();
  const worded = new Map<string, boolean>();
  const found: RawOutcome[] = [];
  for (const row of rows) {
    const { code, words } = said(row);
    if (code === undefined && words === undefined) continue;
    const [judged, key] = words === undefined ? [codes, code ?? ""] : [worded, JSON.stringify([code, words])];
    let optOut = judged.get(key);
    if (optOut === undefined) {
      optOut = findOptOut({ code: code ?? "", message: words }, optOutCodes) !== undefined;
      judged.set(key, optOut);
    }
    const outcome = optOut ? rawOutcome(row, page) : undefined;
    if (outcome !== undefined) found.push(outcome);
  }
  return found;
}

/** The outcome in a raw row. */
function said(row: unknown): { readonly code: string | undefined; readonly words: string | undefined } {
  if (typeof row !== "object" || row === null) return { code: undefined, words: undefined };
  // Written without helpers, since it runs for every retrieved row.
  const code = "dispositionCode" in row ? row.dispositionCode : undefined;
  const name = "dispositionName" in row ? row.dispositionName : undefined;
  const description = "dispositionDescription" in row ? row.dispositionDescription : undefined;
  const words = typeof name === "string" ? name : typeof description === "string" ? description : undefined;
  return { code: typeof code === "string" ? code : undefined, words };
}

/** A raw row as an outcome, as far as possible. */
function rawOutcome(row: unknown, { campaign, now }: CallPage): RawOutcome | undefined {
  if (typeof row !== "object" || row === null) return undefined;
  const fields = new Map<string, unknown>(Object.entries(row));
  const text = (...names: readonly string[]) => names.map((name) => fields.get(name)).find((value) => typeof value === "string");
  const numbers = numbersIn(NUMBER_FIELDS.map((name) => fields.get(name)));
  // Without an id a number is enough; without either there is nobody to suppress.
  const callId = text("id") ?? (numbers === undefined ? undefined : "");
  const code = text("dispositionCode");
  const words = text(...TEXT_FIELDS);
  if (callId === undefined || (code === undefined && words === undefined)) return undefined;
  const ended = Date.parse(text("endTime", "startTime") ?? "");
  return {
    callId,
    code: code ?? "",
    text: words,
    at: Number.isNaN(ended) || ended < 0 ? now : Math.min(ended, now),
    numbers,
    campaign,
  };
}

/** The numbers of the first value that names any, as text or as a JSON number. */
function numbersIn(values: readonly unknown[]): readonly number[] | undefined {
  for (const value of values) {
    const read = typeof value === "string" || Number.isSafeInteger(value) ? phones(String(value)) : undefined;
    if (read !== undefined && "ok" in read) return read.ok.keys;
  }
  return undefined;
}
