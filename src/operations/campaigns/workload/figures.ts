// The arithmetic of the work that is left: pace, hours, occupancy, callbacks, calling time. Pure.

import { z } from "zod";
import { HOUR_MS, type Instant, MINUTE_MS, normalQuantile, studentQuantile } from "../../../kernel/index.ts";
import type { CallbackView } from "../../../tenant/port.ts";
import type { CampaignReading } from "../metrics/index.ts";

const CONFIDENCE = 0.95;

/** The pace is measured over the first of these, occupancy over the second. */
const PACE_MS = 3 * HOUR_MS;
const OCCUPANCY_MINUTES = 30;
/** A reading is used for the time up to the next one, but no longer than this. */
const READING_MS = 3 * MINUTE_MS;

/** The form of a pace. */
export const pace = z.object({
  perHour: z.number(),
  /** 95 %: the wider of the interval of the count alone and the interval from the differences between windows. */
  low: z.number(),
  high: z.number(),
  dials: z.number(),
  hours: z.number(),
  windows: z.number(),
});
/** Calls placed per hour, from whole windows that do not overlap and in which calls were placed. */
type Pace = Readonly<z.output<typeof pace>>;

interface Window {
  readonly start: Instant;
  readonly end: Instant;
  readonly dials: number;
}

/**
 * Undefined without a whole window of calls in the last three hours. Calls may have begun in the middle of the first window of a
 * row, and ended in the middle of the last one: these would look like slow hours, so they are left out. The present window counts
 * when calls were placed in the one before it.
 */
export function paceOf(
  readings: readonly Pick<CampaignReading, "at" | "receivedAt" | "windowMinutes" | "callsPlaced">[],
  now: Instant,
): Pace | undefined {
  const windows: Window[] = [];
  let before: Instant = Number.POSITIVE_INFINITY;
  for (const { at, receivedAt, windowMinutes, callsPlaced } of readings.toSorted((a, b) => timeOf(b) - timeOf(a))) {
    const end = at ?? receivedAt;
    if (windowMinutes === null || windowMinutes <= 0 || callsPlaced === null || end > before || end > now) continue;
    const start = end - windowMinutes * MINUTE_MS;
    if (start < now - PACE_MS) break;
    before = start;
    windows.push({ start, end, dials: callsPlaced });
  }
  const whole = windows.filter(
    (one, i) =>
      one.dials > 0 && goesOn(windows[i + 1], one) && (goesOn(one, windows[i - 1]) || (i === 0 && now - one.end <= READING_MS)),
  );
  const dials = whole.map((one) => one.dials);
  const hours = whole.reduce((sum, { start, end }) => sum + (end - start), 0) / HOUR_MS;
  const count = dials.reduce((sum, one) => sum + one, 0);
  if (count === 0) return undefined;
  const z = normalQuantile(0.5 + CONFIDENCE / 2);
  const half = z * Math.sqrt(count + (z * z) / 4);
  const differ = spread(dials);
  return {
    perHour: count / hours,
    low: Math.max(0, Math.min(count + (z * z) / 2 - half, count - differ)) / hours,
    high: Math.max(count + (z * z) / 2 + half, count + differ) / hours,
    dials: count,
    hours,
    windows: dials.length,
  };
}

/** Whether calls were placed in two windows of which one directly follows the other. */
function goesOn(earlier: Window | undefined, later: Window | undefined): boolean {
  if (earlier === undefined || later === undefined) return false;
  return earlier.dials > 0 && later.dials > 0 && later.start - earlier.end <= READING_MS;
}

/**
 * Half the width of the interval of a sum, from the differences between its parts; 0 for fewer than three parts, which say too
 * little.
 */
function spread(parts: readonly number[]): number {
  if (parts.length < 3) return 0;
  const mean = parts.reduce((sum, one) => sum + one, 0) / parts.length;
  const variance = parts.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (parts.length - 1);
  return studentQuantile(0.5 + CONFIDENCE / 2, parts.length - 1) * Math.sqrt(variance * parts.length);
}

const timeOf = ({ at, receivedAt }: Pick<CampaignReading, "at" | "receivedAt">): Instant => at ?? receivedAt;

/** Hours until each of so many contacts has been dialed once more at a pace. `high` is null when the pace may be zero. */
export function callingHoursAt(contacts: number, { perHour, low, high }: Pick<Pace, "perHour" | "low" | "high">) {
  return { hours: contacts / perHour, low: contacts / high, high: low > 0 ? contacts / low : null };
}

/** Agent-minutes in which agents talked or wrapped up (`busy`), and those in which they did so or waited for a call (`staffed`). */
export const occupancy = z.object({ busy: z.number(), staffed: z.number(), minutes: z.number(), readings: z.number() });

/** Undefined with fewer than two readings that have agents, or when no agent was there. */
export function occupancyOf(
  readings: readonly Pick<CampaignReading, "at" | "receivedAt" | "agents">[],
  now: Instant,
): z.output<typeof occupancy> | undefined {
  const from = now - OCCUPANCY_MINUTES * MINUTE_MS;
  const told = readings
    .filter((one) => timeOf(one) > from && timeOf(one) <= now)
    .flatMap((one) => {
      const { available = null, working = null, wrapUp = null } = one.agents ?? {};
      return available === null || working === null ? [] : [{ at: timeOf(one), busy: working + (wrapUp ?? 0), available }];
    })
    .sort((a, b) => a.at - b.at);
  let [busy, staffed] = [0, 0];
  for (const [i, one] of told.entries()) {
    const minutes = Math.min(READING_MS, (told[i + 1]?.at ?? now) - one.at) / MINUTE_MS;
    busy += one.busy * minutes;
    staffed += (one.busy + one.available) * minutes;
  }
  return told.length < 2 || staffed === 0 ? undefined : { busy, staffed, minutes: OCCUPANCY_MINUTES, readings: told.length };
}

/**
 * Waiting callbacks: all, those that are due, and those due within the hour. `next`: when the next one that is not due yet
 * becomes due; null without one.
 */
export const waitingCallbacks = z.object({
  waiting: z.number(),
  due: z.number(),
  withinHour: z.number(),
  next: z.number().nullable(),
});

/** A callback without a readable time waits, and is never due. */
export function callbackCounts(
  callbacks: readonly Pick<CallbackView, "dueAt">[],
  now: Instant,
): z.output<typeof waitingCallbacks> {
  const times = callbacks.map(({ dueAt }) => Date.parse(dueAt ?? "")).filter((at) => !Number.isNaN(at));
  const ahead = times.filter((at) => at > now);
  return {
    waiting: callbacks.length,
    due: times.length - ahead.length,
    withinHour: ahead.filter((at) => at <= now + HOUR_MS).length,
    next: ahead.length === 0 ? null : Math.min(...ahead),
  };
}

/** Time without a break in which somebody on the list may be called. */
export interface CallingRun {
  readonly from: Instant;
  readonly to: Instant;
}

/** What is left at a moment of the calling time that was computed for the day after an earlier moment. */
export function callingLeft(runs: readonly CallingRun[], now: Instant) {
  const open = runs.find(({ from, to }) => from <= now && now < to);
  const next = runs.find(({ from }) => from > now);
  return {
    /** Until every window has closed; null while all are closed. */
    now: open === undefined ? null : { hours: (open.to - now) / HOUR_MS, until: open.to },
    opens: next?.from ?? null,
    /** Calling hours of a whole day. */
    perDay: runs.reduce((sum, { from, to }) => sum + (to - from), 0) / HOUR_MS,
  };
}
