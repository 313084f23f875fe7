// The audit log as the rest of outdial sees it.

import { sql } from "kysely";
import type { Clock } from "../../kernel/index.ts";
import { type Connection, type Database, together } from "../database/database.ts";
import { StoreError } from "../error.ts";
import type { StoreLog } from "../log.ts";
import { type Appended, append, lockHead } from "./append.ts";
import { type AuditEntry, type AuditInput, createSealer, type Sealer } from "./entry.ts";
import { Mirror, readMirror } from "./mirror.ts";
import { type Signer, signatureLine } from "./note.ts";
import { type AuditConsistency, type AuditProof, buildConsistency, buildProof, verifyConsistency, verifyProof } from "./proof.ts";
import { toEntry } from "./rows.ts";
import { type AuditVerdict, verifyLog } from "./verify.ts";

/** Which entries to list; everything given must hold. */
export interface AuditQuery {
  readonly job?: string | undefined;
  readonly subject?: string | undefined;
  readonly actor?: string | undefined;
  readonly action?: string | undefined;
  /** The member `result` of the details. */
  readonly result?: string | undefined;
  /** Not before, ms since the epoch. */
  readonly from?: number | undefined;
  /** Before, ms since the epoch. */
  readonly to?: number | undefined;
  /** Continue behind this entry: the `seq` of the last one of the page before. */
  readonly after?: number | undefined;
  /** Newest first instead of oldest first. */
  readonly newestFirst?: boolean | undefined;
  /** Entries in a page, 100 by default. */
  readonly limit?: number | undefined;
}

/** Appends to, reads, verifies and proves the log. Entries of a job's items are appended by `JobLedger.commitBatch`. */
export class AuditLog {
  /** The verifier key that proofs and checkpoints are checked with; the text of `audit.pub`. */
  readonly vkey: string;
  readonly #database: Database;
  readonly #signer: Signer;
  readonly #seal: Sealer;
  readonly #mirror: Mirror;
  readonly #dir: string;
  readonly #clock: Clock;

  constructor(database: Database, signer: Signer, dir: string, clock: Clock, log: StoreLog) {
    this.#database = database;
    this.#signer = signer;
    this.#seal = createSealer(signer);
    this.#mirror = new Mirror(dir, database, signer, log);
    this.#dir = dir;
    this.#clock = clock;
    this.vkey = signer.vkey;
  }

  /** Appends entries in a transaction of their own. Throws StoreError `audit_key`. */
  async append(entries: readonly AuditInput[]): Promise<void> {
    if (entries.length === 0) return;
    const appended = await this.#database.transaction(async (connection) => {
      const { appended, sent } = this.appendBehind(connection, await lockHead(connection), entries);
      await together(sent);
      return appended;
    });
    this.committed(appended);
  }

  /** The signature line of a text that ends with a newline, by the log's key: for documents that are kept outside of it. */
  sign(text: string): string {
    return signatureLine(text, this.#signer);
  }

  /** For other parts of the store: appends inside their transaction, behind a head they locked. */
  appendBehind(
    connection: Connection,
    head: Awaited<ReturnType<typeof lockHead>>,
    entries: readonly AuditInput[],
  ): { appended: Appended; sent: Promise<unknown>[] } {
    return append(connection, head, entries, this.#signer, this.#seal, this.#clock.now());
  }

  /** For other parts of the store: what was appended has been committed. */
  committed(appended: Appended): void {
    this.#mirror.note(appended);
  }

  /** A page of entries. */
  async list(query: AuditQuery = {}): Promise<AuditEntry[]> {
    let select = this.#database.kysely
      .selectFrom("outdial.audit")
      .select(["seq", "time", "actor", "action", "subject", "job", "details"])
      .orderBy("seq", query.newestFirst ? "desc" : "asc")
      .limit(query.limit ?? 100);
    if (query.after !== undefined) select = select.where("seq", query.newestFirst ? "<" : ">", query.after);
    if (query.actor !== undefined) select = select.where("actor", "=", query.actor);
    if (query.action !== undefined) select = select.where("action", "=", query.action);
    if (query.from !== undefined) select = select.where("time", ">=", new Date(query.from).toISOString());
    if (query.to !== undefined) select = select.where("time", "<", new Date(query.to).toISOString());
    const { job, subject, result } = query;
    if (job !== undefined) {
      const bounds = sql`(select first_seq from outdial.audit_jobs where job = ${job}) and (select last_seq from outdial.audit_jobs where job = ${job})`;
      select = select.where("job", "=", job).where(sql<boolean>`seq between ${bounds}`);
    }
    if (subject !== undefined) {
      select = select.where("subject", "=", subject).where(sql<boolean>`left(subject, 200) collate "C" = left(${subject}, 200)`);
    }
    if (result !== undefined)
      select = select.where((e) => e(e.fn("strpos", ["details", e.val(`"result":${JSON.stringify(result)}`)]), ">", 0));
    return (await select.execute()).map(toEntry);
  }

  /** Recomputes the log, constant memory. `sealed: false` leaves the row seals out, as one without the private key has to. */
  async verify(options: { readonly sealed?: boolean } = {}): Promise<AuditVerdict> {
    await this.#mirror.flush();
    // Read before the snapshot: what the mirror says is then never ahead of an honest log.
    const mirror = await readMirror(this.#dir, this.#signer);
    const seal = options.sealed === false ? undefined : this.#seal;
    return this.#snapshot((connection) => verifyLog(connection, { verifier: this.#signer, seal, mirror }));
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

  /** The proof that the log of the checkpoint at `first` entries grew into that at `second` (the latest). Throws as `proof`. */
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

  /** Resolves when `audit.head` says what was committed. */
  async flush(): Promise<void> {
    await this.#mirror.flush();
  }

  #snapshot<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    return this.#database.transaction(work, "begin isolation level repeatable read read only");
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

/** A proof that does not verify is not handed out: its rows are not those that were signed. */
function sound<T>(proof: T, verdict: { ok: boolean; message?: string }): T {
  if (verdict.ok) return proof;
  throw new StoreError("invalid_state", `the log does not prove this: ${verdict.message}`, {
    advice: "Run outdial audit verify.",
  });
}
