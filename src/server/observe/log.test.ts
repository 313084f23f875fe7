import { describe, expect, test } from "vitest";
import { createLogger } from "./log.ts";

describe("logs", () => {
  const lineOf = (text: string) => JSON.parse(text) as Record<string, unknown>;

  test("link a request to the vendor's calls, however deep and late", async () => {
    const written: string[] = [];
    const logger = createLogger({ write: (line) => written.push(line), level: "debug" });
    await logger.within({ requestId: "req-1" }, async () => {
      await new Promise(setImmediate);
      logger.vendorHooks.onResponse?.({
        operationId: "getCampaign",
        correlationId: "od_1-1",
        attempt: 1,
        status: 503,
        body: '{"error":"busy"}',
        latencyMs: 3,
      });
    });
    logger.log("info", "afterwards");
    expect(written.map(lineOf)).toMatchObject([
      {
        level: "debug",
        message: "vendor replied",
        requestId: "req-1",
        correlationId: "od_1-1",
        operation: "getCampaign",
        body: '{"error":"busy"}',
      },
      { level: "info", message: "afterwards" },
    ]);
    expect(lineOf(written[1] ?? "")).not.toHaveProperty("requestId");
  });

  test("show no telephone number in a message, a path or a reason", () => {
    const written: string[] = [];
    const { log } = createLogger({ write: (line) => written.push(line) });
    log("warn", "212-555-0177 complained", { path: "/api/v1/people/+12125550177", reason: ["call 2125550177"] });
    expect(lineOf(written[0] ?? "")).toMatchObject({ message: "••••••••77 complained", path: "/api/v1/people/+1••••••••77" });
    expect(written[0]).not.toMatch(/212\D{0,3}555/);
  });

  test.each([
    ["a bearer token in a text", "sent Authorization: Bearer MARKER-abc.def", {}],
    ["basic credentials", "sent Basic TUFSS0VSOk1BUktFUg== MARKERLESS".replace("MARKERLESS", ""), { auth: "Basic MARKER0123==" }],
    ["a signing secret", "secret whsec_MARKERabcdef", {}],
    ["a password in an address", "cannot reach postgres://outdial:MARKER@db:5432/x", {}],
    ["a token in a query", "GET https://x.example/cb?access_token=MARKER&x=1", {}],
    ["a login code behind a hash", "open https://x.example/login#code=MARKER", {}],
    ["a token of the service", "it was odt_MARKER01234-_abc", {}],
    ["a login link of the service", "open http://127.0.0.1:8383/login#odc_MARKER01234-_abc", {}],
    ["a session of the service", "x", { value: "ods_MARKER01234-_abc" }],
    ["a web token", "eyJMARKER123.eyJMARKER123.MARKERsignature", {}],
    ["a value of its own", "it is MARKER-known", {}],
    ["members by their name", "x", { clientSecret: "MARKER", nested: { list: [{ Authorization: "MARKER" }] }, cookie: "MARKER" }],
    ["errors", "x", { error: new Error("connect postgres://u:MARKER@h/x") }],
  ])("show no secret: %s", (_, message, details) => {
    const written: string[] = [];
    const logger = createLogger({ write: (line) => written.push(line), secrets: ["MARKER-known"] });
    logger.log("error", message, details);
    expect(written).toHaveLength(1);
    expect(written.join("")).not.toContain("MARKER");
    expect(written.join("")).not.toContain("TUFSS0VS");
    expect(written.join("")).toContain("[redacted]");
  });

  test("keep the form of an address that an advice names", () => {
    const written: string[] = [];
    const form = "It has the form postgres://USER:PASSWORD@HOST:5432/DATABASE";
    createLogger({ write: (line) => written.push(line), secrets: [] }).log("error", form, {});
    expect(written.join("")).toContain(form);
  });
});
