// The frontier of occupancy against abandonment, as CSV and as SVG.

import type { FrontierPoint, Optimum } from "./optimise.ts";
import { svgPlot } from "./plot.ts";

const COLUMNS: readonly (readonly [string, (point: FrontierPoint) => string | number | boolean])[] = [
  ["strategy", ({ strategy }) => strategy],
  ["parameter", ({ parameter }) => parameter ?? ""],
  ["value", ({ parameter, value }) => (parameter === undefined ? "" : value)],
  ["occupancy", ({ occupancy }) => occupancy.rate],
  ["occupancy_low", ({ occupancy }) => occupancy.low],
  ["occupancy_high", ({ occupancy }) => occupancy.high],
  ["abandonment", ({ abandonment }) => abandonment.rate],
  ["abandonment_low", ({ abandonment }) => abandonment.low],
  ["abandonment_high", ({ abandonment }) => abandonment.high],
  ["abandoned", ({ abandonment }) => abandonment.numerator],
  ["live_answers", ({ abandonment }) => abandonment.denominator],
  ["contacts_per_agent_hour", ({ contactsPerAgentHour }) => contactsPerAgentHour.rate],
  ["period_ceiling", ({ assurance }) => assurance.ceiling],
  ["variance_over_binomial", ({ assurance }) => assurance.inflation],
  ["keeps_limit", ({ keeps }) => keeps],
];

/** One line per point; shares of 1, numbers to six digits. The header names the columns. */
export function frontierCsv({ points }: Optimum): string {
  const cell = (value: string | number | boolean) =>
    typeof value === "number" ? String(Number(value.toPrecision(6))) : String(value);
  const lines = points.map((point) => COLUMNS.map(([, of]) => cell(of(point))).join(","));
  return `${[COLUMNS.map(([name]) => name).join(","), ...lines].join("\n")}\n`;
}

/** Occupancy over abandonment in per cent, one line per strategy, with the limit and the best point. */
export function frontierSvg({ points, limit, best }: Optimum, title = "Occupancy and abandonment"): string {
  const names = [...new Set(points.map(({ strategy }) => strategy))];
  const at = ({ abandonment, occupancy }: FrontierPoint) => ({
    x: 100 * abandonment.rate,
    y: 100 * occupancy.rate,
    low: 100 * occupancy.low,
    high: 100 * occupancy.high,
  });
  return svgPlot({
    title,
    xLabel: "abandoned, % of live answers",
    yLabel: "occupancy, %",
    series: [
      ...names.map((name) => ({
        name,
        points: points
          .filter(({ strategy }) => strategy === name)
          .map(at)
          .sort((a, b) => a.x - b.x),
      })),
      ...(best === undefined ? [] : [{ name: "best that keeps the limit", points: [at(best)], line: false }]),
    ],
    vertical: [{ x: 100 * limit, name: `limit ${Number((100 * limit).toPrecision(4))} %` }],
  });
}
