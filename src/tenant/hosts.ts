// Which addresses may receive the token: https anywhere, http on loopback only, and no address with credentials or a query.

import { isLoopback } from "../kernel/index.ts";
import { TenantError } from "./errors.ts";

/** A configured base address, and a path before every operation's path (mostly empty). */
export interface HostAddress {
  readonly origin: string;
  readonly prefix: string;
}

/**
 * Checks and splits a configured address; trailing slashes are dropped.
 * @param where its place in the configuration, for messages
 * @throws TenantError `invalid_config` when it is not an address, `host_not_allowed` when the token must not be sent there
 */
export function parseHost(text: string, where: string): HostAddress {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw new TenantError("invalid_config", `${where}: not an address; give one such as https://api.example.com`);
  }
  if (url.username !== "" || url.password !== "") {
    throw new TenantError("host_not_allowed", `${where}: an address must not carry credentials`, {
      advice: "Put them under credentials.clientId and credentials.clientSecret.",
    });
  }
  if (url.protocol !== "https:" && !(url.protocol === "http:" && isLoopback(url.hostname))) {
    throw new TenantError(
      "host_not_allowed",
      `${where}: ${url.protocol}//${url.host} is not allowed: https only, http on loopback only`,
      {
        advice: "Use the tenant's https address; with http the token could be read on the way.",
      },
    );
  }
  if (url.search !== "" || url.hash !== "") {
    throw new TenantError("invalid_config", `${where}: an address must not carry a query or a fragment`);
  }
  return { origin: url.origin, prefix: url.pathname.replace(/\/+$/, "") };
}
