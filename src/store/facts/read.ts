// Reads the facts about many numbers in one statement: one snapshot, one round trip.

import type { StoreCore } from "../commit.ts";
import { numberArray } from "../database/arrays.ts";
import { RegistryCoverage, registryAreaOf } from "./registry.ts";
import type { AttemptKind, ConsentLevel, LineType, NumberFacts, PhoneKey, RegistryFile } from "./types.ts";

const MS = (column: string) => `(extract(epoch from ${column}) * 1000)::float8`;

/** The number is in a registry's file. */
const LISTED = 5;

const SELECT = {
  name: "facts-of-numbers",
  text: `with n as (select unnest($1::bigint[]) as number)
    select 1 as fact, number, ${MS("given_at")} as at, level as a, null::text as b, null::text as c from n join outdial.consents using (number)
    union all select 2, number, ${MS("revoked_at")}, null, null, null from n join outdial.standing_revocations using (number)
    union all select 3, s.number, ${MS("min(coalesce(said_at, recorded_at))")},
      case when min(coalesce(said_at, recorded_at)) is distinct from min(said_at) then 'loaded' end, null, null
      from n join outdial.suppressions s using (number)
      where not exists (select from outdial.lifted_suppressions l where l.suppression_id = s.id) group by s.number
    union all select 4, number, ${MS("at")}, kind, subject, campaign from n join outdial.attempts using (number) where at >= $2
    union all select ${LISTED}, number, r.file_id, null, null, null from n join outdial.registry_blocks r on r.block = number / 10000
      where r.file_id = any($3::int[]) and get_bit(r.bits, (number % 10000)::int) = 1
    union all select 6, number, null, kind, since::text, null from n join outdial.relationships using (number)
    union all select 7, number, null, max(disconnected_on)::text, null, null from n join outdial.disconnections using (number) group by number
    union all select 8, number, null, max(queried_on)::text, null, null from n join outdial.reassigned_queries using (number) group by number
    union all (select distinct on (number) 9, number, null, line_type, null, null from n join outdial.line_types using (number)
      order by number, seen_on desc, line_type = 'mobile' desc)`,
};

interface Row {
  readonly fact: number;
  readonly number: PhoneKey;
  readonly at: number | null;
  readonly a: string | null;
  readonly b: string | null;
  readonly c: string | null;
}

interface Gathered {
  consents: { level: ConsentLevel; at: number }[];
  revocations: number[];
  suppressedSince: number | undefined;
  suppressionLoaded: boolean;
  attempts: { at: number; kind: AttemptKind; subject: string; campaign: string }[];
  registries: string[];
  relationships: { kind: "transaction" | "inquiry"; date: string }[];
  disconnectedOn: string | undefined;
  queriedOn: string | undefined;
  lineType: LineType | undefined;
}

/** The facts of a number about which nothing is known. */
export const NO_FACTS: NumberFacts = Object.freeze(nothing());

function nothing(): Gathered {
  return {
    consents: [],
    revocations: [],
    suppressedSince: undefined,
    suppressionLoaded: false,
    attempts: [],
    registries: [],
    relationships: [],
    disconnectedOn: undefined,
    queriedOn: undefined,
    lineType: undefined,
  };
}

/** What to read. */
interface FactsQuery {
  /** Attempts before this instant (ms since the epoch) are left out. */
  readonly attemptsSince: number;
  /** The registry files to use, so that a whole run uses the same ones. */
  readonly files: readonly RegistryFile[];
}

/** The facts about numbers; numbers without facts are missing in the map. */
export async function factsOf(
  store: StoreCore,
  numbers: readonly PhoneKey[],
  query: FactsQuery,
): Promise<ReadonlyMap<PhoneKey, NumberFacts>> {
  const registryOf = new Map(query.files.map(({ id, registry }) => [id, registry]));
  const coverage = new RegistryCoverage(query.files);
  // The numbers of a file that another one has taken the place of, for their area code, no longer count.
  const listedIn = (number: PhoneKey, file: number): string | undefined => {
    const registry = registryOf.get(file) ?? "";
    return coverage.of(registry, registryAreaOf(number))?.fileId === file ? registry : undefined;
  };
  const rows = await store.query<Row>({
    ...SELECT,
    values: [numberArray([...new Set(numbers)]), new Date(query.attemptsSince), numberArray(query.files.map(({ id }) => id))],
  });
  const found = new Map<PhoneKey, Gathered>();
  for (const row of rows) {
    const registry = row.fact === LISTED ? listedIn(row.number, row.at ?? 0) : undefined;
    if (row.fact === LISTED && registry === undefined) continue;
    let facts = found.get(row.number);
    if (facts === undefined) {
      facts = nothing();
      found.set(row.number, facts);
    }
    if (registry === undefined) add(facts, row);
    else facts.registries.push(registry);
  }
  return found;
}

function add(facts: Gathered, { fact, at, a, b, c }: Row): void {
  switch (fact) {
    case 1:
      facts.consents.push({ level: a as ConsentLevel, at: at ?? 0 });
      return;
    case 2:
      facts.revocations.push(at ?? 0);
      return;
    case 3:
      facts.suppressedSince = at ?? 0;
      facts.suppressionLoaded = a === "loaded";
      return;
    case 4:
      facts.attempts.push({ at: at ?? 0, kind: a as AttemptKind, subject: b ?? "", campaign: c ?? "" });
      return;
    case 6:
      facts.relationships.push({ kind: a as "transaction" | "inquiry", date: b ?? "" });
      return;
    case 7:
      facts.disconnectedOn = a ?? undefined;
      return;
    case 8:
      facts.queriedOn = a ?? undefined;
      return;
    default:
      facts.lineType = a as LineType;
  }
}
