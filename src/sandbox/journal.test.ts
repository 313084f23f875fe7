// The request journal: a ring, filters, and no secret in any form.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createJournal, type JournalInput } from "./journal.ts";

const entry = (fields: Partial<JournalInput> = {}): JournalInput => ({
  at: Date.UTC(2026, 0, 1),
  method: "GET",
  path: "/api/v2/outbound/calls/1",
  query: "",
  status: 200,
  latencyMs: 1.5,
  headers: {},
  body: "",
  ...fields,
});

describe("the ring", () => {
  it("keeps the newest, in order, and counts all", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 0, max: 60 }),
        fc.integer({ min: 0, max: 60 }),
        (limit, count, since) => {
          const journal = createJournal({ limit });
          for (let i = 1; i <= count; i++) journal.record(entry({ path: `/${i}` }));
          const kept = Array.from({ length: count }, (_, i) => i + 1).slice(-limit);
          expect(journal.list().map(({ seq, path }) => [seq, path])).toEqual(kept.map((n) => [n, `/${n}`]));
          expect(journal.list({ since }).map(({ seq }) => seq)).toEqual(kept.filter((n) => n > since));
          expect([journal.total, journal.size]).toEqual([count, kept.length]);
        },
      ),
    );
  });

  it("filters by operation and gives the newest of a limit", () => {
    const journal = createJournal();
    for (let i = 1; i <= 10; i++) journal.record(entry({ operation: i % 2 === 0 ? "getCall" : "listCalls" }));
    expect(journal.list({ operation: "getCall", limit: 2 }).map(({ seq }) => seq)).toEqual([8, 10]);
  });

  it("never repeats a number, also after a clear", () => {
    const journal = createJournal({ limit: 3 });
    for (let i = 0; i < 5; i++) journal.record(entry());
    journal.clear();
    expect([journal.total, journal.size, journal.list()]).toEqual([0, 0, []]);
    for (let i = 0; i < 4; i++) journal.record(entry());
    expect(journal.list().map(({ seq }) => seq)).toEqual([7, 8, 9]);
    expect(journal.total).toBe(4);
  });

  it("shows what was sent: time, parsed body, nulls for what is unknown", () => {
    const journal = createJournal();
    journal.record(entry({ body: '{"a":[1]}', headers: { accept: "*/*", "x-idempotency-key": "k" } }));
    journal.record(entry({ body: "not json", fault: "fault_1" }));
    expect(journal.list()).toMatchObject([
      {
        at: "2026-01-01T00:00:00.000Z",
        body: { a: [1] },
        headers: { accept: "*/*", "x-idempotency-key": "k" },
        operation: null,
        fault: null,
      },
      { body: "not json", fault: "fault_1" },
    ]);
  });
});

describe("secrets", () => {
  const MARK = "m4rker-31337";
  const form = { "content-type": "application/x-www-form-urlencoded" };
  const leaks: [string, Partial<JournalInput>][] = [
    ["Basic", { headers: { authorization: `Basic ${MARK}` } }],
    ["Bearer twice", { headers: { authorization: `Bearer Bearer ${MARK}` } }],
    ["a bare Authorization", { headers: { authorization: MARK } }],
    [
      "cookies",
      { headers: { cookie: MARK, "set-cookie": MARK, "proxy-authorization": MARK, "x-api-key": MARK, "x-auth-token": MARK } },
    ],
    ["a form", { headers: form, body: `grant_type=x&client_secret=${MARK}&client%5Fsecret=${MARK}&password=${MARK}` }],
    ["JSON", { body: JSON.stringify({ client_secret: MARK, deep: [{ accessToken: MARK, "api-key": MARK }] }) }],
    [
      "a webhook's token",
      { body: JSON.stringify({ auth: { type: "bearer", token: MARK }, headers: { Authorization: `Bearer ${MARK}` } }) },
    ],
    ["a secret that is an object", { body: JSON.stringify({ password: { value: MARK } }) }],
    ["broken JSON", { body: `{"client_id":"x","client_secret":"${MARK} \\" ${MARK}","x":` }],
    ["JSON cut short", { body: `{"token":"${MARK}` }],
    ["a query", { query: `a=1&access_token=${MARK}` }],
    ["a long body", { body: JSON.stringify({ client_secret: MARK, pad: "x".repeat(50_000) }) }],
  ];
  it.each(leaks)("in %s are masked", (_, fields) => {
    const journal = createJournal();
    journal.record(entry(fields));
    const text = JSON.stringify(journal.list());
    expect(text).not.toContain(MARK);
    expect(text).toContain("[redacted]");
  });

  it("are not seen where there are none", () => {
    const body = JSON.stringify({
      nextPageToken: "p",
      pageToken: "q",
      versionTag: "v",
      notes: "token and secret",
      tag: ["password"],
    });
    const journal = createJournal();
    journal.record(entry({ body, query: "nextPageToken=abc&limit=5", headers: { authorization: `Bearer ${MARK}` } }));
    expect(journal.list()).toMatchObject([
      { body: JSON.parse(body), query: "nextPageToken=abc&limit=5", headers: { authorization: "Bearer [redacted]" } },
    ]);
  });
});
