// The series of figures that is shown of a campaign.

import type { CampaignReading } from "./metrics/reading.ts";

/** More points than this are thinned out: no screen shows them. */
const POINTS = 720;
/** Readings for one curve, no more than a screen shows. @param watched the window of the watch over its pair, minutes */
export function shownSeries(readings: readonly CampaignReading[], watched: number | undefined): readonly CampaignReading[] {
  return thinned(ofOneWindow(readings, watched));
}

/**
 * Only readings over windows of one length, since others would not make a curve: of the watch's window if there are any,
 * otherwise of the most frequent one.
 */
function ofOneWindow(readings: readonly CampaignReading[], watched: number | undefined): readonly CampaignReading[] {
  const counts = new Map<number | null, number>();
  for (const { windowMinutes } of readings) counts.set(windowMinutes, (counts.get(windowMinutes) ?? 0) + 1);
  const [usual] = [...counts].sort(([, a], [, b]) => b - a);
  const wanted = watched !== undefined && counts.has(watched) ? watched : usual?.[0];
  return readings.filter(({ windowMinutes }) => windowMinutes === wanted);
}

function thinned<T>(readings: readonly T[]): readonly T[] {
  const every = Math.ceil(readings.length / POINTS);
  return every <= 1 ? readings : readings.filter((_, i) => (readings.length - 1 - i) % every === 0);
}
