// Distributions as data, their laws, and draws from them.

export type { Law } from "./law.ts";
export { lawOf } from "./law-of.ts";
export { inversion, sampler } from "./sampler.ts";
export { type Distribution, distributionSchema, type SingleDistribution } from "./schema.ts";
