// The facts about the number of a question for its decision, as the gate uses them.

import { type CallFacts, type CompiledPack, NOT_COVERED } from "../../compliance/index.ts";
import { type Facts, NO_FACTS, type NumberFacts, type PhoneKey } from "../../store/index.ts";
import { FactsReader, lookBack } from "./call-facts.ts";

const NEVER = Number.POSITIVE_INFINITY;

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
  const reader = new FactsReader(pack, files, undefined);
  const of = keys.map((key) => known.get(key) ?? NO_FACTS);
  const [first, ...others] = keys;
  if (first === undefined) throw new Error("facts are of a number");
  if (others.length === 0) return reader.read(of[0] ?? NO_FACTS, { number: first, at, jurisdictions });
  const prohibitions = prohibitionsOf(of);
  const read = keys.map((key) => reader.read(prohibitions, { number: key, at, jurisdictions }));
  return read.reduce((all, one) => ({ ...all, registryFiles: worstOf(all.registryFiles, one.registryFiles) }));
}

/** Of two numbers of one place, for each list the file that says less about one of them. */
function worstOf(one: CallFacts["registryFiles"], other: CallFacts["registryFiles"]): CallFacts["registryFiles"] {
  if (one === undefined || other === undefined) return one ?? other;
  const lists = new Set([...Object.keys(one), ...Object.keys(other)]);
  return Object.fromEntries([...lists].map((list) => [list, worstDate(one[list] ?? null, other[list] ?? null)]));
}

/** No file, none that covers the number, the older file. */
function worstDate(one: string | null, other: string | null): string | null {
  if (one === null || other === null) return null;
  if (one === NOT_COVERED || other === NOT_COVERED) return NOT_COVERED;
  return one < other ? one : other;
}

function prohibitionsOf(of: readonly NumberFacts[]): NumberFacts {
  const earliest = of.reduce(
    (one, other) => ((other.suppressedSince ?? NEVER) < (one.suppressedSince ?? NEVER) ? other : one),
    NO_FACTS,
  );
  return {
    ...NO_FACTS,
    revocations: of.flatMap(({ revocations }) => revocations),
    suppressedSince: earliest.suppressedSince,
    suppressionLoaded: earliest.suppressionLoaded,
    attempts: of.flatMap(({ attempts }) => attempts),
    registries: [...new Set(of.flatMap(({ registries }) => registries))],
  };
}
