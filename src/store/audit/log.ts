// The audit log for the rest of outdial.

import { z } from "zod";
import { Ledger, type StoreCore } from "../commit.ts";
import { joinTexts, textColumn } from "../database/arrays.ts";
import { StoreError } from "../error.ts";
import type { NewEvent } from "../outbox/types.ts";
import type { Bytes, Connection } from "../plain-types.ts";
import {
  COLUMNS,
  readCheckpoints,
  readRow,
  readRows,
  requireKey,
  type StoredCheckpoint,
  type StoredRow,
  toEntry,
} from "./append.ts";
import { type AuditEntry, type AuditInput, createSealer, leafOf, leafOfEntry, type Sealer } from "./entry.ts";
import { ENTRIES_OF, type EvidenceAbout, FACTS_OF, type FactKind, RUN, valuesOf } from "./evidence-queries.ts";
import type { HeadFinding, Heads, KeptHead } from "./heads.ts";
import type { StandingConflict } from "./hold.ts";
import { Frontier } from "./merkle.ts";
import { openCheckpoint, type Signer, signatureLine, type Verifier } from "./note.ts";
import { conflictWith } from "./places.ts";
import {
  type AuditConsistency,
  type AuditProof,
  buildConsistency,
  buildProof,
  subtreeHashes,
  verifyConsistency,
  verifyProof,
} from "./proof.ts";

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
   * Recomputes the log in constant memory, and compares it with the heads outside. `sealed: false` skips the row seals, which
   * need the private key. Throws StoreError `audit_key` when it is another key's log, which cannot be verified with this key.
   */
  async verify(options: { readonly sealed?: boolean } = {}): Promise<AuditVerdict> {
    await this.#heads.flush();
    // Read before the snapshot, so that they are never ahead of an honest log.
    const kept = await this.#heads.read();
    // With a signed head beside it the log is this key's, whatever the database says.
    if (kept.length === 0) await this.requireKey();
    const findings = await this.#heads.compare({ keep: false });
    const accepted = new Set(findings.flatMap(({ state, place }) => (state === "accepted" ? place : [])));
    const seal = options.sealed === false ? undefined : this.#seal;
    const heads = kept.filter(({ place }) => !accepted.has(place));
    const verdict = await this.#snapshot((connection) => verifyLog(connection, { verifier: this.#signer, seal, heads }));
    if (!verdict.ok) return verdict;
    const [conflict] = this.store.hold.conflicts;
    if (conflict !== undefined) {
      const seq = conflict.size === null ? 0 : Math.max(0, Math.min(verdict.size, conflict.size - 1));
      return { ok: false, seq, kind: conflict.kind, message: conflict.message };
    }
    return { ...verdict, verified: findings.some(({ outside, state }) => outside && state === "fits"), heads: findings };
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

// Recomputes the whole log, compares it with its signatures, and names the first wrong row.
//
// How each attack is detected: an edit changes the hash of the canonical text; a removal leaves a gap in seq; after a consistent
// rewrite, renumbering or swap, the seal, which needs the signing key, does not fit row and position; after any rewrite between
// two checkpoints, even with the private key, the root does not fit a signed checkpoint; after cutting off the end or restoring
// an older backup, the checkpoint kept outside the database is ahead of the log or of another history.

/**
 * - `edited`, `removed`, `inserted`, `reordered`: what was done to the row `seq`
 * - `rewritten`: rows between two checkpoints were changed consistently; `seq` is the first of them
 * - `checkpoint_forged`, `checkpoint_removed`: a signed checkpoint is not by the log's key, or is missing; `seq` is the first row
 *   it covers
 * - `head_changed`: the stored state for appending does not match the rows
 * - `truncated`: the end of the log is missing, with its checkpoints; `seq` is the first missing row
 * - `rolled_back`: the log was set back and continued differently; the first differing row is at `seq` or before
 */
type TamperKind =
  | "edited"
  | "removed"
  | "inserted"
  | "reordered"
  | "rewritten"
  | "checkpoint_forged"
  | "checkpoint_removed"
  | "head_changed"
  | "truncated"
  | "rolled_back";

/** The log is consistent in itself. */
interface AuditWhole {
  readonly ok: true;
  /** Number of entries checked. */
  readonly size: number;
  /** Root hash of the tree, base64. */
  readonly root: string;
  /** Number of signed checkpoints checked. */
  readonly checkpoints: number;
  /** Whether row seals were checked too, which needs the private key. */
  readonly seals: boolean;
}

/** The log is consistent, and no head outside contradicts it. */
interface AuditIntact extends AuditWhole {
  /**
   * Whether a head outside the store confirms it. Without one, a log that was cut short or set back to an older backup cannot be
   * distinguished from an intact one.
   */
  readonly verified: boolean;
  /** The comparison with each place of a head. */
  readonly heads: readonly HeadFinding[];
}

/** The log was tampered with. */
interface AuditTampered {
  readonly ok: false;
  /** The first affected row, counted from 0. */
  readonly seq: number;
  readonly kind: TamperKind;
  readonly message: string;
}

/** The result of a recomputation: intact, or the first wrong entry. */
export type AuditVerdict = AuditIntact | AuditTampered;

/** What verification uses besides the database. */
interface Knowledge {
  readonly verifier: Verifier;
  /** Present when the private key is available. */
  readonly seal: Sealer | undefined;
  /** Heads that were read before the snapshot began. */
  readonly heads: readonly KeptHead[];
}

/** The action of entries that say from which entries a person was erased, each with the hash of what is left of it. */
const ERASED = "data.erased";
const erasure = z.object({ entries: z.array(z.tuple([z.int(), z.string()])) });

function erasedIn(row: StoredRow): readonly (readonly [number, string])[] {
  return erasure.safeParse(toEntry(row).details).data?.entries ?? [];
}

/** Verifies the log as `connection` sees it: one snapshot, in a transaction of its own. */
async function verifyLog(connection: Connection, known: Knowledge): Promise<AuditWhole | AuditTampered> {
  const checkpoints = readCheckpoints(connection);
  const next = async (): Promise<StoredCheckpoint | undefined> => {
    const step = await checkpoints.next();
    return step.done ? undefined : step.value;
  };
  const frontier = Frontier.empty();
  let covered = 0;
  let count = 0;
  let checkpoint = await next();
  const wanted = new Set(known.heads.map(({ size }) => size));
  /** Entries that were erased, until the entry that says so. */
  const erased = new Map<number, { readonly by: number; readonly left: string }>();
  const rootsAt = new Map<number, Bytes>([[0, frontier.root()]]);
  for await (const row of readRows(connection)) {
    const seq = frontier.size;
    if (row.seq < seq) return tampered(row.seq, "inserted", `row ${row.seq} lies before the beginning of the log`);
    if (row.seq > seq) return tampered(seq, "removed", `row ${seq} was removed; the next one there is ${row.seq}`);
    const leaf = row.erased === null ? leafOf(seq, row) : row.leaf;
    if (!leaf.equals(row.leaf) || !isGenuine(row, seq, known.seal)) return classify(connection, row, known.seal);
    frontier.append(leaf);
    if (row.erased !== null) erased.set(seq, { by: row.erased, left: leafOf(seq, row).toString("base64") });
    else if (row.action === ERASED)
      for (const [of, left] of erasedIn(row)) if (erased.get(of)?.by === seq && erased.get(of)?.left === left) erased.delete(of);
    if (checkpoint !== undefined && checkpoint.size <= frontier.size) {
      const verdict = judge(checkpoint, frontier, covered, known.verifier);
      if (verdict) return verdict;
      covered = checkpoint.size;
      count += 1;
      checkpoint = await next();
    }
    if (wanted.has(frontier.size)) rootsAt.set(frontier.size, frontier.root());
  }
  for (const [seq, { by }] of erased)
    return tampered(seq, "edited", `row ${seq} is not what was written there, and entry ${by} does not say that this was erased`);
  if (checkpoint) {
    const signed = openCheckpoint(checkpoint.note, known.verifier)?.size === checkpoint.size;
    if (!signed) return forged(checkpoint, covered);
    return tampered(
      frontier.size,
      "removed",
      `row ${frontier.size} and those behind it were removed; a signed checkpoint says ${checkpoint.size}`,
    );
  }
  return (
    (await judgeEnd(connection, frontier, covered, known)) ??
    judgeHeads(frontier, rootsAt, known.heads) ?? {
      ok: true,
      size: frontier.size,
      root: frontier.root().toString("base64"),
      checkpoints: count,
      seals: known.seal !== undefined,
    }
  );
}

/** Whether a row is what the log's key wrote at `seq`; without the key, whether it matches its own hash there. */
function isGenuine(row: StoredRow, seq: number, seal: Sealer | undefined): boolean {
  const leaf = row.erased === null ? leafOf(seq, row) : row.leaf;
  return seal ? seal(seq, leaf).equals(row.seal) : leaf.equals(row.leaf);
}

function judge(checkpoint: StoredCheckpoint, frontier: Frontier, covered: number, verifier: Verifier): AuditTampered | undefined {
  const said = openCheckpoint(checkpoint.note, verifier);
  if (said?.size !== checkpoint.size || checkpoint.size !== frontier.size) return forged(checkpoint, covered);
  if (said.root.equals(frontier.root())) return undefined;
  const last = checkpoint.size - 1;
  return tampered(
    covered,
    "rewritten",
    `rows ${covered} to ${last} are not those that the checkpoint at ${checkpoint.size} was signed for`,
  );
}

function forged(checkpoint: StoredCheckpoint, covered: number): AuditTampered {
  return tampered(covered, "checkpoint_forged", `the checkpoint at ${checkpoint.size} is not signed by the log's key`);
}

/** After the last row: is it covered by a checkpoint, and does the stored state for appending match it? */
async function judgeEnd(
  connection: Connection,
  frontier: Frontier,
  covered: number,
  known: Knowledge,
): Promise<AuditTampered | undefined> {
  const { size } = frontier;
  if (covered < size) {
    return known.seal
      ? tampered(
          covered,
          "checkpoint_removed",
          `rows ${covered} to ${size - 1} are genuine, but the checkpoint that covers them was removed`,
        )
      : tampered(covered, "inserted", `no signed checkpoint covers rows ${covered} to ${size - 1}`);
  }
  const { rows } = await connection.query<{ size: number; frontier: Buffer; vkey: string | null }>(
    "select size, frontier, vkey from outdial.audit_head",
  );
  const [head] = rows;
  if (head !== undefined && head.vkey !== null && head.vkey !== known.verifier.vkey)
    return tampered(size, "head_changed", "the log's head names another key than the one that signed its heads");
  if (head?.size === size && head.frontier.equals(frontier.toBytes())) return undefined;
  return tampered(
    Math.min(head?.size ?? 0, size),
    "head_changed",
    `the log has ${size} rows, its head says ${head?.size ?? "nothing"} or another tree`,
  );
}

function judgeHeads(
  frontier: Frontier,
  rootsAt: ReadonlyMap<number, Bytes>,
  heads: readonly KeptHead[],
): AuditTampered | undefined {
  for (const head of heads) {
    const { place, size, root } = head;
    if (rootsAt.get(size)?.equals(root)) continue;
    const { kind, message } = conflictWith(place, { ...head, note: "" }, frontier.size);
    return tampered(kind === "truncated" ? frontier.size : Math.max(0, size - 1), kind, message);
  }
  return undefined;
}

/** Determines what was done to the first wrong row, by finding where it, or its successor, is genuine. */
async function classify(connection: Connection, row: StoredRow, seal: Sealer | undefined): Promise<AuditTampered> {
  const { seq } = row;
  const following = await readRow(connection, seq + 1);
  const belongsHere = following !== undefined && isGenuine(following, seq, seal);
  const { rows } = await connection.query<{ size: number }>(
    "select greatest(max(seq) + 2, (select max(size) from outdial.audit_head)) as size from outdial.audit",
  );
  const home = findPlace(row, rows[0]?.size ?? seq, seal);
  if (home === seq + 1 && !belongsHere) return tampered(seq, "removed", `row ${seq} was removed and those behind it moved up`);
  if (home !== undefined && home !== seq) return tampered(seq, "reordered", `row ${seq} holds what was written at ${home}`);
  if (belongsHere) return tampered(seq, "inserted", `row ${seq} was inserted and those behind it moved down`);
  return tampered(seq, "edited", `row ${seq} is not what was written there`);
}

/** Where a row is genuine, searching outward from its position. Runs only once, for the reported row. */
function findPlace(row: StoredRow, size: number, seal: Sealer | undefined): number | undefined {
  for (let distance = 0; distance <= Math.max(row.seq, size - row.seq); distance++) {
    for (const place of distance === 0 ? [row.seq] : [row.seq + distance, row.seq - distance]) {
      if (place >= 0 && isGenuine(row, place, seal)) return place;
    }
  }
  return undefined;
}

function tampered(seq: number, kind: TamperKind, message: string): AuditTampered {
  return { ok: false, seq, kind, message };
}
