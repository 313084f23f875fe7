// The words of the ledger of failover pairs.

import type { Instant } from "../../kernel/index.ts";
import type { AuditInput } from "../audit/entry.ts";
import type { PhoneKey } from "../facts/types.ts";
import type { MadeChange } from "../metrics/state-intents.ts";
import type { OutboxEvent } from "../outbox/types.ts";

/** Two campaigns, one of which stands in for the other. JSON as it was written. */
export interface FailoverPair {
  /** Id of the primary campaign; names the pair. */
  readonly primary: string;
  readonly backup: string;
  /** JSON. */
  readonly policy: unknown;
  /** When the policy was last written. */
  readonly changedAt: Instant;
  readonly actor: string;
  /** JSON; null before anybody looked. */
  readonly state: unknown;
  readonly seq: number;
  readonly phase: string;
  /** The replica that runs it. */
  readonly executor: string | null;
  readonly lookedAt: Instant | null;
  readonly order: { readonly what: "fail-over" | "fail-back"; readonly by: string } | null;
}

/** A new state of a pair with what follows from it: written in one transaction. */
export interface FailoverStep {
  readonly primary: string;
  /** The replica that runs the pair. */
  readonly executor: string;
  /** The state's place that this one follows on. */
  readonly seq: number;
  /** JSON. */
  readonly state: unknown;
  readonly phase: string;
  readonly at: Instant;
  /** True when the event was a look, or ended one. */
  readonly looked: boolean;
  /** True when the person's order was taken in. */
  readonly orderTaken: boolean;
  /** For the history; null leaves none. JSON. */
  readonly event: unknown;
  /** True when the event shows what the one before may have shown: that one's line then says until when. */
  readonly repeats?: boolean | undefined;
  readonly alarms: readonly unknown[];
  readonly audit: readonly AuditInput[];
  readonly events: readonly OutboxEvent[];
  /** Changes of state that were made with it. */
  readonly made?: readonly MadeChange[] | undefined;
}

/** Something that happened to a pair. */
export interface FailoverHappening {
  readonly seq: number;
  readonly at: Instant;
  /** JSON. */
  readonly event: unknown;
  readonly phase: string;
  /** JSON. */
  readonly alarms: unknown;
}

/** A contact that `campaign` must not call before `until`. */
export interface Hold {
  readonly number: PhoneKey;
  readonly until: Instant;
}
