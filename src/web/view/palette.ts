// What the palette finds: pages, campaigns, verbs, and whatever has the typed id. Pure.

export interface Entry {
  /** Where it leads; of a verb, what it is. */
  readonly path: string;
  readonly name: string;
  readonly kind: "page" | "campaign" | "job" | "approval" | "audit entry" | "number" | "verb";
  /** Carries a verb out in place; without it the path is gone to. */
  readonly run?: () => void;
}

/** Most entries that are offered at once. */
const MOST = 12;

/** Ids that show their kind. */
const BY_ID: readonly (readonly [RegExp, Entry["kind"], (id: string) => string])[] = [
  [/^job_\w+$/, "job", (id) => `/jobs/${id}`],
  [/^apr_\w+$/, "approval", (id) => `/approvals/${id}`],
  [/^\d+$/, "audit entry", (id) => `/audit?seq=${id}`],
  // In the fragment, which is in no log.
  [/^\+?\d[\d ().-]{6,20}$/, "number", (number) => `/compliance#${encodeURIComponent(number)}`],
];

/** Entries that contain all typed words, those that begin with them first; else those that have their letters in this order. */
export function found(typed: string, entries: readonly Entry[]): readonly Entry[] {
  const text = typed.trim().toLowerCase();
  const words = text.split(/\s+/).filter(Boolean);
  const byId = BY_ID.flatMap(([form, kind, path]) => (form.test(text) ? [{ kind, name: typed.trim(), path: path(text) }] : []));
  const told = ({ name, path }: Entry) => `${name} ${decodeURIComponent(path)}`.toLowerCase();
  const fits = entries.filter((entry) => words.every((word) => told(entry).includes(word)));
  const near = () => entries.filter(({ name }) => words.every((word) => isWithin(word, name.toLowerCase())));
  const rank = ({ name }: Entry) => (name.toLowerCase().startsWith(text) ? 0 : 1);
  const offered = [...byId, ...fits.toSorted((a, b) => rank(a) - rank(b))];
  return (offered.length > 0 ? offered : near()).slice(0, MOST);
}

/** Whether the letters of a word come in a text in their order. */
function isWithin(word: string, text: string): boolean {
  let from = 0;
  for (const letter of word) {
    const at = text.indexOf(letter, from);
    if (at < 0) return false;
    from = at + 1;
  }
  return true;
}
