// The period over which abandonment is measured, as a pacing rule knows it.

/** The period over which abandonment is measured: whether and when it ends, and what is expected until then. */
export interface MeasuredPeriod {
  /** Whether the end of the period is known: what is allowed is then spent over what is left of it. */
  readonly hasEnd: boolean;
  /** Agent-seconds of dialing planned from `now` (s since the start) to the end of the period. */
  workLeft(now: number): number;
  /** Live answers expected in the whole campaign. */
  readonly expectedAnswers?: number;
  /** Attempts at one lead at most; not known: any number. */
  readonly attemptsPerLead?: number;
}

/** Live answers an agent has in a second of work when nothing is known yet: talk and wrap-up of 170 s, busy 85 % of the time. */
const USUAL_PACE = 1 / 200;
/** Answers that belief is worth. */
const USUAL_WEIGHT = 20;

/** Live answers to come in a measured period, from those so far and the work planned. */
export class AnswersToCome {
  readonly #period: MeasuredPeriod;
  #answers = 0;
  #worked = 0;

  constructor(period: MeasuredPeriod) {
    this.#period = period;
  }

  answered(): void {
    this.#answers += 1;
  }

  /** So many agents were at work for so many seconds. */
  worked(agents: number, seconds: number): void {
    this.#worked += agents * seconds;
  }

  /**
   * @param answered live answers of the campaign so far; @param leads leads not finished: none has more than one live answer
   * @param liveRate share of attempts that a person answers
   */
  left(now: number, answered: number, leads: number, liveRate: number): number {
    const pace = (this.#answers + USUAL_WEIGHT) / (this.#worked + USUAL_WEIGHT / USUAL_PACE);
    const { expectedAnswers = Number.POSITIVE_INFINITY, attemptsPerLead = Number.POSITIVE_INFINITY } = this.#period;
    const answering = leads * (1 - (1 - liveRate) ** attemptsPerLead);
    return Math.min(pace * this.#period.workLeft(now), Math.max(0, expectedAnswers - answered), answering);
  }

  snapshot(): { answers: number; worked: number } {
    return { answers: this.#answers, worked: this.#worked };
  }

  restore({ answers, worked }: { answers: number; worked: number }): void {
    this.#answers = answers;
    this.#worked = worked;
  }
}
