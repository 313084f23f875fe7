// What the rows of the ACD API share: success statuses, list replies, paging.

import { z } from "zod";
import type { AnyOperation, SkipPaging } from "../operation.ts";
import { maybeId, maybeInteger, maybeText, wireBoolean } from "./scalars.ts";

/** The rate families of the ACD API. No limit is published for them: the budgets begin low and are learned. */
export type AcdRate = "acd-read" | "acd-write" | "acd-report" | "acd-extract";

/** A row of the ACD profile. */
export interface AcdOperation extends AnyOperation {
  readonly scopes: readonly [];
  /** The API host that discovery names; configured by hand only when discovery fails. */
  readonly host: "api";
  readonly rate: AcdRate;
  readonly paging?: SkipPaging;
  /** Why outdial never sends this operation. It is in the table because the sandbox answers it for other clients. */
  readonly reserved?: string;
}

const shared = { host: "api", scopes: [], refusals: {} } as const;

/** A read whose reply has a body. */
export const read = {
  ...shared,
  method: "GET",
  rate: "acd-read",
  retry: "safe",
  success: { status: 200, accepts: "2xx", body: "json" },
} as const;

/** A read that answers 204 without a body when there is nothing. */
export const readOrNothing = { ...read, emptyStatus: 204, success: { status: 200, accepts: "2xx", body: "optional" } } as const;

/** A write whose reply has a body. 206 means that some items failed. */
export const write = {
  ...shared,
  method: "POST",
  rate: "acd-write",
  retry: "once",
  success: { status: 200, accepts: "2xx", body: "json" },
} as const;

/** A write whose reply needs no body. */
export const silentWrite = { ...write, success: { status: 200, accepts: "2xx", body: "optional" } } as const;

/** A write that is accepted and carried out later. Older versions answer 200. */
export const acceptedWrite = { ...write, success: { status: 202, accepts: "2xx", body: "optional" } } as const;

/** Largest page of lists of administration. */
export const ADMIN_PAGE = 100;
/** Largest page of lists of records. */
export const RECORDS_PAGE = 10_000;

/** Parameters of every list. `fields` names the fields of the records; an unknown one is refused. */
export const listQuery = {
  skip: z.int().min(0).optional(),
  top: z.int().min(1).max(RECORDS_PAGE).optional(),
  orderBy: z.string().optional(),
  fields: z.array(z.string()).optional(),
};
/** How lists in `listQuery` are written: joined by commas. */
export const LIST_QUERY_LISTS = { fields: "joined" } as const;

/** Links to this page and its neighbours. They may name another host and version, so only their presence is used. */
const links = z.looseObject({ next: maybeText, previous: maybeText, self: maybeText });

/** A reply with a list under `name`. */
export function listReply<Name extends string, Item extends z.ZodType>(name: Name, item: Item) {
  const list = { [name]: z.array(item) } as { [K in Name]: z.ZodArray<Item> };
  return z.looseObject({
    totalRecords: maybeInteger,
    businessUnitId: maybeId,
    lastPollTime: maybeText,
    _links: links.nullish(),
    ...list,
  });
}

/** A reply with the result of each item under `name`. */
export function resultsReply<Name extends string, Item extends z.ZodType>(name: Name, item: Item) {
  const list = { [name]: z.array(item).optional() } as { [K in Name]: z.ZodOptional<z.ZodArray<Item>> };
  return z.looseObject({ errorCount: maybeInteger, ...list });
}

/** Fields of the result of one item. */
export const itemResult = { success: wireBoolean, error: maybeText };

/** How a client reads the results of a `resultsReply`. @param array possible names of the array of results */
export const results = (...array: readonly string[]) => ({ array, success: "success", error: "error" });

/** For versions that write fields in PascalCase: those names, each with the name in the schema. */
export function pascalNames(shape: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(Object.keys(shape).map((name) => [`${name[0]?.toUpperCase() ?? ""}${name.slice(1)}`, name]));
}
