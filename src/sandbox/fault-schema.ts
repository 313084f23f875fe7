// The schema of a fault (contract §3): which requests it matches, how often, and what it does.

import { z } from "zod";
import { OPERATION_IDS } from "../contract/index.ts";

/** What a fault's `match.operation` may name: an operation of the contract, or `token` for the token endpoint. */
const FAULT_OPERATIONS = [...OPERATION_IDS, "token"] as const;

const faultEffect = z
  .strictObject({
    status: z.int().min(200).max(599).optional(),
    headers: z
      .record(z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/), z.string().nullable())
      .optional()
      .meta({ description: "Headers of the reply; null leaves one out." }),
    body: z.unknown().optional().meta({ description: "A string is sent as it is, anything else as JSON." }),
    delayMs: z.number().min(0).max(3_600_000).optional().meta({ description: "Wait before the reply, on the sandbox's clock." }),
    reset: z.boolean().optional().meta({ description: "Break the connection instead of replying; nothing is done." }),
    truncate: z
      .union([z.boolean(), z.int().min(0)])
      .optional()
      .meta({ description: "Cut the body: to half, or to so many bytes." }),
    garbage: z.boolean().optional().meta({ description: "Send a body that is not JSON." }),
    duplicatePage: z.boolean().optional().meta({ description: "Send this page once more as the next one." }),
    loopPage: z.boolean().optional().meta({ description: "Send the same page for ever." }),
    staleRead: z.boolean().optional().meta({ description: "Answer a read with the state before the last write." }),
    acceptThenFail: z.boolean().optional().meta({ description: "Do the work and lose the reply." }),
  })
  .refine((effect) => Object.values(effect).some((value) => value !== undefined && value !== false), "at least one effect");

export const faultSpec = z.strictObject({
  match: z
    .strictObject({
      operation: z.enum(FAULT_OPERATIONS).optional(),
      acd: z
        .string()
        .regex(/^[A-Za-z]+$/)
        .optional()
        .meta({ description: "Name of an operation of the ACD API, such as startSkill or tokenAccessKey." }),
      method: z.enum(["GET", "POST", "PUT", "PATCH", "DELETE"]).optional(),
      path: z.string().startsWith("/").optional().meta({ description: "Prefix of the path." }),
      client: z.string().min(1).optional().meta({ description: "Id of the client whose token the request carries." }),
    })
    .default({}),
  times: z.int().min(1).optional().meta({ description: "How often it strikes; default without end." }),
  probability: z.number().min(0).max(1).optional().meta({ description: "Chance to strike a matching request; default 1." }),
  after: z.int().min(0).optional().meta({ description: "Matching requests let through first." }),
  effect: faultEffect,
});

export type FaultSpec = z.output<typeof faultSpec>;
export type FaultEffect = z.output<typeof faultEffect>;
