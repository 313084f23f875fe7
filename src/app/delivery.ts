// Wiring of the delivery of events by hand.

import { randomUUID } from "node:crypto";
import { createRandom } from "../kernel/index.ts";
import { createDeliveryWorker, DeliveryUseCases } from "../operations/index.ts";
import { alarmsIn, type Flags, loadConfig, receiversOf } from "./config.ts";
import { type DeliveryEnd, type Environment, storeOf } from "./workplace.ts";

/** Deliveries of a store, with what delivers by hand. */
export interface DeliveryRuntime extends AsyncDisposable {
  readonly deliveries: DeliveryUseCases;
  /** Who acts. */
  readonly actor: string;
  drain(): Promise<DeliveryEnd>;
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
  const deliveries = new DeliveryUseCases({ store, clock: config.clock }, endpoints);
  const owned = stack.move();
  return {
    deliveries,
    actor: config.actor,
    drain: () => worker.drain(),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
