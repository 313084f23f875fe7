// Instants, shares and telephone numbers as the API writes them.

import type { RateInterval } from "../../kernel/index.ts";
import type { Share } from "./schemas/common.ts";

/** ISO 8601, UTC; null stays null. */
export function timeText(at: number): string;
export function timeText(at: number | null): string | null;
export function timeText(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
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

/**
 * Telephone numbers as people write them in reasons and notes: with a plus and 7 to 15 digits; ten digits and more that stand
 * alone; those of North America behind a hyphen or an underscore, as in names of files; and these in three parts, with or without a
 * 1. Blanks, dots, hyphens and brackets may be between digits.
 */
const NUMBERS = [
  String.raw`\+\(?\d(?:[\s().-]{0,3}\d){6,14}(?!\d)`,
  String.raw`(?<![\w.:-])\d{10,15}(?![\w:-]|\.\d)`,
  String.raw`(?<=[_-])1?[2-9]\d{2}[2-9]\d{6}(?![\dA-Za-z:-]|\.\d)`,
  String.raw`(?<![\w.:-])(?:1[\s.-]{1,2})?\(?[2-9]\d{2}(?:\)[\s.-]{0,2}|[\s.-]{1,2})\d{3}[\s.-]{1,2}\d{4}(?![\w:]|-\w)`,
];
const NUMBER = new RegExp(NUMBERS.join("|"), "gu");
/** Without ten digits and more that stand alone: the tenant's ids look like that. */
const WRITTEN_NUMBER = new RegExp([NUMBERS[0], NUMBERS[3]].join("|"), "gu");

/** A text in which everything that may be a telephone number is masked. */
export function maskedText(text: string): string {
  return text.replaceAll(NUMBER, (found) => masked(found));
}

/** The same for an id, and for text that is made of fields: digits alone stay, because they may be an id of the tenant. */
export function maskedId(text: string): string {
  return text.replaceAll(WRITTEN_NUMBER, (found) => masked(found));
}

/** Members that are sent back as they are: a masked one would be refused. */
const SENT_BACK: ReadonlySet<string> = new Set(["next", "confirm"]);
const ID_NAME = /(?:^id|^ids|Id|Ids)$/;

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
