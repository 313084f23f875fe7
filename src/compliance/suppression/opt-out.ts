// Which raw codes and messages mean "do not call me again". The list can be extended, never shortened: a text that was once taken
// for an opt-out remains one.

/** The words that are looked for, in normal form: capital letters and digits, one space between words. */
export interface OptOutPattern {
  readonly words: string;
  /**
   * `anywhere`: these words in this order, anywhere in a code or message; `whole`: nothing else in it; `reply`: nothing else, and
   * only in a person's message.
   */
  readonly where: "anywhere" | "whole" | "reply";
}

const anywhere = [
  "DO NOT CALL",
  "DO NOT CONTACT",
  "DO NOT PHONE",
  "DONT CALL",
  "DONT CONTACT",
  "DONOTCALL",
  "DO NOT DIAL",
  "DONT DIAL",
  "DNC",
  "D N C",
  "DNCL",
  "IDNC",
  "PDNC",
  "NOCALL",
  "NO CALLS",
  "NEVER CALL",
  "NO MORE CALLS",
  "STOP CALLING",
  "STOP CALLS",
  "STOP CONTACTING",
  "OPT OUT",
  "OPTED OUT",
  "OPTING OUT",
  "OPTS OUT",
  "OPTOUT",
  "UNSUBSCRIBE",
  "UNSUBSCRIBED",
  "REMOVE ME",
  "REMOVE MY NUMBER",
  "REMOVE FROM LIST",
  "REMOVE NUMBER",
  "REMOVAL REQUEST",
  "TAKE ME OFF",
  "TAKE OFF",
  "WANTS OFF",
  "TAKE MY NUMBER OFF",
  "CEASE AND DESIST",
  "CEASE CALLS",
  "CEASE CONTACT",
  "CEASE COMMUNICATION",
  "REVOKE CONSENT",
  "REVOKED CONSENT",
  "CONSENT REVOKED",
  "WITHDRAW CONSENT",
  "CONSENT WITHDRAWN",
  "WITHDRAWN CONSENT",
  "WITHDREW CONSENT",
  "BLACKLIST",
  "BLACKLISTED",
  "ERASURE",
  // Canada, and Spanish speakers in the United States.
  "NE PAS APPELER",
  "NE PLUS APPELER",
  "NE MAPPELEZ PLUS",
  "DESABONNER",
  "NO LLAMAR",
  "NO LLAME",
  "NO ME LLAME",
  "NO ME LLAMEN",
  "NICHT ANRUFEN",
  "NICHT MEHR ANRUFEN",
] as const;

/** The words that revoke consent by themselves under 47 CFR 64.1200(a)(10), and similar ones. */
const whole = [
  "STOP",
  "STOPALL",
  "STOP ALL",
  "REVOKE",
  "REVOKED",
  "REMOVE",
  "NI REMOVE",
  "CEASE",
  "SUPPRESSED",
  "ARRET",
  "ALTO",
] as const;
/** Words that mean something else as a disposition code. */
const reply = ["QUIT", "END", "CANCEL"] as const;

/** The shipped patterns. */
export const OPT_OUT_PATTERNS: readonly OptOutPattern[] = [
  ...anywhere.map((words) => ({ words, where: "anywhere" }) as const),
  ...whole.map((words) => ({ words, where: "whole" }) as const),
  ...reply.map((words) => ({ words, where: "reply" }) as const),
];

/** A raw outcome, or what a person wrote or said. */
export interface RawWords {
  /** A disposition code or its name, as the vendor sent it. */
  readonly code?: string | undefined;
  /** A person's own words: a text message, a note of what was said. */
  readonly message?: string | undefined;
}

/**
 * The pattern that makes this an opt-out, or undefined. In doubt it is one: `DNC_CHECK` counts.
 * @param more an operator's own codes and phrases, looked for anywhere, in addition to the shipped ones
 */
export function findOptOut({ code, message }: RawWords, more: readonly string[] = []): string | undefined {
  const own = more.map((words): OptOutPattern => ({ words: normalise(words), where: "anywhere" }));
  for (const [text, isMessage] of [
    [code, false],
    [message, true],
  ] as const) {
    if (text === undefined) continue;
    const normal = normalise(text);
    const found = [...OPT_OUT_PATTERNS, ...own].find((pattern) => fits(pattern, normal, isMessage));
    if (found !== undefined) return found.words;
  }
  return undefined;
}

function fits({ words, where }: OptOutPattern, normal: string, isMessage: boolean): boolean {
  if (words === "") return false;
  if (where === "anywhere") return ` ${normal} `.includes(` ${words} `);
  return normal === words && (where === "whole" || isMessage);
}

/**
 * Words in capitals without accents, apostrophes and punctuation: `doNotCall`, `do_not_call` and `Do not call!` become the same.
 */
function normalise(text: string): string {
  return text
    .normalize("NFKD")
    .replace(/[\p{M}'’`´]/gu, "")
    .replace(/(\p{Ll})(\p{Lu})/gu, "$1 $2")
    .toUpperCase()
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
}
