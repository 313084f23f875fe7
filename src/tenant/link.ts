// A connected tenant as operations use it: its capabilities and its connection. The same for every profile.

import type { Instant } from "../kernel/index.ts";
import type { LimitSetting } from "./budget.ts";
import type { Capabilities } from "./capabilities.ts";
import type { FamilyStatus, RateShares } from "./rate-limiter.ts";

/** The vendor's two interfaces: that of the published guides (`rest`), and the ACD API (`acd`). */
export const PROFILES = ["rest", "acd"] as const;
/** A vendor profile; see docs/profiles.md. */
export type Profile = (typeof PROFILES)[number];

/** How far back calls can be read, days. With `acd` the last 90 come from the API, older ones from the report of all attempts. */
export const REACH_DAYS: Readonly<Record<Profile, number>> = { rest: 90, acd: 730 };

/** Since when the tenant refuses this process, and why; `message` names no secret. */
export interface TokenRefusal {
  /** ms since the epoch. */
  readonly since: Instant;
  readonly message: string;
}

/** A connected tenant of either profile, as operations use it. */
export interface TenantLink {
  readonly profile: Profile;
  /** The capabilities that operations use instead of URLs. */
  readonly capabilities: Capabilities;
  /**
   * For sharing the tenant's limits between processes. While unused, all limits are this process's. Those of the default limiter.
   */
  readonly shares: RateShares;
  /**
   * The tenant's clock minus this machine's, ms, as the latest reply shows: above 0 when this machine's is behind. Null while no
   * reply told a time, for a client with a clock of its own, and where clocks are not compared.
   */
  skewMs(): number | null;
  /**
   * Set while the tenant refuses this process's credentials or tokens, as its last answer says. Makes no request; undefined also
   * before the first answer.
   */
  refusal(): TokenRefusal | undefined;
  /** The state of every rate budget. */
  limits(): Readonly<Record<string, FamilyStatus>>;
  /**
   * From now on these limits hold, the documented ones for families that are not named. A family that has none (off) when the client
   * is made has none until its end, and one that has a limit keeps one. Of the default limiter. Throws TenantError `invalid_config`,
   * and changes nothing.
   */
  relimit(limits: Readonly<Record<string, LimitSetting | undefined>>): void;
  /** Fetches a token if there is none, to check before a job. Returns the granted scopes when the tenant gives them. */
  authenticate(signal?: AbortSignal): Promise<{ readonly scopes: readonly string[] | undefined }>;
  /**
   * Closes the client: waits for requests that were sent, ends calls that wait for anything else (`aborted`), refuses new ones,
   * and closes connections. Can be called more than once. @param options.withinMs requests that take longer than this are aborted
   */
  close(options?: { readonly withinMs?: number }): Promise<void>;
}
