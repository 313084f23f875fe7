// Checks of arguments: a wrong number is refused by name where it comes in, so that no result is NaN without a message.

import { OutdialError } from "../kernel/index.ts";

// Errors of the dialer model.

/**
 * - `invalid_input`: an argument, a distribution or a scenario is outside of the model's domain; the message names it and what is
 *   allowed.
 */
export type DialingErrorCode = "invalid_input";

/** Error of the dialer model; `code` says what is wrong. */
export class DialingError extends OutdialError<DialingErrorCode> {}

/** Raises `invalid_input` naming the argument, its value and what is allowed. */
export function refuse(name: string, value: unknown, allowed: string): never {
  throw new DialingError("invalid_input", `${name} is ${String(value)}; allowed is ${allowed}`);
}

/** Throws `invalid_input` unless the value is a finite number above 0. */
export function requirePositive(name: string, value: number): void {
  if (!(value > 0 && Number.isFinite(value))) refuse(name, value, "a finite number above 0");
}

/** Throws `invalid_input` unless the value is a finite number, 0 or more. */
export function requireNonNegative(name: string, value: number): void {
  if (!(value >= 0 && Number.isFinite(value))) refuse(name, value, "a finite number, 0 or more");
}

/** Throws `invalid_input` unless the value is from 0 to 1. */
export function requireProbability(name: string, value: number): void {
  if (!(value >= 0 && value <= 1)) refuse(name, value, "a number from 0 to 1");
}

/** Throws `invalid_input` unless the value is a whole number from `least` to `most`. */
export function requireWhole(name: string, value: number, least: number, most = 1_000_000): void {
  if (!(Number.isInteger(value) && value >= least && value <= most))
    refuse(name, value, `a whole number from ${least} to ${most}`);
}
