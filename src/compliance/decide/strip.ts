// When each rule allows a call in the coming hours, cell by cell: the picture in `explain`.

import type { Instant } from "../../kernel/index.ts";
import type { Decision } from "./types.ts";

/** One rule over the coming hours, in one zone if it is about a clock. */
export interface StripRow {
  /** The violation that it reports, such as HOURS_STATE. */
  readonly violation: string;
  readonly ruleId: string | undefined;
  readonly zone: string | undefined;
  /** For each cell whether the rule allows the call at the cell's beginning. */
  readonly open: readonly boolean[];
}

/** When a call is allowed, cell by cell over a span of time. */
export interface Strip {
  /** Beginnings of the cells, ms since the epoch. The first is the instant asked about, the others are multiples of the step. */
  readonly cells: readonly Instant[];
  /** For each cell whether every rule allows the call. */
  readonly open: readonly boolean[];
  /** The rules that forbid the call in at least one cell, sorted. */
  readonly rows: readonly StripRow[];
}

/**
 * Looks ahead with `decided` from `from` in `count` cells of `stepMs`. Each cell is judged at its beginning: choose a step that divides the
 * beginnings and ends of all windows.
 */
export function strip(decided: (at: Instant) => Decision, from: Instant, count: number, stepMs: number): Strip {
  const first = Math.floor(from / stepMs) * stepMs;
  const cells = Array.from({ length: count }, (_, cell) => (cell === 0 ? from : first + cell * stepMs));
  const open: boolean[] = [];
  const rows = new Map<string, { violation: string; ruleId: string | undefined; zone: string | undefined; open: boolean[] }>();
  for (const [cell, at] of cells.entries()) {
    const decision = decided(at);
    open.push(decision.decision === "allow");
    for (const { rule: violation, ruleId, zone } of decision.reasons) {
      const key = `${violation} ${ruleId} ${zone}`;
      let row = rows.get(key);
      if (row === undefined) {
        row = { violation, ruleId, zone, open: cells.map(() => true) };
        rows.set(key, row);
      }
      row.open[cell] = false;
    }
  }
  return { cells, open, rows: [...rows].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row) };
}
