// A text that names several numbers: each is decided by itself, by the rules and clocks of its own place, and the call needs all.

import type { Instant } from "../../kernel/index.ts";
import { numberShown } from "../geography/numbers.ts";
import type { CompiledPack } from "./compile.ts";
import type { Call, CallFacts, CapReading, Decision, Reason, Weighed } from "./types.ts";

/** The decision on one of several numbers. */
export interface Decided {
  readonly call: Call;
  readonly facts: CallFacts;
  readonly decision: Decision;
}

type Decide = (call: Call, facts: CallFacts, pack: CompiledPack, now: Instant) => Decision;

/**
 * An instant that suits one number may not suit another, which then gives a later one. After so many rounds they have none in
 * common.
 */
const MOST_TURNS = 100;

/**
 * The first instant, not before `from`, at which every number may be called; null when there is none within the horizon.
 * @param now of the decisions
 */
export function nextOfAll(
  parts: readonly Decided[],
  pack: CompiledPack,
  now: Instant,
  from: Instant,
  decide: Decide,
): Instant | null {
  let at = Math.max(now, from);
  for (let turn = 0; turn < MOST_TURNS; turn++) {
    let latest = at;
    for (const { call, facts, decision } of parts) {
      // A denial lasts until the decision's own next instant.
      const isOver = decision.decision === "allow" ? at > now : decision.next !== null && decision.next <= at;
      const { next } = isOver ? decide(call, facts, pack, at) : decision;
      if (next === null) return null;
      latest = Math.max(latest, next);
    }
    if (latest === at) return at;
    at = latest;
  }
  return null;
}

/** What the decisions say together: what forbids one of the numbers forbids the call. Each sentence names its number. */
export class DecisionOfSeveral implements Decision {
  readonly #parts: readonly Decided[];
  readonly #pack: CompiledPack;
  readonly #now: Instant;
  readonly #decide: Decide;
  readonly decision: "allow" | "deny";
  readonly rules: readonly string[];

  constructor(parts: readonly Decided[], pack: CompiledPack, now: Instant, decide: Decide) {
    this.#parts = parts;
    this.#pack = pack;
    this.#now = now;
    this.#decide = decide;
    this.rules = [...new Set(parts.flatMap(({ decision }) => decision.rules))].sort();
    this.decision = this.rules.length === 0 ? "allow" : "deny";
  }

  get readings(): readonly Decided[] {
    return this.#parts;
  }

  get reasons(): readonly Reason[] {
    return this.#named(({ reasons }) => reasons);
  }

  get weighed(): readonly Weighed[] | null {
    return this.decision === "deny" ? null : this.#named(({ weighed }) => weighed ?? []);
  }

  get cap(): CapReading | null {
    const caps = this.#parts.flatMap(({ decision }) => decision.cap ?? []);
    return caps.reduce<CapReading | null>((least, one) => (least === null || one.left < least.left ? one : least), null);
  }

  get next(): Instant | null {
    return nextOfAll(this.#parts, this.#pack, this.#now, this.#now, this.#decide);
  }

  get zones(): readonly string[] {
    return [...new Set(this.#parts.flatMap(({ decision }) => decision.zones))];
  }

  get packVersion(): string {
    return this.#pack.packVersion;
  }

  get timeZoneData(): string {
    return this.#pack.timeZoneData;
  }

  toJSON(): Omit<Decision, "toJSON" | "readings"> {
    const { decision, rules, reasons, weighed, cap, next, zones, packVersion, timeZoneData } = this;
    return { decision, rules, reasons, weighed, cap, next, zones, packVersion, timeZoneData };
  }

  #named<One extends { readonly text: string }>(of: (decision: Decision) => readonly One[]): readonly One[] {
    return this.#parts.flatMap(({ call, decision }) =>
      of(decision).map((one) => ({ ...one, text: `${numberShown(call.number)}: ${one.text}` })),
    );
  }
}
