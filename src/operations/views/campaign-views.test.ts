// What the API says of a campaign in a failover pair, in every phase.

import { expect, it } from "vitest";
import { BACKUP, CLAIM, HALT, PAIR_CASES, PRIMARY } from "../../../test/support/failover-states.ts";
import { wilsonInterval } from "../../kernel/index.ts";
import { failoverPolicySchema, type KnownHealth, knownHealth, readPair, standingIn } from "../index.ts";
import { campaignSummaryOf, healthViewOf } from "./campaign-views.ts";

const cases = PAIR_CASES.flatMap((one) => (["primary", "backup"] as const).map((role) => ({ ...one, role })));

const NOTHING = {
  document: undefined,
  figures: undefined,
  gate: undefined,
  workload: undefined,
  doNotCall: undefined,
  dialer: undefined,
  readings: [],
  lastChange: null,
};

function healthOf(state: unknown, role: "primary" | "backup"): KnownHealth {
  const policy = failoverPolicySchema.parse({ backup: BACKUP });
  const stored = { primary: PRIMARY, backup: BACKUP, policy, state, executor: null, order: null };
  const id = role === "primary" ? PRIMARY : BACKUP;
  const failover = standingIn(readPair(stored as Parameters<typeof readPair>[0]), role);
  // Nothing is known but that the list shows it paused: what is said of it follows from the pair alone.
  const listed = { id, name: "n", status: "paused", statusAt: 0, lackingSince: null, goneAt: null };
  return knownHealth({ id, listed, ...NOTHING, failover }, 0);
}

it("a campaign that dials while nothing holds the company's list back is told, one that is paused is not", () => {
  const value = { missing: 2, suppressed: 3, groups: ["Staff"], group: "2001" };
  const doNotCall = { what: "do-not-call", subject: "c", value, readAt: 5, problem: null, triedAt: 5, goodUntil: null } as const;
  const of = (status: string) =>
    knownHealth(
      {
        id: "c",
        listed: { id: "c", name: "n", status, statusAt: 0, lackingSince: null, goneAt: null },
        ...NOTHING,
        failover: null,
        doNotCall,
      },
      9,
    ).unheld;
  expect(of("paused")).toBe(null);
  expect(of("active")).toEqual({
    at: 5,
    since: 5,
    words:
      "does not obey the tenant's do-not-call group 2001, or that is not in force, and Staff holds not all of the list: 2 of 3 numbers of the company's list may be called",
  });
});

it("without a call the success rate is null with its counts, and null in the documented view", () => {
  const success = wilsonInterval(0, 0);
  const health = { ...healthOf(PAIR_CASES[0]?.state, "primary"), success, failover: null };
  expect(campaignSummaryOf(health).successRate).toMatchObject({ rate: null, denominator: 0 });
  expect(healthViewOf(health).success_rate).toBeNull();
  // No pair, and the tenant does not say: that is no "not handed over".
  expect(healthViewOf(health).failover_triggered).toBeNull();
});

it.each(cases)("a pair $name: its $role", ({ state, dials, role }) => {
  const health = healthOf(state, role);
  const { failover, notDialing } = campaignSummaryOf(health);
  expect(failover).toMatchObject({ role, dials, phase: state.phase });
  expect(CLAIM.test(failover?.words ?? "")).toBe(dials !== null);
  expect([notDialing?.first, CLAIM.test(notDialing?.first ?? "")]).toEqual([notDialing?.first, dials !== null && dials !== role]);
  const handsOver = !["watching", "securing", "halted"].includes(state.phase);
  expect([failover?.triggered, healthViewOf(health).failover_triggered]).toEqual([handsOver, handsOver]);
  if (state.phase !== "halted") return;
  expect(failover).toMatchObject({ reason: HALT, nextStep: expect.stringContaining(`failback ${PRIMARY} tries again`) });
  expect(notDialing?.first).toContain(HALT);
});
