// Reads E.164 numbers: North American numbers by the plan's own rules, all others by the numbering plans of libphonenumber.

import { NUMBERING_PLANS } from "../data/numbering-plans.ts";

/** Reads numbers; caches the patterns of calling codes. */
export class NumberReader {
  readonly #plans = new Map<string, CallingCode | undefined>();

  /** The area code of `+1` and ten digits of the form [2-9]XX [2-9]XX XXXX without an N11 area code; 0 when the text is not that. */
  static areaCode(number: string): number {
    if (number.length !== 12 || number.charCodeAt(0) !== 43 || number.charCodeAt(1) !== 49) return 0;
    for (let i = 2; i < 12; i++) {
      const code = number.charCodeAt(i);
      if (code < 48 || code > 57) return 0;
    }
    const first = number.charCodeAt(2);
    if (first < 50 || number.charCodeAt(5) < 50) return 0;
    const [second, third] = [number.charCodeAt(3), number.charCodeAt(4)];
    if (second === 49 && third === 49) return 0;
    return (first - 48) * 100 + (second - 48) * 10 + (third - 48);
  }

  /**
   * The countries that share the number's calling code, the main one first; undefined when the number does not fit the numbering
   * plan of any of them.
   */
  countries(number: string): readonly string[] | undefined {
    if (number.charCodeAt(0) !== 43 || number.length > 16) return undefined;
    for (let length = 1; length <= 3; length++) {
      const plan = this.#plan(number.slice(1, 1 + length));
      if (plan !== undefined) return plan.fits.test(number.slice(1 + length)) ? plan.countries : undefined;
    }
    return undefined;
  }

  #plan(code: string): CallingCode | undefined {
    if (!this.#plans.has(code)) this.#plans.set(code, readPlan(code));
    return this.#plans.get(code);
  }
}

interface CallingCode {
  readonly countries: readonly string[];
  readonly fits: RegExp;
}

function readPlan(code: string): CallingCode | undefined {
  const start = NUMBERING_PLANS.indexOf(`\n${code} `) + 1;
  if (start === 0) return undefined;
  const [, countries = "", pattern = ""] = NUMBERING_PLANS.slice(start, NUMBERING_PLANS.indexOf("\n", start)).split(" ");
  return { countries: countries.split(",").filter((country) => country !== ""), fits: new RegExp(`^(?:${pattern})$`) };
}

/** A US ZIP (ZIP+4 included) or a Canadian postal code in normal form; undefined when the text is neither. */
export function normalisePostal(text: string): string | undefined {
  if (isPlainZip(text)) return text;
  const plain = text.trim();
  if (/^\d{5}(-?\d{4})?$/.test(plain)) return plain.slice(0, 5);
  const canadian = plain.toUpperCase().replace(/[ -]/g, "");
  return /^[A-Z]\d[A-Z]\d[A-Z]\d$/.test(canadian) ? canadian : undefined;
}

/** Nearly every code has this form, and comparing five characters is cheaper than the patterns. */
function isPlainZip(text: string): boolean {
  if (text.length !== 5) return false;
  for (let i = 0; i < 5; i++) {
    const code = text.charCodeAt(i);
    if (code < 48 || code > 57) return false;
  }
  return true;
}
