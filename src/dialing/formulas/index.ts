// Queueing formulas with named results. Rates and times are in the caller's unit of time.

export { batchOverdial } from "./batch-overdial.ts";
export { erlangA } from "./erlang-a.ts";
export { erlangB } from "./erlang-b.ts";
export { finiteBuffer } from "./finite-buffer.ts";
export { engset, finiteSource } from "./finite-source.ts";
export { erlangC, mdc, mg1 } from "./general-service.ts";
export { hardPatience } from "./hard-patience.ts";
export { progressiveRenewal } from "./progressive-renewal.ts";
export { timeVaryingMean } from "./time-varying.ts";
