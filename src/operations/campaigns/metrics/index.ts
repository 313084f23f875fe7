// Figures of campaigns: pulled and pushed readings as one series.

export { ageOf, CampaignMetrics, type CampaignReading, METRICS_EVENT, readingOf, STALE_MS, successInterval } from "./service.ts";
