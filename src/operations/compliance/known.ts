// The facts about one number for a decision, as the gate uses them.

import type { CallFacts, CompiledPack } from "../../compliance/index.ts";
import { type Facts, NO_FACTS, type PhoneKey } from "../../store/index.ts";
import { FactsReader, lookBack } from "./call-facts.ts";
import { phoneText } from "./values.ts";

/** @param at the moment of the decision, ms since the epoch */
export async function factsOfNumber(
  facts: Facts,
  number: PhoneKey,
  { pack, at, postal }: { readonly pack: CompiledPack; readonly at: number; readonly postal?: string | undefined },
): Promise<CallFacts> {
  const files = await facts.registryFiles();
  const known = (await facts.of([number], { attemptsSince: at - lookBack(pack.pack.rules), files })).get(number);
  const { jurisdictions } = pack.place(phoneText(number), postal);
  return new FactsReader(pack, files, undefined).read(known ?? NO_FACTS, { number, at, jurisdictions });
}
