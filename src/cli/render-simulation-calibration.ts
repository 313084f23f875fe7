// Text about a calibration: rates, how durations were fitted, where there is too little data. Pure text.

import type { Calibration, DayMeanInterval, DurationFit } from "../dialing/index.ts";
import type { DayRateInterval, RateInterval } from "../kernel/index.ts";
import { table } from "./table.ts";
import { grouped, number, shareText } from "./text.ts";

const FITS = table<DurationFit & { readonly name: string; readonly interval: DayMeanInterval | undefined }>([
  { title: "seconds", value: ({ name }) => name },
  { title: "values", value: ({ count }) => grouped(count), align: "right" },
  { title: "mean", value: ({ mean }) => number(mean, 4), align: "right" },
  {
    title: "95 % interval",
    value: ({ interval }) => (interval === undefined ? "–" : `${number(interval.low, 3)} to ${number(interval.high, 3)}`),
    align: "right",
  },
  { title: "cv", value: ({ cv }) => number(cv, 3), align: "right" },
  { title: "10 %", value: ({ p10 }) => number(p10, 3), align: "right" },
  { title: "half", value: ({ median }) => number(median, 3), align: "right" },
  { title: "90 %", value: ({ p90 }) => number(p90, 3), align: "right" },
  { title: "fit", value: ({ distribution, verdict }) => `${distribution.kind} (${verdict})` },
  { title: "", value: ({ explanation }) => explanation },
]);

/** What the intervals take into account. */
function intervalsOf({ method, days, confidence }: DayRateInterval): string {
  const level = `${Number((100 * confidence).toFixed(2))} % intervals`;
  if (method === "days") return `with ${level} over ${grouped(days)} days`;
  const why = days === 0 ? "the records have no day" : `there are only ${grouped(days)} days`;
  return `with ${level} that assume independent calls, because ${days === 1 ? "there is only one day" : why}`;
}

/** The whole report. */
export function calibrationLines(calibration: Calibration, width?: number): string[] {
  const { overall, byHour, attemptDecay, attemptsPerLead, abandonment, ring, talk, wrap, means, thin } = calibration;
  const rate = ({ rate: share, low, high }: RateInterval) => `${shareText(share)} (${shareText(low)} to ${shareText(high)})`;
  const outcomes = [
    { name: "live", of: overall.rates.live },
    { name: "machine", of: overall.rates.machine },
    { name: "no answer", of: overall.rates.noAnswer },
    { name: "busy", of: overall.rates.busy },
    { name: "invalid", of: overall.rates.invalid },
  ];
  const fits = [
    { name: "ring, live", fit: ring.live, interval: means["ring.live"] },
    { name: "ring, machine", fit: ring.machine, interval: means["ring.machine"] },
    { name: "ring, no answer", fit: ring.noAnswer, interval: means["ring.noAnswer"] },
    { name: "ring, busy", fit: ring.busy, interval: means["ring.busy"] },
    { name: "ring, invalid", fit: ring.invalid, interval: means["ring.invalid"] },
    { name: "talk", fit: talk, interval: means.talk },
    { name: "wrap-up", fit: wrap, interval: means.wrap },
  ].flatMap(({ name, fit, interval }) => (fit === undefined ? [] : [{ name, interval, ...fit }]));
  const lines = [
    `${grouped(overall.attempts)} attempts, ${intervalsOf(overall.rates.live)}`,
    ...table<(typeof outcomes)[number]>([
      { title: "outcome", value: ({ name }) => name },
      { title: "share", value: ({ of }) => rate(of), align: "right" },
      { title: "of", value: ({ of }) => `${grouped(of.numerator)} / ${grouped(overall.attempts)}` },
    ]).lines(outcomes, width),
    "",
    ...table<(typeof byHour)[number]>([
      { title: "hour", value: ({ hour }) => `${String(hour).padStart(2, "0")}:00` },
      { title: "attempts", value: ({ attempts }) => grouped(attempts), align: "right" },
      { title: "live", value: ({ rates }) => rate(rates.live), align: "right" },
      { title: "machine", value: ({ rates }) => shareText(rates.machine.rate), align: "right" },
      { title: "no answer", value: ({ rates }) => shareText(rates.noAnswer.rate), align: "right" },
      { title: "busy", value: ({ rates }) => shareText(rates.busy.rate), align: "right" },
      { title: "invalid", value: ({ rates }) => shareText(rates.invalid.rate), align: "right" },
      { title: "", value: ({ isThin }) => (isThin ? "thin" : "") },
    ]).lines(byHour, width),
  ];
  if (fits.length > 0) lines.push("", ...FITS.lines(fits, width));
  lines.push("");
  if (attemptDecay !== undefined)
    lines.push(
      `live rate from one attempt to the next: × ${number(attemptDecay.value, 3)} (95 % interval ${number(attemptDecay.low, 3)} to ${number(attemptDecay.high, 3)})`,
    );
  if (attemptsPerLead !== undefined)
    lines.push(
      `${grouped(attemptsPerLead.leads)} leads, ${number(attemptsPerLead.mean, 3)} attempts each, ${attemptsPerLead.most} at most`,
    );
  if (abandonment !== undefined)
    lines.push(
      `abandoned: ${rate(abandonment)} of ${grouped(abandonment.denominator)} live answers that say, ${intervalsOf(abandonment)}`,
    );
  if (thin.length === 0) lines.push("no part of the data is thin");
  else
    lines.push(
      "thin data:",
      ...thin.map(({ where, count, needed, message }) => `  ${where}: ${grouped(count)} of the ${needed} needed. ${message}`),
    );
  return lines;
}
