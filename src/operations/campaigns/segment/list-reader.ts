// Reads a contact list to its end: requested with a query, judged again here, and requested with a broader query when the vendor
// finds nobody.

import { nearest } from "../../../kernel/index.ts";
import { type CallOptions, type ContactRow, type ContactSource, parseContact } from "../../../tenant/port.ts";
import { type GateContact, phones } from "../../compliance/index.ts";
import { type ContactQuery, pathsOf, valueAt } from "./query.ts";

/** A contact as the tenant sends it. */
export type Contact = ContactRow;

/**
 * An entry of the list: a contact that satisfies the queries, or an entry that cannot be called because it does not have the
 * vendor's form.
 */
export type ListEntry =
  | { readonly contact: Contact; readonly gate: GateContact }
  | { readonly refused: { readonly line: number; readonly field: string | undefined; readonly reason: string } };

/** What to read from a list. */
interface ListQuestion {
  readonly listId: string;
  /** Sent to the vendor, and evaluated here again. */
  readonly query: ContactQuery;
  /** Evaluated here only. */
  readonly where: readonly ContactQuery[];
  /** From when on calls that the tenant shows for its contacts are read, for caps; when absent, none are read. */
  readonly callsSince?: number | undefined;
  /** Called with each query before it is sent. */
  readonly onQuery?: ((text: string) => void) | undefined;
}

/** The result of the reading. */
export interface ListReading {
  /** Texts of the queries in the order in which they were sent: the second one is the broader one after an empty segment. */
  readonly sent: readonly string[];
  /** Entries that the vendor gave. */
  readonly read: number;
  /** Number of entries according to the vendor; undefined when it does not say. */
  readonly announced: number | undefined;
  /** Entries that outdial's evaluation of query and where left out. */
  readonly filtered: number;
  /** Attributes of the query that no contact has, with what may be meant or done. */
  readonly unknownAttributes: readonly { readonly path: string; readonly suggestion: string | undefined }[];
}

/** As documented. Pages are requested by number, as large as the tenant gives them, and are consistent only in a named order. */
const ORDER = { sortBy: "lastModifiedTime", sortOrder: "desc" } as const;
/** A call may have times in the contact's record and in the list of calls that differ by at most this. */
const SAME_CALL_MS = 60_000;
/** The broadest query. */
export const ALL = "true";
/** Attributes are collected from at most this number of contacts. */
const LEARN_FROM = 500;

/** Reads one list; iterate over it once, then ask `reading`. */
export class ListReader implements AsyncIterable<ListEntry> {
  readonly #source: ContactSource;
  readonly #question: ListQuestion;
  readonly #options: CallOptions;
  readonly #sent: string[] = [];
  readonly #known = new Set<string>();
  readonly #seen = new Set<string>();
  #learnt = 0;
  #read = 0;
  #filtered = 0;
  #announced: number | undefined;
  #placed: Promise<ReadonlyMap<number, readonly number[]>> | undefined;

  constructor(source: ContactSource, question: ListQuestion, options: CallOptions = {}) {
    this.#source = source;
    this.#question = question;
    this.#options = options;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<ListEntry, void, undefined> {
    const { query } = this.#question;
    yield* this.#ask(query.text);
    // A query with an attribute that the vendor does not know finds nobody, like one with an attribute that nobody has: only the
    // contacts themselves show the difference.
    if (this.#read === 0 && query.text !== ALL) yield* this.#ask(ALL);
  }

  /** The number of entries read so far, and the number according to the vendor. */
  get progress(): Pick<ListReading, "read" | "announced"> {
    return { read: this.#read, announced: this.#announced };
  }

  get reading(): ListReading {
    const { query, where } = this.#question;
    const missing =
      this.#learnt === 0 ? [] : [query, ...where].flatMap(({ paths }) => paths).filter((path) => !this.#seen.has(path));
    return {
      sent: this.#sent,
      read: this.#read,
      announced: this.#announced,
      filtered: this.#filtered,
      unknownAttributes: [...new Set(missing)].map((path) => ({ path, suggestion: this.#suggestionFor(path) })),
    };
  }

  #suggestionFor(path: string): string | undefined {
    const similar = nearest(path, [...this.#known]);
    return this.#source.lacking?.[path] ?? (similar === undefined ? undefined : `did you mean ${similar}?`);
  }

  async *#ask(text: string): AsyncGenerator<ListEntry, void, undefined> {
    this.#sent.push(text);
    this.#question.onQuery?.(text);
    const list = this.#source.contacts(this.#question.listId, { query: text, ...ORDER }, this.#options);
    for await (const { items, reply } of list.pages()) {
      if (typeof reply.total === "number") this.#announced = reply.total;
      for (const item of items) {
        this.#read += 1;
        const entry = this.#judge(item);
        if (entry !== undefined) yield await this.#withCalls(entry);
      }
    }
  }

  #judge(item: unknown): ListEntry | undefined {
    this.#learn(item);
    const { query, where } = this.#question;
    if (!query.matches(item) || !where.every((one) => one.matches(item))) {
      this.#filtered += 1;
      return undefined;
    }
    const line = this.#read;
    const parsed = parseContact(item);
    if ("problem" in parsed) return { refused: { line, field: undefined, reason: parsed.problem } };
    const contact = parsed.item;
    const named = phones(contact.phoneNumber ?? "");
    if (!("ok" in named)) return { refused: { line, field: "phoneNumber", reason: named.problem } };
    // Every number that a text may name must be permitted.
    const [number] = named.ok.keys;
    const all = new Set(named.ok.keys);
    for (const text of contact.phoneNumbers?.slice(1) ?? []) {
      const other = phones(text);
      if (!("ok" in other)) return { refused: { line, field: "phoneNumbers", reason: other.problem } };
      for (const key of other.ok.keys) all.add(key);
    }
    all.delete(number);
    const others = [...all];
    return {
      contact,
      gate: {
        id: contact.id,
        line,
        number,
        ...(others.length > 0 && { others }),
        postal: contact.postalCode || undefined,
        // A missing flag is not a consent.
        mayCall: contact.consentFlags?.outbound?.call === true,
      },
    };
  }

  /** Adds the calls that the tenant shows, whatever the contact's record says: those that it lists, and the contact's last one when that is not listed yet. */
  async #withCalls(entry: ListEntry): Promise<ListEntry> {
    const { callsSince: since } = this.#question;
    if ("refused" in entry || since === undefined || this.#source.placed === undefined) return entry;
    const { contact, gate } = entry;
    const { calls = 0, lastCallAt = calls === 0 ? Number.NEGATIVE_INFINITY : undefined } = contact;
    this.#placed ??= this.#readCalls(since);
    const all = await this.#placed;
    // A call to any of its numbers is a call to the contact.
    const listed = [gate.number, ...(gate.others ?? [])].flatMap((number) => all.get(number) ?? []);
    const isLate = lastCallAt !== undefined && lastCallAt < since;
    if (isLate && listed.length === 0) return entry;
    const isOpen = lastCallAt !== undefined && !isLate && !listed.some((at) => at >= lastCallAt - SAME_CALL_MS);
    // A list of calls without any, while contacts say that they were called: each contact's own count is taken, all at its last call.
    const more = isOpen ? Array.from({ length: all.size === 0 ? Math.max(1, calls) : 1 }, () => lastCallAt) : [];
    return { contact, gate: { ...gate, placed: [...listed, ...more] } };
  }

  async #readCalls(since: number): Promise<ReadonlyMap<number, readonly number[]>> {
    const placed = new Map<number, number[]>();
    for (const [text, times] of (await this.#source.placed?.(this.#question.listId, since, this.#options)) ?? []) {
      const named = phones(text);
      if ("ok" in named) for (const key of named.ok.keys) placed.set(key, [...(placed.get(key) ?? []), ...times]);
    }
    return placed;
  }

  #learn(item: unknown): void {
    const { query, where } = this.#question;
    for (const { paths } of [query, ...where])
      for (const path of paths) if (!this.#seen.has(path) && valueAt(item, path.split(".")) !== undefined) this.#seen.add(path);
    if (this.#learnt >= LEARN_FROM) return;
    this.#learnt += 1;
    for (const path of pathsOf(item)) this.#known.add(path);
  }
}
