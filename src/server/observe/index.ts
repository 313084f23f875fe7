// How the service is watched: metrics, health, logs, traces.

export { type BudgetFigures, serviceFigures } from "./figures.ts";
export { createLogger, type LogLevel, type ServiceLogger } from "./log.ts";
export { ServiceMetrics } from "./metrics.ts";
export { Readiness } from "./readiness.ts";
export { LIVE_PATH, METRICS_PATH, observeRoutes, READY_PATH } from "./routes.ts";
export { requestSpan, vendorSpans } from "./traces.ts";
export { allHooks, type VendorHooks } from "./vendor-hooks.ts";
