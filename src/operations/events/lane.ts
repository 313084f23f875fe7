// Delivery to one receiver: claims due events, keeps a bounded number of requests running, writes their results in batches.
//
// One loop claims events. It sleeps when nothing is due, and is woken when more events may be due. Requests run in parallel to
// it, so a request that hangs blocks only its own place. Every claimed event ends in exactly one way: a mark (delivered, failed,
// dead), a release, or an expired claim.

import { type Instant, isWithin, messageOf } from "../../kernel/index.ts";
import type { ClaimedEvent } from "../../store/index.ts";
import { type AttemptOptions, attempt } from "./attempt.ts";
import { allowance, type Circuit, CLOSED, failed, probeGivenUp, sending } from "./circuit.ts";
import { type Batch, Claims, type ClaimsOptions } from "./claims.ts";
import { LoopSleep } from "./loop-sleep.ts";
import { Marks, type Tally } from "./marks.ts";
import type { DeliveryOutbox } from "./outbox-port.ts";
import { type SwitchOffOptions, switchOffIfDue } from "./switch-off.ts";
import { type Failed, judge, type Verdict } from "./verdict.ts";

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
    this.#marks = new Marks(options.outbox, options.members.id);
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
    const verdict = judge(end, Math.max(...batch.map(({ attempts }) => attempts)) + 1, now, random);
    this.#inFlight -= 1;
    for (const event of batch) this.#marks.add(event, verdict);
    this.#learn(verdict);
    this.#sendQueued();
    this.#writeMarks();
    if (this.#queue.length <= this.#claims.atOnce / 2) this.#sleep.wake();
    for (const event of batch) this.#report(event, verdict, now - started);
  }

  #learn(verdict: Verdict): void {
    const { clock, log, random } = this.#options;
    const before = this.#circuit;
    if (verdict.kind !== "delivered") {
      this.#claims.reopen();
      this.#failedAt = clock.now();
      this.#circuit = failed(before, clock.now(), random, verdict.pauseUntil);
      if (before.state === "closed" && this.#circuit.state === "open") {
        const { failures } = this.#circuit;
        log("warn", `events for ${this.#name}: the receiver fails; single probes find out when it is back`, { failures });
        this.#giveBack();
      }
      this.#judgeReceiver(verdict);
    } else {
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
