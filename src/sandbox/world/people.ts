// Generated contacts: contact i of a list is computed from (seed, i), field by field, so that a million of them take no memory.

import type { Instant } from "../../kernel/index.ts";
import type { ScenarioContactList } from "../scenario/index.ts";
import { hash, seedWord, unit, weighted } from "./derive.ts";

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

export interface People {
  readonly count: number;
  /** Ids are `<list id>-p` and seven digits, from 1. */
  id(index: number): string;
  indexOf(id: string): number | undefined;
  build(index: number): Contact;
  /** The value at a dotted path without building the contact. */
  value(index: number, path: string): unknown;
  /** Decreases with the index: the first contact was modified last. */
  modifiedAt(index: number): Instant;
}

/** From 555 on, without the service codes (N11). */
const EXCHANGES = Array.from({ length: 800 }, (_, i) => 200 + ((355 + i) % 800)).filter((exchange) => exchange % 100 !== 11);

export function createPeople(list: ScenarioContactList, seed: number | string, start: Instant): People {
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
    id,
    value,
    modifiedAt,
    indexOf(sought) {
      if (!sought.startsWith(prefix)) return undefined;
      const index = Number(sought.slice(prefix.length)) - 1;
      return index >= 0 && index < count && id(index) === sought ? index : undefined;
    },
    build: (index) => ({
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
