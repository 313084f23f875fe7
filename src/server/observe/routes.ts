// /metrics, /livez, /readyz. Health is open to all and says little; metrics are for this machine, or for who has their token.

import { getConnInfo } from "@hono/node-server/conninfo";
import { type Context, Hono } from "hono";
import type { Registry } from "prom-client";
import { secretCheck } from "../inbound/secret.ts";
import type { Readiness } from "./readiness.ts";

const METRICS_PATH = "/metrics";
const LIVE_PATH = "/livez";
const READY_PATH = "/readyz";

export interface ObserveRoutesOptions {
  readonly registry: Registry;
  readonly readiness: Pick<Readiness, "check">;
  /** Brings the registry's gauges up to date. */
  readonly refresh: () => Promise<void>;
  /** Who carries it as a bearer token may read the metrics from anywhere. Without one only this machine may. */
  readonly metricsToken?: string | undefined;
}

const LOOPBACK = /^(?:::1|(?:::ffff:)?127(?:\.\d{1,3}){3})$/;

/** The three addresses as an app of their own, to be mounted at the root. */
export function observeRoutes({ registry, readiness, refresh, metricsToken }: ObserveRoutesOptions): Hono {
  const app = new Hono();
  const hasToken = secretCheck("x-metrics-token", metricsToken === undefined ? [] : [metricsToken]);
  app.get(LIVE_PATH, (c) => c.json({ alive: true }, 200, NO_STORE));
  app.get(READY_PATH, async (c) => {
    const answer = await readiness.check();
    return c.json(answer, answer.ready ? 200 : 503, NO_STORE);
  });
  app.get(METRICS_PATH, async (c) => {
    const here = metricsToken === undefined && LOOPBACK.test(addressOf(c));
    if (!here && !hasToken(c.req.raw.headers))
      return c.json(
        { type: "about:blank", status: 401, code: "unauthorized", detail: "metrics need their token" },
        401,
        CHALLENGE,
      );
    await refresh();
    return c.body(await registry.metrics(), 200, { "content-type": registry.contentType, ...NO_STORE });
  });
  return app;
}

/** Empty when the request came over no socket. */
function addressOf(c: Context): string {
  try {
    return getConnInfo(c).remote.address ?? "";
  } catch {
    return "";
  }
}

const NO_STORE = { "cache-control": "no-store" };
const CHALLENGE = { "content-type": "application/problem+json", "www-authenticate": "Bearer" };
