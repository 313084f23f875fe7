// Looks of the gate: what stands against a campaign is never kept, the rest as long as it is good.

import { expect, test } from "vitest";
import type { CampaignGateVerdict } from "./gate.ts";
import { GateLooks } from "./gate-looks.ts";

/** A gate whose answers are counted, at a time of our own. */
function world() {
  const at = { now: 1_000_000, status: "paused", allowed: true, asked: 0, turn: null as number | null, held: false, listed: 0 };
  const verdict = (): CampaignGateVerdict => ({
    campaign: {
      id: "c",
      name: null,
      status: at.status,
      listId: "l",
      queueId: null,
      dialer: null,
      policy: undefined,
      policyProblem: undefined,
    },
    at: at.now,
    allowed: at.allowed,
    refusals: [],
    manifest: null,
    read: 400,
    announced: 400,
    whole: true,
    onCompanyList: 0,
    nextAllowed: null,
    hoursOf: "called",
    windows: [{ zone: "UTC", contacts: 1, open: 1, closes: at.turn, until: at.turn, opens: null, opened: null, closed: null }],
    suppressions: at.listed,
    calling: [],
    abandonment: [],
  });
  const gate = async () => {
    at.asked += 1;
    return verdict();
  };
  const runner = { status: async () => ({ id: "c", status: at.status, contactListId: "l" }) };
  return {
    at,
    looks: new GateLooks(
      gate,
      runner,
      () => at.now,
      () => null,
      () => at.held,
      async () => at.listed,
    ),
  };
}

test("a look that allows is kept for five minutes, as long as the campaign stays as it was and no window turns", async () => {
  const { at, looks } = world();
  const look = async () => {
    await looks.look("c");
    return at.asked;
  };
  expect([await look(), await look()]).toEqual([1, 1]);
  at.status = "active";
  expect([await look(), await look()]).toEqual([2, 2]);
  at.now += 300_000;
  at.turn = at.now + 10;
  expect([await look(), await look()]).toEqual([3, 3]);
  at.now += 10;
  expect(await look()).toBe(4);
  // Somebody of the list may have objected.
  at.listed += 1;
  expect([await look(), await look()]).toEqual([5, 5]);
  // A database that was set back meanwhile.
  at.held = true;
  expect([await look(), await look()]).toEqual([6, 7]);
});

test("what stands against it is looked at anew each time", async () => {
  const { at, looks } = world();
  at.allowed = false;
  await looks.look("c");
  await looks.look("c");
  expect(at.asked).toBe(2);
});
