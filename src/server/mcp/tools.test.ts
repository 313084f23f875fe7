// Tools are made of routes: which, with which names and arguments; and how the arguments of a call become a request.

import { describe, expect, test } from "vitest";
import { maskedValue } from "../../operations/views/index.ts";
import { describedRoutes } from "../document.ts";
import { failed, LONGEST_ANSWER, told } from "./serve.ts";
import { allowableVerbs, readTools, requestOf, writeTools } from "./tools.ts";

const routes = describedRoutes();
const tools = readTools(routes);
const toolNamed = (name: string) => {
  const found = tools.find((tool) => tool.name === name);
  if (found === undefined) throw new Error(`there is no tool ${name}`);
  return found;
};

describe("tools that read", () => {
  test("are routes for viewers that change nothing, with names that every assistant takes", () => {
    expect(tools.length).toBeGreaterThan(40);
    for (const { name, route, annotations, inputSchema } of tools) {
      expect(name).toMatch(/^[A-Za-z0-9_-]{1,64}$/);
      expect([route.role, route.method === "get" || route.question, route.dangerous]).toEqual(["viewer", true, false]);
      expect(annotations).toMatchObject({ readOnlyHint: true, destructiveHint: false });
      expect(inputSchema).toMatchObject({ type: "object", additionalProperties: false });
    }
    expect(new Set(tools.map(({ name }) => name)).size).toBe(tools.length);
    expect(JSON.stringify(tools.map(({ inputSchema, description }) => [inputSchema, description])).length).toBeLessThan(60_000);
  });

  test("take what the routes take, each argument once, and never a wish to see numbers", () => {
    for (const { name, arguments: given } of tools) {
      const all = [...given.params, ...given.query, ...(typeof given.body === "string" ? [] : given.body)];
      expect(new Set(all).size, name).toBe(all.length);
      expect(all, name).not.toContain("reveal");
    }
    expect(toolNamed("audit_list").inputSchema).toMatchObject({ properties: { limit: { type: "integer", maximum: 1000 } } });
  });
});

describe("tools that act", () => {
  test("are those that were allowed, of verbs that are dangerous or hold back; none takes a confirmation", () => {
    const verbs = allowableVerbs(routes);
    expect(verbs.toSorted()).toEqual([
      "campaigns.apply",
      "campaigns.failback",
      "campaigns.failover",
      "campaigns.pause",
      "campaigns.resume",
      "campaigns.stop",
      "consents.revoke",
      "dialer.apply",
      "dialer.rollback",
      "failover.put",
      "jobs.cancel",
      "suppressions.add",
      "suppressions.lift",
    ]);
    for (const { route, ends, annotations, arguments: given } of writeTools(routes, verbs)) {
      expect([route.id, ends]).toEqual([route.id, route.dangerous ? "plan" : "now"]);
      expect(annotations.readOnlyHint).toBe(ends === "read");
      expect(given.body).not.toContain("confirm");
    }
    expect(writeTools(routes, [])).toEqual([]);
    expect(writeTools(routes, ["campaigns.apply"]).map(({ name }) => name)).toEqual(["campaigns_apply"]);
    expect(() => writeTools(routes, ["suppressions.declareEmpty"])).toThrow(/cannot be allowed/);
  });

  test("that end in a plan send its hash", () => {
    const [resume] = writeTools(routes, ["campaigns.resume"]);
    if (resume === undefined) throw new Error("no tool");
    expect(requestOf(resume, { id: "a", reason: "b" }, "0".repeat(64))).toMatchObject({
      path: "/api/v1/campaigns/id/a/resume",
      body: JSON.stringify({ reason: "b", confirm: "0".repeat(64) }),
    });
  });
});

describe("a call", () => {
  test("fills path, query and body", () => {
    expect(requestOf(toolNamed("campaigns_show"), { id: "a/b ?", hours: 3, fresh: true })).toEqual({
      method: "GET",
      path: "/api/v1/campaigns/id/a%2Fb%20%3F?hours=3&fresh=true",
      body: undefined,
    });
    expect(requestOf(toolNamed("suppressions_lookup"), { number: "+12125550123" })).toEqual({
      method: "POST",
      path: "/api/v1/compliance/suppression",
      body: '{"number":"+12125550123"}',
    });
  });

  test.each([
    ["campaigns_show", { id: ".." }, /id: a text is needed/],
    ["campaigns_show", { id: "." }, /id: a text is needed/],
    ["campaigns_show", {}, /id: a text is needed/],
    ["campaigns_show", { id: {} }, /id: a text is needed/],
    ["audit_list", { reveal: "true" }, /takes no reveal; it takes limit, cursor/],
    ["audit_list", { limit: {} }, /limit: a text, a number/],
    ["failover_list", { x: 1 }, /takes no x; it takes no arguments/],
  ])("of %s with %j is refused", (name, given, message) => {
    expect(requestOf(toolNamed(name), given)).toMatch(message);
  });
});

test("answers are masked to their depths, and cut when they are long; errors too", () => {
  const value = { subject: "+12125550123", list: [{ "+12125550124": "call 12125550125 now" }], next: "2026000000000" };
  const masked = maskedValue(value);
  expect(JSON.stringify(masked)).not.toMatch(/555012/);
  expect(masked).toMatchObject({ next: "2026000000000" });
  expect(failed("no +12125550123", "ask +12125550124")).toMatchObject({ isError: true });
  expect(JSON.stringify(failed("no +12125550123", "ask +12125550124"))).not.toContain("555012");
  const { content } = told("x".repeat(LONGEST_ANSWER + 1));
  expect(content.map(({ text }) => text.length < LONGEST_ANSWER + 1)).toEqual([true, true]);
  expect(content[1]?.text).toContain(`of ${LONGEST_ANSWER + 1} characters`);
});
