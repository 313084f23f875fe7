// Where the demo's people live: places in which the calling rules allow calls now and for a while, whatever time it is.

import { type CompiledPack, mayCall } from "../../compliance/index.ts";

/** Numbers of a place: `prefix` and four digits. */
export interface Place {
  readonly zone: string;
  readonly prefix: string;
}

/** Numbers that belong to nobody where the country has set such aside; by day, one of these places is always awake. */
const PLACES: readonly Place[] = [
  { zone: "America/New_York", prefix: "+1212555" },
  { zone: "America/New_York", prefix: "+1617555" },
  { zone: "America/Chicago", prefix: "+1312555" },
  { zone: "America/Chicago", prefix: "+1612555" },
  { zone: "America/Denver", prefix: "+1303555" },
  { zone: "America/Phoenix", prefix: "+1602555" },
  { zone: "America/Los_Angeles", prefix: "+1213555" },
  { zone: "America/Los_Angeles", prefix: "+1206555" },
  { zone: "America/Puerto_Rico", prefix: "+1787555" },
  { zone: "Pacific/Honolulu", prefix: "+1808555" },
  { zone: "Pacific/Guam", prefix: "+1671555" },
  { zone: "Europe/London", prefix: "+44207946" },
  { zone: "Europe/London", prefix: "+44121496" },
  { zone: "Europe/London", prefix: "+44161496" },
  { zone: "Europe/London", prefix: "+44131496" },
];
const MOST_PLACES = 4;
const STEP_MS = 30 * 60_000;
const HORIZON_STEPS = 13 * 2;
/** Nobody starts a demo for less. */
const LEAST_STEPS = 4;

/** How many steps from now on calls to a place are allowed. */
function openSteps({ prefix }: Place, pack: CompiledPack, now: number): number {
  const call = { number: `${prefix}0117`, callType: "telemarketing" } as const;
  let steps = 0;
  while (steps < HORIZON_STEPS && mayCall(call, {}, pack, now + steps * STEP_MS)) steps += 1;
  return steps;
}

/** The places with the longest time to call left. @param pack rules about the clock alone, see `clockRules` */
export function placesAwake(pack: CompiledPack, now: number): readonly Place[] {
  const found = PLACES.map((place) => ({ place, steps: openSteps(place, pack, now) }))
    .filter(({ steps }) => steps >= LEAST_STEPS)
    .sort((a, b) => b.steps - a.steps);
  const [best] = found;
  // Everybody asleep, for example on a holiday that no rule allows: the gate will say so, which is a story as well.
  return best === undefined ? PLACES.slice(0, MOST_PLACES) : found.slice(0, MOST_PLACES).map(({ place }) => place);
}
