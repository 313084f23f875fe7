// Instants as the vendor writes them. Imports nothing of this part, so that threads which only read rows can load it alone.

const OFFSET_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})$/;
const NAIVE_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?$/;

/** Milliseconds since the epoch of an ISO 8601 time with an offset, or undefined when the text is not one. */
export function parseInstant(text: string): number | undefined {
  if (!OFFSET_TIME.test(text)) return undefined;
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? undefined : ms;
}

/** Like `parseInstant`, but a time without an offset is taken as UTC (`listCalls` sends such times, contract §2.6). */
export function parseInstantOrNaiveUtc(text: string): number | undefined {
  return parseInstant(NAIVE_TIME.test(text) ? `${text}Z` : text);
}
