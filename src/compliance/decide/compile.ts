// A compiled rule pack: shared zones, calendars as sets of days, and for every place the rules that bind there, compiled when
// first needed.

import { ZONE_DATA } from "../data/zone-data.ts";
import { ComplianceError } from "../error.ts";
import { areaCodeOf, callingCountries, certainText, normalisePostal, readNumber } from "../geography/numbers.ts";
import type { AreaCode, Geography, PostalPlace } from "../geography/types.ts";
import { CALL_TYPES, type CallType, type InlineGeography, type Rule, type RulePack } from "../pack/schema.ts";
import { parseDay } from "../time/civil.ts";
import { outdatedZones, type Zone, zoneOf } from "../time/zone.ts";
import { type BoundRule, bindRule, DNC_NOT_COVERED } from "./bind.ts";
import { DecisionContext, type RelationshipMonths } from "./context.ts";

/** The violation of a text that names no number, whatever the pack says. */
export const INVALID_NUMBER = "INVALID_NUMBER";
/** The violation of a number whose place is not known. */
export const UNRESOLVED_LOCATION = "UNRESOLVED_LOCATION";
/** The violation of a number in a country without rules in the pack. */
export const COUNTRY_NOT_COVERED = "COUNTRY_NOT_COVERED";
/** The violation of a call that depends on a zone of which this runtime's data are outdated. */
export const ZONE_DATA_OLD = "ZONE_DATA_OLD";

const NONE: readonly string[] = [];

/** Where a number and an address may be: the zones that count and the rules that bind there. */
export interface Place {
  readonly zones: readonly Zone[];
  readonly zoneNames: readonly string[];
  readonly jurisdictions: readonly string[];
  readonly countries: readonly string[];
  /** Zones of the place, or of rules that bind there, whose clocks are not known. */
  readonly outdated: readonly string[];
  /** Index of the violation when the place itself forbids a call, else -1. */
  readonly fault: number;
  readonly rules: Readonly<Record<CallType, readonly BoundRule[]>>;
  /** The numbers of a text that names several, each in a writing with one reading: they are decided one by one. */
  readonly several: readonly string[] | undefined;
}

/** What a pack is compiled with. */
export interface CompileOptions {
  /** The tables for packs whose geography is "builtin". */
  readonly geography?: Geography | undefined;
  /** Version of this runtime's time-zone data, such as Node's `process.versions.tz`; part of the record of each decision. */
  readonly timeZoneData?: string | undefined;
}

/** A compiled pack, for `decide`. It caches zone tables and places while deciding; the answers do not depend on the cache. */
export class CompiledPack {
  readonly pack: RulePack;
  /** `id@version`. */
  readonly packVersion: string;
  readonly timeZoneData: string;
  readonly geographyVersion: string;
  /** Zones in which nothing is decided, because this runtime's data do not know how their clocks changed. */
  readonly outdated: ReadonlySet<string>;
  /** The oldest time-zone data that the rules and the tables of places need, such as "2026c". */
  readonly neededZoneData: string;
  /** Every violation the pack can report, sorted. */
  readonly violations: readonly string[];
  /** Reused by all decisions with this pack. */
  readonly context: DecisionContext;

  /** Zones whose clocks changed lately, each by one name. */
  readonly #changed: readonly string[];
  readonly #geography: Geography;
  readonly #calendars = new Map<string, ReadonlySet<number>>();
  readonly #countries: ReadonlySet<string>;
  readonly #bound = new Map<string, BoundRule | undefined>();
  readonly #byAreaCode: (Place | undefined)[] = [];
  /** Places of people whose address is not in the tables, by area code. */
  readonly #addressUnknown: (Place | undefined)[] = [];
  readonly #byAddress = new WeakMap<PostalPlace, Map<number, Place>>();
  readonly #byCity = new Map<string, Place>();
  readonly #cities: Cities;
  readonly #byCountries = new Map<readonly string[], Place>();
  readonly #invalid: Place;
  #nowhere: Place | undefined;

  /**
   * Throws `invalid_pack` when the pack needs the built-in geography and none is given, `unknown_zone` when the runtime does not
   * have a zone of the pack.
   */
  constructor(pack: RulePack, options: CompileOptions = {}) {
    this.pack = pack;
    this.packVersion = `${pack.id}@${pack.version}`;
    this.timeZoneData = options.timeZoneData ?? "unknown";
    // The tables of places need these data even when the pack says nothing about it.
    const changes = [...ZONE_DATA.changes, ...(pack.zoneData?.changes ?? [])];
    this.outdated = outdatedZones(changes);
    this.#changed = changes.flatMap(({ zones: [name] }) => name ?? []);
    this.neededZoneData = [ZONE_DATA.version, pack.zoneData?.version ?? ""].sort().at(-1) ?? "";
    this.#geography = geographyFor(pack, options.geography);
    this.geographyVersion = this.#geography.version;
    this.#cities = new Cities(pack.jurisdictions);
    this.violations = violationsOf(pack);
    this.context = new DecisionContext(this.violations.length);
    this.#countries = new Set(
      [...pack.rules.map((rule) => rule.jurisdiction), ...pack.jurisdictions.map(({ id }) => id)].map(
        (id) => id.split("-")[0] ?? id,
      ),
    );
    this.#invalid = {
      zones: [],
      zoneNames: [],
      jurisdictions: [],
      countries: [],
      outdated: [],
      fault: this.violation(INVALID_NUMBER),
      rules: noRules(),
      several: undefined,
    };
  }

  /** What is wrong with this runtime's time-zone data, and what would mend it; null when nothing is. */
  zoneTrouble(zones: readonly string[] = this.#changed.filter((name) => this.outdated.has(name))): string | null {
    if (zones.length === 0) return null;
    return `the time-zone data of this machine (${this.timeZoneData}) do not know how the clocks of ${zones.join(", ")} changed, so no call that depends on them is allowed: ${this.neededZoneData} or newer is needed, which a newer release of Node brings`;
  }

  /** Index of a violation id. */
  violation(id: string): number {
    return this.violations.indexOf(id);
  }

  /** The zone of a name, always the same object. Throws `unknown_zone`. */
  zone(name: string): Zone {
    return zoneOf(name);
  }

  /** The days of a calendar, as day numbers. */
  calendar(name: string): ReadonlySet<number> {
    let days = this.#calendars.get(name);
    if (days === undefined) {
      days = new Set((this.pack.calendars[name]?.days ?? []).map((day) => parseDay(day, `calendar ${name}`)));
      this.#calendars.set(name, days);
    }
    return days;
  }

  /**
   * The shortest terms set by the jurisdiction itself, its state, its country, or the rule that binds everywhere. Undefined when
   * none sets any: then no relationship lifts a rule.
   */
  relationship(jurisdiction: string): RelationshipMonths | undefined {
    const [country = jurisdiction, state] = jurisdiction.split("-");
    const within = ["*", country, `${country}-${state}`, jurisdiction];
    let shortest: RelationshipMonths | undefined;
    for (const rule of this.pack.rules) {
      if (rule.kind !== "relationship" || !within.includes(rule.jurisdiction)) continue;
      shortest = {
        transaction: Math.min(shortest?.transaction ?? Number.POSITIVE_INFINITY, rule.months.transaction),
        inquiry: Math.min(shortest?.inquiry ?? Number.POSITIVE_INFINITY, rule.months.inquiry),
      };
    }
    return shortest;
  }

  /** The place of a call to `number`, to a person at `postal`. A text that may name several numbers names no place, but the numbers. */
  place(number: string, postal: string | undefined): Place {
    const areaCode = areaCodeOf(number);
    if (areaCode !== 0) return this.#inNorthAmerica(areaCode, postal);
    const read = readNumber(number);
    if ("problem" in read) return this.#invalid;
    const [one, ...others] = read.numbers;
    if (others.length > 0) return { ...this.#invalid, several: read.numbers.map(certainText) };
    const code = areaCodeOf(one);
    return code === 0 ? this.#abroad(one, postal) : this.#inNorthAmerica(code, postal);
  }

  #inNorthAmerica(areaCode: number, postal: string | undefined): Place {
    if (postal !== undefined) {
      // A code that the tables do not have may be newer than they are: an address does not make it a known one.
      if (this.#geography.areaCode(areaCode) === undefined && !this.#geography.isNonGeographic(areaCode)) return this.#unplaced;
      const code = normalisePostal(postal);
      const address = code === undefined ? undefined : this.#geography.postal(code);
      if (address === undefined || code === undefined) return this.#placeUnknown(areaCode);
      const cities = this.#cities.ofPostal(code);
      return cities.length === 0 ? this.#atAddress(areaCode, address) : this.#inCity(areaCode, code, address, cities);
    }
    const known = this.#byAreaCode[areaCode];
    if (known !== undefined) return known;
    const place = this.#ofAreaCode(areaCode);
    this.#byAreaCode[areaCode] = place;
    return place;
  }

  #ofAreaCode(code: number): Place {
    const area = this.#geography.areaCode(code);
    if (area === undefined) return this.#geography.isNonGeographic(code) ? this.#make([], []) : this.#unplaced;
    return this.#make([...jurisdictionsOf(area.country, area.states), ...this.#cities.ofAreaCode(code)], area.zones);
  }

  /** The place of a number in an area code that the tables do not have: those of a pack of its own say which numbers there are. */
  get #unplaced(): Place {
    this.#nowhere ??= this.pack.geography === "builtin" ? this.#make([], []) : this.#invalid;
    return this.#nowhere;
  }

  /**
   * With an address that is not in the tables the person may be anywhere: the rules of the area code's states bind, but no zone
   * is certain.
   */
  #placeUnknown(code: number): Place {
    const known = this.#addressUnknown[code];
    if (known !== undefined) return known;
    const place = this.#atUnknown(code);
    this.#addressUnknown[code] = place;
    return place;
  }

  #atUnknown(code: number): Place {
    const area = this.#geography.areaCode(code);
    const here = area === undefined ? [] : [...jurisdictionsOf(area.country, area.states), ...this.#cities.ofAreaCode(code)];
    return this.#make(here, []);
  }

  /**
   * For an address in a city with rules of its own, the city's rules bind as well; the cities of the area code then do not count.
   */
  #inCity(areaCode: number, code: string, address: PostalPlace, cities: readonly string[]): Place {
    const key = `${areaCode} ${code}`;
    let place = this.#byCity.get(key);
    if (place === undefined) {
      place = this.#near(areaCode, address, cities);
      this.#byCity.set(key, place);
    }
    return place;
  }

  #atAddress(code: number, address: PostalPlace): Place {
    let places = this.#byAddress.get(address);
    if (places === undefined) {
      places = new Map();
      this.#byAddress.set(address, places);
    }
    let place = places.get(code);
    if (place === undefined) {
      place = this.#near(code, address, NONE);
      places.set(code, place);
    }
    return place;
  }

  /** The rules of the area code's states and of the address's state and city bind. */
  #near(code: number, address: PostalPlace, cities: readonly string[]): Place {
    const area = this.#geography.areaCode(code);
    const of = area === undefined ? NONE : jurisdictionsOf(area.country, area.states);
    const here = jurisdictionsOf(address.country, [address.state]);
    return this.#make([...of, ...here, ...cities], zonesOf(area?.zones ?? NONE, address.zones));
  }

  /**
   * Outside of the North American plan, every zone of every country that shares the calling code counts, and the main country's
   * rules bind. A North American address adds its zones and rules. Five digits alone are taken for a ZIP only where the country
   * has no five-digit codes itself.
   */
  #abroad(number: string, postal: string | undefined): Place {
    const countries = callingCountries(number);
    if (countries === undefined) return this.#invalid;
    const [main] = countries;
    const home = main === undefined ? [] : [main];
    const code = postal === undefined ? undefined : normalisePostal(postal);
    if (code !== undefined && (main === "GB" || !/^\d+$/.test(code))) {
      const address = this.#geography.postal(code);
      if (address === undefined) return this.#make(home, []);
      const here = [...jurisdictionsOf(address.country, [address.state]), ...this.#cities.ofPostal(code)];
      const abroad = countries.flatMap((country) => this.#geography.countryZones(country));
      return this.#make([...home, ...here], zonesOf(abroad, address.zones));
    }
    let place = this.#byCountries.get(countries);
    if (place === undefined) {
      place = this.#make(
        home,
        countries.flatMap((country) => this.#geography.countryZones(country)),
      );
      this.#byCountries.set(countries, place);
    }
    return place;
  }

  #make(jurisdictions: readonly string[], zoneNames: readonly string[]): Place {
    const names = [...new Set(zoneNames)];
    const binding = [...new Set(["*", ...jurisdictions])];
    const uncovered = jurisdictions.some((id) => id !== "*" && !id.includes("-") && !this.#countries.has(id));
    const ofRules = this.pack.rules.flatMap((rule) =>
      "zone" in rule && rule.zone !== undefined && binding.includes(rule.jurisdiction) ? rule.zone : NONE,
    );
    const outdated = [...new Set([...names, ...ofRules])].filter((name) => this.outdated.has(name));
    const fault =
      names.length === 0
        ? UNRESOLVED_LOCATION
        : uncovered
          ? COUNTRY_NOT_COVERED
          : outdated.length > 0
            ? ZONE_DATA_OLD
            : undefined;
    const rules = noRules();
    // By a wrong clock nothing is said: neither a local time nor what other rules find.
    const counted = fault === ZONE_DATA_OLD ? [] : names;
    if (fault !== ZONE_DATA_OLD) for (const type of CALL_TYPES) rules[type] = this.#rulesFor(binding, type);
    return {
      zones: counted.map((name) => this.zone(name)),
      zoneNames: Object.freeze(counted),
      jurisdictions: binding,
      countries: countriesOf(binding),
      outdated,
      fault: fault === undefined ? -1 : this.violation(fault),
      rules,
      several: undefined,
    };
  }

  #rulesFor(jurisdictions: readonly string[], type: CallType): readonly BoundRule[] {
    const countries = countriesOf(jurisdictions);
    const binding = this.pack.rules.filter(
      (rule) =>
        jurisdictions.includes(rule.jurisdiction) && rule.binds.includes(type) && !isExcepted(rule.except ?? NONE, countries),
    );
    const revocationsReported = binding.some((rule) => rule.kind === "consent-revocation");
    return binding.flatMap((rule) => this.#bind(rule, revocationsReported) ?? []);
  }

  #bind(rule: Rule, revocationsReported: boolean): BoundRule | undefined {
    const key = `${rule.id} ${revocationsReported}`;
    if (!this.#bound.has(key)) {
      const { pack } = this;
      const binding = {
        pack,
        zone: (name: string) => this.zone(name),
        calendar: (name: string) => this.calendar(name),
        violation: (id: string) => this.violation(id),
        relationship: (jurisdiction: string) => this.relationship(jurisdiction),
      };
      this.#bound.set(key, bindRule(rule, binding, revocationsReported));
    }
    return this.#bound.get(key);
  }
}

/**
 * Compiles a pack. Throws `invalid_pack` when it needs the built-in geography and none is given, `unknown_zone` when the runtime
 * does not have a zone of the pack.
 */
export function compilePack(pack: RulePack, options: CompileOptions = {}): CompiledPack {
  return new CompiledPack(pack, options);
}

/**
 * The zones in which somebody with a number of some zones and an address in others may be: an address within the number's zones says
 * which of them; another one conflicts with the number, and both count (12 CFR 1006.6(b)(1)(i), comment 2).
 */
function zonesOf(number: readonly string[], address: readonly string[]): readonly string[] {
  return address.every((zone) => number.includes(zone)) ? address : [...number, ...address];
}

function countriesOf(jurisdictions: readonly string[]): readonly string[] {
  return jurisdictions.filter((id) => id !== "*" && !id.includes("-"));
}

/** Whether a rule for everywhere does not bind, because each of the countries has a rule of its own. */
function isExcepted(except: readonly string[], countries: readonly string[]): boolean {
  return countries.length > 0 && countries.every((country) => except.includes(country));
}

function noRules(): Record<CallType, readonly BoundRule[]> {
  return { telemarketing: [], prerecorded: [], collection: [] };
}

function geographyFor(pack: RulePack, builtin: Geography | undefined): Geography {
  if (pack.geography !== "builtin") return geographyOf(pack.geography, `${pack.id}@${pack.version}`);
  if (builtin !== undefined) return builtin;
  throw new ComplianceError("invalid_pack", `${pack.id} uses the built-in tables of places, which were not given to compilePack`);
}

function jurisdictionsOf(country: string, states: readonly string[]): string[] {
  return [country, ...states.filter((state) => state !== "").map((state) => `${country}-${state}`)];
}

function violationsOf(pack: RulePack): readonly string[] {
  const ids = new Set([INVALID_NUMBER, UNRESOLVED_LOCATION, COUNTRY_NOT_COVERED, ZONE_DATA_OLD]);
  for (const rule of pack.rules) {
    if ("violation" in rule) ids.add(rule.violation);
    if (rule.kind === "calling-hours" && rule.closedDayViolation !== undefined) ids.add(rule.closedDayViolation);
    if (rule.kind === "consent-required") ids.add(rule.reassignedViolation);
    if (rule.kind === "do-not-call-list") ids.add(rule.staleViolation);
    if (rule.kind === "do-not-call-list" || rule.kind === "registry-age") ids.add(DNC_NOT_COVERED);
  }
  return [...ids].sort();
}

// The geography that a pack brings itself, as lookups.

/** Splits "US-FL" into country and state. */
function splitJurisdiction(id: string): { country: string; state: string | undefined } {
  const [country = id, state] = id.split("-");
  return { country, state };
}

/** @param version its name in the record of a decision */
function geographyOf(data: InlineGeography, version: string): Geography {
  const areaCodes = new Map<number, AreaCode>();
  for (const [code, { jurisdiction, zones }] of Object.entries(data.areaCodes)) {
    const { country, state } = splitJurisdiction(jurisdiction);
    areaCodes.set(Number(code), { country, states: state === undefined ? [] : [state], zones });
  }
  const nonGeographic = new Set(data.nonGeographic.map(Number));
  const places = new Map<string, PostalPlace>();
  const postal = new Map<string, PostalPlace>();
  for (const [code, { jurisdiction, zone }] of Object.entries(data.postal)) {
    const { country, state = "" } = splitJurisdiction(jurisdiction);
    const key = `${jurisdiction} ${zone}`;
    const place = places.get(key) ?? { country, state, zones: [zone] };
    places.set(key, place);
    postal.set(normalisePostal(code) ?? code, place);
  }
  const none: readonly string[] = [];
  return {
    version,
    areaCode: (code) => areaCodes.get(code),
    isNonGeographic: (code) => nonGeographic.has(code),
    postal: (code) => postal.get(code),
    countryZones: (country) => data.countries[country] ?? none,
  };
}

// Cities with rules of their own, and which numbers and addresses may be in them.

/** The cities of a pack. */
class Cities {
  readonly #byAreaCode = new Map<number, string[]>();
  readonly #byPrefix = new Map<string, string[]>();
  /** The lengths of postal prefixes that occur. */
  readonly #lengths: readonly number[];

  constructor(jurisdictions: RulePack["jurisdictions"]) {
    for (const { id, places } of jurisdictions) {
      for (const code of places?.areaCodes ?? []) add(this.#byAreaCode, Number(code), id);
      for (const prefix of places?.postal ?? []) add(this.#byPrefix, prefix, id);
    }
    this.#lengths = [...new Set([...this.#byPrefix.keys()].map((prefix) => prefix.length))];
  }

  /** Cities that a number of an area code may be in, when no address is known. */
  ofAreaCode(code: number): readonly string[] {
    return this.#byAreaCode.get(code) ?? NONE;
  }

  /** Cities that a normalised postal code is in. */
  ofPostal(code: string): readonly string[] {
    if (this.#lengths.length === 0) return NONE;
    let found: string[] | undefined;
    for (const length of this.#lengths) {
      const cities = this.#byPrefix.get(code.slice(0, length));
      if (cities !== undefined) found = [...(found ?? []), ...cities];
    }
    return found ?? NONE;
  }
}

function add<Key>(map: Map<Key, string[]>, key: Key, city: string): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, [city]);
  else known.push(city);
}
