// The proxy of the network in which outdial runs, from the environment: HTTPS_PROXY and NO_PROXY, as curl and other programs read
// them.

import type { EgressProxy } from "../tenant/port.ts";
import { ConfigError } from "./config-error.ts";

type Environment = Readonly<Record<string, string | undefined>>;

const NAMES = ["https_proxy", "HTTPS_PROXY"] as const;

/**
 * Undefined when no proxy is set. Throws ConfigError for a text that is not the address of a proxy; a password in it is not
 * shown.
 */
export function proxyOf(environment: Environment): EgressProxy | undefined {
  const [name] = NAMES.filter((one) => (environment[one] ?? "").trim() !== "");
  if (name === undefined) return undefined;
  const given = (environment[name] ?? "").trim();
  // Many people write only host:port.
  const text = given.includes("://") ? given : `http://${given}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (
    url === undefined ||
    (url.protocol !== "http:" && url.protocol !== "https:") ||
    url.hostname === "" ||
    !isEncoded(url.username) ||
    !isEncoded(url.password)
  )
    throw new ConfigError(
      `${name} is not the address of a proxy that outdial can use`,
      "It has the form http://HOST:8080 or http://USER:PASSWORD@HOST:8080; characters such as @, /, # and % of a password are written as %40, %2F, %23 and %25.",
    );
  return { url: url.href, except: environment["no_proxy"] ?? environment["NO_PROXY"] ?? "" };
}

function isEncoded(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

/** The proxy for display: without user and password. */
export const proxyText = ({ url }: EgressProxy): string => new URL(url).origin;

/**
 * Makes this process's `fetch` use the proxy, too. For outdial's own program: a program that uses the library decides that
 * itself.
 */
export async function fetchThroughProxy(environment: Environment): Promise<void> {
  let proxy: EgressProxy | undefined;
  try {
    proxy = proxyOf(environment);
  } catch {
    // The part that needs the proxy reports the error.
    return;
  }
  if (proxy === undefined) return;
  const { EnvHttpProxyAgent, setGlobalDispatcher } = await import("undici");
  const noProxy = `${proxy.except},localhost,127.0.0.1,::1`;
  setGlobalDispatcher(new EnvHttpProxyAgent({ httpsProxy: proxy.url, httpProxy: "", noProxy }));
}
