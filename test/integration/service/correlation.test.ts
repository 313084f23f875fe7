// One id from the caller through request, job, audit and log to the vendor.

import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type StartedService, startService } from "../../support/service.ts";

let at: StartedService;
beforeAll(async () => {
  at = await startService();
});
afterAll(() => at[Symbol.asyncDispose]());

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const traceparent = `00-${TRACE}-00f067aa0ba902b7-01`;
/** What the vendor was sent as X-Correlation-Id on behalf of the trace, in order. */
const seen = () => at.sandbox.control.requests({}).filter(({ headers }) => headers["x-correlation-id"]?.startsWith(`${TRACE}.`));

test("the calls that a request makes, and those of the job behind it, carry the caller's trace", async () => {
  const shown = await at.ask("/api/v1/dialer?fresh=true", { headers: { traceparent } });
  expect(shown.headers.get("x-request-id")).toBe(TRACE);
  expect(seen().map(({ path }) => path)).toEqual([expect.stringContaining("settings")]);

  const before = seen().length;
  const body = (await readFile("examples/calls.csv", "utf8")).split("\n").slice(0, 41).join("\n");
  const submitted = await at.ask("/api/v1/campaigns/camp_primary_001/tags?name=calls.csv", {
    method: "POST",
    headers: { "content-type": "text/csv", traceparent },
    body,
  });
  const { job } = (await submitted.json()) as { job: { id: string } };
  const ended = await at.ended(job.id);
  expect(ended).toMatchObject({ requestId: TRACE, done: 40 });
  const calls = seen().slice(before);
  expect(calls.length).toBeGreaterThan(30);
  expect(new Set(calls.map(({ headers }) => headers["x-correlation-id"])).size).toBe(calls.length);

  const audit = await at.service.store.audit.list({ job: job.id, limit: 1000 });
  expect(audit.find(({ action }) => action === "api.tags.submit")).toMatchObject({ job: job.id, details: { requestId: TRACE } });
});

test("what the vendor refuses says under which id its logs have it", async () => {
  const response = await at.ask("/api/v1/campaigns/nowhere?fresh=true", { headers: { traceparent } });
  const problem = (await response.json()) as { correlationId: string };
  expect(problem).toMatchObject({ status: 404, requestId: TRACE });
  expect(problem.correlationId).toMatch(new RegExp(`^${TRACE}\\.od_`));
  expect(seen().map(({ correlationId }) => correlationId)).toContain(problem.correlationId);
});
