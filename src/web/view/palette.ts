// What the palette finds: pages, campaigns, and whatever has the typed id. Pure.

export interface Entry {
  readonly path: string;
  readonly name: string;
  /** What it is: "page", "campaign", "job". */
  readonly kind: string;
}

/** Most entries that are offered at once. */
const MOST = 12;

/** Ids that show their kind. */
const BY_ID: readonly (readonly [RegExp, string, (id: string) => string])[] = [
  [/^job_\w+$/, "job", (id) => `/jobs/${id}`],
  [/^apr_\w+$/, "approval", (id) => `/approvals/${id}`],
  [/^\d+$/, "audit entry", (id) => `/audit?seq=${id}`],
];

/** Entries that contain all typed words; those that begin with them come first. An id leads to what it names. */
export function found(typed: string, entries: readonly Entry[]): readonly Entry[] {
  const text = typed.trim().toLowerCase();
  const words = text.split(/\s+/).filter(Boolean);
  const byId = BY_ID.flatMap(([form, kind, path]) => (form.test(text) ? [{ kind, name: typed.trim(), path: path(text) }] : []));
  const told = ({ name, path }: Entry) => `${name} ${decodeURIComponent(path)}`.toLowerCase();
  const fits = entries.filter((entry) => words.every((word) => told(entry).includes(word)));
  const rank = ({ name }: Entry) => (name.toLowerCase().startsWith(text) ? 0 : 1);
  return [...byId, ...fits.toSorted((a, b) => rank(a) - rank(b))].slice(0, MOST);
}
