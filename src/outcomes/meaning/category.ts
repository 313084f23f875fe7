// What an outcome means to the business, in five words.

/** From best to worst. A call is of exactly one category. */
export const CATEGORIES = ["success", "warm", "cold", "neutral", "failure"] as const;

/** What a disposition code means for conversion. */
export type Category = (typeof CATEGORIES)[number];
