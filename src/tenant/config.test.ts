// Configurations that are taken and refused, with messages a reader can act on.

import { describe, expect, it } from "vitest";
import { resolveConfig, type TenantConfig } from "./config.ts";
import { TenantError } from "./errors.ts";

const GOOD: TenantConfig = {
  hosts: "https://api.example.com/",
  token: { auth: "basic" },
  credentials: { clientId: "client", clientSecret: "secret" },
};

function problem(change: object): TenantError {
  try {
    resolveConfig({ ...GOOD, ...change });
  } catch (thrown) {
    if (thrown instanceof TenantError) return thrown;
    throw thrown;
  }
  throw new Error("the configuration was taken");
}

describe("resolveConfig", () => {
  it("serves all families from one address and derives the token endpoint", () => {
    const resolved = resolveConfig(GOOD);
    expect(resolved.hosts.dialer).toEqual({ origin: "https://api.example.com", prefix: "" });
    expect(resolved.token.address).toEqual({ origin: "https://api.example.com", prefix: "/oauth/token" });
    expect(resolved.limits["outbound-write"]).toMatchObject({ requests: 100, seconds: 1 });
  });

  it("takes an address a family, a default, a path prefix, and limits", () => {
    const resolved = resolveConfig({
      ...GOOD,
      hosts: { dialer: "https://dialer.example.com/gateway/", default: "https://api.example.com" },
      token: { auth: "json", url: "https://login.example.com/v1/oauth/token" },
      limits: { campaigns: "off", "outbound-write": { perSecond: 5 }, other: { perMinute: 30 } },
    });
    expect(resolved.hosts.dialer).toEqual({ origin: "https://dialer.example.com", prefix: "/gateway" });
    expect(resolved.hosts.outbound?.origin).toBe("https://api.example.com");
    expect(resolved.token.address.prefix).toBe("/v1/oauth/token");
    expect(resolved.limits).toMatchObject({
      campaigns: undefined,
      "outbound-write": { requests: 5, seconds: 1 },
      other: { requests: 30, seconds: 60 },
    });
  });

  it.each(["http://127.0.0.1:8080", "http://127.1.2.3", "http://[::1]:9", "http://localhost:3000", "https://10.0.0.1"])(
    "allows %s",
    (hosts) => {
      expect(resolveConfig({ ...GOOD, hosts }).hosts.outbound?.origin).toContain("://");
    },
  );

  it.each([
    "http://api.example.com",
    "http://10.0.0.1",
    "http://127.0.0.1.example.com",
    "http://localhost.example.com",
    "http://[::2]",
    "ftp://api.example.com",
    "https://user:word@api.example.com",
  ])("does not let the token go to %s", (hosts) => {
    const error = problem({ hosts });
    expect(error.code).toBe("host_not_allowed");
    expect(error.message).toContain("hosts.default");
    expect(error.message).not.toContain("word");
  });

  it.each([
    [{ hosts: "api.example.com" }, "hosts.default: not an address"],
    [{ hosts: {} }, "at least one address"],
    [{ hosts: { outbond: "https://a.example" } }, "hosts"],
    [{ hosts: "https://api.example.com?x=1" }, "must not carry a query"],
    [{ hosts: { dialer: "https://a.example" } }, "token.url: needed"],
    [{ token: { auth: "digest" } }, "token.auth"],
    [{ token: { auth: "basic", scopes: ["two words"] } }, "token.scopes.0: a scope has no spaces"],
    [{ credentials: { clientId: "" } }, "credentials.clientId"],
    [{ limits: { campaigns: { perHour: 3 } } }, "limits.campaigns: give { perSecond: number }"],
    [{ limits: { campaign: "off" } }, "limits"],
    [{ retry: { maxAttempts: 0 } }, "retry.maxAttempts"],
    [{ maxConections: 3 }, 'did you mean "maxConnections"?'],
  ])("explains what is wrong in %j", (change, text) => {
    const error = problem(change);
    expect(error.code).toBe("invalid_config");
    expect(error.message).toContain(text);
  });

  it("keeps the secret out of its messages", () => {
    const error = problem({ credentials: { clientId: 5, clientSecret: "do-not-show" }, hosts: "nonsense" });
    expect(JSON.stringify(error) + error.message).not.toContain("do-not-show");
  });
});
