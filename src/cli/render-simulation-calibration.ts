// What people read about a calibration: rates, how durations were fitted, where there is too little data. Pure text.

import type { Calibration, DurationFit } from "../dialing/index.ts";
import type { RateInterval } from "../kernel/index.ts";
import { alignedLines, number, shareText } from "./render-simulation-table.ts";
import { grouped } from "./render-tagging.ts";

/** The whole report. */
export function calibrationLines(calibration: Calibration): string[] {
  const { overall, byHour, attemptDecay, attemptsPerLead, abandonment, ring, talk, wrap, thin } = calibration;
  const rate = ({ rate: share, low, high }: RateInterval) => `${shareText(share)} (${shareText(low)} to ${shareText(high)})`;
  const outcomes: readonly [string, keyof typeof overall.rates][] = [
    ["live", "live"],
    ["machine", "machine"],
    ["no answer", "noAnswer"],
    ["busy", "busy"],
    ["invalid", "invalid"],
  ];
  const lines = [
    `${grouped(overall.attempts)} attempts, with 95 % intervals`,
    ...alignedLines(
      ["outcome", "share", "of"],
      outcomes.map(([name, key]) => [
        name,
        rate(overall.rates[key]),
        `${grouped(overall.rates[key].numerator)} / ${grouped(overall.attempts)}`,
      ]),
      [false, true, false],
    ),
    "",
    ...alignedLines(
      ["hour", "attempts", "live", "machine", "no answer", "busy", "invalid", ""],
      byHour.map(({ hour, attempts, rates, isThin }) => [
        `${String(hour).padStart(2, "0")}:00`,
        grouped(attempts),
        rate(rates.live),
        shareText(rates.machine.rate),
        shareText(rates.noAnswer.rate),
        shareText(rates.busy.rate),
        shareText(rates.invalid.rate),
        isThin ? "thin" : "",
      ]),
      [false, true, true, true, true, true, true, false],
    ),
  ];
  const fits: readonly [string, DurationFit | undefined][] = [
    ["ring, live", ring.live],
    ["ring, machine", ring.machine],
    ["ring, no answer", ring.noAnswer],
    ["ring, busy", ring.busy],
    ["ring, invalid", ring.invalid],
    ["talk", talk],
    ["wrap-up", wrap],
  ];
  const known = fits.flatMap(([name, fit]) => (fit === undefined ? [] : [{ name, fit }]));
  if (known.length > 0) {
    lines.push(
      "",
      ...alignedLines(
        ["seconds", "values", "mean", "cv", "10 %", "half", "90 %", "fit", ""],
        known.map(({ name, fit }) => [
          name,
          grouped(fit.count),
          number(fit.mean, 4),
          number(fit.cv, 3),
          number(fit.p10, 3),
          number(fit.median, 3),
          number(fit.p90, 3),
          `${fit.distribution.kind} (${fit.verdict})`,
          fit.explanation,
        ]),
        [false, true, true, true, true, true, true, false, false],
      ),
    );
  }
  lines.push("");
  if (attemptDecay !== undefined)
    lines.push(
      `live rate from one attempt to the next: × ${number(attemptDecay.value, 3)} (${number(attemptDecay.low, 3)} to ${number(attemptDecay.high, 3)})`,
    );
  if (attemptsPerLead !== undefined)
    lines.push(
      `${grouped(attemptsPerLead.leads)} leads, ${number(attemptsPerLead.mean, 3)} attempts each, ${attemptsPerLead.most} at most`,
    );
  if (abandonment !== undefined)
    lines.push(`abandoned: ${rate(abandonment)} of ${grouped(abandonment.denominator)} live answers that say`);
  if (thin.length === 0) lines.push("no part of the data is thin");
  else
    lines.push(
      "thin data:",
      ...thin.map(({ where, count, needed, message }) => `  ${where}: ${grouped(count)} of the ${needed} needed. ${message}`),
    );
  return lines;
}
