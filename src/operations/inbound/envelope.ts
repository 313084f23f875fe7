// The envelope of the vendor's deliveries (contract §2.4): `{id, type, occurredAt, data}`. Pure.

import { z } from "zod";
import { type Instant, issueText, jsonTrouble } from "../../kernel/index.ts";
import type { InboundChannel, NewInboundEvent } from "../../store/index.ts";
import { instant } from "../compliance/index.ts";

/** The accepted age of an event. */
export interface AgeLimits {
  /** Events that happened longer ago are refused, ms. */
  readonly maxAgeMs: number;
  /** How far the vendor's clock may be ahead of ours, ms. */
  readonly maxAheadMs: number;
}

/** A day covers the vendor's retries and an outage of ours; five minutes cover badly set clocks. */
export const AGE_LIMITS: AgeLimits = { maxAgeMs: 86_400_000, maxAheadMs: 300_000 };

/** Why a delivery is refused: not JSON, not an event, or of an unacceptable time. */
export type InboundRefusal = "not_json" | "not_an_event" | "too_old" | "from_the_future";

type ReadInbound = { readonly event: NewInboundEvent } | { readonly refusal: InboundRefusal; readonly message: string };

const name = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[^\p{Cc}\p{Cs}]+$/u, "must not hold control characters");
const envelope = z.looseObject({ id: name, type: name, occurredAt: z.string().max(64) });

/** Parses a delivery. Its type may be unknown. */
export function readInbound(channel: InboundChannel, text: string, now: Instant, limits: AgeLimits = AGE_LIMITS): ReadInbound {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (thrown) {
    return { refusal: "not_json", message: `the body is no JSON: ${jsonTrouble(thrown).slice(0, 120)}` };
  }
  const parsed = envelope.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const path = issue?.path.join(".") || "the body";
    return { refusal: "not_an_event", message: `${path}: ${issueText(issue)}; an event is {id, type, occurredAt, data}` };
  }
  const { id, type, occurredAt } = parsed.data;
  const time = instant(occurredAt, Number.POSITIVE_INFINITY);
  if (!("ok" in time)) return { refusal: "not_an_event", message: `occurredAt: ${time.problem}` };
  const age = now - time.ok;
  if (age > limits.maxAgeMs)
    return { refusal: "too_old", message: `the event is ${hours(age)} old; at most ${hours(limits.maxAgeMs)} are allowed` };
  if (-age > limits.maxAheadMs)
    return {
      refusal: "from_the_future",
      message: `occurredAt is ${Math.round(-age / 1000)} s ahead of this clock; at most ${limits.maxAheadMs / 1000} s are allowed`,
    };
  return { event: { channel, eventId: id, type, occurredAt: time.ok, body: text } };
}

function hours(ms: number): string {
  return `${Number((ms / 3_600_000).toFixed(1))} h`;
}
