// Distributions as data, their laws, and draws from them.

export type { Law } from "./law-of.ts";
export { inversion, lawOf, sampler } from "./law-of.ts";
export { type Distribution, distributionSchema, type SingleDistribution } from "./schema.ts";
