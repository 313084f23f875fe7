// The 48 hours ahead as runs of equal half hours. Pure.

export interface Run {
  /** First half hour and how many. */
  readonly from: number;
  readonly length: number;
  readonly open: boolean;
}

export function runsOf(cells: readonly boolean[]): readonly Run[] {
  const runs: { from: number; length: number; open: boolean }[] = [];
  cells.forEach((open, at) => {
    const last = runs.at(-1);
    if (last !== undefined && last.open === open) last.length += 1;
    else runs.push({ from: at, length: 1, open });
  });
  return runs;
}

/** When calls are allowed, in words: what a reader hears instead of the picture. */
export function openInWords(cells: readonly boolean[], from: number, minutes: number, text: (at: number) => string): string {
  const open = runsOf(cells).filter((run) => run.open);
  const at = (index: number) => text(from + index * minutes * 60_000);
  if (open.length === 0) return "not within the time shown";
  return open.map((run) => `${at(run.from)} to ${at(run.from + run.length)}`).join("; ");
}
