// Every metric of the service, by name: those counted as things happen, and those read on request. docs/observability.md lists
// them.

import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { DeliveryAttempt, EndedItem, InboundProcessed } from "../../operations/index.ts";
import type { InboundAnswer } from "../inbound/index.ts";
import type { VendorHooks } from "./vendor-hooks.ts";

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const QUEUE_SECONDS = [0.01, 0.05, 0.25, 1, 5, 15, 60, 300, 1800];
/** A label must not take any value that a sender chooses: types other than the documented ones are counted together. */
const KNOWN_TYPES: ReadonlySet<string> = new Set([
  "omnichannel.campaign.metrics.update",
  "omnichannel.campaign.state.change",
  "dialer.settings.updated",
  "dialer.campaign.activated",
]);

/** The metrics of one service. */
export class ServiceMetrics {
  readonly registry = new Registry();
  readonly #vendorSeconds: Histogram<"operation">;
  readonly #vendorResults: Counter<"operation" | "result">;
  readonly #retries: Counter<"operation" | "because">;
  readonly #limited: Counter<"family" | "lane">;
  readonly #tokens: Counter<"outcome">;
  readonly #httpSeconds: Histogram<"route" | "method" | "status">;
  readonly #inbound: Counter<"channel" | "result">;
  readonly #processed: Counter<"channel" | "type" | "outcome">;
  readonly #queued: Histogram<"channel">;
  readonly #items: Counter<"kind" | "result">;
  readonly #itemErrors: Counter<"kind" | "error">;
  readonly #itemSeconds: Histogram<"kind">;
  readonly #attempts: Counter<"receiver" | "outcome">;
  readonly #attemptSeconds: Histogram<"receiver">;

  /** @param process whether figures of the process itself (memory, event loop) are collected; true by default */
  constructor(options: { readonly process?: boolean } = {}) {
    const registers = [this.registry];
    const counter = <Label extends string>(name: string, help: string, labelNames: readonly Label[]) =>
      new Counter({ name: `outdial_${name}`, help, labelNames, registers });
    const histogram = <Label extends string>(name: string, help: string, labelNames: readonly Label[], buckets = SECONDS) =>
      new Histogram({ name: `outdial_${name}`, help, labelNames, buckets, registers });
    this.#vendorSeconds = histogram("vendor_request_seconds", "Time to a reply of the vendor, one attempt", ["operation"]);
    this.#vendorResults = counter("vendor_requests_total", "Attempts by their HTTP status, or why there was none", [
      "operation",
      "result",
    ]);
    this.#retries = counter("vendor_retries_total", "Repetitions of a call, and what they repeat", ["operation", "because"]);
    this.#limited = counter("vendor_rate_limited_total", "Replies 429 of the vendor", ["family", "lane"]);
    this.#tokens = counter("vendor_tokens_total", "Access tokens fetched, failed and dropped", ["outcome"]);
    this.#httpSeconds = histogram("http_request_seconds", "Time to answer a request of the service", [
      "route",
      "method",
      "status",
    ]);
    this.#inbound = counter("inbound_deliveries_total", "Deliveries of the vendor by how they were answered", [
      "channel",
      "result",
    ]);
    this.#processed = counter("inbound_processed_total", "Events of the vendor by what became of them", [
      "channel",
      "type",
      "outcome",
    ]);
    this.#queued = histogram(
      "inbound_queue_seconds",
      "Time from the receipt of an event to the end of its processing",
      ["channel"],
      QUEUE_SECONDS,
    );
    this.#items = counter("items_total", "Rows of jobs by their result", ["kind", "result"]);
    this.#itemErrors = counter("item_errors_total", "Rows that broke a rule, or that the tenant did not take otherwise", [
      "kind",
      "error",
    ]);
    this.#itemSeconds = histogram("item_seconds", "Time from the first request for a row to the last answer", ["kind"]);
    this.#attempts = counter("outbox_attempts_total", "Attempts to deliver events to receivers", ["receiver", "outcome"]);
    this.#attemptSeconds = histogram("outbox_attempt_seconds", "Time of one attempt to deliver an event", ["receiver"]);
    if (options.process !== false) collectDefaultMetrics({ register: this.registry, prefix: "outdial_" });
    // Only a counter is a total. The library's gauges of that name are sums of others that it has: of `nodejs_active_handles` and the like.
    for (const { name, type } of this.registry.getMetricsAsArray())
      if (name.endsWith("_total") && `${type}` !== "counter") this.registry.removeSingleMetric(name);
  }

  /** A gauge whose values are read on request. */
  gauge<Label extends string = never>(name: string, help: string, labelNames: readonly Label[] = []): Gauge<Label> {
    return new Gauge({ name: `outdial_${name}`, help, labelNames, registers: [this.registry] });
  }

  /** Hooks for the tenant: count what happens to each call to the vendor. */
  vendorHooks(): VendorHooks {
    return {
      onResponse: ({ operationId, status, error, latencyMs }) => {
        const result = status === undefined ? (error ?? "no_reply") : String(status);
        this.#vendorResults.inc({ operation: operationId, result });
        this.#vendorSeconds.observe({ operation: operationId }, latencyMs / 1000);
      },
      onRetry: ({ operationId, because }) => this.#retries.inc({ operation: operationId, because }),
      onRateLimited: ({ family, lane }) => this.#limited.inc({ family, lane }),
      onToken: ({ outcome }) => this.#tokens.inc({ outcome }),
    };
  }

  /** A request of the service was answered. @param route its pattern, never the path of the request */
  request({ route, method, status, ms }: { route: string; method: string; status: number; ms: number }): void {
    this.#httpSeconds.observe({ route, method, status: String(status) }, ms / 1000);
  }

  /** A delivery of the vendor was answered. */
  inboundAnswer({ channel, result }: InboundAnswer): void {
    this.#inbound.inc({ channel, result });
  }

  /** An event of the vendor was processed. */
  inboundProcessed({ channel, type, outcome, queuedMs }: InboundProcessed): void {
    this.#processed.inc({ channel, type: KNOWN_TYPES.has(type) ? type : "other", outcome });
    if (outcome !== "retry") this.#queued.observe({ channel }, queuedMs / 1000);
  }

  /** The result of a job's row is in the store. */
  itemEnded({ kind, result, error, latencyMs }: EndedItem): void {
    this.#items.inc({ kind, result });
    if (error !== undefined) this.#itemErrors.inc({ kind, error });
    if (latencyMs !== undefined) this.#itemSeconds.observe({ kind }, latencyMs / 1000);
  }

  /** An attempt to deliver an event has ended. */
  deliveryAttempt({ endpoint, outcome, latencyMs }: DeliveryAttempt): void {
    this.#attempts.inc({ receiver: endpoint, outcome });
    this.#attemptSeconds.observe({ receiver: endpoint }, latencyMs / 1000);
  }
}
