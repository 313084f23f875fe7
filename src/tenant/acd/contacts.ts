// Contacts of calling lists. The tenant neither filters nor knows consent: both are done here, by fields that the operator names.

import type { ContactRow, ContactsAsked, ViewList, ViewPage } from "../views.ts";
import type { ResolvedAcdConfig } from "./config.ts";
import { type AcdRow, acdPages, acdRows } from "./pages.ts";
import type { AcdCallOptions, AcdRequester } from "./requester.ts";
import type { Skills } from "./skills.ts";
import { telephone } from "./telephone.ts";
import { timeOf } from "./times.ts";

type ListRecord = AcdRow<"readCallList">;

/** Default number of records per page. */
const PAGE = 1000;

/**
 * The contacts of one list, by id or name, or of several lists joined in one text. Only open records, which may still be called.
 */
export function contactsOf(
  requester: AcdRequester,
  skills: Skills,
  listId: string,
  { page = 1, pageSize = PAGE }: ContactsAsked,
  consent: ResolvedAcdConfig["consent"],
  options: AcdCallOptions,
): ViewList<ContactRow> {
  const pages = () => readPages(requester, () => skills.listIds(listId, options), { page, pageSize }, consent, options);
  return {
    pages,
    async *[Symbol.asyncIterator]() {
      for await (const { items } of pages()) yield* items as readonly ContactRow[];
    },
  };
}

/** The dials to the contacts of these lists since an instant, by number. A dial that has not ended yet is not listed: the record of its contact shows it. */
export async function placedOn(
  requester: AcdRequester,
  skills: Skills,
  listId: string,
  since: number,
  options: AcdCallOptions,
): Promise<ReadonlyMap<string, readonly number[]>> {
  const placed = new Map<string, number[]>();
  const query = { updatedSince: new Date(since).toISOString() };
  for (const id of await skills.listIds(listId, options))
    for await (const row of acdRows(requester, "listAttempts", { ...options, path: { listId: id }, query })) {
      const [at, number] = [timeOf(row.dateOfCall), telephone(row.formattedPhone)];
      if (at === undefined || at < since || number === undefined) continue;
      const times = placed.get(number);
      if (times === undefined) placed.set(number, [at]);
      else times.push(at);
    }
  return placed;
}

async function* readPages(
  requester: AcdRequester,
  ids: () => Promise<readonly string[]>,
  { page, pageSize }: { readonly page: number; readonly pageSize: number },
  consent: ResolvedAcdConfig["consent"],
  options: AcdCallOptions,
): AsyncGenerator<ViewPage, void, undefined> {
  let [number, skip] = [page, (page - 1) * pageSize];
  for (const id of await ids()) {
    let seen = 0;
    const setting = { ...options, path: { listId: id }, query: { includeRecords: true, finalized: false }, skip, top: pageSize };
    for await (const { rows } of acdPages(requester, "readCallList", setting)) {
      seen += rows.length;
      if (rows.length === 0) continue;
      yield { number, items: rows.map((row) => contactOf(row, consent)), reply: {}, nextToken: undefined };
      number += 1;
    }
    // Records skipped beyond the end of one list are skipped in the next. The number of records of a list is unknown, so its own
    // records are not subtracted.
    skip = seen > 0 ? 0 : skip;
  }
}

function contactOf(record: ListRecord, consent: ResolvedAcdConfig["consent"]): ContactRow {
  const { externalId, destinations, firstName, lastName, state, zip, timeZone, icModifiedDate, otherFields, ...vendor } = record;
  const others = Object.fromEntries((otherFields ?? []).map(({ fieldName, fieldValue }) => [fieldName ?? "", fieldValue]));
  const attributes: Readonly<Record<string, unknown>> = { ...vendor, ...others };
  const said = consent === undefined ? undefined : attributes[consent.field];
  const mayCall = typeof said === "string" && consent?.values.includes(said.trim().toLowerCase()) === true;
  const numbers = (destinations ?? []).flatMap(({ formattedDestination }) => telephone(formattedDestination || undefined) ?? []);
  return {
    id: externalId,
    phoneNumber: numbers[0],
    ...(numbers.length > 1 && { phoneNumbers: numbers }),
    firstName,
    lastName,
    state,
    postalCode: zip,
    timeZone,
    // A field that is missing, or not named in the configuration, is no consent.
    ...(consent !== undefined && { consentFlags: { outbound: { call: mayCall } } }),
    attributes,
    lastModifiedTime: icModifiedDate,
    calls: vendor.icAttempts,
    lastCallAt: timeOf(vendor.icDateOfLastCall),
  };
}
