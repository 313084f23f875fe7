// Types of the queue of the vendor's events.

import type { Instant } from "../../kernel/index.ts";

/** The vendor's two kinds of webhook (contract §2.4). */
export const INBOUND_CHANNELS = ["omnichannel", "dialer"] as const;
/** The kind of webhook that an event came by. */
export type InboundChannel = (typeof INBOUND_CHANNELS)[number];

/** pending → done, ignored (unknown type) or aside (cannot be processed; → pending again when replayed). */
export type InboundStatus = "pending" | "done" | "ignored" | "aside";

/** An event as received. */
export interface NewInboundEvent {
  readonly channel: InboundChannel;
  /** The vendor's id; a second event of a channel with the same id is a repetition. */
  readonly eventId: string;
  readonly type: string;
  readonly occurredAt: Instant;
  /** The whole event, JSON. */
  readonly body: string;
}

/** A claimed event, to be settled before its claim expires. */
export interface ClaimedInbound extends NewInboundEvent {
  readonly id: number;
  /** Attempts before this one. */
  readonly attempts: number;
  readonly receivedAt: Instant;
}

/** The result of an attempt. */
export interface SettledInbound {
  readonly id: number;
  /** `pending`: to be tried again at `nextAttemptAt`. */
  readonly status: InboundStatus;
  readonly reason?: string | undefined;
  readonly nextAttemptAt?: Instant | undefined;
}

/** An event with its state, for people. */
export interface InboundEvent extends ClaimedInbound {
  readonly status: InboundStatus;
  readonly reason: string | null;
  readonly nextAttemptAt: Instant | null;
  readonly settledAt: Instant | null;
}

/** Number of events by state. */
export interface InboundCounts {
  readonly pending: number;
  readonly aside: number;
  /** Age of the oldest pending event, ms; null when there is none. */
  readonly oldestPendingMs: number | null;
}
