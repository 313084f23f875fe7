// What delivery needs of the store. Its `Outbox` and `Endpoints` satisfy this as they are.

import type { Endpoints, Outbox } from "../../store/index.ts";
import type { Membership } from "../run/members.ts";

/**
 * Claims are per endpoint, oldest first, at most one event of a subject at a time: that is what keeps events in order per subject. Nothing
 * is claimed for a receiver that is switched off. Its times must be of the same clock as the worker's.
 */
export type DeliveryOutbox = Pick<
  Outbox,
  "claimDue" | "claimants" | "releaseAll" | "markDelivered" | "markFailed" | "release" | "counts"
>;

/** What delivery needs of the processes that share the store; `Membership` satisfies it. */
export type DeliveryMembers = Pick<Membership, "id" | "isDead" | "isTrusted">;

/** Where it is kept which receivers fail and which are off. A delivery that is marked ends a failure. */
export type DeliverySwitches = Pick<Endpoints, "failed" | "onSince" | "switchOff">;
