// The emergency stop before a tenant that lies: by the sandbox's own word, when a stop says that all is confirmed, no campaign dials; when it cannot
// know that, it does not say so; and when the tenant tells the truth again, none is left dialing.

import fc from "fast-check";
import { expect, test } from "vitest";
import { type Plan, plans } from "../support/lying-tenant.ts";
import { scaled } from "../support/scale.ts";
import { carryOut, openStopWorld, type StopMode } from "../support/stop-world.ts";

const CAMPAIGNS = 4;
/** Of all modes together, at the full scale. */
const PLANS = 2_000;

/** Of the plans, for each mode: a store that is frozen is waited for by the machine's own time. 6 × (0.1 + 0.05 + 0.017) is all of them. */
const SHARES = { there: 0.1, away: 0.05, frozen: 0.017 } as const;

/** Plans that once left a campaign dialing: the list stays empty for longer than a minute, and no database tells what is known. */
const LEFT: [Plan][] = [
  [
    {
      dialing: [1],
      before: [],
      during: [{ about: "list", how: { trick: "some", from: 0, keep: 0, total: "kept" }, after: 0, ends: { answers: 10 } }],
    },
  ],
];

const MODES: readonly StopMode[] = (["rest", "acd"] as const).flatMap((profile) =>
  (["service", "command", "library"] as const).flatMap((door) =>
    (["there", "away", "frozen"] as const).map((store) => ({ profile, door, store })),
  ),
);

test.each(MODES)("what a stop says is so: $profile, $door, store $store", { timeout: 3_600_000 }, async (mode) => {
  await using world = await openStopWorld(mode, { campaigns: CAMPAIGNS });
  await fc.assert(
    fc.asyncProperty(plans(CAMPAIGNS), async (plan: Plan) => {
      expect(await carryOut(world, plan)).toBeUndefined();
    }),
    {
      numRuns: scaled(Math.ceil(PLANS * SHARES[mode.store]), mode.store === "frozen" ? 1 : 3),
      seed: Number(process.env["TEST_SEED"]) + MODES.indexOf(mode),
      examples: LEFT,
    },
  );
});
