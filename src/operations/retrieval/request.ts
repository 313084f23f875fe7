// The request of a retrieval, checked before anything is sent; each refusal says what is allowed. Pure.

import { DAY_MS, HOUR_MS, type Instant, nearest } from "../../kernel/index.ts";
import { MAX_CALLS_PAGE, OUTCOME_CODES, RETENTION_DAYS } from "../../outcomes/index.ts";
import { OperationError } from "../error.ts";

/** Distance from the vendor's retention limit: during a retrieval that starts exactly at the limit, the vendor would delete calls. */
const RETENTION_MARGIN_MS = HOUR_MS;
const DEFAULT_LAST_MS = 7 * DAY_MS;
const DEFAULT_LIMIT = 1000;
const MAX_CODES = 100;

/** A retrieval as requested by the caller. Instants in ms since the epoch. */
export interface RetrievalInput {
  readonly campaignId: string;
  /** Earliest and latest start of a call, both inclusive. `to` is the present when absent. */
  readonly from?: Instant | undefined;
  readonly to?: Instant | undefined;
  /**
   * Instead of `from`: this much time before `to`, ms; seven days when neither is given. Limited to what the vendor still has.
   */
  readonly lastMs?: number | undefined;
  /** Only calls with these codes; all when absent. */
  readonly codes?: readonly string[] | undefined;
  /** Calls per page, 1000 by default. */
  readonly limit?: number | undefined;
}

/** A request that has passed the checks. */
export interface RetrievalRequest {
  readonly campaignId: string;
  readonly from: Instant;
  readonly to: Instant;
  readonly codes: readonly string[] | null;
  readonly limit: number;
}

/** The earliest start that can be requested at `now`. @param reachDays how many days back the tenant gives calls */
export function earliestStart(now: Instant, reachDays = RETENTION_DAYS): Instant {
  return now - reachDays * DAY_MS + RETENTION_MARGIN_MS;
}

/**
 * Checks a request. Warnings are about codes that the vendor may refuse, or about a range that was shortened.
 * @param campaignCodes codes of the campaign's disposition matrix, when they are known
 * @param reachDays how many days back the tenant gives calls
 * @throws OperationError `invalid_input` naming every mistake
 */
export function checkRequest(
  input: RetrievalInput,
  now: Instant,
  campaignCodes: readonly string[] = [],
  reachDays = RETENTION_DAYS,
): { readonly request: RetrievalRequest; readonly warnings: readonly string[] } {
  const problems: string[] = [];
  const warnings: string[] = [];
  const text = (at: Instant) => new Date(at).toISOString();
  const earliest = earliestStart(now, reachDays);
  const to = input.to ?? now;
  let from = input.from ?? to - (input.lastMs ?? DEFAULT_LAST_MS);
  if (input.campaignId === "") problems.push("the campaign id is empty");
  if (input.from !== undefined && input.lastMs !== undefined) problems.push("give either a start or a length of time, not both");
  if (to > now) problems.push(`the end ${text(to)} lies in the future; the latest possible is the present, ${text(now)}`);
  if (from < earliest) {
    const limit = `the vendor keeps calls for ${reachDays} days; the earliest start possible is ${text(earliest)}`;
    if (input.from !== undefined) problems.push(`the start ${text(from)} is too old: ${limit}`);
    else {
      from = earliest;
      warnings.push(`cut to what there is: ${limit}`);
    }
  }
  if (from >= to) problems.push(`the start ${text(from)} must lie before the end ${text(to)}`);
  const limit = input.limit ?? DEFAULT_LIMIT;
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_CALLS_PAGE)
    problems.push(`the limit ${limit} is not a whole number from 1 to ${MAX_CALLS_PAGE}`);
  const codes = input.codes === undefined ? null : [...new Set(input.codes)].toSorted((a, b) => (a < b ? -1 : 1));
  if (codes !== null && (codes.length === 0 || codes.length > MAX_CODES))
    problems.push(`${codes.length} codes were given; possible are 1 to ${MAX_CODES}, or none to ask for all`);
  if (codes?.some((code) => code === "" || code.length > 256 || code.includes(",")) === true)
    problems.push("a code has 1 to 256 characters and no comma");
  if (problems.length > 0) throw new OperationError("invalid_input", problems.join("; "));
  warnings.push(...unknownCodes(codes ?? [], campaignCodes));
  return { request: { campaignId: input.campaignId, from, to, codes, limit }, warnings };
}

function unknownCodes(codes: readonly string[], campaignCodes: readonly string[]): string[] {
  const known = new Set<string>([...OUTCOME_CODES, ...campaignCodes]);
  return codes
    .filter((code) => !known.has(code))
    .map((code) => {
      const near = nearest(code, known);
      const hint = near === undefined ? `known are ${[...known].join(", ")}` : `did you mean ${near}?`;
      return `the code ${JSON.stringify(code)} is not known here and the vendor may refuse it; ${hint}`;
    });
}

/** True when every tenant knows all of the codes, so that the campaign's own need not be read. */
export function areOutcomeCodes(codes: readonly string[]): boolean {
  return codes.every((code) => (OUTCOME_CODES as readonly string[]).includes(code));
}
