import fc from "fast-check";
import { expect, test } from "vitest";
import { createHandClock } from "../../../test/support/hand-clock.ts";
import type { Replicas } from "../../store/index.ts";
import { joinReplicas, replicaIsDead } from "./members.ts";

const replica = { id: "r1", pid: 7, host: "a", intervalMs: 2000, scopes: [], refused: null, alike: {}, silentMs: 100 };
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

test("a process that paused is trusted again only when whoever held it for dead has taken its runs, or has seen its beat", async () => {
  const clock = createHandClock(0);
  const replicas = { beat: async () => undefined, remove: async () => true } as unknown as Replicas;
  const own = { id: "me", pid: 1, host: "a", scopes: [], processLives: () => true };
  const members = await joinReplicas({ replicas, ...own, clock, elapsed: () => clock.now() });
  const pass = async (ms: number) => {
    await clock.asleep(1);
    clock.advance(ms);
    for (let turn = 0; turn < 5; turn++) await Promise.resolve();
  };
  expect(members.isTrusted()).toBe(true);
  await pass(2000);
  expect(members.isTrusted()).toBe(true);
  // Its beat was due two seconds after the last one; others may hold it for dead six seconds after that.
  await pass(6100);
  expect(members.isTrusted()).toBe(false);
  await pass(2000);
  expect(members.isTrusted()).toBe(false);
  await pass(2100);
  expect(members.isTrusted()).toBe(true);
  expect(members.isSteady()).toBe(false);
});

test("whoever began before a pause is not trusted any more, also when the process is", async () => {
  const clock = createHandClock(0);
  const replicas = { beat: async () => undefined, remove: async () => true } as unknown as Replicas;
  const own = { id: "me", pid: 1, host: "a", scopes: [], processLives: () => true };
  const members = await joinReplicas({ replicas, ...own, clock, elapsed: () => clock.now() });
  const pass = async (ms: number) => {
    await clock.asleep(1);
    clock.advance(ms);
    for (let turn = 0; turn < 5; turn++) await Promise.resolve();
  };
  const before = members.trust();
  await pass(2000);
  expect(before()).toBe(true);
  await pass(6100);
  const meanwhile = members.trust();
  expect([before(), meanwhile()]).toEqual([false, false]);
  for (let beats = 0; beats < 3; beats++) await pass(2000);
  expect(members.isTrusted()).toBe(true);
  expect([before(), meanwhile(), members.trust()()]).toEqual([false, true, true]);
});
