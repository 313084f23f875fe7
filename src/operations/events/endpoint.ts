// A receiver of events as configured, checked once: where it may be and what it shares with us.

import { OperationError } from "../error.ts";
import { createSigner, type Sign } from "./signing.ts";

/** A receiver as configured. */
export interface EndpointConfig {
  /** https, or http on a loopback address. */
  readonly url: string;
  /** The Standard Webhooks secret shared with it, with or without `whsec_`. */
  readonly secret: string;
}

/** A receiver that may be sent to. */
export interface Endpoint {
  readonly name: string;
  readonly url: URL;
  readonly sign: Sign;
}

const LOOPBACK_V4 = /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/;

/** Checks a receiver. Throws OperationError `invalid_input`; messages show at most protocol and host, for a path may hold a secret. */
export function parseEndpoint(name: string, config: EndpointConfig): Endpoint {
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
  if (url.protocol !== "https:" && !(url.protocol === "http:" && isLoopback(url.hostname))) {
    throw new OperationError("invalid_input", `${where}: ${url.protocol}//${url.host} is neither https nor http on loopback`, {
      advice: "Use https; http is for receivers on this machine (localhost, 127.0.0.1, [::1]).",
    });
  }
  return { name, url, sign: createSigner(config.secret, where) };
}

/** Host names as the URL parser spells them. */
function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || LOOPBACK_V4.test(hostname);
}
