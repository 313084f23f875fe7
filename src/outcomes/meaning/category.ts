// What an outcome means to the business: one of five categories.

/** From best to worst. Each call has exactly one category. */
export const CATEGORIES = ["success", "warm", "cold", "neutral", "failure"] as const;

/** What a disposition code means for conversion. */
export type Category = (typeof CATEGORIES)[number];
