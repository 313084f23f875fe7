// What use cases work with: one tenant, one store, one process. It is made once, when these are opened; each action takes the
// acting person as an argument.

import type { Clock, RandomStream } from "../kernel/index.ts";
import type { Store } from "../store/index.ts";
import type { TenantLink } from "../tenant/port.ts";
import type { Membership } from "./run/members.ts";
import type { Runs } from "./run/runs.ts";

/** What use cases and operations work with: the tenant, the store, time, randomness, this process's membership and its runs. */
export interface Context {
  readonly tenant: TenantLink;
  readonly store: Store;
  readonly clock: Clock;
  readonly random: RandomStream;
  readonly replica: Membership;
  readonly runs: Runs;
  /**
   * Identifies the tenant and the credentials: jobs are shared with processes that have the same. `lakeScope`: with processes
   * that also have the same lake.
   */
  readonly scope: string;
  readonly lakeScope: string;
  /** Who acts when no person is named. */
  readonly actor: string;
}
