// The proxy of the network that outdial runs in, as the environment names it: HTTPS_PROXY and NO_PROXY, as curl and others read them.

import type { EgressProxy } from "../tenant/port.ts";
import { ConfigError } from "./config-error.ts";

type Environment = Readonly<Record<string, string | undefined>>;

const NAMES = ["https_proxy", "HTTPS_PROXY"] as const;

/** Undefined where none is named. Throws ConfigError for what is no address of a proxy; a password in it is not shown. */
export function proxyOf(environment: Environment): EgressProxy | undefined {
  const [name] = NAMES.filter((one) => (environment[one] ?? "").trim() !== "");
  if (name === undefined) return undefined;
  const given = (environment[name] ?? "").trim();
  // Many write host:port alone.
  const text = given.includes("://") ? given : `http://${given}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || (url.protocol !== "http:" && url.protocol !== "https:") || url.hostname === "")
    throw new ConfigError(
      `${name} is not the address of a proxy that outdial can use`,
      "It has the form http://HOST:8080 or http://USER:PASSWORD@HOST:8080; characters such as @, / and # of a password are written as %40, %2F and %23.",
    );
  return { url: url.href, except: environment["no_proxy"] ?? environment["NO_PROXY"] ?? "" };
}

/** The proxy for people: without user and password. */
export const proxyText = ({ url }: EgressProxy): string => new URL(url).origin;

/** Lets this process's `fetch` go through the proxy, too. For a program of its own: a host of the library has its own way out. */
export async function fetchThroughProxy(environment: Environment): Promise<void> {
  let proxy: EgressProxy | undefined;
  try {
    proxy = proxyOf(environment);
  } catch {
    // Whatever needs it says so.
    return;
  }
  if (proxy === undefined) return;
  const { EnvHttpProxyAgent, setGlobalDispatcher } = await import("undici");
  const noProxy = `${proxy.except},localhost,127.0.0.1,::1`;
  setGlobalDispatcher(new EnvHttpProxyAgent({ httpsProxy: proxy.url, httpProxy: "", noProxy }));
}
