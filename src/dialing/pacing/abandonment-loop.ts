// The outer loop: moves the risk limit theta so that the measured abandonment rate comes to its target, and keeps the account of the measured window.

export interface AbandonmentLoopOptions {
  /** Abandonment rate aimed at, 0..1. */
  readonly target: number;
  /** Theta at the start. Default 0.6 of the target. */
  readonly theta?: number;
  /** Step of ln theta per answered call with known fate. Default 0.03. */
  readonly gain?: number;
  /** Answer to each abandoned call by which the window's account is off, in ln theta. Default 0.03. */
  readonly accountGain?: number;
  /** Abandoned calls to stay below what the target allows over the window, as a margin against chance. Default 0. */
  readonly reserve?: number;
}

/** An account that is better than this many abandoned calls does not raise theta further. */
const CREDIT_COUNTED = 10;
const LOWEST = Math.log(1e-6);
const HIGHEST = Math.log(0.5);

/**
 * ln theta = base + accountGain * (credit - reserve), where credit = target * answers - abandoned over the measured window.
 * Per answered call the base moves by gain * (target - y), y = 1 when it was abandoned, as long as the window is not overdrawn
 * (an overdrawn window would otherwise teach the base to undo what the account demands).
 */
export class AbandonmentLoop {
  readonly target: number;
  readonly #gain: number;
  readonly #accountGain: number;
  readonly #reserve: number;
  #base: number;

  constructor(options: AbandonmentLoopOptions) {
    this.target = options.target;
    this.#gain = options.gain ?? 0.03;
    this.#accountGain = options.accountGain ?? 0.03;
    this.#reserve = options.reserve ?? 0;
    this.#base = Math.log(options.theta ?? 0.6 * options.target);
  }

  /** An answered call's fate is known. */
  learn(abandoned: boolean): void {
    const moved = this.#base + this.#gain * (this.target - (abandoned ? 1 : 0));
    this.#base = Math.min(HIGHEST, Math.max(LOWEST, moved));
  }

  /** Abandoned calls that the target still allows over the window; negative when it is overdrawn. */
  credit(liveAnswers: number, abandoned: number): number {
    return this.target * liveAnswers - abandoned;
  }

  /** The risk limit now, by the counters of the measured window. */
  theta(liveAnswers: number, abandoned: number): number {
    const credit = Math.min(CREDIT_COUNTED, this.credit(liveAnswers, abandoned) - this.#reserve);
    return Math.exp(Math.min(HIGHEST, this.#base + this.#accountGain * credit));
  }

  snapshot(): { base: number } {
    return { base: this.#base };
  }

  restore({ base }: { base: number }): void {
    this.#base = base;
  }
}
