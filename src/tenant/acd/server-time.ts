// The tenant's clock. All its times are on it: windows of statistics that reach past it are refused, and windows on another clock
// would miss calls.

import { type Clock, type Instant, timeOf } from "../../kernel/index.ts";
import { emit, type TenantHooks } from "../hooks.ts";
import type { AcdCallOptions, AcdRequester } from "./requester.ts";

/** Age at which a known time is requested again, ms: clocks drift, and machines sleep. */
const HEARD_MS = 60_000;

/** The tenant's clock, from the `Date` of its replies; requested when the last one is older than a minute. */
export class ServerTime {
  readonly #clock: Clock;
  #heard: { readonly time: Instant; readonly at: Instant } | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The hooks, extended to read every reply's `Date`: whole seconds, rounded down, so that it is never ahead of the tenant. */
  hearing(hooks: TenantHooks): TenantHooks {
    return {
      ...hooks,
      onResponse: (response) => {
        if (response.tenantTime !== undefined) this.#heard = { time: response.tenantTime, at: this.#clock.now() };
        emit(hooks, "onResponse", response);
      },
    };
  }

  /** The tenant's time; this machine's time where the tenant gives none. */
  async now(requester: AcdRequester, options: AcdCallOptions): Promise<Instant> {
    const own = this.#clock.now();
    if (this.#heard === undefined || Math.abs(own - this.#heard.at) > HEARD_MS) {
      // Every reply has a `Date`; the time in this reply's body is used only when it has none.
      const told = await requester.request("getServerTime", options).then(
        ({ reply }) => timeOf(reply.ServerTime) ?? Number.NaN,
        () => Number.NaN,
      );
      if (!Number.isNaN(told)) this.#heard = { time: told, at: this.#clock.now() };
    }
    return this.#heard === undefined ? this.#clock.now() : this.#heard.time + (this.#clock.now() - this.#heard.at);
  }
}
