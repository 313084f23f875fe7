// Reads lists of the ACD API to their end by `skip` and `top`.

import { hash } from "node:crypto";
import { type ACD_OPERATIONS, type AcdOperationId, type AcdReply, acdOperationOf } from "../../contract/acd/index.ts";
import { TenantError } from "../errors.ts";
import { endsEarly } from "../progress-guard.ts";
import type { AcdCallOptions, AcdInput, AcdRequester } from "./requester.ts";

type Fields = Readonly<Record<string, unknown>>;

interface AcdPage<Row = Fields> {
  /** 1 for the first page of this iteration. */
  readonly number: number;
  /** Rows in the form of the table. */
  readonly rows: readonly Row[];
  readonly reply: Fields;
  /** `skip` of the next page; undefined at the end. */
  readonly next: number | undefined;
}

interface PageSetting extends AcdCallOptions {
  readonly path?: Readonly<Record<string, string>> | undefined;
  readonly query?: Fields | undefined;
  /** `skip` of the first page. */
  readonly skip?: number | undefined;
  /** Rows per page; default: as many as the operation allows. */
  readonly top?: number | undefined;
}

/** Operations that are lists. */
type AcdListId = {
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

/** No list has as many pages, of whatever size. */
const MOST_PAGES = 10_000;

/** Lists whose `totalRecords` counts something else: the records of the last upload. */
const OTHER_TOTAL: ReadonlySet<AcdOperationId> = new Set(["readCallList", "listAttempts"]);

/**
 * The pages of a list. It ends at an empty page, at its total, where there is no link to a next page, or at a short page.
 * @throws TenantError `paging_loop` when two pages begin with the same row, or more than twice as many rows come as the tenant says there are; `invalid_reply` when a
 * page is empty again and again before as many came, or although another page is to follow
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
  const totals = !OTHER_TOTAL.has(id);
  let [at, announced] = [skip, 0];
  const rowsOf = (reply: Fields) => (reply[paging.items] ?? []) as readonly AcdRow<Id>[];
  const flaw = (read: unknown) => {
    const reply: Fields = { ...(read as object | undefined) };
    if (read !== undefined && reply[paging.items] === undefined) return `${paging.items}: missing; a list is needed`;
    // What was deleted meanwhile is in no later total; none at all is not one.
    const total = totals ? totalOf(reply) || announced : 0;
    const count = rowsOf(reply).length;
    const goesOn = count === 0 && hasNext(reply) && (total === 0 || at < total);
    return goesOn
      ? `an empty page of ${paging.items}, with another one to follow`
      : endsEarly(paging.items, { count, seen: at, total });
  };
  for (let number = 1; ; number += 1) {
    const input = { ...options, path, query: { ...query, skip: at, top: size }, flaw };
    // The client checks path and query; the schema of the reply has the rows under this name.
    const { reply: read } = await requester.request(id, input as unknown as AcdInput<Id>);
    const reply: Fields = { ...(read as object | undefined) };
    const rows = rowsOf(reply);
    const first = rows.length === 0 ? undefined : hash("sha256", JSON.stringify(rows[0]), "base64");
    if (first !== undefined && firsts.has(first))
      throw new TenantError("paging_loop", `${id}: the tenant gave the same page a second time`, {
        operationId: id,
        summary,
        advice: "The pages read so far can be used; read the rest later, from another start.",
      });
    if (first !== undefined) firsts.add(first);
    at += rows.length;
    if (number >= MOST_PAGES || (announced > 0 && at - skip > 2 * announced + size))
      throw new TenantError("paging_loop", `${id}: ${at - skip} rows came in ${number} pages, and another page is to follow`, {
        operationId: id,
        summary,
        advice: "What was read so far can be used; ask the vendor why the list does not end.",
      });
    if (totals) announced = totalOf(reply) || announced;
    const next = isEnd(reply, { count: rows.length, seen: at, size, total: announced }) ? undefined : at;
    yield { number, rows, reply, next };
    if (next === undefined) return;
  }
}

const totalOf = ({ totalRecords: total }: Fields): number => (typeof total === "number" ? total : 0);

function hasNext({ _links: links }: Fields): boolean {
  return typeof links === "object" && links !== null && "next" in links && typeof links.next === "string";
}

/** @param total as far as the tenant said one, otherwise 0 */
function isEnd(
  reply: Fields,
  { count, seen, size, total }: Readonly<Record<"count" | "seen" | "size" | "total", number>>,
): boolean {
  if (count === 0) return true;
  if (hasNext(reply)) return false;
  if (total > 0) return seen >= total;
  return (reply["_links"] ?? undefined) !== undefined || count < size;
}

/** All rows of a list. */
export async function* acdRows<Id extends AcdListId>(
  requester: AcdRequester,
  id: Id,
  setting: PageSetting = {},
): AsyncGenerator<AcdRow<Id>, void, undefined> {
  for await (const { rows } of acdPages(requester, id, setting)) yield* rows;
}
