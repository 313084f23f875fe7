// Failover pairs: what a policy would make of one.

import { z } from "zod";
import { fieldChange } from "./common.ts";

/** What putting a policy would change. */
export const failoverPreview = z
  .strictObject({
    summary: z.string(),
    policy: z.record(z.string(), z.unknown()),
    changes: z
      .array(fieldChange)
      .readonly()
      .describe("Against the policy that the pair is watched by now; all fields for a new pair"),
    refusals: z.array(z.string()).readonly(),
    confirm: z.string(),
  })
  .meta({ id: "FailoverPreview" });
export type FailoverPreview = z.output<typeof failoverPreview>;
