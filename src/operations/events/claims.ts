// What a lane claims of the events that are due for its receiver: how many at once, which of them in quiet hours, and those that
// processes had claimed which died.

import { type Clock, type Instant, isWithin } from "../../kernel/index.ts";
import type { ClaimedEvent, EventOrder, StoreLog } from "../../store/index.ts";
import { HELD_IN_QUIET_HOURS } from "./catalog.ts";
import type { DeliveryMembers, DeliveryOutbox } from "./outbox-port.ts";
import { REFUSALS } from "./post.ts";
import { lastQuietEnd, type QuietHours, quietUntil } from "./quiet-hours.ts";

/** How long a claim is valid beyond one attempt, ms. */
const CLAIM_MS = 60_000;
/** How often dead processes with claims are looked for, ms. */
const DEAD_LOOK_MS = 2_000;
const MAX_BATCH = 256;

/** The receiver that a lane sends to. */
export interface LaneReceiver {
  readonly name: string;
  /** Time without any delivery despite attempts after which it is switched off, ms. */
  readonly offAfterMs: number;
  readonly quiet?: QuietHours | undefined;
  /** Whether an event waits for the earlier ones of its subject. */
  readonly order: EventOrder;
  /** Most events in one message when events held by quiet hours are sent; 1 when a message has one event. */
  readonly together: number;
}

/** Events of one message. */
export type Batch = readonly [ClaimedEvent, ...ClaimedEvent[]];

type Claim = Parameters<DeliveryOutbox["claimDue"]>[0];

/** What claims are made with. */
export interface ClaimsOptions {
  readonly receiver: LaneReceiver;
  readonly outbox: Pick<DeliveryOutbox, "claimDue" | "claimants" | "releaseAll">;
  readonly members: DeliveryMembers;
  readonly clock: Clock;
  /** Longest time of one attempt, ms. */
  readonly timeoutMs: number;
  /** Requests that run at once. */
  readonly concurrency: number;
  readonly log: StoreLog;
}

/** Claims the due events of one receiver. */
export class Claims {
  readonly #options: ClaimsOptions;
  #atOnce: number;
  /** The end of the quiet hours whose events are all claimed. */
  #gathered: Instant | undefined;
  /** When it was last looked whether a process that has claims has died. */
  #lookedAt = Number.NEGATIVE_INFINITY;

  constructor(options: ClaimsOptions) {
    this.#options = options;
    this.#atOnce = Math.min(MAX_BATCH, options.concurrency * 8);
  }

  /** Number of events claimed at once; follows the receiver's speed. */
  get atOnce(): number {
    return this.#atOnce;
  }

  /** The receiver needs longer for what was claimed at once than a claim is valid. */
  shrink(): void {
    this.#atOnce = Math.max(this.#options.concurrency, Math.floor(this.#atOnce / 2));
  }

  /** Events that quiet hours held may be due again. */
  reopen(): void {
    this.#gathered = undefined;
  }

  /** Claims at most so many events, each by itself; or those that quiet hours held, together. */
  async next(limit: number): Promise<Batch[]> {
    const { receiver, members } = this.#options;
    const claim = { endpoint: receiver.name, order: receiver.order, by: members.id, claimMs: this.#claimMs };
    return (await this.#gather(claim)) ?? (await this.#each({ ...claim, limit }));
  }

  /** Makes events due that dead processes had claimed. */
  async takeFromTheDead(): Promise<void> {
    const { outbox, members, clock, log, receiver } = this.#options;
    const { name } = receiver;
    if (isWithin(DEAD_LOOK_MS, this.#lookedAt, clock.now()) || !members.isTrusted()) return;
    this.#lookedAt = clock.now();
    for (const by of await outbox.claimants(name, this.#claimMs)) {
      if (by === members.id || !(await members.isDead(by))) continue;
      const count = await outbox.releaseAll(name, by);
      log("info", `events for ${name}: ${by} died with claims; they are due again`, { count });
    }
  }

  get #claimMs(): number {
    return CLAIM_MS + this.#options.timeoutMs;
  }

  /** Due events, each by itself. In quiet hours only urgent ones. */
  async #each(claim: Claim): Promise<Batch[]> {
    const { outbox, clock, receiver } = this.#options;
    const quiet = receiver.quiet !== undefined && quietUntil(receiver.quiet, clock.now()) !== undefined;
    const claimed = await outbox.claimDue(quiet ? { ...claim, except: HELD_IN_QUIET_HOURS } : claim);
    if (claimed.length === claim.limit && claim.limit > 1) this.#atOnce = Math.min(MAX_BATCH, this.#atOnce * 2);
    return claimed.map((event) => [event]);
  }

  /** The events that the last quiet hours held, as one message; undefined when there are none, or messages have one event. */
  async #gather(claim: Omit<Claim, "limit">): Promise<Batch[] | undefined> {
    const { outbox, clock, receiver } = this.#options;
    const { quiet, together: limit } = receiver;
    const now = clock.now();
    if (quiet === undefined || limit === 1 || quietUntil(quiet, now) !== undefined) return undefined;
    const before = lastQuietEnd(quiet, now);
    if (before === undefined || before === this.#gathered) return undefined;
    // A message that was refused is taken apart, so that one event does not take the others with it.
    const together = { types: HELD_IN_QUIET_HOURS, before, unless: [...REFUSALS] };
    const [first, ...others] = await outbox.claimDue({ ...claim, limit, together });
    if (first === undefined) {
      this.#gathered = before;
      return undefined;
    }
    return [[first, ...others]];
  }
}
