// What delivery needs of the store; its `Outbox` and `Endpoints` provide it.

import type { Endpoints, Outbox } from "../../store/index.ts";
import type { Membership } from "../run/members.ts";

/**
 * Claims are per endpoint, oldest first, at most one event of a subject at a time, which keeps events in order per subject.
 * Nothing is claimed for a receiver that is switched off. Its times must be on the worker's clock.
 */
export type DeliveryOutbox = Pick<
  Outbox,
  "claimDue" | "claimants" | "releaseAll" | "markDelivered" | "markFailed" | "release" | "counts"
>;

/** What delivery needs to know about processes on the same store; `Membership` provides it. */
export type DeliveryMembers = Pick<Membership, "id" | "isDead" | "isTrusted">;

/** Stores which receivers fail and which are off. Marking a delivery ends a failure. */
export type DeliverySwitches = Pick<Endpoints, "failed" | "onSince" | "switchOff">;
