// Times and telephone numbers given on the command line.

import { instant, OperationError, type Parsed, phone } from "../operations/index.ts";

/** A value that was parsed, or `invalid_input` naming where it was given. */
export function parsed<T>(where: string, value: Parsed<T>): T {
  if ("ok" in value) return value.ok;
  throw new OperationError("invalid_input", `${where}: ${value.problem}`);
}

/** A telephone number as the store's key. */
export function numberOf(text: string): number {
  return parsed("number", phone(text));
}

/** The instant of --at; `now` when it was not given. @param latest later ones are refused */
export function momentOf(text: string | undefined, now: number, latest = Number.POSITIVE_INFINITY): number {
  return text === undefined ? now : parsed("--at", instant(text, latest));
}
