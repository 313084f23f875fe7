// The tenant's simulator and ours, side by side, as text. Pure text.

import { durationText } from "../kernel/index.ts";
import { simulatedText } from "../operations/index.ts";
import type { SimulatorComparison } from "../operations/views/index.ts";
import { table } from "./table.ts";
import { grouped, printable } from "./text.ts";

const FIGURES = table<SimulatorComparison["figures"][number]>([
  { title: "figure", value: ({ figure }) => figure },
  { title: "tenant", value: ({ unit, tenant }) => (tenant === null ? "–" : simulatedText(unit, tenant)), align: "right" },
  { title: "here", value: ({ unit, here }) => (here === null ? "–" : simulatedText(unit, here.median)), align: "right" },
  {
    title: "90 % band",
    value: ({ unit, here }) =>
      here === null || here.low === here.high ? "" : `${simulatedText(unit, here.low)} to ${simulatedText(unit, here.high)}`,
  },
  { title: "the tenant's is", value: ({ differs }) => differs ?? "" },
]);

export const comparisonLines = ({ figures }: SimulatorComparison, width: number | undefined): string[] =>
  FIGURES.lines(figures, width);

/** Further notes about a comparison. */
export function comparisonNotes(comparison: SimulatorComparison): string[] {
  const { minutes, volume, lines, differences, assumed, recommendation, problem } = comparison;
  const calls = volume === null ? "calls without end" : `${grouped(volume)} calls`;
  const notes = [`simulated: ${durationText(minutes * 60_000)}, ${calls}, ${grouped(lines)} free lines`];
  if (problem !== null) notes.push(`no simulation by outdial: ${problem}`);
  else
    notes.push(
      ...(differences.length === 0
        ? ["both agree: the tenant's figures are within outdial's bands"]
        : differences.map((one) => `differs: ${one}`)),
    );
  if (assumed.length > 0) notes.push(`assumed here: ${assumed.join(", ")}; put what you know under "expected" in the file`);
  if (recommendation !== null) notes.push(`the tenant recommends: ${printable(recommendation)}`);
  return notes;
}
