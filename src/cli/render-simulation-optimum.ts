// What people read about the search for the best pacing. Pure text.

import type { FrontierPoint, Optimum } from "../dialing/index.ts";
import { number, shareText } from "./render-simulation-numbers.ts";
import { grouped } from "./render-tagging.ts";
import { table } from "./table.ts";

/** The points of the frontier, and the best that keeps the limit. */
export function optimumLines(optimum: Optimum): string[] {
  const { limit, probability, runsPerPeriod, points, best } = optimum;
  const lines = table<FrontierPoint>([
    { title: "", value: (point) => (point === best ? "→" : point.keeps ? "·" : "×") },
    { title: "strategy", value: ({ strategy }) => strategy },
    { title: "parameter", value: parameterText },
    { title: "occupancy", value: ({ occupancy }) => shareText(occupancy.rate), align: "right" },
    { title: "±", value: ({ occupancy }) => shareText(occupancy.high - occupancy.rate), align: "right" },
    { title: "abandoned", value: ({ abandonment }) => shareText(abandonment.rate), align: "right" },
    { title: "±", value: ({ abandonment }) => shareText(abandonment.high - abandonment.rate), align: "right" },
    {
      title: `${number(100 * probability, 4)} % stay under`,
      // One digit more: it is held against the limit.
      value: ({ assurance }) => (Number.isFinite(assurance.ceiling) ? `${(100 * assurance.ceiling).toFixed(3)} %` : "–"),
      align: "right",
    },
    { title: "variance / binomial", value: ({ assurance }) => number(assurance.inflation, 3), align: "right" },
  ]).lines(points);
  lines.push(
    `→ best, · keeps the limit, × does not: ${shareText(limit)} abandoned over a period of ${runsPerPeriod} runs, with ${number(100 * probability, 4)} % probability`,
  );
  if (best === undefined) {
    lines.push("nothing tried keeps the limit: another strategy, or more agents for the same calls, may");
    return lines;
  }
  const { assurance } = best;
  lines.push(
    `best: ${best.strategy}${best.parameter === undefined ? "" : ` with ${parameterText(best)}`}: occupancy ${shareText(best.occupancy.rate)}; of ${grouped(assurance.periodAnswers)} live answers in a period ${shareText(assurance.rate)} are abandoned, with a standard deviation of ${shareText(assurance.standardDeviation)}`,
    `pacing: ${JSON.stringify(best.pacing)}`,
  );
  return lines;
}

function parameterText({ parameter, value }: FrontierPoint): string {
  return parameter === undefined ? "" : `${parameter} ${number(value, 4)}`;
}
