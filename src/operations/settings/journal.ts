// The journal of a change as the store returns it: parsed, then folded to the state that it leads to.

import { z } from "zod";
import { issueText } from "../../kernel/index.ts";
import type { DialerChange, DialerLedger } from "../../store/index.ts";
import { OperationError } from "../error.ts";
import { strangerTo } from "../run/journal.ts";
import { carrierFields, expectedFields } from "./file.ts";
import { decide, MACHINE, startOf } from "./machine.ts";
import { readSettings } from "./model.ts";
import { type ChangeEvent, type ChangePlan, type ChangeState, PHASES } from "./state.ts";

const settings = z.unknown().transform((value, context) => {
  const read = readSettings(value);
  if ("settings" in read) return read.settings;
  context.addIssue(read.problem);
  return z.NEVER;
});
const at = z.number();
const tag = z.string().nullable();

const event = z.discriminatedUnion("type", [
  z.object({ at, type: z.literal("begun") }),
  z.object({ at, type: z.literal("resumed") }),
  z.object({ at, type: z.literal("intended") }),
  z.object({ at, type: z.literal("accepted"), operationId: z.string(), tag: z.string() }),
  z.object({ at, type: z.literal("stale") }),
  z.object({ at, type: z.literal("refused"), message: z.string() }),
  z.object({ at, type: z.literal("lost"), message: z.string() }),
  z.object({ at, type: z.literal("found"), settings: settings.nullable(), tag, problem: z.string().exactOptional() }),
  z.object({
    at,
    type: z.literal("looked"),
    status: z.string(),
    details: z.string().exactOptional(),
    tag: z.string().exactOptional(),
  }),
  z.object({ at, type: z.literal("unknown_operation") }),
  z.object({ at, type: z.literal("unanswered"), code: z.string(), message: z.string(), fatal: z.boolean() }),
  z.object({ at, type: z.literal("judged"), pass: z.boolean(), message: z.string() }),
  z.object({ at, type: z.literal("measured"), answered: z.number(), abandoned: z.number() }),
  z.object({ at, type: z.literal("unmeasured"), message: z.string() }),
  z.object({ at, type: z.literal("decided"), keep: z.boolean(), by: z.string() }),
]);

const plan = z.object({
  wanted: settings,
  snapshot: z.object({ settings, tag }),
  patience: z.object({
    firstMs: z.number(),
    mostMs: z.number(),
    looks: z.number(),
    settleMs: z.number(),
    sends: z.number(),
    merges: z.number(),
    restores: z.number(),
    reads: z.number(),
    unanswered: z.number(),
  }),
  guard: z
    .object({
      durationMs: z.number(),
      everyMs: z.number(),
      campaigns: z.array(z.string()),
      limit: z.number(),
      alternative: z.number(),
      alpha: z.number(),
      beta: z.number(),
    })
    .nullable(),
  gate: z.object({ carrier: carrierFields, expected: expectedFields, chance: z.number(), overrides: z.array(z.string()) }),
  inPieces: z.boolean().exactOptional(),
});

/** A plan as the store holds it. Throws OperationError `invalid_input` when it is not valid. */
export function readPlan(value: unknown): ChangePlan {
  return parsed(plan, value, "plan");
}

/** The state that a journal leads to. */
function replay(of: ChangePlan, journal: readonly unknown[]): ChangeState {
  const events: ChangeEvent[] = journal.map((entry) => parsed(event, entry, "journal"));
  return events.reduce((state, one) => decide(of, state, one).state, startOf(of));
}

/** What the store says of a change whose journal this version does not replay. */
function strange(of: ChangePlan, change: DialerChange, { code, message, advice }: OperationError): ChangeState {
  const phase = PHASES.find((one) => one === change.phase) ?? "examining";
  return { ...startOf(of), phase, stop: { code, message: `${message}. ${advice}` } };
}

/** A change with its plan, and the state and length of its journal; see `strangerTo`. Throws OperationError `job_state` when no change made the version. */
export async function loadChange(
  ledger: Pick<DialerLedger, "journal">,
  change: DialerChange,
): Promise<{ plan: ChangePlan; state: ChangeState; seq: number }> {
  if (change.jobId === null)
    throw new OperationError("job_state", `version ${change.version} was found at the tenant and was not made by a change`);
  const plan = readPlan(change.plan);
  const journal = await ledger.journal(change.jobId);
  const stranger = strangerTo(MACHINE, change);
  return { plan, state: stranger === undefined ? replay(plan, journal) : strange(plan, change, stranger), seq: journal.length };
}

function parsed<T>(schema: z.ZodType<T>, value: unknown, what: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw new OperationError(
    "invalid_input",
    `the ${what} of this change cannot be read: ${issue?.path.join(".")} ${issueText(issue)}`,
    {
      advice: "It was written by another version of outdial; finish the change with that one.",
    },
  );
}
