// Which changes of state the watch over a pair has made.

import { expect, test } from "vitest";
import { NEW_PAIR } from "./machine.ts";
import type { FailoverEvent, PairCommand } from "./state.ts";
import { SendsOfPair } from "./watch.ts";

const given = { ids: { primary: "camp_a", backup: "camp_b" }, state: NEW_PAIR, sentAt: 1000 };
const secure: PairCommand = { kind: "secure", sides: ["backup", "primary"], key: "k", afterMs: 0 };
const confirm: PairCommand = { kind: "confirm", afterMs: 0 };
const lost: FailoverEvent = { type: "unanswered", code: "vendor_unavailable", message: "lost", fatal: false, at: 1 };
const seen = (primary: string, backup: string): FailoverEvent => ({
  type: "seen",
  at: 2,
  statuses: { primary: { status: primary, activeCalls: 0 }, backup: { status: backup, activeCalls: 0 } },
});
const made = (changes: readonly { readonly campaignId: string; readonly target: string }[]) =>
  changes.map(({ campaignId, target }) => `${campaignId} ${target}`);

test("campaigns that were paused to be safe are those that are seen paused, also when the reply to the pause was lost", () => {
  const sends = new SendsOfPair("ann");
  expect(made(sends.madeBy(secure, seen("active", "paused"), given))).toEqual(["camp_b paused"]);
  expect(made(sends.madeBy(secure, lost, given))).toEqual([]);
  const later = { ...given, sentAt: 9000 };
  const again: PairCommand = { ...secure, sides: ["primary"] };
  const changes = sends.madeBy(again, seen("paused", "paused"), later);
  expect(made(changes)).toEqual(["camp_b paused", "camp_a paused"]);
  expect(changes.map(({ at }) => at)).toEqual([1000, 9000]);
  expect(sends.madeBy(confirm, seen("paused", "paused"), later)).toEqual([]);
});

test("a pause whose reply was lost was made when it is seen", () => {
  const sends = new SendsOfPair("ann");
  const pause: PairCommand = { kind: "pause", side: "primary", key: "k", afterMs: 0 };
  expect(sends.madeBy(pause, lost, given)).toEqual([]);
  expect(made(sends.madeBy(confirm, seen("paused", "paused"), given))).toEqual(["camp_a paused"]);
  expect(sends.madeBy(pause, lost, given)).toEqual([]);
  expect(sends.madeBy(confirm, seen("active", "paused"), given)).toEqual([]);
});
