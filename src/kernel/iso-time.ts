// Days and instants of ISO 8601 from outside. A day that no calendar has is refused: V8 reads 2026-02-30 as 2 March.

/** Whether a text is a day of the calendar, such as 2026-03-08. */
export function isDay(text: string): boolean {
  const at = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text);
}

/** The message of a schema of days or times: of one that is well written, but of a day that no calendar has, that it does not exist. */
export const dayOr =
  (wanted: string) =>
  ({ input }: { readonly input?: unknown }): string => {
    const [, day] = typeof input === "string" ? (/^(\d{4}-\d\d-\d\d)(?:T|$)/.exec(input) ?? []) : [];
    return day === undefined || isDay(day)
      ? wanted
      : `${JSON.stringify(String(input).slice(0, 60))} is of a day that does not exist`;
  };

const OFFSET_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})$/;

/** Milliseconds since the epoch of an ISO 8601 time with an offset, or undefined when the text is not one. */
export function parseInstant(text: string): number | undefined {
  if (!OFFSET_TIME.test(text)) return undefined;
  // Every month has 28 days; lists of calls are read here.
  if (Number(text.slice(8, 10)) > 28 && !isDay(text.slice(0, 10))) return undefined;
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? undefined : ms;
}

const OFFSET = /(?:Z|[+-]\d\d:?\d\d)$/i;

/** A time as a tenant writes it, whatever the zone of this machine: without an offset it is the server's time, which is UTC. Undefined when it cannot be read. */
export function timeOf(text: string | null | undefined): number | undefined {
  if (text === undefined || text === null || text === "") return undefined;
  const plain = text.trim().replace(/^(\d{4}-\d\d-\d\d) /, "$1T");
  const [day] = /^\d{4}-\d\d-\d\d/.exec(plain) ?? [];
  if (day !== undefined && !isDay(day)) return undefined;
  const at = Date.parse(OFFSET.test(plain) ? plain : /T/.test(plain) ? `${plain}Z` : `${plain} UTC`);
  return Number.isNaN(at) ? undefined : at;
}
