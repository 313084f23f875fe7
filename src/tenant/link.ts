// A tenant as operations have it: what it can do, and what its connection is like. The same for every profile.

import type { Capabilities } from "./capabilities.ts";
import type { FamilyStatus, RateShares } from "./rate-limiter.ts";

/** Which of the vendor's two interfaces a tenant answers: the one of the published guides (`rest`), or the ACD API (`acd`). */
export const PROFILES = ["rest", "acd"] as const;
/** A vendor profile; see docs/profiles.md. */
export type Profile = (typeof PROFILES)[number];

/** How far back calls can be asked for, days. On `acd` the last 90 by the API, before that by the report of all attempts. */
export const REACH_DAYS: Readonly<Record<Profile, number>> = { rest: 90, acd: 730 };

/** A connected tenant of either profile, as operations use it. */
export interface TenantLink {
  readonly profile: Profile;
  /** What operations depend on instead of URLs. */
  readonly capabilities: Capabilities;
  /** For processes that share the tenant's limits; unused, they are this process's alone. Those of the default limiter. */
  readonly shares: RateShares;
  /** The state of every rate budget. */
  limits(): Readonly<Record<string, FamilyStatus>>;
  /** Fetches a token now if there is none: for checks before a job. Returns the granted scopes, when the tenant says them. */
  authenticate(signal?: AbortSignal): Promise<{ readonly scopes: readonly string[] | undefined }>;
  /**
   * Waits for requests on the wire; ends every call that waits for anything else (`aborted`), refuses new ones, closes connections.
   * May be called more than once. @param options.withinMs requests that are on the wire for longer than this are given up
   */
  close(options?: { readonly withinMs?: number }): Promise<void>;
}
