// Reads facts from raw outcomes. Mappings and classifications of codes have no effect here: the opt-out is
// read from the raw code, and when it is written, only a lift ends it.

import { findOptOut } from "../../compliance/opt-outs.ts";
import type { Facts } from "../../store/index.ts";
import { phone } from "./values.ts";

/** A disposition as the vendor reported it. */
export interface RawOutcome {
  readonly callId: string;
  /** The raw code. */
  readonly code: string;
  /** The code's name or a note, when there is one: looked at as well. */
  readonly text?: string | undefined;
  /** ms since the epoch. */
  readonly at: number;
  /** The digits of the E.164 number, when the report says it. */
  readonly number?: number | undefined;
  readonly campaign?: string | undefined;
}

/** How outcomes were taken. */
export interface OutcomesReport {
  /** Outcomes that were not known before. */
  readonly added: number;
  /** Numbers newly suppressed. */
  readonly suppressed: number;
  /** Opt-outs of calls whose number is not known yet: they suppress as soon as the attempt of their call is imported. */
  readonly unresolved: number;
}

/**
 * Keeps raw outcomes and suppresses the numbers of those that are opt-outs, in one transaction. Given again, nothing happens twice.
 * @param optOutCodes the operator's own codes and phrases, beside the shipped ones
 */
export function recordOutcomes(
  facts: Facts,
  outcomes: readonly RawOutcome[],
  by: { readonly actor: string },
  optOutCodes: readonly string[] = [],
): Promise<OutcomesReport> {
  return facts.addOutcomes(
    outcomes.map(({ callId, code, text, at, number, campaign }) => ({
      callId,
      code,
      at,
      number: number ?? null,
      campaign: campaign ?? "",
      optOut: findOptOut({ code, message: text }, optOutCodes) ?? null,
    })),
    by,
  );
}

/** What a page of calls does not say itself. */
export interface CallPage {
  readonly campaign: string;
  /** ms since the epoch. */
  readonly now: number;
}

/** Where a vendor's row may say the number that was called. */
const NUMBER_FIELDS = ["phoneNumber", "contactPhoneNumber", "toNumber", "number"] as const;
/** Where it may say in words what came of the call. */
const TEXT_FIELDS = ["dispositionName", "dispositionDescription"] as const;

/**
 * Who opted out on a page of raw calls, to be given to `recordOutcomes` before anything else is made of the page: every row counts, also one
 * that is put aside as malformed, and each of several rows of the same call. Other outcomes are left to the lake. Pure.
 * @param optOutCodes the operator's own codes and phrases, beside the shipped ones
 */
export function optOutsOf(rows: readonly unknown[], page: CallPage, optOutCodes: readonly string[] = []): RawOutcome[] {
  // A page has thousands of rows and few codes: each is judged once, and only an opt-out is looked at further.
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

/** What a raw row says of the call's outcome. */
function said(row: unknown): { readonly code: string | undefined; readonly words: string | undefined } {
  if (typeof row !== "object" || row === null) return { code: undefined, words: undefined };
  // Written out: on the path of every row that is retrieved.
  const code = "dispositionCode" in row ? row.dispositionCode : undefined;
  const name = "dispositionName" in row ? row.dispositionName : undefined;
  const description = "dispositionDescription" in row ? row.dispositionDescription : undefined;
  const words = typeof name === "string" ? name : typeof description === "string" ? description : undefined;
  return { code: typeof code === "string" ? code : undefined, words };
}

/** What a raw row says, as far as it says anything. */
function rawOutcome(row: unknown, { campaign, now }: CallPage): RawOutcome | undefined {
  if (typeof row !== "object" || row === null) return undefined;
  const fields = new Map<string, unknown>(Object.entries(row));
  const text = (...names: readonly string[]) => names.map((name) => fields.get(name)).find((value) => typeof value === "string");
  const number = phone(text(...NUMBER_FIELDS) ?? "");
  // Without an id a number is enough; with neither there is nobody to suppress.
  const callId = text("id") ?? ("ok" in number ? "" : undefined);
  const code = text("dispositionCode");
  const words = text(...TEXT_FIELDS);
  if (callId === undefined || (code === undefined && words === undefined)) return undefined;
  const ended = Date.parse(text("endTime", "startTime") ?? "");
  return {
    callId,
    code: code ?? "",
    text: words,
    at: Number.isNaN(ended) || ended < 0 ? now : Math.min(ended, now),
    number: "ok" in number ? number.ok : undefined,
    campaign,
  };
}
