// The items of each list in the form that the contract promises.

import { z } from "zod";
import { call, campaign, contact, type OPERATIONS, type OperationId } from "../contract/index.ts";

/** The operations that are read page by page. */
export type PagedOperationId = {
  [Id in OperationId]: (typeof OPERATIONS)[Id] extends { paging: object } ? Id : never;
}[OperationId];

/** Rows whose fields the contract leaves open. */
const row = z.record(z.string(), z.unknown());

export const ITEM_SCHEMAS = {
  listCalls: call,
  listContacts: contact,
  listCampaigns: campaign,
  getDialerMetrics: row,
  listAuditLogs: row,
} as const satisfies Record<PagedOperationId, z.ZodType>;

/** One item of a list, parsed. */
export type PageItem<Id extends PagedOperationId> = z.output<(typeof ITEM_SCHEMAS)[Id]>;
