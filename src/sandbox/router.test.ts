import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { fillPath, OPERATION_IDS, OPERATIONS, operationOf } from "../contract/index.ts";
import { createRouter, splitTarget } from "./router.ts";
import { Refusal } from "./wire.ts";

const route = createRouter(OPERATION_IDS.map((operation) => ({ operation, ...operationOf(operation) })));
const values = fc
  .string({ minLength: 1, unit: "grapheme" })
  .filter((text) => text !== "." && text !== ".." && text.isWellFormed());

describe("every operation is found by its filled path, its values decoded", () => {
  test.each(OPERATION_IDS)("%s", (id) => {
    const { method, path } = OPERATIONS[id];
    const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? "");
    fc.assert(
      fc.property(values, (value) => {
        const params = Object.fromEntries(names.map((name) => [name, value]));
        expect(route(method, splitTarget(`${fillPath(path, params)}?a=/b//c`).path)).toEqual({ operation: id, params });
      }),
      { numRuns: 30 },
    );
  });
});

it("whatever the path, the router finds an operation or refuses", () => {
  fc.assert(
    fc.property(fc.constantFrom("GET", "PUT", "POST", "TRACE"), fc.webPath(), (method, path) => {
      try {
        expect(OPERATION_IDS).toContain(route(method, splitTarget(path).path).operation);
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(Refusal);
      }
    }),
  );
});

it("doubled slashes of the path count as one, those of the query stay", () => {
  expect(splitTarget("//api//v1/x?next=//y")).toEqual({ path: "/api/v1/x", search: "next=//y" });
  expect(() => route("GET", "/api/v1/interactions/")).toThrow(/No operation/);
});
