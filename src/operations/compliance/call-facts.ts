// The facts about a number from the store, in the form for a decision. A missing or too old fact denies the call.

import { type CallFacts, type CompiledPack, currentConsent, NOT_COVERED, type Rule } from "../../compliance/index.ts";
import { canonicalJson, DAY_MS, HOUR_MS } from "../../kernel/index.ts";
import { areaCodeOf, type NumberFacts, type PhoneKey, RegistryCoverage, type RegistryFile } from "../../store/index.ts";

/** How far back a pack's rules look at attempts, ms. */
export function lookBack(rules: readonly Rule[]): number {
  const spans = rules.map((rule) => {
    if (rule.kind === "attempt-cap")
      return "hours" in rule.period ? rule.period.hours * HOUR_MS : (rule.period.localDates + 1) * DAY_MS;
    if (rule.kind === "conversation-quiet") return (rule.days + 1) * DAY_MS;
    return rule.kind === "abandoned-quiet" ? rule.hours * HOUR_MS : 0;
  });
  return Math.max(0, ...spans) + DAY_MS;
}

/**
 * The calls to somebody with several numbers: laws count those to a person, whatever number was dialed. A call that was imported with all of them counts once.
 */
export function attemptsToPerson(known: readonly NumberFacts[]): NumberFacts["attempts"] {
  const calls = known.flatMap(({ attempts }) => attempts);
  return [...new Map(calls.map((call) => [canonicalJson(call), call])).values()];
}

/** The call for which facts are read. */
interface FactsFor {
  readonly number: PhoneKey;
  /** The moment of the decision: later attempts and consents are ignored, later opt-outs count. */
  readonly at: number;
  /** The jurisdictions that the pack assigns to the number. */
  readonly jurisdictions: readonly string[];
  readonly guaranteedAgent?: boolean | undefined;
}

/** Converts the store's facts to the facts of a decision. */
export class FactsReader {
  readonly #pack: CompiledPack;
  readonly #campaignCalls: CallFacts["campaignCalls"];
  readonly #coverage: RegistryCoverage;
  readonly #loaded: ReadonlySet<string>;
  readonly #checked: ReadonlySet<string>;
  readonly #checkedFiles = new Map<readonly string[], Map<number, CallFacts["registryFiles"]>>();

  constructor(pack: CompiledPack, files: readonly RegistryFile[], campaignCalls: CallFacts["campaignCalls"]) {
    this.#pack = pack;
    this.#campaignCalls = campaignCalls;
    this.#coverage = new RegistryCoverage(files);
    this.#loaded = new Set(this.#coverage.registries);
    this.#checked = new Set(
      pack.pack.rules
        .filter(({ kind }) => kind === "registry-age" || kind === "do-not-call-list")
        .map(({ jurisdiction }) => jurisdiction),
    );
  }

  read(known: NumberFacts, { number, at, jurisdictions, guaranteedAgent }: FactsFor): CallFacts {
    const consent = currentConsent(
      known.consents.filter((one) => one.at <= at),
      known.revocations,
      known.disconnectedOn,
    );
    const { suppressedSince, suppressionLoaded } = known;
    return {
      attempts: known.attempts
        .filter((one) => one.at <= at)
        .map(({ at, kind, subject }) => ({ at, kind, subject: subject === "" ? undefined : subject })),
      consent,
      ebr: this.#longest(known.relationships, jurisdictions),
      dnc: {
        national: known.registries.some((registry) => !registry.includes("-")),
        lists: known.registries.filter((registry) => registry.includes("-")),
        ...(suppressionLoaded ? { internalLoadedAt: suppressedSince } : { internalAt: suppressedSince }),
      },
      optOutsCount: "always",
      registryFiles: this.#registryFiles(jurisdictions, areaCodeOf(number)),
      lineType: known.lineType,
      rndQueriedOn: known.queriedOn,
      rndDisconnectedOn: known.disconnectedOn,
      guaranteedAgent,
      campaignCalls: this.#campaignCalls,
    };
  }

  /**
   * The dates of the files that a number of these jurisdictions and this area code must be checked against; undefined when there
   * are none.
   */
  #registryFiles(jurisdictions: readonly string[], areaCode: number): CallFacts["registryFiles"] {
    let byArea = this.#checkedFiles.get(jurisdictions);
    if (byArea === undefined) {
      byArea = new Map();
      this.#checkedFiles.set(jurisdictions, byArea);
    }
    if (byArea.has(areaCode)) return byArea.get(areaCode);
    const lists = jurisdictions.filter(
      (id) => id !== "*" && (this.#checked.has(id) || (!id.includes("-") && this.#checked.has("*"))),
    );
    const dateOf = (list: string) => (this.#loaded.has(list) ? (this.#coverage.of(list, areaCode)?.asOf ?? NOT_COVERED) : null);
    const files = lists.length === 0 ? undefined : Object.fromEntries(lists.map((list) => [list, dateOf(list)]));
    byArea.set(areaCode, files);
    return files;
  }

  /** The relationship that lasts longest under the pack's terms. */
  #longest(relationships: NumberFacts["relationships"], jurisdictions: readonly string[]): CallFacts["ebr"] {
    if (relationships.length < 2) return relationships[0];
    const months = this.#pack.relationship(jurisdictions.find((id) => id !== "*") ?? "*");
    const end = ({ kind, date }: NumberFacts["relationships"][number]) => {
      const day = new Date(`${date}T00:00:00Z`);
      return day.setUTCMonth(day.getUTCMonth() + (months?.[kind] ?? 0));
    };
    return relationships.reduce((found, one) => (end(one) > end(found) ? one : found));
  }
}
