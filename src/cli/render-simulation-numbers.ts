// Numbers of simulations. Pure text.

import { percent } from "../kernel/index.ts";

/** A number to so many significant digits, thousands grouped; a dash for none. */
export function number(value: number, digits: number): string {
  if (!Number.isFinite(value)) return "–";
  return Number(value.toPrecision(digits)).toLocaleString("en-US", { maximumSignificantDigits: digits });
}

/** A share as all figures of simulations have it: 0.0123 as "1.23 %". */
export const shareText = (share: number): string => percent(share, 2);

/** 0.0123 as "+1.23 points". */
export function points(share: number): string {
  return Number.isFinite(share) ? `${share > 0 ? "+" : ""}${(100 * share).toFixed(2)} points` : "–";
}
