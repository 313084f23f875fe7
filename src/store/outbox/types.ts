// Types of the outbox.

import type { Instant } from "../../kernel/index.ts";

/** pending → delivered, or pending → dead → (replayed) pending. */
export type DeliveryStatus = "pending" | "delivered" | "dead";

/** An event, for every receiver that takes its type. */
export interface NewEvent {
  /** Unique id of the event, the same for every endpoint and every attempt. */
  readonly eventId: string;
  /** The only receiver that it is for, whatever types that takes. */
  readonly endpoint?: string | undefined;
  /** What it is about; events of one subject are delivered to an endpoint in order. */
  readonly subject: string;
  /** For example `DISPOSITION_ASSIGNED`. */
  readonly type: string;
  /** The final text to send. */
  readonly body: string;
}

/** An event for one endpoint. */
export interface OutboxEvent extends NewEvent {
  /** Name of the endpoint in the configuration. */
  readonly endpoint: string;
}

/** A claimed event: the claimer must settle it before `claimedUntil`. */
export interface ClaimedEvent extends OutboxEvent {
  readonly id: number;
  /** Attempts before this one. */
  readonly attempts: number;
  /** HTTP status of the last one; null when there was none, or no answer. */
  readonly lastStatus: number | null;
  readonly createdAt: Instant;
  readonly claimedUntil: Instant;
}

/** An event with its state, for people. */
export interface Delivery extends OutboxEvent {
  readonly id: number;
  readonly status: DeliveryStatus;
  readonly attempts: number;
  readonly createdAt: Instant;
  readonly nextAttemptAt: Instant | null;
  readonly lastStatus: number | null;
  readonly lastError: string | null;
  readonly deliveredAt: Instant | null;
}

/** `subject`: an event waits for the earlier ones of its subject until they are delivered or given up. `none`: it waits for none. */
export type EventOrder = "subject" | "none";

/** Which events to claim. */
export interface Claim {
  readonly endpoint: string;
  /** Default `subject`. */
  readonly order?: EventOrder | undefined;
  readonly limit: number;
  /** How long the claim holds, ms; afterwards another worker may claim the event. */
  readonly claimMs: number;
  /** The claiming worker. */
  readonly by: string;
  /** Types that are left waiting; events behind them do not wait with them. */
  readonly except?: readonly string[] | undefined;
  /**
   * Only events of these types from before an instant, several of a subject at once: they are sent as one. Not those whose last
   * answer was one of `unless`.
   */
  readonly together?:
    | { readonly types: readonly string[]; readonly before: Instant; readonly unless: readonly number[] }
    | undefined;
}

/** A failed attempt: tried again at `nextAttemptAt`, or given up. */
export interface FailedAttempt {
  readonly id: number;
  /** HTTP status, when there was an answer. */
  readonly status?: number | undefined;
  readonly error: string;
  /** null: given up, the event is dead. */
  readonly nextAttemptAt: Instant | null;
}

/** An attempt that failed. */
export interface DeliveryFailure {
  readonly at: Instant;
  /** HTTP status, when there was an answer. */
  readonly status: number | null;
  readonly error: string;
}

/** Filters for listing deliveries; all of them must match. */
export interface DeliveryQuery {
  readonly ids?: readonly number[] | undefined;
  readonly endpoint?: string | undefined;
  readonly status?: DeliveryStatus | undefined;
  readonly subject?: string | undefined;
  /** Continue after this id. */
  readonly after?: number | undefined;
  readonly newestFirst?: boolean | undefined;
  /** Default 100. */
  readonly limit?: number | undefined;
}

/** Filters for events to send again; default: dead ones. */
export interface ReplayQuery {
  readonly ids?: readonly number[] | undefined;
  readonly endpoint?: string | undefined;
  readonly fromId?: number | undefined;
  readonly toId?: number | undefined;
  readonly status?: "dead" | "delivered" | undefined;
}

/** Number of an endpoint's events by state. */
export interface EndpointCounts {
  readonly endpoint: string;
  readonly pending: number;
  /** Deliveries that succeeded, also of events that are no longer kept. */
  readonly delivered: number;
  readonly dead: number;
  /** The newest dead letter; null when there is none. */
  readonly lastDead: number | null;
  /** Age of the oldest pending event, ms; null when none is pending. */
  readonly oldestPendingMs: number | null;
}
