// The effect of another pack on placed calls: each is decided again for its own instant under both packs.

import { CALL_TYPES, type CallType, type CompiledPack, decide, formatInstant, together } from "../../compliance/index.ts";
import { type Facts, NO_FACTS, type NumberFacts, type PhoneKey, type PlacedCall, type RegistryFile } from "../../store/index.ts";
import type { PackComparison } from "../views/schemas/rule-packs.ts";
import { attemptsToPerson, FactsReader, lookBack } from "./call-facts.ts";
import { parseManifest } from "./manifest.ts";
import { askedAs, phoneText } from "./values.ts";

/** Calls per round trip. */
const BATCH = 2_000;
/** Most changed calls that are listed. */
const EXAMPLES = 20;

/** What another decision would be for placed calls; numbers in E.164. */
type PlacedReplay = PackComparison["calls"];

/** The calls to decide again, and the packs. */
interface PlacedRequest {
  readonly before: CompiledPack;
  readonly after: CompiledPack;
  /** Calls placed in [since, until), ms since the epoch. */
  readonly since: number;
  readonly until: number;
  /** Call type for campaigns whose gate records do not say it. */
  readonly callType: CallType;
}

/**
 * Decides placed calls again, each for its own instant, under two packs. Both use the same facts: consents, opt-outs and attempts
 * as of that instant; registry files, line types and answers about reassigned numbers as of today, because the store keeps only
 * the newest. Calls to all numbers of a person count, those with which one call was imported. Postal codes of placed calls are
 * not known, so the place is that of the number.
 */
export async function replayPlaced(
  facts: Facts,
  request: PlacedRequest,
  progress: (calls: number) => void = () => undefined,
): Promise<PlacedReplay> {
  const { before, after, since, until, callType } = request;
  const files = await facts.registryFiles();
  const types = await callTypes(facts);
  const sides = [new Side(before, files), new Side(after, files)] as const;
  const back = Math.max(lookBack(before.pack.rules), lookBack(after.pack.rules));
  const counts = { calls: 0, assumed: 0, forbidden: 0, allowed: 0, otherRules: 0 };
  const byRule = new Map<string, number>();
  const examples: PlacedReplay["examples"][number][] = [];
  let last: PlacedCall | undefined;
  for (;;) {
    const page = await facts.placedCalls({ since, until, after: last, limit: BATCH });
    if (page.length === 0) break;
    const first = Math.min(...page.map(({ at }) => at));
    const known = await facts.of(
      page.flatMap(({ number, others }) => [number, ...others]),
      { attemptsSince: first - back, files },
    );
    const knownOf = (number: PhoneKey) => known.get(number) ?? NO_FACTS;
    for (const call of page) {
      const named = namedIn(call, knownOf);
      // A call that was imported with several numbers is one, told of the first.
      if (named.some((number) => number < call.number)) continue;
      const type = types.get(call.campaign);
      counts.calls += 1;
      if (type === undefined) counts.assumed += 1;
      const attempts = attemptsToPerson([call.number, ...call.others].map(knownOf));
      const then = named.map((number) => [number, asOf({ ...knownOf(number), attempts }, call.at)] as const);
      const [was, is] = sides.map((side) => side.rulesBroken(call, type ?? callType, then));
      if (was === undefined || is === undefined || was.join() === is.join()) continue;
      if (was.length > 0 && is.length > 0) {
        counts.otherRules += 1;
        continue;
      }
      const change = is.length > 0 ? "forbidden" : "allowed";
      counts[change] += 1;
      for (const rule of is) byRule.set(rule, (byRule.get(rule) ?? 0) + 1);
      if (examples.length < EXAMPLES) {
        const { at, campaign, number } = call;
        examples.push({ at: formatInstant(at), campaign, number: phoneText(number), change, before: was, after: is });
      }
    }
    progress(counts.calls);
    last = page.at(-1);
    if (page.length < BATCH) break;
  }
  const { assumed, ...rest } = counts;
  return {
    since: formatInstant(since),
    until: formatInstant(until),
    ...rest,
    assumed: { calls: assumed, callType },
    byRule: [...byRule].map(([rule, calls]) => ({ rule, calls })).sort((a, b) => b.calls - a.calls || (a.rule < b.rule ? -1 : 1)),
    examples,
  };
}

/** One of the two packs. */
class Side {
  readonly #pack: CompiledPack;
  readonly #facts: FactsReader;

  constructor(pack: CompiledPack, files: readonly RegistryFile[]) {
    this.#pack = pack;
    this.#facts = new FactsReader(pack, files, undefined);
  }

  /** @param then each number of the call, with what was known of it */
  rulesBroken(
    { at, subject }: PlacedCall,
    callType: CallType,
    then: readonly (readonly [PhoneKey, NumberFacts])[],
  ): readonly string[] {
    const parts = then.map(([number, known]) => {
      const text = askedAs(number);
      const { jurisdictions } = this.#pack.place(text, undefined);
      const call = { number: text, callType, postal: undefined, subject: subject === "" ? undefined : subject };
      const facts = this.#facts.read(known, { number, at, jurisdictions });
      return { call, facts, decision: decide(call, facts, this.#pack, at) };
    });
    return together(parts, this.#pack, at).rules;
  }
}

/** The numbers with which a call was imported: those of the person that were called for the same campaign at the same moment. */
function namedIn({ number, others, at, campaign, subject }: PlacedCall, knownOf: (number: PhoneKey) => NumberFacts): PhoneKey[] {
  const same = (one: NumberFacts["attempts"][number]) =>
    one.at === at && one.campaign === campaign && one.subject === subject && one.kind !== "inbound-conversation";
  return [number, ...others.filter((other) => knownOf(other).attempts.some(same))];
}

/**
 * What was known about a number just before a call: without later opt-outs, revocations and attempts, and without the call
 * itself.
 */
export function asOf(known: NumberFacts, at: number): NumberFacts {
  const { suppressedSince } = known;
  return {
    ...known,
    attempts: known.attempts.filter((one) => one.at < at),
    revocations: known.revocations.filter((revokedAt) => revokedAt < at),
    suppressedSince: suppressedSince !== undefined && suppressedSince < at ? suppressedSince : undefined,
  };
}

/** The call type of each campaign, from its newest manifest. */
export async function callTypes(facts: Facts): Promise<ReadonlyMap<string, CallType>> {
  const types = new Map<string, CallType>();
  for (const { campaign, manifest } of await facts.newestManifests()) {
    const named = parseManifest(manifest).callType;
    const type = CALL_TYPES.find((one) => one === named);
    if (type !== undefined) types.set(campaign, type);
  }
  return types;
}
