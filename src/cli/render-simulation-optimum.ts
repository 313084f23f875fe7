// What people read about the search for the best pacing. Pure text.

import type { FrontierPoint, Optimum } from "../dialing/index.ts";
import { alignedLines, number, shareText } from "./render-simulation-table.ts";
import { grouped } from "./render-tagging.ts";

/** The points of the frontier, and the best that keeps the limit. */
export function optimumLines(optimum: Optimum): string[] {
  const { limit, probability, runsPerPeriod, points, best } = optimum;
  const ceiling = `${number(100 * probability, 4)} % stay under`;
  const head = ["", "strategy", "parameter", "occupancy", "±", "abandoned", "±", ceiling, "variance / binomial"];
  const rows = points.map((point) => [
    point === best ? "→" : point.keeps ? "·" : "×",
    point.strategy,
    parameterText(point),
    shareText(point.occupancy.rate),
    shareText(point.occupancy.high - point.occupancy.rate),
    shareText(point.abandonment.rate),
    shareText(point.abandonment.high - point.abandonment.rate),
    // One digit more: it is held against the limit.
    Number.isFinite(point.assurance.ceiling) ? `${(100 * point.assurance.ceiling).toFixed(3)} %` : "–",
    number(point.assurance.inflation, 3),
  ]);
  const lines = alignedLines(head, rows, [false, false, false, true, true, true, true, true, true]);
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
