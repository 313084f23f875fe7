// The webhooks the vendor sends (contract §2.4): registrations of both kinds, and their delivery with retries on the sandbox's clock.

import { z } from "zod";
import { type Instant, messageOf } from "../kernel/index.ts";
import type { SandboxClock } from "./clock.ts";
import { hash, seedWord } from "./world/derive.ts";

/** `pending` waits for its time, `sending` is under way, `given_up` has used all retries. */
type DeliveryState = "pending" | "sending" | "delivered" | "given_up" | "dropped";

/** One event for one registration. */
export interface WebhookDelivery {
  readonly id: string;
  readonly webhookId: string;
  readonly kind: WebhookKind;
  readonly event: VendorEventBody;
  state: DeliveryState;
  /** When the next attempt is due. */
  dueAt: Instant;
  readonly attempts: Attempt[];
}

export interface WebhooksSnapshot {
  readonly next: number;
  readonly registrations: readonly { readonly kind: WebhookKind; readonly body: WebhookRegistration }[];
  readonly deliveries: readonly WebhookDelivery[];
}

export type VendorWebhooks = ReturnType<typeof createVendorWebhooks>;

/** Finished deliveries remembered for `deliveries()`. */
const HISTORY = 1000;
/** The wait before the first retry; each later wait is longer by the registered multiplier. */
const FIRST_WAIT_MS = 1000;

export function createVendorWebhooks(options: {
  readonly clock: SandboxClock;
  readonly seed: number | string;
  /** Default: the global `fetch`. */
  readonly fetch?: typeof fetch | undefined;
}) {
  const { clock } = options;
  const send = options.fetch ?? globalThis.fetch;
  const word = seedWord(options.seed, "webhooks");
  const registrations: Record<WebhookKind, Map<string, WebhookRegistration>> = { omnichannel: new Map(), integration: new Map() };
  let waiting = new Map<string, { delivery: WebhookDelivery; cancel: () => void }>();
  let finished: WebhookDelivery[] = [];
  const sending = new Map<WebhookDelivery, Promise<void>>();
  let life = new AbortController();
  let next = 1;

  const newId = (prefix: string): string => {
    const serial = next++;
    return `${prefix}_${String(serial).padStart(6, "0")}${hash(word, serial, 0).toString(16).padStart(8, "0")}`;
  };

  const finish = (delivery: WebhookDelivery, state: DeliveryState): void => {
    delivery.state = state;
    finished.push(delivery);
    if (finished.length > 2 * HISTORY) finished = finished.slice(-HISTORY);
  };

  const wait = (delivery: WebhookDelivery): void => {
    delivery.state = "pending";
    const cancel = clock.schedule(delivery.dueAt, () => attempt(delivery));
    waiting.set(delivery.id, { delivery, cancel });
  };

  const attempt = (delivery: WebhookDelivery): Promise<void> => {
    waiting.delete(delivery.id);
    delivery.state = "sending";
    const { signal } = life;
    const run = (async () => {
      const registration = registrations[delivery.kind].get(delivery.webhookId);
      if (registration === undefined) return finish(delivery, "dropped");
      const target = readTarget(delivery.kind, registration);
      const at = clock.now();
      const result = await postEvent(send, target, delivery.event, signal).catch((thrown: unknown) => ({
        error: messageOf(thrown),
      }));
      if (signal.aborted) return;
      delivery.attempts.push({ at, ...result });
      if ("status" in result && result.status >= 200 && result.status < 300) return finish(delivery, "delivered");
      const failures = delivery.attempts.length;
      if (failures > target.maxRetries) return finish(delivery, "given_up");
      if (!registrations[delivery.kind].has(delivery.webhookId)) return finish(delivery, "dropped");
      delivery.dueAt = clock.now() + FIRST_WAIT_MS * target.backoffMultiplier ** (failures - 1);
      wait(delivery);
    })().finally(() => sending.delete(delivery));
    sending.set(delivery, run);
    return run;
  };

  const dropAll = (): void => {
    life.abort();
    for (const { cancel } of waiting.values()) cancel();
    waiting = new Map();
  };

  return {
    /** Registers a webhook from a body that has passed the contract's schema. */
    add(kind: WebhookKind, draft: Readonly<Record<string, unknown>>): WebhookRegistration {
      const registration = { ...structuredClone(draft), id: newId("wh") };
      registrations[kind].set(registration.id, registration);
      return structuredClone(registration);
    },
    /** Replaces a registration; undefined for an unknown id. */
    put(kind: WebhookKind, id: string, draft: Readonly<Record<string, unknown>>): WebhookRegistration | undefined {
      if (!registrations[kind].has(id)) return undefined;
      const registration = { ...structuredClone(draft), id };
      registrations[kind].set(id, registration);
      return structuredClone(registration);
    },
    get: (kind: WebhookKind, id: string): WebhookRegistration | undefined => structuredClone(registrations[kind].get(id)),
    list: (kind: WebhookKind): WebhookRegistration[] => structuredClone([...registrations[kind].values()]),
    /** Removes a registration; its pending deliveries are dropped. */
    delete(kind: WebhookKind, id: string): boolean {
      if (!registrations[kind].delete(id)) return false;
      for (const { delivery, cancel } of waiting.values()) {
        if (delivery.kind !== kind || delivery.webhookId !== id) continue;
        cancel();
        waiting.delete(delivery.id);
        finish(delivery, "dropped");
      }
      return true;
    },
    /** Queues an event for every enabled registration of its type; returns the number of deliveries. */
    emit(type: string, data: unknown): number {
      const now = clock.now();
      const event = { id: newId("evt"), type, occurredAt: new Date(now).toISOString(), data: structuredClone(data) };
      let queued = 0;
      for (const kind of ["omnichannel", "integration"] as const) {
        for (const registration of registrations[kind].values()) {
          const { events, enabled } = readTarget(kind, registration);
          if (!enabled || !events.includes(type)) continue;
          wait({ id: newId("dlv"), webhookId: registration.id, kind, event, state: "pending", dueAt: now, attempts: [] });
          queued += 1;
        }
      }
      return queued;
    },
    /** Makes every due attempt and waits for all that are under way. */
    async flush(): Promise<{ delivered: number; failed: number; pending: number }> {
      const now = clock.now();
      const asked = new Set(sending.keys());
      for (const { delivery, cancel } of waiting.values()) {
        if (delivery.dueAt > now) continue;
        cancel();
        asked.add(delivery);
        void attempt(delivery);
      }
      await Promise.all(sending.values());
      const delivered = [...asked].filter(({ state }) => state === "delivered").length;
      return { delivered, failed: asked.size - delivered, pending: waiting.size };
    },
    /** The newest deliveries, oldest first, with every attempt. */
    deliveries: (): WebhookDelivery[] =>
      structuredClone([...finished.slice(-HISTORY), ...sending.keys(), ...waiting.values().map(({ delivery }) => delivery)]),
    snapshot: (): WebhooksSnapshot => ({
      next,
      registrations: (["omnichannel", "integration"] as const).flatMap((kind) =>
        [...registrations[kind].values()].map((body) => ({ kind, body: structuredClone(body) })),
      ),
      // A delivery under way counts as not sent: delivery is at least once.
      deliveries: structuredClone([...sending.keys(), ...waiting.values().map(({ delivery }) => delivery)]),
    }),
    restore(snapshot: WebhooksSnapshot): void {
      dropAll();
      life = new AbortController();
      next = snapshot.next;
      finished = [];
      registrations.omnichannel.clear();
      registrations.integration.clear();
      for (const { kind, body } of snapshot.registrations) registrations[kind].set(body.id, structuredClone(body));
      for (const delivery of snapshot.deliveries) wait(structuredClone(delivery));
    },
    /** Aborts deliveries that are under way. Can be called twice. */
    stop: dropAll,
  };
}

// One attempt to deliver an event: the registration's settings for the target, and the POST itself.

export type WebhookKind = "omnichannel" | "integration";

/** A registration as it was accepted, with its id. */
export type WebhookRegistration = Readonly<Record<string, unknown>> & { readonly id: string };

/** Body of a delivery. */
interface VendorEventBody {
  readonly id: string;
  readonly type: string;
  readonly occurredAt: string;
  readonly data: unknown;
}

/** The result of one attempt: the receiver's status, or why there was none. */
type Attempt = { readonly at: Instant } & ({ readonly status: number } | { readonly error: string });

interface WebhookTarget {
  readonly url: string;
  readonly events: readonly string[];
  readonly enabled: boolean;
  readonly headers: Readonly<Record<string, string>>;
  /** Attempts after the first. */
  readonly maxRetries: number;
  readonly backoffMultiplier: number;
  /** Time limit of one attempt, in seconds of the host's time: the receiver is a real server. */
  readonly timeoutSec: number;
}

/** Retry policy of registrations without one: three retries, waits doubling, ten seconds each. */
const DEFAULT_POLICY = { maxRetries: 3, backoffMultiplier: 2, timeoutSec: 10 };

const events = z.array(z.string()).catch([]);
const omnichannel = z.looseObject({
  callbackUrl: z.string(),
  events,
  enabled: z.boolean().catch(true),
  headers: z.record(z.string(), z.string()).catch({}),
});
const integration = z.looseObject({
  url: z.string(),
  events,
  auth: z.looseObject({ token: z.string() }).optional().catch(undefined),
  retryPolicy: z
    .looseObject({ maxRetries: z.number(), backoffMultiplier: z.number(), timeoutSec: z.number() })
    .catch(DEFAULT_POLICY),
});

function readTarget(kind: WebhookKind, registration: WebhookRegistration): WebhookTarget {
  if (kind === "omnichannel") {
    const { callbackUrl, events, enabled, headers } = omnichannel.parse(registration);
    return { url: callbackUrl, events, enabled, headers, ...DEFAULT_POLICY };
  }
  const { url, events, auth, retryPolicy } = integration.parse(registration);
  const headers = auth === undefined ? {} : { authorization: `Bearer ${auth.token}` };
  return { url, events, enabled: true, headers, ...retryPolicy };
}

/** Headers the registration may not set, because they describe the message itself. */
const OWN_HEADERS = new Set(["content-type", "content-length", "host", "connection", "transfer-encoding"]);

/**
 * POSTs the event. A redirect is never followed, and is a failed attempt like any status but 2xx. Rejects when there is no reply.
 */
async function postEvent(
  send: typeof fetch,
  target: WebhookTarget,
  event: VendorEventBody,
  signal: AbortSignal,
): Promise<{ status: number }> {
  const headers = new Headers({ "content-type": "application/json" });
  for (const [name, value] of Object.entries(target.headers)) {
    if (!OWN_HEADERS.has(name.toLowerCase())) headers.set(name, value);
  }
  const response = await send(target.url, {
    method: "POST",
    headers,
    body: JSON.stringify(event),
    redirect: "manual",
    signal: AbortSignal.any([signal, AbortSignal.timeout(target.timeoutSec * 1000)]),
  });
  await response.body?.cancel();
  return { status: response.status };
}
