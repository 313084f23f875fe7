// The facts about the number of a question for its decision, as the gate uses them.

import type { CallFacts, CompiledPack } from "../../compliance/index.ts";
import { type Facts, NO_FACTS, type NumberFacts, type PhoneKey } from "../../store/index.ts";
import { FactsReader, lookBack } from "./call-facts.ts";

/**
 * The facts about a text's number; when it may name several, what forbids a call to any of them and nothing that permits one.
 * @param asked.number the text @param asked.at the moment of the decision, ms since the epoch
 */
export async function factsOfNumbers(
  facts: Facts,
  keys: readonly PhoneKey[],
  {
    pack,
    at,
    number,
    postal,
  }: { readonly pack: CompiledPack; readonly at: number; readonly number: string; readonly postal?: string | undefined },
): Promise<CallFacts> {
  const files = await facts.registryFiles();
  const known = await facts.of(keys, { attemptsSince: at - lookBack(pack.pack.rules), files });
  const { jurisdictions } = pack.place(number, postal);
  const of = keys.map((key) => known.get(key) ?? NO_FACTS);
  const [only = NO_FACTS] = of;
  return new FactsReader(pack, files, undefined).read(of.length === 1 ? only : prohibitionsOf(of), { at, jurisdictions });
}

function prohibitionsOf(of: readonly NumberFacts[]): NumberFacts {
  const since = of.flatMap(({ suppressedSince }) => suppressedSince ?? []);
  return {
    ...NO_FACTS,
    revocations: of.flatMap(({ revocations }) => revocations),
    suppressedSince: since.length === 0 ? undefined : Math.min(...since),
    attempts: of.flatMap(({ attempts }) => attempts),
    registries: [...new Set(of.flatMap(({ registries }) => registries))],
  };
}
