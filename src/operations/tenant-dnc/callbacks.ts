// Callbacks that the tenant has scheduled, and will call by itself.

import { type CallbackView, type CallOptions, requireSupported } from "../../tenant/port.ts";
import type { ScheduledCallback } from "../views/schemas/tenant.ts";
import { masked } from "../views/texts.ts";
import type { TenantDncDeps } from "./use-cases.ts";

/** Callbacks that the tenant will place by itself: listed and removed. */
export class TenantCallbacks {
  readonly #deps: TenantDncDeps;

  constructor(deps: TenantDncDeps) {
    this.#deps = deps;
  }

  /** Throws TenantError `unsupported`, `not_found`. */
  list(campaignId: string, options: CallOptions = {}): Promise<readonly CallbackView[]> {
    const { scheduledCallbacks } = this.#deps.tenant.capabilities;
    requireSupported("show scheduled callbacks", scheduledCallbacks.capability);
    return scheduledCallbacks.list(campaignId, options);
  }

  /** The callbacks as the API shows them. @param reveal whether numbers, names and notes can be read */
  async views(
    campaignId: string,
    { reveal, ...options }: { readonly reveal: boolean } & CallOptions,
  ): Promise<ScheduledCallback[]> {
    return (await this.list(campaignId, options)).map(({ phoneNumber, dueAt, agentId, name, notes, ...rest }) => ({
      ...rest,
      phoneNumber: phoneNumber === undefined ? null : reveal ? phoneNumber : masked(phoneNumber),
      name: reveal ? name : "",
      notes: reveal ? notes : "",
      dueAt: dueAt ?? null,
      agentId: agentId ?? null,
    }));
  }

  /**
   * Deletes one, with the reason, which is sent to the tenant and written to the audit log.
   * @returns `already` when the tenant has no open callback with this id: it was deleted or placed before, or the id belongs to
   * something else
   */
  async remove(id: string, { why, by, ...options }: { readonly why: string; readonly by: string } & CallOptions) {
    const { scheduledCallbacks } = this.#deps.tenant.capabilities;
    requireSupported("delete scheduled callbacks", scheduledCallbacks.capability);
    const { already } = await scheduledCallbacks.remove(id, why, options);
    const details = { reason: why, already };
    const action = already ? "callback.not_there" : "callback.deleted";
    await this.#deps.store.audit.append([{ actor: by, action, subject: `callback/${id}`, details }]);
    return { id, already };
  }
}
