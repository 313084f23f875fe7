// A receiver of events as configured, checked once: where it may be and what it shares with us.

import type { Instant } from "../../kernel/index.ts";
import { OperationError } from "../error.ts";
import { type AddressScope, allowedIn, guardedLookup, type Lookup, type Resolve } from "./address.ts";
import { type EventForm, isChat } from "./form.ts";
import type { QuietHours } from "./quiet-hours.ts";
import { createSigner, type Sign } from "./signing.ts";

/** A receiver as configured. */
export interface EndpointConfig {
  /** https; http on a loopback address, or with `allowPrivate` within private networks. */
  readonly url: string;
  /** The Standard Webhooks secret shared with it, with or without `whsec_`. Only the forms for chats need none. */
  readonly secret?: string | undefined;
  /** The secret before this one: while it holds, events carry a signature by each. */
  readonly previous?: { readonly secret: string; readonly until?: Instant | undefined } | undefined;
  /** Permits addresses of private networks. Without it only addresses of the internet, and of this machine where the url names it. */
  readonly allowPrivate?: boolean | undefined;
  /** `cloudevents` by default. */
  readonly form?: EventForm | undefined;
  /** Further headers of each request; `authorization` among them when the receiver wants one. Names in lower case. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Nothing delivered for so long although it was tried, ms: the receiver is switched off. */
  readonly offAfterMs?: number | undefined;
  /** When only what is urgent is sent. */
  readonly quiet?: QuietHours | undefined;
}

/** A receiver that may be sent to. */
export interface Endpoint {
  readonly name: string;
  readonly url: URL;
  /** Undefined where nothing checks a signature. */
  readonly sign: Sign | undefined;
  readonly form: EventForm;
  readonly headers: Readonly<Record<string, string>>;
  /** For connections: refuses addresses that it may not be at. */
  readonly lookup: Lookup;
}

const LOOPBACK_V4 = /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/;
const IP = /^(?:\[.*\]|\d{1,3}(?:\.\d{1,3}){3})$/;
/** A weekend's outage mends itself; what is away for longer is a matter for people. */
export const OFF_AFTER_MS = 3 * 86_400_000;

/**
 * Checks a receiver. Throws OperationError `invalid_input`; messages show at most protocol and host, for a path may hold a secret.
 * @param resolve instead of the system's look-up of names
 */
export function parseEndpoint(name: string, config: EndpointConfig, resolve?: Resolve): Endpoint {
  const where = `webhooks.${name}`;
  const url = URL.canParse(config.url) ? new URL(config.url) : undefined;
  if (url === undefined) {
    throw new OperationError("invalid_input", `${where}: the url is no address; give one such as https://bi.example.com/events`);
  }
  if (url.username !== "" || url.password !== "") {
    throw new OperationError("invalid_input", `${where}: the url must not carry a user or a password`, {
      advice: "The receiver knows us by the signature of each event; it needs nothing in the address.",
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
    throw new OperationError("invalid_input", `${where}: ${url.host} is an address that events are not sent to`, {
      advice: "Receivers in private networks need allowPrivate: true; link-local and metadata addresses are never receivers.",
    });
  }
  const { secret, form = "cloudevents" } = config;
  if (secret === undefined && !isChat(form))
    throw new OperationError("invalid_input", `${where}: events in the form ${form} are signed, and there is no secret`);
  return {
    name,
    url,
    sign: secret === undefined || isChat(form) ? undefined : createSigner(secret, where, config.previous),
    lookup: guardedLookup(scope, resolve),
    form,
    headers: config.headers ?? {},
  };
}

/** Where a receiver may be; undefined when its protocol is not allowed there. */
function scopeOf({ protocol, hostname }: URL, allowPrivate: boolean): AddressScope | undefined {
  if (protocol !== "https:" && protocol !== "http:") return undefined;
  if (isLoopback(hostname)) return "loopback";
  if (protocol === "https:") return allowPrivate ? "any" : "public";
  return allowPrivate ? "private" : undefined;
}

/** Host names as the URL parser spells them. */
export function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || LOOPBACK_V4.test(hostname);
}
