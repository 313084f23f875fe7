// What the store says of starts that were sent, as a stop reads it.

import { expect, test } from "vitest";
import { openTestStore } from "../../support/store.ts";

test("a start counts for an hour without an answer, for the time it is given once it is accepted, and is of the moment it was sent", async () => {
  const opened = await openTestStore();
  const { store, clock } = opened;
  const known = async () =>
    (await store.stops.evidence()).filter(({ mayStart }) => mayStart).map(({ campaignId, at }) => [campaignId, at]);
  const silentAt = clock.now();
  await store.stateIntents.startSent("silent", "key_1");
  clock.advance(1_000);
  const acceptedAt = clock.now();
  await store.stateIntents.startAccepted(await store.stateIntents.startSent("accepted", "key_2"), 10_000);
  clock.advance(9_000);
  expect(await known()).toEqual([
    ["accepted", acceptedAt],
    ["silent", silentAt],
  ]);
  // Shown in force: one without an answer may have another request on its way.
  await store.stateIntents.startInForce("key_1");
  expect(await known()).toHaveLength(2);
  clock.advance(2_000);
  expect(await known()).toEqual([["silent", silentAt]]);
  await store.stateIntents.startAccepted(await store.stateIntents.startSent("accepted", "key_2"), 10_000);
  await store.stateIntents.startInForce("key_2");
  expect(await known()).toEqual([["silent", silentAt]]);
  clock.advance(3_600_000);
  expect(await known()).toEqual([]);
  await opened.dispose();
});
