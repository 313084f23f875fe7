// Histories of jobs in virtual time: services are killed, frozen and set back in time at any await, the database and the tenant fail in the middle of
// anything. See test/support/histories.

import fc from "fast-check";
import { expect, test } from "vitest";
import { type History, runHistory } from "../support/histories/history.ts";
import { scaled } from "../support/scale.ts";

const service = fc.nat(2);
const turn = fc.integer({ min: 1, max: 600 });
const trouble = fc.oneof(
  fc.record({ kind: fc.constant("kill" as const), service, turn, backAfterMs: fc.integer({ min: 100, max: 20_000 }) }),
  fc.record({
    kind: fc.constant("freeze" as const),
    service,
    turn,
    ms: fc.integer({ min: 10, max: 30_000 }),
    machineSleeps: fc.boolean(),
  }),
  fc.record({ kind: fc.constant("clock" as const), service, turn, byMs: fc.integer({ min: -7_200_000, max: 7_200_000 }) }),
  fc.record({
    kind: fc.constant("database" as const),
    request: fc.integer({ min: 1, max: 1500 }),
    ms: fc.integer({ min: 1, max: 30_000 }),
    fate: fc.constantFrom("refused" as const, "unheard" as const),
  }),
  fc.record({
    kind: fc.constant("tenant" as const),
    request: fc.integer({ min: 1, max: 200 }),
    ms: fc.integer({ min: 1, max: 60_000 }),
    fate: fc.constantFrom("error" as const, "busy" as const, "cut" as const, "unheard" as const, "hangs" as const),
  }),
  fc.record({ kind: fc.constant("cancel" as const), job: fc.nat(2), afterMs: fc.integer({ min: 0, max: 5000 }) }),
);

const history: fc.Arbitrary<History> = fc.record({
  profile: fc.constantFrom("rest" as const, "acd" as const),
  seed: fc.nat(),
  services: fc.integer({ min: 1, max: 3 }),
  jobs: fc.integer({ min: 1, max: 3 }),
  rows: fc.integer({ min: 1, max: 40 }),
  chunk: fc.integer({ min: 1, max: 12 }),
  troubles: fc.array(trouble, { maxLength: 6 }),
});

test.each<readonly [string, History]>([
  [
    "a service that wakes just when it is held for dead",
    {
      profile: "rest",
      seed: 1_356_825_053,
      services: 3,
      jobs: 1,
      rows: 4,
      chunk: 1,
      troubles: [
        { kind: "tenant", request: 2, ms: 2626, fate: "unheard" },
        { kind: "freeze", service: 0, turn: 146, ms: 6090, machineSleeps: false },
        { kind: "clock", service: 0, turn: 93, byMs: 118_079 },
      ],
    },
  ],
  [
    "a row that a killed service sent, and that the next one cannot send",
    {
      profile: "rest",
      seed: 0,
      services: 1,
      jobs: 1,
      rows: 1,
      chunk: 1,
      troubles: [
        { kind: "tenant", request: 2, ms: 11_611, fate: "unheard" },
        { kind: "kill", service: 0, turn: 43, backAfterMs: 100 },
      ],
    },
  ],
  [
    "a service that never hears that it took a run",
    {
      profile: "rest",
      seed: 0,
      services: 2,
      jobs: 1,
      rows: 1,
      chunk: 1,
      troubles: [{ kind: "database", request: 21, ms: 262, fate: "unheard" }],
    },
  ],
  [
    "a tag that may have been added, and that cannot be sent once more",
    {
      profile: "acd",
      seed: 0,
      services: 2,
      jobs: 1,
      rows: 1,
      chunk: 1,
      troubles: [
        { kind: "tenant", request: 6, ms: 27_970, fate: "unheard" },
        { kind: "freeze", service: 1, turn: 331, ms: 5266, machineSleeps: false },
      ],
    },
  ],
  [
    "a run that ends while some of its rows wait to hear whose it is",
    {
      profile: "rest",
      seed: 889_930_181,
      services: 2,
      jobs: 1,
      rows: 10,
      chunk: 4,
      troubles: [
        { kind: "tenant", request: 1, ms: 16_356, fate: "cut" },
        { kind: "freeze", service: 0, turn: 28, ms: 23_237, machineSleeps: false },
      ],
    },
  ],
  [
    "a job that is cancelled when its service never heard that it took it",
    {
      profile: "acd",
      seed: 0,
      services: 2,
      jobs: 2,
      rows: 4,
      chunk: 4,
      troubles: [
        { kind: "cancel", job: 1, afterMs: 259 },
        { kind: "database", request: 104, ms: 1, fate: "unheard" },
      ],
    },
  ],
  [
    "a frozen service that wakes and is given its own run again",
    {
      profile: "acd",
      seed: 432_726_646,
      services: 2,
      jobs: 3,
      rows: 1,
      chunk: 1,
      troubles: [
        { kind: "kill", service: 0, turn: 495, backAfterMs: 10_722 },
        { kind: "database", request: 1180, ms: 9508, fate: "unheard" },
        { kind: "freeze", service: 0, turn: 598, ms: 11_560, machineSleeps: true },
        { kind: "database", request: 163, ms: 6910, fate: "refused" },
        { kind: "freeze", service: 1, turn: 343, ms: 16_984, machineSleeps: true },
        { kind: "database", request: 423, ms: 26_450, fate: "unheard" },
      ],
    },
  ],
  [
    "a clock that was set back by an hour, and a job that was entered and not begun",
    {
      profile: "rest",
      seed: 1_715_856_426,
      services: 1,
      jobs: 3,
      rows: 39,
      chunk: 3,
      troubles: [
        { kind: "clock", service: 0, turn: 1, byMs: -3_573_158 },
        { kind: "database", request: 346, ms: 1, fate: "unheard" },
      ],
    },
  ],
])("%s", async (_, one) => {
  expect(await runHistory(one)).toEqual([]);
});

test("whatever fails, each accepted write is in ledger and audit or told as open, no process writes for a job that it has lost, and every job ends", async () => {
  await fc.assert(
    fc.asyncProperty(history, async (one) => {
      expect(await runHistory(one)).toEqual([]);
    }),
    { numRuns: scaled(10_000, 200), seed: Number(process.env["TEST_SEED"]) },
  );
});
