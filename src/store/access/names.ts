// Names of tokens. A name says in the audit log and on approvals who it was, so two names must not look alike: letters of one script, in
// their usual form, nothing that cannot be seen; and names are compared by what they look like. Pure.
//
// The letters that look alike are those of Unicode's confusables.txt (UTS 39) between the scripts that names are in today.

/** Scripts in everyday use (UAX 31, table 5). */
const SCRIPTS = (
  "Latin Cyrillic Greek Armenian Georgian Hebrew Arabic Thaana Ethiopic Devanagari Bengali Gurmukhi Gujarati Oriya " +
  "Tamil Telugu Kannada Malayalam Sinhala Thai Lao Tibetan Myanmar Khmer Han Hiragana Katakana Hangul Bopomofo"
).split(" ");
/** Written side by side, also with Latin letters. */
const TOGETHER: ReadonlySet<string> = new Set(["Han", "Hiragana", "Katakana", "Hangul", "Bopomofo"]);
const OF = SCRIPTS.map((script) => [script, new RegExp(`^\\p{Script_Extensions=${script}}$`, "u")] as const);
/** Accents, which these scripts have in the letters themselves. */
const ACCENT = /[\u0300-\u036f]/g;
const ACCENTED: ReadonlySet<string> = new Set(["Latin", "Cyrillic", "Greek", "Armenian"]);
/** Of these scripts only the letters of today's languages, without signs of phonetics: from the first code point to the last. */
const LETTERS: Readonly<Record<string, readonly [first: number, last: number]>> = {
  Latin: [0x41, 0x17f],
  Greek: [0x370, 0x3ff],
  Cyrillic: [0x400, 0x52f],
  Armenian: [0x531, 0x588],
};
/** Characters without a shape of their own, some of which count as letters. */
const UNSEEN = /^\p{Default_Ignorable_Code_Point}$/u;

/** Letters by those that they look like, most of them Latin; where only one of capital and small letter does, both count. */
const LOOKS: Readonly<Record<string, string>> = {
  a: "аαА",
  b: "ЬвΒβß",
  c: "сϲ",
  d: "ԁժđðÐ",
  e: "еЕΕєεҽ",
  f: "Ϝք",
  g: "ցԍ",
  h: "һнΗհħԋ",
  i: "іιı",
  j: "јյϳ",
  k: "кκĸ",
  l: "ӏӀ1|!ł",
  m: "мΜ",
  n: "пηոռŋΝ",
  o: "0оοσօøθΘס",
  p: "рρΡ",
  q: "ԛգ",
  r: "г",
  s: "ѕՏ",
  t: "тτΤŧ",
  u: "υսμ",
  v: "νѵ",
  w: "ԝωшաѡ",
  x: "хχ",
  y: "уүγΥ",
  z: "Ζ",
  "'": '"`',
  ي: "یى",
  ك: "ک",
  ه: "ەہھ",
  一: "ー",
  二: "ニ",
  八: "ハ",
  力: "カ",
  卜: "ト",
  口: "ロ",
  夕: "タ",
  工: "エ",
  へ: "ヘ",
  り: "リ",
};
const LIKE = new Map(Object.entries(LOOKS).flatMap(([plain, others]) => Array.from(others).map((one) => [one, plain] as const)));
/** A capital I also looks like a small L. */
const CAPITAL_I = /[IІΙ]/g;

/** Why a name cannot be used, as a sentence without its full stop; undefined when it can. */
export function nameTrouble(name: string): string | undefined {
  const shown = JSON.stringify(name);
  if (name.trim() !== name || name === "") return `the name ${shown} begins or ends with a blank, or is empty`;
  if (name.includes("  ")) return `the name ${shown} has two blanks side by side`;
  if (!name.isWellFormed()) return `the name ${shown} is not text`;
  const usual = name.normalize("NFKC");
  const odd = Array.from(name).find((one) => !/^[\x20-\x7e\p{L}\p{M}]$/u.test(one) || UNSEEN.test(one));
  if (odd !== undefined)
    return `the name ${shown} has ${told(odd)}; allowed are letters, the digits 0 to 9, blanks and the signs of a plain keyboard`;
  if (usual !== name) return `the name ${shown} has letters in an unusual form; write ${JSON.stringify(usual)}`;
  const scripts = new Map<string, string>();
  for (const letter of name.matchAll(/\p{L}/gu)) {
    const [one] = letter;
    const script = OF.find(([, is]) => is.test(one))?.[0];
    const base = one.normalize("NFD").codePointAt(0) ?? 0;
    const [from, to] = LETTERS[script ?? ""] ?? [0, Number.POSITIVE_INFINITY];
    if (script === undefined || base < from || base > to)
      return `the name ${shown} has ${told(one)}, which can be taken for another letter`;
    if (!scripts.has(script)) scripts.set(script, one);
  }
  const kinds = [...scripts.keys()].filter((script) => !TOGETHER.has(script));
  const [first = "", second] = kinds;
  const mixed = second !== undefined || (kinds.length === 1 && scripts.size > 1 && first !== "Latin");
  if (mixed)
    return `the name ${shown} mixes letters of two scripts: ${[...scripts].map(([script, one]) => `${told(one)} is ${script}`).join(", ")}`;
  const mark = /\p{M}/u.exec(name)?.[0];
  if (mark !== undefined && (scripts.size === 0 || ACCENTED.has(first)))
    return `the name ${shown} has ${told(mark)}, which stands on no letter that has it`;
  return undefined;
}

/** Whether one of two names can be taken for the other: by capitals, accents, or letters that look alike. */
export function looksLike(one: string, other: string): boolean {
  const looks = looksOf(other);
  return looksOf(one).some((look) => looks.includes(look));
}

/**
 * What a name looks like, in Latin letters as far as its letters look like some: as it is written, as it is written with a capital I
 * for what it also looks like, and in small letters.
 */
function looksOf(name: string): readonly string[] {
  const plain = name.normalize("NFKD").replaceAll(ACCENT, "");
  return [plain, plain.replaceAll(CAPITAL_I, "l"), plain.toLowerCase()].map((text) =>
    Array.from(text)
      .map((one) => LIKE.get(one) ?? LIKE.get(one.toLowerCase()) ?? one.toLowerCase())
      .join("")
      .replaceAll("rn", "m")
      .replaceAll("vv", "w"),
  );
}

/** A character as it is named to a person, who may not be able to see it. */
function told(one: string): string {
  const code = `U+${(one.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
  return /^[\p{L}\p{N}\p{P}\p{S}]$/u.test(one) && !UNSEEN.test(one)
    ? `${JSON.stringify(one)} (${code})`
    : `a character that cannot be seen (${code})`;
}
