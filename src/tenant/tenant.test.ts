// The client against a small server that answers from a script: repetition, judgement, locks, limits of time and size, hooks.

import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { collect } from "../../test/support/collect.ts";
import { type Answer, type Asked, type ScriptedServer, startScriptedServer } from "../../test/support/scripted-server.ts";
import { createTestClock } from "../../test/support/test-clock.ts";
import { createTenant, type Tenant, type TenantConfig, type TenantDependencies, TenantError, withLock } from "./index.ts";

const BODY = { dispositionCodeId: "DISP_001", notes: "" };
const SETTINGS = {
  name: "Night",
  type: "predictive",
  concurrency: { max_agents: 5, max_simultaneous_calls: 10, call_spacing_ms: 100 },
  algorithm: { type: "predictive", abandonment_rate_target: 0.02, agent_availability_estimate: 0.8, dial_ratio: 2 },
} as const;

function connect(url: string, config: Partial<TenantConfig> = {}, dependencies: TenantDependencies = {}): Tenant {
  return createTenant(
    { hosts: url, token: { auth: "basic" }, credentials: { clientId: "client", clientSecret: "the-client-secret" }, ...config },
    { clock: createTestClock(), ...dependencies },
  );
}

/** Answers in turn; the last one for ever. */
function inTurn(...answers: Answer[]): (asked: Asked, index: number) => Answer {
  return (_, index) => answers[Math.min(index, answers.length - 1)] ?? {};
}

const reset: Answer = (response) => response.destroy();

async function errorOf(work: Promise<unknown>): Promise<TenantError> {
  try {
    await work;
  } catch (thrown) {
    if (thrown instanceof TenantError) return thrown;
    throw thrown;
  }
  throw new Error("it succeeded");
}

async function withServer<T>(
  api: (asked: Asked, index: number) => Answer,
  test: (server: ScriptedServer, tenant: Tenant) => Promise<T>,
  config: Partial<TenantConfig> = {},
): Promise<T> {
  await using server = await startScriptedServer({ api });
  const tenant = connect(server.url, config);
  try {
    return await test(server, tenant);
  } finally {
    await tenant.close();
  }
}

describe("a request", () => {
  it("goes out as the contract says", () =>
    withServer(
      inTurn({ json: { callId: "a/b", changed: true }, headers: { "x-correlation-id": "theirs" } }),
      async (server, tenant) => {
        const result = await tenant.request("assignDisposition", {
          path: { callId: "a/b" },
          body: { ...BODY, reasonCodeId: "REASON_002", tag: ["x"] },
        });
        expect(result).toMatchObject({
          status: 200,
          already: false,
          correlationId: "theirs",
          rateLimited: 0,
          earlierUnknown: false,
        });
        expect(result.attempts).toEqual([{ status: 200, latencyMs: expect.any(Number) }]);
        const [asked] = server.asked;
        expect(asked).toMatchObject({ method: "PUT", url: "/api/v2/outbound/calls/a%2Fb/disposition" });
        expect(JSON.parse(asked?.body ?? "")).toEqual({
          dispositionCodeId: "DISP_001",
          notes: "",
          reasonCodeId: "REASON_002",
          tag: ["x"],
        });
        expect(asked?.headers).toMatchObject({
          authorization: "Bearer token-1-secret",
          "content-type": "application/json",
          accept: "application/json",
          "x-correlation-id": expect.stringMatching(/^od_/),
        });
      },
    ));

  it("writes lists in the query as each operation wants them", () =>
    withServer(inTurn({ json: { results: [], calls: [], successRate: 0, activeCalls: 0 } }), async (server, tenant) => {
      await collect(tenant.dialer.metrics({ campaignId: "C 1", metrics: ["efficiency", "answerRate"] }));
      await collect(tenant.calls.list({ dispositionCode: ["BUSY", "CONVERTED"], startDateTime: "2026-01-01T00:00:00+01:00" }));
      await tenant.campaigns.metrics("camp_1", { windowMinutes: 30 });
      const urls = server.asked.map(({ url }) => url);
      expect(urls[0]).toContain("campaignId=C+1&metrics=efficiency&metrics=answerRate&pageSize=100");
      expect(urls[1]).toContain("startDateTime=2026-01-01T00%3A00%3A00%2B01%3A00&dispositionCode=BUSY%2CCONVERTED&limit=1000");
      expect(urls[2]).toBe("/api/v2/omnichannel/campaigns/camp_1/metrics?windowMinutes=30");
    }));

  it("is refused before sending when it breaks the contract", () =>
    withServer(inTurn({ json: {} }), async (server, tenant) => {
      const tags = Array.from({ length: 11 }, (_, index) => `t${index}`);
      const wrong = [
        tenant.calls.assignDisposition("call_1", { ...BODY, tag: tags }),
        tenant.calls.assignDisposition("", BODY),
        tenant.calls.assignDisposition("..", BODY),
        tenant.calls.assignDisposition("\ud800", BODY),
        tenant.calls.assignDisposition("call_1", { ...BODY, tags: [] } as typeof BODY),
        tenant.campaigns.metrics("c", { windowMinutes: 0 }),
        tenant.request("patchInteraction", {
          path: { id: "i" },
          body: {
            dispositions: [{ code: "101", description: "", agent_id: "a", timestamp: "2026-01-01T00:00:00Z", source: "api" }],
          },
        }),
        tenant.request("putDialerSettings", { body: SETTINGS, ifMatch: "a\r\nx: y" }),
        tenant.request("assignDisposition", { path: { callId: "c" }, body: BODY, idempotencyKey: "k" }),
      ];
      for (const error of await Promise.all(wrong.map(errorOf))) expect(error.code).toBe("invalid_request");
      expect(server.asked).toEqual([]);
      expect(server.tokenRequests).toEqual([]);
    }));

  it("names the family when no host serves it", async () => {
    const tenant = createTenant({
      hosts: { outbound: "https://outbound.example" },
      token: { auth: "form" },
      credentials: { clientId: "c", clientSecret: "s" },
    });
    const error = await errorOf(tenant.dialer.settings());
    expect(error).toMatchObject({ code: "invalid_config", operationId: "getDialerSettings" });
    expect(error.advice).toContain("hosts.dialer");
  });
});

describe("repetition", () => {
  it.each([
    ["a read", reset, "getCall"],
    ["a read", { status: 500 }, "getCall"],
    ["a read", { status: 200, text: "<html>maintenance</html>" }, "getCall"],
    ["an idempotent write", reset, "assignDisposition"],
    ["an idempotent write", { status: 503 }, "assignDisposition"],
    ["an idempotent write", { status: 200, text: '{"callId":"c' }, "assignDisposition"],
  ] as const)("of %s after %j", (_, answer, id) =>
    withServer(inTurn(answer, answer, { json: { id: "c", status: "completed" } }), async (server, tenant) => {
      const path = { callId: "c" };
      const result =
        id === "getCall"
          ? await tenant.request("getCall", { path })
          : await tenant.request("assignDisposition", { path, body: BODY });
      expect(result.attempts.length).toBe(3);
      expect(result.earlierUnknown).toBe(true);
      expect(server.asked.length).toBe(3);
      const ids = new Set(server.asked.map(({ headers }) => headers["x-correlation-id"]));
      expect(ids.size).toBe(1);
    }),
  );

  it("ends after the allowed attempts: a read is unavailable, a write is unknown", () =>
    withServer(
      inTurn({ status: 503, json: { error: { code: "busy", message: "try later" }, shard: 7 } }),
      async (server, tenant) => {
        const read = await errorOf(tenant.calls.get("c"));
        expect(read).toMatchObject({
          code: "vendor_unavailable",
          status: 503,
          outcomeUnknown: false,
          vendorMessage: "try later",
        });
        expect(read.vendorBody).toBe('{"error":{"code":"busy","message":"try later"},"shard":7}');
        expect(read.report.attempts.length).toBe(5);
        const write = await errorOf(tenant.calls.assignDisposition("c", BODY));
        expect(write).toMatchObject({ code: "unknown_outcome", outcomeUnknown: true });
        expect(server.asked.length).toBe(10);
      },
    ));

  it.each([reset, { status: 500 }, { status: 503 }, { status: 200, text: "" }])(
    "never happens to a write without a key whose outcome is unknown (%#)",
    (answer) =>
      withServer(inTurn(answer), async (server, tenant) => {
        const error = await errorOf(tenant.dialer.activateSettings(SETTINGS));
        expect(error.outcomeUnknown).toBe(true);
        expect(["unknown_outcome", "invalid_reply"]).toContain(error.code);
        expect(server.asked.length).toBe(1);
      }),
  );

  it("happens to the same write after 429, and with a key after a lost reply", () =>
    withServer(
      inTurn({ status: 429, headers: { "retry-after": "2" } }, reset, { json: { status: "paused" } }),
      async (server, tenant) => {
        const once = await errorOf(tenant.dialer.activateSettings(SETTINGS));
        expect(once).toMatchObject({ code: "unknown_outcome", report: { rateLimited: 1 } });
        const keyed = await tenant.request("updateCampaign", {
          path: { id: "c" },
          body: { status: "paused" },
          idempotencyKey: "k-1",
        });
        expect(keyed.status).toBe(200);
        expect(server.asked[2]?.headers["x-idempotency-key"]).toBe("k-1");
      },
    ));

  it("waits as long as asked, and gives up when asked too much", async () => {
    const clock = createTestClock();
    await using server = await startScriptedServer({
      api: inTurn(
        { status: 429, headers: { "retry-after": "7" } },
        { json: { id: "c", status: "x" } },
        { status: 429, headers: { "retry-after": "3600" } },
      ),
    });
    const tenant = connect(server.url, {}, { clock });
    const from = clock.now();
    const { rateLimited } = await tenant.request("getCall", { path: { callId: "c" } });
    expect(rateLimited).toBe(1);
    expect(clock.now() - from).toBeGreaterThanOrEqual(7000);
    expect(clock.now() - from).toBeLessThan(9000);
    const error = await errorOf(tenant.calls.get("c"));
    expect(error).toMatchObject({ code: "rate_limited", details: { retryAfterMs: 3_600_000, family: "outbound-read" } });
    await tenant.close();
  });

  it("is sure that nothing was sent when the connection is refused", async () => {
    const server = await startScriptedServer({ api: () => (response) => response.destroy() });
    const tenant = connect(server.url);
    await tenant.authenticate();
    await server[Symbol.asyncDispose]();
    const error = await errorOf(tenant.dialer.activateSettings(SETTINGS));
    expect(error).toMatchObject({ code: "vendor_unavailable", outcomeUnknown: false });
    expect(error.report.attempts.length).toBe(5);
    await tenant.close();
  });
});

describe("answers", () => {
  const refusal = (status: number, message: string): Answer => ({
    status,
    json: { error: { code: "x", message }, correlationId: "corr-9" },
  });
  it.each([
    [400, "refused"],
    [404, "not_found"],
    [409, "conflict"],
    [422, "refused"],
    [302, "redirect_refused"],
    [413, "refused"],
  ])("%d is %s and final", (status, code) =>
    withServer(inTurn(refusal(status, "because")), async (server, tenant) => {
      const error = await errorOf(tenant.calls.assignDisposition("c", BODY));
      expect(error).toMatchObject({
        code,
        status,
        operationId: "assignDisposition",
        vendorMessage: "because",
        outcomeUnknown: false,
        correlationId: expect.any(String),
      });
      expect(server.asked.length).toBe(1);
    }),
  );

  it("403 names the scope that is needed and what the token holds", async () => {
    await using server = await startScriptedServer({
      api: inTurn({ status: 403, text: "Forbidden" }),
      token: () => ({ json: { access_token: "token-x-secret", expires_in: 3600, scope: "dispositions:read" } }),
    });
    const tenant = connect(server.url);
    const error = await errorOf(tenant.calls.assignDisposition("c", BODY));
    expect(error).toMatchObject({
      code: "missing_scope",
      neededScopes: ["outbound:calls:disposition:update"],
      details: { grantedScopes: ["dispositions:read"], scopeGranted: false },
    });
    expect(error.message).toContain("outbound:calls:disposition:update");
    await tenant.close();
  });

  it("follows no redirect, not even with another host that would take the token", async () => {
    await using other = await startScriptedServer({});
    await withServer(
      inTurn({ status: 307, headers: { location: `${other.url}/api/v2/outbound/calls/c` } }),
      async (_, tenant) => {
        expect((await errorOf(tenant.calls.get("c"))).code).toBe("redirect_refused");
        expect(other.asked).toEqual([]);
      },
    );
  });

  it("takes 'already there' for success, but only of a transition", () =>
    withServer(inTurn(refusal(409, "already paused")), async (_, tenant) => {
      const result = await tenant.request("updateCampaign", { path: { id: "c" }, body: { status: "paused" } });
      expect(result).toMatchObject({ already: true, reply: undefined, status: 409 });
      const whole = {
        name: "n",
        status: "paused",
        contactListId: "l",
        dialerConfig: {
          type: "predictive",
          predictiveSettings: { answerRatio: 0.5, maxCallsInFlight: 1, callRate: 1, abandonmentThreshold: 0.03 },
        },
      } as const;
      expect((await errorOf(tenant.campaigns.update("c", whole))).code).toBe("conflict");
    }));

  it.each([
    ["an empty body", { status: 200 }],
    ["204", { status: 204 }],
    ["HTML", { text: "<!doctype html><p>Sign in" }],
    ["wrong types", { json: { id: 5, status: [] } }],
    ["a list", { json: [] }],
    ["null", { text: "null" }],
  ] as const)("never passes %s on as a reply", (_, answer) =>
    withServer(inTurn(answer), async (_server, tenant) => {
      expect(await errorOf(tenant.calls.get("c"))).toMatchObject({ code: "invalid_reply", outcomeUnknown: false });
    }),
  );

  it("takes another success status than promised for an unknown outcome of a write", () =>
    withServer(inTurn({ status: 202, json: {} }), async (_, tenant) => {
      const dispositions = [{ code: "101", description: "", agent_id: "a", timestamp: "2026-01-01T00:00:00Z", source: "api" }];
      const error = await errorOf(
        tenant.request("patchInteraction", { path: { id: "i" }, body: { dispositions }, ifMatch: 'W/"1"' }),
      );
      expect(error).toMatchObject({ code: "invalid_reply", outcomeUnknown: true });
    }));

  it("lets unknown fields pass", () =>
    withServer(inTurn({ json: { id: "c", status: "levitating", news: { a: 1 } } }), async (_, tenant) => {
      expect(await tenant.calls.get("c")).toMatchObject({ status: "levitating", news: { a: 1 } });
    }));

  it("stops reading at the limit", () =>
    withServer(
      inTurn({ json: { id: "c", status: "x".repeat(100_000) } }),
      async (_, tenant) => {
        expect(await errorOf(tenant.calls.get("c"))).toMatchObject({ code: "body_too_large", status: 200 });
      },
      { maxBodyBytes: 50_000 },
    ));
});

describe("locks", () => {
  it("travel as they came and say when they are stale", () =>
    withServer(
      (asked, index) => {
        if (asked.method === "GET") return { json: { dispositions: [] }, headers: { etag: `W/"v${index}"` } };
        return asked.headers["if-match"] === 'W/"v2"' ? { json: { dispositions: [] } } : { status: 409, text: "stale" };
      },
      async (server, tenant) => {
        const dispositions = [{ code: "101", description: "", agent_id: "a", timestamp: "2026-01-01T00:00:00Z", source: "api" }];
        const codes: string[] = [];
        await withLock(
          () => tenant.interactions.get.locked("i"),
          async ({ lock }) => {
            try {
              return await tenant.interactions.patch("i", { dispositions }, { lock });
            } catch (thrown) {
              if (thrown instanceof TenantError) codes.push(thrown.code);
              throw thrown;
            }
          },
        );
        expect(codes).toEqual(["stale_lock"]);
        expect(server.asked.map(({ method }) => method)).toEqual(["GET", "PATCH", "GET", "PATCH"]);
      },
    ));

  it("are the version tag of dialer settings, bare", () =>
    withServer(
      (asked) => (asked.method === "GET" ? { json: { versionTag: "v-17" } } : { status: 412 }),
      async (server, tenant) => {
        const { lock } = await tenant.dialer.settings.locked();
        const error = await errorOf(tenant.dialer.activateSettings(SETTINGS, { lock }));
        expect(error.code).toBe("stale_lock");
        expect(server.asked[1]?.headers["if-match"]).toBe("v-17");
      },
    ));

  it("must be there where they are required", () =>
    withServer(inTurn({ json: { dispositions: [] } }), async (_, tenant) => {
      expect((await errorOf(tenant.interactions.get.locked("i"))).code).toBe("invalid_reply");
      expect((await tenant.campaigns.get.locked("c").catch((error: TenantError) => error.code)) as unknown).toBe("invalid_reply");
    }));
});

describe("the end of a call", () => {
  it("comes with the signal, before sending, while waiting and while sending", () =>
    withServer(
      () => () => {},
      async (server, tenant) => {
        const aborted = AbortSignal.abort(new Error("no more"));
        expect((await errorOf(tenant.calls.get("c", { signal: aborted }))).code).toBe("aborted");
        expect(server.asked.length).toBe(0);

        const sending = new AbortController();
        const call = errorOf(tenant.calls.assignDisposition("c", BODY, { signal: sending.signal }));
        await until(() => server.asked.length === 1);
        sending.abort();
        expect(await call).toMatchObject({ code: "aborted", outcomeUnknown: true });
      },
    ));

  it("comes while a permit is awaited", async () => {
    await using server = await startScriptedServer({ api: inTurn({ json: { id: "c", status: "x" } }) });
    const tenant = connect(server.url, { limits: { "outbound-read": { perMinute: 1 } } }, { clock: undefined });
    await tenant.calls.get("c");
    const controller = new AbortController();
    const call = errorOf(tenant.calls.get("c", { signal: controller.signal }));
    await until(() => tenant.limits()["outbound-read"].waiting === 1);
    controller.abort();
    expect(await call).toMatchObject({ code: "aborted", outcomeUnknown: false });
    expect(tenant.limits()["outbound-read"].waiting).toBe(0);
    expect(server.asked.length).toBe(1);
    await tenant.close();
  });

  it("comes with the caller's deadline", async () => {
    await using server = await startScriptedServer({ api: inTurn({ status: 503 }) });
    const tenant = connect(server.url, { retry: { maxAttempts: 50, baseDelayMs: 1000 } });
    const error = await errorOf(tenant.calls.get("c", { deadlineMs: 5000 }));
    expect(error.code).toBe("deadline_exceeded");
    await tenant.close();
  });

  it("says at the deadline that the tenant asked for a pause", async () => {
    await using server = await startScriptedServer({ api: inTurn({ status: 429, headers: { "retry-after": "3600" } }) });
    const tenant = connect(server.url);
    expect((await errorOf(tenant.calls.get("c"))).code).toBe("rate_limited");
    const error = await errorOf(tenant.calls.get("c", { deadlineMs: 5000 }));
    expect(error).toMatchObject({
      code: "deadline_exceeded",
      message: expect.stringMatching(/answered 429.* for another \d+ s/),
    });
    await tenant.close();
  });

  it("comes when the tenant's client is closed", () =>
    withServer(inTurn({ json: {} }), async (_, tenant) => {
      await tenant.close();
      await tenant.close();
      expect((await errorOf(tenant.calls.get("c"))).code).toBe("aborted");
    }));

  it("comes at once for what waits when the client is closed, while a request on the wire is waited for", async () => {
    const replies: (() => void)[] = [];
    await using server = await startScriptedServer({
      api: () => (response) => void replies.push(() => response.writeHead(404).end("{}")),
    });
    const tenant = connect(server.url, { limits: { "outbound-read": { perMinute: 1 } } }, { clock: undefined });
    const onTheWire = errorOf(tenant.calls.get("c"));
    await until(() => replies.length === 1);
    const waiting = Array.from({ length: 1000 }, () => errorOf(tenant.calls.get("c")));
    await until(() => tenant.limits()["outbound-read"].waiting === 1000);
    const closed = tenant.close();
    expect(new Set((await Promise.all(waiting)).map(({ code }) => code))).toEqual(new Set(["aborted"]));
    replies[0]?.();
    expect((await onTheWire).code).toBe("not_found");
    await closed;
    expect(server.asked.length).toBe(1);
  });

  it("comes for what is on the wire when the client is closed within a time", async () => {
    await using server = await startScriptedServer({ api: () => () => {} });
    const tenant = connect(server.url, {}, { clock: undefined });
    const read = errorOf(tenant.calls.get("c"));
    const write = errorOf(tenant.calls.assignDisposition("c", BODY));
    const item = tenant.capabilities.dispositionWriter.assign("c", BODY);
    await until(() => server.asked.length === 3);
    await tenant.close({ withinMs: 1 });
    expect(await read).toMatchObject({ code: "aborted", outcomeUnknown: false });
    expect(await write).toMatchObject({ code: "aborted", outcomeUnknown: true });
    expect(await item).toMatchObject({ result: "unknown", attempts: 1 });
  });

  it("comes by `halt` for what waits, and lets a request on the wire end", async () => {
    const replies: (() => void)[] = [];
    await using server = await startScriptedServer({
      api: () => (response) => void replies.push(() => response.writeHead(503).end()),
    });
    const tenant = connect(server.url, { limits: { "outbound-write": { perMinute: 1 } } }, { clock: undefined });
    const stop = new AbortController();
    const options = { halt: stop.signal };
    const sent = errorOf(tenant.calls.assignDisposition("c", BODY, options));
    await until(() => replies.length === 1);
    const queued = errorOf(tenant.calls.assignDisposition("d", BODY, options));
    await until(() => tenant.limits()["outbound-write"].waiting === 1);
    stop.abort();
    expect(await queued).toMatchObject({ code: "aborted", outcomeUnknown: false });
    replies[0]?.();
    // Not repeated, though a 503 would be.
    expect(await sent).toMatchObject({ code: "aborted", outcomeUnknown: true });
    expect(server.asked.length).toBe(1);
    await tenant.close();
  });

  it("comes by `halt` for what waits to be confirmed; each request is confirmed immediately before it leaves, or waits", async () => {
    await using server = await startScriptedServer({ api: () => ({ json: { changed: true } }) });
    const tenant = connect(server.url, { limits: { "outbound-write": { perMinute: 1 } } });
    const stop = new AbortController();
    let unconfirmed: PromiseWithResolvers<void> | undefined;
    let asks = 0;
    const confirmed = () => {
      asks += 1;
      return unconfirmed?.promise;
    };
    const send = (id: string) => tenant.calls.assignDisposition(id, BODY, { halt: stop.signal, confirmed });
    await send("c");
    // The budget is gone: this one waits for it, and what was known when it began to wait is not known any more when it has got it.
    const queued = send("d");
    unconfirmed = Promise.withResolvers();
    await until(() => asks === 2);
    expect(server.asked.length).toBe(1);
    const { promise, resolve } = unconfirmed;
    unconfirmed = undefined;
    resolve();
    await promise;
    await queued;
    expect(server.asked.length).toBe(2);

    unconfirmed = Promise.withResolvers();
    const halted = errorOf(send("e"));
    await until(() => asks === 4);
    stop.abort();
    expect(await halted).toMatchObject({ code: "aborted", outcomeUnknown: false });
    expect(server.asked.length).toBe(2);
    await tenant.close();
  });

  it("comes when no reply comes", async () => {
    await using server = await startScriptedServer({ api: () => () => {} });
    const tenant = connect(server.url, { timeouts: { headersMs: 20 }, retry: { maxAttempts: 2 } });
    expect(await errorOf(tenant.calls.get("c"))).toMatchObject({ code: "vendor_unavailable" });
    expect(await errorOf(tenant.calls.assignDisposition("c", BODY))).toMatchObject({ code: "unknown_outcome" });
    await tenant.close();
  });
});

describe("hooks", () => {
  it("see everything but secrets, and cannot break a call", async () => {
    await using server = await startScriptedServer({
      api: inTurn(
        { status: 401 },
        { status: 429, headers: { "retry-after": "1" } },
        { status: 503 },
        { json: { id: "c", status: "x" } },
      ),
    });
    const seen: [string, object][] = [];
    const see = (name: string) => (event: object) => {
      seen.push([name, event]);
      throw new Error("a bad hook");
    };
    const tenant = connect(
      server.url,
      {},
      {
        hooks: {
          onRequest: see("request"),
          onResponse: async (event) => see("response")(event),
          onRetry: see("retry"),
          onRateLimited: see("limited"),
          onToken: see("token"),
        },
      },
    );
    await tenant.calls.get("c");
    expect(seen.map(([name]) => name)).toEqual([
      "token",
      "request",
      "response",
      "token",
      "token",
      "request",
      "response",
      "limited",
      "retry",
      "request",
      "response",
      "retry",
      "request",
      "response",
    ]);
    const text = JSON.stringify(seen) + inspect(seen, { depth: 10 });
    expect(text).not.toContain("secret");
    await tenant.close();
  });
});

it("prints no secret, however it is looked at", () =>
  withServer(
    () => ({ status: 400, text: "you sent the-client-secret and Bearer token-1-secret and token-1-secret" }),
    async (_, tenant) => {
      const error = await errorOf(tenant.calls.get("c"));
      expect(error.vendorMessage).toContain("[secret]");
      for (const value of [tenant, tenant.capabilities, tenant.calls, error]) {
        const text = inspect(value, { depth: 20, showHidden: true }) + JSON.stringify(value);
        expect(text).not.toMatch(/the-client-secret|token-1-secret/);
      }
      expect(`${error}`).not.toMatch(/the-client-secret|token-1-secret/);
    },
  ));

async function until(fact: () => boolean): Promise<void> {
  while (!fact()) await new Promise((resolve) => setImmediate(resolve));
}
