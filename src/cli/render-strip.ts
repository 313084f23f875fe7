// The next hours as a picture: one line for each rule and zone, a character for each half hour, clocks above. Pure text.

import type { ComplianceExplain } from "../operations/views/index.ts";

const CELLS_A_LINE = 48;
const WEEKDAYS = ["Su", "Mo", "Tu", "We", "Th", "Fr", "Sa"] as const;

interface StripStyle {
  readonly open: string;
  readonly closed: string;
}

/** Block characters where the terminal has them, plain ones elsewhere. */
export function stripStyle(environment: Readonly<Record<string, string | undefined>>): StripStyle {
  const locale = environment["LC_ALL"] ?? environment["LC_CTYPE"] ?? environment["LANG"] ?? "";
  const plain = environment["TERM"] === "dumb" || !/utf-?8/i.test(locale);
  return plain ? { open: "#", closed: "." } : { open: "█", closed: "·" };
}

/**
 * The lines of a strip: for each day its clocks (every third hour, the weekday at midnight), all rules together, then each rule.
 * @param zones whose clocks to show; @param hourIn local hour and weekday of an instant in a zone
 */
export function stripLines(
  { from: start, minutes, all, rows: read }: ComplianceExplain["strip"],
  zones: readonly string[],
  hourIn: (zone: string, at: number) => { readonly hour: number; readonly weekday: number },
  style: StripStyle,
): string[] {
  const city = (zone: string) => zone.slice(zone.lastIndexOf("/") + 1).replaceAll("_", " ");
  const cells = all.map((_, cell) => Date.parse(start) + cell * minutes * 60_000);
  const rows = read.map(({ violation, ruleId, zone, open }) => ({
    label: [violation, ruleId, zone === null || zones.length < 2 ? undefined : city(zone)]
      .filter((part) => part !== undefined && part !== null)
      .join(" "),
    open,
  }));
  const width =
    Math.max(...[...zones.map(city), "all rules", ...rows.map(({ label }) => label)].map((label) => label.length)) + 2;
  const lines: string[] = [];
  for (let from = 0; from < cells.length; from += CELLS_A_LINE) {
    const draw = (open: readonly boolean[]) =>
      open
        .slice(from, from + CELLS_A_LINE)
        .map((allowed) => (allowed ? style.open : style.closed))
        .join("");
    if (from > 0) lines.push("");
    for (const zone of zones)
      lines.push(city(zone).padEnd(width) + clockLine(cells.slice(from, from + CELLS_A_LINE), (at) => hourIn(zone, at)));
    lines.push("all rules".padEnd(width) + draw(all));
    if (rows.length > 1) for (const { label, open } of rows) lines.push(label.padEnd(width) + draw(open));
  }
  return lines;
}

/** Two characters where an hour divisible by three begins; each cell is one character and stands for half an hour. */
function clockLine(cells: readonly number[], hourOf: (at: number) => { hour: number; weekday: number }): string {
  const line = cells.map(() => " ");
  let before: number | undefined;
  for (const [cell, at] of cells.entries()) {
    const { hour, weekday } = hourOf(at);
    if (hour !== before && before !== undefined && hour % 3 === 0 && cell + 1 < line.length) {
      const text = hour === 0 ? (WEEKDAYS[weekday] ?? "  ") : String(hour).padStart(2, "0");
      line[cell] = text.charAt(0);
      line[cell + 1] = text.charAt(1);
    }
    before = hour;
  }
  return line.join("").trimEnd();
}
