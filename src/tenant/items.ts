// The items of each list in the form that the contract promises.

import { z } from "zod";
import { call, campaign, contact, type OPERATIONS, type OperationId } from "../contract/index.ts";
import { issueText } from "../kernel/index.ts";
import type { CallRow, ContactRow } from "./views.ts";

/** The operations that are read page by page. */
export type PagedOperationId = {
  [Id in OperationId]: (typeof OPERATIONS)[Id] extends { paging: object } ? Id : never;
}[OperationId];

/** Rows whose fields the contract leaves open. */
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

/** What was read of an item, or the problem with it. */
export type ParsedItem<Row> = { readonly item: Row } | { readonly problem: string };

/** Beside what the contract promises: other numbers, which not every profile has. */
const contactRow = contact.extend({ phoneNumbers: z.array(z.string()).optional() });

/** One call of a list in the form that operations work with. */
export const parseCall = (item: unknown): ParsedItem<CallRow> => parsedBy(call, item);
/** One contact of a list in the form that operations work with. */
export const parseContact = (item: unknown): ParsedItem<ContactRow> => parsedBy(contactRow, item);

/** An item parsed by its schema, or the first problem with it in words. */
export function parsedBy<Row>(schema: z.ZodType<Row>, item: unknown): ParsedItem<Row> {
  const parsed = schema.safeParse(item);
  if (parsed.success) return { item: parsed.data };
  const issue = parsed.error.issues[0];
  return { problem: `${issue?.path.join(".") || "item"}: ${issueText(issue)}` };
}
