// Ticks at round numbers, and a linear scale.

/** Round numbers from `low` to `high`, about `count` of them. */
export function ticks(low: number, high: number, count: number): readonly number[] {
  const rough = (high - low) / Math.max(1, count);
  if (!(rough > 0)) return [low];
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough * 0.999) ?? 10 * power;
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

/** Maps values to positions: `low` to `from`, and `high` to `to`. */
export function scale(low: number, high: number, from: number, to: number): (value: number) => number {
  const slope = high === low ? 0 : (to - from) / (high - low);
  return (value) => from + (value - low) * slope;
}

/** Right end of a scale that has room for all these shares and their intervals, at least 1 %. */
export function scaleOf(
  shares: readonly ({ readonly rate: number | null; readonly high: number; readonly method?: string } | null)[],
): number {
  const end = ({ rate, high, method }: NonNullable<(typeof shares)[number]>) => (method === "none" ? (rate ?? 0) : high);
  return Math.max(0.01, ...shares.map((share) => (share === null || share.rate === null ? 0 : 1.05 * end(share))));
}
