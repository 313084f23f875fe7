import fc from "fast-check";
import { expect, test } from "vitest";
import { replicaIsDead } from "./members.ts";

const replica = { id: "r1", pid: 7, host: "a", intervalMs: 2000, scopes: [], silentMs: 100 };
const here = (host: string, lives: boolean) => ({ host, processLives: () => lives });

test("a replica that left, or whose process on this machine is gone, is dead at once", () => {
  expect(replicaIsDead(undefined, here("a", true))).toBe(true);
  expect(replicaIsDead(replica, here("a", false))).toBe(true);
  expect(replicaIsDead(replica, here("b", false))).toBe(false);
});

test("elsewhere a silent replica is dead after two missed beats, well within ten seconds of the beat that was due", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 60_000 }), (silentMs) => {
      expect(replicaIsDead({ ...replica, silentMs }, here("b", true))).toBe(silentMs > 6000);
    }),
  );
});
