// Pauses and resumes whose process died before they ended: a service continues them under the key that was sent. Not on the
// engine's queue: a pause must overtake a resume of the same campaign, and must not wait until a queue is polled.
//
//   open, its process is gone → taken → not too old → pause: sent again under its key
//                                   │               └ resume: looked at, then past the gate and sent again
//                                   └ too old → only looked at, and reported as done or not done

import { type Clock, doubledMs, type Instant } from "../../../kernel/index.ts";
import type { AuditInput, IntentOutcome, StateIntent, StateIntents } from "../../../store/index.ts";
import {
  type CallOptions,
  type CallReport,
  type CampaignProvisioning,
  type CampaignRunner,
  TenantError,
} from "../../../tenant/port.ts";
import type { StateChange } from "./change.ts";
import type { ResumeReport } from "./resume.ts";

/** How old a request may be to be continued, ms. Carrying out an old order to dial would be a surprise. */
const GOES_ON_MS = { paused: 3_600_000, active: 300_000 } as const;
/** Between two attempts: at first and at most, ms. */
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 30_000;

interface IntentLedger {
  underWay(): Promise<StateIntent[]>;
  claim(seen: Pick<StateIntent, "id" | "executor">, executor: string, audit: readonly AuditInput[]): Promise<boolean>;
  end(
    id: string,
    end: { readonly outcome: IntentOutcome; readonly message: string | null; readonly confirmed: boolean },
    entries: readonly AuditInput[],
  ): Promise<void>;
}

interface LeftChangesDeps {
  readonly ledger: IntentLedger;
  readonly runner: Pick<CampaignRunner, "status">;
  readonly replica: { readonly id: string; isDead(id: string): Promise<boolean> };
  readonly clock: Clock;
  /** Whether this process is working on a change of the campaign. */
  readonly isHere: (campaignId: string) => boolean;
  /** Whether the database was set back: nothing is resumed then. */
  readonly isHeld: () => boolean;
  /** The latest change of the campaign, of all that outdial made. */
  readonly latest: (campaignId: string) => Promise<{ readonly target: StateIntent["target"] } | undefined>;
  /** An emergency stop that holds the campaign and was given after a mark, or is open. */
  readonly stopAfter: (campaignId: string, mark: number) => Promise<object | undefined>;
  /** Continue an intent; do nothing when it is not open any more, or a stop holds the campaign. */
  readonly pause: (intent: StateIntent, signal: AbortSignal) => Promise<StateChange>;
  readonly resume: (intent: StateIntent, signal: AbortSignal) => Promise<ResumeReport>;
}

/** How such a change ended. */
export interface LeftEnd {
  readonly campaignId: string;
  readonly target: StateIntent["target"];
  readonly outcome: IntentOutcome;
  /** Whether the tenant showed the requested state. */
  readonly shown: boolean;
  readonly message: string | null;
}

/** Finds pauses and resumes whose process died, and continues them or reports that their outcome is unknown. */
export class LeftChanges {
  readonly #deps: LeftChangesDeps;

  constructor(deps: LeftChangesDeps) {
    this.#deps = deps;
  }

  /** Changes that no live process is working on. */
  async waiting(): Promise<StateIntent[]> {
    const { ledger, replica, isHere, isHeld } = this.#deps;
    const left: StateIntent[] = [];
    for (const intent of await ledger.underWay()) {
      const { executor, campaignId, target } = intent;
      if (executor === null || (target === "active" && isHeld())) continue;
      if (executor === replica.id ? !isHere(campaignId) : await replica.isDead(executor)) left.push(intent);
    }
    return left;
  }

  /**
   * Continues a change until it has ended. @returns undefined when another process has taken it. Rejects when aborted and when
   * the store fails: then it stays with this process, and waits for the next look.
   */
  async goOn(intent: StateIntent, signal: AbortSignal): Promise<LeftEnd | undefined> {
    const { ledger, replica, clock, latest, stopAfter } = this.#deps;
    const { id, campaignId, target, actor, executor, askedAt, stopMark } = intent;
    const taken = { actor, action: "campaign.change.taken-up", subject: campaignId };
    const entry = { ...taken, details: { intent: id, target, from: executor, by: replica.id } };
    if (!(await ledger.claim(intent, replica.id, executor === replica.id ? [] : [entry]))) return undefined;
    for (let turn = 0; ; turn += 1) {
      signal.throwIfAborted();
      if (target === "active" && (await stopAfter(campaignId, stopMark)) !== undefined)
        return this.#end(intent, "superseded", false, "an emergency stop was given since");
      const later = await latest(campaignId);
      if (later !== undefined && later.target !== target)
        return this.#end(intent, "superseded", false, "the opposite was done since");
      const isLate = clock.now() - askedAt > GOES_ON_MS[target];
      const ended = isLate ? await this.#close(intent, signal) : await this.#try(intent, signal);
      if (ended !== undefined) return ended;
      await clock.sleep(doubledMs(FIRST_WAIT_MS, LONGEST_WAIT_MS, turn), signal);
    }
  }

  /** @returns undefined when it is not known yet how it ended */
  async #try(intent: StateIntent, signal: AbortSignal): Promise<LeftEnd | undefined> {
    const { campaignId, target } = intent;
    if (target === "paused") return this.#endOf(intent, await this.#deps.pause(intent, signal));
    try {
      // The request may have arrived: the gate is not asked about a campaign that dials.
      if (await this.#isThere(intent, signal)) return await this.#end(intent, "changed", true, null);
      const { verdict, change } = await this.#deps.resume(intent, signal);
      if (change !== null) return await this.#endOf(intent, change);
      const reasons = verdict.refusals.map(({ text }) => text).join("; ");
      return await this.#end(intent, "failed", false, `its process ended in the middle of it, and now it is refused: ${reasons}`);
    } catch (thrown) {
      if (!(thrown instanceof TenantError) || signal.aborted) throw thrown;
      if (thrown.code !== "not_found") return undefined;
      return this.#end(intent, "failed", false, `the tenant knows no campaign ${campaignId}`);
    }
  }

  /** The result of a change; one that is no longer to be made was not ended by `changeState` and is ended here. */
  async #endOf(intent: StateIntent, { outcome, shown, message }: StateChange): Promise<LeftEnd | undefined> {
    if (outcome === "unknown") return undefined;
    if (outcome === "superseded") return this.#end(intent, outcome, false, message);
    return { campaignId: intent.campaignId, target: intent.target, outcome, shown: shown === true, message };
  }

  /** Ends a change that is too old to be continued: reports what the tenant shows. */
  async #close(intent: StateIntent, signal: AbortSignal): Promise<LeftEnd> {
    const { target, askedAt } = intent;
    let shows: string;
    try {
      if (await this.#isThere(intent, signal)) return await this.#end(intent, "changed", true, null);
      shows = `the tenant does not show it ${target}`;
    } catch (thrown) {
      if (!(thrown instanceof TenantError) || signal.aborted) throw thrown;
      shows = `the tenant could not be asked: ${thrown.message}`;
    }
    const message = `left undone: its process ended in the middle of it, it was asked for ${since(askedAt)}, and ${shows}`;
    return this.#end(intent, "failed", false, message);
  }

  async #isThere({ campaignId, target }: StateIntent, signal: AbortSignal): Promise<boolean> {
    const { status } = await this.#deps.runner.status(campaignId, { signal, lane: "pacing" });
    return status === target;
  }

  async #end(intent: StateIntent, outcome: IntentOutcome, shown: boolean, message: string | null): Promise<LeftEnd> {
    const { id, campaignId, target, actor } = intent;
    const details = { intent: id, outcome, confirmed: shown && target === "active", ...(message === null ? {} : { message }) };
    const action = target === "paused" ? "campaign.pause" : "campaign.resume";
    await this.#deps.ledger.end(id, { outcome, message, confirmed: details.confirmed }, [
      { actor, action, subject: campaignId, details },
    ]);
    return { campaignId, target, outcome, shown, message };
  }
}

const since = (instant: Instant): string => `at ${new Date(instant).toISOString()}`;

// Starts of campaigns on their way to the tenant: each is noted before it is sent, and until the tenant has answered it. A process may die
// meanwhile, a proxy may hold the request, a reply may be lost: as long as no answer is known, what the tenant shows of the campaign is not final. Nor is
// it for a while after a tenant has accepted a start that it carries out later.

/** A tenant that makes a change later than it accepts it shows the old state for so long, ms. */
export const LATE_MS = 10_000;

interface Starting {
  readonly campaignRunner: CampaignRunner;
  readonly campaignProvisioning: CampaignProvisioning;
}

/** The capabilities that let a campaign dial, each such request noted. One that cannot be noted is not sent: rejects with StoreError. */
export function notedStarts(
  { capabilities: { campaignRunner: runner, campaignProvisioning: provisioning } }: { readonly capabilities: Starting },
  { stateIntents: notes }: { readonly stateIntents: Pick<StateIntents, "startSent" | "startAccepted" | "startAnswered"> },
): Starting {
  const { place } = provisioning;
  const noted = async <T extends object>(
    id: string,
    key: string,
    signal: AbortSignal | undefined,
    send: () => Promise<T>,
  ): Promise<T> => {
    signal?.throwIfAborted();
    const note = await notes.startSent(id, key);
    let isAnswered = false;
    let isAccepted = false;
    let answers: string | undefined;
    try {
      const result: T & Partial<CallReport> = await send();
      // One answer to a key is the answer to all requests with it. A tenant without keys may still carry out an earlier one.
      isAccepted = runner.capability.asynchronous;
      if (!isAccepted) answers = key;
      isAnswered = answers !== undefined || result.earlierUnknown !== true;
      return result;
    } catch (thrown) {
      isAnswered = thrown instanceof TenantError && !thrown.outcomeUnknown && !thrown.report.earlierUnknown;
      throw thrown;
    } finally {
      // A note that stays makes a stop look longer, no more.
      const tell = () => (isAccepted ? notes.startAccepted(note, LATE_MS) : notes.startAnswered(note, answers));
      if (isAnswered) await tell().catch(() => undefined);
    }
  };
  return {
    campaignRunner: {
      ...runner,
      setStatus: (id, status, options: CallOptions = {}) => {
        const send = () => runner.setStatus(id, status, options);
        return status === "paused" ? send() : noted(id, options.idempotencyKey ?? "", options.signal, send);
      },
    },
    campaignProvisioning: {
      ...provisioning,
      // The document of a campaign that dials says so: written late, it lets it dial again.
      replace: (id, campaign, lock, key, options) => {
        const send = () => provisioning.replace(id, campaign, lock, key, options);
        return campaign.status === "paused" ? send() : noted(id, key, options?.signal, send);
      },
      ...(place === undefined
        ? {}
        : {
            place: (document, id, placing, options) => {
              const send = () => place(document, id, placing, options);
              return placing.status === "paused" || id === null ? send() : noted(id, placing.fileName, options?.signal, send);
            },
          }),
    },
  };
}
