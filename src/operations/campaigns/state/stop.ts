// Many campaigns paused at once, and the emergency stop: every campaign of the tenant, as soon as its page of the list is there, whatever
// becomes of the others. All requests go at once; the budget lets the pauses pass before the looks that confirm them.

import { messageOf } from "../../../kernel/index.ts";
import { type CampaignProvisioning, TenantError } from "../../../tenant/index.ts";
import { type ChangeDeps, type ChangeOptions, changeState, type StateChange } from "./change.ts";

/** What a stop did. */
export interface StopReport {
  readonly changes: readonly StateChange[];
  /** Campaigns that the list showed as paused: nothing was sent. */
  readonly alreadyPaused: readonly string[];
  /** Why campaigns may be missing: the list ended early, or an entry has no id. Null when it was read to its end. */
  readonly listProblem: { readonly message: string; readonly code: string } | null;
}

export interface StopDeps extends ChangeDeps {
  readonly provisioning: Pick<CampaignProvisioning, "campaigns">;
}

/**
 * Pauses every campaign that the tenant lists. One that fails holds no other back. Rejects only when it is aborted.
 * @param onChange told of each campaign as soon as it is settled
 */
export async function stopAll(
  deps: StopDeps,
  options: ChangeOptions,
  onChange: (change: StateChange) => void,
): Promise<StopReport> {
  const under: Promise<StateChange>[] = [];
  const known = new Set<string>();
  const alreadyPaused: string[] = [];
  let listProblem: StopReport["listProblem"] = null;
  try {
    for await (const { items } of deps.provisioning.campaigns({ lane: "stop", signal: options.signal }).pages()) {
      for (const item of items) {
        const { id, status } = idAndStatus(item);
        if (id === undefined) listProblem ??= { message: "an entry of the list of campaigns has no id", code: "invalid_reply" };
        else if (!known.has(id)) {
          known.add(id);
          if (status === "paused") alreadyPaused.push(id);
          else under.push(pauseOne(deps, id, options, onChange));
        }
      }
    }
  } catch (thrown) {
    if (!(thrown instanceof TenantError) || options.signal?.aborted === true) throw thrown;
    listProblem = { message: messageOf(thrown), code: thrown.code };
  }
  return { changes: await Promise.all(under), alreadyPaused, listProblem };
}

/** Pauses campaigns by their ids, all at once. */
export function pauseAll(
  deps: ChangeDeps,
  ids: readonly string[],
  options: ChangeOptions,
  onChange: (change: StateChange) => void,
): Promise<StateChange[]> {
  return Promise.all([...new Set(ids)].map((id) => pauseOne(deps, id, options, onChange)));
}

async function pauseOne(deps: ChangeDeps, id: string, options: ChangeOptions, onChange: (change: StateChange) => void) {
  const change = await changeState(deps, id, "paused", options);
  onChange(change);
  return change;
}

/** Whatever else is wrong with an entry, with an id it can be paused. */
function idAndStatus(item: unknown): { readonly id: string | undefined; readonly status: unknown } {
  if (typeof item !== "object" || item === null) return { id: undefined, status: undefined };
  const { id, status }: { id?: unknown; status?: unknown } = item;
  return { id: typeof id === "string" && id !== "" ? id : undefined, status };
}
