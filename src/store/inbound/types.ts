// What the queue of the vendor's events is told and what it says.

import type { Instant } from "../../kernel/index.ts";

/** Which of the vendor's two kinds of webhook an event came by (contract §2.4). */
export const INBOUND_CHANNELS = ["omnichannel", "dialer"] as const;
/** Where an inbound event came from. */
export type InboundChannel = (typeof INBOUND_CHANNELS)[number];

/** pending → done, ignored (a type nobody knows) or aside (cannot be processed; → pending again when replayed). */
export type InboundStatus = "pending" | "done" | "ignored" | "aside";

/** An event as it came. */
export interface NewInboundEvent {
  readonly channel: InboundChannel;
  /** The vendor's id; a second event of a channel with the same id is a repetition. */
  readonly eventId: string;
  readonly type: string;
  readonly occurredAt: Instant;
  /** The whole event, JSON. */
  readonly body: string;
}

/** A claimed event: to be settled before its claim lapses. */
export interface ClaimedInbound extends NewInboundEvent {
  readonly id: number;
  /** Attempts before this one. */
  readonly attempts: number;
  readonly receivedAt: Instant;
}

/** What came of an attempt. */
export interface SettledInbound {
  readonly id: number;
  /** `pending`: to be tried again at `nextAttemptAt`. */
  readonly status: InboundStatus;
  readonly reason?: string | undefined;
  readonly nextAttemptAt?: Instant | undefined;
}

/** An event with its fate, for people. */
export interface InboundEvent extends ClaimedInbound {
  readonly status: InboundStatus;
  readonly reason: string | null;
  readonly nextAttemptAt: Instant | null;
  readonly settledAt: Instant | null;
}

/** How the queue stands. */
export interface InboundCounts {
  readonly pending: number;
  readonly aside: number;
  /** Age of the oldest event that waits, ms; null when none does. */
  readonly oldestPendingMs: number | null;
}
