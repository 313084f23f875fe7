// Intents: a change of state has an intent with the key that every attempt sends, kept in the store.

import { type Clock, newId, type RandomStream } from "../../../kernel/index.ts";
import type { AuditInput, BegunIntent, IntentOutcome, NewStateIntent, StateIntent, TargetState } from "../../../store/index.ts";

/** An open intent. */
export interface Intent {
  readonly id: string;
  /** Idempotency key of every attempt. */
  readonly key: string;
  /** An earlier attempt may have been made: the tenant's answer may be an old one. */
  readonly reused: boolean;
  /** Of a pause: a start that was sent may still be on its way. */
  readonly mayStart: boolean;
}

/** How a change ended, for the audit log. */
interface IntentEnd {
  readonly campaignId: string;
  readonly target: TargetState;
  readonly outcome: IntentOutcome;
  readonly message: string | null;
  readonly confirmed: boolean;
  readonly details: Readonly<Record<string, unknown>>;
}

/** Why, and after which stop, a change is asked for. */
interface AskedChange {
  readonly reason?: string | undefined;
  /** See `ChangeOptions`. */
  readonly stopMark?: number | undefined;
}

/** Where intents are kept. */
export type IntentBook = ReturnType<typeof storedIntents>;

/** The part of the store that keeps intents. */
interface IntentStore {
  begin(wanted: NewStateIntent): Promise<BegunIntent | undefined>;
  end(
    id: string,
    end: { readonly outcome: IntentOutcome; readonly message: string | null; readonly confirmed: boolean },
    entries: readonly AuditInput[],
  ): Promise<void>;
  leave(id: string, executor: string): Promise<void>;
  standing(id: string): Promise<{ readonly isOpen: boolean; readonly stopped: string | null }>;
}

/** Intents in the store: when the same change is requested again, in any process, an open intent is continued. */
export function storedIntents(
  store: IntentStore,
  by: { readonly clock: Clock; readonly random: RandomStream; readonly actor: string } & Pick<NewStateIntent, "executor"> & {
      readonly goesOn?: Pick<StateIntent, "id" | "target"> | undefined;
    },
) {
  const { clock, random, actor, executor, goesOn } = by;
  return {
    /** Undefined when the change is no longer to be made. */
    async begin(campaignId: string, target: TargetState, { reason, stopMark }: AskedChange): Promise<Intent | undefined> {
      const id = newId("intent", clock.now(), random);
      const begun = await store.begin({
        id,
        campaignId,
        target,
        idempotencyKey: `state-${target}-${id}`,
        actor,
        reason: reason ?? null,
        stopMark,
        executor,
        // A resume that is undone begins a pause of its own.
        goesOn: goesOn?.target === target ? goesOn.id : undefined,
      });
      if (begun === undefined) return undefined;
      const { intent, ...how } = begun;
      return { id: intent.id, key: intent.idempotencyKey, ...how };
    },
    // A continued intent stays with this process until its outcome is known.
    /** The intent stays open with an unknown outcome, and nobody works on it. */
    leave: async ({ id }: Intent): Promise<void> =>
      executor === undefined || goesOn !== undefined ? undefined : store.leave(id, executor),
    /** Why an intent to resume is not wanted any more, as a sentence; null while it is. */
    async calledOff({ id }: Intent): Promise<string | null> {
      const { isOpen, stopped: by } = await store.standing(id);
      if (by !== null) return `${by} gave an emergency stop`;
      return isOpen ? null : "the opposite was asked for since, or another process ended it";
    },
    end: (intent: Intent, { campaignId, target, outcome, message, confirmed, details }: IntentEnd): Promise<void> =>
      store.end(intent.id, { outcome, message, confirmed }, [
        {
          actor,
          action: target === "paused" ? "campaign.pause" : "campaign.resume",
          subject: campaignId,
          details: {
            intent: intent.id,
            key: intent.key,
            outcome,
            confirmed,
            ...(message === null ? {} : { message }),
            ...details,
          },
        },
      ]),
  };
}
