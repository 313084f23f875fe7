// Figures of campaigns: pulled and pushed readings as one series.

export {
  ageOf,
  CampaignMetrics,
  type CampaignReading,
  campaignReadingOf as readingOf,
  METRICS_EVENT,
  STALE_MS,
  successInterval,
} from "./service.ts";
