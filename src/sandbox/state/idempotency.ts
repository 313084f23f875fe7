// Stores answers by idempotency key: the same request gets the first answer again, another body with the same key is refused.

import { canonicalJson, type Instant } from "../../kernel/index.ts";
import { type Answer, Refusal } from "../wire.ts";

const KEPT_MS = 24 * 3_600_000;

interface Entry {
  readonly body: string;
  readonly answer: Answer;
  readonly until: Instant;
}

export type IdempotencySnapshot = readonly (readonly [string, Entry])[];

export type IdempotencyKeys = ReturnType<typeof createIdempotencyKeys>;

export function createIdempotencyKeys() {
  const entries = new Map<string, Entry>();
  const forgetOld = (now: Instant): void => {
    // Entries are in the order of their making, so old ones come first.
    for (const [name, entry] of entries) {
      if (entry.until > now) return;
      entries.delete(name);
    }
  };
  return {
    /**
     * Returns the answer of the first request with this key, or runs the work and keeps its answer for 24 hours. Refusals are kept
     * only when they depend on the state (409); a refused body may be corrected under the same key.
     * @param scope client, operation and resource: a key only applies within them
     */
    run(scope: string, key: string | undefined, body: unknown, now: Instant, work: () => Answer): Answer {
      if (key === undefined || key === "") return work();
      forgetOld(now);
      const name = `${scope} ${key}`;
      const text = canonicalJson(body);
      const first = entries.get(name);
      if (first !== undefined && first.body !== text) {
        throw new Refusal(422, "idempotency_conflict", "This idempotency key was used before with another body.");
      }
      if (first !== undefined) return first.answer;
      const answer = attempt(work);
      entries.set(name, { body: text, answer, until: now + KEPT_MS });
      return answer;
    },
    snapshot: (): IdempotencySnapshot => [...entries],
    restore(snapshot: IdempotencySnapshot): void {
      entries.clear();
      for (const [name, entry] of snapshot) entries.set(name, entry);
    },
  };
}

/** Runs the work; a 409 becomes an answer, any other refusal is thrown. */
function attempt(work: () => Answer): Answer {
  try {
    return work();
  } catch (thrown) {
    if (!(thrown instanceof Refusal) || thrown.status !== 409) throw thrown;
    return { status: 409, refusal: { code: thrown.code, message: thrown.message } };
  }
}
