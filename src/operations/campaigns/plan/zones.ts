// Offsets of time zones, and the countries that a zone belongs to.

import { createBuiltinGeography, type RulePack } from "../../../compliance/index.ts";
import type { Instant } from "../../../kernel/index.ts";

const WEEK_MS = 7 * 86_400_000;
const WEEKS = 53;

/** Minutes that a zone is ahead of UTC at an instant. */
function offsetAt(format: Intl.DateTimeFormat, at: Instant): number {
  const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, value]));
  const part = (name: Intl.DateTimeFormatPartTypes) => Number(parts.get(name));
  const local = Date.UTC(part("year"), part("month") - 1, part("day"), part("hour"), part("minute"), part("second"));
  return Math.round((local - Math.floor(at / 1000) * 1000) / 60_000);
}

/** Offsets of a zone, once for each of the weeks of a year to come: clocks change on week-ends. */
export function yearOfOffsets(zone: string, from: Instant): number[] {
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  return Array.from({ length: WEEKS }, (_, week) => offsetAt(format, from + week * WEEK_MS));
}

/** `*` and the countries that a zone lies in, as far as the pack and the tables of numbers know them. */
export function jurisdictionsOfZone(zone: string, pack: RulePack): string[] {
  const geography = createBuiltinGeography();
  const countries = new Set<string>();
  for (let code = 200; code < 1000; code++) {
    const area = geography.areaCode(code);
    if (area?.zones.includes(zone)) countries.add(area.country);
  }
  for (const { jurisdiction } of pack.rules) {
    const country = jurisdiction.split("-")[0] ?? "";
    if (country !== "*" && geography.countryZones(country).includes(zone)) countries.add(country);
  }
  return ["*", ...[...countries].sort()];
}
