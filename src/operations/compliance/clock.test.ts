// Whether this machine's clock is the database's, where no tenant is asked.

import { expect, test } from "vitest";
import { createTestClock } from "../../../test/support/test-clock.ts";
import { requireStoreClock } from "./clock.ts";

test.each([
  [-36_000_000, 0, "this machine's clock is 10 h ahead of the database's"],
  [36_000_000, 0, "this machine's clock is 10 h behind the database's"],
  [29_000, 0, undefined],
  // A database that answers after a minute may have read its clock at any moment of it.
  [45_000, 60_000, undefined],
  [0, 60_000, undefined],
  [-31_000, 60_000, "this machine's clock is 31 s ahead of the database's"],
])("a database whose clock is off by %i ms, and that answers after %i ms", async (off, answersAfter, trouble) => {
  const clock = createTestClock();
  const at = async () => {
    const theirs = clock.now() + off;
    clock.skip(answersAfter);
    return theirs;
  };
  const asked = requireStoreClock(clock, at).then(
    () => undefined,
    (thrown: { code: string; message: string }) => [thrown.code, thrown.message],
  );
  expect(await asked).toEqual(trouble === undefined ? undefined : ["clock_off", trouble]);
});
