// The contacts of one list: generated ones are computed when needed, explicit and changed ones are stored; filtered and sorted
// views are cached.

import type { Instant } from "../../kernel/index.ts";
import { type ScenarioContactList, scenarioInstant } from "../scenario/index.ts";
import { hash, seedWord, unit, weighted } from "./derive.ts";
import { type ContactFilter, holds, valueAtPath } from "./query.ts";

// Generated contacts: contact i of a list is computed from (seed, i), field by field, so that a million of them take no memory.

/** A contact as the store keeps and lists it (contract §2.3). */
export interface Contact {
  readonly id: string;
  readonly phoneNumber: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly timeZone?: string | undefined;
  readonly postalCode?: string | undefined;
  readonly state?: string | undefined;
  readonly consentFlags: { readonly outbound: Readonly<Record<string, boolean>> };
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly lastModifiedTime: string;
}

/** Zone, area code, state, first three digits of the postal code. */
const PLACES: readonly (readonly [zone: string, area: string, state: string, postal: string])[] = [
  ["America/New_York", "212", "NY", "100"],
  ["America/New_York", "617", "MA", "021"],
  ["America/New_York", "404", "GA", "303"],
  ["America/New_York", "305", "FL", "331"],
  ["America/Chicago", "312", "IL", "606"],
  ["America/Chicago", "214", "TX", "752"],
  ["America/Chicago", "612", "MN", "554"],
  ["America/Denver", "303", "CO", "802"],
  ["America/Denver", "801", "UT", "841"],
  ["America/Phoenix", "602", "AZ", "850"],
  ["America/Los_Angeles", "213", "CA", "900"],
  ["America/Los_Angeles", "206", "WA", "981"],
  ["America/Los_Angeles", "702", "NV", "891"],
  ["America/Anchorage", "907", "AK", "995"],
  ["Pacific/Honolulu", "808", "HI", "968"],
];
const DEFAULT_ZONES = {
  "America/New_York": 45,
  "America/Chicago": 28,
  "America/Denver": 6,
  "America/Phoenix": 3,
  "America/Los_Angeles": 18,
};
const FIRST_NAMES = [
  "Ana",
  "Ben",
  "Chloe",
  "Daniel",
  "Elena",
  "Farid",
  "Grace",
  "Hugo",
  "Ines",
  "James",
  "Keiko",
  "Liam",
  "Maya",
];
const LAST_NAMES = [
  "Adams",
  "Brown",
  "Chen",
  "Diaz",
  "Evans",
  "Fischer",
  "Garcia",
  "Hill",
  "Ito",
  "Jones",
  "Khan",
  "Lopez",
  "Moore",
];
const SEGMENTS = ["bronze", "silver", "gold"];
const LANGUAGES = ["en", "en", "en", "es"];
const FALLBACK_PLACE = ["", "500", "", ""] as const;

const Purpose = {
  zone: 0,
  place: 1,
  consent: 2,
  sms: 3,
  first: 4,
  last: 5,
  segment: 6,
  score: 7,
  postal: 8,
  language: 9,
  gap: 10,
};

/** From 555 on, without the service codes (N11). */
const EXCHANGES = Array.from({ length: 800 }, (_, i) => 200 + ((355 + i) % 800)).filter((exchange) => exchange % 100 !== 11);

function createPeople(list: ScenarioContactList, seed: number | string, start: Instant) {
  const rule = list.generate;
  const count = rule?.count ?? 0;
  const word = seedWord(seed, `contacts/${list.id}`);
  const prefix = `${list.id}-p`;
  const zones = Array.isArray(rule?.zones)
    ? Object.fromEntries(rule.zones.map((zone) => [zone, 1]))
    : (rule?.zones ?? DEFAULT_ZONES);
  const drawZone = weighted(zones);
  const placesOf = new Map(Object.keys(zones).map((zone) => [zone, PLACES.filter((place) => place[0] === zone)]));
  const consented = rule?.consented;
  const consentRate = rule?.consentRate ?? 0.8;
  const withoutZoneRate = rule?.withoutZoneRate ?? 0;
  const draw = (index: number, purpose: number): number => unit(word, index, purpose);
  const pick = <T>(index: number, purpose: number, from: readonly T[]): T | undefined =>
    from[hash(word, index, purpose) % from.length];

  const zoneOf = (index: number): string | undefined => drawZone(draw(index, Purpose.zone));
  const zoneKnown = (index: number): boolean => withoutZoneRate === 0 || draw(index, Purpose.gap) >= withoutZoneRate;
  const placeOf = (index: number) => {
    const places = placesOf.get(zoneOf(index) ?? "") ?? [];
    return pick(index, Purpose.place, places) ?? FALLBACK_PLACE;
  };
  const mayCall = (index: number): boolean =>
    consented === undefined
      ? draw(index, Purpose.consent) < consentRate
      : // Exactly `consented` of `count`, evenly distributed.
        Math.floor(((index + 1) * consented) / count) > Math.floor((index * consented) / count);

  const id = (index: number): string => prefix + String(index + 1).padStart(7, "0");
  const modifiedAt = (index: number): Instant => start - (index + 1) * 1000;
  // The first ten thousand numbers are in the exchange 555; no two contacts share exchange and line below 7.92 million.
  const phone = (index: number): string =>
    `+1${placeOf(index)[1]}${EXCHANGES[Math.floor(index / 10_000) % EXCHANGES.length]}${String(index % 10_000).padStart(4, "0")}`;

  const fields: Readonly<Record<string, (index: number) => unknown>> = {
    id,
    phoneNumber: phone,
    firstName: (i) => pick(i, Purpose.first, FIRST_NAMES),
    lastName: (i) => pick(i, Purpose.last, LAST_NAMES),
    timeZone: (i) => (zoneKnown(i) ? zoneOf(i) : undefined),
    state: (i) => (zoneKnown(i) ? placeOf(i)[2] || undefined : undefined),
    postalCode: (i) => {
      const [, , , postal] = placeOf(i);
      return postal === "" || !zoneKnown(i) ? undefined : postal + String(hash(word, i, Purpose.postal) % 100).padStart(2, "0");
    },
    "consentFlags.outbound.call": mayCall,
    "consentFlags.outbound.sms": (i) => draw(i, Purpose.sms) < 0.5,
    "attributes.segment": (i) => pick(i, Purpose.segment, SEGMENTS),
    "attributes.language": (i) => pick(i, Purpose.language, LANGUAGES),
    "attributes.score": (i) => hash(word, i, Purpose.score) % 101,
    lastModifiedTime: (i) => new Date(modifiedAt(i)).toISOString(),
  };
  const value = (index: number, path: string): unknown => (Object.hasOwn(fields, path) ? fields[path]?.(index) : undefined);
  const optional = (index: number, path: string): string | undefined => {
    const found = value(index, path);
    return typeof found === "string" ? found : undefined;
  };
  const text = (index: number, path: string): string => optional(index, path) ?? "";

  return {
    count,
    /** Ids are `<list id>-p` and seven digits, from 1. */
    id,
    /** The value at a dotted path without building the contact. */
    value,
    /** Decreases with the index: the first contact was modified last. */
    modifiedAt,
    indexOf(sought: string): number | undefined {
      if (!sought.startsWith(prefix)) return undefined;
      const index = Number(sought.slice(prefix.length)) - 1;
      return index >= 0 && index < count && id(index) === sought ? index : undefined;
    },
    build: (index: number): Contact => ({
      id: id(index),
      phoneNumber: phone(index),
      firstName: text(index, "firstName"),
      lastName: text(index, "lastName"),
      timeZone: optional(index, "timeZone"),
      postalCode: optional(index, "postalCode"),
      state: optional(index, "state"),
      consentFlags: { outbound: { call: mayCall(index), sms: value(index, "consentFlags.outbound.sms") === true } },
      attributes: {
        segment: value(index, "attributes.segment"),
        language: value(index, "attributes.language"),
        score: value(index, "attributes.score"),
      },
      lastModifiedTime: text(index, "lastModifiedTime"),
    }),
  };
}

interface ContactPageRequest {
  readonly filter: ContactFilter;
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

export type ContactStore = Readonly<ReturnType<typeof createContactStore>>;

/** Most cached views; each takes four bytes per contact. */
const VIEWS = 4;

export function createContactStore(options: {
  readonly list: ScenarioContactList;
  readonly seed: number | string;
  /** The sandbox's start, which relative times count from. */
  readonly start: Instant;
}) {
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

  const slots = (filter: ContactFilter): Uint32Array => {
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
    get size(): number {
      return people.count + kept.length - replaced.size;
    },
    get(id: string): Contact | undefined {
      const slot = slotOf.get(id) ?? people.indexOf(id);
      return slot === undefined ? undefined : contactAt(slot);
    },
    /** The contact at a place of the list, from 0 to `size` - 1, for walking through it. */
    at(place: number): Contact | undefined {
      const slot = slotAt(place);
      return slot === undefined ? undefined : contactAt(slot);
    },
    /** Whether the contact at a place may be called (`consentFlags.outbound.call`), without building it. */
    mayCall(place: number): boolean {
      const slot = slotAt(place);
      return slot !== undefined && valueOf(slot, "consentFlags.outbound.call") === true;
    },
    /** Contacts that match the filter; `total` is the number of all of them. */
    page(request: ContactPageRequest): { contacts: Contact[]; total: number } {
      const found = view(request);
      const contacts = Array.from(found.subarray(request.offset, request.offset + request.limit), contactAt);
      return { contacts: contacts.filter((contact) => contact !== undefined), total: found.length };
    },
    /** Adds a contact or replaces the one with its id. */
    upsert(contact: Contact): void {
      keep(contact);
      views.clear();
    },
    snapshot: (): ContactStoreSnapshot => ({ kept: [...kept] }),
    restore: (snapshot: ContactStoreSnapshot): void => restore(snapshot.kept),
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
