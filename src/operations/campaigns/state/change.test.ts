// What becomes of a change of state whose caller ends it.

import { expect, test } from "vitest";
import { type CallOptions, TenantError } from "../../../tenant/port.ts";
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

/** What a client does with what it is told: it asks before each request leaves, waits, and ends when it is halted. */
async function leaves({ confirmed, halt }: CallOptions): Promise<void> {
  for (let wait = confirmed?.(); wait !== undefined; wait = confirmed?.()) {
    await wait;
    if (halt?.aborted === true) throw new TenantError("aborted", "aborted by the caller", { outcomeUnknown: false });
  }
}

test.each([
  ["active", false, "paused", "unknown", ["begin", "leave"]],
  ["active", false, "active", "changed", ["begin", "end"]],
  ["active", true, "active", "changed", ["begin", "sent", "end"]],
  ["paused", false, "paused", "changed", ["begin", "sent", "end"]],
] as const)(
  "to %s, by a process that is trusted: %s, where the tenant shows it %s: %s",
  async (target, isTrusted, shown, outcome, expected) => {
    const done: string[] = [];
    const deps = {
      intents: {
        begin: () => Promise.resolve({ id: "i", key: "k", reused: false, at: done.push("begin") }),
        end: () => Promise.resolve(void done.push("end")),
        leave: () => Promise.resolve(void done.push("leave")),
      },
      runner: {
        capability: { supported: true },
        setStatus: async (_id: string, _status: string, options: CallOptions) => {
          await leaves(options);
          done.push("sent");
          return { already: false, earlierUnknown: false };
        },
        status: () => Promise.resolve({ status: shown }),
      },
      figures: () => Promise.resolve({ at: null, activeCalls: 0 }),
      clock: { now: () => 0, sleep: () => Promise.resolve() },
      isTrusted: () => isTrusted,
    } as unknown as ChangeDeps;
    const change = await changeState(deps, "camp_1", target, { timeoutMs: 0 });
    expect(done).toEqual(expected);
    expect(change).toMatchObject({ outcome });
    if (outcome === "unknown") expect(change.message).toContain("nothing was sent; ask again");
  },
);
