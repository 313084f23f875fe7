// /metrics, /livez, /readyz. Health is open to all and says little; metrics are for this machine, for clients with the metrics
// token, or on a port of their own.

import { getConnInfo } from "@hono/node-server/conninfo";
import { type Context, Hono } from "hono";
import type { Registry } from "prom-client";
import { isOurs } from "../access/cross-site.ts";
import { secretCheck } from "../inbound/secret.ts";
import type { Readiness } from "./readiness.ts";

const METRICS_PATH = "/metrics";
const LIVE_PATH = "/livez";
const READY_PATH = "/readyz";

interface ObserveRoutesOptions {
  readonly registry: Registry;
  readonly readiness: Pick<Readiness, "check">;
  /** Updates the registry's gauges. */
  readonly refresh: () => Promise<void>;
  /** A client that sends it as a bearer token may read the metrics from anywhere. When it is not set, only this machine may. */
  readonly metricsToken?: string | undefined;
  /** Metrics have a port of their own and are not served here. */
  readonly metricsElsewhere?: boolean | undefined;
  /** The public address, when a proxy is in front of the service. */
  readonly publicUrl?: string | undefined;
}

const LOOPBACK = /^(?:::1|(?:::ffff:)?127(?:\.\d{1,3}){3})$/;

/** The three addresses as a separate app, to be mounted at the root. */
export function observeRoutes(options: ObserveRoutesOptions): Hono {
  const { readiness, metricsToken, metricsElsewhere = false, publicUrl } = options;
  const app = new Hono();
  const hasToken = hasMetricsToken(metricsToken);
  app.get(LIVE_PATH, (c) => c.json({ alive: true }, 200, NO_STORE));
  app.get(READY_PATH, async (c) => {
    const answer = await readiness.check();
    return c.json(answer, answer.ready ? 200 : 503, NO_STORE);
  });
  if (metricsElsewhere) return app;
  app.get(METRICS_PATH, async (c) => {
    // A page from elsewhere may have pointed its own name to this machine, so the host is checked; a request with the token does
    // not come from a page.
    const here = metricsToken === undefined && LOOPBACK.test(addressOf(c)) && isOurs(c.req.header("host") ?? "", publicUrl);
    return here || hasToken(c.req.raw.headers) ? metrics(c, options) : c.json(REFUSED, 401, CHALLENGE);
  });
  return app;
}

/**
 * The metrics as an app for a port of their own: every client that reaches it may read them, or, when there is a token, clients
 * that have it.
 */
export function metricsRoutes(options: Pick<ObserveRoutesOptions, "registry" | "refresh" | "metricsToken" | "publicUrl">): Hono {
  const { metricsToken, publicUrl } = options;
  const app = new Hono();
  const hasToken = hasMetricsToken(metricsToken);
  app.get(METRICS_PATH, async (c) => {
    const may = metricsToken === undefined ? isOurs(c.req.header("host") ?? "", publicUrl) : hasToken(c.req.raw.headers);
    return may ? metrics(c, options) : c.json(REFUSED, 401, CHALLENGE);
  });
  return app;
}

async function metrics(c: Context, { registry, refresh }: Pick<ObserveRoutesOptions, "registry" | "refresh">): Promise<Response> {
  await refresh();
  return c.body(await registry.metrics(), 200, { "content-type": registry.contentType, ...NO_STORE });
}

const hasMetricsToken = (token: string | undefined) => secretCheck("x-metrics-token", token === undefined ? [] : [token]);

/** Empty when the request did not come over a socket. */
function addressOf(c: Context): string {
  try {
    return getConnInfo(c).remote.address ?? "";
  } catch {
    return "";
  }
}

const REFUSED = { type: "about:blank", status: 401, code: "unauthorized", detail: "metrics need their token" };
const NO_STORE = { "cache-control": "no-store" };
const CHALLENGE = { "content-type": "application/problem+json", "www-authenticate": "Bearer" };
