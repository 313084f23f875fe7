// The place of a number: what the rules need to know about area codes, postal codes and countries, from any source of tables.

/**
 * A geographic area code of the North American numbering plan. Numbers are portable and mobile phones travel, so the exchange
 * does not narrow the place: an area code has every zone of its area, and an overlay has those of the area it overlays.
 */
export interface AreaCode {
  /** ISO 3166 country: US (with its territories), CA, or a Caribbean country such as JM. */
  readonly country: string;
  /** Postal abbreviations of the states or provinces served (nearly always one; 902 has NS and PE); empty where there are none. */
  readonly states: readonly string[];
  /** Every IANA zone of the area, the most populous first. */
  readonly zones: readonly string[];
}

/**
 * The place of a postal code. Codes of one place share one object, so that callers can cache what they derive from it by object.
 */
export interface PostalPlace {
  readonly country: string;
  /** State or province. */
  readonly state: string;
  /** Its IANA zones: one, or several where the code straddles a border between zones. */
  readonly zones: readonly string[];
}

/** Tables of the places of numbers and postal codes. Lookups are pure and may be called a million times a second. */
export interface Geography {
  /** Name and date of the tables, such as "nanp-2026-06"; part of the record of a decision. */
  readonly version: string;
  /** @param code three digits as a number, 200..999; undefined when it is not a geographic area code */
  areaCode(code: number): AreaCode | undefined;
  /** True for toll-free and other codes that are in service but say nothing about a place. */
  isNonGeographic(code: number): boolean;
  /**
   * @param code normalised: five digits of a US ZIP, or a Canadian code in upper case without the space ("A1C5S7")
   * @returns undefined when the code is not known
   */
  postal(code: string): PostalPlace | undefined;
  /** Every IANA zone of a country outside the numbering plan; empty when the country is not known. */
  countryZones(country: string): readonly string[];
}
