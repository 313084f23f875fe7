// Use cases of deliveries: lists with attempts, receivers, replay, switching receivers on and off.

import type { Instant } from "../../kernel/index.ts";
import type { Outbox } from "../../store/index.ts";
import type { Context } from "../context.ts";
import { OperationError } from "../error.ts";
import { deliveryOf } from "../views/delivery-views.ts";
import type { Delivery, DeliveryDetail, EndpointView } from "../views/schemas/deliveries.ts";
import { timeText } from "../views/texts.ts";
import type { EndpointConfig } from "./endpoint.ts";
import { quietUntil } from "./quiet-hours.ts";

type ReplayRange = NonNullable<Parameters<Outbox["replay"]>[0]>;

/** What is shown of a configured receiver. */
type Told = Pick<EndpointConfig, "url" | "previous" | "quiet">;

/** Deliveries of events, for the service, commands and programs. */
export class DeliveryUseCases {
  readonly #context: Pick<Context, "store" | "clock">;
  readonly #receivers: () => Readonly<Record<string, Told | undefined>>;

  /** @param receivers those that are configured now */
  constructor(context: Pick<Context, "store" | "clock">, receivers: () => Readonly<Record<string, Told | undefined>>) {
    this.#context = context;
    this.#receivers = receivers;
  }

  /** Newest first. @param query.after the last id of the page before */
  async list(query: Omit<NonNullable<Parameters<Outbox["listDeliveries"]>[0]>, "newestFirst">): Promise<readonly Delivery[]> {
    return (await this.#context.store.outbox.listDeliveries({ ...query, newestFirst: true })).map(deliveryOf);
  }

  /** One delivery with its attempts; undefined when there is none of that id. */
  async show(id: number): Promise<DeliveryDetail | undefined> {
    const { outbox } = this.#context.store;
    const [delivery] = await outbox.listDeliveries({ ids: [id] });
    if (delivery === undefined) return undefined;
    const failures = (await outbox.failures(id)).map(({ at, status, error }) => ({ at: timeText(at), status, error }));
    return { ...deliveryOf(delivery), event: eventIn(delivery.body), failures };
  }

  /** Every receiver that is configured here, that the store has, or that there are events for. */
  async receivers(): Promise<EndpointView[]> {
    const { outbox, endpoints } = this.#context.store;
    const counts = new Map((await outbox.counts()).map((one) => [one.endpoint, one]));
    const states = new Map((await endpoints.list()).map((one) => [one.name, one]));
    const configured = this.#receivers();
    const names = new Set([...Object.keys(configured), ...counts.keys(), ...states.keys()]);
    const now = this.#context.clock.now();
    return [...names].sort().map((endpoint) => {
      const { pending = 0, delivered = 0, dead = 0, lastDead = null, oldestPendingMs = null } = counts.get(endpoint) ?? {};
      const { failingSince = null, offSince = null, offReason = null, known = false, types = [] } = states.get(endpoint) ?? {};
      const config = configured[endpoint];
      return {
        endpoint,
        // A path may contain a secret.
        url: config === undefined ? null : hostOf(config.url),
        pending,
        delivered,
        dead,
        lastDead,
        oldestPendingMs,
        types: known ? types : [],
        written: known,
        enabled: offSince === null,
        message: offReason,
        failingSince: timeText(failingSince),
        offSince: timeText(offSince),
        rotating: rotationOf(config, now),
        quietUntil: timeText(config?.quiet === undefined ? null : (quietUntil(config.quiet, now) ?? null)),
      };
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
        "all delivered events cannot be sent again at once; give ids, a range or a receiver",
      );
    const { outbox, audit } = this.#context.store;
    const { ids, ...rest } = range;
    let queued = 0;
    const record = () => {
      const details = { queued, ...Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined)) };
      return audit.append([
        {
          actor,
          action: "webhooks.replay",
          subject: range.endpoint ?? "webhooks",
          details: ids === undefined ? details : { ...details, ids: ids.slice(0, 100) },
        },
      ]);
    };
    try {
      await outbox.replay(range, (count) => (queued += count));
    } catch (thrown) {
      // Those of the batches before are sent again.
      if (queued > 0) await record();
      throw thrown;
    }
    await record();
    return queued;
  }

  /** Switches a receiver on again; its events are due at once. False when it was on. */
  switchOn(endpoint: string, actor: string): Promise<boolean> {
    return this.#context.store.endpoints.switchOn(endpoint, { actor, action: "webhooks.on", subject: endpoint });
  }

  /**
   * Says that a receiver is gone: no events are written for it any more, and what waits becomes dead letters. False when the store
   * did not have it. Throws OperationError `job_state` while this process is set up with it.
   */
  async forget(endpoint: string, actor: string): Promise<boolean> {
    if (Object.hasOwn(this.#receivers(), endpoint))
      throw new OperationError("job_state", `the receiver ${endpoint} is set up here`, {
        advice:
          "Take it out of outdial.yaml and the environment of every process, send them SIGHUP or start them again, and then forget it.",
      });
    return this.#context.store.endpoints.forget(endpoint, { actor, action: "webhooks.forget", subject: endpoint });
  }

  /** Switches a receiver off; its events wait. False when it was off. */
  switchOff(endpoint: string, actor: string): Promise<boolean> {
    const audit = { actor, action: "webhooks.off", subject: endpoint, details: { reason: "by hand" } };
    return this.#context.store.endpoints.switchOff(endpoint, `switched off by ${actor}`, { audit, events: [] });
  }
}

/** An event whose body is no JSON was not written by outdial. */
function eventIn(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return null;
  }
}

/** Protocol, host and port; `URL` gives no origin for a mail server's address. */
function hostOf(address: string): string | null {
  if (!URL.canParse(address)) return null;
  const { protocol, host } = new URL(address);
  return `${protocol}//${host}`;
}

/** The change of a secret, during which events carry two signatures. */
function rotationOf(config: Told | undefined, now: Instant): EndpointView["rotating"] {
  const previous = config?.previous;
  if (previous === undefined || (previous.until !== undefined && previous.until <= now)) return null;
  return { until: timeText(previous.until ?? null) };
}
