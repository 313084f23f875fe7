// Why nothing new is begun on a database: it is of an older state than one that is known from outside, until a person accepts that; or it was bound to
// another tenant under this process.

import { StoreError } from "../error.ts";
import type { ConflictKind } from "./places.ts";

/** A head outside that does not fit, as it stands. */
export interface StandingConflict {
  readonly id: string;
  /** Where it was found first. */
  readonly place: string;
  readonly kind: ConflictKind;
  /** Entries that the head was signed for; null when nothing that it says can be believed. */
  readonly size: number | null;
  readonly message: string;
  /** ms since the epoch. */
  readonly foundAt: number;
}

/** The tenant that this process works for is not the store's any more. */
export interface Displaced {
  /** `other_tenant`. */
  readonly error: StoreError;
  /** When it was seen, ms since the epoch. */
  readonly foundAt: number;
}

/** What this process knows of it. */
export class Hold {
  #conflicts: readonly StandingConflict[] = [];
  /** Places of heads that could not be compared when they were last looked at, with the reason. */
  readonly unseen = new Map<string, string>();
  /** Undefined as long as the store is of the tenant that this process works for. */
  displaced: Displaced | undefined;

  /** Whether anything stands against beginning something. */
  get stands(): boolean {
    return this.#conflicts.length > 0 || this.displaced !== undefined;
  }

  /** Heads outside that do not fit and that nobody has accepted; none as long as all is well. */
  get conflicts(): readonly StandingConflict[] {
    return this.#conflicts;
  }

  set(conflicts: readonly StandingConflict[]): void {
    this.#conflicts = conflicts;
  }

  /** Throws StoreError `other_tenant`, or `audit_set_back` while a conflict stands. */
  check(): void {
    if (this.displaced !== undefined) throw this.displaced.error;
    const [first] = this.#conflicts;
    if (first === undefined) return;
    throw new StoreError("audit_set_back", `nothing new is begun: the database was set back or replaced: ${first.message}`, {
      advice:
        "Bring the right database back, or let this one count from now on: outdial audit accept-head --reason TEXT. docs/operations.md says what is lost then.",
    });
  }
}
