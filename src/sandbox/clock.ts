// The sandbox's virtual time: runs with the host's clock, runs faster, or is frozen and advanced by hand. Timers fire in the
// order (time, sequence).

import { type Clock, type Instant, OutdialError } from "../kernel/index.ts";

export type ClockMode =
  | { readonly mode: "real" }
  | { readonly mode: "accelerated"; readonly speed: number }
  | { readonly mode: "frozen" };

/** A mode as given in options: `{speed}` is the number of virtual seconds per real second. */
export type ClockModeOption = "real" | "frozen" | { readonly speed: number };

/** What `restore` needs to set the time; timers are not part of it: their owners schedule them again. */
export interface ClockSnapshot {
  readonly now: Instant;
  readonly mode: ClockMode;
}

/** The work of a timer. `at` is the instant it was scheduled for; `now()` may be later when the clock runs by itself. */
type TimerRun = (at: Instant) => void | Promise<void>;

export interface SandboxClock extends Clock {
  mode(): ClockMode;
  /** Moves time forward and runs due timers in order, awaiting each. Calls made in the meantime are queued. */
  advance(seconds: number): Promise<void>;
  set(mode: ClockModeOption | ClockMode): void;
  /**
   * Runs `run` once at `at` (as soon as possible when `at` has passed, but never before this call returns). Returns a function
   * that cancels it.
   */
  schedule(at: Instant, run: TimerRun): () => void;
  snapshot(): ClockSnapshot;
  /** Sets time and mode, drops every timer and wakes every sleeper. Restore the clock first, then whatever schedules on it. */
  restore(snapshot: ClockSnapshot): void;
  /** Drops every timer and rejects every sleeper with `clock_stopped`. Can be called twice. */
  stop(): void;
}

type ClockErrorCode = "clock_stopped" | "bad_duration" | "bad_speed";
class ClockError extends OutdialError<ClockErrorCode> {}

/** The time that a running clock follows: this machine's, or one that the sandbox's user provides. */
export interface HostTime {
  /** Monotonic milliseconds. */
  now(): number;
  /** Calls back after `ms`; `hold` says whether the wait keeps the process alive. Returns a function that cancels it. */
  after(ms: number, hold: boolean, run: () => void): () => void;
}

const LONGEST_HOST_WAIT = 2 ** 31 - 1;

function systemHostTime(): HostTime {
  return {
    now: () => performance.now(),
    after(ms, hold, run) {
      const timer = setTimeout(run, Math.min(LONGEST_HOST_WAIT, Math.max(0, Math.ceil(ms))));
      if (!hold) timer.unref();
      return () => clearTimeout(timer);
    },
  };
}

interface SandboxClockOptions {
  /** Default "real". */
  readonly mode?: ClockModeOption;
  /** Virtual time at the start; default the system's time. */
  readonly start?: Instant;
  readonly host?: HostTime;
  /**
   * Receives what a timer threw while the clock ran by itself; default: an unhandled rejection. During `advance`, `advance`
   * rejects instead.
   */
  readonly onError?: (thrown: unknown) => void;
}

function readMode(mode: ClockModeOption | ClockMode): ClockMode {
  const asked: ClockMode =
    typeof mode === "string" ? { mode } : "mode" in mode ? mode : { mode: "accelerated", speed: mode.speed };
  if (asked.mode !== "accelerated") return asked;
  if (!(asked.speed > 0 && asked.speed <= 100_000)) {
    throw new ClockError("bad_speed", `clock speed ${asked.speed} is not above 0 and at most 100000`);
  }
  return asked.speed === 1 ? { mode: "real" } : asked;
}

interface Sleeper {
  readonly wake: () => void;
  readonly fail: (reason: unknown) => void;
}

/**
 * A clock for one sandbox.
 *
 * Two states: *running by itself* (one host timer waits for the earliest virtual timer) and *advancing* (time is that of the
 * timer being run, then moves to the next). A frozen clock only advances.
 */
export function createSandboxClock(options: SandboxClockOptions = {}): SandboxClock {
  const host = options.host ?? systemHostTime();
  const onError = options.onError ?? ((thrown: unknown) => Promise.reject(thrown));
  const timers = new TimerQueue<TimerRun>();
  const sleepers = new Set<Sleeper>();
  let mode = readMode(options.mode ?? "real");
  let base = { virtual: options.start ?? Date.now(), host: host.now() };
  let advancing = false;
  let stopped = false;
  let queue: Promise<void> = Promise.resolve();
  let cancelWait: (() => void) | undefined;

  const speed = (): number => (mode.mode === "frozen" ? 0 : mode.mode === "real" ? 1 : mode.speed);
  const now = (): Instant => (advancing ? base.virtual : Math.floor(base.virtual + (host.now() - base.host) * speed()));
  const rebase = (virtual: Instant): void => {
    base = { virtual, host: host.now() };
  };

  const arm = (): void => {
    cancelWait?.();
    cancelWait = undefined;
    const next = timers.peek();
    if (next === undefined || stopped || advancing || mode.mode === "frozen") return;
    cancelWait = host.after((next - now()) / speed(), sleepers.size > 0, drain);
  };

  /** Starts due timers while the clock runs by itself, without waiting for them: a slow webhook must not delay other timers. */
  const drain = (): void => {
    for (let due = timers.takeDue(now()); due !== undefined; due = timers.takeDue(now())) {
      const { at, value } = due;
      (async () => value(at))().catch(onError);
    }
    arm();
  };

  const advanceTo = async (seconds: number): Promise<void> => {
    const target = now() + seconds * 1000;
    rebase(now());
    advancing = true;
    try {
      for (let due = timers.takeDue(target); due !== undefined; due = timers.takeDue(target)) {
        if (due.at > base.virtual) base.virtual = due.at;
        const awake = sleepers.size;
        await due.value(due.at);
        // A sleeper that woke up may sleep again within the same span.
        if (sleepers.size !== awake) await new Promise((resolve) => setImmediate(resolve));
      }
      if (target > base.virtual) base.virtual = target;
    } finally {
      rebase(base.virtual);
      advancing = false;
      arm();
    }
  };

  const schedule = (at: Instant, run: TimerRun): (() => void) => {
    if (stopped) return () => {};
    const cancel = timers.add(at, run);
    if (timers.peek() === at) arm();
    return cancel;
  };

  return {
    now,
    mode: () => mode,
    schedule,
    set(asked) {
      const next = readMode(asked);
      rebase(now());
      mode = next;
      arm();
    },
    advance(seconds) {
      if (!(seconds >= 0 && seconds <= 100 * 366 * 86_400)) {
        return Promise.reject(new ClockError("bad_duration", `advance takes 0 seconds to 100 years, not ${seconds}`));
      }
      const turn = queue.then(() => advanceTo(seconds));
      queue = turn.catch(() => {});
      return turn;
    },
    sleep(ms, signal) {
      return new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        if (stopped) return reject(new ClockError("clock_stopped", "the sandbox's clock has stopped"));
        const end = (): void => {
          sleepers.delete(sleeper);
          cancel();
          signal?.removeEventListener("abort", onAbort);
        };
        const sleeper: Sleeper = {
          wake() {
            end();
            resolve();
          },
          fail(reason) {
            end();
            reject(reason);
          },
        };
        const onAbort = (): void => sleeper.fail(signal?.reason);
        sleepers.add(sleeper);
        const cancel = schedule(now() + Math.max(0, ms), sleeper.wake);
        signal?.addEventListener("abort", onAbort, { once: true });
      });
    },
    snapshot: () => ({ now: now(), mode }),
    restore(snapshot) {
      timers.clear();
      mode = readMode(snapshot.mode);
      rebase(snapshot.now);
      for (const sleeper of sleepers) sleeper.wake();
      arm();
    },
    stop() {
      stopped = true;
      timers.clear();
      cancelWait?.();
      for (const sleeper of sleepers) sleeper.fail(new ClockError("clock_stopped", "the sandbox's clock has stopped"));
    },
  };
}

// A priority queue of timers, ordered by (time, sequence): a binary heap. Cancelled entries are skipped, and removed in bulk.

interface Entry<T> {
  readonly at: Instant;
  readonly sequence: number;
  value: T | undefined;
}

class TimerQueue<T extends object> {
  #heap: Entry<T>[] = [];
  #sequence = 0;
  #cancelled = 0;

  /** Adds a value due at `at`; equal times come out in the order of adding. Returns a function that cancels it. */
  add(at: Instant, value: T): () => void {
    const entry: Entry<T> = { at, sequence: this.#sequence++, value };
    this.#heap.push(entry);
    this.#up(this.#heap.length - 1);
    return () => this.#cancel(entry);
  }

  /** The earliest time, or undefined when the queue is empty. */
  peek(): Instant | undefined {
    while (this.#heap[0] !== undefined && this.#heap[0].value === undefined) this.#removeTop();
    return this.#heap[0]?.at;
  }

  /** Takes the earliest entry that is due at `now` or before. */
  takeDue(now: Instant): { at: Instant; value: T } | undefined {
    const at = this.peek();
    const top = this.#heap[0];
    if (at === undefined || at > now || top?.value === undefined) return undefined;
    const { value } = top;
    top.value = undefined;
    this.#removeTop();
    return { at, value };
  }

  clear(): void {
    for (const entry of this.#heap) entry.value = undefined;
    this.#heap = [];
    this.#cancelled = 0;
  }

  #cancel(entry: Entry<T>): void {
    if (entry.value === undefined) return;
    entry.value = undefined;
    this.#cancelled += 1;
    if (this.#cancelled < 64 || this.#cancelled < this.#heap.length / 2) return;
    this.#heap = this.#heap.filter((kept) => kept.value !== undefined).sort((a, b) => (before(a, b) ? -1 : 1));
    this.#cancelled = 0;
  }

  #removeTop(): void {
    if (this.#heap[0]?.value === undefined && this.#cancelled > 0) this.#cancelled -= 1;
    const last = this.#heap.pop();
    if (last === undefined || this.#heap.length === 0) return;
    this.#heap[0] = last;
    this.#down(0);
  }

  #up(from: number): void {
    for (let child = from; child > 0; ) {
      const parent = (child - 1) >> 1;
      if (!this.#swapIfBefore(child, parent)) return;
      child = parent;
    }
  }

  #down(from: number): void {
    for (let parent = from; ; ) {
      const left = 2 * parent + 1;
      const right = left + 1;
      const [a, b] = [this.#heap[left], this.#heap[right]];
      if (a === undefined) return;
      const child = b !== undefined && before(b, a) ? right : left;
      if (!this.#swapIfBefore(child, parent)) return;
      parent = child;
    }
  }

  #swapIfBefore(child: number, parent: number): boolean {
    const [lower, upper] = [this.#heap[child], this.#heap[parent]];
    if (lower === undefined || upper === undefined || !before(lower, upper)) return false;
    this.#heap[child] = upper;
    this.#heap[parent] = lower;
    return true;
  }
}

function before<T>(a: Entry<T>, b: Entry<T>): boolean {
  return a.at < b.at || (a.at === b.at && a.sequence < b.sequence);
}
