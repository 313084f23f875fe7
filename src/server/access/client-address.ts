// Where a request comes from: the other end of the socket, or the address that the operator's own proxies report.

import { isIP } from "node:net";

/** The proxies before the service. A header that they do not write themselves could hold whatever a caller likes, so there is no default. */
export interface ProxyTrust {
  /** Name of the header into which each proxy adds the address that it was asked from: a list with commas, the latest last. */
  readonly header: string;
  /** How many proxies add to it. */
  readonly hops: number;
}

/**
 * The caller's address. Of the header only the entry written by the outermost trusted proxy counts; entries before it came from
 * the caller. A header that is missing, too short or has no address in that place is ignored.
 */
export function clientAddress(peer: string | undefined, headers: Headers, proxy: ProxyTrust | undefined): string {
  const direct = peer ?? "unknown";
  if (proxy === undefined) return direct;
  const said = (headers.get(proxy.header) ?? "").split(",").at(-proxy.hops)?.trim() ?? "";
  // Some proxies write the port as well: 192.0.2.1:4711, [2001:db8::1]:4711.
  const address = isIP(said) > 0 ? said : said.replace(/^\[([^\]]*)\](:\d+)?$/, "$1").replace(/^([\d.]+):\d+$/, "$1");
  return isIP(address) > 0 ? address : direct;
}
