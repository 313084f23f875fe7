// What people said about the things that need attention. Whether there is such a thing is not stored: it is determined each time.

import type { Instant } from "../../kernel/index.ts";
import type { AuditInput } from "../audit/entry.ts";
import { Ledger } from "../commit.ts";
import { storable } from "../database/arrays.ts";

/** What people said about one thing. */
export interface AttentionWord {
  readonly key: string;
  /** Who takes care of it; null for nobody. */
  readonly owner: string | null;
  /** Who has seen it; null for nobody. */
  readonly acknowledgedBy: string | null;
  readonly acknowledgedAt: Instant | null;
  readonly note: string | null;
}

const WORD = `key, owner, acknowledged_by as "acknowledgedBy", acknowledged_at as "acknowledgedAt", note`;

/** What people said about the things that need attention: acknowledged, taken, released. */
export class AttentionLedger extends Ledger {
  list(): Promise<AttentionWord[]> {
    return this.store.query<AttentionWord>(`select ${WORD} from outdial.attention`);
  }

  /** Replaces what was said about a thing. */
  put(word: AttentionWord, audit: readonly AuditInput[]): Promise<void> {
    const now = this.store.now();
    const { key, owner, acknowledgedBy, acknowledgedAt, note } = word;
    return this.store.commit(async (tx) => {
      await tx.query(
        `insert into outdial.attention (key, owner, acknowledged_by, acknowledged_at, note, updated_at) values ($1, $2, $3, $4, $5, $6)
         on conflict (key) do update set owner = excluded.owner, acknowledged_by = excluded.acknowledged_by,
           acknowledged_at = excluded.acknowledged_at, note = excluded.note, updated_at = excluded.updated_at`,
        [
          storable(key),
          owner === null ? null : storable(owner),
          acknowledgedBy === null ? null : storable(acknowledgedBy),
          acknowledgedAt === null ? null : new Date(acknowledgedAt),
          note === null ? null : storable(note),
          new Date(now),
        ],
      );
      tx.audit(audit);
    });
  }
}
