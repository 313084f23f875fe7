// Runs operations that are state machines: a journal of events gives the state, and commands are carried out one at a time until there are none left.
// A process that takes the operation over reads the journal and continues where it ends.

import type { Instant } from "../../kernel/index.ts";
import { TenantError } from "../../tenant/port.ts";
import { OperationError } from "../error.ts";
import type { Running } from "./kind.ts";
import type { Leave } from "./leave.ts";

/** What one operation gives. `Happening` is an event without its time. */
interface JournaledWork<State, Command, Happening> {
  /** The state that the journal leads to, and the number of its entries. */
  load(): Promise<{ readonly state: State; readonly seq: number }>;
  /** The first event to record: that the operation began, or that another run continues it. */
  opening(seq: number): Happening;
  /** Writes what happened as entry `seq`, with all that follows from it. Throws StoreError `not_owner`. */
  record(
    state: State,
    seq: number,
    happening: Happening,
  ): Promise<{ readonly state: State; readonly command: Command | undefined }>;
  /**
   * Carries out the next command. @param leave asked before each write to the tenant: a process that counted as dead sends
   * nothing again
   */
  perform(command: Command, state: State, leave: Leave): Promise<Happening>;
}

/**
 * Why an operation is not continued here: its journal was begun by another version of its machine, and replayed by this one it may lead to another
 * state than the tenant is in. Undefined when it was begun by this version, or has ended.
 */
export function strangerTo(
  machine: number,
  begun: { readonly machine: number; readonly endedAt: Instant | null },
): OperationError | undefined {
  if (begun.machine === machine || begun.endedAt !== null) return undefined;
  return new OperationError(
    "other_version",
    `it was begun by another version of outdial, whose steps are version ${begun.machine}; here they are version ${machine}: it stands still, because where it is cannot be told for certain`,
    { advice: "Compare what is in force at the tenant, and finish it with the version of outdial that began it." },
  );
}

/** Runs an operation until it has ended or is stopped, with one durable step for each command. */
export async function runJournal<State, Command, Happening>(
  { step, leave }: Pick<Running, "step" | "leave">,
  work: JournaledWork<State, Command, Happening>,
): Promise<void> {
  const loaded = await work.load();
  let { seq } = loaded;
  let { state, command } = await work.record(loaded.state, seq++, work.opening(loaded.seq));
  const advance = async () => {
    if (command === undefined) return false;
    leave.halt.throwIfAborted();
    const happening = await work.perform(command, state, leave).catch((thrown: unknown) => {
      // The error that stopped the tenant's client: another process has the operation, or this process is ending.
      leave.halt.throwIfAborted();
      throw thrown;
    });
    ({ state, command } = await work.record(state, seq++, happening));
    return command !== undefined;
  };
  for (let turn = 0; await step(`step-${turn}`, advance); turn++);
}

/** Codes after which asking again is no use. */
const FATAL: ReadonlySet<string> = new Set([
  "unauthorized",
  "missing_scope",
  "invalid_config",
  "invalid_request",
  "unsupported",
  "host_not_allowed",
  "redirect_refused",
]);

/** The event of a call that changes nothing and got no answer. Rethrows what does not come from the tenant, and an abort. */
export function unanswered(thrown: unknown) {
  if (!(thrown instanceof TenantError) || thrown.code === "aborted") throw thrown;
  const { code, message } = thrown;
  return { type: "unanswered", code, message, fatal: FATAL.has(code) } as const;
}

/** The event of a write that failed: its reply was lost, or the tenant refused it. Undefined when it says nothing of the write. */
export function failedWrite({ code, message, outcomeUnknown, report }: TenantError) {
  if (outcomeUnknown || report.earlierUnknown || code === "unknown_outcome") return { type: "lost", message } as const;
  return code === "refused" || code === "conflict" || code === "not_found" ? ({ type: "refused", message } as const) : undefined;
}
