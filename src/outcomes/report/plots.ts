// Plots as SVG: conversion over days with its interval, and conversion by group. Colours come from the page's style sheet, for
// light and dark.

import { percent } from "../../kernel/index.ts";
import { element, join, type Markup } from "./markup.ts";
import type { OutcomeReport, ReportGroup } from "./model.ts";
import { fraction, groupName, interval, intervalKind, number } from "./words.ts";

const WIDTH = 760;
const LEFT = 52;
const RIGHT = 10;
const TOP = 20;

/** Round numbers from 0 to at least `most`, for an axis. */
export function ticks(most: number): number[] {
  const rough = Math.max(most, 1e-6) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= rough * 0.999) ?? 10 * power;
  const count = Math.ceil((most / step) * 0.9999);
  return Array.from({ length: count + 1 }, (_, i) => i * step);
}

const rounded = (value: number): number => Math.round(value * 10) / 10;

/** Axis labels of shares, with decimals only where the steps need them. */
function shareTicks(most: number): { at: number; label: string }[] {
  const values = ticks(Math.min(1, most));
  const step = values[1] ?? 1;
  const digits = step >= 0.0999 || Number.isInteger(Math.round(step * 1e6) / 1e4) ? 0 : step >= 0.00099 ? 1 : 2;
  return values.map((at) => ({ at, label: percent(at, digits) }));
}

function grid(lines: readonly { at: number; label: string }[], y: (share: number) => number): Markup {
  return join(
    lines.flatMap(({ at, label }) => [
      element("line", { class: "grid", x1: LEFT, x2: WIDTH - RIGHT, y1: rounded(y(at)), y2: rounded(y(at)) }),
      element("text", { class: "tick", x: LEFT - 8, y: rounded(y(at) + 4), "text-anchor": "end" }, label),
    ]),
  );
}

function figure(
  title: string,
  height: number,
  shape: { readonly class?: string; readonly preserveAspectRatio?: string },
  ...children: readonly Markup[]
): Markup {
  return element(
    "svg",
    { viewBox: `0 0 ${WIDTH} ${height}`, ...shape, role: "img", "aria-label": title, xmlns: "http://www.w3.org/2000/svg" },
    element("title", {}, title),
    ...children,
  );
}

/** The daily conversion as a line with its interval as a band, calls as bars below, level shifts as vertical lines. */
export function daysPlot({ days, trend, scope }: OutcomeReport): Markup {
  const height = 270;
  const bottom = 196;
  const [barsTop, barsBottom] = [206, 240];
  // The wide intervals of days with few calls would flatten the line: the scale follows the rates and the interval of an ordinary
  // day.
  const most = Math.max(
    ...days.map(({ conversion }) => conversion.rate ?? 0),
    median(days.filter(({ calls }) => calls > 0).map(({ conversion }) => conversion.high)),
    0.01,
  );
  const lines = shareTicks(most);
  const top = lines.at(-1)?.at ?? 1;
  const y = (share: number) => bottom - (Math.min(share, top) / top) * (bottom - TOP);
  const step = (WIDTH - LEFT - RIGHT) / Math.max(1, days.length);
  const x = (i: number) => LEFT + (i + 0.5) * step;
  const mostCalls = Math.max(...days.map(({ calls }) => calls), 1);
  const parts: Markup[] = [grid(lines, y)];
  for (const run of runs(days.map(({ calls }) => calls > 0))) {
    const upper = run.map((i) => `${rounded(x(i))},${rounded(y(days[i]?.conversion.high ?? 0))}`);
    const lower = run.map((i) => `${rounded(x(i))},${rounded(y(days[i]?.conversion.low ?? 0))}`).reverse();
    parts.push(element("polygon", { class: "band", points: [...upper, ...lower].join(" ") }));
    parts.push(
      element("polyline", {
        class: "line",
        points: run.map((i) => `${rounded(x(i))},${rounded(y(days[i]?.conversion.rate ?? 0))}`).join(" "),
      }),
    );
  }
  for (const { day, pValue } of trend.changes) {
    const at = rounded(LEFT + days.findIndex((one) => one.day === day) * step);
    parts.push(
      element("line", { class: "change", x1: at, x2: at, y1: TOP, y2: bottom }),
      element(
        "text",
        { class: "mark", x: at + 4, y: TOP + 10 },
        `new level, p ${pValue < 0.0015 ? "≤ 0.001" : `= ${pValue.toFixed(3)}`}`,
      ),
    );
  }
  for (const [i, { day, calls, conversion }] of days.entries()) {
    const tall = (calls / mostCalls) * (barsBottom - barsTop);
    const words = `${day}: ${percent(conversion.rate, 2)}, ${fraction(conversion)} calls, ${intervalKind(conversion)} ${interval(conversion)}`;
    parts.push(
      element("rect", {
        class: "volume",
        x: rounded(x(i) - step * 0.4),
        y: rounded(barsBottom - tall),
        width: rounded(step * 0.8),
        height: rounded(tall),
      }),
    );
    if (calls > 0 && days.length <= 120)
      parts.push(
        element("circle", {
          class: "point",
          cx: rounded(x(i)),
          cy: rounded(y(conversion.rate ?? 0)),
          r: days.length > 45 ? 2 : 3,
        }),
      );
    parts.push(
      element(
        "rect",
        { class: "hover", x: rounded(x(i) - step / 2), y: TOP, width: rounded(step), height: barsBottom - TOP },
        element("title", {}, words),
      ),
    );
  }
  const every = Math.max(1, Math.ceil(days.length / 9));
  for (const [i, { day }] of days.entries())
    if (i % every === 0)
      parts.push(
        element(
          "text",
          { class: "tick", x: rounded(x(i)), y: 256, "text-anchor": "middle" },
          days.length > 300 ? day.slice(0, 7) : day.slice(5),
        ),
      );
  parts.push(element("text", { class: "tick", x: LEFT - 8, y: barsBottom, "text-anchor": "end" }, "calls"));
  const level = Number((100 * (days[0]?.conversion.confidence ?? 0.95)).toFixed(2));
  return figure(
    `Conversion by day (${scope.zone}), with the ${level} % interval of the day's calls alone; bars: calls`,
    height,
    {},
    ...parts,
  );
}

/** Runs of consecutive indices at which `known` is true. */
function runs(known: readonly boolean[]): number[][] {
  const all: number[][] = [];
  let run: number[] = [];
  for (const [i, isKnown] of [...known, false].entries()) {
    if (isKnown) run.push(i);
    else if (run.length > 0) {
      all.push(run);
      run = [];
    }
  }
  return all;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

/** Vertical bars of conversion with their intervals. */
export function groupsPlot(title: string, groups: readonly ReportGroup[]): Markup {
  const height = 210;
  const bottom = 170;
  const most = Math.max(
    ...groups.map(({ conversion }) => conversion.rate ?? 0),
    median(groups.map(({ conversion }) => conversion.high)),
    0.01,
  );
  const lines = shareTicks(most);
  const top = lines.at(-1)?.at ?? 1;
  const y = (share: number) => bottom - (Math.min(share, top) / top) * (bottom - TOP);
  const step = Math.min(90, (WIDTH - LEFT - RIGHT) / Math.max(1, groups.length));
  const parts: Markup[] = [grid(lines, y)];
  const letters = Math.max(2, Math.floor(step / 7));
  for (const [i, { value, calls, conversion }] of groups.entries()) {
    const middle = rounded(LEFT + (i + 0.5) * step);
    const height = bottom - y(conversion.rate ?? 0);
    const name = groupName(value);
    parts.push(
      element(
        "rect",
        {
          class: "bar",
          x: rounded(middle - step * 0.32),
          y: rounded(bottom - height),
          width: rounded(step * 0.64),
          height: rounded(height),
        },
        element(
          "title",
          {},
          `${name}: ${percent(conversion.rate, 2)}, ${fraction(conversion)} calls, ${intervalKind(conversion)} ${interval(conversion)}`,
        ),
      ),
    );
    if (calls > 0) {
      const [high, low, arm] = [rounded(y(conversion.high)), rounded(y(conversion.low)), rounded(Math.min(6, step * 0.16))];
      parts.push(
        element("path", {
          class: "whisker",
          d: `M${middle - arm} ${high}h${2 * arm}M${middle} ${high}V${low}M${middle - arm} ${low}h${2 * arm}`,
        }),
      );
    }
    const short = name.length > letters ? `${name.slice(0, letters - 1).toWellFormed()}…` : name;
    parts.push(element("text", { class: "tick", x: middle, y: 188, "text-anchor": "middle" }, short));
  }
  return figure(title, height, {}, ...parts);
}

/** One bar, divided by category. */
export function categoriesPlot({ categories, calls }: OutcomeReport): Markup {
  let at = 0;
  const parts = categories.map(({ category, calls: some, share }) => {
    const width = calls === 0 ? 0 : (some / calls) * WIDTH;
    const part = element(
      "rect",
      { class: `category ${category}`, x: rounded(at), y: 0, width: rounded(width), height: 26 },
      element("title", {}, `${category}: ${number(some)} calls, ${percent(share.rate)}`),
    );
    at += width;
    return part;
  });
  return figure("Calls by category", 26, { class: "short", preserveAspectRatio: "none" }, ...parts);
}
