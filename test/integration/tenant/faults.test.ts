// The SDK against every fault the sandbox can play, on both transports: nothing is lost, nothing is done twice, nothing hangs.

import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import type { AssignOutcome } from "../../../src/tenant/index.ts";
import { collect } from "../../support/collect.ts";
import { connect, errorOf, TRANSPORTS } from "./connect.ts";

const BODY = { dispositionCodeId: "DISP_001", notes: "" };
const idOf = (index: number) => `call_${String(index).padStart(6, "0")}`;
const EFFECTS = [
  { status: 500 },
  { status: 503, headers: { "retry-after": "2" } },
  { status: 429, headers: { "retry-after": "1" } },
  { status: 429, headers: { "retry-after": null } },
  { status: 502, body: "<html><h1>Bad gateway</h1></html>" },
  { reset: true },
  { truncate: true },
  { garbage: true },
  { delayMs: 50 },
  { acceptThenFail: true },
];

describe.each(TRANSPORTS)("%s", (transport) => {
  it.each(EFFECTS)("200 assignments through %j agree with the tenant's state", async (effect) => {
    await using connection = await connect(transport, { sandbox: { clock: { speed: 100 } } });
    const { sandbox, tenant } = connection;
    sandbox.control.faults.add({ match: { operation: "assignDisposition" }, probability: 0.3, effect });
    const { dispositionWriter } = tenant.capabilities;
    const ids = Array.from({ length: 200 }, (_, index) => idOf(index + 1));
    const outcomes: AssignOutcome[] = [];
    // Ten at a time: the waits of all move one clock.
    for (let at = 0; at < ids.length; at += 10) {
      outcomes.push(...(await Promise.all(ids.slice(at, at + 10).map((id) => dispositionWriter.assign(id, BODY)))));
    }
    ids.forEach((id, index) => {
      const outcome = outcomes[index];
      const call = sandbox.control.call(id);
      const locked = call?.locked === true;
      expect(call?.effects).toBeLessThanOrEqual(1);
      if (outcome?.result === "stored" || outcome?.result === "unchanged") expect(call?.effects).toBe(1);
      else if (outcome?.result === "locked") expect(locked).toBe(true);
      else if (outcome?.result === "failed") expect(call?.effects).toBe(0);
      else expect(outcome?.result).toBe("unknown");
      if (outcome?.result === "unchanged") expect(outcome.earlierUnknown).toBe(true);
    });
    const unknown = outcomes.filter(({ result }) => result === "unknown").length;
    // Only 500 is not repeated for a write; everything else is overcome almost always.
    expect(unknown).toBeLessThan("status" in effect && effect.status === 500 ? 120 : 10);
  });

  it("a campaign is created once though its reply is lost, when a key is sent; without one it is said to be unknown", async () => {
    await using connection = await connect(transport);
    const { sandbox, tenant } = connection;
    const draft = {
      name: "Autumn",
      status: "paused",
      contactListId: "list_12345",
      dialerConfig: {
        type: "predictive",
        predictiveSettings: { answerRatio: 0.85, maxCallsInFlight: 5, callRate: 1, abandonmentThreshold: 0.03 },
      },
    } as const;
    const before = sandbox.control.state().campaigns.length;
    sandbox.control.faults.add({ match: { operation: "createCampaign" }, times: 1, effect: { acceptThenFail: true } });
    const result = await tenant.request("createCampaign", { body: draft, idempotencyKey: "key-1" });
    expect(result).toMatchObject({ status: 201, earlierUnknown: true });
    expect(sandbox.control.state().campaigns.length).toBe(before + 1);
    sandbox.control.faults.add({ match: { operation: "createCampaign" }, times: 1, effect: { acceptThenFail: true } });
    expect(await errorOf(tenant.campaigns.create(draft))).toMatchObject({ code: "unknown_outcome", outcomeUnknown: true });
    expect(sandbox.control.state().campaigns.length).toBe(before + 2);
  });

  it.each(["loopPage", "duplicatePage"])("%s ends an iteration with an error, not never", async (effect) => {
    await using connection = await connect(transport);
    connection.sandbox.control.faults.add({ match: { operation: "listCalls" }, effect: { [effect]: true } });
    const error = await errorOf(collect(connection.tenant.calls.list({ limit: 100 })));
    expect(error.code).toBe("paging_loop");
    connection.sandbox.control.faults.clear();
    connection.sandbox.control.faults.add({ match: { operation: "listContacts" }, effect: { [effect]: true } });
    expect((await errorOf(collect(connection.tenant.contacts.list("list_12345")))).code).toBe("paging_loop");
  });

  it("the token endpoint's hiccups are waited out", async () => {
    await using connection = await connect(transport);
    const { sandbox, tenant } = connection;
    sandbox.control.faults.add({
      match: { operation: "token" },
      times: 2,
      effect: { status: 429, headers: { "retry-after": "5" } },
    });
    sandbox.control.faults.add({ match: { operation: "token" }, after: 2, times: 1, effect: { reset: true } });
    const from = Date.parse(sandbox.control.clock().now);
    expect((await tenant.calls.get("call_000001")).id).toBe("call_000001");
    expect(Date.parse(sandbox.control.clock().now) - from).toBeGreaterThanOrEqual(10_000);
  });

  it("secret and token are in no error, no hook and no journal, even when the tenant echoes them", async () => {
    const clientSecret = "canary-client-secret-+/=";
    const seen: unknown[] = [];
    const see = (event: unknown) => void seen.push(event);
    await using connection = await connect(transport, {
      sandbox: { scenario: { clients: [{ id: "canary", secret: clientSecret, scopes: ["outbound:calls:read"] }] } },
      config: { credentials: { clientId: "canary", clientSecret } },
      hooks: { onRequest: see, onResponse: see, onRetry: see, onRateLimited: see, onToken: see },
    });
    const { sandbox, tenant } = connection;
    for (const auth of ["basic", "form", "json"] as const) {
      const client = connection.another({ token: { auth } }, { onToken: see });
      sandbox.control.faults.add({
        match: { operation: "getCall" },
        times: 1,
        effect: { status: 400, body: `you sent ${clientSecret}` },
      });
      seen.push(await errorOf(client.calls.get("x")));
      seen.push(client, await errorOf(client.dispositions.matrix("c")));
    }
    seen.push(tenant, await errorOf(tenant.calls.get("x")), sandbox.control.requests());
    const text =
      inspect(seen, { depth: 20, showHidden: true, maxArrayLength: null, maxStringLength: null }) + JSON.stringify(seen);
    const basic = Buffer.from(`canary:${clientSecret}`).toString("base64");
    for (const secret of [clientSecret, encodeURIComponent(clientSecret), basic]) expect(text).not.toContain(secret);
    expect(text).not.toMatch(/Bearer (?!\[(secret|redacted)\])\S/);
  });
});
