// Calls of a number, and their recordings: where they are played, never the recordings themselves. Each look is recorded.

import type { Store } from "../../store/index.ts";
import { type CallOptions, type RecordingView, TenantError } from "../../tenant/port.ts";
import { numbersNamed } from "../compliance/questions.ts";
import type { Context } from "../context.ts";
import type { CallOfNumber } from "../views/schemas/tenant.ts";
import { timeText } from "../views/texts.ts";

/** Most calls of a number, the latest ones. */
const MOST = 50;

/** Calls and their recordings. Errors: OperationError, TenantError, StoreError. */
export class CallUseCases {
  readonly #context: Pick<Context, "tenant"> & { readonly store: Pick<Store, "facts" | "audit"> };

  constructor(context: Pick<Context, "tenant"> & { readonly store: Pick<Store, "facts" | "audit"> }) {
    this.#context = context;
  }

  /** The calls that are known of a number, the latest first. Throws OperationError `invalid_input`. */
  async ofNumber(number: string): Promise<readonly CallOfNumber[]> {
    const { keys } = numbersNamed(number);
    const found = await this.#context.store.facts.callsOf(keys, MOST);
    return found.map(({ at, ...call }) => ({ ...call, at: timeText(at) }));
  }

  /** A call as the tenant has it now. Throws TenantError `not_found`. */
  show(callId: string, options: CallOptions = {}): Promise<Readonly<Record<string, unknown>>> {
    return callShown(this.#context.tenant, callId, options);
  }

  /**
   * The addresses of a call's recordings, entered in the audit log before they are told. The log has no addresses: whoever has one can listen for a while.
   * Throws TenantError `unsupported`
   */
  async recordings(callId: string, by: string, options: CallOptions = {}): Promise<readonly RecordingView[]> {
    const { tenant, store } = this.#context;
    const { callReader } = tenant.capabilities;
    if (callReader.recordings === undefined)
      throw new TenantError("unsupported", "this tenant's interface does not tell recordings", {
        advice: "Look in the vendor's own pages.",
      });
    const found = await callReader.recordings(callId, options);
    const details = { recordings: found.length };
    await store.audit.append([{ actor: by, action: "recording.looked", subject: `call/${callId}`, details }]);
    return found;
  }
}

/** A call as the tenant has it, and the command that shows its recordings, which is a look that is recorded. Throws TenantError `not_found`. */
export async function callShown(
  { capabilities: { callReader } }: Context["tenant"],
  callId: string,
  options: CallOptions = {},
): Promise<Readonly<Record<string, unknown>>> {
  const call = { ...(await callReader.show(callId, options)) };
  return callReader.recordings === undefined ? call : { ...call, recordings: recordingHint(callId) };
}

/** How a recording of a call is reached: by a look that is recorded. */
export const recordingHint = (callId: string): string => `outdial calls recordings ${callId}`;
