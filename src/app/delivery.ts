// Wiring of the delivery of events by hand.

import { randomUUID } from "node:crypto";
import { createRandom } from "../kernel/index.ts";
import { createDeliveryWorker } from "../operations/index.ts";
import { systemClock } from "../tenant/index.ts";
import { type Flags, loadConfig, receiversOf } from "./config.ts";
import { type DeliveryEnd, type Environment, storeOf } from "./workplace.ts";

/** Delivery by hand and replay of dead letters. */
export interface DeliveryRuntime extends AsyncDisposable {
  replay(range: { from: number | undefined; to: number | undefined }): Promise<number>;
  drain(): Promise<DeliveryEnd>;
}

/** Opens the store and the delivery of events. */
export async function openDelivery(flags: Flags, environment: Environment): Promise<DeliveryRuntime> {
  await using stack = new AsyncDisposableStack();
  const config = await loadConfig(flags, environment, process.cwd());
  const endpoints = await receiversOf(config, environment);
  const store = await storeOf(config, environment);
  stack.defer(() => store.close());
  const random = createRandom(randomUUID(), "delivery");
  const worker = createDeliveryWorker({
    outbox: store.outbox,
    endpoints,
    clock: systemClock,
    random,
    by: `delivery-${process.pid}`,
  });
  const owned = stack.move();
  return {
    replay: ({ from, to }) => store.outbox.replay({ fromId: from, toId: to, status: "dead" }),
    drain: () => worker.drain(),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
