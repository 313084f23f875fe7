// Less knowledge gives no better verdict: doctor, the probe of a tenant, and readiness.

import fc from "fast-check";
import { expect, test } from "vitest";
import { Readiness } from "../server/index.ts";
import { type Check, isReady } from "./doctor/check.ts";
import { type ProbeStep, verdictOf } from "./tenant-probe.ts";

test("doctor: with a check less than all, or one that found nothing out, a workplace is not ready", () => {
  const check = (state: Check["state"]): Check => ({ check: "tenant", state, text: "", mend: null });
  expect(isReady([])).toBe(false);
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom("ok" as const, "warn" as const)),
      fc.constantFrom("fail" as const, "todo" as const),
      (states, lost) => {
        expect(isReady([...states.map(check), check(lost)])).toBe(false);
      },
    ),
  );
});

test("tenant probe: without a read, or one that failed or was not made, no capability is there", () => {
  const reads = ["listSkills", "getSkill", "listActive"];
  const state = fc.constantFrom<ProbeStep["state"]>("ok", "empty", "not permitted", "failed", "skipped");
  const judged = (states: readonly ProbeStep["state"][], of = reads) =>
    verdictOf(
      { supported: true } as never,
      of,
      states.map((one, at) => ({ step: reads[at] ?? "", state: one, status: null, latencyMs: null, version: null, text: "" })),
      { table: { operations: {} } } as never,
    ).verdict;
  expect(judged([], [])).toBe("unknown");
  expect(judged(["ok", "ok", "ok"])).toBe("yes");
  fc.assert(
    fc.property(fc.array(state, { minLength: 3, maxLength: 3 }), fc.nat(2), (states, at) => {
      expect(judged(states.slice(0, at))).not.toBe("yes");
      for (const lost of ["failed", "skipped", "not permitted"] as const) expect(judged(states.with(at, lost))).not.toBe("yes");
    }),
  );
});

test("readiness: what the store, the list of replicas or the token does not answer makes no process ready", async () => {
  const state = { at: 0, schemaVersion: 1, wantedVersion: 1 };
  const replica = { id: "me", silentMs: 0, intervalMs: 2000 };
  const silent = () => Promise.reject(new Error("no answer"));
  const clock = { now: () => 0, sleep: () => new Promise<void>(() => undefined) };
  const readyOf = async (change: {
    state?: () => Promise<object>;
    replicas?: () => Promise<readonly object[]>;
    token?: () => Promise<object>;
  }) => {
    const health = { state: change.state ?? (async () => state), conditions: () => [], unseenHeads: () => 0 };
    const store = { health, replicas: { list: change.replicas ?? (async () => [replica]) } };
    const made = new Readiness({ store, replica: "me", clock, token: change.token } as never);
    return (await made.check()).ready;
  };
  expect(await readyOf({})).toBe(true);
  for (const lost of [
    { state: silent },
    { replicas: silent },
    { replicas: async () => [] },
    { token: silent },
    { replicas: async () => [{ ...replica, silentMs: 60_000 }] },
    { token: async () => ({ isRefused: true, leavesWork: true }) },
    { state: async () => ({ ...state, at: 60_000 }) },
    { state: async () => ({ ...state, schemaVersion: 0 }) },
  ])
    expect(await readyOf(lost)).toBe(false);
});
