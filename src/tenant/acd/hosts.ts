// Which addresses of the ACD API may receive a token: the vendor's own domains over https, and loopback for a sandbox. The API's
// host comes from discovery, so it is checked like a configured one.

import { VENDOR_DOMAINS } from "../../contract/acd/index.ts";
import { isLoopback } from "../../kernel/index.ts";
import { TenantError } from "../errors.ts";
import { type HostAddress, parseHost } from "../hosts.ts";

/**
 * Checks and splits an address.
 * @param where the place it comes from, for messages
 * @throws TenantError `invalid_config` when it is not an address, `host_not_allowed` when the token must not be sent there
 */
export function parseVendorHost(text: string, where: string): HostAddress {
  const address = parseHost(text, where);
  const { hostname } = new URL(address.origin);
  const own = VENDOR_DOMAINS.some((domain) => hostname === domain || hostname.endsWith(`.${domain}`));
  if (own || isLoopback(hostname)) return address;
  throw new TenantError("host_not_allowed", `${where}: ${hostname} is not an address of the vendor`, {
    advice: `Allowed are https addresses in ${VENDOR_DOMAINS.join(", ")}, and loopback for a sandbox.`,
  });
}

/** The same for an address that a tenant gave: an address on this machine is accepted only from a tenant on this machine. */
export function parseGivenHost(text: string, where: string, by: HostAddress): HostAddress {
  const address = parseVendorHost(text, where);
  if (isLoopback(new URL(address.origin).hostname) && !isLoopback(new URL(by.origin).hostname))
    throw new TenantError("host_not_allowed", `${where}: a tenant elsewhere names an address on this machine, ${address.origin}`);
  return address;
}
