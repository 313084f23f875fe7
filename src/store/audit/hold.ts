// Whether the database is of an older state than one that is known from outside. Nothing new is begun on such a database until a person accepts it.

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

/** What this process knows of it. */
export class Hold {
  #conflicts: readonly StandingConflict[] = [];

  /** Heads outside that do not fit and that nobody has accepted; none as long as all is well. */
  get conflicts(): readonly StandingConflict[] {
    return this.#conflicts;
  }

  set(conflicts: readonly StandingConflict[]): void {
    this.#conflicts = conflicts;
  }

  /** Throws StoreError `audit_set_back` while one stands. */
  check(): void {
    const [first] = this.#conflicts;
    if (first === undefined) return;
    throw new StoreError("audit_set_back", `nothing new is begun: the database was set back or replaced: ${first.message}`, {
      advice:
        "Bring the right database back, or let this one count from now on: outdial audit accept-head --reason TEXT. docs/operations.md says what is lost then.",
    });
  }
}
