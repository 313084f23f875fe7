// The envelope of every outbound event: CloudEvents 1.0, structured mode, JSON.

import type { Instant } from "../../kernel/index.ts";
import { OperationError } from "../error.ts";
import type { OutboundEventType } from "./catalog.ts";

/** The contents of an event. */
export interface EventFacts {
  /** Unique with `source`; the same for every receiver and every attempt, so that a receiver can recognise a repetition. */
  readonly id: string;
  /** Where it happened: an absolute path such as `/outdial/campaigns/camp_1`, or a URI. */
  readonly source: string;
  readonly type: OutboundEventType;
  /** What it is about; events of one subject are delivered in order. */
  readonly subject: string;
  /** When it happened, ms since the epoch. */
  readonly time: Instant;
  /** The event's own data, a JSON object. */
  readonly data: Readonly<Record<string, unknown>>;
}

/** The media type that goes with the text. */
export const CLOUD_EVENT_TYPE = "application/cloudevents+json; charset=utf-8";

/** The needed part of RFC 3986: an absolute path, or a URI with or without a host, with query and fragment. */
const PATH = "(?:[A-Za-z0-9\\-._~!$&'()*+,;=:@/]|%[0-9A-Fa-f]{2})*";
const HOST = "//[A-Za-z0-9\\-._~]+(?::[0-9]+)?(?=[/?#]|$)";
const SCHEME = "[A-Za-z][A-Za-z0-9+\\-.]*:";
const MORE = PATH.replace("/]", "/?]");
const URI_REFERENCE = new RegExp(`^(?:(?=/)|${SCHEME}(?:${HOST})?)(?!//)${PATH}(?:\\?${MORE})?(?:#${MORE})?$`);
/** From the year 10,000 on ISO 8601 uses a sign and six digits, which RFC 3339 does not allow. */
const END_OF_TIME = Date.UTC(10_000, 0);

/**
 * The final text of an event, ready to be stored and signed (CloudEvents 1.0, JSON event format §3).
 * Throws OperationError `invalid_input` for an empty id or subject, a source that is neither an absolute path nor a URI, or a time out of range.
 */
export function cloudEvent({ id, source, type, subject, time, data }: EventFacts): string {
  if (id === "" || subject === "") {
    throw new OperationError("invalid_input", "event: id and subject must not be empty", { details: { id, subject } });
  }
  if (!URI_REFERENCE.test(source)) {
    throw new OperationError("invalid_input", `event ${id}: source ${JSON.stringify(source)} is no URI reference`, {
      advice:
        "Use an absolute path or a URI. Percent-encode what is not allowed in an address, for example with encodeURIComponent.",
    });
  }
  if (!(time >= 0 && time < END_OF_TIME)) {
    throw new OperationError("invalid_input", `event ${id}: time ${time} is not between the years 1970 and 9999`);
  }
  return JSON.stringify({
    specversion: "1.0",
    id,
    source,
    type,
    subject,
    time: new Date(time).toISOString(),
    datacontenttype: "application/json",
    data,
  });
}
