import { expect, test } from "vitest";
import { recognise } from "./roles.ts";

const rules = { subject: "sub", roleClaim: "groups", roles: { ops: "operator", boss: "admin", all: "viewer" } } as const;

test.each([
  [{ groups: ["ops"] }, "operator"],
  [{ groups: ["all", "boss", "ops"] }, "admin"],
  [{ groups: "ops" }, "operator"],
  [{ groups: ["OPS", "ops ", "admin", "operator"] }, undefined],
  [{ groups: [] }, undefined],
  [{}, undefined],
  [{ groups: { ops: true } }, undefined],
  [{ groups: ["__proto__", "constructor", 7, null] }, undefined],
])("only a value of the map gives a role: %j", (claims, role) => {
  expect(recognise({ sub: "1", ...claims }, rules).role).toBe(role);
});

test("the claim is found by its own name or by a path", () => {
  const nested = { sub: "1", realm_access: { roles: ["ops"] }, "https://example.com/roles": ["boss"] };
  expect(recognise(nested, { ...rules, roleClaim: "realm_access.roles" }).role).toBe("operator");
  expect(recognise(nested, { ...rules, roleClaim: "https://example.com/roles" }).role).toBe("admin");
  expect(recognise(nested, { ...rules, roleClaim: "realm_access.roles.length" }).role).toBeUndefined();
});

test.each([[undefined], [7], [""], ["a b"], ["a\nb"], ["x".repeat(256)]])(
  "a subject that cannot be a name is none: %j",
  (sub) => {
    expect(recognise({ sub }, rules).subject).toBeUndefined();
  },
);

test("a label is one line of bounded length, and decides nothing", () => {
  const { subject, label } = recognise({ sub: "abc", email: `a\r\nb${"x".repeat(200)}` }, rules);
  expect(subject).toBe("abc");
  expect(label).toHaveLength(100);
  expect(label).toMatch(/^a bx/);
});
