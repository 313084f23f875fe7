// A simulated process: what reaches it can be cut off (kill -9) or held up (SIGSTOP, a blocked loop, a machine asleep), and its clock can be set.

import type { Clock } from "../../../src/kernel/index.ts";
import type { VirtualTime } from "./time.ts";

export class SimulatedProcess {
  readonly id: string;
  readonly clock: Clock;
  readonly #time: VirtualTime;
  #isAlive = true;
  #wakesAt = 0;
  /** How far the system's clock was set, ms. */
  #set = 0;
  /** For how long the machine was asleep: the monotonic clock stands still then, ms. */
  #slept = 0;
  /** Told before each thing that reaches the process: the place of every `await`. */
  readonly #onTurn: (process: SimulatedProcess) => void;
  readonly #onDeath: (() => void)[] = [];

  constructor(id: string, time: VirtualTime, onTurn: (process: SimulatedProcess) => void) {
    this.id = id;
    this.#time = time;
    this.#onTurn = onTurn;
    this.clock = {
      now: () => time.now + this.#set,
      sleep: (ms, signal) =>
        new Promise((resolve, reject) => {
          if (signal?.aborted) return reject(signal.reason);
          const onAbort = () => {
            forget();
            reject(signal?.reason);
          };
          const forget = time.after(ms, () =>
            this.reach(() => {
              signal?.removeEventListener("abort", onAbort);
              resolve();
            }),
          );
          signal?.addEventListener("abort", onAbort, { once: true });
        }),
    };
  }

  get isAlive(): boolean {
    return this.#isAlive;
  }

  /** Milliseconds of a clock that nobody sets, and that stands still while the machine sleeps. */
  readonly elapsed = (): number => this.#time.elapsed - this.#slept;

  /** Lets something reach the process, when it is able to. */
  reach(happen: () => void): void {
    if (!this.#isAlive) return;
    if (this.#time.now < this.#wakesAt) {
      this.#time.after(this.#wakesAt - this.#time.now, () => this.reach(happen));
      return;
    }
    this.#onTurn(this);
    // What was just held up or cut off gets it later, or never.
    if (!this.#isAlive || this.#time.now < this.#wakesAt) this.reach(happen);
    else happen();
  }

  kill(): void {
    this.#isAlive = false;
    for (const told of this.#onDeath.splice(0)) told();
  }

  /** Told at once when the process dies: its connections are cut. */
  onDeath(told: () => void): void {
    this.#onDeath.push(told);
  }

  /** Holds it up. @param machineSleeps its monotonic clock stands still, too */
  freeze(ms: number, machineSleeps: boolean): void {
    const wakesAt = this.#time.now + ms;
    if (wakesAt <= this.#wakesAt) return;
    if (machineSleeps) this.#slept += wakesAt - Math.max(this.#time.now, this.#wakesAt);
    this.#wakesAt = wakesAt;
  }

  /** Sets the system's clock forward or back. */
  setClock(ms: number): void {
    this.#set += ms;
  }
}
