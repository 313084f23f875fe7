// Where the demo's people live: places where the calling rules allow calls now and for some time, whatever time it is.

import { type CompiledPack, mayCall } from "../../compliance/index.ts";
import { compileRulePack } from "../../operations/index.ts";
import { readRulePack } from "../compliance.ts";

/** Kinds of rules that are about the clock only. */
const CLOCK: ReadonlySet<string> = new Set(["calling-hours", "closed-days", "emergency-ban"]);

/** Numbers of a place: `prefix` and four digits. */
export interface Place {
  readonly zone: string;
  readonly prefix: string;
}
/** Count of numbers with the same prefix. */
const NUMBERS_EACH = 10_000;

/** Places that may be called now. */
export interface Awake {
  readonly places: readonly Place[];
  /** How long they could have been called already, ms; at most as long as requested. */
  readonly openMs: number;
}

/** Numbers that belong to nobody, if the country has reserved any; at any time, calls are allowed in two of these places. */
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
  { zone: "America/St_Thomas", prefix: "+1340555" },
  { zone: "Pacific/Honolulu", prefix: "+1808555" },
  { zone: "Pacific/Pago_Pago", prefix: "+1684555" },
  { zone: "Pacific/Guam", prefix: "+1671555" },
  { zone: "Pacific/Saipan", prefix: "+1670555" },
  { zone: "Europe/London", prefix: "+44207946" },
  { zone: "Europe/London", prefix: "+44121496" },
  { zone: "Europe/London", prefix: "+44161496" },
  { zone: "Europe/London", prefix: "+44131496" },
];
const MOST_PLACES = 4;
const STEP_MS = 15 * 60_000;
const HORIZON_STEPS = 13 * 4;
/** A place is only used when calls are allowed there for at least this many steps. */
const LEAST_STEPS = 2 * 4;

/** The rules about the clock, compiled. */
export async function clockRules(): Promise<CompiledPack> {
  const pack = await readRulePack(undefined);
  return compileRulePack({ ...pack, rules: pack.rules.filter(({ kind }) => CLOCK.has(kind)) });
}

/** In how many steps in a row calls to a place are allowed, starting with `first`, each one `step` after the last. */
function openSteps({ prefix }: Place, pack: CompiledPack, first: number, step: number, most: number): number {
  const call = { number: `${prefix}0117`, callType: "telemarketing" } as const;
  let steps = 0;
  while (steps < most && mayCall(call, {}, pack, first + steps * step)) steps += 1;
  return steps;
}

/**
 * The places where calls are allowed now and for the next two hours: first those where calls were allowed during all of the
 * simulated time, then those with the longest time left; as few places as have numbers for everybody when one has been open for
 * longer than the rest.
 * @param pack see `clockRules`
 * @param livedMs length of the simulated time before the start
 */
export function placesAwake(
  pack: CompiledPack,
  { now, livedMs, people }: { readonly now: number; readonly livedMs: number; readonly people: number },
): Awake {
  const most = Math.ceil(livedMs / STEP_MS);
  const found = PLACES.map((place) => ({
    place,
    ahead: openSteps(place, pack, now, STEP_MS, HORIZON_STEPS),
    before: openSteps(place, pack, now - STEP_MS, -STEP_MS, most),
  }))
    .filter(({ ahead }) => ahead >= LEAST_STEPS)
    .sort((a, b) => b.before - a.before || b.ahead - a.ahead);
  const alike = found.filter(({ before }) => before === found[0]?.before).length;
  const used = found.slice(0, Math.max(Math.ceil(people / NUMBERS_EACH), Math.min(alike, MOST_PLACES)));
  // No place may be called, for example on a holiday on which no rule allows calls: the gate will say so, which is worth showing
  // as well.
  if (used.length === 0) return { places: PLACES.slice(0, MOST_PLACES), openMs: livedMs };
  const openMs = Math.min(livedMs, STEP_MS * Math.min(...used.map(({ before }) => before)));
  return { places: used.map(({ place }) => place), openMs };
}

/**
 * The number of the nth person, different for each. Throws RangeError when the places have no more numbers.
 * @param n from 0 on, counted over all lists
 */
export function numberOf(places: readonly Place[], n: number): { readonly place: Place; readonly phoneNumber: string } {
  const place = places[n % places.length];
  const line = Math.floor(n / places.length);
  if (place === undefined || line >= NUMBERS_EACH)
    throw new RangeError(`${places.length} places of ${NUMBERS_EACH} numbers each have no number for person ${n + 1}`);
  return { place, phoneNumber: `${place.prefix}${String(line).padStart(4, "0")}` };
}
