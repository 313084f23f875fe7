// A configured receiver of events, checked once: its address and its secrets.

import { Webhook } from "standardwebhooks";
import { type Instant, isLoopback } from "../../kernel/index.ts";
import type { EventOrder } from "../../store/index.ts";
import type { EgressProxy } from "../../tenant/port.ts";
import { OperationError } from "../error.ts";
import { type AddressScope, allowedIn, guardedLookup, type Lookup, type Resolve } from "./address.ts";
import { type EventForm, isChat } from "./form.ts";
import type { QuietHours } from "./quiet-hours.ts";

/** A receiver as configured. */
export interface EndpointConfig {
  /** https; http on a loopback address, or with `allowPrivate` within private networks. */
  readonly url: string;
  /** Its Standard Webhooks secret, with or without `whsec_`. Only the forms for chats need none. */
  readonly secret?: string | undefined;
  /** The previous secret: while it is valid, events carry a signature by each. */
  readonly previous?: { readonly secret: string; readonly until?: Instant | undefined } | undefined;
  /**
   * Allows addresses of private networks. Otherwise only addresses of the internet, and of this machine when the url names it.
   */
  readonly allowPrivate?: boolean | undefined;
  /** Default `cloudevents`. */
  readonly form?: EventForm | undefined;
  /** Further headers of each request, such as `authorization`. Names in lower case. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Whether an event waits for the earlier ones of its subject. Default `subject`. */
  readonly order?: EventOrder | undefined;
  /** Most requests that are open at once. Default 32. */
  readonly concurrency?: number | undefined;
  /** Time without any delivery despite attempts after which the receiver is switched off, ms. */
  readonly offAfterMs?: number | undefined;
  /** When only urgent events are sent. */
  readonly quiet?: QuietHours | undefined;
  /** The proxy through which https leaves this network. */
  readonly proxy?: EgressProxy | undefined;
}

/** A checked receiver. */
export interface Endpoint {
  readonly name: string;
  readonly url: URL;
  /** Undefined when no signature is needed. */
  readonly sign: Sign | undefined;
  readonly form: EventForm;
  readonly headers: Readonly<Record<string, string>>;
  /** For connections: refuses addresses that are not allowed. */
  readonly lookup: Lookup;
  readonly proxy?: EgressProxy | undefined;
}

const IP = /^(?:\[.*\]|\d{1,3}(?:\.\d{1,3}){3})$/;
/** An outage over a weekend needs no person; a longer one does. */
export const OFF_AFTER_MS = 3 * 86_400_000;

/**
 * Checks a receiver. Throws OperationError `invalid_input`; messages show at most protocol and host, since a path may contain a
 * secret.
 * @param resolve replaces the system's name look-up
 */
export function parseEndpoint(name: string, config: EndpointConfig, resolve?: Resolve): Endpoint {
  const where = `webhooks.${name}`;
  const url = URL.canParse(config.url) ? new URL(config.url) : undefined;
  if (url === undefined) {
    throw new OperationError("invalid_input", `${where}: the url is no address; give one such as https://bi.example.com/events`);
  }
  if (url.username !== "" || url.password !== "") {
    throw new OperationError("invalid_input", `${where}: the url must not carry a user or a password`, {
      advice: "The receiver recognises outdial by the signature of each event; no credentials are needed in the address.",
    });
  }
  const scope = scopeOf(url, config.allowPrivate === true);
  if (scope === undefined) {
    throw new OperationError("invalid_input", `${where}: ${url.protocol}//${url.host} is neither https nor http on loopback`, {
      advice:
        "Use https; http is for receivers on this machine (localhost, 127.0.0.1, [::1]), or with allowPrivate in your network.",
    });
  }
  if (IP.test(url.hostname) && !allowedIn(scope, url.hostname.replace(/^\[|\]$/g, ""))) {
    throw new OperationError("invalid_input", `${where}: ${url.host} is an address to which events are not sent`, {
      advice: "Receivers in private networks need allowPrivate: true; link-local and metadata addresses are never receivers.",
    });
  }
  const { secret, form = "cloudevents" } = config;
  if (secret === undefined && !isChat(form))
    throw new OperationError("invalid_input", `${where}: events in the form ${form} are signed, but there is no secret`);
  return {
    name,
    url,
    sign: secret === undefined || isChat(form) ? undefined : createSigner(secret, where, config.previous),
    lookup: guardedLookup(scope, resolve),
    proxy: config.proxy,
    form,
    headers: config.headers ?? {},
  };
}

/** The allowed scope of a receiver; undefined when its protocol is not allowed. */
function scopeOf({ protocol, hostname }: URL, allowPrivate: boolean): AddressScope | undefined {
  if (protocol !== "https:" && protocol !== "http:") return undefined;
  if (isLoopback(hostname)) return "loopback";
  if (protocol === "https:") return allowPrivate ? "any" : "public";
  return allowPrivate ? "private" : undefined;
}

// Signatures by Standard Webhooks (https://www.standardwebhooks.com): the receiver can verify that an event is ours, unchanged
// and recent.

/** The three headers of a signed request. */
interface SignatureHeaders {
  readonly "webhook-id": string;
  /** Time of this attempt, seconds since the epoch. */
  readonly "webhook-timestamp": string;
  /** One signature, or two separated by a space while a secret is being changed. */
  readonly "webhook-signature": string;
}

/** Signs one body, sent as the event `id` at the instant `at`. */
type Sign = (id: string, at: Instant, body: string) => SignatureHeaders;

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
