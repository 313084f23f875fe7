// Reads the log in order, page by page, in constant memory.

import type { Connection } from "../plain-types.ts";
import type { AuditEntry, AuditRow } from "./entry.ts";

/** A row as it is stored. */
export interface StoredRow extends AuditRow {
  readonly seq: number;
  readonly leaf: Buffer;
  readonly seal: Buffer;
}

/** A signed checkpoint as it is stored. */
export interface StoredCheckpoint {
  readonly size: number;
  readonly note: string;
}

const PAGE = 2_000;
const COLUMNS = "seq, time, actor, action, subject, job, details, leaf, seal";

/** All rows by `seq`. */
export async function* readRows(connection: Connection): AsyncGenerator<StoredRow> {
  for (let after: number | null = null; ; ) {
    const { rows }: { rows: StoredRow[] } = await connection.query<StoredRow>({
      text: `select ${COLUMNS} from outdial.audit where $1::bigint is null or seq > $1 order by seq limit ${PAGE}`,
      values: [after],
    });
    yield* rows;
    const last = rows.at(-1);
    if (!last || rows.length < PAGE) return;
    after = last.seq;
  }
}

/** All checkpoints by size. */
export async function* readCheckpoints(connection: Connection): AsyncGenerator<StoredCheckpoint> {
  for (let after = -1; ; ) {
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
export function toEntry(row: Omit<StoredRow, "leaf" | "seal">): AuditEntry {
  return {
    seq: row.seq,
    time: row.time,
    actor: row.actor,
    action: row.action,
    subject: row.subject,
    job: row.job,
    details: parseDetails(row.details),
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
