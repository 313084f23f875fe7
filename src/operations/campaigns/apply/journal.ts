// The journal of an apply: parsed, then folded to the present state.

import { z } from "zod";
import { issueText } from "../../../kernel/index.ts";
import { OperationError } from "../../error.ts";
import { type Course, decide, startOf } from "./machine.ts";
import type { ApplyEvent, ApplyState } from "./state.ts";

const at = z.number();
const message = z.string();

const event = z.discriminatedUnion("type", [
  z.object({ at, type: z.literal("begun") }),
  z.object({ at, type: z.literal("resumed") }),
  z.object({ at, type: z.literal("intended") }),
  z.object({ at, type: z.literal("placed"), piece: z.string(), id: z.string().nullable() }),
  z.object({ at, type: z.literal("sent"), id: z.string(), notes: z.array(z.string()).optional() }),
  z.object({ at, type: z.literal("stale"), message }),
  z.object({ at, type: z.literal("refused"), message }),
  z.object({ at, type: z.literal("lost"), message }),
  z.object({
    at,
    type: z.literal("found"),
    campaign: z
      .object({
        id: z.string(),
        status: z.string(),
        etag: z.string().nullable(),
        document: z.record(z.string(), z.unknown()),
      })
      .nullable(),
  }),
  z.object({ at, type: z.literal("registered"), webhooks: z.number() }),
  z.object({ at, type: z.literal("gated"), pass: z.boolean(), message }),
  z.object({ at, type: z.literal("activated"), already: z.boolean() }),
  z.object({ at, type: z.literal("unanswered"), code: z.string(), message, fatal: z.boolean() }),
]);

/** The state that a journal leads to. Throws OperationError `invalid_input` when it cannot be read. */
export function replay(course: Course, journal: readonly unknown[]): ApplyState {
  return journal.reduce<ApplyState>((state, entry) => {
    const parsed = event.safeParse(entry);
    if (!parsed.success)
      throw new OperationError(
        "invalid_input",
        `the journal of this apply cannot be read: ${issueText(parsed.error.issues[0])}`,
        {
          advice: "It was written by another version of outdial; finish the apply with that one.",
        },
      );
    const happened: ApplyEvent = parsed.data;
    return decide(course, state, happened).state;
  }, startOf(course));
}
