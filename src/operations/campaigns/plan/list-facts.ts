// What a plan needs to know about a contact list: how many contacts are on it, in which places, and under which law.

import type { CompiledPack } from "../../../compliance/index.ts";
import { isTimeZone } from "../../../kernel/index.ts";
import { type ContactSource, parseContact, TenantError } from "../../../tenant/port.ts";

/** Contacts of a list in one zone under one set of jurisdictions. */
export interface ListPlace {
  readonly zone: string;
  /** Such as `*`, `US`, `US-FL`. */
  readonly jurisdictions: readonly string[];
  readonly contacts: number;
}

/** A contact list as a plan uses it. */
export interface ListFacts {
  readonly listId: string;
  /** Contacts on the list; null when the tenant does not say. */
  readonly total: number | null;
  /** Contacts whose place was determined. */
  readonly read: number;
  readonly places: readonly ListPlace[];
  /** Contacts that were read and whose number has no known place; the gate denies all of them. */
  readonly placeless: number;
  /** Why the list could not be read. */
  readonly problem: string | null;
  /** The tenant says that it has no such list; nobody is on it. */
  readonly absent?: boolean | undefined;
  /** A sentence when the list has far fewer contacts than it had; absent otherwise. */
  readonly shrunk?: string | undefined;
}

const PAGE = 100;

/** Reads a list's first page for the total, and up to `mostPages` pages spread over the whole list for the places. */
export async function readListFacts(
  source: ContactSource,
  listId: string,
  pack: CompiledPack,
  mostPages: number,
  signal?: AbortSignal,
): Promise<ListFacts> {
  const count = new PlaceCount(pack);
  let total: number | null = null;
  const readPage = async (page: number): Promise<number> => {
    for await (const { items, reply } of source.contacts(listId, { page, pageSize: PAGE }, { signal }).pages()) {
      total ??= typeof reply.total === "number" ? reply.total : null;
      for (const item of items) {
        const parsed = parseContact(item);
        count.add("item" in parsed ? parsed.item : undefined);
      }
      return items.length;
    }
    return 0;
  };
  try {
    await readPage(1);
    total ??= await openOn(source, listId, signal);
    const last = Math.ceil((total ?? 0) / PAGE);
    for (const page of spread(last, mostPages)) if ((await readPage(page)) === 0) break;
  } catch (thrown) {
    if (!(thrown instanceof TenantError) || thrown.code === "aborted" || thrown.code === "unauthorized") throw thrown;
    return { listId, total, read: 0, places: [], placeless: 0, problem: thrown.message, absent: thrown.code === "not_found" };
  }
  return { listId, total, ...count.found(), problem: null };
}

/** How many contacts of a list may still be called, where the tenant counts them elsewhere; null where it does not say. */
async function openOn({ counts }: ContactSource, listId: string, signal: AbortSignal | undefined): Promise<number | null> {
  try {
    const { contacts = null, final = null } = (await counts?.({ listId }, { signal })) ?? {};
    return contacts === null || final === null ? null : contacts - final;
  } catch (thrown) {
    if (!(thrown instanceof TenantError) || thrown.code === "aborted") throw thrown;
    return null;
  }
}

/**
 * The same for the people of a file that is to be uploaded to a list, together with those who are on it already. @param there the
 * list at the tenant
 */
export async function readUploadFacts(people: AsyncIterable<Contact>, there: ListFacts, pack: CompiledPack): Promise<ListFacts> {
  const count = new PlaceCount(pack);
  for (const place of there.places) count.addPlace(place, place.contacts);
  for await (const person of people) count.add(person);
  const { read, placeless, places } = count.found();
  return {
    listId: there.listId,
    total: there.absent ? read : there.total === null ? null : there.total + read,
    read: read + there.read,
    places,
    placeless: placeless + there.placeless,
    problem: there.absent ? null : there.problem,
    shrunk: there.shrunk,
  };
}

class PlaceCount {
  readonly #pack: CompiledPack;
  readonly #places = new Map<string, { zone: string; jurisdictions: readonly string[]; contacts: number }>();
  #read = 0;
  #placeless = 0;

  constructor(pack: CompiledPack) {
    this.#pack = pack;
  }

  /** @param contact undefined when it could not be read */
  add(contact: Contact | undefined): void {
    this.#read += 1;
    const found = contact === undefined ? [] : placesOf(contact, this.#pack);
    if (found.length === 0) this.#placeless += 1;
    for (const place of found) this.addPlace(place, 1);
  }

  addPlace({ zone, jurisdictions }: Omit<ListPlace, "contacts">, contacts: number): void {
    const key = `${zone} ${jurisdictions.join(" ")}`;
    const known = this.#places.get(key);
    if (known === undefined) this.#places.set(key, { zone, jurisdictions, contacts });
    else known.contacts += contacts;
  }

  /** The place with the most contacts first. */
  found(): Pick<ListFacts, "read" | "places" | "placeless"> {
    const places = [...this.#places.values()].sort((a, b) => b.contacts - a.contacts || (a.zone < b.zone ? -1 : 1));
    return { read: this.#read, places, placeless: this.#placeless };
  }
}

/** Up to `most` pages after the first, spread evenly over the list, the last one included. */
function spread(last: number, most: number): number[] {
  const count = Math.min(most - 1, last - 1);
  if (count < 1) return [];
  return [...new Set(Array.from({ length: count }, (_, i) => 1 + Math.ceil(((i + 1) * (last - 1)) / count)))];
}

/** The fields of a contact that determine its place. */
type Contact = {
  readonly phoneNumber?: string | undefined;
  readonly phoneNumbers?: readonly string[] | undefined;
  readonly postalCode?: unknown;
  readonly timeZone?: unknown;
};

/** The places of all its numbers: the dialer may choose any of them. */
function placesOf({ phoneNumber = "", phoneNumbers = [phoneNumber], ...contact }: Contact, pack: CompiledPack) {
  return phoneNumbers.flatMap((text) => placesOfNumber(text, contact, pack));
}

function placesOfNumber(
  text: string,
  { postalCode, timeZone }: Pick<Contact, "postalCode" | "timeZone">,
  pack: CompiledPack,
): Omit<ListPlace, "contacts">[] {
  const place = pack.place(text, typeof postalCode === "string" ? postalCode : undefined);
  const zones = new Set(place.zoneNames);
  // A zone on the list itself counts as well: the call must be allowed in both zones.
  if (typeof timeZone === "string" && isTimeZone(timeZone)) zones.add(timeZone);
  const jurisdictions = place.jurisdictions.length === 0 ? ["*"] : place.jurisdictions;
  return [...zones].map((zone) => ({ zone, jurisdictions }));
}
