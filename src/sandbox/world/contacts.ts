// The contacts of one list: generated ones are computed when needed, explicit and changed ones are stored; filtered and sorted
// views are cached.

import type { Instant } from "../../kernel/index.ts";
import { type ScenarioContactList, scenarioInstant } from "../scenario/index.ts";
import { type Contact, createPeople } from "./people.ts";
import { type ContactQuery, holds, valueAtPath } from "./query.ts";

export type { Contact } from "./people.ts";

interface ContactPageRequest {
  readonly filter: ContactQuery;
  /** Dotted path; default: the order of the list. */
  readonly sortBy?: string | undefined;
  /** Default "asc". */
  readonly sortOrder?: "asc" | "desc" | undefined;
  readonly offset: number;
  readonly limit: number;
}

export interface ContactStoreSnapshot {
  readonly kept: readonly Contact[];
}

export interface ContactStore {
  readonly size: number;
  get(id: string): Contact | undefined;
  /** The contact at a place of the list, from 0 to `size` - 1, for walking through it. */
  at(place: number): Contact | undefined;
  /** Whether the contact at a place may be called (`consentFlags.outbound.call`), without building it. */
  mayCall(place: number): boolean;
  /** Contacts that match the filter; `total` is the number of all of them. */
  page(request: ContactPageRequest): { contacts: Contact[]; total: number };
  /** Adds a contact or replaces the one with its id. */
  upsert(contact: Contact): void;
  snapshot(): ContactStoreSnapshot;
  restore(snapshot: ContactStoreSnapshot): void;
}

/** Most cached views; each takes four bytes per contact. */
const VIEWS = 4;

export function createContactStore(options: {
  readonly list: ScenarioContactList;
  readonly seed: number | string;
  /** The sandbox's start, which relative times count from. */
  readonly start: Instant;
}): ContactStore {
  const { list, seed, start } = options;
  const people = createPeople(list, seed, start);
  // A slot below people.count is a generated contact, one above is a stored contact.
  let kept: Contact[] = [];
  let slotOf = new Map<string, number>();
  /** Generated contacts that a stored one replaces. */
  let replaced = new Set<number>();
  let views = new Map<string, Uint32Array>();

  const keep = (contact: Contact): void => {
    const slot = slotOf.get(contact.id);
    if (slot !== undefined) {
      kept[slot - people.count] = contact;
      return;
    }
    slotOf.set(contact.id, people.count + kept.length);
    kept.push(contact);
    const generated = people.indexOf(contact.id);
    if (generated !== undefined) replaced.add(generated);
  };
  const contactAt = (slot: number): Contact | undefined => (slot < people.count ? people.build(slot) : kept[slot - people.count]);
  const valueOf = (slot: number, path: string): unknown =>
    slot < people.count ? people.value(slot, path) : valueAtPath(kept[slot - people.count], path);
  const modifiedAt = (slot: number): Instant =>
    slot < people.count ? people.modifiedAt(slot) : Date.parse(kept[slot - people.count]?.lastModifiedTime ?? "") || 0;

  const slots = (filter: ContactQuery): Uint32Array => {
    const found = new Uint32Array(people.count + kept.length);
    let length = 0;
    const [only] = filter.terms;
    for (let slot = 0; slot < found.length; slot++) {
      if (replaced.size > 0 && replaced.has(slot)) continue;
      const fits =
        only === undefined ||
        (filter.terms.length === 1
          ? holds(only, valueOf(slot, only.path))
          : filter.terms.every((term) => holds(term, valueOf(slot, term.path))));
      if (fits) found[length++] = slot;
    }
    return found.slice(0, length);
  };

  const sorted = (found: Uint32Array, sortBy: string | undefined, sortOrder: "asc" | "desc"): Uint32Array => {
    if (sortBy === undefined) return sortOrder === "asc" ? found : found.reverse();
    if (sortBy === "lastModifiedTime") return byModification(found, people.count, modifiedAt, sortOrder);
    return byRank(found, (slot) => valueOf(slot, sortBy), sortOrder);
  };

  const view = ({ filter, sortBy, sortOrder = "asc" }: ContactPageRequest): Uint32Array => {
    const key = JSON.stringify([filter.text, sortBy, sortOrder]);
    const known = views.get(key);
    if (known !== undefined) return known;
    const made = sorted(slots(filter), sortBy, sortOrder);
    const [oldest] = views.keys();
    if (views.size >= VIEWS && oldest !== undefined) views.delete(oldest);
    views.set(key, made);
    return made;
  };

  const restore = (contacts: readonly Contact[]): void => {
    kept = [];
    slotOf = new Map();
    replaced = new Set();
    views = new Map();
    for (const contact of contacts) keep(contact);
  };
  restore(
    list.contacts.map((contact) => ({
      ...contact,
      lastModifiedTime: new Date(scenarioInstant(contact.lastModifiedTime ?? "-0s", start)).toISOString(),
    })),
  );

  const everyone: ContactPageRequest = { filter: { text: "true", terms: [] }, offset: 0, limit: 0 };
  /** Without replacements, place and slot are equal and no view is needed. */
  const slotAt = (place: number): number | undefined => {
    const slot = replaced.size === 0 ? place : view(everyone)[place];
    return slot === undefined || slot < 0 || slot >= people.count + kept.length ? undefined : slot;
  };
  return {
    get size() {
      return people.count + kept.length - replaced.size;
    },
    get(id) {
      const slot = slotOf.get(id) ?? people.indexOf(id);
      return slot === undefined ? undefined : contactAt(slot);
    },
    at(place) {
      const slot = slotAt(place);
      return slot === undefined ? undefined : contactAt(slot);
    },
    mayCall(place) {
      const slot = slotAt(place);
      return slot !== undefined && valueOf(slot, "consentFlags.outbound.call") === true;
    },
    page(request) {
      const found = view(request);
      const contacts = Array.from(found.subarray(request.offset, request.offset + request.limit), contactAt);
      return { contacts: contacts.filter((contact) => contact !== undefined), total: found.length };
    },
    upsert(contact) {
      keep(contact);
      views.clear();
    },
    snapshot: () => ({ kept: [...kept] }),
    restore: (snapshot) => restore(snapshot.kept),
  };
}

/** Merges the generated slots, whose times decrease with the slot, with the few stored ones. */
function byModification(
  found: Uint32Array,
  generatedCount: number,
  modifiedAt: (slot: number) => Instant,
  sortOrder: "asc" | "desc",
): Uint32Array {
  const firstKept = found.findIndex((slot) => slot >= generatedCount);
  const generated = firstKept < 0 ? found : found.subarray(0, firstKept);
  const others = firstKept < 0 ? [] : [...found.subarray(firstKept)].sort((a, b) => modifiedAt(b) - modifiedAt(a) || a - b);
  const merged = new Uint32Array(found.length);
  let g = 0;
  for (let i = 0, k = 0; i < merged.length; i++) {
    const [left, right] = [generated[g], others[k]];
    const takeKept = right !== undefined && (left === undefined || modifiedAt(right) >= modifiedAt(left));
    merged[i] = (takeKept ? right : left) ?? 0;
    if (takeKept) k += 1;
    else g += 1;
  }
  return sortOrder === "desc" ? merged : merged.reverse();
}

/** Sorts by value, then by slot: each distinct value gets a rank, so that a million slots are sorted as numbers. */
function byRank(found: Uint32Array, valueOf: (slot: number) => unknown, sortOrder: "asc" | "desc"): Uint32Array {
  const values = Array.from(found, valueOf);
  const sign = sortOrder === "asc" ? 1 : -1;
  const ranks = new Map([...new Set(values)].sort((a, b) => compare(a, b, sign)).map((value, rank) => [value, rank]));
  // Rank and place in one number, which is exact below 2^53.
  const keys = Float64Array.from(values, (value, place) => (ranks.get(value) ?? 0) * found.length + place).sort();
  return Uint32Array.from(keys, (key) => found[key % found.length] ?? 0);
}

/** Numbers before texts before missing values; missing values are last in either order. */
function compare(a: unknown, b: unknown, sign: 1 | -1): number {
  const absent = (a === undefined || a === null ? 1 : 0) - (b === undefined || b === null ? 1 : 0);
  if (absent !== 0 || a === undefined || a === null) return absent;
  if (typeof a === "number" && typeof b === "number") return sign * (a - b);
  if (typeof a === "number" || typeof b === "number") return sign * (typeof a === "number" ? -1 : 1);
  const [left, right] = [typeof a === "string" ? a : JSON.stringify(a), typeof b === "string" ? b : JSON.stringify(b)];
  return sign * (left < right ? -1 : left > right ? 1 : 0);
}
