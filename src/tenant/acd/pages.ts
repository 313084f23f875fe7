// Reads lists of the ACD API to their end by `skip` and `top`.

import { hash } from "node:crypto";
import { type ACD_OPERATIONS, type AcdOperationId, type AcdReply, acdOperationOf } from "../../contract/acd/index.ts";
import { TenantError } from "../errors.ts";
import type { AcdCallOptions, AcdInput, AcdRequester } from "./requester.ts";

interface AcdPage<Row = Readonly<Record<string, unknown>>> {
  /** 1 for the first page of this iteration. */
  readonly number: number;
  /** Rows in the form of the table. */
  readonly rows: readonly Row[];
  readonly reply: Readonly<Record<string, unknown>>;
  /** `skip` of the next page; undefined at the end. */
  readonly next: number | undefined;
}

interface PageSetting extends AcdCallOptions {
  readonly path?: Readonly<Record<string, string>> | undefined;
  readonly query?: Readonly<Record<string, unknown>> | undefined;
  /** `skip` of the first page. */
  readonly skip?: number | undefined;
  /** Rows per page; default: as many as the operation allows. */
  readonly top?: number | undefined;
}

/** Operations that are lists. */
export type AcdListId = {
  [Id in AcdOperationId]: (typeof ACD_OPERATIONS)[Id] extends { paging: { items: string } } ? Id : never;
}[AcdOperationId];

/** A row of a list. */
export type AcdRow<Id extends AcdListId> = (typeof ACD_OPERATIONS)[Id] extends { paging: { items: infer Name extends string } }
  ? AcdReply<Id> extends { readonly [K in Name]?: infer Rows }
    ? NonNullable<Rows> extends readonly (infer Row)[]
      ? Row
      : never
    : never
  : never;

/** Lists whose `totalRecords` counts something else: the records of the last upload. */
const OTHER_TOTAL: ReadonlySet<AcdOperationId> = new Set(["readCallList", "listAttempts"]);

/**
 * The pages of a list. It ends at an empty page, at its total, where there is no link to a next page, or at a short page.
 * @throws TenantError `paging_loop` when two pages begin with the same row
 */
export async function* acdPages<Id extends AcdListId>(
  requester: AcdRequester,
  id: Id,
  { path, query, skip = 0, top, ...options }: PageSetting,
): AsyncGenerator<AcdPage<AcdRow<Id>>, void, undefined> {
  const { paging, summary } = acdOperationOf(id);
  if (paging === undefined) throw new TenantError("unsupported", `${id}: is no list`, { operationId: id, summary });
  const size = Math.min(top ?? paging.pageSize, paging.pageSize);
  const firsts = new Set<string>();
  let at = skip;
  for (let number = 1; ; number += 1) {
    const input = { ...options, path, query: { ...query, skip: at, top: size } };
    // The client checks path and query; the schema of the reply has the rows under this name.
    const { reply: read } = await requester.request(id, input as unknown as AcdInput<Id>);
    const reply: Readonly<Record<string, unknown>> = { ...(read as object | undefined) };
    const rows = (reply[paging.items] ?? []) as readonly AcdRow<Id>[];
    const first = rows.length === 0 ? undefined : hash("sha256", JSON.stringify(rows[0]), "base64");
    if (first !== undefined && firsts.has(first))
      throw new TenantError("paging_loop", `${id}: the tenant gave the same page a second time`, {
        operationId: id,
        summary,
        advice: "The pages read so far can be used; read the rest later, from another start.",
      });
    if (first !== undefined) firsts.add(first);
    at += rows.length;
    const next = isEnd(reply, { count: rows.length, seen: at, size, totals: !OTHER_TOTAL.has(id) }) ? undefined : at;
    yield { number, rows, reply, next };
    if (next === undefined) return;
  }
}

function isEnd(
  { totalRecords: total, _links: links }: Readonly<Record<string, unknown>>,
  {
    count,
    seen,
    size,
    totals,
  }: { readonly count: number; readonly seen: number; readonly size: number; readonly totals: boolean },
): boolean {
  if (count === 0) return true;
  if (totals && typeof total === "number" && total > 0) return seen >= total;
  if (typeof links === "object" && links !== null) return !("next" in links && typeof links.next === "string");
  return count < size;
}

/** All rows of a list. */
export async function* acdRows<Id extends AcdListId>(
  requester: AcdRequester,
  id: Id,
  setting: PageSetting = {},
): AsyncGenerator<AcdRow<Id>, void, undefined> {
  for await (const { rows } of acdPages(requester, id, setting)) yield* rows;
}
