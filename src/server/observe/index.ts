// Observing the service: metrics, health, logs, traces.

export { serviceFigures } from "./figures.ts";
export { createLogger, type LogLevel, type ServiceLogger } from "./log.ts";
export { ServiceMetrics } from "./metrics.ts";
export { Readiness } from "./readiness.ts";
export { metricsRoutes, observeRoutes } from "./routes.ts";
export { requestSpan, vendorSpans } from "./traces.ts";
export { allHooks } from "./vendor-hooks.ts";
