// Delivery to one receiver: claims due events, keeps a bounded number of requests running, writes their results in batches.
//
// One loop claims events. It sleeps when nothing is due, and is woken when more events may be due. Requests run in parallel to
// it, so a request that hangs blocks only its own place. Every claimed event ends in exactly one way: a mark (delivered, failed,
// dead), a release, or an expired claim.

import { type Clock, type Instant, isWithin, messageOf, newId, type RandomStream } from "../../kernel/index.ts";
import type { ClaimedEvent, Endpoints, EventOrder, FailedAttempt, StoreLog } from "../../store/index.ts";
import { type AttemptOptions, attempt } from "./attempt.ts";
import { HELD_IN_QUIET_HOURS } from "./catalog.ts";
import { cloudEvent } from "./cloud-event.ts";
import { LoopSleep } from "./loop-sleep.ts";
import type { DeliveryMembers, DeliveryOutbox, DeliverySwitches } from "./outbox-port.ts";
import { REFUSALS } from "./post.ts";
import { lastQuietEnd, type QuietHours, quietUntil } from "./quiet-hours.ts";
import { type Failed, judge, type Verdict } from "./verdict.ts";

// What a lane claims of the events that are due for its receiver: how many at once, which of them in quiet hours, and those that
// processes had claimed which died.

/** How long a claim is valid beyond one attempt, ms. */
const CLAIM_MS = 60_000;
/** How often dead processes with claims are looked for, ms. */
const DEAD_LOOK_MS = 2_000;
const MAX_BATCH = 256;

/** The receiver that a lane sends to. */
interface LaneReceiver {
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
type Batch = readonly [ClaimedEvent, ...ClaimedEvent[]];

type Claim = Parameters<DeliveryOutbox["claimDue"]>[0];

/** What claims are made with. */
interface ClaimsOptions {
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
class Claims {
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

/** Sleep of an idle lane, ms: short at first, because events come in bursts, then longer. */
const IDLE_MIN_MS = 200;
const IDLE_MAX_MS = 1_000;
const IDLE_GROWTH = 1.5;
/** Time reserved for writing a mark before its claim expires, ms. */
const MARK_MARGIN_MS = 5_000;
/** How often it is checked whether a paused receiver was switched on, ms. */
const ON_LOOK_MS = 1_000;
/** Number of marks written at once; fewer when nothing is running, or when the first has waited for `FLUSH_MS`. */
const FLUSH_SIZE = 100;
const FLUSH_MS = 20;

/** One attempt, for metrics. */
export interface DeliveryAttempt {
  readonly endpoint: string;
  readonly eventId: string;
  readonly type: string;
  /** Number of attempts at this event, including this one. */
  readonly attempt: number;
  readonly outcome: "delivered" | "failed" | "dead";
  /** HTTP status, when there was an answer. */
  readonly status: number | undefined;
  readonly error: string | undefined;
  readonly latencyMs: number;
}

interface LaneOptions extends AttemptOptions, ClaimsOptions, SwitchOffOptions {
  readonly outbox: DeliveryOutbox;
  readonly onAttempt: ((attempt: DeliveryAttempt) => void) | undefined;
}

interface Waiter {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Delivers the events of one receiver in order per subject, with retries, pauses and a circuit breaker. */
export class Lane {
  readonly #options: LaneOptions;
  readonly #name: string;
  readonly #marks: Marks;
  readonly #claims: Claims;
  #circuit: Circuit = CLOSED;
  /** Claimed, not sent yet. */
  #queue: Batch[] = [];
  #inFlight = 0;
  /** Requests, releases and writes of marks. */
  readonly #underWay = new Set<Promise<void>>();
  readonly #sleep: LoopSleep;
  #loop: Promise<void> | undefined;
  #ending: Promise<void> | undefined;
  #flushTimer: AbortController | undefined;
  #flushing = false;
  #judging = false;
  #resting: Waiter[] = [];
  /** The latest failure, and when it was last looked whether somebody has switched the receiver on since. */
  #failedAt: Instant = 0;
  #lookedForOnAt = Number.NEGATIVE_INFINITY;

  constructor(options: LaneOptions) {
    this.#options = options;
    this.#name = options.receiver.name;
    this.#marks = new Marks(options.outbox, options.members.id, options.receiver.order);
    this.#claims = new Claims(options);
    this.#sleep = new LoopSleep(options.clock);
  }

  /** The durable results of this lane's attempts since it was created. */
  get tally(): Tally {
    return this.#marks.tally;
  }

  /** Starts the loop; does nothing when it runs. */
  start(): void {
    this.#loop ??= this.#run();
  }

  /** Stops claiming, waits for running requests (at most their timeout), returns the remaining claims. Can be called twice. */
  stop(): Promise<void> {
    this.#ending ??= this.#end();
    return this.#ending;
  }

  async #end(): Promise<void> {
    this.#sleep.end();
    await this.#loop;
    await this.#options.sender.close();
    this.#loop = undefined;
    this.#sleep.restart();
    this.#ending = undefined;
  }

  /**
   * Resolves when no event is due for sending and nothing is running, or the lane has stopped; rejects when the outbox fails. It
   * does not wait for future attempts, or for a receiver to come back.
   */
  rest(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#resting.push({ resolve, reject });
      this.#sleep.stir();
    });
  }

  async #run(): Promise<void> {
    let idleMs = IDLE_MIN_MS;
    while (!this.#sleep.isOver) {
      try {
        const found = await this.#turn(idleMs);
        idleMs = found ? IDLE_MIN_MS : Math.min(IDLE_MAX_MS, idleMs * IDLE_GROWTH);
      } catch (error) {
        this.#warn("the outbox failed", error);
        for (const { reject } of this.#resting.splice(0)) reject(error);
        await this.#sleep.pause(IDLE_MAX_MS);
      }
    }
    await this.#finish();
  }

  /** Claims once; waits when there is nothing to do. False when nothing was due. */
  async #turn(idleMs: number): Promise<boolean> {
    this.#sleep.settle();
    // Unwritten results come before new claims: nothing is sent while results may be lost.
    if (this.#marks.failing || this.#quiet) await this.#marks.flush();
    if (this.#queue.length > this.#claims.atOnce / 2) {
      await this.#sleep.wait(IDLE_MAX_MS);
      return true;
    }
    await this.#claims.takeFromTheDead();
    await this.#tryWhenSwitchedOn();
    if ((await this.#claim()) > 0) return true;
    // Asking wakes the loop: callers that began to wait during the claim are in this list only in the next turn.
    if (!this.#sleep.isStirred && this.#quiet && this.#marks.empty) for (const { resolve } of this.#resting.splice(0)) resolve();
    await this.#sleep.wait(idleMs);
    return false;
  }

  /** A paused receiver is tried again when a person has switched it on, however long the pause was to be. */
  async #tryWhenSwitchedOn(): Promise<void> {
    const { switches, clock, log } = this.#options;
    if (this.#circuit.state !== "open" || isWithin(ON_LOOK_MS, this.#lookedForOnAt, clock.now())) return;
    this.#lookedForOnAt = clock.now();
    const on = await switches.onSince(this.#name);
    if (on === null || on < this.#failedAt || this.#circuit.state !== "open") return;
    this.#circuit = CLOSED;
    log("info", `events for ${this.#name}: the receiver was switched on; it is tried again`);
  }

  /** Claims as many events as there is room for and the circuit allows, and begins to send them. */
  async #claim(): Promise<number> {
    const { members, clock } = this.#options;
    const limit = Math.min(this.#claims.atOnce - this.#queue.length, allowance(this.#circuit, clock.now()));
    // A process that considers this one dead may be sending the next events of the same subjects.
    if (limit <= 0 || !members.isTrusted()) return 0;
    const batches = await this.#claims.next(limit);
    if (batches.length === 0) return 0;
    this.#queue.push(...batches);
    // The circuit may have opened, or the lane may be stopping.
    if (this.#sleep.isOver || allowance(this.#circuit, clock.now()) < batches.length) {
      this.#giveBack();
    } else {
      this.#circuit = sending(this.#circuit);
      this.#sendQueued();
    }
    return batches.length;
  }

  #sendQueued(): void {
    const { clock, concurrency, timeoutMs, members } = this.#options;
    while (!this.#sleep.isOver && this.#inFlight < concurrency) {
      const batch = this.#queue[0];
      if (batch === undefined) return;
      if (!members.isTrusted()) {
        this.#giveBack();
        return;
      }
      if (batch[0].claimedUntil < clock.now() + timeoutMs + MARK_MARGIN_MS) {
        // The receiver needs longer for the batch than a claim is valid.
        this.#claims.shrink();
        this.#giveBack();
        return;
      }
      this.#queue.shift();
      this.#inFlight += 1;
      this.#track(this.#deliver(batch));
    }
  }

  async #deliver(batch: Batch): Promise<void> {
    const { clock, random, log } = this.#options;
    const started = clock.now();
    const { end, warning } = await attempt(this.#options, batch);
    if (warning !== undefined) log("warn", `events for ${this.#name}: ${warning}`);
    const now = clock.now();
    // One verdict for the whole message: its events stay together when it is tried again.
    const attempts = Math.max(...batch.map((event) => event.attempts)) + 1;
    const verdict = judge(end, { attempts, lastStatus: batch[0].lastStatus }, now, random);
    this.#inFlight -= 1;
    for (const event of batch) this.#marks.add(event, verdict);
    this.#learn(verdict);
    this.#sendQueued();
    this.#writeMarks();
    if (this.#queue.length <= this.#claims.atOnce / 2) this.#sleep.wake();
    for (const event of batch) this.#report(event, verdict, now - started);
  }

  #learn(verdict: Verdict): void {
    const { clock, log, random, concurrency } = this.#options;
    const before = this.#circuit;
    if (verdict.kind !== "delivered") this.#claims.reopen();
    if (verdict.kind !== "delivered" && verdict.refused !== true) {
      this.#failedAt = clock.now();
      const { pauseUntil } = verdict;
      this.#circuit = failed(before, clock.now(), random, { pauseUntil, threshold: Math.max(THRESHOLD, concurrency + 2) });
      if (before.state === "closed" && this.#circuit.state === "open") {
        const { failures } = this.#circuit;
        log("warn", `events for ${this.#name}: the receiver fails; single probes find out when it is back`, { failures });
        this.#giveBack();
      }
      this.#judgeReceiver(verdict);
    } else if (verdict.kind === "delivered" || before.state === "probing") {
      // A probe that is refused was answered by a receiver that works.
      this.#circuit = CLOSED;
      if (before.state === "closed") return;
      log("info", `events for ${this.#name}: the receiver is back`, { failures: before.failures });
    }
  }

  /** Switches off a receiver that failed for too long, or wants no more events; its events wait. */
  #judgeReceiver(verdict: Failed): void {
    if (this.#judging) return;
    this.#judging = true;
    const judged = switchOffIfDue(this.#options, verdict).finally(() => {
      this.#judging = false;
    });
    this.#track(judged);
  }

  /** Returns claimed events that were not sent. The outbox leaves alone what another worker has claimed in the meantime. */
  #giveBack(): void {
    const { members, outbox } = this.#options;
    const ours = this.#queue.flat().map(({ id }) => id);
    this.#queue = [];
    this.#claims.reopen();
    this.#circuit = probeGivenUp(this.#circuit);
    if (ours.length === 0) return;
    const release = outbox.release(members.id, ours).then(
      () => this.#sleep.stir(),
      // They become due when their claims expire.
      (error) => this.#warn(`${ours.length} claims could not be given back`, error),
    );
    this.#track(release);
  }

  /** Writes the marks when there are enough of them, or nothing else to wait for; otherwise soon. */
  #writeMarks(): void {
    // One write at a time; while writing fails, the loop tries again at its own pace.
    if (this.#flushing || this.#marks.failing || this.#marks.size === 0) return;
    if (this.#marks.size >= FLUSH_SIZE || this.#inFlight === 0) this.#flush();
    else if (this.#flushTimer === undefined) {
      const timer = new AbortController();
      this.#flushTimer = timer;
      this.#options.clock.sleep(FLUSH_MS, timer.signal).then(() => this.#flush(), ignore);
    }
  }

  #flush(): void {
    this.#flushTimer?.abort();
    this.#flushTimer = undefined;
    if (this.#flushing) return;
    this.#flushing = true;
    const flushed = this.#marks
      .flush()
      .then(
        // After a delivery the next event of its subject becomes due.
        () => this.#sleep.stir(),
        (error) => {
          this.#warn("ends of deliveries could not be written yet", error);
          this.#sleep.wake();
        },
      )
      .finally(() => {
        this.#flushing = false;
        this.#writeMarks();
      });
    this.#track(flushed);
  }

  async #finish(): Promise<void> {
    this.#giveBack();
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
    this.#flushTimer?.abort();
    this.#flushTimer = undefined;
    await this.#marks.flush().catch((error) => this.#warn("ends of deliveries could not be written", error));
    for (const { resolve } of this.#resting.splice(0)) resolve();
  }

  get #quiet(): boolean {
    return this.#queue.length === 0 && this.#underWay.size === 0;
  }

  #track(work: Promise<void>): void {
    const tracked: Promise<void> = work
      .catch((error) => this.#warn("a callback failed", error))
      .finally(() => {
        this.#underWay.delete(tracked);
        if (this.#quiet) this.#sleep.wake();
      });
    this.#underWay.add(tracked);
  }

  #report(event: ClaimedEvent, verdict: Verdict, latencyMs: number): void {
    const error = verdict.kind === "delivered" ? undefined : verdict.error;
    const { eventId, type } = event;
    const attempts = event.attempts + 1;
    if (verdict.kind === "dead") {
      this.#options.log("warn", `events for ${this.#name}: ${eventId} is a dead letter`, { attempts, error });
    }
    const { status, kind: outcome } = verdict;
    this.#options.onAttempt?.({ endpoint: this.#name, eventId, type, attempt: attempts, outcome, status, error, latencyMs });
  }

  #warn(what: string, error: unknown): void {
    this.#options.log("warn", `events for ${this.#name}: ${what}: ${messageOf(error)}`);
  }
}

function ignore(): void {}

// Whether a receiver should be tried: several failures in a row open its circuit, and single probes find out when it answers again. Pure.
//
//   closed ──(failures in a row, or "Retry-After")──▶ open ──(probe time reached)──▶ probing ──(success)──▶ closed
//                                                         ▲                                │
//                                                         └──────(failure, longer wait)────┘
//
// Any success closes the circuit, whichever state it finds. A refusal of one event is no failure of the receiver. Failures of requests that were under way when it opened change nothing.

/** Failures in a row that open it, at least: more than there are requests at once, so that one restart of the receiver does not open it. */
const THRESHOLD = 10;
const FIRST_PROBE_MS = 5_000;
const GROWTH = 2;
/** Longest wait for a receiver that is back, ms. */
const LONGEST_PROBE_MS = 300_000;
/** Probes are moved forward by up to a tenth, so that replicas do not probe in step. */
const JITTER = 0.1;

/** Whether events are sent to a receiver: closed (yes), open (not before `probeAt`) or probing (one event). */
export interface Circuit {
  readonly state: "closed" | "open" | "probing";
  /** Failures since the last success; consecutive while closed. */
  readonly failures: number;
  /** Probes that failed since it opened. */
  readonly probes: number;
  /** When open: the next probe is not before this. */
  readonly probeAt: Instant;
}

/** The circuit of a new receiver. */
export const CLOSED: Circuit = { state: "closed", failures: 0, probes: 0, probeAt: 0 };

/** How many more events may be sent now: any number, one as a probe, or none. */
export function allowance(circuit: Circuit, now: Instant): number {
  if (circuit.state === "closed") return Number.POSITIVE_INFINITY;
  return circuit.state === "open" && now >= circuit.probeAt ? 1 : 0;
}

/** The circuit after an allowed event is being sent. */
export function sending(circuit: Circuit): Circuit {
  return circuit.state === "open" ? { ...circuit, state: "probing" } : circuit;
}

/** The circuit after a probe that could not be sent. */
export function probeGivenUp(circuit: Circuit): Circuit {
  return circuit.state === "probing" ? { ...circuit, state: "open" } : circuit;
}

/**
 * The circuit after a failure.
 * @param then.pauseUntil until when the receiver asked for a pause: opens the circuit at once
 * @param then.threshold failures in a row that open it
 */
export function failed(
  circuit: Circuit,
  now: Instant,
  random: RandomStream,
  { pauseUntil = 0, threshold = THRESHOLD }: { readonly pauseUntil?: Instant; readonly threshold?: number } = {},
): Circuit {
  const failures = circuit.failures + 1;
  if (circuit.state === "open") return { ...circuit, failures, probeAt: Math.max(circuit.probeAt, pauseUntil) };
  if (circuit.state === "closed" && failures < threshold && pauseUntil <= now) return { ...circuit, failures };
  const probes = circuit.state === "probing" ? circuit.probes + 1 : 0;
  const wait = Math.min(LONGEST_PROBE_MS, FIRST_PROBE_MS * GROWTH ** probes);
  const probeAt = Math.max(now + Math.round(wait * (1 - JITTER * random.next())), pauseUntil);
  return { state: "open", failures, probes, probeAt };
}

// Collects the results of attempts and writes them to the outbox in batches, one write at a time.

/** Durable results of attempts. */
interface Tally {
  readonly delivered: number;
  /** Failed attempts whose event will be tried again. */
  readonly failed: number;
  readonly dead: number;
}

interface Mark {
  readonly event: ClaimedEvent;
  readonly verdict: Verdict;
}

/** A failed write keeps its marks; the next flush tries them again. */
class Marks {
  readonly #outbox: Pick<DeliveryOutbox, "markDelivered" | "markFailed">;
  readonly #by: string;
  readonly #order: EventOrder;
  #waiting: Mark[] = [];
  #writing: Promise<void> | undefined;
  #failing = false;
  #tally: Tally = { delivered: 0, failed: 0, dead: 0 };

  constructor(outbox: Pick<DeliveryOutbox, "markDelivered" | "markFailed">, by: string, order: EventOrder) {
    this.#outbox = outbox;
    this.#by = by;
    this.#order = order;
  }

  add(event: ClaimedEvent, verdict: Verdict): void {
    this.#waiting.push({ event, verdict });
  }

  /** Marks not yet being written. */
  get size(): number {
    return this.#waiting.length;
  }

  /** True when everything is durable. */
  get empty(): boolean {
    return this.#waiting.length === 0 && this.#writing === undefined;
  }

  /** True when the last write failed. */
  get failing(): boolean {
    return this.#failing;
  }

  /** Results since the beginning. */
  get tally(): Tally {
    return this.#tally;
  }

  /** Resolves when everything added before is durable; rejects with the outbox's error. */
  async flush(): Promise<void> {
    while (this.#writing !== undefined) await this.#writing;
    if (this.#waiting.length === 0) return;
    const batch = this.#waiting;
    this.#waiting = [];
    this.#writing = this.#write(batch).finally(() => {
      this.#writing = undefined;
    });
    await this.#writing;
  }

  async #write(batch: readonly Mark[]): Promise<void> {
    const delivered: { id: number; status: number }[] = [];
    const failed: FailedAttempt[] = [];
    for (const { event, verdict } of batch) {
      if (verdict.kind === "delivered") delivered.push({ id: event.id, status: verdict.status });
      else failed.push({ id: event.id, status: verdict.status, error: verdict.error, nextAttemptAt: verdict.nextAttemptAt });
    }
    try {
      // Writing a mark twice does no harm, so a batch is kept whole when half of it failed.
      if (delivered.length > 0) await this.#outbox.markDelivered(delivered, this.#order);
      if (failed.length > 0) await this.#outbox.markFailed(this.#by, failed, this.#order);
    } catch (error) {
      this.#waiting = [...batch, ...this.#waiting];
      this.#failing = true;
      throw error;
    }
    this.#failing = false;
    const dead = failed.filter(({ nextAttemptAt }) => nextAttemptAt === null).length;
    const { tally } = this;
    this.#tally = {
      delivered: tally.delivered + delivered.length,
      failed: tally.failed + failed.length - dead,
      dead: tally.dead + dead,
    };
  }
}

// Switches a receiver off that fails for too long, with an audit entry and an alarm in the same transaction.

interface SwitchOff {
  readonly endpoint: string;
  readonly reason: string;
  readonly failingSince: Instant | null;
  readonly now: Instant;
  /** Id of the acting replica. */
  readonly by: string;
  readonly random: RandomStream;
}

/** What a receiver is judged and switched off with. */
interface SwitchOffOptions {
  readonly receiver: LaneReceiver;
  readonly switches: DeliverySwitches;
  readonly members: DeliveryMembers;
  readonly clock: Clock;
  readonly random: RandomStream;
  readonly log: StoreLog;
}

/** Switches off a receiver that failed for too long, or wants no more events. */
async function switchOffIfDue(options: SwitchOffOptions, { gone, error }: Failed): Promise<void> {
  const { receiver, switches, clock, members, random, log } = options;
  const { name, offAfterMs } = receiver;
  const failingSince = await switches.failed(name);
  const now = clock.now();
  const days = Number((offAfterMs / 86_400_000).toFixed(2));
  if (gone !== true && now - failingSince < offAfterMs) return;
  const reason =
    gone === true ? "it answered 410: it wants no more events" : `nothing was delivered for ${days} days; last: ${error}`;
  const off = { endpoint: name, reason, failingSince, now, by: members.id, random };
  if (await switchOff(switches, off)) log("error", `events for ${name}: the receiver was switched off: ${reason}`);
}

/** False when another process was first. */
async function switchOff(endpoints: Pick<Endpoints, "switchOff">, off: SwitchOff): Promise<boolean> {
  const { endpoint, reason, failingSince, now, by, random } = off;
  const since = failingSince === null ? null : new Date(failingSince).toISOString();
  const audit = { actor: by, action: "webhooks.off", subject: endpoint, time: now, details: { reason, failingSince: since } };
  const events = [alarm(off, since, newId("evt", now, random))];
  return endpoints.switchOff(endpoint, reason, { audit, events });
}

function alarm({ endpoint, reason, now }: SwitchOff, failingSince: string | null, eventId: string) {
  const type = "WEBHOOK_RECEIVER_OFF";
  const subject = `webhooks/${endpoint}`;
  const data = {
    receiver: endpoint,
    reason,
    failingSince,
    message: `Events for ${endpoint} are no longer sent; they wait.`,
    advice: `Correct the receiver or its address, then switch it on: outdial webhooks on ${endpoint}. Dead letters are sent with outdial webhooks replay.`,
  };
  const body = cloudEvent({ id: eventId, source: "/outdial/webhooks", type, subject, time: now, data });
  return { eventId, subject, type, body };
}
