// Raw outcomes on their way into the facts. What a code is taken for elsewhere (mappings, classifications) plays no part here: the opt-out is
// read from the raw code, and once it is written nothing but a lift takes it back.

import { findOptOut } from "../../compliance/index.ts";
import type { Facts } from "../../store/index.ts";

/** A disposition as the vendor reported it. */
export interface RawOutcome {
  readonly callId: string;
  /** The raw code. */
  readonly code: string;
  /** The code's name or a note, when there is one: looked at as well. */
  readonly text?: string | undefined;
  /** ms since the epoch. */
  readonly at: number;
  /** The digits of the E.164 number, when the report says it. */
  readonly number?: number | undefined;
  readonly campaign?: string | undefined;
}

/** How outcomes were taken. */
export interface OutcomesReport {
  /** Outcomes that were not known before. */
  readonly added: number;
  /** Numbers newly suppressed. */
  readonly suppressed: number;
  /** Opt-outs of calls whose number is not known yet: they suppress as soon as the attempt of their call is imported. */
  readonly unresolved: number;
}

/**
 * Keeps raw outcomes and suppresses the numbers of those that are opt-outs, in one transaction. Given again, nothing happens twice.
 * @param optOutCodes the operator's own codes and phrases, beside the shipped ones
 */
export function recordOutcomes(
  facts: Facts,
  outcomes: readonly RawOutcome[],
  by: { readonly actor: string },
  optOutCodes: readonly string[] = [],
): Promise<OutcomesReport> {
  return facts.addOutcomes(
    outcomes.map(({ callId, code, text, at, number, campaign }) => ({
      callId,
      code,
      at,
      number: number ?? null,
      campaign: campaign ?? "",
      optOut: findOptOut({ code, message: text }, optOutCodes) ?? null,
    })),
    by,
  );
}
