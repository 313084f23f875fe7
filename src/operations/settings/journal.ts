// The journal of a change as the store returns it: parsed, then folded to the state that it leads to.

import type { z } from "zod";
import { issueText } from "../../kernel/index.ts";
import type { DialerChange, DialerLedger } from "../../store/index.ts";
import { OperationError } from "../error.ts";
import { strangerTo } from "../run/journal.ts";
import { CHANGE_MACHINE, changeBeginning, changeTransition } from "./machine.ts";
import { type ChangeEvent, type ChangePlan, type ChangeState, changeEvent, changePlan, PHASES } from "./state.ts";

/** A plan as the store holds it. Throws OperationError `invalid_input` when it is not valid. */
export function readChangePlan(value: unknown): ChangePlan {
  return parsed(changePlan, value, "plan");
}

/** The state that a journal leads to. */
function replay(of: ChangePlan, journal: readonly unknown[]): ChangeState {
  const events: ChangeEvent[] = journal.map((entry) => parsed(changeEvent, entry, "journal"));
  return events.reduce((state, one) => changeTransition(of, state, one).state, changeBeginning(of));
}

/** What the store says of a change whose journal this version does not replay. */
function strange(of: ChangePlan, change: DialerChange, { code, message, advice }: OperationError): ChangeState {
  const phase = PHASES.find((one) => one === change.phase) ?? "examining";
  return { ...changeBeginning(of), phase, stop: { code, message: `${message}. ${advice}` } };
}

/** A change with its plan, and the state and length of its journal; see `strangerTo`. Throws OperationError `job_state` when no change made the version. */
export async function loadChange(
  ledger: Pick<DialerLedger, "journal">,
  change: DialerChange,
): Promise<{ plan: ChangePlan; state: ChangeState; seq: number }> {
  if (change.jobId === null)
    throw new OperationError("job_state", `version ${change.version} was found at the tenant and was not made by a change`);
  const plan = readChangePlan(change.plan);
  const journal = await ledger.journal(change.jobId);
  const stranger = strangerTo(CHANGE_MACHINE, change);
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
