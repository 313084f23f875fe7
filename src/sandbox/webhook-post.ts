// One attempt to deliver an event: the registration's settings for the target, and the POST itself.

import { z } from "zod";
import type { Instant } from "../kernel/index.ts";

export type WebhookKind = "omnichannel" | "integration";

/** A registration as it was accepted, with its id. */
export type WebhookRegistration = Readonly<Record<string, unknown>> & { readonly id: string };

/** Body of a delivery. */
export interface VendorEventBody {
  readonly id: string;
  readonly type: string;
  readonly occurredAt: string;
  readonly data: unknown;
}

/** The result of one attempt: the receiver's status, or why there was none. */
export type Attempt = { readonly at: Instant } & ({ readonly status: number } | { readonly error: string });

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

export function readTarget(kind: WebhookKind, registration: WebhookRegistration): WebhookTarget {
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
export async function postEvent(
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
