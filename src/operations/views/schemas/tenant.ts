// What a tenant can do, as a probe finds it out by reads alone.

import { z } from "zod";

export const tenantProbe = z
  .strictObject({
    profile: z.string().describe("rest, acd"),
    steps: z
      .array(
        z.strictObject({
          step: z.string(),
          state: z.enum(["ok", "empty", "not permitted", "failed", "skipped"]),
          status: z.int().nullable(),
          latencyMs: z.number().nullable(),
          version: z.int().nullable().describe("Of the resource, where there are several"),
          text: z.string().describe("What was found, or why there is nothing"),
        }),
      )
      .readonly(),
    capabilities: z
      .array(
        z.strictObject({
          capability: z.string(),
          verdict: z.enum(["yes", "no", "not permitted", "unknown"]),
          why: z.string().nullable().describe("The reason, the permission, or the read that would settle it"),
          alternative: z.string().nullable(),
        }),
      )
      .readonly(),
    questions: z.array(z.string()).readonly().describe("What nobody has written down, with the read that shows it"),
  })
  .meta({ id: "TenantProbe" });
export type TenantProbe = z.output<typeof tenantProbe>;
