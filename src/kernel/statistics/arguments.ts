// Checks of the arguments of statistical functions: a wrong number must not come out as NaN.

import { OutdialError } from "../error.ts";

/** Raised by every function of the kernel's statistics for an argument outside of its domain. */
export class StatisticsError extends OutdialError<"invalid_input"> {}

function refuse(name: string, value: number, allowed: string): never {
  throw new StatisticsError("invalid_input", `${name} is ${value}; allowed is ${allowed}`);
}

/** Throws StatisticsError unless the value is strictly between 0 and 1. */
export function requireShare(name: string, value: number): void {
  if (!(value > 0 && value < 1)) refuse(name, value, "a number between 0 and 1, both excluded");
}

/** Throws StatisticsError unless 0 <= successes <= trials and both are finite. Weighted (fractional) counts are allowed. */
export function requireCounts(successes: number, trials: number): void {
  if (!(trials >= 0 && Number.isFinite(trials))) refuse("trials", trials, "a finite number, 0 or more");
  if (!(successes >= 0 && successes <= trials)) refuse("successes", successes, `0 to ${trials} (the trials)`);
}

/** Throws StatisticsError unless the value is above 0. */
export function requirePositive(name: string, value: number): void {
  if (!(value > 0)) refuse(name, value, "a number above 0");
}

/** Throws StatisticsError unless the value is from 0 to 1, both included. */
export function requireProbability(name: string, value: number): void {
  if (!(value >= 0 && value <= 1)) refuse(name, value, "a number from 0 to 1");
}

/** The array element at an index that the loop's bound guarantees to exist. */
export function at(values: ArrayLike<number>, index: number): number {
  return values[index] ?? Number.NaN;
}

/** Throws StatisticsError unless there are at least `least` values and all are finite. */
export function requireValues(name: string, values: ArrayLike<number>, least: number): void {
  if (values.length < least)
    throw new StatisticsError("invalid_input", `${name} has ${values.length} values; needed are ${least} or more`);
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(at(values, i))) refuse(`${name}[${i}]`, at(values, i), "a finite number");
  }
}
