// The tenant's time, in which all its times are: windows of statistics that reach past it are refused, and those of another clock miss calls.

import type { Clock, Instant } from "../../kernel/index.ts";
import { emit, type TenantHooks } from "../hooks.ts";
import type { AcdCallOptions, AcdRequester } from "./requester.ts";

/** A time that was heard so long ago is asked for anew, ms: clocks drift, and machines sleep. */
const HEARD_MS = 60_000;

/** The tenant's own time: heard from the `Date` of its replies, and asked for when the last one is more than a minute old. */
export class ServerTime {
  readonly #clock: Clock;
  #heard: { readonly time: Instant; readonly at: Instant } | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The hooks, with every reply's `Date` heard beside them: whole seconds, rounded down, so that what is taken for now is never ahead. */
  hearing(hooks: TenantHooks): TenantHooks {
    return {
      ...hooks,
      onResponse: (response) => {
        if (response.tenantTime !== undefined) this.#heard = { time: response.tenantTime, at: this.#clock.now() };
        emit(hooks, "onResponse", response);
      },
    };
  }

  /** The tenant's time; this machine's where the tenant tells none. */
  async now(requester: AcdRequester, options: AcdCallOptions): Promise<Instant> {
    const own = this.#clock.now();
    if (this.#heard === undefined || Math.abs(own - this.#heard.at) > HEARD_MS) {
      // Every reply has a `Date`; the time in this one's body is for those that have none.
      const told = await requester.request("getServerTime", options).then(
        ({ reply }) => Date.parse(reply.ServerTime),
        () => Number.NaN,
      );
      if (!Number.isNaN(told)) this.#heard = { time: told, at: this.#clock.now() };
    }
    return this.#heard === undefined ? this.#clock.now() : this.#heard.time + (this.#clock.now() - this.#heard.at);
  }
}
