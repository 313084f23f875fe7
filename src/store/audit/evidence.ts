// The data of an evidence pack: one snapshot of the store, everything about a number, a campaign or a period in pages, and the
// audit entries with the hashes that lead from them to a signed root.
//
// Entries and hashes come in the order of the log. A reader builds the tree from left to right: from an entry's own hash where
// there is an entry, and from the given roots of perfect subtrees elsewhere.

import { StoreError } from "../error.ts";
import type { Connection } from "../plain-types.ts";
import { type AuditEntry, leafOfEntry } from "./entry.ts";
import { ENTRIES_OF, type EvidenceAbout, FACTS_OF, type FactKind, RUN, valuesOf } from "./evidence-queries.ts";
import { Frontier } from "./merkle.ts";
import { openCheckpoint, type Verifier } from "./note.ts";
import { subtreeHashes } from "./proof.ts";
import { type StoredRow, toEntry } from "./rows.ts";

/** A part of the log: an entry, or the hashes of the entries before `to`, which is the next position. */
export type LogPart = { readonly entry: AuditEntry } | { readonly to: number; readonly hashes: readonly string[] };

/** Rows per page. */
const PAGE = 1_000;

/** A reader of everything that evidence needs, as of one moment. Only one generator may run at a time. */
export class EvidenceSnapshot {
  readonly #connection: Connection;
  readonly #about: EvidenceAbout;
  readonly #signer: Verifier;
  /** The signed checkpoint of the log's end; empty for an empty log. */
  readonly checkpoint: string;
  /** Number of entries of the log. */
  readonly size: number;

  constructor(
    connection: Connection,
    about: EvidenceAbout,
    signer: Verifier,
    checkpoint: { readonly size: number; readonly note: string } | undefined,
  ) {
    this.#connection = connection;
    this.#about = about;
    this.#signer = signer;
    this.checkpoint = checkpoint?.note ?? "";
    this.size = checkpoint?.size ?? 0;
  }

  /** Facts of a kind, as JSON: times are ISO 8601 in UTC, numbers are E.164. */
  facts<Row extends object>(kind: FactKind): AsyncGenerator<Row> {
    return this.#pages<Row>(FACTS_OF[kind](this.#about.kind), valuesOf(this.#about));
  }

  /**
   * The entries, with hashes in place of all others. Throws StoreError `invalid_state` when they do not lead to the signed root:
   * the log was tampered with.
   */
  async *log(): AsyncGenerator<LogPart> {
    const tree = Frontier.empty();
    for await (const row of this.#rows()) {
      if (row.seq >= this.size) continue;
      if (row.seq > tree.size) yield await this.#skip(tree, row.seq);
      const entry = toEntry(row);
      tree.append(leafOfEntry(entry));
      yield { entry };
    }
    if (tree.size < this.size) yield await this.#skip(tree, this.size);
    const signed = openCheckpoint(this.checkpoint, this.#signer);
    if (this.size === 0 || signed?.root.equals(tree.root()) === true) return;
    throw new StoreError("invalid_state", "the entries do not lead to the root that was signed", {
      advice: "Run outdial audit verify.",
    });
  }

  #rows(): AsyncGenerator<StoredRow> {
    const about = this.#about;
    if (about.kind !== "period") return this.#pages<StoredRow>(ENTRIES_OF[about.kind], valuesOf(about));
    return this.#run(about);
  }

  async *#run(about: EvidenceAbout): AsyncGenerator<StoredRow> {
    const { rows } = await this.#connection.query<{ first: number | null; last: number | null }>(RUN, valuesOf(about));
    const [{ first, last } = { first: null, last: null }] = rows;
    if (first === null || last === null) return;
    yield* this.#pages<StoredRow>(
      "select seq, time, actor, action, subject, job, details from outdial.audit where seq between $1 and $2 order by seq",
      [first, last],
    );
  }

  async #skip(tree: Frontier, to: number): Promise<LogPart> {
    const found = await subtreeHashes(this.#connection, { from: tree.size, to });
    const hashes: string[] = [];
    for (const { level, hash } of found) {
      tree.appendSubtree(level, hash);
      hashes.push(hash.toString("base64"));
    }
    return { to, hashes };
  }

  async *#pages<Row extends object>(text: string, values: unknown[]): AsyncGenerator<Row> {
    await this.#connection.query(`declare evidence no scroll cursor for ${text}`, values);
    for (;;) {
      const { rows } = await this.#connection.query<Row>(`fetch ${PAGE} from evidence`);
      yield* rows;
      if (rows.length < PAGE) break;
    }
    await this.#connection.query("close evidence");
  }
}
