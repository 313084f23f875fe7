// What is told of the work that is left, and why not where it is not known: never 0 for what nobody counted.

import { expect, it } from "vitest";
import type { WorkloadFacts } from "../campaigns/workload/facts.ts";
import { type WorkloadGiven, workloadOf } from "./campaign-views.ts";

const NOW = Date.UTC(2026, 2, 2, 15);
const HOUR = 3_600_000;
const facts = (change: Partial<WorkloadFacts> = {}): WorkloadFacts => ({
  at: NOW - 60_000,
  countedBy: "outdial",
  list: { contacts: null, attempted: 300, final: null },
  pace: { perHour: 100, low: 80, high: 125, dials: 100, hours: 1, windows: 2 },
  tellsAgents: false,
  occupancy: null,
  callbacks: null,
  tellsCallbacks: false,
  problems: { list: null, callbacks: null },
  ...change,
});
const counts = (dial: number, later: number) => ({ dial, later, never: 0, refused: 0 });
const gate = (change: Partial<NonNullable<WorkloadGiven["gate"]>> = {}): NonNullable<WorkloadGiven["gate"]> => ({
  at: NOW - 120_000,
  covers: { known: 200, of: 1000 },
  calling: [{ from: NOW - HOUR, to: NOW + 4 * HOUR }],
  manifest: { input: { contacts: 200 }, counts: counts(150, 50), byReason: [] },
  ...change,
});
const told = (change: Partial<WorkloadGiven> = {}) =>
  workloadOf(
    { workload: facts(), workloadProblem: null, mostAgents: 40, reading: null, readingProblem: null, gate: gate(), ...change },
    NOW,
  );

it("counts what outdial was told of where the tenant does not, and says of what", () => {
  const { penetration, dialable, hoursLeft, mostAgents, agents, callbacks, occupancy } = told();
  expect(penetration.value).toEqual({ rate: 0.3, attempted: 300, contacts: 1000, countedBy: "outdial" });
  expect(dialable.value).toEqual({ contacts: 700, of: "not attempted yet" });
  expect(hoursLeft.value).toEqual({
    hours: 7,
    low: 5.6,
    high: 8.75,
    today: { hours: 4, until: new Date(NOW + 4 * HOUR).toISOString() },
    opens: null,
    perDay: 5,
    days: 1.4,
  });
  expect(mostAgents).toBe(40);
  for (const one of [agents, callbacks, occupancy]) expect(one).toMatchObject({ value: null, why: "not told by this tenant" });
});

it("takes who may be called where the whole list was judged", () => {
  expect(told({ gate: gate({ covers: { known: 200, of: 200 } }) }).dialable.value).toEqual({
    contacts: 200,
    of: "callable by the rules",
  });
});

it.each<[string, Partial<WorkloadGiven>, RegExp]>([
  ["nothing was read", { workload: null }, /^not read yet$/],
  ["reading failed", { workload: null, workloadProblem: { code: "x", message: "403" } }, /^403$/],
  ["no call was told", { workload: facts({ list: { contacts: null, attempted: 0, final: null } }) }, /told of no call/],
  [
    "the list was changed",
    { gate: gate({ covers: { known: 100, of: 200 } }) },
    /300 numbers were called and 200 contacts are on the list/,
  ],
  [
    "the list is empty",
    { workload: facts({ countedBy: "tenant", list: { contacts: 0, attempted: 0, final: null } }) },
    /^the list is empty$/,
  ],
  ["the list was not looked at", { gate: null }, /not been looked at/],
  ["it has no list", { workload: facts({ countedBy: "tenant", list: null }) }, /no active list/],
  [
    "the tenant's counts contradict each other",
    { workload: facts({ countedBy: "tenant", list: { contacts: 5, attempted: null, final: null } }) },
    /not told/,
  ],
])("says why it is not known: %s", (_, given, why) => {
  const { penetration, hoursLeft } = told(given);
  expect(penetration).toMatchObject({ value: null, why: expect.stringMatching(why) as string });
  expect(hoursLeft).toMatchObject({ value: null, why: expect.any(String) as string });
});

it("tells no hours without a pace", () => {
  expect(told({ workload: facts({ pace: null }) }).hoursLeft).toMatchObject({
    value: null,
    why: expect.stringContaining("no pace was measured") as string,
  });
});
