// Instants, shares and telephone numbers as the API writes them.

import type { RateInterval } from "../../kernel/index.ts";
import { numbersInText } from "./numbers-in-text.ts";
import type { KnownPart, Share } from "./schemas/common.ts";

/** ISO 8601, UTC; null stays null. */
export function timeText(at: number): string;
export function timeText(at: number | null): string | null;
export function timeText(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}

/**
 * How a part that was read at a time is known. @param problem why its latest reading failed; @param from assumed: of a campaign, by the rules alone
 */
export function partOf(
  at: number | null,
  problem: { readonly code: string; readonly message: string; readonly since?: number | null | undefined } | null,
  from: "measured" | "assumed" = "measured",
): KnownPart {
  const failed = { code: problem?.code ?? null, since: timeText(problem?.since ?? null) };
  if (at === null) return { at: null, from: "none", ...failed, why: problem?.message ?? "not read yet" };
  const assumed = from === "assumed" ? "made by the rules alone: the campaign's own hours are not read yet" : null;
  return { at: timeText(at), from, ...failed, why: problem?.message ?? assumed };
}

/** A share; when there is nothing to divide by, its rate is null and its interval is 0 to 1. */
export function shareOf({ rate, low, high, numerator, denominator, confidence }: RateInterval): Share {
  const none = denominator === 0 || Number.isNaN(rate);
  return { rate: none ? null : rate, low: none ? 0 : low, high: none ? 1 : high, numerator, denominator, confidence };
}

/** A telephone number with its middle hidden: country code and last two digits are shown. */
export function masked(number: string): string {
  const digits = number.replaceAll(/\D/g, "");
  if (digits.length < 5) return "•".repeat(digits.length);
  const shown = number.startsWith("+") ? `+${digits.slice(0, 1)}` : "";
  const hidden = digits.length - (shown === "" ? 0 : 1) - 2;
  return `${shown}${"•".repeat(hidden)}${digits.slice(-2)}`;
}

/** A text in which everything that may be a telephone number is masked, in whatever script and with whatever between its digits. */
export function maskedText(text: string): string {
  let shown = "";
  let after = 0;
  for (const { from, to, digits } of numbersInText(text)) {
    shown += `${text.slice(after, from)}${masked(digits)}`;
    after = to;
  }
  return `${shown}${text.slice(after)}`;
}

/** The same for CSV, cell by cell; counts stay, as they do in JSON. */
export function maskedCsv(text: string): string {
  return text.replaceAll(/"(?:[^"]|"")*"|[^",\r\n]+/g, (cell) => (/^\d{1,9}$/.test(cell) ? cell : maskedText(cell)));
}

/** The same for an id with which more is asked for: digits alone stay, because the tenant's ids are so. */
function maskedId(text: string): string {
  return /^\d+$/.test(text) ? text : maskedText(text);
}

/** Members that are sent back as they are: a masked one would be refused. */
const SENT_BACK: ReadonlySet<string> = new Set(["next", "confirm"]);
/** Members that are named as ids, without the ids of calls, contacts and events: others choose these, from numbers too. */
const ID_NAME = /(?:^ids?|(?<!call|contact|event|interaction)Ids?)$/;

/**
 * JSON in which everything in its texts that may be a telephone number is masked, names of members too; cursors and confirmations stay. The one mechanism
 * for texts that somebody wrote (reasons, names of files, messages) and that leave to people who may not see numbers.
 * @param keepIds whether digits alone stay in members that are named as ids: where these are needed to ask for more
 */
export function maskedValue(value: unknown, { keepIds = false }: { readonly keepIds?: boolean } = {}, name = ""): unknown {
  if (typeof value === "string") return keepIds && ID_NAME.test(name) ? maskedId(value) : maskedText(value);
  if (Array.isArray(value)) return value.map((one) => maskedValue(one, { keepIds }, name));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([member, one]) => [
      keepIds ? maskedId(member) : maskedText(member),
      SENT_BACK.has(member) ? one : maskedValue(one, { keepIds }, member),
    ]),
  );
}
