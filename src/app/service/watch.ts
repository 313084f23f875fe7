// Observing the service, and receiving the vendor's events: created before the workplace, because the workplace's tenant and
// deliveries are counted here.

import { trace } from "@opentelemetry/api";
import { type CampaignMetrics, heldAt } from "../../operations/index.ts";
import {
  allHooks,
  type InboundRoutesOptions,
  inboundRoutes,
  listen,
  metricsRoutes,
  observeRoutes,
  Readiness,
  requestSpan,
  type ServerPorts,
  type ServiceLogger,
  ServiceMetrics,
  serviceFigures,
  vendorSpans,
} from "../../server/index.ts";
import { systemClock, type TenantHooks } from "../../tenant/index.ts";
import { type Environment, secretFrom } from "../environment.ts";
import { createInbound } from "../inbound.ts";
import { allOf } from "../receivers.ts";
import type { Workplace } from "../workplace.ts";

export interface Watch {
  readonly metrics: ServiceMetrics;
  /** Hooks for the tenant. */
  readonly hooks: TenantHooks;
  /** Hook for the server. */
  readonly onRequest: NonNullable<ServerPorts["onRequest"]>;
  /** The addresses that authenticate their callers themselves. Starts the processing of the vendor's events; `stack` ends it. */
  open(
    stack: AsyncDisposableStack,
    workplace: Workplace,
    ports: {
      readonly metrics: Pick<CampaignMetrics, "recordPushed">;
      readonly readers: () => number;
      /** Secrets of the vendor's events, as they are now. */
      readonly secrets: InboundRoutesOptions["secrets"];
    },
  ): Promise<{
    readonly parts: NonNullable<ServerPorts["parts"]>;
    readonly readiness: Readiness;
    /** Address of the metrics, when they have a port of their own; `stack` closes it. */
    readonly metricsUrl: string | undefined;
  }>;
}

/** @param logger logs the attempts at the vendor; without one they are only counted */
export function watchService(environment: Environment, logger?: Pick<ServiceLogger, "log" | "vendorHooks">): Watch {
  const metrics = new ServiceMetrics();
  const tracer = trace.getTracer("outdial");
  const watchers = [metrics.vendorHooks(), vendorSpans(tracer), ...(logger === undefined ? [] : [logger.vendorHooks])];
  return {
    metrics,
    hooks: allHooks(watchers),
    onRequest(request) {
      metrics.request(request);
      requestSpan(tracer, request, systemClock.now());
    },
    async open(stack, workplace, { metrics: campaigns, readers, secrets }) {
      const { store, tenant, replica } = workplace;
      const { clock } = workplace.config;
      const inbound = createInbound({
        store,
        metrics: campaigns,
        clock,
        by: replica.id,
        log: logger?.log,
        onProcessed: (processed) => metrics.inboundProcessed(processed),
      });
      stack.defer(() => inbound.stop());
      inbound.start();
      const readiness = new Readiness({
        store,
        replica: replica.id,
        clock,
        token: async () => ({
          isRefused: replica.refusal() !== null,
          leavesWork: await replica.leavesWork(workplace.scope),
        }),
      });
      const { intake } = inbound;
      const webhooks = inboundRoutes({ intake, secrets, clock, onAnswer: (answer) => metrics.inboundAnswer(answer) });
      const refresh = serviceFigures(metrics, {
        store,
        budgets: () => tenant.limits(),
        readers,
        clock,
        held: () => heldAt(allOf(workplace), clock.now()),
      });
      const metricsToken = await secretFrom(environment, "OUTDIAL_METRICS_TOKEN");
      const { publicUrl, metrics: own } = workplace.config.file.service ?? {};
      const shared = { registry: metrics.registry, refresh, metricsToken, publicUrl };
      const health = observeRoutes({ ...shared, readiness, metricsElsewhere: own !== undefined });
      let metricsUrl: string | undefined;
      if (own !== undefined) {
        const app = metricsRoutes(shared);
        const serve = async (request: Request, env: object) => await app.fetch(request, env);
        const listening = await listen(serve, { host: own.host ?? "127.0.0.1", port: own.port });
        stack.defer(() => listening.stop(0));
        metricsUrl = listening.url;
      }
      return { parts: [webhooks, health], readiness, metricsUrl };
    },
  };
}
