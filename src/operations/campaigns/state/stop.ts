// Pauses many campaigns at once, and the emergency stop: every campaign of the tenant, as soon as its page of the list is read, independent of the
// others. All requests are made at once; in the budget, pauses come before the readings that confirm them.

import { messageOf } from "../../../kernel/index.ts";
import type { ListProblem } from "../../../store/index.ts";
import { type CampaignProvisioning, TenantError } from "../../../tenant/port.ts";
import { type ChangeDeps, type ChangeOptions, changeState, type StateChange } from "./change.ts";

/** What a stop without a store did. */
export interface StopReport {
  readonly changes: readonly StateChange[];
  /** Campaigns that the list showed as paused: nothing was sent. */
  readonly alreadyPaused: readonly string[];
  /** Why campaigns may be missing: the list ended early, or an entry has no id. Null when it was read to its end. */
  readonly listProblem: ListProblem | null;
  /** Campaigns that were paused although the list did not show them: they were known from other sources. */
  readonly known: readonly string[];
}

interface StopDeps extends ChangeDeps {
  readonly provisioning: Pick<CampaignProvisioning, "campaigns">;
  /** Campaigns known from other sources, requested when the list does not come. Never rejects. */
  readonly known: () => Promise<readonly string[]>;
  /** How long to wait for the list before that, ms. */
  readonly listMs: number;
}

/**
 * Pauses every campaign that the tenant lists. A failure of one does not delay the others. Rejects only when it is aborted.
 * @param onChange called with each campaign as soon as it is settled
 */
export async function stopAll(
  deps: StopDeps,
  options: ChangeOptions,
  onChange: (change: StateChange) => void,
): Promise<StopReport> {
  const under: Promise<StateChange>[] = [];
  const met = new Set<string>();
  const alreadyPaused: string[] = [];
  const known: string[] = [];
  let listProblem: StopReport["listProblem"] = null;
  const isNew = (id: string) => {
    const before = met.size;
    return met.add(id).size > before;
  };
  let otherwise: Promise<void> | undefined;
  const takeKnown = async () => {
    for (const id of (await deps.known()).filter(isNew)) {
      known.push(id);
      under.push(pauseOne(deps, id, options, onChange));
    }
  };
  const inTime = new AbortController();
  const impatience = deps.clock.sleep(deps.listMs, AbortSignal.any([inTime.signal, ...signalOf(options)])).then(
    () => {
      otherwise ??= takeKnown();
    },
    () => undefined,
  );
  try {
    let saysNone = false;
    for await (const { items, reply } of deps.provisioning.campaigns({ lane: "stop", signal: options.signal }).pages()) {
      saysNone = reply.total === 0;
      for (const item of items) {
        const { id, status } = idAndStatus(item);
        if (id === undefined) listProblem ??= { message: "an entry of the list of campaigns has no id", code: "invalid_reply" };
        else if (isNew(id)) {
          if (status === "paused") alreadyPaused.push(id);
          else under.push(pauseOne(deps, id, options, onChange));
        }
      }
    }
    if (met.size === 0 && listProblem === null && !saysNone) {
      otherwise ??= takeKnown();
      await otherwise;
      listProblem = emptyListProblem(known.length);
    }
  } catch (thrown) {
    if (!(thrown instanceof TenantError) || options.signal?.aborted === true) {
      await Promise.allSettled(under);
      throw thrown;
    }
    listProblem = { message: messageOf(thrown), code: thrown.code };
    otherwise ??= takeKnown();
  } finally {
    inTime.abort();
    await impatience;
  }
  await otherwise;
  const changes = await Promise.all(under);
  // A start that reached the tenant just before the stop, of whomever, may show late.
  const started =
    listProblem === null ? await startedSince(deps, options, new Set([...met].filter((id) => !alreadyPaused.includes(id)))) : [];
  const late = await Promise.all(started.map((id) => pauseOne(deps, id, options, onChange)));
  return {
    changes: [...changes, ...late],
    alreadyPaused: alreadyPaused.filter((id) => !started.includes(id)),
    listProblem,
    known,
  };
}

/** Campaigns of a second reading of the list that are not paused; nothing when it cannot be read. @param seen those that were paused */
async function startedSince(
  { provisioning }: Pick<StopDeps, "provisioning">,
  { signal }: ChangeOptions,
  seen: ReadonlySet<string>,
): Promise<string[]> {
  const started = new Set<string>();
  try {
    for await (const { items } of provisioning.campaigns({ lane: "stop", signal }).pages())
      for (const { id, status } of items.map(idAndStatus))
        if (id !== undefined && status !== "paused" && !seen.has(id)) started.add(id);
  } catch (thrown) {
    if (!(thrown instanceof TenantError) || signal?.aborted === true) throw thrown;
  }
  return [...started];
}

/**
 * Why a list without campaigns, and without a total of 0, is not taken as complete. @param known number of campaigns that are
 * known from before
 */
export function emptyListProblem(known: number): ListProblem {
  const are = known === 1 ? "1 is" : `${known === 0 ? "none" : known} are`;
  return {
    message: `the tenant lists no campaign and does not say that there are none; ${are} known from earlier readings`,
    code: "empty_list",
  };
}

const signalOf = ({ signal }: ChangeOptions): AbortSignal[] => (signal === undefined ? [] : [signal]);

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

/** With an id an entry can be paused, whatever else is wrong with it. */
export function idAndStatus(item: unknown): {
  readonly id: string | undefined;
  readonly name: string | undefined;
  readonly status: unknown;
} {
  if (typeof item !== "object" || item === null) return { id: undefined, name: undefined, status: undefined };
  const { id, name, status }: { id?: unknown; name?: unknown; status?: unknown } = item;
  const text = (value: unknown) => (typeof value === "string" && value !== "" ? value : undefined);
  return { id: text(id), name: text(name), status };
}
