// Why nothing new is begun on a database: it is older than a head kept outside (until a person accepts that), or it was bound to
// another tenant.

import { StoreError } from "../error.ts";
import type { ConflictKind } from "./places.ts";

/** An open conflict: a head outside that does not fit. */
export interface StandingConflict {
  readonly id: string;
  /** The place where it was first found. */
  readonly place: string;
  readonly kind: ConflictKind;
  /** Number of entries that the head was signed for; null when its content cannot be trusted. */
  readonly size: number | null;
  readonly message: string;
  /** ms since the epoch. */
  readonly foundAt: number;
}

/** The store is no longer of the tenant that this process works for. */
export interface Displaced {
  /** `other_tenant`. */
  readonly error: StoreError;
  /** When it was seen, ms since the epoch. */
  readonly foundAt: number;
}

/** The holds that this process knows of. */
export class Hold {
  #conflicts: readonly StandingConflict[] = [];
  /** Places of heads that could not be compared at the last look, with the reason. */
  readonly unseen = new Map<string, string>();
  /** Undefined while the store is of the tenant that this process works for. */
  displaced: Displaced | undefined;

  /** Whether anything new is held. */
  get stands(): boolean {
    return this.#conflicts.length > 0 || this.displaced !== undefined;
  }

  /** Heads outside that do not fit and that nobody has accepted. */
  get conflicts(): readonly StandingConflict[] {
    return this.#conflicts;
  }

  set(conflicts: readonly StandingConflict[]): void {
    this.#conflicts = conflicts;
  }

  /** Throws StoreError `other_tenant`, or `audit_set_back` while a conflict is open. */
  check(): void {
    if (this.displaced !== undefined) throw this.displaced.error;
    const [first] = this.#conflicts;
    if (first === undefined) return;
    throw new StoreError("audit_set_back", `nothing new is started: the database was set back or replaced: ${first.message}`, {
      advice:
        "Restore the right database, or accept this one: outdial audit accept-head --reason TEXT. docs/operations.md says what is then lost.",
    });
  }
}
