// Rate limiting by family (contract §2): the port, and the limiter of one process. Waiting calls are queued in lanes; a family
// has one timer, however many wait.

import type { Clock, Instant } from "../kernel/index.ts";
import { AbortGroups } from "./abort-groups.ts";
import { Budget, shapeOf, type WindowLimit } from "./budget.ts";

/**
 * Purposes of requests in order of precedence: an earlier one never waits for a later one. The background, which is the regular
 * looks of watches (`watch`) and the update of figures that nobody waits for (`refresh`), may only use a share of a budget; within
 * it watches do not starve the update.
 */
export const LANES = ["stop", "opt-out", "pacing", "watch", "tagging", "refresh", "extraction"] as const;
/** The purpose of a request; lanes earlier in `LANES` go first when the budget is short. */
export type Lane = (typeof LANES)[number];

/** The part of each family's budget that the background may use: the lanes `watch` and `refresh` together. */
export const BACKGROUND_SHARE = 0.5;
/** During a pause that the tenant asked for, one request of the lane `stop` goes after so long in spite of it, ms, and then another one. */
export const STOP_PAUSE_MS = 5_000;
/** While both wait, so many requests of watches are sent for one of the update. */
const WATCHES_TO_REFRESH = 3;
const isBackground = (lane: Lane): boolean => lane === "watch" || lane === "refresh";

/** The state of one family's budget. */
export interface FamilyStatus {
  /** The limit in requests per second; undefined when it is off. */
  readonly limitPerSecond: number | undefined;
  /** Requests per second allowed at present: below the limit after a 429. */
  readonly ratePerSecond: number | undefined;
  /** Share of the limit used over the last window, 0..1. */
  readonly usedShare: number;
  /** Calls waiting for a permit. */
  readonly waiting: number;
  /** Milliseconds left of a pause that the tenant asked for. */
  readonly pausedMs: number;
}

/** Name of a family of operations that share a limit. */
type RateFamilyName = string;

/** Gives permits to send. The default limiter is in this process; a shared one gets its budget from elsewhere. */
export interface RateLimiter {
  /** Takes a permit if one is free and nobody waits; never waits. */
  tryAcquire(family: RateFamilyName, lane: Lane): boolean;
  /**
   * Resolves with a permit; rejects with the signal's reason when aborted, without a permit.
   * @param front true for a repetition, which goes before new calls of its lane
   */
  acquire(family: RateFamilyName, lane: Lane, signal?: AbortSignal, front?: boolean): Promise<void>;
  /** Reports a 429. @param pauseMs pause that the tenant asked for */
  penalize(family: RateFamilyName, pauseMs: number): void;
  /** Reports that a request that was sent in spite of a pause was answered with something else than a 429. */
  relieve(family: RateFamilyName): void;
  status(family: RateFamilyName): FamilyStatus;
}

/** A process's part of a shared limit. */
export interface RateGrant {
  /** Its part of the limit, 0..1. */
  readonly part: number;
  /** Permits that are added with it. */
  readonly permits: number;
  /** How long it is valid, ms: after that nothing is sent until the next grant. */
  readonly forMs: number;
}

/** How a process shares limits with others: it reports its demand, and sends what it is granted. */
export interface RateShares {
  /** Families with a limit. */
  readonly families: readonly RateFamilyName[];
  /** Rate and burst of the whole limit. */
  shape(family: RateFamilyName): { readonly perMs: number; readonly burst: number };
  /** From now on nothing is sent without a grant. @param want called when a call waits for a grant; may be called repeatedly */
  share(want: (family: RateFamilyName) => void): void;
  grant(family: RateFamilyName, grant: RateGrant): void;
  /** The demand since the last call, by lane, as parts of the limit (0..1 each). */
  demand(family: RateFamilyName): readonly number[];
}

/** Limits by family; undefined means off. */
export type FamilyLimits = Readonly<Record<RateFamilyName, WindowLimit | undefined>>;

const OFF: FamilyStatus = { limitPerSecond: undefined, ratePerSecond: undefined, usedShare: 0, waiting: 0, pausedMs: 0 };
// Without a limit of our own, a 429 pauses the call that got it, but not the family.

/** The limiter of one process. @param elapsed milliseconds from any origin, of a monotonic clock: grants expire by it */
export function createRateLimiter(
  limits: FamilyLimits,
  clock: Clock,
  elapsed: () => number = () => clock.now(),
): RateLimiter & { readonly shares: RateShares; readonly relimit: (limits: FamilyLimits) => void } {
  let inForce = limits;
  const aborts = new AbortGroups();
  const families = new Map<RateFamilyName, FamilyQueue>();
  for (const [family, limit] of Object.entries(limits)) {
    if (limit !== undefined) families.set(family, new FamilyQueue(limit, { clock, elapsed, aborts }));
  }
  return {
    tryAcquire: (family, lane) => families.get(family)?.tryAcquire(lane) ?? true,
    acquire: (family, lane, signal, front) => families.get(family)?.acquire(lane, signal, front ?? false) ?? Promise.resolve(),
    penalize: (family, pauseMs) => families.get(family)?.penalize(pauseMs),
    relieve: (family) => families.get(family)?.relieve(),
    status: (family) => families.get(family)?.status() ?? OFF,
    shares: {
      families: [...families.keys()],
      shape: (family) => shapeOf(inForce[family] ?? { requests: 1, seconds: 1 }),
      share(want) {
        for (const [family, queue] of families) queue.share(() => want(family));
      },
      grant: (family, grant) => families.get(family)?.grant(grant),
      demand: (family) => families.get(family)?.demand() ?? LANES.map(() => 0),
    },
    relimit(next) {
      inForce = { ...inForce, ...next };
      for (const [family, queue] of families) {
        const limit = next[family];
        if (limit !== undefined) queue.relimit(limit);
      }
    },
  };
}

const STOP = LANES.indexOf("stop");

interface Waiter {
  readonly lane: Lane;
  readonly grant: () => void;
  /** Aborted: skipped when its turn comes. */
  gone: boolean;
}

function add(counts: number[], lane: Lane, by: number): void {
  const at = LANES.indexOf(lane);
  counts[at] = (counts[at] ?? 0) + by;
}

/** A queue with constant-time insertion at both ends and removal at the front. */
class LaneQueue {
  #head: Waiter[] = [];
  #tail: Waiter[] = [];
  #taken = 0;

  push(waiter: Waiter, front: boolean): void {
    // `#head` is a stack of entries that come before all of `#tail`.
    if (front) this.#head.push(waiter);
    else this.#tail.push(waiter);
  }

  take(): Waiter | undefined {
    const first = this.#head.pop();
    if (first !== undefined) return first;
    const next = this.#tail[this.#taken];
    if (next === undefined) return undefined;
    this.#taken += 1;
    if (this.#taken === this.#tail.length) {
      this.#tail = [];
      this.#taken = 0;
    } else if (this.#taken > 1024 && this.#taken * 2 > this.#tail.length) {
      this.#tail = this.#tail.slice(this.#taken);
      this.#taken = 0;
    }
    return next;
  }

  clear(): void {
    this.#head = [];
    this.#tail = [];
    this.#taken = 0;
  }
}

/**
 * States: idle (nobody waits) → waiting (a call waits and the budget is empty; one timer runs) → serving (the timer fired:
 * permits are given in order) → waiting again or idle. When the last waiting call leaves, the timer is cancelled.
 */
class FamilyQueue {
  readonly #budget: Budget;
  readonly #clock: Clock;
  readonly #aborts: AbortGroups;
  /** The share of the budget that the background may use. */
  readonly #share: Budget;
  readonly #lanes: readonly LaneQueue[] = LANES.map(() => new LaneQueue());
  /** By lane: number of waiting calls, and of permits taken since the demand was last read. */
  readonly #inLane: number[] = LANES.map(() => 0);
  readonly #taken: number[] = LANES.map(() => 0);
  #askedAt: number;
  readonly #elapsed: () => number;
  /** Undefined while the limit is not shared. */
  #want: (() => void) | undefined;
  /** Until when the grant is valid, on the clock `elapsed`. */
  #grantedUntil = Number.POSITIVE_INFINITY;
  /** When a request of the lane `stop` may next go in spite of a pause. */
  #inSpiteAt = Number.NEGATIVE_INFINITY;
  #waiting = 0;
  /** How many waiting calls are of the background: they may wait for its share while the budget itself is free. */
  #behind = 0;
  /** Requests of watches since the last one of the lane `refresh`. */
  #watches = 0;
  #timer: AbortController | undefined;

  constructor(
    limit: WindowLimit,
    { clock, elapsed, aborts }: { readonly clock: Clock; readonly elapsed: () => number; readonly aborts: AbortGroups },
  ) {
    this.#clock = clock;
    this.#aborts = aborts;
    this.#elapsed = elapsed;
    this.#askedAt = elapsed();
    this.#budget = new Budget(limit, clock.now());
    this.#share = new Budget({ ...limit, requests: limit.requests * BACKGROUND_SHARE }, clock.now(), this.#budget);
  }

  tryAcquire(lane: Lane): boolean {
    const now = this.#clock.now();
    if (!this.#isGranted()) return false;
    if (lane === "stop" && this.#goesInSpite(now)) {
      this.#takeInSpite(now);
      return true;
    }
    const free = isBackground(lane)
      ? this.#waiting === 0 && this.#hasShare(now) && this.#budget.take(now)
      : this.#waiting === this.#behind && this.#budget.take(now);
    if (free) this.#took(lane, now);
    return free;
  }

  /** Whether anything may be sent; asks for a grant when the last one of a shared limit has expired. */
  #isGranted(): boolean {
    if (this.#elapsed() < this.#grantedUntil) return true;
    this.#want?.();
    return false;
  }

  share(want: () => void): void {
    this.#want = want;
    this.#grantedUntil = Number.NEGATIVE_INFINITY;
    // The permits from the start do not count: the first grant brings its own.
    this.#resize(0, Number.NEGATIVE_INFINITY);
  }

  grant({ part, permits, forMs }: RateGrant): void {
    this.#grantedUntil = this.#elapsed() + forMs;
    this.#resize(part, permits);
    this.#disarm();
    this.#serve();
  }

  relimit(limit: WindowLimit): void {
    const now = this.#clock.now();
    this.#budget.relimit(now, limit);
    this.#share.relimit(now, { ...limit, requests: limit.requests * BACKGROUND_SHARE });
    this.#disarm();
    this.#serve();
  }

  #resize(part: number, permits: number): void {
    const now = this.#clock.now();
    this.#budget.resize(now, part, permits);
    this.#share.resize(now, part, permits * BACKGROUND_SHARE);
  }

  demand(): readonly number[] {
    const at = this.#elapsed();
    const seconds = Math.max(0.05, (at - this.#askedAt) / 1000);
    this.#askedAt = at;
    const { requests, seconds: window } = this.#budget.limit;
    const perSecond = requests / window;
    // Waiting calls count as demand of one second.
    const wanted = this.#taken.map((taken, lane) => Math.min(1, (taken / seconds + (this.#inLane[lane] ?? 0)) / perSecond));
    this.#taken.fill(0);
    return wanted;
  }

  #hasShare(now: Instant): boolean {
    return this.#share.waitMs(now) === 0;
  }

  /** Counts a permit that was taken. */
  #took(lane: Lane, now: Instant): void {
    add(this.#taken, lane, 1);
    if (!isBackground(lane)) return;
    this.#share.take(now);
    this.#watches = lane === "watch" ? this.#watches + 1 : 0;
  }

  acquire(lane: Lane, signal: AbortSignal | undefined, front: boolean): Promise<void> {
    if (signal?.aborted) return Promise.reject(signal.reason);
    if (this.tryAcquire(lane)) return Promise.resolve();
    return new Promise((resolve, reject) => {
      let unlisten: (() => void) | undefined;
      const waiter: Waiter = {
        lane,
        gone: false,
        grant: () => {
          unlisten?.();
          resolve();
        },
      };
      if (signal !== undefined) {
        unlisten = this.#aborts.add(signal, () => {
          waiter.gone = true;
          this.#leave(waiter);
          reject(signal.reason);
        });
      }
      this.#lanes[LANES.indexOf(lane)]?.push(waiter, front);
      this.#count(waiter, 1);
      // A call that may go earlier than those the timer is set for gets an earlier timer.
      if (this.#waiting - this.#behind === 1 && !isBackground(lane)) this.#disarm();
      this.#arm();
    });
  }

  penalize(pauseMs: number): void {
    const now = this.#clock.now();
    this.#budget.shrink(now, pauseMs);
    this.#share.shrink(now, pauseMs);
    this.#inSpiteAt = now + STOP_PAUSE_MS;
  }

  relieve(): void {
    const now = this.#clock.now();
    if (!this.#budget.isPaused(now)) return;
    this.#budget.endPause(now);
    this.#share.endPause(now);
    this.#disarm();
    this.#serve();
  }

  /** Whether a request of the lane `stop` may go although the tenant asked for a pause. */
  #goesInSpite(now: Instant): boolean {
    // A clock that was set back must not lengthen the wait.
    this.#inSpiteAt = Math.min(this.#inSpiteAt, now + STOP_PAUSE_MS);
    return now >= this.#inSpiteAt && this.#budget.isPaused(now);
  }

  #takeInSpite(now: Instant): void {
    this.#inSpiteAt = now + STOP_PAUSE_MS;
    this.#budget.takeInSpite(now);
    this.#took("stop", now);
  }

  status(): FamilyStatus {
    const { requests, seconds } = this.#budget.limit;
    return { limitPerSecond: requests / seconds, waiting: this.#waiting, ...this.#budget.view(this.#clock.now()) };
  }

  #count({ lane }: Waiter, by: 1 | -1): void {
    this.#waiting += by;
    add(this.#inLane, lane, by);
    if (isBackground(lane)) this.#behind += by;
  }

  #disarm(): void {
    this.#timer?.abort();
    this.#timer = undefined;
  }

  #leave(waiter: Waiter): void {
    this.#count(waiter, -1);
    if (this.#waiting > 0) return;
    this.#disarm();
    for (const lane of this.#lanes) lane.clear();
  }

  #arm(): void {
    if (this.#timer !== undefined || this.#waiting === 0 || !this.#isGranted()) return;
    const now = this.#clock.now();
    const share = this.#waiting === this.#behind ? this.#share.waitMs(now) : 0;
    // Rounded up: waking up too early would only mean waiting again.
    const paused = (this.#inLane[STOP] ?? 0) > 0 && this.#budget.isPaused(now) ? this.#inSpiteAt - now : Number.POSITIVE_INFINITY;
    const wait = Math.ceil(Math.min(paused, Math.max(share, this.#budget.waitMs(now))));
    // This process has no part of the limit: it waits for the next grant.
    if (wait === Number.POSITIVE_INFINITY) return;
    const timer = new AbortController();
    this.#timer = timer;
    this.#clock.sleep(Math.max(1, wait), timer.signal).then(
      () => {
        if (this.#timer !== timer) return;
        this.#timer = undefined;
        this.#serve();
      },
      () => {},
    );
  }

  #serve(): void {
    while (this.#isGranted()) {
      const now = this.#clock.now();
      if ((this.#inLane[STOP] ?? 0) > 0 && this.#goesInSpite(now)) {
        const waiter = this.#next(false);
        if (waiter === undefined) break;
        this.#takeInSpite(now);
        this.#count(waiter, -1);
        waiter.grant();
        continue;
      }
      const hasShare = this.#hasShare(now);
      if (this.#waiting - (hasShare ? 0 : this.#behind) <= 0 || !this.#budget.take(now)) break;
      const waiter = this.#next(hasShare);
      if (waiter === undefined) break;
      this.#took(waiter.lane, now);
      this.#count(waiter, -1);
      waiter.grant();
    }
    this.#arm();
  }

  /** @param hasShare whether the background may be served */
  #next(hasShare: boolean): Waiter | undefined {
    const isRefreshing = (this.#inLane[LANES.indexOf("refresh")] ?? 0) > 0;
    for (const [i, queue] of this.#lanes.entries()) {
      const lane = LANES[i];
      if (lane === undefined || (isBackground(lane) && !hasShare)) continue;
      if (lane === "watch" && this.#watches >= WATCHES_TO_REFRESH && isRefreshing) continue;
      for (let waiter = queue.take(); waiter !== undefined; waiter = queue.take()) if (!waiter.gone) return waiter;
    }
    return undefined;
  }
}
