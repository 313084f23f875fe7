// A pair in words, in every phase: nothing says that a campaign dials unless it was read back as dialing.

import { describe, expect, it } from "vitest";
import { BACKUP, CLAIM, HALT, PAIR_CASES, PRIMARY } from "../../../../test/support/failover-states.ts";
import { type DialingFacts, whyNotDialing } from "../health/why.ts";
import { readState, SIDES } from "./state.ts";
import { noticesOf } from "./watch.ts";
import { dialingSide, orderRefusal, pairWordsOf, pausedInPair, removalOf, standingIn } from "./words.ts";

const cases = PAIR_CASES.map(({ name, state, dials }) => ({ name, state: readState(state), dials }));
const inRoles = cases.flatMap((one) => SIDES.map((role) => ({ ...one, role })));

const PAUSED: Omit<DialingFacts, "failover"> = {
  campaign: { status: "paused", queueId: null, dialer: null },
  campaignProblem: null,
  lastChange: null,
  gate: null,
  gateProblem: null,
  figures: { activeCalls: 0, callsPlaced: 0, windowMinutes: 30 },
  figuresProblem: null,
  ageMs: 0,
  readMs: 0,
  stale: false,
};

describe("a pair", () => {
  it.each(cases)("$name: in words", ({ state, dials }) => {
    const { words, nextStep, ...said } = pairWordsOf(state, PRIMARY);
    expect(said.dials).toBe(dials);
    expect(dialingSide(state)).toBe(dials);
    expect(CLAIM.test(words)).toBe(dials !== null);
    expect(nextStep === null).toBe(state.phase !== "halted" && Object.keys(state.standing).length === 0);
  });

  it.each(inRoles)("$name: why its $role is paused", ({ state, dials, role }) => {
    const failover = standingIn(
      { primary: PRIMARY, backup: BACKUP, state, policy: { windowMinutes: 30, threshold: 0.15 } },
      role,
    );
    const first = whyNotDialing({ ...PAUSED, failover })?.first ?? "";
    const other = role === "primary" ? BACKUP : PRIMARY;
    // The other one is said to dial when it does, and never else.
    expect(CLAIM.test(first)).toBe(dials !== null && dials !== role);
    if (dials !== null && dials !== role) expect(first).toContain(`${other} dials in its place as the ${dials}`);
    expect(first.includes("not through outdial")).toBe(pausedInPair(failover) === null);
    // What is going on is told in words, not by the name of the phase.
    expect(first).not.toMatch(/\((?:pausing|draining|handing-over|gating|activating|verifying)\)/);
    if (state.handover !== null && pausedInPair(failover) !== null) expect(first).toContain(pairWordsOf(state, PRIMARY).words);
    if (state.phase !== "halted") return;
    expect(first).toContain(`neither dials: ${HALT}`);
    expect(first).toContain(`outdial campaign failover start or failback ${PRIMARY} tries again`);
    expect(first.startsWith("paused by the watch")).toBe(state.side === role);
  });

  it.each(cases)("$name: in the event of an alarm", ({ state, dials }) => {
    const alarms = [{ name: "NEITHER_DIALS" as const, message: HALT }];
    const { events } = noticesOf({
      primary: PRIMARY,
      backup: BACKUP,
      actor: "a",
      before: state,
      state,
      event: { type: "sent", at: 1 },
      alarms,
      newId: () => "evt_1",
    });
    expect(JSON.parse(events[0]?.body ?? "{}").data).toMatchObject({
      dials,
      advice: expect.stringContaining(`failback ${PRIMARY}`),
    });
  });

  it.each(cases)("$name: what it means to remove it", ({ state, dials }) => {
    const end = removalOf(state);
    const moves = ["activating", "verifying", "securing"].includes(state.phase);
    expect("refusal" in end).toBe(moves);
    if (!("left" in end)) return;
    const stands = dials !== null || Object.keys(state.standing).every((name) => name !== "NEITHER_DIALS");
    const settled = state.phase === "watching" || state.phase === "failed-over";
    expect(end.left.includes("nobody dials until one of the two is resumed")).toBe(!(settled && stands));
    expect(end.left.includes("is given up")).toBe(state.handover !== null);
  });

  it.each(cases)("$name: what an order is refused with", ({ state, dials }) => {
    for (const [what, from, to] of [
      ["fail-over", "primary", "backup"],
      ["fail-back", "backup", "primary"],
    ] as const) {
      const refusal = orderRefusal(state, what);
      if (dials === from || state.phase === "halted") expect(refusal).toBeNull();
      if (refusal !== null) expect(CLAIM.test(refusal)).toBe(dials === to);
    }
  });
});
