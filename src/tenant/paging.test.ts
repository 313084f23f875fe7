// Lists read to their end, and lists that have none.

import { describe, expect, it } from "vitest";
import { collect } from "../../test/support/collect.ts";
import { type Answer, type Asked, startScriptedServer } from "../../test/support/scripted-server.ts";
import { createTestClock } from "../../test/support/test-clock.ts";
import { createTenant, parseItem, type Tenant, TenantError } from "./index.ts";

async function withPages<T>(
  api: (query: URLSearchParams, index: number) => Answer,
  test: (tenant: Tenant, asked: readonly Asked[]) => Promise<T>,
): Promise<T> {
  await using server = await startScriptedServer({
    api: (asked, index) => api(new URL(asked.url, "http://x").searchParams, index),
  });
  const tenant = createTenant(
    { hosts: server.url, token: { auth: "basic" }, credentials: { clientId: "c", clientSecret: "secret" } },
    { clock: createTestClock() },
  );
  try {
    return await test(tenant, server.asked);
  } finally {
    await tenant.close();
  }
}

const contacts = (from: number, count: number) =>
  Array.from({ length: count }, (_, index) => ({ id: `contact_${from + index}` }));
const calls = (from: number, count: number) => Array.from({ length: count }, (_, index) => ({ id: `call_${from + index}` }));
const idsOf = async (list: AsyncIterable<{ id: string }>) => (await collect(list)).map(({ id }) => id);

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return "none";
  } catch (thrown) {
    return thrown instanceof TenantError ? thrown.code : String(thrown);
  }
}

describe("a list by page", () => {
  it.each([0, 1, 99, 100, 101, 200, 250])("of %i is read to its end", (total) =>
    withPages(
      (query) => {
        const from = (Number(query.get("page")) - 1) * 100;
        return {
          json: {
            contacts: contacts(from, Math.max(0, Math.min(100, total - from))),
            page: Number(query.get("page")),
            pageSize: 100,
          },
        };
      },
      async (tenant, asked) => {
        expect((await idsOf(tenant.contacts.list("list_1", { query: "true", sortBy: "lastModifiedTime" }))).length).toBe(total);
        expect(asked.length).toBe(Math.floor(total / 100) + 1);
        expect(asked.every(({ url }) => url.includes("pageSize=100") && url.includes("sortBy=lastModifiedTime"))).toBe(true);
      },
    ),
  );

  it.each([
    ["says how large its pages are", { pageSize: 40 }],
    ["says how much there is", { total: 95 }],
  ])("of a tenant that caps the page and %s loses nothing", (_, fields) =>
    withPages(
      (query) => {
        const from = (Number(query.get("page")) - 1) * 40;
        return { json: { contacts: contacts(from, Math.max(0, Math.min(40, 95 - from))), ...fields } };
      },
      async (tenant) => {
        expect((await idsOf(tenant.contacts.list("list_1"))).length).toBe(95);
      },
    ),
  );

  it.each([
    ["at once", 0, { total: 200 }, { total: 200 }],
    ["after a whole page", 1, { total: 200 }, { total: 200 }],
    ["after a whole page, without a total of its own", 1, { total: 200 }, {}],
  ])("that ends %s before the total it announces is not whole: asked again, then an error", (_, full, first, empty) =>
    withPages(
      (query) => {
        const page = Number(query.get("page"));
        return { json: page <= full ? { contacts: contacts(0, 100), ...first } : { contacts: [], ...empty } };
      },
      async (tenant, asked) => {
        expect(await codeOf(idsOf(tenant.contacts.list("list_1")))).toBe("invalid_reply");
        expect(asked.length).toBeGreaterThan(full + 1);
      },
    ),
  );

  it("whose empty page was a hiccup is read to its end", () =>
    withPages(
      (query, index) => {
        const from = (Number(query.get("page")) - 1) * 100;
        return {
          json: {
            campaigns: index === 1 ? [] : contacts(from, 100 - from / 2).map((one) => ({ ...one, status: "active" })),
            total: 150,
          },
        };
      },
      async (tenant) => {
        expect((await idsOf(tenant.campaigns.list())).length).toBe(150);
      },
    ));

  it.each([
    ["an empty page", 100],
    ["a short page", 130],
  ])("that grows shorter while it is read ends with %s and the total of that page", (_, left) =>
    withPages(
      (query) =>
        query.get("page") === "1"
          ? { json: { contacts: contacts(0, 100), total: 250 } }
          : { json: { contacts: contacts(100, left - 100), total: left } },
      async (tenant, asked) => {
        expect((await idsOf(tenant.contacts.list("list_1"))).length).toBe(left);
        expect(asked.length).toBe(2);
      },
    ),
  );

  it("that gives the same page for ever is an error", () =>
    withPages(
      () => ({ json: { contacts: contacts(0, 100) } }),
      async (tenant, asked) => {
        expect(await codeOf(idsOf(tenant.contacts.list("list_1")))).toBe("paging_loop");
        expect(asked.length).toBe(2);
      },
    ));

  it("goes on from a page when told", () =>
    withPages(
      (query) => ({ json: { campaigns: query.get("page") === "3" ? [{ id: "x", status: "paused" }] : [] } }),
      async (tenant) => {
        expect(await idsOf(tenant.campaigns.list({ page: 3 }))).toEqual(["x"]);
      },
    ));
});

describe("a list by token", () => {
  it.each([[undefined], [null], [""]])("ends with the token %j", (end) =>
    withPages(
      (query) =>
        query.get("nextPageToken") === "two"
          ? { json: { calls: calls(2, 2), nextPageToken: end } }
          : { json: { calls: calls(0, 2), nextPageToken: "two" } },
      async (tenant, asked) => {
        expect(await idsOf(tenant.calls.list({ campaignId: "camp", limit: 2 }))).toEqual([
          "call_0",
          "call_1",
          "call_2",
          "call_3",
        ]);
        expect(asked.map(({ url }) => url.includes("campaignId=camp&limit=2"))).toEqual([true, true]);
      },
    ),
  );

  it("passes over empty pages", () =>
    withPages(
      (_, index) => ({ json: { calls: index === 2 ? calls(0, 1) : [], nextPageToken: index < 3 ? `t${index}` : "" } }),
      async (tenant) => {
        expect(await idsOf(tenant.calls.list({}))).toEqual(["call_0"]);
      },
    ));

  it("uses each operation's own parameter names", () =>
    withPages(
      (query) => ({
        json: { logs: [{ id: query.get("pageToken") ?? "first" }], nextPageToken: query.has("pageToken") ? null : "tok" },
      }),
      async (tenant, asked) => {
        expect(await collect(tenant.auditLogs.list({ entity: "dialer" }))).toEqual([{ id: "first" }, { id: "tok" }]);
        expect(asked[1]?.url).toContain("pageSize=50&pageToken=tok");
      },
    ));

  it.each([
    ["the same token twice", () => "same", (index: number) => index],
    ["an earlier token again", (index: number) => `t${index % 3}`, (index: number) => index],
    ["the same page under new tokens", (index: number) => `t${index}`, () => 0],
  ])("giving %s is an error, not a loop", (_, token, from) =>
    withPages(
      (_query, index) => ({ json: { calls: calls(from(index), 1), nextPageToken: token(index) } }),
      async (tenant, asked) => {
        expect(await codeOf(idsOf(tenant.calls.list({})))).toBe("paging_loop");
        expect(asked.length).toBeLessThanOrEqual(4);
      },
    ),
  );

  it("goes on from a token, and its pages say where", () =>
    withPages(
      (query, index) => ({ json: { calls: calls(index, 1), nextPageToken: query.has("nextPageToken") ? "" : "t1" } }),
      async (tenant, asked) => {
        const pages = await collect(tenant.calls.list({}).pages());
        expect(pages.map(({ number, nextToken }) => [number, nextToken])).toEqual([
          [1, "t1"],
          [2, undefined],
        ]);
        await collect(tenant.calls.list({ nextPageToken: "t1" }).pages());
        expect(asked[2]?.url).toContain("nextPageToken=t1");
      },
    ));

  it("asks for nothing more when the reader stops", () =>
    withPages(
      (_, index) => ({ json: { calls: calls(index * 2, 2), nextPageToken: `t${index}` } }),
      async (tenant, asked) => {
        for await (const call of tenant.calls.list({})) if (call.id === "call_2") break;
        expect(asked.length).toBe(2);
      },
    ));
});

describe("an item that is none", () => {
  const page: Answer = { json: { calls: [{ id: "a" }, { id: 5 }, "b", { id: "c" }] } };

  it("ends the iteration when nobody takes it", () =>
    withPages(
      () => page,
      async (tenant) => {
        expect(await codeOf(idsOf(tenant.calls.list({})))).toBe("invalid_reply");
      },
    ));

  it("is put aside with its problem when somebody does", () =>
    withPages(
      () => page,
      async (tenant) => {
        const aside: unknown[] = [];
        const onInvalidItem = (item: unknown, problem: string) => void aside.push([item, problem.length > 0]);
        expect(await idsOf(tenant.calls.list({}, { onInvalidItem }))).toEqual(["a", "c"]);
        expect(aside).toEqual([
          [{ id: 5 }, true],
          ["b", true],
        ]);
        expect(parseItem("listCalls", { id: "x", more: 1 })).toEqual({ item: { id: "x", more: 1 } });
      },
    ));
});
