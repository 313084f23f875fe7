// What delivery needs of the outbox. The store's `Outbox` satisfies it as it is.

import type { Outbox } from "../../store/index.ts";

/**
 * Claims are per endpoint, oldest first, at most one event of a subject at a time: that is what keeps events in order per subject.
 * Its times must be of the same clock as the worker's.
 */
export type DeliveryOutbox = Pick<Outbox, "claimDue" | "markDelivered" | "markFailed" | "release" | "counts">;
