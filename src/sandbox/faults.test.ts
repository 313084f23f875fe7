// Faults: whom they meet, how often they strike, what may be added.

import { describe, expect, it } from "vitest";
import { createFaultList, FaultError, type RequestFacts } from "./faults.ts";

const PUT: RequestFacts = {
  operation: "assignDisposition",
  method: "PUT",
  path: "/api/v2/outbound/calls/1/disposition",
  clientId: "me",
};
const strikes = (list: ReturnType<typeof createFaultList>, count: number, facts = PUT) =>
  Array.from({ length: count }, () => list.match(facts)?.id ?? null);

describe("a fault", () => {
  it.each([
    [{}, true],
    [{ operation: "assignDisposition" }, true],
    [{ operation: "getCall" }, false],
    [{ method: "PUT" }, true],
    [{ method: "GET" }, false],
    [{ path: "/api/v2/outbound" }, true],
    [{ path: "/api/v1" }, false],
    [{ client: "me" }, true],
    [{ client: "you" }, false],
    [{ operation: "assignDisposition", client: "you" }, false],
  ])("with match %j strikes: %s", (match, expected) => {
    const list = createFaultList({ seed: 1 });
    list.add({ match, effect: { status: 503 } });
    expect(list.match(PUT) !== undefined).toBe(expected);
  });

  it("lets the first ones through, then strikes so many times", () => {
    const list = createFaultList({ seed: 1 });
    list.add({ after: 2, times: 3, effect: { reset: true } });
    expect(strikes(list, 8)).toEqual([null, null, "fault_1", "fault_1", "fault_1", null, null, null]);
    expect(list.list()).toMatchObject([{ id: "fault_1", matched: 5, struck: 3 }]);
  });

  it("gives way to the next when it does not strike", () => {
    const list = createFaultList({ seed: 1 });
    list.add([
      { times: 1, effect: { status: 500 } },
      { after: 1, effect: { status: 503 } },
    ]);
    expect(strikes(list, 4)).toEqual(["fault_1", null, "fault_2", "fault_2"]);
  });

  it("strikes by chance as the seed says, alike in every run", () => {
    const run = (seed: number) => {
      const list = createFaultList({ seed });
      list.add({ probability: 0.25, effect: { garbage: true } });
      return strikes(list, 2000);
    };
    expect(run(1)).toEqual(run(1));
    expect(run(1)).not.toEqual(run(2));
    expect(Math.abs(run(1).filter((id) => id !== null).length - 500)).toBeLessThan(80);
  });

  it("goes on where it was after a restore", () => {
    const list = createFaultList({ seed: 3 });
    list.add({ probability: 0.5, times: 30, effect: { acceptThenFail: true } });
    strikes(list, 20);
    const saved = JSON.parse(JSON.stringify(list.snapshot()));
    const rest = strikes(list, 60);
    list.clear();
    expect(strikes(list, 5)).toEqual([null, null, null, null, null]);
    list.restore(saved);
    expect(strikes(list, 60)).toEqual(rest);
    expect(list.add({ effect: { delayMs: 5 } })[0]?.id).toBe("fault_2");
  });

  it("can be removed alone", () => {
    const list = createFaultList({ seed: 1 });
    list.add([{ effect: { status: 500 } }, { effect: { headers: { "Retry-After": null } } }]);
    expect(list.clear("fault_1")).toBe(1);
    expect(list.clear("fault_1")).toBe(0);
    expect(list.match(PUT)).toEqual({ id: "fault_2", effect: { headers: { "Retry-After": null } } });
  });
});

describe("what cannot be added", () => {
  it.each([
    [{ effect: { staus: 500 } }, "effect.staus", /did you mean status\?/],
    [{ match: { operation: "getCal" }, effect: { status: 500 } }, "match.operation", /did you mean getCall\?/],
    [{ match: { path: "api" }, effect: { status: 500 } }, "match.path", /\//],
    [{ effect: {} }, "effect", /at least one/],
    [{ probability: 2, effect: { status: 500 } }, "probability", /1/],
    [[{ effect: { status: 500 } }, { effect: { status: 9 } }], "[1].effect.status", /200/],
    [{}, "effect", /object/],
    [null, "", /object/],
  ])("%j is refused by name", (value, path, message) => {
    const list = createFaultList({ seed: 1 });
    expect(() => list.add(value)).toThrow(FaultError);
    expect(() => list.add(value)).toThrow(
      expect.objectContaining({ code: "fault_invalid", problems: [{ path, message: expect.stringMatching(message) }] }),
    );
    expect(list.list()).toEqual([]);
  });
});
