// Kinds of fields that several sections of a scenario share: spans, times of day, shares, durations.

import { z } from "zod";
import { parseDuration } from "../../kernel/index.ts";
import { type Distribution, distributionSchema } from "../distributions/index.ts";

const CLOCK = /^([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?$|^24:00$/;

/** A share from 0 to 1. */
export const share = z.number().min(0).max(1);

/** Seconds, or a text such as `90s`, `15m`, `8h`; parsed to seconds. */
export const span = z
  .union([
    z.number().nonnegative(),
    z.string().refine((text) => parseDuration(text) !== undefined, 'a span such as "90s", "15m", "1h30m"'),
  ])
  .overwrite((value) => (typeof value === "string" ? (parseDuration(value) ?? 0) / 1000 : value));

/** A span above 0. */
export const positiveSpan = z
  .union([
    z.number().positive("a span above 0"),
    z.string().refine((text) => (parseDuration(text) ?? 0) > 0, 'a span above 0 such as "90s", "15m", "1h30m"'),
  ])
  .overwrite((value) => (typeof value === "string" ? (parseDuration(value) ?? 0) / 1000 : value));

/** A local time of day, `HH:MM` or `HH:MM:SS`, up to `24:00`. */
export const timeOfDay = z.string().regex(CLOCK, 'a time of day such as "09:00"');

/** A duration: a distribution, or a number of seconds for a constant one. */
export const duration = z.union([z.number().nonnegative(), distributionSchema]);

/** Seconds of a span that the schema has checked. */
export function seconds(value: number | string): number {
  return typeof value === "number" ? value : (parseDuration(value) ?? 0) / 1000;
}

/** Seconds since midnight of a time of day that the schema has checked. */
export function secondOfDay(text: string): number {
  const [hours = 0, minutes = 0, rest = 0] = text.split(":").map(Number);
  return hours * 3600 + minutes * 60 + rest;
}

/** The distribution that a duration field stands for. */
export function distributionOf(value: number | Distribution): Distribution {
  return typeof value === "number" ? { kind: "deterministic", value } : value;
}
