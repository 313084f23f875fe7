// Instants, shares and telephone numbers as the API writes them.

import type { RateInterval } from "../../kernel/index.ts";
import type { Share } from "./schemas/common.ts";

/** ISO 8601, UTC; null stays null. */
export function timeText(at: number): string;
export function timeText(at: number | null): string | null;
export function timeText(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}

/** A share; without anything to divide by its rate is null and its interval is everything. */
export function shareOf({ rate, low, high, numerator, denominator, confidence }: RateInterval): Share {
  const none = denominator === 0 || Number.isNaN(rate);
  return { rate: none ? null : rate, low: none ? 0 : low, high: none ? 1 : high, numerator, denominator, confidence };
}

/** A telephone number whose middle cannot be read: country code and last two digits stay. */
export function masked(number: string): string {
  const digits = number.replaceAll(/\D/g, "");
  if (digits.length < 5) return "•".repeat(digits.length);
  const shown = number.startsWith("+") ? `+${digits.slice(0, 1)}` : "";
  const hidden = digits.length - (shown === "" ? 0 : 1) - 2;
  return `${shown}${"•".repeat(hidden)}${digits.slice(-2)}`;
}

/** Everything in a text that may be a telephone number, masked: a number with its plus, or ten digits and more that stand alone. */
export function maskedText(text: string): string {
  return text.replaceAll(/\+\d{7,15}|(?<![\w.:-])\d{10,15}(?![\w.:-])/g, (found) => masked(found));
}
