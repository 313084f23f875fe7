// The audit log for the rest of outdial.

import { Ledger, type StoreCore } from "../commit.ts";
import { joinTexts, textColumn } from "../database/arrays.ts";
import { StoreError } from "../error.ts";
import type { NewEvent } from "../outbox/types.ts";
import type { Connection } from "../plain-types.ts";
import { COLUMNS, requireKey, type StoredRow, toEntry } from "./append.ts";
import { type AuditEntry, type AuditInput, createSealer, leafOf, leafOfEntry, type Sealer } from "./entry.ts";
import { ENTRIES_OF, type EvidenceAbout, FACTS_OF, type FactKind, RUN, valuesOf } from "./evidence-queries.ts";
import type { HeadFinding, Heads } from "./heads.ts";
import type { StandingConflict } from "./hold.ts";
import { Frontier } from "./merkle.ts";
import { openCheckpoint, type Signer, signatureLine, type Verifier } from "./note.ts";
import {
  type AuditConsistency,
  type AuditProof,
  buildConsistency,
  buildProof,
  subtreeHashes,
  verifyConsistency,
  verifyProof,
} from "./proof.ts";
import { type AuditVerdict, ERASED, verifiedEntry, verifyLog } from "./verify.ts";

// The data of an evidence pack: one snapshot of the store, everything about a number, a campaign or a period in pages, and the
// audit entries with the hashes that lead from them to a signed root.
//
// Entries and hashes come in the order of the log. A reader builds the tree from left to right: from an entry's own hash where
// there is an entry, and from the given roots of perfect subtrees elsewhere.

/** A part of the log: an entry, or the hashes of the entries before `to`, which is the next position. */
export type LogPart =
  | { readonly entry: AuditEntry }
  | { readonly seq: number; readonly hash: string }
  | { readonly to: number; readonly hashes: readonly string[] };

/** Rows per page. */
const PAGE = 1_000;
/** Entries that are looked through by one statement. */
const SCANNED = 100_000;

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
      const entry = row.erased === null ? toEntry(row) : undefined;
      tree.append(entry === undefined ? row.leaf : leafOfEntry(entry));
      yield entry === undefined ? { seq: row.seq, hash: row.leaf.toString("base64") } : { entry };
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
    yield* this.#pages<StoredRow>(`select ${COLUMNS} from outdial.audit where seq between $1 and $2 order by seq`, [first, last]);
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

/** Filters for listing entries; all of them must match. */
export interface AuditQuery {
  readonly job?: string | undefined;
  readonly subject?: string | undefined;
  readonly actor?: string | undefined;
  readonly action?: string | undefined;
  /** Value of `result` in the details. */
  readonly result?: string | undefined;
  /** Occurs in actor, action, subject or details, in any case. */
  readonly text?: string | undefined;
  /** From this time on, ms since the epoch. */
  readonly from?: number | undefined;
  /** Before this time, ms since the epoch. */
  readonly to?: number | undefined;
  /** Continue after this entry: the `seq` of the last one of the page before. */
  readonly after?: number | undefined;
  /** Newest first instead of oldest first. */
  readonly newestFirst?: boolean | undefined;
  /** Entries per page, default 100. */
  readonly limit?: number | undefined;
}

/** Appends to, reads, verifies and proves the log. Entries of a job's items are appended by `JobLedger.commitBatch`. */
export class AuditLog extends Ledger {
  /** The verifier key that proofs and checkpoints are checked with; the text of `audit.pub`. */
  readonly vkey: string;
  readonly #signer: Signer;
  readonly #seal: Sealer;
  readonly #heads: Heads;

  constructor(store: StoreCore, signer: Signer, heads: Heads) {
    super(store);
    this.#signer = signer;
    this.#seal = createSealer(signer);
    this.#heads = heads;
    this.vkey = signer.vkey;
  }

  /** Appends entries that belong to no change; together with those of others who wait. Throws StoreError `audit_key`. */
  async append(entries: readonly AuditInput[]): Promise<void> {
    if (entries.length > 0) await this.store.append(entries);
  }

  /**
   * Erases a person from the entries: what they say of the person is replaced, and they keep their hash, so that every proof of other entries holds. Their
   * salt is destroyed, so that nobody can try out what stood there. What is left of each is told in an entry of the log, by its hash. In one transaction.
   * @param pattern a regular expression that the person's entries have; it must not fit what `redact` makes
   * @returns how many entries
   */
  async erase(
    pattern: string,
    redact: (text: string) => string,
    by: Pick<AuditInput, "actor" | "subject" | "details">,
  ): Promise<number> {
    const found: number[] = [];
    const [{ size } = { size: 0 }] = await this.store.query<{ size: number }>("select size from outdial.audit_head");
    for (let from = 0; from < size; from += SCANNED) {
      const rows = await this.store.query<{ seq: number }>(
        `select seq from outdial.audit where seq >= $3 and seq < $4 and concat_ws(chr(10), actor, subject, details) ~ $1 and action <> $2`,
        [pattern, ERASED, from, from + SCANNED],
      );
      found.push(...rows.map((row) => row.seq));
    }
    if (found.length === 0) return 0;
    return this.store.commit(async (tx) => {
      // Read under the lock: another person may be erased from the same entries.
      const seq = await tx.lockAudit();
      const rows = await tx.query<StoredRow>(
        `select ${COLUMNS} from outdial.audit where seq = any($1::bigint[]) and concat_ws(chr(10), actor, subject, details) ~ $2 order by seq`,
        [found, pattern],
      );
      if (rows.length === 0) return 0;
      const left = rows.map((row) => {
        const isSubject = new RegExp(pattern).test(row.subject);
        const { actor, subject, details } = row;
        // What is said of a person who is its subject is about the person as a whole.
        const kept = isSubject ? "{}" : redact(details);
        return { ...row, actor: redact(actor), subject: redact(subject), details: kept, salt: null };
      });
      tx.last(() =>
        tx.change(
          `update outdial.audit a set actor = e.actor, subject = e.subject, details = e.details, salt = null, erased = $5
           from unnest($1::bigint[], ${textColumn("$2")}, ${textColumn("$3")}, ${textColumn("$4")}) as e (seq, actor, subject, details) where a.seq = e.seq`,
          [
            left.map((row) => row.seq),
            ...(["actor", "subject", "details"] as const).map((name) => joinTexts(left.map((row) => row[name]))),
            seq,
          ],
        ),
      );
      const entries = left.map((row) => [row.seq, leafOf(row.seq, row).toString("base64")]);
      tx.audit([{ ...by, action: ERASED, details: { ...by.details, entries } }]);
      return rows.length;
    });
  }

  /** Checks that this process can write to the log. Throws StoreError `audit_key`. */
  async requireKey(): Promise<void> {
    const [head] = await this.store.query<{ vkey: string | null }>("select vkey from outdial.audit_head");
    requireKey(head?.vkey ?? null, this.#signer);
  }

  /** The signature line, by the log's key, of a text that ends with a newline: for documents kept outside of the log. */
  sign(text: string): string {
    return signatureLine(text, this.#signer);
  }

  /** A page of entries. */
  async list(query: AuditQuery = {}): Promise<AuditEntry[]> {
    const [order, behind] = query.newestFirst ? ["desc", "<"] : ["asc", ">"];
    const time = (at: number | undefined) => (at === undefined ? null : new Date(at).toISOString());
    const rows = await this.store.query<Parameters<typeof toEntry>[0]>(
      `select seq, time, actor, action, subject, job, details from outdial.audit
       where ($2::bigint is null or seq ${behind} $2) and ($3::text is null or actor = $3) and ($4::text is null or action = $4)
         and ($5::text is null or time >= $5) and ($6::text is null or time < $6)
         and ($7::text is null or job = $7 and seq between (select first_seq from outdial.audit_jobs where job = $7)
           and (select last_seq from outdial.audit_jobs where job = $7))
         and ($8::text is null or subject = $8 and left(subject, 200) collate "C" = left($8, 200))
         and ($9::text is null or strpos(details, $9) > 0)
         and ($10::text is null or strpos(lower(concat_ws(chr(10), actor, action, subject, details)), lower($10)) > 0)
       order by seq ${order} limit $1`,
      [
        query.limit ?? 100,
        query.after ?? null,
        query.actor ?? null,
        query.action ?? null,
        time(query.from),
        time(query.to),
        query.job ?? null,
        query.subject ?? null,
        query.result === undefined ? null : `"result":${JSON.stringify(query.result)}`,
        query.text ?? null,
      ],
    );
    return rows.map(toEntry);
  }

  /**
   * Recomputes the log in constant memory, and compares it with the heads outside. Throws StoreError `audit_key` when it is another key's log, which cannot
   * be verified with this key.
   * @param options.sealed false skips the row seals, which need the private key
   * @param options.resumes read only what no earlier verification has read, by the entries that `by` leaves
   * @param options.by who asks, for an entry that says that nothing was found, behind which a later verification can go on; none is written without
   */
  async verify(
    options: { readonly sealed?: boolean; readonly resumes?: boolean; readonly by?: string | undefined } = {},
  ): Promise<AuditVerdict> {
    await this.#heads.flush();
    // Read before the snapshot, so that they are never ahead of an honest log.
    const kept = await this.#heads.read();
    // With a signed head beside it the log is this key's, whatever the database says.
    if (kept.length === 0) await this.requireKey();
    const findings = await this.#heads.compare({ keep: false });
    const accepted = new Set(findings.flatMap(({ state, place }) => (state === "accepted" ? place : [])));
    const seal = options.sealed === false ? undefined : this.#seal;
    const heads = kept.filter(({ place }) => !accepted.has(place));
    const { resumes = false, by } = options;
    const at = new Date(this.store.now()).toISOString();
    const verdict = await this.#snapshot((connection) =>
      verifyLog(connection, { verifier: this.#signer, seal, heads }, { resumes }),
    );
    if (!verdict.ok) return verdict;
    const [conflict] = this.store.hold.conflicts;
    if (conflict !== undefined) {
      const seq = conflict.size === null ? 0 : Math.max(0, Math.min(verdict.size, conflict.size - 1));
      return { ok: false, seq, kind: conflict.kind, message: conflict.message };
    }
    const intact = { ...verdict, verified: findings.some(({ outside, state }) => outside && state === "fits"), heads: findings };
    if (by !== undefined && seal !== undefined && intact.size > 0) {
      await this.append([verifiedEntry(by, intact, at)]).catch((thrown: unknown) => {
        // A standby, or a store without room, can be verified all the same; the next verification then reads more.
        if (!(thrown instanceof StoreError)) throw thrown;
      });
    }
    return intact;
  }

  /**
   * Compares the log with the heads outside; conflicts are held from then on, see `held`.
   * @param options.keep update places that fit or are empty
   * @param options.remote include witnesses; default true
   */
  compareHeads(options: { readonly keep: boolean; readonly remote?: boolean }): Promise<HeadFinding[]> {
    return this.#heads.compare(options);
  }

  /**
   * Compares with the heads outside before an answer from the store is used. A remote place that is away delays it by its time
   * limit at most, and not at all when it was asked a moment ago. @returns as `held`
   */
  async look(): Promise<readonly StandingConflict[]> {
    await this.#heads.look();
    return this.held;
  }

  /**
   * Like `look`, and throws StoreError `audit_set_back`, `other_tenant`: to call before anything that allows people to be called.
   */
  async requireFits(): Promise<void> {
    await this.look();
    this.requireNotHeld();
  }

  /** Heads outside that do not fit this log and that nobody has accepted, as far as this process knows. */
  get held(): readonly StandingConflict[] {
    return this.store.hold.conflicts;
  }

  /** Whether nothing new may be begun: there are such heads, or the store is another tenant's now. */
  get isHeld(): boolean {
    return this.store.hold.stands;
  }

  /** Throws StoreError `audit_set_back`, `other_tenant` while nothing new may be begun. */
  requireNotHeld(): void {
    this.store.hold.check();
  }

  /** Emits an event for conflicts that were not reported yet, in the transaction that records it. */
  async tellHeld(eventOf: (conflict: StandingConflict) => NewEvent): Promise<void> {
    await this.store.commit(async (tx) => {
      const told = await tx.query<StandingConflict>(
        `update outdial.audit_conflicts set told_at = $1 where told_at is null and accepted_at is null
         returning id, place, kind, size, message, found_at as "foundAt"`,
        [new Date(this.store.now())],
      );
      tx.emit(told.map(eventOf));
    });
  }

  /**
   * Accepts the log as it is although heads outside say that it was longer or different. The heads are set aside as evidence, and
   * an audit entry says who accepted it and why. Throws StoreError `invalid_state` when there is nothing to accept.
   * @returns what was accepted
   */
  async acceptHeads(by: string, reason: string): Promise<StandingConflict[]> {
    await this.#heads.compare({ keep: false });
    const accepted = await this.store.commit(async (tx) => {
      const conflicts = await this.#heads.accept(tx, by, reason);
      const details = {
        reason,
        heads: conflicts.map(({ id, place, kind, size, message }) => ({ id, place, kind, size, message })),
      };
      if (conflicts.length > 0) tx.audit([{ actor: by, action: "audit.accept-head", subject: "audit", details }]);
      return conflicts;
    });
    if (accepted.length === 0)
      throw new StoreError("invalid_state", "there is nothing to accept: every head that can be compared fits the audit log");
    await this.#heads.compare({ keep: true });
    return accepted;
  }

  /** The latest signed checkpoint; undefined when the log is empty. */
  async checkpoint(): Promise<string | undefined> {
    return (await this.#snapshot((connection) => latest(connection)))?.note;
  }

  /** The proof that entry `seq` is in the log. Throws StoreError `not_found`, or `invalid_state` when the log was tampered with. */
  async proof(seq: number): Promise<AuditProof> {
    const proof = await this.#snapshot(async (connection) => {
      const checkpoint = await latest(connection);
      return buildProof(connection, seq, checkpoint?.size ?? 0, checkpoint?.note ?? "");
    });
    return sound(proof, verifyProof(proof, this.vkey));
  }

  /**
   * The proof that the log with `first` entries grew into that with `second` entries (default: the latest checkpoint). Throws
   * like `proof`.
   */
  async consistency(first: number, second?: number): Promise<AuditConsistency> {
    const proof = await this.#snapshot(async (connection) => {
      const from = await checkpointAt(connection, first);
      const to = second === undefined ? await latest(connection) : await checkpointAt(connection, second);
      if (!from || !to || from.size > to.size) {
        throw new StoreError("not_found", `no checkpoints at ${first} and ${second ?? "the end"}`, {
          advice: "Checkpoints lie at the ends of batches.",
        });
      }
      return buildConsistency(connection, from, to);
    });
    return sound(proof, verifyConsistency(proof, this.vkey));
  }

  /** Runs work that reads evidence, all of it as of one moment. */
  evidence<T>(about: EvidenceAbout, work: (snapshot: EvidenceSnapshot) => Promise<T>): Promise<T> {
    return this.#snapshot(async (connection) =>
      work(new EvidenceSnapshot(connection, about, this.#signer, await latest(connection))),
    );
  }

  /** Resolves when the head files contain what was committed. */
  async flush(): Promise<void> {
    await this.store.appended();
    await this.#heads.flush();
  }

  #snapshot<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    return this.store.transaction(async (connection) => {
      // The transaction locks nothing, and its reader may be slow.
      await connection.query("set local idle_in_transaction_session_timeout = 0");
      return work(connection);
    }, "begin isolation level repeatable read read only");
  }
}

async function latest(connection: Connection): Promise<{ size: number; note: string } | undefined> {
  const { rows } = await connection.query<{ size: number; note: string }>(
    "select size, note from outdial.audit_checkpoints order by size desc limit 1",
  );
  return rows[0];
}

async function checkpointAt(connection: Connection, size: number): Promise<{ size: number; note: string } | undefined> {
  const { rows } = await connection.query<{ size: number; note: string }>(
    "select size, note from outdial.audit_checkpoints where size = $1",
    [size],
  );
  return rows[0];
}

/** A proof that does not verify is not returned: its rows are not the signed ones. */
function sound<T>(proof: T, verdict: { ok: boolean; message?: string }): T {
  if (verdict.ok) return proof;
  throw new StoreError("invalid_state", `the log does not prove this: ${verdict.message}`, {
    advice: "Run outdial audit verify.",
  });
}
