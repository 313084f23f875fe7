// The living dialer's state as a snapshot holds it.

import { z } from "zod";
import type { DialerSnapshot } from "../../dialing/index.ts";

const behaviour = z.object({
  answerRate: z.number().exactOptional(),
  abandonRate: z.number().exactOptional(),
  mix: z.record(z.string(), z.number()).exactOptional(),
  talk: z.number().exactOptional(),
  wrap: z.number().exactOptional(),
});

/** The dialer does not check its own state: a snapshot is always returned unchanged. */
const dialer = z.custom<DialerSnapshot>((value) => typeof value === "object" && value !== null && "flow" in value);

export const engineState = z.object({
  engine: z.literal("living"),
  lines: z.array(
    z.object({
      id: z.string(),
      order: z.number(),
      epoch: z.number(),
      starts: z.number(),
      inFlight: z.number(),
      hungUp: z.array(z.number()).default([]),
      settings: z.object({
        dialing: z.boolean(),
        startsAt: z.number(),
        linesPerAgent: z.number(),
        abandonmentTarget: z.number(),
        agents: z.number(),
        lines: z.number(),
        callsPerSecond: z.number(),
        spacing: z.number(),
        warmLineTimeout: z.number(),
      }),
      behaviour,
      samples: z.array(z.tuple([z.number(), z.enum(["placed", "answered", "abandoned", "unanswered"])])),
      dialer,
    }),
  ),
  behaviours: z.array(z.tuple([z.string(), behaviour])),
  metricsAt: z.number().nullable(),
});
