// Times as the ACD API writes them.

import { isDay } from "../../kernel/index.ts";

const OFFSET = /(?:Z|[+-]\d\d:?\d\d)$/i;

/** A time as the tenant writes it; without an offset it is the server's time, which is UTC. */
export function timeOf(text: string | undefined): number | undefined {
  if (text === undefined || text === "") return undefined;
  const plain = text.trim().replace(/^(\d{4}-\d\d-\d\d) /, "$1T");
  const [day] = /^\d{4}-\d\d-\d\d/.exec(plain) ?? [];
  if (day !== undefined && !isDay(day)) return undefined;
  const at = Date.parse(OFFSET.test(plain) ? plain : /T/.test(plain) ? `${plain}Z` : `${plain} UTC`);
  return Number.isNaN(at) ? undefined : at;
}
