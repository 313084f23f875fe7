// Where telephone numbers stand in a text that somebody wrote: in any script, with anything between the digits. Numbers are read by
// the one reader of numbers; what else looks like one counts too, but dates, hashes, addresses and amounts do not.

import { readNumber } from "../../compliance/opt-outs.ts";

/** A number in a text: from where to where, in UTF-16 units, and its digits, with a plus if one is written. */
interface NumberInText {
  readonly from: number;
  readonly to: number;
  readonly digits: string;
}

/** A text as its reader sees it, and the place of each of its characters in what was written. */
interface Seen {
  readonly text: string;
  readonly from: (index: number) => number;
  readonly to: (index: number) => number;
}

/** Digits without anything between them. */
interface Group {
  readonly from: number;
  readonly to: number;
  /** The date, address or amount that it belongs to, which is a number only as a whole. */
  readonly part: Span | undefined;
  readonly isDate: boolean;
}

/** A number of 7 to 15 digits. */
const [FEWEST, MOST] = [7, 15];

/** What is no number, whatever digits it has: instants, times of day, UUIDs, hashes; all have letters or colons. */
const NEVER_NUMBERS = new RegExp(
  [
    String.raw`(?<![\p{L}\d])\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?:\s?(?:Z|[+-]\d\d:?\d\d)(?!\d))?`,
    String.raw`(?<![\p{L}\d])\d{8}T\d{4,6}Z?(?![\p{L}\d])`,
    String.raw`(?<![\d:])\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?![\d:])`,
    String.raw`(?<![\p{L}\d])[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}(?![\p{L}\d])`,
    String.raw`(?<![\p{L}\d])(?=\d*[a-z])[\da-f]{32,}(?![\p{L}\d])`,
    String.raw`(?<![\p{L}\d])\d*(?:[a-z]+\d+){2,}[a-z]+(?:\d+[a-z]*)*(?![\p{L}\d])`,
  ].join("|"),
  "giu",
);

/** Dates, versions by year, and addresses of machines: numbers only when the reader takes them as one and nothing else is in the text. */
const DATES = new RegExp(
  [
    String.raw`(?<![\d.])20\d\d\.\d{1,2}\.\d{1,3}(?![\d.]\d|\d)`,
    String.raw`(?<!\d)(?:19|20)\d\d([-./])(?:0[1-9]|1[0-2])\1(?:0[1-9]|[12]\d|3[01])(?!\d)`,
    String.raw`(?<![\p{L}\d])(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?![\p{L}\d])`,
    String.raw`(?<![\d.])(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:[:/]\d{1,5})?(?![\d.]\d)`,
  ].join("|"),
  "gu",
);

/** Amounts: numbers only when the reader takes them as one. */
const AMOUNTS = new RegExp(
  [
    String.raw`(?<![\d.,])\d{1,3}(?:,\d{3})+(?:\.\d+)?(?!\d)`,
    String.raw`(?<![\d.,])\d{1,9}\.\d+(?!\d|\.\d)`,
    String.raw`(?<![\p{L}\d])\d{7,9}(?=\s?(?:%|(?:ms|s|seconds?|bytes?|[KMG]i?B|rows?|lines?|calls?|contacts?|numbers?|records?|entries|events?|requests?)(?!\p{L})))`,
  ].join("|"),
  "gu",
);

/** A number that a spreadsheet wrote with an exponent, also one whose last digits are lost. */
const WITH_EXPONENT = /\d[.,]\d+(?=e\+?(?:0?[6-9]|1[0-4])(?!\d))/giu;
/** What people put between the digits of a number. */
const PLAIN_BETWEEN = /^(?:[\s().,/_\p{Pd}\u2212\u00b7]*|\s?(?:x|ext|dash|dot|minus|hyphen|point|&nbsp;|[^\p{N}\0-\x7f])\s?)$/iu;
/** Two dots and more stand for digits that are masked already. */
const ODD_BETWEEN = /^(?!.*\u2022{2})[^\p{L}\p{N}]{1,5}$/u;
/** The groups of a number of 7 to 9 digits that is of one place, or the beginning of a longer one; paragraphs of laws have others. */
const LOCAL_SIZES = /^(?:3,[34](?:,[123])?|4,4|2,2,2,2(?:,1)?)$/;
/** A text with fewer digits names no number. */
const ENOUGH = /(?:[\p{N}零〇一二三四五六七八九壹贰叁肆伍陆柒捌玖][^\p{N}零〇一二三四五六七八九壹贰叁肆伍陆柒捌玖]*){7}/u;
/** Signs between digits as they stand in addresses (RFC 3986, 2.1), and each other character by itself. */
const CHARACTERS = /%2[\da-f]|./gisu;
/** Digits that are words, or signs with a value (circled ones). */
const WORDS = new Map(
  ["〇一二三四五六七八九", "零壹贰叁肆伍陆柒捌玖", "⓿❶❷❸❹❺❻❼❽❾", "🄋➀➁➂➃➄➅➆➇➈", "🄌➊➋➌➍➎➏➐➑➒"].flatMap((ten) =>
    Array.from(ten, (one, value) => [one, String(value)] as const),
  ),
);

/** Every number in a text, in order. */
export function numbersInText(written: string): readonly NumberInText[] {
  if (!ENOUGH.test(written)) return [];
  const seen = seenAs(written);
  const groups = groupsOf(seen.text);
  const found = [
    ...[...seen.text.matchAll(WITH_EXPONENT)].map(({ 0: { length }, index }) => ({ from: index, to: index + length })),
    ...windowsOf(seen.text, groups).filter((window) => isRead(seen.text, window)),
  ];
  const free = groups.filter((group) => !found.some((span) => meet(group, span)));
  let after = 0;
  for (const window of windowsOf(seen.text, free).sort((a, b) => a.from - b.from || b.to - a.to)) {
    if (window.from < after || !isLikely(seen.text, window)) continue;
    found.push(window);
    after = window.to;
  }
  return merged(found).map(({ from, to }) => ({
    from: seen.from(from),
    to: seen.to(to - 1),
    digits: seen.text.slice(from, to).replaceAll(/[^\d+]/g, ""),
  }));
}

/** Without invisible characters and marks on letters; with digits of any script, wide and raised ones too, as digits, and escaped signs as signs. */
function seenAs(written: string): Seen {
  if (/^[\0-\x24\x26-\x7f]*$/.test(written)) return { text: written, from: (index) => index, to: (index) => index + 1 };
  let text = "";
  const [froms, tos]: [number[], number[]] = [[], []];
  let at = 0;
  for (const [one] of written.matchAll(CHARACTERS)) {
    const sign = one.length === 3 ? String.fromCharCode(Number.parseInt(one.slice(1), 16)) : one;
    const plain = (WORDS.get(sign) ?? sign).normalize("NFKC").replaceAll(/[\p{Cf}\p{M}\p{Default_Ignorable_Code_Point}]/gu, "");
    const shown = plain.replaceAll(/\p{Nd}/gu, (digit) => String(valueOf(digit)));
    text += shown;
    for (let i = 0; i < shown.length; i++) {
      froms.push(at);
      tos.push(at + one.length);
    }
    at += one.length;
  }
  return { text, from: (index) => froms[index] ?? 0, to: (index) => tos[index] ?? written.length };
}

/** The value of a digit of any script: each has its ten in one row, the zero first. */
function valueOf(digit: string): number {
  const code = digit.codePointAt(0) ?? 0;
  let before = 0;
  while (/\p{Nd}/u.test(String.fromCodePoint(code - before - 1))) before += 1;
  return before % 10;
}

interface Window {
  readonly from: number;
  readonly to: number;
  readonly groups: readonly Group[];
}

interface Span {
  readonly from: number;
  readonly to: number;
}

const meet = (one: Span, other: Span) => one.from < other.to && other.from < one.to;

const spansOf = (text: string, pattern: RegExp): readonly Span[] =>
  [...text.matchAll(pattern)].map(({ 0: { length }, index }) => ({ from: index, to: index + length }));

function groupsOf(text: string): readonly Group[] {
  const never = spansOf(text, NEVER_NUMBERS);
  const [dates, amounts] = [spansOf(text, DATES), spansOf(text, AMOUNTS)];
  return spansOf(text, /\d+/g)
    .filter((group) => !never.some((span) => meet(group, span)))
    .map((group) => {
      const date = dates.find((span) => meet(group, span));
      return { ...group, part: date ?? amounts.find((span) => meet(group, span)), isDate: date !== undefined };
    });
}

/** Groups that stand together and have the digits of a number; what is written before the first as part of a number is included. */
function windowsOf(text: string, groups: readonly Group[]): Window[] {
  const windows: Window[] = [];
  for (const [first, { from, part }] of groups.entries()) {
    if (part !== undefined && groups[first - 1]?.part === part) continue;
    let digits = 0;
    for (let last = first; last < groups.length; last++) {
      const group = groups[last];
      if (group === undefined || (last > first && !standTogether(text.slice(groups[last - 1]?.to, group.from)))) break;
      digits += group.to - group.from;
      if (digits > MOST) break;
      if (digits < FEWEST || (group.part !== undefined && groups[last + 1]?.part === group.part)) continue;
      const before = /[+(][^\p{L}\p{N}]*$/u.exec(text.slice(Math.max(0, from - 6), from))?.[0].length ?? 0;
      windows.push({ from: from - before, to: group.to, groups: groups.slice(first, last + 1) });
    }
  }
  return windows;
}

const standTogether = (between: string) => PLAIN_BETWEEN.test(between) || ODD_BETWEEN.test(between);

const digitsOf = (text: string) => text.replaceAll(/\D/g, "");

/** Whether the reader of numbers takes it as one, as it is written or for its digits. */
function isRead(text: string, window: Window): boolean {
  const given = text.slice(window.from, window.to);
  // With a plus before it, nothing is a date or an address.
  if (
    !given.startsWith("+") &&
    window.groups.some(({ isDate }) => isDate) &&
    /[\p{L}\d]/u.test(text.slice(0, window.from) + text.slice(window.to))
  )
    return false;
  // What follows may be part of how it is read: a bracket after "200200000.0" makes its last digit one of the number.
  const after = /^[^\p{L}\p{N}]{1,4}/u.exec(text.slice(window.to))?.[0] ?? "";
  if ("numbers" in readNumber(given) || (after !== "" && "numbers" in readNumber(`${given}${after}`))) return true;
  const digits = digitsOf(given);
  // A plus between the digits is no country's.
  return (
    !isAside(text, window) &&
    (given.includes("+") ? [`+${digits}`, digits] : [digits]).some((one) => "numbers" in readNumber(one))
  );
}

/** Part of a date or an amount, or a row of figures: a comma before the first of them makes none. */
const isAside = (text: string, { to, groups }: Window) =>
  groups.some(({ part }) => part !== undefined) || text.slice(groups[0]?.from, to).includes(",");

/** Whether it may be a number that the reader does not take: without its country, of one place, or with too few digits. */
function isLikely(text: string, window: Window): boolean {
  if (isAside(text, window)) return false;
  const given = text.slice(window.from, window.to);
  const digits = digitsOf(given);
  const [first, second] = window.groups.map(({ from, to }) => text.slice(from, to));
  const betweens = window.groups.slice(1).map((group, index) => text.slice(window.groups[index]?.to, group.from));
  if (!betweens.every((between) => PLAIN_BETWEEN.test(between) && between.length <= 3)) return false;
  if (given.includes("+")) return true;
  if (digits.length > 8 && "numbers" in readNumber(`+${digits}`)) return true;
  if (/^0[1-9]\d{7,10}$/.test(digits)) return true;
  if (/[\p{L}\d]$/u.test(text.slice(0, window.from)) || /^[\p{L}\d]/u.test(text.slice(window.to))) return false;
  if (window.groups.length === 1) {
    if (digits.length > 9) return !/[\w.:-]$/.test(text.slice(0, window.from)) && !/^(?:[\w:-]|\.\d)/.test(text.slice(window.to));
    return !digits.startsWith("000");
  }
  const years = [first, second].every((group) => /^(?:19|20)\d\d$/.test(group ?? ""));
  const sizes = window.groups.map(({ from, to }) => to - from).join();
  return LOCAL_SIZES.test(sizes) && !years && betweens.every((between) => /^[\s._-]$/.test(between));
}

function merged(spans: readonly Span[]): readonly Span[] {
  const all: Span[] = [];
  for (const span of [...spans].sort((a, b) => a.from - b.from)) {
    const before = all.at(-1);
    if (before === undefined || before.to <= span.from) all.push(span);
    else all[all.length - 1] = { from: before.from, to: Math.max(before.to, span.to) };
  }
  return all;
}
