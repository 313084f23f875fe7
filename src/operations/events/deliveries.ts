// What users see of deliveries and can do with them: lists with attempts, receivers, replay, switching receivers on and off.

import type { Instant } from "../../kernel/index.ts";
import type { Delivery, DeliveryFailure, Endpoints, Outbox } from "../../store/index.ts";
import { OperationError } from "../error.ts";
import type { EndpointConfig } from "./endpoint.ts";

/** A delivery with every attempt that failed. */
export interface DeliveryDetail extends Delivery {
  readonly failures: readonly DeliveryFailure[];
}

/** A receiver and how its events stand. */
export interface EndpointReport {
  readonly endpoint: string;
  /** Origin of its address, for a path may hold a secret; null when it is not configured here. */
  readonly origin: string | null;
  readonly pending: number;
  readonly delivered: number;
  readonly dead: number;
  readonly oldestPendingMs: number | null;
  readonly failingSince: Instant | null;
  readonly offSince: Instant | null;
  readonly offReason: string | null;
  /** Events carry two signatures: until then, or null when no end is set; false when only one. */
  readonly rotating: false | { readonly until: Instant | null };
}

export type ReplayRange = NonNullable<Parameters<Outbox["replay"]>[0]>;

export interface DeliveriesDependencies {
  readonly outbox: Outbox;
  readonly endpoints: Endpoints;
  readonly receivers: Readonly<Record<string, EndpointConfig>>;
  readonly now: () => Instant;
  /** Writes down who did what, in a transaction of its own. */
  readonly record: (entry: { actor: string; action: string; subject: string; details: Record<string, unknown> }) => Promise<void>;
}

/** Deliveries of events, for the service and for commands. */
export class Deliveries {
  readonly #deps: DeliveriesDependencies;

  constructor(deps: DeliveriesDependencies) {
    this.#deps = deps;
  }

  /** A page; `after` is the last id of the page before. */
  list(query: Parameters<Outbox["listDeliveries"]>[0]): Promise<Delivery[]> {
    return this.#deps.outbox.listDeliveries(query);
  }

  /** One delivery with its attempts; undefined when there is none of that id. */
  async show(id: number): Promise<DeliveryDetail | undefined> {
    const [delivery] = await this.#deps.outbox.listDeliveries({ ids: [id] });
    return delivery === undefined ? undefined : { ...delivery, failures: await this.#deps.outbox.failures(id) };
  }

  /** Every receiver that is configured, or that events were ever meant for. */
  async receivers(): Promise<EndpointReport[]> {
    const { outbox, endpoints, receivers, now } = this.#deps;
    const counts = new Map((await outbox.counts()).map((one) => [one.endpoint, one]));
    const states = new Map((await endpoints.list()).map((one) => [one.name, one]));
    const names = new Set([...Object.keys(receivers), ...counts.keys(), ...states.keys()]);
    return [...names].sort().map((endpoint) => {
      const { pending = 0, delivered = 0, dead = 0, oldestPendingMs = null } = counts.get(endpoint) ?? {};
      const { failingSince = null, offSince = null, offReason = null } = states.get(endpoint) ?? {};
      const config = receivers[endpoint];
      const origin = config !== undefined && URL.canParse(config.url) ? new URL(config.url).origin : null;
      const rotating = rotationOf(config, now());
      return { endpoint, origin, pending, delivered, dead, oldestPendingMs, failingSince, offSince, offReason, rotating };
    });
  }

  /** Makes dead letters (or delivered events) pending again, by id and range. Returns how many. Throws OperationError `invalid_input`. */
  async replay(range: ReplayRange, actor: string): Promise<number> {
    const { fromId, toId } = range;
    if (fromId !== undefined && toId !== undefined && fromId > toId)
      throw new OperationError("invalid_input", `the range ends at ${toId}, before it begins at ${fromId}`);
    const bounded = range.ids !== undefined || fromId !== undefined || toId !== undefined || range.endpoint !== undefined;
    if (range.status === "delivered" && !bounded)
      throw new OperationError(
        "invalid_input",
        "everything that was ever delivered is not sent again; give ids, a range or a receiver",
      );
    const queued = await this.#deps.outbox.replay(range);
    const { ids, ...rest } = range;
    const details = { queued, ...Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined)) };
    await this.#deps.record({
      actor,
      action: "webhooks.replay",
      subject: range.endpoint ?? "webhooks",
      details: ids === undefined ? details : { ...details, ids: ids.slice(0, 100) },
    });
    return queued;
  }

  /** Switches a receiver on again; what waits is due at once. False when it was on. */
  switchOn(endpoint: string, actor: string): Promise<boolean> {
    return this.#deps.endpoints.switchOn(endpoint, { actor, action: "webhooks.on", subject: endpoint });
  }

  /** Switches a receiver off; its events wait. False when it was off. */
  switchOff(endpoint: string, actor: string): Promise<boolean> {
    const audit = { actor, action: "webhooks.off", subject: endpoint, details: { reason: "by hand" } };
    return this.#deps.endpoints.switchOff(endpoint, `switched off by ${actor}`, { audit, events: [] });
  }
}

function rotationOf(config: EndpointConfig | undefined, now: Instant): EndpointReport["rotating"] {
  const previous = config?.previous;
  if (previous === undefined || (previous.until !== undefined && previous.until <= now)) return false;
  return { until: previous.until ?? null };
}
