// Wiring of the delivery of events by hand.

import { randomUUID } from "node:crypto";
import { createRandom } from "../kernel/index.ts";
import { createDeliveryWorker, Deliveries, type EndpointReport } from "../operations/index.ts";
import { alarmsIn, type Flags, loadConfig, receiversOf } from "./config.ts";
import { type DeliveryEnd, type Environment, storeOf, type Workplace } from "./workplace.ts";

/** Delivery by hand and replay of dead letters. */
export interface DeliveryRuntime extends AsyncDisposable {
  replay(range: { from: number | undefined; to: number | undefined }): Promise<number>;
  /** How every receiver stands. */
  receivers(): Promise<EndpointReport[]>;
  /** Switches a receiver on or off. False when it was so already. */
  turn(receiver: string, on: boolean): Promise<boolean>;
  drain(): Promise<DeliveryEnd>;
}

/** What people see of deliveries and do about them. */
export function deliveriesOn({ config, store, receivers }: Pick<Workplace, "config" | "store" | "receivers">): Deliveries {
  return new Deliveries({
    outbox: store.outbox,
    endpoints: store.endpoints,
    receivers,
    now: () => config.clock.now(),
    record: (entry) => store.audit.append([entry]),
  });
}

/** Opens the store and the delivery of events. */
export async function openDelivery(flags: Flags, environment: Environment): Promise<DeliveryRuntime> {
  await using stack = new AsyncDisposableStack();
  const config = await loadConfig(flags, environment);
  const endpoints = await receiversOf(config, environment);
  const store = await storeOf(config, environment);
  stack.defer(() => store.close());
  const random = createRandom(randomUUID(), "delivery");
  const worker = createDeliveryWorker({
    outbox: store.outbox,
    switches: store.endpoints,
    alarms: alarmsIn(endpoints),
    endpoints,
    clock: config.clock,
    random,
    by: `delivery-${process.pid}`,
  });
  const deliveries = deliveriesOn({ config, store, receivers: endpoints });
  const owned = stack.move();
  return {
    replay: ({ from, to }) => deliveries.replay({ fromId: from, toId: to, status: "dead" }, config.actor),
    receivers: () => deliveries.receivers(),
    turn: (receiver, on) => (on ? deliveries.switchOn(receiver, config.actor) : deliveries.switchOff(receiver, config.actor)),
    drain: () => worker.drain(),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
