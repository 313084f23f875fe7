// Reads lists to their end (contract details §11), by page or by item, and detects lists that never end.

import { type Operation, operationOf, type Query } from "../contract/index.ts";
import type { CallOptions } from "./call-options.ts";
import { TenantError } from "./errors.ts";
import { ITEM_SCHEMAS, type PagedOperationId, type PageItem, type ParsedItem, parsedBy } from "./items.ts";
import type { OpenedBody, OpenedPage, PageOpener } from "./opened.ts";
import { endsEarly, ProgressGuard } from "./progress-guard.ts";
import type { AnyInput, ReplyOf, Requester, RequestInput } from "./requester.ts";

/** One page. Items are as the tenant sent them: parse them with `parseItem`, or iterate over the list instead of its pages. */
export interface Page<Id extends PagedOperationId> {
  /** 1 for the first page of this iteration. */
  readonly number: number;
  readonly items: readonly unknown[];
  readonly reply: ReplyOf<Id>;
  /**
   * Where the next page starts: pass it in the query to continue later. Undefined at the end, and for lists with numbered pages.
   */
  readonly nextToken: string | undefined;
  readonly correlationId: string;
}

/** Options of a list. */
export interface ListOptions<Id extends PagedOperationId> extends CallOptions {
  /** Receives an item that does not have the expected form; without it such an item ends the iteration with `invalid_reply`. */
  readonly onInvalidItem?: ((item: unknown, problem: string, page: Page<Id>) => void) | undefined;
}

/** A list of the tenant: iterate over it for items, over `pages()` for pages. Each iteration starts from the beginning. */
export interface PagedList<Id extends PagedOperationId> extends AsyncIterable<PageItem<Id>> {
  pages(): AsyncGenerator<Page<Id>, void, undefined>;
}

/** Makes the list of a paged operation. Nothing is sent before the iteration begins. */
export function pagedList<Id extends PagedOperationId>(
  requester: Requester,
  id: Id,
  path: Readonly<Record<string, string>>,
  query: Query<Id> | undefined,
  options: ListOptions<Id> = {},
): PagedList<Id> {
  const pages = () => readPages(requester, id, path, query, options);
  return { pages, [Symbol.asyncIterator]: () => readItems(id, pages(), options) };
}

/** An item in the promised form, or the problem with it. */
export function parseItem<Id extends PagedOperationId>(id: Id, item: unknown): ParsedItem<PageItem<Id>> {
  // The schema is the one for this list, which the compiler cannot see.
  return parsedBy(ITEM_SCHEMAS[id], item) as ParsedItem<PageItem<Id>>;
}

async function* readItems<Id extends PagedOperationId>(
  id: Id,
  pages: AsyncIterable<Page<Id>>,
  options: ListOptions<Id>,
): AsyncGenerator<PageItem<Id>, void, undefined> {
  for await (const page of pages) {
    for (const raw of page.items) {
      const parsed = parseItem(id, raw);
      if ("item" in parsed) yield parsed.item;
      else if (options.onInvalidItem === undefined) {
        throw new TenantError(
          "invalid_reply",
          `${id}: page ${page.number} has an item that does not have the documented form: ${parsed.problem}`,
          {
            operationId: id,
            correlationId: page.correlationId,
            advice: "outdial smoke shows where the tenant differs from the contract.",
          },
        );
      } else options.onInvalidItem(raw, parsed.problem, page);
    }
  }
}

async function* readPages<Id extends PagedOperationId>(
  requester: Requester,
  id: Id,
  path: Readonly<Record<string, string>>,
  query: Query<Id> | undefined,
  options: ListOptions<Id>,
): AsyncGenerator<Page<Id>, void, undefined> {
  const { onInvalidItem: _, ...callOptions } = options;
  let number = 0;
  yield* walk(id, query, async (asked, guard, style, flawOf) => {
    const flaw = (reply: unknown) => flawOf(reply, listIn(reply, style).length);
    const input = { path, query: asked, flaw, ...callOptions };
    // The parameters follow the operation's paging style; the client checks the query before sending.
    const { reply, correlationId } = await requester.request(id, input as unknown as RequestInput<Id>);
    const fields: Readonly<Record<string, unknown>> = { ...(reply as object) };
    const found = fields[style.items];
    // The client has already refused replies without the list.
    if (!Array.isArray(found))
      throw new TenantError("invalid_reply", `${id}: a page without ${style.items}`, { operationId: id });
    const items: readonly unknown[] = found;
    guard.items(items);
    number += 1;
    return { fields, count: items.length, page: (nextToken) => ({ number, items, reply, nextToken, correlationId }) };
  });
}

/** The pages of a list with bodies read by `open` instead of the client, so that items need not be on this thread. */
export async function* openedPages<Id extends PagedOperationId, Kept>(
  requester: Requester,
  id: Id,
  query: Query<Id> | undefined,
  open: PageOpener<Kept>,
  options: CallOptions = {},
): AsyncGenerator<OpenedPage<Kept>, void, undefined> {
  yield* walk(id, query, async (asked, guard, _, flawOf) => {
    let opened: OpenedBody<Kept> | undefined;
    const input: AnyInput = {
      ...options,
      path: {},
      query: asked,
      open: async (body) => (opened = await open(body))?.json,
      flaw: (reply) => flawOf(reply, opened?.items ?? 0),
    };
    const { reply, attempts } = await requester.request(id, input as unknown as RequestInput<Id>);
    // After several attempts, the last opened body is the accepted one.
    if (opened === undefined) throw new TenantError("invalid_reply", `${id}: a page without a body`, { operationId: id });
    const { items, mark, kept } = opened;
    if (items > 0) guard.mark(mark);
    return {
      fields: { ...(reply as object) },
      count: items,
      page: (nextToken) => ({ items, mark, kept, attempts: attempts.length, nextToken }),
    };
  });
}

/** A received page: what paging needs, and the page for the caller. */
interface Fetched<AnyPage> {
  readonly fields: Readonly<Record<string, unknown>>;
  readonly count: number;
  readonly page: (nextToken: string | undefined) => AnyPage;
}

/** Reads page after page to the end of a list. */
async function* walk<AnyPage>(
  id: PagedOperationId,
  query: unknown,
  fetch: (
    asked: Readonly<Record<string, unknown>>,
    guard: ProgressGuard,
    style: Style,
    flawOf: FlawOf,
  ) => Promise<Fetched<AnyPage>>,
): AsyncGenerator<AnyPage, void, undefined> {
  const operation: Operation = operationOf(id);
  const style = operation.paging;
  if (style === undefined) throw new TenantError("unsupported", `${id}: is no list`, { operationId: id });
  const guard = new ProgressGuard(id);
  const asked: Readonly<Record<string, unknown>> = { ...(query as object | undefined) };
  let position = firstPosition(style, asked);
  if (position.next.token !== undefined) guard.token(position.next.token);
  for (;;) {
    const at = position;
    const flawOf: FlawOf = (reply, items) => missing(style, at, items, { ...(reply as object) });
    const { fields, count, page } = await fetch({ ...asked, ...position.parameters }, guard, style, flawOf);
    const next = nextPosition(style, position, count, fields);
    const nextToken = style.kind === "token" ? next?.next.token : undefined;
    yield page(nextToken);
    guard.count(count, next !== undefined);
    if (next === undefined) return;
    if (nextToken !== undefined) guard.token(nextToken);
    position = next;
  }
}

type Style = NonNullable<Operation["paging"]>;

/** Why a page cannot be used although it has the expected form; undefined when it can. */
type FlawOf = (reply: unknown, count: number) => string | undefined;

function listIn(reply: unknown, { items }: Style): readonly unknown[] {
  const list = { ...(reply as Readonly<Record<string, unknown>>) }[items];
  return Array.isArray(list) ? list : [];
}

/** The position of an iteration: what to request next. */
interface Position {
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly next: { readonly page: number; readonly token?: string };
  readonly pageSize: number;
  readonly seen: number;
  /** Total number of items, from the last page that gave it. */
  readonly total?: number;
}

function firstPosition(style: Style, asked: Readonly<Record<string, unknown>>): Position {
  const sizeParameter = style.kind === "page" ? "pageSize" : style.sizeParameter;
  const pageSize = typeof asked[sizeParameter] === "number" ? asked[sizeParameter] : style.pageSize;
  if (style.kind === "page") {
    const page = typeof asked["page"] === "number" ? asked["page"] : 1;
    return { parameters: { page, pageSize }, next: { page }, pageSize, seen: (page - 1) * pageSize };
  }
  const token = asked[style.tokenParameter];
  return {
    parameters: { [sizeParameter]: pageSize },
    next: { page: 1, ...(typeof token === "string" && { token }) },
    pageSize,
    seen: 0,
  };
}

/**
 * The position after a page, or undefined at the end: after an absent or empty token, an empty page, or a short page that nothing
 * follows.
 */
function nextPosition(
  style: Style,
  position: Position,
  count: number,
  reply: Readonly<Record<string, unknown>>,
): Position | undefined {
  const seen = position.seen + count;
  if (style.kind === "token") {
    const token = reply["nextPageToken"];
    if (typeof token !== "string" || token === "") return undefined;
    return {
      ...position,
      parameters: { [style.sizeParameter]: position.pageSize, [style.tokenParameter]: token },
      next: { page: 1, token },
      seen,
    };
  }
  if (count === 0) return undefined;
  // A tenant that returns smaller pages than requested says so, or gives a total. Taking its short page for the last one would
  // lose the rest silently.
  const granted =
    typeof reply["pageSize"] === "number" && reply["pageSize"] >= 1
      ? Math.min(reply["pageSize"], position.pageSize)
      : position.pageSize;
  const total = totalOf(position, reply);
  if (count < granted && seen >= total) return undefined;
  const page = position.next.page + 1;
  return { ...position, parameters: { page, pageSize: position.pageSize }, next: { page }, seen, total };
}

const totalOf = ({ total = 0 }: Position, reply: Readonly<Record<string, unknown>>): number =>
  typeof reply["total"] === "number" ? reply["total"] : total;

/**
 * An empty page ends a list with numbered pages, but not before all announced items have come. Items deleted in the meantime
 * reduce the total as well.
 */
function missing(style: Style, position: Position, count: number, reply: Readonly<Record<string, unknown>>): string | undefined {
  if (style.kind === "token") return undefined;
  return endsEarly(style.items, { count, seen: position.seen, total: totalOf(position, reply) });
}
