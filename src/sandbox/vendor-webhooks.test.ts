// Webhook delivery against a real receiver on loopback: who gets what, retries as registered, no redirects.

import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { createSandboxClock } from "./clock.ts";
import { createVendorWebhooks } from "./vendor-webhooks.ts";

const START = Date.UTC(2026, 0, 1);
const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

interface Seen {
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: { id: string; type: string; occurredAt: string; data: unknown };
  readonly at: number;
}

/** A receiver that answers with the statuses given, the last one for ever; and a frozen world that delivers to it. */
async function world(statuses: readonly number[] = [200]) {
  const clock = createSandboxClock({ mode: "frozen", start: START });
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const status = statuses[Math.min(seen.length, statuses.length - 1)] ?? 200;
      seen.push({
        path: request.url ?? "",
        headers: request.headers,
        body: JSON.parse(Buffer.concat(chunks).toString()),
        at: clock.now(),
      });
      response.writeHead(status, status === 302 ? { location: "/elsewhere" } : {}).end("thanks");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const webhooks = createVendorWebhooks({ clock, seed: 1 });
  closing.push(async () => {
    webhooks.stop();
    clock.stop();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const { port } = server.address() as AddressInfo;
  return { clock, webhooks, seen, url: `http://127.0.0.1:${port}/hook` };
}
const omnichannel = (callbackUrl: string, more: object = {}) => ({
  name: "n",
  callbackUrl,
  events: ["state", "metrics"],
  ...more,
});
const integration = (url: string, more: object = {}) => ({ name: "n", url, events: ["settings"], ...more });

describe("an event", () => {
  it("goes to those who asked for it, with the registered headers or bearer", async () => {
    const { webhooks, seen, url, clock } = await world();
    webhooks.add(
      "omnichannel",
      omnichannel(`${url}/o`, { headers: { "X-Webhook-Source": "cxone-dialer", Host: "evil", "Content-Type": "x" } }),
    );
    webhooks.add("omnichannel", omnichannel(`${url}/off`, { enabled: false }));
    webhooks.add("integration", integration(`${url}/i`, { auth: { type: "bearer", token: "t0k" } }));
    expect(webhooks.emit("state", { campaignId: "c" })).toBe(1);
    expect(webhooks.emit("settings", { v: 2 })).toBe(1);
    expect(webhooks.emit("nothing", {})).toBe(0);
    expect(seen).toEqual([]);
    expect(await webhooks.flush()).toEqual({ delivered: 2, failed: 0, pending: 0 });
    const byPath = new Map(seen.map((one) => [one.path, one]));
    expect(byPath.get("/hook/o")).toMatchObject({
      headers: {
        "x-webhook-source": "cxone-dialer",
        "content-type": "application/json",
        host: expect.stringContaining("127.0.0.1"),
      },
      body: { type: "state", occurredAt: new Date(clock.now()).toISOString(), data: { campaignId: "c" } },
    });
    expect(byPath.get("/hook/i")).toMatchObject({
      headers: { authorization: "Bearer t0k" },
      body: { type: "settings", data: { v: 2 } },
    });
    expect(new Set(seen.map(({ body }) => body.id)).size).toBe(2);
  });

  it("goes out by itself when the clock runs", async () => {
    const { webhooks, seen, url, clock } = await world();
    webhooks.add("omnichannel", omnichannel(url));
    webhooks.emit("state", {});
    await clock.advance(0);
    expect(seen).toHaveLength(1);
    await clock.advance(3600);
    expect(seen).toHaveLength(1);
  });
});

describe("a failed attempt", () => {
  it("is repeated with the same event as registered, waits growing, then given up", async () => {
    const { webhooks, seen, url, clock } = await world([500]);
    webhooks.add("integration", integration(url, { retryPolicy: { maxRetries: 3, backoffMultiplier: 3, timeoutSec: 5 } }));
    webhooks.emit("settings", {});
    await clock.advance(3600);
    expect(seen.map(({ at }) => (at - START) / 1000)).toEqual([0, 1, 4, 13]);
    expect(new Set(seen.map(({ body }) => body.id)).size).toBe(1);
    expect(webhooks.deliveries()).toMatchObject([
      { state: "given_up", attempts: [{ status: 500 }, { status: 500 }, { status: 500 }, { status: 500 }] },
    ]);
  });

  it("ends with the first success; without a policy three more are made", async () => {
    const { webhooks, seen, url, clock } = await world([503, 503, 204]);
    webhooks.add("omnichannel", omnichannel(url));
    webhooks.emit("state", {});
    expect(await webhooks.flush()).toEqual({ delivered: 0, failed: 1, pending: 1 });
    expect(await webhooks.flush()).toEqual({ delivered: 0, failed: 0, pending: 1 });
    await clock.advance(60);
    expect(seen.map(({ at }) => (at - START) / 1000)).toEqual([0, 1, 3]);
    expect(webhooks.deliveries()).toMatchObject([{ state: "delivered" }]);
  });

  it("is also a redirect, which is not followed, and a receiver that is not there", async () => {
    const { webhooks, seen, url, clock } = await world([302]);
    webhooks.add("integration", integration(url, { retryPolicy: { maxRetries: 0, backoffMultiplier: 1, timeoutSec: 5 } }));
    webhooks.add(
      "integration",
      integration("http://127.0.0.1:1/", { retryPolicy: { maxRetries: 1, backoffMultiplier: 1, timeoutSec: 5 } }),
    );
    webhooks.emit("settings", {});
    await clock.advance(10);
    expect(seen.map(({ path }) => path)).toEqual(["/hook"]);
    expect(webhooks.deliveries().map(({ state, attempts }) => [state, attempts.length])).toEqual([
      ["given_up", 1],
      ["given_up", 2],
    ]);
  });

  it("is also a receiver slower than its limit", async () => {
    const clock = createSandboxClock({ mode: "frozen", start: START });
    const limits: boolean[] = [];
    const webhooks = createVendorWebhooks({
      clock,
      seed: 1,
      fetch: (_, init) =>
        new Promise((_resolve, reject) => {
          init?.signal?.addEventListener("abort", () => {
            limits.push(true);
            reject(new Error("timed out"));
          });
        }),
    });
    webhooks.add(
      "integration",
      integration("http://localhost/", { retryPolicy: { maxRetries: 0, backoffMultiplier: 1, timeoutSec: 0.01 } }),
    );
    webhooks.emit("settings", {});
    expect(await webhooks.flush()).toEqual({ delivered: 0, failed: 1, pending: 0 });
    expect(limits).toEqual([true]);
  });
});

describe("registrations", () => {
  it("are listed by kind, replaced and removed; what waits for a removed one is dropped", async () => {
    const { webhooks, seen, url } = await world();
    const one = webhooks.add("omnichannel", omnichannel(url));
    webhooks.add("integration", integration(url));
    expect(webhooks.list("omnichannel")).toEqual([one]);
    expect(webhooks.get("integration", one.id)).toBeUndefined();
    expect(webhooks.put("omnichannel", one.id, omnichannel(`${url}/2`, { id: "forged" }))).toMatchObject({
      id: one.id,
      callbackUrl: `${url}/2`,
    });
    expect(webhooks.put("omnichannel", "nobody", omnichannel(url))).toBeUndefined();
    webhooks.emit("state", {});
    expect(webhooks.delete("omnichannel", one.id)).toBe(true);
    expect(webhooks.delete("omnichannel", one.id)).toBe(false);
    expect(await webhooks.flush()).toEqual({ delivered: 0, failed: 0, pending: 0 });
    expect(seen).toEqual([]);
    expect(webhooks.deliveries()).toMatchObject([{ state: "dropped" }]);
  });

  it("and what waits come back with a restore", async () => {
    const { webhooks, seen, url, clock } = await world([500, 200]);
    webhooks.add("omnichannel", omnichannel(url));
    webhooks.emit("state", { n: 1 });
    await webhooks.flush();
    const saved = JSON.parse(JSON.stringify({ clock: clock.snapshot(), webhooks: webhooks.snapshot() }));
    for (const { id } of webhooks.list("omnichannel")) webhooks.delete("omnichannel", id);
    clock.restore(saved.clock);
    webhooks.restore(saved.webhooks);
    await clock.advance(5);
    expect(seen.map(({ body }) => body.data)).toEqual([{ n: 1 }, { n: 1 }]);
    expect(webhooks.deliveries()).toMatchObject([{ state: "delivered", attempts: [{ status: 500 }, { status: 200 }] }]);
  });
});
