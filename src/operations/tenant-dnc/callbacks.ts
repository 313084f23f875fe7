// Callbacks that the tenant has scheduled, and will call by itself.

import { z } from "zod";
import { type Clock, DAY_MS, isWithin, MINUTE_MS, timeOf } from "../../kernel/index.ts";
import type { Store } from "../../store/index.ts";
import { type CallbackView, type CallOptions, type Capabilities, requireSupported, type TenantLink } from "../../tenant/port.ts";
import type { ScheduledCallbacksView } from "../views/schemas/tenant.ts";
import { masked, timeText } from "../views/texts.ts";

export interface TenantDncDeps {
  readonly tenant: Pick<TenantLink, "capabilities">;
  readonly store: Pick<Store, "facts" | "audit" | "knownCounts" | "tenantReadings">;
  readonly clock: Clock;
}

/** What a later answer must say, too, before it is believed that something is not there: at the earliest after so long, ms. */
export const AGREED_MS = MINUTE_MS;

const keptCallback = z.object({
  id: z.string(),
  number: z.string().nullable(),
  dueAt: z.string().nullable(),
  /** Since when the answers lack it, ms; null: the last one had it. */
  lacking: z.number().nullable(),
});
/** `since`: when the campaign's callbacks were listed first, ms. */
const keptCallbacks = z.object({ since: z.number(), callbacks: z.array(keptCallback) });
type KeptCallback = z.output<typeof keptCallback>;

interface ListDeps {
  readonly source: Capabilities["scheduledCallbacks"];
  readonly readings: Pick<Store["tenantReadings"], "add">;
  readonly clock: Clock;
}

/** Callbacks of a campaign. */
interface KnownCallbacks {
  /** Those of the answer. */
  readonly listed: readonly CallbackView[];
  /** Those of this and of earlier answers that may still be placed. */
  readonly all: readonly KeptCallback[];
  /** Why there may be others; null when nothing says so. */
  readonly doubt: string | null;
  /** That there are none rests on one answer, and no earlier one says anything, as a sentence; null when it does not. */
  readonly unproven: string | null;
}

/**
 * Lists the callbacks of a campaign, and keeps them: one that a later answer lacks may be placed all the same, so that it is known until a day after it was due. Throws
 * TenantError, StoreError.
 */
export async function listCallbacks(
  { source, readings, clock }: ListDeps,
  campaignId: string,
  options: CallOptions = {},
): Promise<KnownCallbacks> {
  const at = clock.now();
  const listed = await source.list(campaignId, options);
  const { since, callbacks } = await readings.add({ what: "callbacks", subject: campaignId }, at, (before) => {
    const known = keptCallbacks.safeParse(before).data ?? { since: at, callbacks: [] };
    const ids = new Set(listed.map(({ id }) => id));
    const lacking = known.callbacks.filter(
      ({ id, dueAt }) => !ids.has(id) && (timeOf(dueAt ?? undefined) ?? Number.POSITIVE_INFINITY) >= at - DAY_MS,
    );
    return {
      since: Math.min(known.since, at),
      callbacks: [
        ...listed.map(({ id, phoneNumber, dueAt }) => ({ id, number: phoneNumber ?? null, dueAt: dueAt ?? null, lacking: null })),
        ...lacking.map((one) => ({ ...one, lacking: one.lacking ?? at })),
      ],
    };
  });
  const fresh = callbacks.filter(({ lacking }) => lacking !== null && isWithin(AGREED_MS, lacking, at));
  const words = (why: string) =>
    `whether scheduled callbacks of campaign ${campaignId} are left is not known: of the tenant's list ${why}, and one answer proves nothing; look again in a minute`;
  const isFirst = callbacks.length === 0 && isWithin(AGREED_MS, since, at);
  return {
    listed,
    all: callbacks,
    doubt: fresh.length > 0 ? words(`it lacks ${fresh.length} that an earlier answer had`) : null,
    unproven: isFirst ? words("it has none, and no answer before it says so") : null,
  };
}

/** A callback was removed. Throws StoreError. */
async function forget({ readings, clock }: Omit<ListDeps, "source">, campaignId: string, callbackId: string): Promise<void> {
  await readings.add({ what: "callbacks", subject: campaignId }, clock.now(), (before) => {
    const known = keptCallbacks.safeParse(before).data ?? { since: clock.now(), callbacks: [] };
    return { ...known, callbacks: known.callbacks.filter(({ id }) => id !== callbackId) };
  });
}

/**
 * Removes the callbacks of some people. Throws TenantError, StoreError.
 * @param isTheirs whether a number is one of theirs @param told.failed takes the reason why one is, or may be, left @param told.unproven
 * takes what no second answer has confirmed
 */
export async function removeCallbacks(
  deps: ListDeps,
  { campaignId, isTheirs, why }: { campaignId: string; isTheirs: (number: string) => boolean; why: string },
  { failed, unproven }: Readonly<Record<"failed" | "unproven", (words: string) => void>>,
  options: CallOptions,
): Promise<number> {
  const { all, doubt, unproven: first } = await listCallbacks(deps, campaignId, options);
  if (doubt !== null) failed(doubt);
  if (first !== null) unproven(first);
  let removed = 0;
  for (const { id, number, lacking } of all) {
    if (number === null) failed(`callback ${id} of campaign ${campaignId}: the tenant does not say which number it calls`);
    if (number === null || !isTheirs(number)) continue;
    const { already } = await deps.source.remove(id, why, options);
    if (already && lacking === null) failed(`callback ${id}: the tenant lists it, and says that there is none of this id`);
    else await forget(deps, campaignId, id);
    if (!already) removed += 1;
  }
  return removed;
}

/** Callbacks that the tenant will place by itself: listed and removed. */
export class TenantCallbacks {
  readonly #deps: TenantDncDeps;

  constructor(deps: TenantDncDeps) {
    this.#deps = deps;
  }

  /** Throws TenantError `unsupported`, `not_found`. */
  list(campaignId: string, options: CallOptions = {}): Promise<KnownCallbacks> {
    const { tenant, store, clock } = this.#deps;
    const { scheduledCallbacks: source } = tenant.capabilities;
    requireSupported("show scheduled callbacks", source.capability);
    return listCallbacks({ source, readings: store.tenantReadings, clock }, campaignId, options);
  }

  /** The callbacks as the API shows them. @param reveal whether numbers, names and notes can be read */
  async views(
    campaignId: string,
    { reveal, ...options }: { readonly reveal: boolean } & CallOptions,
  ): Promise<ScheduledCallbacksView> {
    const { listed, all, doubt } = await this.list(campaignId, options);
    const numberOf = (number: string | null | undefined) => (!number ? null : reveal ? number : masked(number));
    const items = listed.map(({ phoneNumber, dueAt, agentId, name, notes, ...rest }) => ({
      ...rest,
      phoneNumber: numberOf(phoneNumber),
      name: reveal ? name : "",
      notes: reveal ? notes : "",
      dueAt: dueAt ?? null,
      agentId: agentId ?? null,
      lackingSince: null,
    }));
    const lacking = all.flatMap(({ id, number, dueAt, lacking: since }) => {
      if (since === null) return [];
      const known = { id, campaignId, phoneNumber: numberOf(number), name: "", dueAt, agentId: null, notes: "" };
      return [{ ...known, lackingSince: timeText(since) }];
    });
    return { items: [...items, ...lacking], doubt };
  }

  /**
   * Deletes one, with the reason, which is sent to the tenant and written to the audit log.
   * @returns `already` when the tenant has no open callback with this id: it was deleted or placed before, or the id belongs to
   * something else
   */
  async remove(id: string, { why, by, ...options }: { readonly why: string; readonly by: string } & CallOptions) {
    const { scheduledCallbacks } = this.#deps.tenant.capabilities;
    const { tenantReadings: readings } = this.#deps.store;
    requireSupported("delete scheduled callbacks", scheduledCallbacks.capability);
    const { already } = await scheduledCallbacks.remove(id, why, options);
    for (const { subject, value } of already ? [] : await readings.list(["callbacks"]))
      if (keptCallbacks.safeParse(value).data?.callbacks.some((one) => one.id === id) === true)
        await forget({ readings, clock: this.#deps.clock }, subject, id);
    const details = { reason: why, already };
    const action = already ? "callback.not_there" : "callback.deleted";
    await this.#deps.store.audit.append([{ actor: by, action, subject: `callback/${id}`, details }]);
    return { id, already };
  }
}
