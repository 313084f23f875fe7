// How every operation refuses: without a token, with a bad one, without the scope, beyond the limit, for an unknown id. The programs
// branch on these statuses and parse Retry-After as a whole number.

import { afterEach, describe, expect, test } from "vitest";
import * as z from "zod";
import { jsonText, strictInteger } from "../../clients/environment.ts";
import { EVERY_OPERATION, type PlainRequest } from "./every-operation.ts";
import { openTenant, SECRET, type TenantUnderTest, TRANSPORTS } from "./tenant-under-test.ts";

const ErrorReply = z.object({
  error: z.object({ code: z.string().min(1), message: z.string().min(1), details: z.array(z.unknown()) }),
  correlationId: z.string().min(1),
});

const everyScope = [...new Set(Object.values(EVERY_OPERATION).flatMap((request) => request.scopes))];

describe.each(TRANSPORTS)("refusals, %s", (transport) => {
  let tenant: TenantUnderTest;
  afterEach(async () => await tenant.close());

  async function open(scopes: readonly string[], more: Record<string, unknown> = {}): Promise<void> {
    tenant = await openTenant(transport, { clients: [{ id: "desk", secret: SECRET, scopes }], ...more });
  }
  async function refused(response: Response, status: number): Promise<void> {
    expect(response.status).toBe(status);
    const reply = ErrorReply.parse(await response.json());
    expect(response.headers.get("x-correlation-id")).toBe(reply.correlationId);
  }
  const send = (request: PlainRequest, path = request.path) => tenant.raw(request.method, path, request.body, request.headers);
  /** The status the request gets when nothing stands in its way. */
  const good = (operation: string) =>
    operation === "patchInteraction"
      ? 409
      : EVERY_OPERATION[operation]?.path.includes("/none")
        ? 404
        : operation === "putDialerSettings"
          ? 202
          : operation.startsWith("create")
            ? 201
            : 200;

  describe.each(Object.entries(EVERY_OPERATION))("%s", (operation, request) => {
    test("401 without a token and with an unknown one", async () => {
      await open(everyScope);
      const init = { method: request.method, ...(request.body === undefined ? {} : { body: jsonText(request.body) }) };
      const url = `${tenant.account().baseUrl}${request.path}`;
      await refused(await tenant.env.fetch(url, { ...init, headers: request.headers ?? {} }), 401);
      await refused(
        await tenant.env.fetch(url, { ...init, headers: { ...request.headers, Authorization: "Bearer forged" } }),
        401,
      );
    });

    test("403 with every scope but its own, let in with any one of them", async () => {
      await open(everyScope.filter((scope) => !request.scopes.includes(scope)));
      await refused(await send(request), 403);
      for (const scope of request.scopes) {
        await tenant.close();
        await open([scope]);
        expect((await send(request)).status).toBe(good(operation));
      }
    });

    test("429 with whole seconds beyond the limit, and it passes after them", async () => {
      const limit = { perMinute: 4 };
      await open(everyScope, {
        limits: { "outbound-write": limit, "outbound-read": limit, campaigns: limit, "dialer-write": limit, other: limit },
      });
      for (let i = 0; i < 4; i++) await send(request);
      const response = await send(request);
      const told = strictInteger(response.headers.get("retry-after") ?? "");
      expect(told).toBeGreaterThanOrEqual(1);
      await refused(response, 429);
      await tenant.sandbox.control.advance(told);
      expect((await send(request)).status).not.toBe(429);
    });

    if (request.unknown !== undefined) {
      test("404 for an id that is not there", async () => {
        await open(everyScope);
        await refused(await send(request, request.unknown), 404);
      });
    }

    if (request.body !== undefined) {
      test("400 for a body that is no object", async () => {
        await open(everyScope);
        await refused(await tenant.raw(request.method, request.path, [], request.headers), 400);
      });
    }
  });
});
