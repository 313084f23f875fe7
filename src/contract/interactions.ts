// Dispositions on closed interactions: contract §2.2.

import { z } from "zod";
import { presentList } from "./lists.ts";
import { id, offsetTime } from "./scalars.ts";

/** One disposition on an interaction, as a client sends it. Codes 1xx are primary, 2xx secondary. */
export const interactionDisposition = z.strictObject({
  code: id,
  description: z.string(),
  agent_id: id,
  timestamp: offsetTime,
  source: z.string(),
});

/** The same as the vendor sends it. */
export const interactionDispositionReply = z.looseObject({
  code: z.string(),
  description: z.string().catch(""),
  agent_id: z.string().catch(""),
  timestamp: z.string().catch(""),
  source: z.string().catch(""),
});

/** `dispositions` is required: a write replaces the whole array, and would erase dispositions that the reply did not show. */
export const interaction = z.looseObject({
  id: z.string().optional(),
  dispositions: presentList(interactionDispositionReply),
});

/** Body of `patchInteraction`: the array replaces what is stored. */
export const interactionPatch = z.strictObject({ dispositions: z.array(interactionDisposition).min(1) });

/** Body of `patchInteraction` as the sandbox takes it. */
export const interactionPatchAccepted = z.looseObject({
  dispositions: z
    .array(
      z.looseObject({
        code: id,
        description: z.string().default(""),
        agent_id: id,
        timestamp: offsetTime,
        source: z.string().default("api"),
      }),
    )
    .min(1),
});

/** One node of the tree against which codes and parent-child relations are checked. */
export const dispositionNode = z.looseObject({
  code: z.string(),
  description: z.string().catch(""),
  parent: z.string().nullish(),
  active: z.boolean().optional().default(true),
});

/** Disposition codes of closed interactions, a tree by `parent`. */
export const dispositionTree = z.looseObject({
  dispositions: presentList(dispositionNode),
});
