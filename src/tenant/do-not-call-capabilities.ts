// Capabilities about whom the tenant itself must not call, or will call by itself.

import type { CallOptions } from "./call-options.ts";
import type { Capability } from "./capability.ts";

/** A do-not-call group of the tenant. */
export interface DoNotCallGroupName {
  readonly id: string;
  readonly name: string;
}

/** The tenant's own do-not-call groups. Numbers are digits as the tenant writes them. */
export interface DoNotCallGroups {
  readonly capability: Capability;
  /**
   * Id of the group to which missing numbers of the company's list are added before a campaign is started; undefined when the
   * operator configured none.
   */
  readonly companyGroup: string | undefined;
  /** The groups that a campaign's dialer obeys. */
  obeyed(campaignId: string, options?: CallOptions): Promise<readonly DoNotCallGroupName[]>;
  /** The same of every campaign that obeys one, by campaign. */
  obeyedByAll(options?: CallOptions): Promise<ReadonlyMap<string, readonly DoNotCallGroupName[]>>;
  /** The campaigns whose dialer obeys a group; empty when the group does not exist or is not in force. */
  obeying(groupId: string, options?: CallOptions): Promise<ReadonlySet<string>>;
  /** The numbers of a group that are in force. */
  numbers(groupId: string, options?: CallOptions): AsyncIterable<string>;
  /** Most numbers in one call of `add`. */
  readonly mostAtOnce: number;
  /**
   * Adds numbers; a number that is already in the group changes nothing. @returns numbers that were not taken, with the tenant's
   * reason
   */
  add(
    groupId: string,
    numbers: readonly string[],
    options?: CallOptions,
  ): Promise<readonly { readonly number: string; readonly message: string }[]>;
  /**
   * Has the tenant's dialer leave numbers out of one campaign until an instant (ms since the epoch), at least. Can be repeated.
   * @returns those that the tenant does not show held back afterwards. Absent where a tenant cannot
   */
  readonly holdBack?: (
    campaignId: string,
    until: ReadonlyMap<string, number>,
    options?: CallOptions,
  ) => Promise<readonly string[]>;
  /** The groups in which the tenant finds a number: proof that it is suppressed. */
  find(number: string, options?: CallOptions): Promise<readonly string[]>;
}

/** A call that the tenant will place by itself when it is due. */
export interface CallbackView {
  readonly id: string;
  readonly campaignId: string;
  /** Undefined when the tenant does not say whom it calls. */
  readonly phoneNumber: string | undefined;
  readonly name: string;
  readonly dueAt: string | undefined;
  /** The agent it is reserved for; undefined for any agent. */
  readonly agentId: string | undefined;
  readonly notes: string;
}

/** Scheduled callbacks: listed and removed, never created, since creating one causes a call. */
export interface ScheduledCallbacks {
  readonly capability: Capability;
  list(campaignId: string, options?: CallOptions): Promise<readonly CallbackView[]>;
  /** `already`: it was already gone or closed. */
  remove(callbackId: string, why: string, options?: CallOptions): Promise<{ readonly already: boolean }>;
}
