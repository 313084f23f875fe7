// The way to hosts of the internet: directly, or through the proxy of the network that outdial runs in. Only https goes through a proxy, in a tunnel
// (CONNECT), so that it sees neither token nor body; this machine is always reached directly.

import type { Dispatcher, EnvHttpProxyAgent, Pool } from "undici";
import { isLoopback } from "../kernel/index.ts";

/** A proxy that opens tunnels. */
export interface EgressProxy {
  /** http or https. A user and a password in it are sent to the proxy alone: not to be shown. */
  readonly url: string;
  /** Hosts that are reached without it, as in NO_PROXY: names with all below them, `*.example.com`, `host:8443`, `*`; separated by commas. */
  readonly except: string;
}

/** How connections to one origin are made. `connect.timeout` in ms holds for the tunnel, too. */
interface ConnectionOptions extends Omit<Pool.Options, "connect"> {
  readonly connect: { readonly timeout: number; readonly lookup?: unknown };
}

/** The parts of undici that make connections: who loads it late hands them in. */
export interface Connectors {
  readonly Pool: typeof Pool;
  readonly EnvHttpProxyAgent: typeof EnvHttpProxyAgent;
}

/** OpenSSL's words for an answer that is none of TLS. */
const NO_TLS = /wrong version number|packet length too long|unexpected message|http request/;
const REFUSED = /^Proxy response \((\d+)\)/;

/** What a failed connection says, with plain words for a proxy that opens no tunnel, for a server without TLS, and for one that says nothing. */
export function connectionWords(message: string): string {
  if (message.includes("SSL routines") && NO_TLS.test(message)) return "what answers there does not speak TLS";
  if (message === "Headers Timeout Error") return "it took the request and said nothing in time";
  const status = REFUSED.exec(message)?.[1];
  if (status === undefined) return message;
  const why =
    status === "407"
      ? ": it wants a user and a password in HTTPS_PROXY, or others than are there"
      : " and opens no way to the host";
  return `the proxy answered ${status}${why}`;
}

/** Whether an origin is one that a proxy may stand before. */
const mayUseProxy = ({ protocol, hostname }: Pick<URL, "protocol" | "hostname">): boolean =>
  protocol === "https:" && !isLoopback(hostname);

/**
 * Keep-alive connections to one origin; requests name the origin all the same.
 * Through a proxy the names of hosts are resolved by the proxy: `connect.lookup` is not asked.
 * @param onProxy told whenever a connection to the proxy was made or failed, with its address without user and password
 */
export function connectionsTo(
  { Pool: Direct, EnvHttpProxyAgent: Proxied }: Connectors,
  origin: string,
  options: ConnectionOptions,
  proxy: EgressProxy | undefined,
  onProxy: (address: string) => void = () => undefined,
): Dispatcher {
  if (proxy === undefined || !mayUseProxy(new URL(origin))) return new Direct(origin, options);
  const { timeout } = options.connect;
  return new Proxied({
    ...options,
    connectTimeout: timeout,
    // One that takes the connection and says nothing must not be waited for longer than a host.
    clientFactory: (url, given) => {
      const used = () => onProxy(url.origin);
      return new Direct(url, { ...given, headersTimeout: timeout }).on("connect", used).on("connectionError", used);
    },
    httpsProxy: proxy.url,
    httpProxy: "",
    noProxy: proxy.except,
  });
}
