// Whatever a tenant answers, a call ends, and ends in a value or a TenantError.

import fc from "fast-check";
import { expect, it } from "vitest";
import { collect } from "../../test/support/collect.ts";
import { scaled } from "../../test/support/scale.ts";
import { createTestClock } from "../../test/support/test-clock.ts";
import { OPERATION_IDS, operationOf } from "../contract/index.ts";
import { createTenant, fetchTransport, type Tenant, TenantError, TransportFailure } from "./index.ts";

const RUNS = scaled(10_000, 400);

const BODIES: Readonly<Record<string, unknown>> = {
  assignDisposition: { dispositionCodeId: "D", notes: "" },
  patchInteraction: {
    dispositions: [{ code: "101", description: "", agent_id: "a", timestamp: "2026-01-01T00:00:00Z", source: "api" }],
  },
  updateCampaign: { status: "paused" },
  runSimulator: { durationMinutes: 5 },
};
const FUZZED = OPERATION_IDS.filter((id) => operationOf(id).request === undefined || id in BODIES);

const deep = (open: string, close: string) =>
  fc.constantFrom(100, 5_000, 50_000).map((depth) => open.repeat(depth) + close.repeat(depth));
const SAMPLES = [
  '{"id":"c","status":"completed","disposition":{"dispositionCodeId":"D","notes":null}}',
  '{"calls":[{"id":"a"}],"nextPageToken":"t"}',
  '{"contacts":[{"id":"a"}],"page":1,"pageSize":100,"total":1e308}',
  '{"dispositions":[{"code":"101"}],"versionTag":"v"}',
  '{"results":[{"efficiency":1}],"nextPageToken":""}',
];
const json = fc
  .oneof(
    fc.jsonValue(),
    fc.record({ calls: fc.jsonValue(), nextPageToken: fc.jsonValue(), contacts: fc.jsonValue(), total: fc.double() }),
  )
  .map((value) => JSON.stringify(value));
const mutated = fc
  .tuple(fc.constantFrom(...SAMPLES), fc.nat(200), fc.nat(20), fc.string({ maxLength: 10 }))
  .map(([text, at, length, insert]) => text.slice(0, at) + insert + text.slice(at + length));
const text = fc.oneof(
  fc.constantFrom(
    ...SAMPLES,
    "",
    "null",
    "0",
    '"',
    "<html><body>",
    "<".repeat(5000),
    "\ufeff{}",
    '{"__proto__":{"x":1}}',
    '{"id":1e999999,"status":-0}',
  ),
  mutated,
  json,
  fc.string({ unit: "binary", maxLength: 300 }),
  deep("[", "]"),
  deep('{"a":', "}"),
  deep('{"calls":[', "]}"),
);
const status = fc.oneof(
  fc.constantFrom(200, 200, 200, 201, 202, 204, 301, 304, 400, 401, 403, 404, 409, 412, 422, 428, 429, 500, 502, 503, 504),
  fc.integer({ min: 200, max: 599 }),
);
const retryAfter = fc.oneof(
  fc.constantFrom(
    "0",
    "1",
    "-1",
    "1e99",
    "999999999999",
    "NaN",
    "",
    "Thu, 01 Jan 1970 00:00:00 GMT",
    "Fri, 31 Dec 9999 23:59:59 GMT",
    "3, 4",
  ),
  fc.string({ maxLength: 20 }).map((word) => encodeURIComponent(word)),
);
const reply = fc.record({
  status,
  text,
  headers: fc.record(
    {
      "retry-after": retryAfter,
      etag: fc.constantFrom('W/"1"', "", "x".repeat(5000)),
      "content-type": fc.constantFrom("application/json", "text/html", "x"),
      "x-correlation-id": fc.constantFrom("a", "x".repeat(5000)),
      date: fc.constantFrom("never", "Thu, 01 Jan 1970 00:00:00 GMT"),
    },
    { requiredKeys: [] },
  ),
  cut: fc.boolean(),
});
type Reply = typeof reply extends fc.Arbitrary<infer R> ? R : never;

function respond({ status: code, text: body, headers, cut }: Reply): Response {
  const empty = code === 204 || code === 205 || code === 304;
  const bytes = new TextEncoder().encode(body);
  const stream = new ReadableStream<Uint8Array>({
    start: (controller) => {
      controller.enqueue(cut ? bytes.subarray(0, bytes.length >> 1) : bytes);
      if (cut) controller.error(new TypeError("terminated"));
      else controller.close();
    },
  });
  return new Response(empty ? null : stream, { status: code, headers: headers as Record<string, string> });
}

function scripted(replies: readonly Reply[], tokenReply: Reply | undefined): Tenant {
  let index = 0;
  const transport = fetchTransport(async (request) => {
    if (request.url.endsWith("/oauth/token")) {
      return tokenReply === undefined ? Response.json({ access_token: "token-secret", expires_in: 3600 }) : respond(tokenReply);
    }
    index += 1;
    if (index > 200) throw new Error("it never ends");
    return respond(replies[(index - 1) % replies.length] as Reply);
  });
  return createTenant(
    { hosts: "https://tenant.example", token: { auth: "basic" }, credentials: { clientId: "c", clientSecret: "client-secret" } },
    { transport, clock: createTestClock() },
  );
}

it("a call ends in a value or a TenantError, whatever the replies", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...FUZZED),
      fc.array(reply, { minLength: 1, maxLength: 4 }),
      fc.option(reply, { nil: undefined, freq: 10 }),
      async (id, replies, tokenReply) => {
        const tenant = scripted(replies, tokenReply);
        const operation = operationOf(id);
        const names = [...operation.path.matchAll(/\{(\w+)\}/g)].map((match) => [match[1], "some id"]);
        const input = {
          path: Object.fromEntries(names),
          body: BODIES[id],
          ...(operation.lock?.required === true && operation.retry !== "safe" && { ifMatch: "tag" }),
        };
        try {
          const result = await tenant.request(id, input as never);
          expect(result.attempts.length).toBeGreaterThan(0);
          JSON.stringify(result.attempts);
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(TenantError);
          if (!(thrown instanceof TenantError)) return;
          expect(thrown.message + thrown.vendorMessage).not.toMatch(/token-secret|client-secret/);
          expect(thrown.message.length).toBeLessThan(3000);
          if (operation.retry === "safe") expect(thrown.outcomeUnknown).toBe(false);
          // A refusal is an answer: nothing is left open by it.
          if (thrown.code === "refused" || thrown.code === "not_found") expect(thrown.outcomeUnknown).toBe(false);
        } finally {
          await tenant.close();
        }
      },
    ),
    { numRuns: RUNS },
  );
}, 900_000);

it("an iteration over a list ends, whatever the pages", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom("calls", "contacts", "auditLogs"),
      fc.array(reply, { minLength: 1, maxLength: 6 }),
      async (which, replies) => {
        const tenant = scripted(
          replies.map((each) => ({ ...each, status: 200 })),
          undefined,
        );
        const list =
          which === "calls" ? tenant.calls.list({}) : which === "contacts" ? tenant.contacts.list("l") : tenant.auditLogs.list();
        try {
          await collect<unknown>(list);
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(TenantError);
          expect(thrown instanceof TenantError && thrown.message).not.toContain("it never ends");
        } finally {
          await tenant.close();
        }
      },
    ),
    { numRuns: Math.ceil(RUNS / 3) },
  );
}, 900_000);

it("an assignment is an outcome or a TenantError, also when the transport breaks its word", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom<unknown>(new Error("x"), "text", undefined, new TransportFailure("aborted", false, "a")),
      async (thrown) => {
        const tenant = createTenant(
          {
            hosts: "https://tenant.example",
            token: { auth: "basic" },
            credentials: { clientId: "c", clientSecret: "client-secret" },
          },
          {
            clock: createTestClock(),
            transport: (request) =>
              request.path === "/oauth/token"
                ? Promise.resolve({ status: 200, headers: {}, body: '{"access_token":"token-secret"}' })
                : Promise.reject(thrown),
          },
        );
        const outcome = await tenant.capabilities.dispositionWriter.assign("c", { dispositionCodeId: "D", notes: "" });
        expect(["unknown", "failed"]).toContain(outcome.result);
      },
    ),
    { numRuns: 10 },
  );
});
