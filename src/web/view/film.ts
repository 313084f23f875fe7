// A story as it is drawn and scrubbed: pieces of its curve without what lies in a gap, and what was known at a moment. Pure.

import type { ApiTypes } from "../../server/index.ts";

type Point = ApiTypes.Story["curve"]["points"][number];

/** Longer than so many usual distances between readings is a gap. */
const GAP = 3;

/** Indices before which readings are missing. @param times ms, ascending */
export function gapsIn(times: readonly number[]): ReadonlySet<number> {
  const steps = times.slice(1).map((at, i) => at - (times[i] ?? at));
  const usual = steps.toSorted((a, b) => a - b)[Math.floor(steps.length / 2)] ?? 0;
  return new Set(steps.flatMap((step, i) => (step > GAP * usual ? [i + 1] : [])));
}

/** Runs of points that a line may join: none over a gap, none over a reading without a value. */
export function piecesOf(points: readonly Point[]): readonly (readonly Point[])[] {
  const gaps = gapsIn(points.map(({ at }) => Date.parse(at)));
  const pieces: Point[][] = [];
  let open = false;
  for (const [i, point] of points.entries()) {
    if (point.value !== null && open && !gaps.has(i)) pieces.at(-1)?.push(point);
    else if (point.value !== null) pieces.push([point]);
    open = point.value !== null;
  }
  return pieces;
}

/** Steps that begin something else: what goes on is one frame of the strip. */
export const framesOf = (steps: ApiTypes.Story["steps"]): ApiTypes.Story["steps"] =>
  steps.filter(({ text }, i) => text !== steps[i - 1]?.text);

/** What was known at a moment: the last reading, and of each fact its latest value with its time. */
export function knownAt({ steps, curve }: Pick<ApiTypes.Story, "steps" | "curve">, at: number) {
  const begun = steps.filter((step) => Date.parse(step.at) <= at);
  const facts = new Map<string, { readonly name: string; readonly value: string; readonly at: string }>();
  for (const step of begun) for (const fact of step.facts) facts.set(fact.name, { ...fact, at: step.at });
  const reading = curve.points.findLast((point) => Date.parse(point.at) <= at);
  return { reading, facts: [...facts.values()] };
}
