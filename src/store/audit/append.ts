// Appends to the audit log inside of the caller's transaction: the record and what it records are committed together or not at
// all.

import { randomBytes } from "node:crypto";
import { joinTexts, numberArray, textColumn } from "../database/arrays.ts";
import { StoreError } from "../error.ts";
import type { Bytes, Connection } from "../plain-types.ts";
import { type AuditEntry, type AuditInput, type AuditRow, leafOf, type Mark, type Sealer, toRow } from "./entry.ts";
import { Frontier, HASH_BYTES } from "./merkle.ts";
import { type Signer, signCheckpoint } from "./note.ts";

/** Inner nodes of the tree are stored at levels that are a multiple of this. */
export const NODE_LEVELS = 8;

/** Of the salt of an entry: 16 characters. */
const SALT_BYTES = 12;

/** The state of the log for the writer that holds its lock. */
export interface Head {
  readonly frontier: Frontier;
  readonly vkey: string | null;
}

/** The log's new size and its signed checkpoint, after appending. */
export interface Appended {
  readonly size: number;
  readonly note: string;
}

/** A statement with its values, and a name under which the server keeps the parsed form. */
interface Statement {
  readonly name: string;
  readonly text: string;
}

const INSERT: Statement = {
  name: "audit-insert",
  text: `insert into outdial.audit (seq, time, actor, action, subject, job, details, salt, leaf, seal)
    select $1::bigint + n - 1, time, actor, action, subject, job, details, salt,
      substr($2::bytea, (n::int - 1) * ${HASH_BYTES} + 1, ${HASH_BYTES}), substr($3::bytea, (n::int - 1) * ${HASH_BYTES} + 1, ${HASH_BYTES})
    from unnest(${textColumn("$4")}, ${textColumn("$5")}, ${textColumn("$6")}, ${textColumn("$7")}, ${textColumn("$8")}, ${textColumn("$9")}, ${textColumn("$10")})
      with ordinality as e (time, actor, action, subject, job, details, salt, n)`,
};

const ADVANCE: Statement = {
  name: "audit-advance",
  text: `with head as (update outdial.audit_head set size = $1, frontier = $2, vkey = $3 returning size)
    insert into outdial.audit_checkpoints (size, note) select size, $4 from head`,
};

const JOBS: Statement = {
  name: "audit-jobs",
  text: `insert into outdial.audit_jobs (job, first_seq, last_seq) select * from unnest(${textColumn("$1")}, $2::bigint[], $3::bigint[])
    on conflict (job) do update set last_seq = excluded.last_seq`,
};

const NODES: Statement = {
  name: "audit-nodes",
  text: `insert into outdial.audit_nodes (level, index, hash)
    select level, index, substr($3::bytea, (n::int - 1) * ${HASH_BYTES} + 1, ${HASH_BYTES})
    from unnest($1::smallint[], $2::bigint[]) with ordinality as node (level, index, n)`,
};

/** Takes the log's lock until the end of the transaction and reads its state. */
export async function lockHead(connection: Connection): Promise<Head> {
  const { rows } = await connection.query<{ size: number; frontier: Buffer; vkey: string | null }>({
    name: "audit-lock",
    text: "select size, frontier, vkey from outdial.audit_head for update",
  });
  const [row] = rows;
  if (!row) throw new StoreError("invalid_state", "the audit log has lost its head row", { advice: "Run outdial audit verify." });
  return { frontier: Frontier.from(row.size, row.frontier), vkey: row.vkey };
}

/**
 * Throws StoreError `audit_key` when the log was begun with another key. @param vkey key of the log; null before its first entry
 */
export function requireKey(vkey: string | null, signer: Pick<Signer, "vkey" | "name">): void {
  if (vkey === null || vkey === signer.vkey) return;
  throw new StoreError("audit_key", `this audit log is signed by ${vkey.split("+")[0]}, not by ${signer.name}`, {
    advice:
      "Give every process on this database the key with which the log was started: its audit.key file, or OUTDIAL_AUDIT_KEY.",
  });
}

/**
 * Appends entries after `head` and signs the new state. Its statements are sent without waiting; `sent` settles with them. Throws
 * StoreError `audit_key` when the log was begun with another key.
 */
export function append(
  connection: Connection,
  head: Head,
  inputs: readonly AuditInput[],
  { signer, seal, mark, now }: { readonly signer: Signer; readonly seal: Sealer; readonly mark: Mark; readonly now: number },
): { appended: Appended; sent: Promise<unknown>[] } {
  requireKey(head.vkey, signer);
  const { frontier } = head;
  const first = frontier.size;
  const rows: AuditRow[] = [];
  const leaves = Buffer.allocUnsafe(inputs.length * HASH_BYTES);
  const seals = Buffer.allocUnsafe(inputs.length * HASH_BYTES);
  const nodes: { level: number; index: number; hash: Bytes }[] = [];
  const keep = (level: number, index: number, hash: Bytes) => {
    if (level % NODE_LEVELS === 0) nodes.push({ level, index, hash });
  };
  const salts = randomBytes(inputs.length * SALT_BYTES);
  const present = new Date(now).toISOString();
  for (const [i, input] of inputs.entries()) {
    const row = toRow(
      input,
      input.time === undefined ? present : new Date(input.time).toISOString(),
      salts.toString("base64url", i * SALT_BYTES, (i + 1) * SALT_BYTES),
      mark,
    );
    const leaf = leafOf(first + i, row);
    rows.push(row);
    leaves.set(leaf, i * HASH_BYTES);
    seals.set(seal(first + i, leaf), i * HASH_BYTES);
    frontier.append(leaf, keep);
  }
  const note = signCheckpoint(frontier.size, frontier.root(), signer);
  const column = (name: keyof AuditRow) => joinTexts(rows.map((row) => row[name]));
  const values = [
    first,
    leaves,
    seals,
    column("time"),
    column("actor"),
    column("action"),
    column("subject"),
    column("job"),
    column("details"),
    column("salt"),
  ];
  const sent: Promise<unknown>[] = [
    connection.query({ ...INSERT, values }),
    connection.query({ ...ADVANCE, values: [frontier.size, frontier.toBytes(), signer.vkey, note] }),
  ];
  const jobs = spans(rows, first);
  if (jobs.length > 0) {
    const values = [
      joinTexts(jobs.map(({ job }) => job)),
      numberArray(jobs.map(({ from }) => from)),
      numberArray(jobs.map(({ to }) => to)),
    ];
    sent.push(connection.query({ ...JOBS, values }));
  }
  if (nodes.length > 0) {
    const levels = numberArray(nodes.map(({ level }) => level));
    const indexes = numberArray(nodes.map(({ index }) => index));
    sent.push(connection.query({ ...NODES, values: [levels, indexes, Buffer.concat(nodes.map(({ hash }) => hash))] }));
  }
  return { appended: { size: frontier.size, note }, sent };
}

/** The jobs of a batch with their first and last position in the log. */
function spans(rows: readonly AuditRow[], first: number): { job: string; from: number; to: number }[] {
  const found = new Map<string, { job: string; from: number; to: number }>();
  for (const [i, { job }] of rows.entries()) {
    if (job === null) continue;
    const span = found.get(job);
    if (span) span.to = first + i;
    else found.set(job, { job, from: first + i, to: first + i });
  }
  return [...found.values()];
}

// Reads the log in order, page by page, in constant memory.

/** A row as it is stored. */
export interface StoredRow extends AuditRow {
  readonly seq: number;
  readonly leaf: Buffer;
  readonly seal: Buffer;
  /** The entry that says that a person was erased from this one, which keeps its hash; null for an entry as it was written. */
  readonly erased: number | null;
}

/** A signed checkpoint as it is stored. */
export interface StoredCheckpoint {
  readonly size: number;
  readonly note: string;
}

const PAGE = 2_000;
export const COLUMNS = "seq, time, actor, action, subject, job, details, salt, leaf, seal, erased";

/** The rows from a position on, by `seq`; from 0 also those that somebody has put before it. The next page is on its way while one is worked on. */
export async function* readRows(connection: Connection, from = 0): AsyncGenerator<StoredRow> {
  const page = (after: number | null) =>
    connection.query<StoredRow>({
      text: `select ${COLUMNS} from outdial.audit where $1::bigint is null or seq > $1 order by seq limit ${PAGE}`,
      values: [after],
    });
  for (let coming: ReturnType<typeof page> | undefined = page(from === 0 ? null : from - 1); coming !== undefined; ) {
    const { rows }: { rows: StoredRow[] } = await coming;
    const last = rows.at(-1);
    coming = last === undefined || rows.length < PAGE ? undefined : page(last.seq);
    // A reader that ends in the middle leaves it alone.
    coming?.catch(() => undefined);
    yield* rows;
  }
}

/** The checkpoints of more entries than `size`, by size. */
export async function* readCheckpoints(connection: Connection, size = -1): AsyncGenerator<StoredCheckpoint> {
  for (let after = size; ; ) {
    const { rows }: { rows: StoredCheckpoint[] } = await connection.query<StoredCheckpoint>({
      text: `select size, note from outdial.audit_checkpoints where size > $1 order by size limit ${PAGE}`,
      values: [after],
    });
    yield* rows;
    const last = rows.at(-1);
    if (!last || rows.length < PAGE) return;
    after = last.size;
  }
}

/** The row at a position. */
export async function readRow(connection: Connection, seq: number): Promise<StoredRow | undefined> {
  const { rows } = await connection.query<StoredRow>({
    text: `select ${COLUMNS} from outdial.audit where seq = $1`,
    values: [seq],
  });
  return rows[0];
}

/** The entry of a row; details that are not an object (after tampering) are shown as text. */
export function toEntry(
  row: Omit<StoredRow, "salt" | "leaf" | "seal" | "erased"> & { readonly salt?: string | null },
): AuditEntry {
  return {
    seq: row.seq,
    time: row.time,
    actor: row.actor,
    action: row.action,
    subject: row.subject,
    job: row.job,
    details: parseDetails(row.details),
    ...(typeof row.salt === "string" ? { salt: row.salt } : {}),
  };
}

function parseDetails(text: string): AuditEntry["details"] {
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === "object" && parsed !== null && !Array.isArray(parsed)) return { ...parsed };
  } catch {
    // The text itself is used.
  }
  return { unreadable: text };
}
