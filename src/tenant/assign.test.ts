// One assignment as a value: every answer of a tenant has its result.

import { describe, expect, it } from "vitest";
import { type Answer, startScriptedServer } from "../../test/support/scripted-server.ts";
import { createTestClock } from "../../test/support/test-clock.ts";
import { type AssignOutcome, createTenant, requireSupported, TenantError } from "./index.ts";

const BODY = { dispositionCodeId: "DISP_001", notes: "" };
const reset: Answer = (response) => response.destroy();
const stored: Answer = { json: { callId: "c", changed: true } };
const unchanged: Answer = { json: { callId: "c", changed: false } };

async function assign(answers: readonly Answer[], body: typeof BODY = BODY): Promise<AssignOutcome> {
  await using server = await startScriptedServer({ api: (_, index) => answers[Math.min(index, answers.length - 1)] ?? {} });
  const tenant = createTenant(
    { hosts: server.url, token: { auth: "basic" }, credentials: { clientId: "c", clientSecret: "secret" } },
    { clock: createTestClock() },
  );
  try {
    return await tenant.capabilities.dispositionWriter.assign("c", body);
  } finally {
    await tenant.close();
  }
}

describe("assign", () => {
  it.each([
    ["stored", [stored], { statusCode: 200, attempts: 1, earlierUnknown: false }],
    ["stored", [{ status: 204 }], { statusCode: 204 }],
    ["stored", [{ json: { anything: true } }], {}],
    ["unchanged", [unchanged], { earlierUnknown: false }],
    ["unchanged", [reset, unchanged], { attempts: 2, earlierUnknown: true }],
    [
      "stored",
      [{ status: 429 }, { status: 429, headers: { "retry-after": "1" } }, stored],
      { rateLimited: 2, attempts: 3, earlierUnknown: false },
    ],
    [
      "refused",
      [{ status: 400, json: { error: { code: "orphaned", message: "R9 is not under D1" } } }],
      { statusCode: 400, message: "R9 is not under D1" },
    ],
    ["refused", [{ status: 422, text: "no" }], { message: "no" }],
    ["refused", [{ status: 503 }, { status: 400, text: "no" }], { earlierUnknown: true }],
    ["locked", [{ status: 409, text: "locked after callback" }], { statusCode: 409, message: "locked after callback" }],
    ["not_found", [{ status: 404 }], { statusCode: 404 }],
    ["unknown", [reset], { attempts: 5 }],
    ["unknown", [{ status: 503 }], { statusCode: 503, attempts: 5 }],
    ["unknown", [{ status: 500 }], { statusCode: 500, attempts: 1 }],
    ["unknown", [{ status: 200, text: "<html>" }], { attempts: 5 }],
    ["unknown", [reset, { status: 429 }], { rateLimited: 11 }],
    ["failed", [{ status: 429 }], { statusCode: 429, rateLimited: 11 }],
  ] as const)("%s after %j", async (result, answers, facts) => {
    const outcome = await assign(answers);
    expect(outcome).toMatchObject({ result, ...facts });
    expect(outcome.attemptLatenciesMs.length).toBe(outcome.attempts);
  });

  it("fails surely when nobody listens", async () => {
    const server = await startScriptedServer({});
    const tenant = createTenant(
      { hosts: server.url, token: { auth: "basic" }, credentials: { clientId: "c", clientSecret: "secret" } },
      { clock: createTestClock() },
    );
    await tenant.authenticate();
    await server[Symbol.asyncDispose]();
    expect(await tenant.capabilities.dispositionWriter.assign("c", BODY)).toMatchObject({ result: "failed", attempts: 5 });
    await tenant.close();
  });

  it("refuses by itself what breaks the contract", async () => {
    const outcome = await assign([stored], { ...BODY, dispositionCodeId: "" });
    expect(outcome).toMatchObject({ result: "refused", attempts: 0, latencyMs: 0 });
    expect(outcome.message).toContain("dispositionCodeId");
  });

  it.each([
    [403, "missing_scope"],
    [401, "unauthorized"],
    [307, "redirect_refused"],
  ])("throws for what stops every item alike: %d", async (status, code) => {
    await expect(assign([{ status }])).rejects.toMatchObject({ code });
  });
});

it("refuses an unsupported capability with its reason and the alternative", () => {
  const capability = {
    supported: false,
    lock: "none",
    asynchronous: false,
    writes: "none",
    readBack: false,
    reason: "only an agent session may set it",
    alternative: "Tag the contact instead.",
  } as const;
  try {
    requireSupported("set the disposition of a finished call", capability);
    expect.unreachable();
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(TenantError);
    expect(thrown).toMatchObject({ code: "unsupported", advice: "Tag the contact instead." });
  }
});
