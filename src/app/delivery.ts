// Wiring of the manual delivery of events.

import { randomUUID } from "node:crypto";
import { createRandom } from "../kernel/index.ts";
import { createDeliveryWorker, DeliveryUseCases, joinReplicas } from "../operations/index.ts";
import { opening } from "./opening.ts";
import { processLives, processSpace } from "./process-space.ts";
import { allOf, mailOf, receiversOf } from "./receivers.ts";
import { tenantLook } from "./tenant-of-store.ts";

/** Deliveries of a store, and what delivers them by hand. */
export const openDelivery = opening(async ({ config, environment, store: opened }) => {
  const endpoints = await receiversOf(config, environment);
  const mail = await mailOf(config, environment);
  const store = await opened();
  const random = createRandom(randomUUID(), "delivery");
  const { clock } = config;
  const drain = async () => {
    // A replica only while it delivers: what is claimed by a process that is not a replica counts as left by a dead process.
    const members = await joinReplicas({
      replicas: store.replicas,
      id: `delivery-${process.pid}-${random.int(2 ** 31).toString(36)}`,
      pid: process.pid,
      host: processSpace(),
      scopes: [],
      clock,
      processLives,
      look: tenantLook(store, config, () => undefined),
    });
    try {
      const { outbox, endpoints: switches } = store;
      return await createDeliveryWorker({
        outbox,
        switches,
        endpoints,
        mail,
        clock,
        random,
        members,
      }).drain();
    } finally {
      await members.leave();
    }
  };
  const deliveries = new DeliveryUseCases({ store, clock }, () => allOf({ receivers: endpoints, mail }));
  return { deliveries, actor: config.actor, drain };
});
