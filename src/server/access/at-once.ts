// Bounds how many costly requests one caller has under way, so that one who sends many takes no more than a share of the processor.

import { ServerError } from "../error.ts";

/** Of one caller at once; a person and their programs need no more. */
const MOST = 2;

/** Costly work of the callers of this process. */
export class AtOnce {
  readonly #underWay = new Map<string, number>();
  readonly #what: string;

  /** @param what the work, in words that fit behind "2" */
  constructor(what: string) {
    this.#what = what;
  }

  /** Does work for a caller. Throws ServerError `too_many_at_once` when they have as much under way as they may. */
  async do<T>(caller: string, work: () => Promise<T>): Promise<T> {
    const count = this.#underWay.get(caller) ?? 0;
    if (count >= MOST)
      throw new ServerError(
        "too_many_at_once",
        `${caller} has ${MOST} ${this.#what} under way, which is as many as one caller may have`,
        {
          advice: "Wait until one of them has been answered.",
          details: { retryAfterSeconds: 1 },
        },
      );
    this.#underWay.set(caller, count + 1);
    try {
      return await work();
    } finally {
      const left = (this.#underWay.get(caller) ?? 1) - 1;
      if (left === 0) this.#underWay.delete(caller);
      else this.#underWay.set(caller, left);
    }
  }
}
