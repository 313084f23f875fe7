// Checks on what the person has said: consent, revocation, do-not-call lists.

import type { RuleOf } from "../pack/schema.ts";
import { type Context, isGiven } from "./context.ts";

const NEVER = Number.POSITIVE_INFINITY;
/** In place of a count: the instant is that of loading, not since when the person has been on the list. */
export const LOADED = 1;

/** Consent of a level must have been given, by the present holder of the number. */
export class ConsentCheck {
  readonly #written: boolean;
  readonly #violation: number;
  readonly #reassigned: number;
  readonly #seesRevocation: boolean;

  /** @param seesRevocation treat revoked consent as missing, because no rule of the pack reports revocations */
  constructor({ level }: RuleOf<"consent-required">, violation: number, reassigned: number, seesRevocation: boolean) {
    this.#written = level === "written";
    this.#violation = violation;
    this.#reassigned = reassigned;
    this.#seesRevocation = seesRevocation;
  }

  run(context: Context): void {
    const { consent } = context.facts;
    if (consent === undefined || !isGiven(consent.level) || (this.#written && consent.level !== "written")) {
      context.report(this.#violation, NEVER);
    } else if (consent.at > context.at) {
      context.report(this.#violation, consent.at);
    } else if (this.#seesRevocation && context.optedOut(consent.revokedAt)) {
      context.report(this.#violation, NEVER);
    }
    if (consent !== undefined && consent.level !== "none" && context.consentVoid()) context.report(this.#reassigned, NEVER);
  }
}

/** Withdrawn consent denies at once. */
export class RevocationCheck {
  readonly #violation: number;

  constructor(violation: number) {
    this.#violation = violation;
  }

  run(context: Context): void {
    const revokedAt = context.facts.consent?.revokedAt;
    if (revokedAt !== undefined && context.optedOut(revokedAt)) context.report(this.#violation, NEVER, -1, 0, revokedAt);
  }
}

/** The number is on a national do-not-call registry. */
export class NationalCheck {
  readonly #violation: number;

  constructor(violation: number) {
    this.#violation = violation;
  }

  run(context: Context): void {
    // Any value other than false or null counts as yes.
    if (context.facts.dnc?.national ?? false) context.report(this.#violation, NEVER);
  }
}

/** The number is on our own do-not-call list. */
export class InternalListCheck {
  readonly #violation: number;

  constructor(violation: number) {
    this.#violation = violation;
  }

  run(context: Context): void {
    const { internalAt, internalLoadedAt } = context.facts.dnc ?? {};
    if (internalAt !== undefined && context.optedOut(internalAt)) context.report(this.#violation, NEVER, -1, 0, internalAt);
    else if (internalLoadedAt !== undefined) context.report(this.#violation, NEVER, -1, LOADED, internalLoadedAt);
  }
}
