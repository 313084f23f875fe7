// Instants as the vendor writes them. Imports nothing of this part, so that threads which only read rows can load it alone.

import { parseInstant } from "../kernel/index.ts";

const NAIVE_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?$/;

/** Like the kernel's `parseInstant`, but a time without an offset is taken as UTC (`listCalls` sends such times, contract §2.6). */
export function parseInstantOrNaiveUtc(text: string): number | undefined {
  return parseInstant(NAIVE_TIME.test(text) ? `${text}Z` : text);
}
