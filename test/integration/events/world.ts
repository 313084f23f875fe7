// What a test of delivery works with: a store on a database of its own, a hand-moved clock, a receiver, and workers that log.

import { createRandom } from "../../../src/kernel/index.ts";
import { cloudEvent, createDeliveryWorker, type DeliveryWorker } from "../../../src/operations/index.ts";
import { type Delivery, type Outbox, type OutboxEvent, type Store } from "../../../src/store/index.ts";
import { createHandClock, type HandClock } from "../../support/hand-clock.ts";
import { type Receiver, startReceiver } from "../../support/receiver.ts";
import { openTestStore } from "../../support/store.ts";

type WorkerOptions = Parameters<typeof createDeliveryWorker>[0];

export const SECRET = `whsec_${Buffer.from("the-marker-of-the-signing-secret").toString("base64")}`;

export interface World {
  readonly clock: HandClock;
  readonly receiver: Receiver;
  readonly outbox: Outbox;
  readonly store: Store;
  /** What the workers said, one line each. */
  readonly log: readonly string[];
  worker(options?: Partial<WorkerOptions>): DeliveryWorker;
  /** The store as another replica opens it. */
  anotherStore(): Promise<Store>;
  /** Puts events `name` of `subject` into the outbox. */
  add(...events: readonly (readonly [name: string, subject: string, endpoint?: string])[]): Promise<void>;
  /** How the event stands. */
  delivery(name: string): Promise<Delivery>;
  /** Resolves when it holds for the deliveries; asks again and again, moving time by `step` ms in between (0 by default). */
  until(holds: (deliveries: readonly Delivery[]) => boolean, step?: number): Promise<void>;
  dispose(): Promise<void>;
}

export async function openWorld(): Promise<World> {
  const opened = await openTestStore(createHandClock());
  const { clock, store } = opened;
  const { outbox } = store;
  const receiver = await startReceiver(SECRET);
  const log: string[] = [];
  const workers: DeliveryWorker[] = [];
  const deliveries = () => outbox.listDeliveries({ limit: 10_000 });
  return {
    clock,
    receiver,
    outbox,
    store,
    log,
    anotherStore: () => opened.again(),
    worker(options = {}) {
      const worker = createDeliveryWorker({
        outbox,
        switches: store.endpoints,
        endpoints: { bi: { url: receiver.url, secret: SECRET } },
        clock,
        concurrency: 8,
        random: createRandom(1, "delivery"),
        members: { id: `replica-${workers.length + 1}`, isDead: () => Promise.resolve(false), isTrusted: () => true },
        log: (level, message, details) => log.push(`${level} ${message} ${JSON.stringify(details ?? {})}`),
        ...options,
      });
      workers.push(worker);
      return worker;
    },
    add: (...events) =>
      outbox.add(
        events.map(([name, subject, endpoint = "bi"]): OutboxEvent => {
          const type = "DISPOSITION_ASSIGNED";
          const facts = { id: name, source: "/outdial/test", type, subject, time: clock.now(), data: { name } } as const;
          return { eventId: name, endpoint, subject, type, body: cloudEvent(facts) };
        }),
      ),
    async delivery(name) {
      const found = (await deliveries()).find(({ eventId }) => eventId === name);
      if (found === undefined) throw new Error(`no event ${name}`);
      return found;
    },
    async until(holds, step = 0) {
      while (!holds(await deliveries())) clock.advance(step);
    },
    async dispose() {
      // Requests that still hang end with their connections.
      await receiver.close();
      for (const worker of workers) await worker.stop();
      await opened.dispose();
    },
  };
}
