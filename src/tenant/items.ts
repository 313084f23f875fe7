// Parses the items of each list into the form that the contract describes.

import { z } from "zod";
import { call, campaign, contact, type OPERATIONS, type OperationId } from "../contract/index.ts";
import { issueText } from "../kernel/index.ts";
import type { CallRow, ContactRow } from "./views.ts";

/** The operations that are read page by page. */
export type PagedOperationId = {
  [Id in OperationId]: (typeof OPERATIONS)[Id] extends { paging: object } ? Id : never;
}[OperationId];

/** Rows whose fields the contract does not specify. */
const row = z.record(z.string(), z.unknown());

/** The schema of one item of each paged operation, by operation. */
export const ITEM_SCHEMAS = {
  listCalls: call,
  listContacts: contact,
  listCampaigns: campaign,
  getDialerMetrics: row,
  listAuditLogs: row,
} as const satisfies Record<PagedOperationId, z.ZodType>;

/** One item of a list, parsed. */
export type PageItem<Id extends PagedOperationId> = z.output<(typeof ITEM_SCHEMAS)[Id]>;

/** A parsed item, or what is wrong with it. */
export type ParsedItem<Row> = { readonly item: Row } | { readonly problem: string };

/** Besides the contract's fields: further telephone numbers, which some profiles have. */
const contactRow = contact.extend({ phoneNumbers: z.array(z.string()).optional() });

/** One call of a list. */
export const parseCall = (item: unknown): ParsedItem<CallRow> => parsedBy(call, item);
/** One contact of a list. */
export const parseContact = (item: unknown): ParsedItem<ContactRow> => parsedBy(contactRow, item);

/** An item parsed by its schema, or the first problem in words. */
export function parsedBy<Row>(schema: z.ZodType<Row>, item: unknown): ParsedItem<Row> {
  const parsed = schema.safeParse(item);
  if (parsed.success) return { item: parsed.data };
  const issue = parsed.error.issues[0];
  return { problem: `${issue?.path.join(".") || "item"}: ${issueText(issue)}` };
}
