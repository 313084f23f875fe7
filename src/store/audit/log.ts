// The audit log for the rest of outdial.

import { Ledger, type StoreCore } from "../commit.ts";
import { StoreError } from "../error.ts";
import type { NewEvent } from "../outbox/types.ts";
import type { Connection } from "../plain-types.ts";
import { requireKey } from "./append.ts";
import { type AuditEntry, type AuditInput, createSealer, type Sealer } from "./entry.ts";
import { EvidenceSnapshot } from "./evidence.ts";
import type { EvidenceAbout } from "./evidence-queries.ts";
import type { HeadFinding, Heads } from "./heads.ts";
import type { StandingConflict } from "./hold.ts";
import { type Signer, signatureLine } from "./note.ts";
import { type AuditConsistency, type AuditProof, buildConsistency, buildProof, verifyConsistency, verifyProof } from "./proof.ts";
import { toEntry } from "./rows.ts";
import { type AuditVerdict, verifyLog } from "./verify.ts";

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

  /** Appends entries in a transaction of their own. Throws StoreError `audit_key`. */
  async append(entries: readonly AuditInput[]): Promise<void> {
    if (entries.length > 0) await this.store.commit((tx) => tx.audit(entries));
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
