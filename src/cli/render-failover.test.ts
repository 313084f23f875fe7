// What the command line says of a failover pair and of its campaigns, in every phase.

import { describe, expect, it } from "vitest";
import { BACKUP, CLAIM, HALT, PAIR_CASES, PRIMARY } from "../../test/support/failover-states.ts";
import { failoverPolicySchema, readPair, standingIn } from "../operations/index.ts";
import { campaignStatusOf, pairViewOf } from "../operations/views/index.ts";
import { healthLines } from "./render-campaign-state.ts";
import { failoverLines, happeningLine, pairText } from "./render-failover.ts";

const pairOf = (state: unknown) =>
  readPair({
    primary: PRIMARY,
    backup: BACKUP,
    policy: failoverPolicySchema.parse({ backup: BACKUP }),
    state,
    executor: null,
    order: null,
  } as Parameters<typeof readPair>[0]);

/** Of which nothing but its pair is known. */
const UNKNOWN: Omit<Parameters<typeof campaignStatusOf>[0], "id" | "name" | "failover"> = {
  at: 0,
  isGone: false,
  lackingSince: null,
  status: null,
  campaign: null,
  campaignProblem: null,
  reading: null,
  recent: null,
  readingProblem: null,
  success: null,
  ageMs: null,
  stale: true,
  abandonment: null,
  windows: [],
  hoursOf: null,
  gate: null,
  gateProblem: null,
  lastChange: null,
  dialing: true,
  notDialing: null,
  lastDialing: { value: null, at: null, from: "none" },
  lastNotDialing: null,
  mayDial: { verdict: { is: "ok" }, why: [], atAnyHour: false },
  document: null,
  workload: null,
  workloadProblem: null,
  unheld: null,
  mostAgents: null,
  readAt: { status: null, document: null, figures: null, gate: null },
  failed: null,
};

describe.each(PAIR_CASES)("a pair $name", ({ state, dials }) => {
  const pair = pairOf(state);

  it("in its text", () => {
    const line = pairText(pairViewOf(pair, { lookedAt: null, held: 0, runs: false, now: 0 }));
    expect([line, CLAIM.test(line)]).toEqual([line, dials !== null]);
    if (state.phase !== "halted") return;
    expect(line).toContain(`\n  ${HALT}\n`);
    expect(line).toContain(`failover start or failback ${PRIMARY} tries again`);
  });

  it.each(["primary", "backup"] as const)("in the status of its %s", (role) => {
    const lines = healthLines(campaignStatusOf({ ...UNKNOWN, id: role, name: role, failover: standingIn(pair, role) }, 0)).join(
      "\n",
    );
    expect([lines, CLAIM.test(lines)]).toEqual([lines, dials !== null]);
    if (state.phase !== "halted") return;
    const what =
      state["waiting"] === undefined ? ", a person must decide" : " until the gate opens, which is asked again by itself";
    expect(lines).toContain(`halted: neither dials${what}: ${HALT}`);
    expect(lines).toContain(`failback ${PRIMARY} tries again`);
  });

  it("while it is watched", () => {
    const told = failoverLines({
      pair,
      elsewhere: false,
      event: { type: "sent", at: 0 },
      alarms: [],
      next: { kind: "look", afterMs: 0 },
    });
    for (const line of told) expect([line, CLAIM.test(line)]).toEqual([line, false]);
  });
});

describe("an event of a pair", () => {
  const line = (phase: string, event: object, messages: readonly string[] = []) =>
    happeningLine({ seq: 1, at: "2026-01-05T10:00:00Z", phase, event, alarms: messages.map((message) => ({ message })) });

  it("is told in words, each thing once", () => {
    expect(line("halted", { type: "stopped" }, ["neither campaign dials: the gate is closed"])).toBe(
      "2026-01-05T10:00:00Z stopped    halted: neither campaign dials: the gate is closed",
    );
    expect(line("halted", { type: "ordered" })).toBe("2026-01-05T10:00:00Z ordered    halted, neither dials");
    expect(line("draining", { type: "seen", unreadable: 2 }, ["3 calls are under way"])).toBe(
      "2026-01-05T10:00:00Z seen       draining calls of the campaign that hands over: 3 calls are under way; of 2 contacts it is not known on which number they were called, or may be called",
    );
  });
});

it("tells two looks at the same step apart by their time alone, so that the second is not printed again", () => {
  const state = PAIR_CASES.find(({ state: { handover } }) => handover !== null)?.state;
  const pair = pairOf(state);
  const at = (seconds: number) =>
    ({
      pair,
      elsewhere: false,
      event: { type: "sent", at: 1000 * seconds },
      alarms: [],
      next: { kind: "confirm", afterMs: 0 },
    }) as const;
  expect(failoverLines(at(2), true, false)).toEqual(failoverLines(at(4), true, false));
  expect(failoverLines(at(2))).not.toEqual(failoverLines(at(4)));
});
