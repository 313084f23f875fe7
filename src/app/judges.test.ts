// Less knowledge gives no better verdict: doctor, the probe of a tenant, and readiness.

import fc from "fast-check";
import { expect, test } from "vitest";
import { Readiness } from "../server/index.ts";
import { StoreError } from "../store/index.ts";
import { type Check, isReady } from "./doctor/examine.ts";
import { type ProbeStep, verdictOf } from "./tenant-probe.ts";

test("doctor: with a check less than all, or one that found nothing out, a workplace is not ready", () => {
  const state = fc.constantFrom("ok" as const, "warn" as const);
  const other = fc.constantFrom<Check["state"]>("ok", "warn", "todo");
  const check = (of: string) => (one: Check["state"]) => ({ check: of, state: one, text: "", mend: null });
  fc.assert(
    fc.property(state, fc.array(other), (ofTenant, others) => {
      const [tenant, rest] = [check("tenant"), others.map(check("store"))];
      expect(isReady([...rest, tenant(ofTenant)])).toBe(true);
      for (const lost of [[], [tenant("fail")], [tenant("todo")], [tenant(ofTenant), check("store")("fail")]])
        expect(isReady([...rest, ...lost])).toBe(false);
    }),
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
      for (const lost of ["failed", "skipped", "not permitted"] as const)
        expect(judged(states.with(at, lost))).toBe(states.with(at, lost).includes("not permitted") ? "not permitted" : "unknown");
    }),
  );
});

test("readiness: what the store, the list of replicas or the token does not answer makes no process ready", async () => {
  const state = { at: 0, schemaVersion: 1, wantedVersion: 1 };
  const replica = { id: "me", silentMs: 0, intervalMs: 2000 };
  const silent = () => Promise.reject(new Error("no answer"));
  let [failed, said]: (readonly string[])[] = [[], []];
  const clock = { now: () => 0, sleep: () => new Promise<void>(() => undefined) };
  const readyOf = async (change: {
    state?: () => Promise<object>;
    replicas?: () => Promise<readonly object[]>;
    token?: () => Promise<object>;
    told?: readonly string[];
    unseen?: number;
  }) => {
    const conditions = () => (change.told ?? []).map((name) => ({ name, message: "" }));
    const health = { state: change.state ?? (async () => state), conditions, unseenHeads: () => change.unseen ?? 0 };
    const store = { health, replicas: { list: change.replicas ?? (async () => [replica]) } };
    const made = new Readiness({ store, replica: "me", clock, token: change.token } as never);
    const { ready, checks } = await made.check();
    said = checks.flatMap(({ message }) => message ?? []);
    failed = checks.flatMap(({ name, ok }) => (ok ? [] : [name]));
    return ready;
  };
  expect(await readyOf({})).toBe(true);
  // A database that answers is not said to be silent.
  const refuses = () => Promise.reject(new StoreError("no_rights", "the database refuses: permission denied for table x"));
  expect(await readyOf({ state: refuses })).toBe(false);
  expect(said).toEqual(["the role of this process lacks a right in the database: outdial doctor names it"]);
  for (const lost of [
    { state: silent },
    { replicas: silent },
    { replicas: async () => [] },
    { token: silent },
    { replicas: async () => [{ ...replica, silentMs: 60_000 }] },
    { token: async () => ({ isRefused: true, leavesWork: true }) },
    { state: async () => ({ ...state, at: 60_000 }) },
    { state: async () => ({ ...state, schemaVersion: 0 }) },
    { replicas: async () => [{ ...replica, silentMs: 8000 }] },
    { state: async () => ({ ...state, at: 30_001 }) },
    { told: ["store_full"], state: async () => ({ ...state, at: 30_001 }) },
    { told: ["store_full"], replicas: silent },
    { told: ["other_tenant"] },
  ])
    expect([lost, await readyOf(lost)]).toEqual([lost, false]);
  // What all have, what a full store explains, and a token that no other service has in a better state, are told, and take no process out.
  const late = async () => [{ ...replica, silentMs: 60_000 }];
  for (const [change, told] of [
    [{ replicas: async () => [{ ...replica, silentMs: 7999 }] }, []],
    [{ state: async () => ({ ...state, at: 30_000 }) }, []],
    [{ unseen: 1 }, ["heads"]],
    [{ told: ["store_full"], replicas: late }, ["heartbeat", "room"]],
    [{ token: async () => ({ isRefused: true, leavesWork: false }) }, ["token"]],
    [{ token: async () => ({ isRefused: false, leavesWork: true }) }, []],
  ] as const) {
    expect(await readyOf(change)).toBe(true);
    expect(failed).toEqual(told);
  }
});
