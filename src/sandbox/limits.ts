// The request limiter: a token bucket for each rate family and client or tenant, on the sandbox's clock. Contract §2, rate
// families.

import { RATE_LIMITS, type RateFamily, type RateLimit } from "../contract/index.ts";
import type { Instant } from "../kernel/index.ts";
import type { ScenarioLimits } from "./scenario/index.ts";

type LimitVerdict =
  | { readonly allowed: true }
  /** Whole seconds, at least 1, after which the next request is allowed. */
  | { readonly allowed: false; readonly retryAfterSeconds: number };

type Bucket = [tokens: number, at: Instant];

export interface LimiterSnapshot {
  readonly overrides: ScenarioLimits;
  readonly buckets: readonly (readonly [string, Bucket])[];
}

export type RequestLimiter = ReturnType<typeof createRequestLimiter>;

/** The limit of a family: the contract's when the scenario does not override it, undefined when the scenario removes it. */
function resolve(family: RateFamily, overrides: ScenarioLimits): RateLimit | undefined {
  if (overrides === "off") return undefined;
  const override = overrides[family];
  const standard = RATE_LIMITS[family];
  if (override === undefined) return standard;
  if (override === null || override === "off") return undefined;
  const per = override.per ?? standard.per;
  if (override.perSecond !== undefined) return { requests: override.perSecond, seconds: 1, per };
  if (override.perMinute !== undefined) return { requests: override.perMinute, seconds: 60, per };
  return { ...standard, per };
}

export function createRequestLimiter(initial: ScenarioLimits = {}) {
  let overrides = initial;
  let limits = new Map<RateFamily, RateLimit | undefined>();
  const buckets = new Map<string, Bucket>();
  const limitOf = (family: RateFamily): RateLimit | undefined => {
    if (!limits.has(family)) limits.set(family, resolve(family, overrides));
    return limits.get(family);
  };
  const use = (next: ScenarioLimits): void => {
    overrides = next;
    limits = new Map();
    buckets.clear();
  };
  return {
    /** The limit in force, or undefined when there is none. */
    limitOf,
    /** Replaces the scenario's overrides (other families get the contract's limits) and fills all buckets. */
    set: use,
    /** Counts one request. A bucket holds the requests of its whole window and refills continuously. */
    take(family: RateFamily, clientId: string, now: Instant): LimitVerdict {
      const limit = limitOf(family);
      if (limit === undefined) return { allowed: true };
      const rate = limit.requests / limit.seconds;
      const key = limit.per === "tenant" ? family : `${family}/${clientId}`;
      let bucket = buckets.get(key);
      if (bucket === undefined) {
        // A bucket of less than one request would never allow one.
        bucket = [Math.max(1, limit.requests), now];
        buckets.set(key, bucket);
      } else {
        const elapsed = Math.max(0, now - bucket[1]) / 1000;
        bucket[0] = Math.min(Math.max(1, limit.requests), bucket[0] + elapsed * rate);
        bucket[1] = now;
      }
      // The sum of many refills may fall short of a whole token by a rounding error.
      if (bucket[0] >= 1 - 1e-9) {
        bucket[0] -= 1;
        return { allowed: true };
      }
      return { allowed: false, retryAfterSeconds: Math.max(1, Math.ceil((1 - bucket[0]) / rate - 1e-6)) };
    },
    snapshot: (): LimiterSnapshot => ({
      overrides,
      buckets: [...buckets].map(([key, bucket]) => [key, [...bucket] as Bucket] as const),
    }),
    restore(snapshot: LimiterSnapshot): void {
      use(snapshot.overrides);
      for (const [key, [tokens, at]] of snapshot.buckets) buckets.set(key, [tokens, at]);
    },
  };
}
