// What becomes of a change of state whose caller ends it.

import { expect, test } from "vitest";
import { createTestClock } from "../../../../test/support/test-clock.ts";
import { type CallOptions, TenantError } from "../../../tenant/port.ts";
import { type ChangeDeps, changeState } from "./change.ts";
import { type ResumeDeps, resumeCampaign } from "./resume.ts";

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
      calledOff: () => Promise.resolve(null),
    },
    runner: {
      capability: { supported: true },
      setStatus: () => {
        caller.abort();
        return Promise.reject(new TenantError("aborted", "aborted by the caller", { outcomeUnknown: true }));
      },
    },
    clock: createTestClock(),
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
        calledOff: () => Promise.resolve(null),
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
      clock: createTestClock(),
      isTrusted: () => isTrusted,
    } as unknown as ChangeDeps;
    const change = await changeState(deps, "camp_1", target, { timeoutMs: 0 });
    expect(done).toEqual(expected);
    expect(change).toMatchObject({ outcome });
    if (outcome === "unknown") expect(change.message).toContain("nothing was sent; ask again");
  },
);

/** A resume whose request waits until it is let go, or was sent and waits for its answer. */
function waitingResume(how: "waits" | "sent") {
  const done: string[] = [];
  const asked = Promise.withResolvers<void>();
  let off: string | null = null;
  const deps = {
    intents: {
      begin: (_: string, target: string) => Promise.resolve({ id: target, key: target, reused: false }),
      end: ({ id }: { id: string }, { outcome }: { outcome: string }) => Promise.resolve(void done.push(`${id} ${outcome}`)),
      leave: () => Promise.resolve(),
      calledOff: () => Promise.resolve(off),
    },
    runner: {
      capability: { supported: true },
      async setStatus(_: string, status: string, { halt }: CallOptions) {
        if (status === "active") {
          asked.resolve();
          if (how === "waits")
            await new Promise((_resolve, reject) => {
              halt?.addEventListener("abort", () => reject(new TenantError("aborted", "ended", { outcomeUnknown: false })));
            });
          off ??= "olga gave an emergency stop";
        }
        done.push(`sent ${status}`);
        return { already: false, earlierUnknown: false };
      },
      status: () => Promise.resolve({ status: "paused" }),
    },
    figures: () => Promise.resolve({ at: null, activeCalls: 0 }),
    clock: createTestClock(),
  } as unknown as ChangeDeps;
  return { deps, done, asked: asked.promise, stop: () => (off = "olga gave an emergency stop") };
}

test("a resume that waits for its turn when everything is stopped is not sent", async () => {
  const { deps, done, asked, stop } = waitingResume("waits");
  const resumed = changeState(deps, "camp_1", "active", { timeoutMs: 0 });
  await asked;
  stop();
  expect(await resumed).toMatchObject({ outcome: "superseded", message: "olga gave an emergency stop; nothing was sent" });
  expect(done).toEqual(["active superseded"]);
});

test("a resume counts as asked for before its gate read the list", async () => {
  const { deps } = waitingResume("sent");
  const order: string[] = [];
  const gate = () => {
    order.push("gate");
    return Promise.resolve({ campaign: { id: "camp_1" }, manifest: null, refusals: [], allowed: true });
  };
  const begin = (_: string, target: string, { stopMark }: { stopMark?: number }) => {
    order.push(`${target} asked for after stop ${stopMark}`);
    return Promise.resolve(undefined);
  };
  const given = {
    ...deps,
    gate,
    intents: { ...deps.intents, begin },
    pairAgainst: () => Promise.resolve(null),
    doNotCall: () => Promise.resolve(null),
    stopMark: () => Promise.resolve(order.push("mark") + 6),
    record: () => Promise.resolve(),
    actor: "ann",
  } as unknown as ResumeDeps;
  await resumeCampaign(given, "camp_1", {});
  expect(order).toEqual(["mark", "gate", "active asked for after stop 7"]);
  await resumeCampaign(given, "camp_1", { stopMark: 3 });
  expect(order.at(-1)).toBe("active asked for after stop 3");
});

test("a resume that was sent when everything was stopped is undone", async () => {
  const { deps, done } = waitingResume("sent");
  expect(await changeState(deps, "camp_1", "active", { timeoutMs: 0 })).toMatchObject({
    target: "active",
    outcome: "superseded",
    shown: false,
    message: "olga gave an emergency stop after it was sent; it was paused again",
  });
  expect(done).toEqual(["sent active", "active superseded", "sent paused", "paused changed"]);
});
