// Shares as people read them, and the legal limit on abandoned calls.

/**
 * Largest share of live answers that may be abandoned in the United States; exactly this share is still allowed (47 CFR
 * 64.1200(a)(7)(i), 16 CFR 310.4(b)(4)(i)). A limit in the rule pack for the campaign's country takes precedence.
 */
export const ABANDONMENT_LIMIT = 0.03;

/** A share in per cent: 0.1234 as "12.3 %"; "–" for none. @param digits after the point */
export function percent(share: number | null | undefined, digits = 1): string {
  return share === null || share === undefined || !Number.isFinite(share) ? "–" : `${(100 * share).toFixed(digits)} %`;
}

/** A probability in per cent. One that would be shown as 0 % or 100 % is given as a bound: 0.0002 as "less than 0.1 %". */
export function probabilityText(probability: number): string {
  if (probability < 0.0005) return "less than 0.1 %";
  return probability > 0.9995 ? "more than 99.9 %" : percent(probability);
}

/** A share in per cent with no more digits than it needs, at most two: 0.03 as "3 %", 0.1234 as "12.34 %". */
export function shortPercent(share: number): string {
  return `${Number((100 * share).toFixed(2))} %`;
}
