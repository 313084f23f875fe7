// The differences between profiles within one call: how replies and refusals are read, and which header carries the correlation
// id.

import type { AnyOperation } from "../contract/index.ts";
import { type ReplyReading, readReply, type VendorWords, vendorWords } from "./reply.ts";
import type { SecretScrubber } from "./secrets.ts";
import type { TransportResponse } from "./transport.ts";

/**
 * How a profile's replies are read: the correlation header, which statuses mean throttling, and how bodies and refusals are
 * parsed.
 */
export interface Dialect {
  /** In lower case. */
  readonly correlationHeader: string;
  /** Whether 503 means throttling, like 429. */
  readonly throttles503: boolean;
  read(id: string, operation: AnyOperation, response: TransportResponse): ReplyReading;
  words(response: TransportResponse, scrubber: SecretScrubber): VendorWords;
}

/** The dialect of the profile `rest`. */
export const REST_DIALECT: Dialect = {
  correlationHeader: "x-correlation-id",
  throttles503: false,
  read: (_, operation, response) => readReply(operation, response),
  words: vendorWords,
};
