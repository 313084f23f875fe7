// How a text becomes a telephone number. Every door uses this one reader: imports, single opt-outs, lists, the gate, questions.
// North American numbers are read by the plan's own rules, all others by the numbering plans of libphonenumber.

import { areaCodeLines, nonGeographicCodes } from "../data/area-codes.ts";
// By calling code, from libphonenumber-js (MIT) with data of libphonenumber (Apache-2.0).
import numberingPlans from "../data/numbering-plans.json" with { type: "json" };

/** The numbers that a text names. */
interface NumberReading {
  /** E.164, the likeliest first. */
  readonly numbers: readonly [string, ...string[]];
  /**
   * Why the text does not certainly name the line of one person, as a clause: it may be two numbers, it holds two, or it has an
   * extension. Undefined when it does. A prohibition then holds for every number, a permission for none.
   */
  readonly doubt: string | undefined;
}

/** Why a text names no number, as a clause after the text: "has no country". */
interface NoNumber {
  readonly problem: string;
}

/** A longer text is not a number. */
const LONGEST = 200;
const UNKNOWN = "is not a telephone number; write it as E.164, such as +12125550123";
/** Digits, an optional plus before them, and what people put between digits. */
const PLAIN = /^[\s(]*\+?[\d\s().,/\p{Pd}\u2212\u00b7]+$/u;
const EXTENSION = /^(.*\d\W*?)[\s,;]*(?:ext(?:ension)?|x|#)[\s.:=]*\d{1,7}$/i;
const BETWEEN = /\s*(?:[/;|,&\n]|\b(?:or|and)\b|(?=\+))\s*/i;
/** Prefixes of international calls: most countries, North America, Australia. */
const INTERNATIONAL = ["00", "011", "0011"] as const;

/**
 * Reads a number as people and programs write it: E.164; 00, 011 or 0011 before the country code; a North American number of ten
 * digits or of eleven with its 1; with separators, brackets, invisible and full-width characters. A trunk zero after the country
 * code and a doubled country code are taken out when the text is a number only without them.
 */
export function readNumber(text: string): NumberReading | NoNumber {
  if (areaCodeOf(text) !== 0) return { numbers: [text], doubt: undefined };
  if (text.length === 10 && areaCodeOf(`+1${text}`) !== 0) return { numbers: [`+1${text}`], doubt: undefined };
  if (text.length > LONGEST) return { problem: UNKNOWN };
  const plain = plainText(text);
  const whole = mainLine(plain);
  if (whole !== undefined) return whole;
  for (const between of [BETWEEN, /\s+/]) {
    const parts = plain.split(between).filter((part) => part !== "");
    const read = parts.map(mainLine);
    const found = read.flatMap((one) => one?.numbers ?? []);
    const [first, ...others] = new Set(found);
    if (parts.length < 2 || first === undefined || read.includes(undefined)) continue;
    const doubt = read.find((one) => one?.doubt !== undefined)?.doubt;
    return { numbers: [first, ...others], doubt: others.length === 0 ? doubt : `holds ${listed([first, ...others], "and")}` };
  }
  return { problem: problemOf(plain) };
}

/**
 * Reads a number of a list that is of one country: what names no number by itself, such as one with its trunk zero, is one of that country. What is read is of
 * the country, or nothing.
 * @param country two letters, of a country outside the North American plan
 */
export function readAtHome(text: string, country: string): NumberReading | NoNumber {
  const read = readNumber(text);
  const isOf = (number: string) => callingCountries(number)?.includes(country) === true;
  if ("numbers" in read) {
    const [first, ...others] = read.numbers.filter(isOf);
    return first === undefined ? { problem: `is no number of ${country}` } : { numbers: [first, ...others], doubt: read.doubt };
  }
  const plain = plainText(text);
  const code = Object.entries<{ readonly countries: readonly string[] }>(numberingPlans).find(([, { countries }]) =>
    countries.includes(country),
  )?.[0];
  const digits = digitsOf(plain);
  const home = PLAIN.test(plain) && !plain.includes("+") ? [digits.replace(/^0/, ""), digits].map((one) => `${code}${one}`) : [];
  return readingOf(home.filter((one) => isOf(`+${one}`))) ?? { problem: `is no number of ${country}` };
}

/** An E.164 number in a writing that has one reading: most are so as they are. */
export function certainText(number: string): string {
  return number.length === 11 && callingCountries(number) !== undefined && inService(number.slice(1))
    ? `00${number.slice(1)}`
    : number;
}

/** What sentences call the number of a text: E.164; the text itself when it names none or several. */
export function numberShown(text: string): string {
  const read = readNumber(text);
  return "numbers" in read && read.numbers.length === 1 ? read.numbers[0] : text;
}

/** Text without invisible and full-width characters, foreign digits, and the marks of spreadsheets and links. */
function plainText(text: string): string {
  return text
    .replace(/\p{Cf}/gu, "")
    .replace(/[\uff01-\uff5e]/g, (one) => String.fromCharCode(one.charCodeAt(0) - 0xfee0))
    .replace(/[\u0660-\u0669\u06f0-\u06f9]/g, (one) => String(one.charCodeAt(0) % 16))
    .trim()
    .replace(/^(?:="(.*)"|'(.*))$/s, "$1$2")
    .replace(/^tel:/i, "")
    .trim();
}

/** One number; with an extension the line that people call. */
function mainLine(text: string): NumberReading | undefined {
  const plain = oneNumber(text);
  if (plain !== undefined) return plain;
  const line = oneNumber(EXTENSION.exec(text)?.[1] ?? "");
  return line === undefined ? undefined : { ...line, doubt: line.doubt ?? "has an extension: others may share the line" };
}

function oneNumber(given: string): NumberReading | undefined {
  const text = wholeDigits(given) ?? given;
  if (!PLAIN.test(text)) return undefined;
  const digits = digitsOf(text);
  const written = text.includes("+");
  if (!written && isHomeOrAbroad(digits)) return undefined;
  if (!written && !digits.startsWith("0")) {
    const national = /^1{0,2}([2-9]\d{9})$/.exec(digits)?.[1];
    return national === undefined ? undefined : readingOf([`1${national}`].filter(isNumber));
  }
  // Few digits after a slash or comma replace the last ones, or are an extension.
  if (/[/,]\D*(?:\d\D*){1,4}$/.test(text)) return undefined;
  const prefixes = written ? [""] : INTERNATIONAL.filter((prefix) => digits.startsWith(prefix));
  // The zero in +44 (0)20 is dialed only at home; in a few countries it belongs to the number.
  const variants = [text.replace(/\(\s*0\s*\)/, ""), text].map(digitsOf);
  const after = prefixes.flatMap((prefix) => variants.map((variant) => variant.slice(prefix.length)));
  const literal = after.filter(isNumber);
  // 0011 is Australia's prefix, or 00 before a North American number with a second 1.
  const [, doubled = ""] = /^0011([2-9]\d{9})$/.exec(digits) ?? [];
  const second = [`1${doubled}`].filter((one) => isNumber(one) && !showsCountry(text.replace(/^\D*0011/, "")));
  const found = literal.length === 0 ? after.flatMap(corrected) : [...literal, ...second];
  const national = written && digits.length === 10 && inService(digits) && !showsCountry(text);
  return readingOf(found.length > 0 && national ? [...found, `1${digits}`] : found);
}

/** Whether digits that begin with 011 may be a number at home with its trunk zero (Leeds 0113, Turin, São Paulo), which has twelve at most, or one abroad. */
const isHomeOrAbroad = (digits: string): boolean => digits.startsWith("011") && digits.length <= 12;

function readingOf(digits: readonly string[]): NumberReading | undefined {
  const [first, ...others] = new Set(digits.map((one) => `+${one}`));
  if (first === undefined) return undefined;
  const numbers = [first, ...others] as const;
  return { numbers: [...numbers], doubt: others.length === 0 ? undefined : `may be ${listed(numbers, "or")}` };
}

/** The digits of a number that a spreadsheet wrote with an exponent or a fraction of zeros, when none is lost. */
function wholeDigits(text: string): string | undefined {
  const whole = /^(\d{7,15})\.0{1,2}$/.exec(text)?.[1];
  if (whole !== undefined) return whole;
  const [, first = "", more = "", exponent = ""] = /^(\d)[.,](\d+)e\+?(\d{1,2})$/i.exec(text) ?? [];
  return first !== "" && more.length === Number(exponent) ? `${first}${more}` : undefined;
}

/** What the digits may have been meant as, when they are no number: without a prefix, a trunk zero or a second country code. */
function corrected(digits: string): string[] {
  const bare = digits.replace(/^(?:00|011)/, "");
  const code = codeOf(bare);
  if (code === undefined) return [];
  const rest = bare.slice(code.length);
  const again = rest.replace(new RegExp(`^(?:00)?${code}`), "");
  return [rest, rest.replace(/^0/, ""), again, again.replace(/^0/, "")].map((one) => `${code}${one}`).filter(isNumber);
}

/** Whether ten digits are a North American number whose area code is in service. */
function inService(digits: string): boolean {
  areaCodes ??= new Set([...areaCodeLines().flatMap(({ complexes }) => complexes.flat()), ...nonGeographicCodes()]);
  return areaCodes.has(areaCodeOf(`+1${digits}`));
}

let areaCodes: ReadonlySet<number> | undefined;

/** Whether the writing sets the country code apart, as in +64 6 555 0160; +646 555 0160 may be an area code. */
function showsCountry(text: string): boolean {
  const groups = text.match(/\d+/g) ?? [];
  const sizes = groups.map(({ length }) => length).join();
  return groups.length > 1 && plans.of(groups[0] ?? "") !== undefined && sizes !== "3,3,4" && sizes !== "3,7";
}

function problemOf(text: string): string {
  const digits = digitsOf(text);
  if (/^\d[.,]?\d*e\+?\d+$/i.test(text))
    return "was shortened by a spreadsheet, its last digits are lost; export the column as text";
  if (PLAIN.test(text) && text.includes("+") && areaCodeOf(`+1${digits}`) !== 0)
    return `has a plus before ten digits, but is no number of a country +${codeOf(digits) ?? digits.slice(0, 2)}; if it is North American, write it as E.164: +1${digits}`;
  if (PLAIN.test(text) && isHomeOrAbroad(digits) && !text.includes("+"))
    return "may be a number at home with its trunk zero, or one abroad after 011; write it as E.164, such as +441132450018";
  if (PLAIN.test(text) && /^0[1-9]/.test(digits) && !text.includes("+"))
    return "has a trunk zero and no country; write it as E.164, such as +442079460018";
  if (PLAIN.test(text) && /^1?\d{3}[2-9]11\d{4}$/.test(digits))
    return `has the exchange ${digits.slice(-7, -4)}, which is a service code and no exchange of North America`;
  return UNKNOWN;
}

const digitsOf = (text: string) => text.replaceAll(/\D/g, "");
const listed = (numbers: readonly string[], word: string) => numbers.join(` ${word} `);

/**
 * The area code of `+1` and ten digits of the form [2-9]XX [2-9]XX XXXX; 0 when the text is not that. N11 codes are services, as
 * area codes and as exchanges; N9X area codes are kept for longer numbers.
 */
export function areaCodeOf(number: string): number {
  if (number.length !== 12 || number.charCodeAt(0) !== 43 || number.charCodeAt(1) !== 49) return 0;
  for (let i = 2; i < 12; i++) {
    const code = number.charCodeAt(i);
    if (code < 48 || code > 57) return 0;
  }
  const first = number.charCodeAt(2);
  if (first < 50 || number.charCodeAt(5) < 50) return 0;
  const [second, third] = [number.charCodeAt(3), number.charCodeAt(4)];
  if ((second === 49 && third === 49) || second === 57) return 0;
  if (number.charCodeAt(6) === 49 && number.charCodeAt(7) === 49) return 0;
  return (first - 48) * 100 + (second - 48) * 10 + (third - 48);
}

/** Whether digits, country code first, are a number. */
function isNumber(digits: string): boolean {
  return digits.startsWith("1") ? areaCodeOf(`+${digits}`) !== 0 : callingCountries(`+${digits}`) !== undefined;
}

/**
 * The countries that share the calling code of an E.164 number, the main one first; undefined when the number does not fit the
 * numbering plan of any of them.
 */
export function callingCountries(number: string): readonly string[] | undefined {
  if (number.charCodeAt(0) !== 43 || number.length > 16) return undefined;
  const code = codeOf(number.slice(1));
  const plan = code === undefined ? undefined : plans.of(code);
  return code !== undefined && plan?.fits.test(number.slice(1 + code.length)) === true ? plan.countries : undefined;
}

/** The calling code that digits begin with. */
function codeOf(digits: string): string | undefined {
  return [1, 2, 3].map((length) => digits.slice(0, length)).find((code) => plans.of(code) !== undefined);
}

interface CallingCode {
  readonly countries: readonly string[];
  readonly fits: RegExp;
}

/** The numbering plans by calling code; each is compiled when it is first needed. */
class Plans {
  readonly #known = new Map<string, CallingCode | undefined>();

  of(code: string): CallingCode | undefined {
    if (!this.#known.has(code)) this.#known.set(code, readPlan(code));
    return this.#known.get(code);
  }
}

const plans = new Plans();

function readPlan(code: string): CallingCode | undefined {
  const plan = (numberingPlans as Readonly<Record<string, { readonly countries: readonly string[]; readonly pattern: string }>>)[
    code
  ];
  return plan && { countries: plan.countries, fits: new RegExp(`^(?:${plan.pattern})$`) };
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
