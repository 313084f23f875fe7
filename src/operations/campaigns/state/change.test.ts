// What becomes of a change of state whose caller ends it.

import { expect, test } from "vitest";
import { TenantError } from "../../../tenant/port.ts";
import { type ChangeDeps, changeState } from "./change.ts";

test.each([
  ["active", ["begin", "leave"]],
  ["paused", ["begin"]],
] as const)("ended by its caller, to %s: a service goes on with a pause, never with a resume", async (target, expected) => {
  const done: string[] = [];
  const caller = new AbortController();
  const deps = {
    intents: {
      begin: () => Promise.resolve({ id: "i", key: "k", reused: false, at: done.push("begin") }),
      end: () => Promise.resolve(void done.push("end")),
      leave: () => Promise.resolve(void done.push("leave")),
    },
    runner: {
      capability: { supported: true },
      setStatus: () => {
        caller.abort();
        return Promise.reject(new TenantError("aborted", "aborted by the caller", { outcomeUnknown: true }));
      },
    },
  } as unknown as ChangeDeps;
  await expect(changeState(deps, "camp_1", target, { timeoutMs: 0, signal: caller.signal })).rejects.toThrow("aborted");
  expect(done).toEqual(expected);
});
