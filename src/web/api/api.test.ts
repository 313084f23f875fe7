// Requests, the stream's text, the waiting between connections.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ApiTypes } from "../../server/index.ts";
import { latestOf } from "./campaigns.ts";
import { createClient, createSseParser, type SseMessage, waitBeforeRetry } from "./dashboard.ts";
import { addressOf } from "./operation.ts";
import { RequestError } from "./problem-error.ts";

function parse(pieces: readonly string[]): readonly SseMessage[] {
  const parser = createSseParser();
  return pieces.flatMap((piece) => parser.push(piece));
}

describe("the stream", () => {
  const text =
    'retry: 2000\n\nid: 7-1\n\n: heartbeat\n\nid: 7-2\nevent: job\ndata: {"a":1,\ndata: "b":2}\n\nid:7-3\r\ndata:x\r\n\r\n';

  test("is read as the standard says", () => {
    expect(parse([text])).toEqual([
      { id: "7-1", event: "message", data: "" },
      { id: "7-2", event: "job", data: '{"a":1,\n"b":2}' },
      { id: "7-3", event: "message", data: "x" },
    ]);
    const parser = createSseParser();
    parser.push(text);
    expect(parser.retry()).toBe(2000);
  });

  test("means the same however it was cut", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(text.length), { maxLength: 12 }), (cuts) => {
        const places = [0, ...cuts.sort((a, b) => a - b), text.length];
        const pieces = places.slice(1).map((end, i) => text.slice(places[i], end));
        expect(parse(pieces)).toEqual(parse([text]));
      }),
    );
  });

  test("an event that was cut off is none", () => {
    expect(parse(["id: 1\ndata: half"])).toEqual([]);
  });
});

test("the wait doubles up to a bound, is spread, and is never shorter than asked for", () => {
  expect([1, 2, 3, 4, 20].map((failures) => waitBeforeRetry(failures, 1))).toEqual([500, 1000, 2000, 4000, 15_000]);
  expect(waitBeforeRetry(1, 0)).toBe(250);
  expect(waitBeforeRetry(1, 0, 2000)).toBe(2000);
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1000 }), fc.double({ min: 0, max: 1, noNaN: true }), (failures, chance) => {
      const wait = waitBeforeRetry(failures, chance);
      expect(wait).toBeGreaterThanOrEqual(250);
      expect(wait).toBeLessThanOrEqual(15_000);
    }),
  );
});

test("of the list of campaigns the latest is shown; a reading that failed since is told, and takes away what must not be seen any more", () => {
  const list = (id: string) => ({ items: [{ id }], next: null }) as unknown as ApiTypes.CampaignList;
  const failed = (at: number, status = 503) =>
    ({ kind: "failed", at, error: new RequestError(status, "no database", undefined) }) as const;
  const read = (at: number) => ({ kind: "ready", value: list("read"), at }) as const;
  const told = { list: list("told"), at: 20 };
  expect(latestOf(read(10), undefined)).toEqual(read(10));
  expect(latestOf(read(30), told)).toEqual(read(30));
  const rows = { kind: "ready", value: told.list, at: 20 };
  for (const before of [{ kind: "loading" } as const, read(10), failed(15), { ...read(10), failed: failed(15) }])
    expect(latestOf(before, told)).toEqual(rows);
  for (const since of [failed(30), { ...read(10), failed: failed(30) }])
    expect(latestOf(since, told)).toEqual({ ...rows, failed: failed(30) });
  expect(latestOf(failed(30, 403), told)).toEqual(failed(30, 403));
});

describe("addresses", () => {
  test("leave out what is undefined and encode the rest", () => {
    expect(addressOf("jobs.list", {})).toEqual({ method: "GET", url: "/api/v1/jobs" });
    const query = { actor: "a&b=c", limit: 5, subject: undefined, reveal: true };
    expect(addressOf("audit.list", { query }).url).toBe("/api/v1/audit?actor=a%26b%3Dc&limit=5&reveal=true");
    expect(addressOf("outcomes.report", { query: { by: ["a=b", "c=d"] } }).url).toBe("/api/v1/outcomes/report?by=a%3Db&by=c%3Dd");
    expect(addressOf("campaigns.show", { params: { id: "../x/y?z" } }).url).toBe("/api/v1/campaigns/id/..%2Fx%2Fy%3Fz");
    expect(addressOf("deliveries.disable", { params: { name: "bi" } })).toEqual({
      method: "POST",
      url: "/api/v1/deliveries/endpoints/bi/disable",
    });
  });
});

describe("requests", () => {
  function client(answer: () => Response | Promise<Response>) {
    const asked: RequestInit[] = [];
    let signedOut = 0;
    const made = createClient({
      fetch: async (_, init = {}) => {
        asked.push(init);
        return await answer();
      },
      newKey: () => `key-${asked.length}`,
      onSignedOut: () => {
        signedOut += 1;
      },
    });
    return { made, asked, signedOut: () => signedOut };
  }
  const problem = {
    type: "about:blank",
    title: "Conflict",
    status: 409,
    code: "plan_changed",
    detail: "look again",
    requestId: "r",
  };

  test("a write carries the header of our own page and a key of its own; a read carries neither", async () => {
    const { made, asked } = client(() => Response.json({}));
    await made.ask("jobs.cancel", { params: { id: "1" } });
    await made.ask("dialer.apply", { body: { file: {}, confirm: "c" } }, { key: "same" });
    await made.ask("jobs.list", {});
    const headers = asked.map((init) => new Headers(init.headers));
    expect(headers.map((one) => one.get("idempotency-key"))).toEqual(["key-0", "same", null]);
    expect(headers.map((one) => one.has("x-outdial-request"))).toEqual([true, true, false]);
    expect(headers[1]?.get("content-type")).toBe("application/json");
  });

  test("a refusal is an error with the code and words of the service", async () => {
    const { made } = client(() => Response.json(problem, { status: 409 }));
    await expect(made.ask("jobs.list", {})).rejects.toMatchObject({
      code: "refused",
      status: 409,
      message: "look again",
      problem,
    });
  });

  test.each([
    [403, "no_permission"],
    [404, "not_found"],
    [503, "failed"],
  ])("status %d is %s, also without a document", async (status, code) => {
    const { made } = client(() => new Response("<html>", { status }));
    await expect(made.ask("jobs.list", {})).rejects.toMatchObject({ code, status });
  });

  test("an ended session is told at once", async () => {
    const { made, signedOut } = client(() => Response.json({ ...problem, status: 401 }, { status: 401 }));
    await expect(made.ask("jobs.list", {})).rejects.toMatchObject({ code: "not_signed_in" });
    expect(signedOut()).toBe(1);
  });

  test("what was begun ahead is taken once, and not at all when it failed", async () => {
    const { made, asked } = client(() => Response.json({ n: asked.length }));
    made.ahead("campaigns.list", {});
    expect(await made.ask("campaigns.list", {})).toEqual({ n: 1 });
    expect(await made.ask("campaigns.list", {})).toEqual({ n: 2 });
    let refuses = true;
    const { made: out } = client(() => Response.json(problem, { status: refuses ? 401 : 200 }));
    out.ahead("campaigns.list", {});
    await expect(out.ask("session.me", {})).rejects.toMatchObject({ code: "not_signed_in" });
    refuses = false;
    expect(await out.ask("campaigns.list", {})).toEqual(problem);
  });

  test("no answer at all is unreachable", async () => {
    const { made } = client(() => Promise.reject(new TypeError("Failed to fetch")));
    await expect(made.ask("jobs.list", {})).rejects.toMatchObject({ code: "unreachable", status: 0 });
  });

  test("lines are read one by one", async () => {
    const { made } = client(() => new Response('{"line":1}\n{"line":2}\n'));
    expect(await made.lines("jobs.rows", { params: { id: "1" } })).toEqual([{ line: 1 }, { line: 2 }]);
  });
});
