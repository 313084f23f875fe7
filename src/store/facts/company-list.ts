// The state of the company's do-not-call list: loaded from a file, or declared empty by a person. Numbers that people asked to
// add one by one do not make it complete.

import type { StoreCore } from "../commit.ts";
import { storable } from "../database/arrays.ts";
import type { CompanyList } from "./types.ts";

/** Kind of the imports of the list, and of declarations that there is none. */
const LOADED = "dnc";
const DECLARED = "dnc.none";

interface Row {
  readonly kind: string;
  readonly since: number;
  readonly at: number;
  readonly actor: string;
  readonly source_name: string;
}

/**
 * The state of the list; undefined when it was neither loaded nor declared empty. A file without a single number does not count
 * as loaded.
 */
export async function companyList(store: StoreCore): Promise<CompanyList | undefined> {
  const rows = await store.query<Row>(
    `select kind, min(finished_at) over () as since, finished_at as at, actor, source_name from outdial.fact_imports
     where finished_at is not null
       and (kind = $2 or kind = $1 and (counts->>'added')::bigint + (counts->>'known')::bigint > 0)
     order by kind = $1 desc, finished_at desc limit 1`,
    [LOADED, DECLARED],
  );
  const [row] = rows;
  if (row === undefined) return undefined;
  const { kind, since, at, actor, source_name: source } = row;
  return { state: kind === LOADED ? "loaded" : "declared-empty", since, at, actor, source };
}

/** A person declares that the company has no list besides what the store contains. @param given.id of the declaration */
export async function declareNoCompanyList(
  store: StoreCore,
  { id, actor, name, reason }: { readonly id: string; readonly actor: string; readonly name: string; readonly reason: string },
): Promise<void> {
  await store.commit(async (tx) => {
    await tx.query(
      `insert into outdial.fact_imports (id, kind, source_name, actor, started_at, finished_at)
       values ($1, $2, $3, $4, $5, $5)`,
      [id, DECLARED, storable(reason), storable(name), new Date(store.now())],
    );
    tx.audit([{ actor, action: "dnc.declare-empty", subject: id, details: { name, reason } }]);
  });
}
