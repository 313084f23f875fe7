// Figures of campaigns: pulled and pushed readings as one series.

export { METRICS_EVENT } from "./event.ts";
export { ageOf, type CampaignReading, readingOf, successInterval } from "./reading.ts";
export { CampaignMetrics, STALE_MS } from "./service.ts";
