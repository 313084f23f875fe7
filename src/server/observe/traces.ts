// OpenTelemetry traces, through its API only: without an SDK in the process nothing is recorded and nothing costs time.

import { type Span, SpanKind, SpanStatusCode, type Tracer } from "@opentelemetry/api";
import type { VendorHooks } from "./vendor-hooks.ts";

/** A span for each attempt at the vendor (names and attributes by the HTTP conventions); its correlation id links it to the vendor's logs. */
export function vendorSpans(tracer: Tracer): VendorHooks {
  const open = new Map<string, Span>();
  const key = (event: { correlationId: string; attempt: number }) => `${event.correlationId} ${event.attempt}`;
  return {
    onRequest(event) {
      const { operationId, method, host, correlationId, attempt } = event;
      const attributes = {
        "http.request.method": method,
        "server.address": host,
        "http.request.resend_count": attempt - 1,
        "outdial.operation": operationId,
        "outdial.correlation_id": correlationId,
      };
      open.set(key(event), tracer.startSpan(`vendor ${operationId}`, { kind: SpanKind.CLIENT, attributes }));
    },
    onResponse(event) {
      const span = open.get(key(event));
      if (span === undefined) return;
      open.delete(key(event));
      const { status, error } = event;
      if (status !== undefined) span.setAttribute("http.response.status_code", status);
      if (status === undefined || status >= 400)
        span.setStatus({ code: SpanStatusCode.ERROR, message: error ?? `status ${status}` });
      span.end();
    },
  };
}

/** A span for a request of the service that was answered. */
export function requestSpan(
  tracer: Tracer,
  request: { route: string; method: string; status: number; ms: number },
  now: number,
): void {
  const { route, method, status, ms } = request;
  const attributes = { "http.request.method": method, "http.route": route, "http.response.status_code": status };
  const span = tracer.startSpan(`${method} ${route}`, { kind: SpanKind.SERVER, attributes, startTime: now - ms });
  if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
  span.end(now);
}
