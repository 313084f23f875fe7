// Cities with rules of their own, and which numbers and addresses may be in them.

import type { RulePack } from "../pack/schema.ts";

const NONE: readonly string[] = [];

/** The cities of a pack. */
export class Cities {
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
