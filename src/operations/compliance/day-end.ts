// The end of an operator's day. Pure.

import { ComplianceError, zoneOf } from "../../compliance/index.ts";
import { DAY_MS } from "../../kernel/index.ts";
import { OperationError } from "../error.ts";

/** Some zones have left a whole day out. */
const LONGEST_NIGHT = 3 * DAY_MS;

/**
 * The first instant of the next local date in a zone. Throws OperationError `invalid_input` for a zone that this runtime does not know.
 * @param now ms since the epoch
 */
export function endOfDay(now: number, name: string): number {
  try {
    const zone = zoneOf(name);
    const today = zone.day(now);
    return zone.firstDay(now, now + LONGEST_NIGHT, (day) => day > today);
  } catch (thrown) {
    if (thrown instanceof ComplianceError) throw new OperationError("invalid_input", thrown.message);
    throw thrown;
  }
}
