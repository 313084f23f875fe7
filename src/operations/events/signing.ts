// Signatures by Standard Webhooks (https://www.standardwebhooks.com): the receiver can verify that an event is ours, unchanged
// and recent.

import { Webhook } from "standardwebhooks";
import type { Instant } from "../../kernel/index.ts";
import { OperationError } from "../error.ts";

/** The three headers of a signed request. */
export interface SignatureHeaders {
  readonly "webhook-id": string;
  /** Time of this attempt, seconds since the epoch. */
  readonly "webhook-timestamp": string;
  /** One signature, or two separated by a space while a secret is being changed. */
  readonly "webhook-signature": string;
}

/** Signs one body, sent as the event `id` at the instant `at`. */
export type Sign = (id: string, at: Instant, body: string) => SignatureHeaders;

const PREFIX = "whsec_";
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
/** The sizes the standard allows, in bytes. */
const MIN_KEY = 24;
const MAX_KEY = 64;

/**
 * A signer for one receiver.
 * @param secret base64 of 24 to 64 bytes, with or without the prefix `whsec_`
 * @param where its place in the configuration, for messages
 * @param previous the previous secret: until this instant (always, when there is none) a second signature by it is added, so that
 * the receiver can change its own at any time in between
 * Throws OperationError `invalid_input` when the secret is malformed; the message never shows it.
 */
export function createSigner(
  secret: string,
  where: string,
  previous?: { readonly secret: string; readonly until?: Instant | undefined },
): Sign {
  const sign = signatureBy(secret, where);
  const signBefore = previous === undefined ? undefined : signatureBy(previous.secret, `${where}, the previous one`);
  const until = previous?.until ?? Number.POSITIVE_INFINITY;
  return (id, at, body) => {
    const signature = sign(id, at, body);
    const second = signBefore !== undefined && at < until ? ` ${signBefore(id, at, body)}` : "";
    return {
      "webhook-id": id,
      "webhook-timestamp": String(Math.floor(at / 1000)),
      "webhook-signature": signature + second,
    };
  };
}

function signatureBy(secret: string, where: string): (id: string, at: Instant, body: string) => string {
  const encoded = secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : secret;
  if (!BASE64.test(encoded)) throw malformed(where, "is not base64 with padding");
  const size = Buffer.byteLength(encoded, "base64");
  if (size < MIN_KEY || size > MAX_KEY) throw malformed(where, `has ${size} bytes; allowed are ${MIN_KEY} to ${MAX_KEY}`);
  const webhook = new Webhook(encoded);
  return (id, at, body) => webhook.sign(id, new Date(at), body);
}

function malformed(where: string, what: string): OperationError {
  return new OperationError("invalid_input", `${where}: the signing secret ${what}`, {
    advice: "Use the secret as the receiver shows it (whsec_…), or make one for both sides: openssl rand -base64 32",
  });
}
