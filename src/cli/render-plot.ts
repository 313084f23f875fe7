// Figures over time as a plot of characters. Pure text.

import type { Fields } from "./table.ts";

const LEVELS = "▁▂▃▄▅▆▇█";

/**
 * Each figure over the rows as one line of blocks from its lowest to its highest value, followed by both and by the last value. A
 * dot where there is no value.
 */
export function plotLines(rows: readonly Fields[], figures: readonly string[], width: number): string[] {
  const name = Math.max(0, ...figures.map((figure) => figure.length));
  return figures.flatMap((figure) => {
    const values = squeeze(
      rows.map((row) => (typeof row[figure] === "number" ? row[figure] : undefined)),
      Math.max(10, width - name - 40),
    );
    const known = values.filter((value) => value !== undefined);
    if (known.length === 0) return [];
    const [low, high] = [Math.min(...known), Math.max(...known)];
    const blocks = values.map((value) => {
      if (value === undefined) return "·";
      return LEVELS.charAt(high === low ? 3 : Math.round(((value - low) / (high - low)) * (LEVELS.length - 1)));
    });
    const last = known.at(-1) ?? 0;
    return [`${figure.padEnd(name)}  ${blocks.join("")}  ${short(low)} to ${short(high)}, last ${short(last)}`];
  });
}

const short = (value: number): string => String(Number(value.toPrecision(4)));

/** At most `width` values: neighbouring values are averaged. */
function squeeze(values: readonly (number | undefined)[], width: number): (number | undefined)[] {
  if (values.length <= width) return [...values];
  return Array.from({ length: width }, (_, i) => {
    const part = values
      .slice(Math.floor((i * values.length) / width), Math.floor(((i + 1) * values.length) / width))
      .filter((value) => value !== undefined);
    return part.length === 0 ? undefined : part.reduce((sum, value) => sum + value, 0) / part.length;
  });
}
